#include "workers/claim/number.h"

struct word {
	const char *text;
	double value;
};

static const struct word units[] = {
	{ "one", 1 }, { "two", 2 }, { "three", 3 }, { "four", 4 }, { "five", 5 }, { "six", 6 }, { "seven", 7 }, { "eight", 8 }, { "nine", 9 },
	{ "ten", 10 }, { "eleven", 11 }, { "twelve", 12 }, { "thirteen", 13 }, { "fourteen", 14 }, { "fifteen", 15 }, { "sixteen", 16 },
	{ "seventeen", 17 }, { "eighteen", 18 }, { "nineteen", 19 }, { "twenty", 20 }, { "thirty", 30 }, { "forty", 40 }, { "fifty", 50 },
	{ "sixty", 60 }, { "seventy", 70 }, { "eighty", 80 }, { "ninety", 90 }, { "zero", 0 }, { NULL, 0 },
};

static const struct word scales[] = {
	{ "hundred", 1e2 }, { "thousand", 1e3 }, { "million", 1e6 }, { "billion", 1e9 }, { "trillion", 1e12 }, { "mln", 1e6 }, { "bln", 1e9 },
	{ "trln", 1e12 }, { "mn", 1e6 }, { "bn", 1e9 }, { "tn", 1e12 }, { "trn", 1e12 }, { "dozen", 12 }, { "crore", 1e7 }, { "lakh", 1e5 },
	{ "lakhs", 1e5 }, { "crores", 1e7 }, { NULL, 0 },
};

static const struct word many[] = {
	{ "dozens", 12 }, { "tens", 10 }, { "hundreds", 1e2 }, { "thousands", 1e3 }, { "millions", 1e6 }, { "billions", 1e9 }, { "trillions", 1e12 },
	{ NULL, 0 },
};

static const struct word parts[] = {
	{ "half", 2 }, { "halves", 2 }, { "third", 3 }, { "thirds", 3 }, { "quarter", 4 }, { "quarters", 4 }, { "fourth", 4 }, { "fourths", 4 },
	{ "fifth", 5 }, { "fifths", 5 }, { "sixth", 6 }, { "sixths", 6 }, { "seventh", 7 }, { "eighth", 8 }, { "eighths", 8 }, { "ninth", 9 },
	{ "tenth", 10 }, { "tenths", 10 }, { NULL, 0 },
};

static double find(const struct atoms *a, uint32_t i, const struct word *table)
{
	if (!atom_word(a, i))
		return -1;
	for (; table->text; table++)
		if (atom_is(a, i, table->text))
			return table->value;
	return -1;
}

double number_word(const struct atoms *a, uint32_t i)
{
	return find(a, i, units);
}

/* A word behind a space or a hyphen: its index, else a->n. */
static uint32_t next_word(const struct atoms *a, uint32_t i)
{
	if (atom_hyphen(a, i))
		i++;
	return atom_word(a, i) ? i : a->n;
}

/* The letters glued to figures: "2.5m", "10k", "5bn". */
static double letter_scale(const struct atoms *a, uint32_t i, bool money)
{
	if (!atom_word(a, i) || !atom_glued(a, i))
		return -1;
	struct str s = atom_str(a, i);
	if (str_is(s, "k") || str_is(s, "K"))
		return 1e3;
	if (str_is(s, "M") || str_is(s, "MM") || (money && str_is(s, "m")))
		return 1e6;
	if (str_is(s, "B") || (money && str_is(s, "b")))
		return money ? 1e9 : -1;
	return money && (str_is(s, "t") || str_is(s, "T")) ? 1e12 : -1;
}

/* "million" and what is multiplied on: "4 hundred million". */
static void take_scales(const struct atoms *a, bool money, struct number *x)
{
	double s = letter_scale(a, x->next, money);
	if (s > 0) {
		x->scale = s;
		x->value *= s;
		x->next++;
		return;
	}
	for (int k = 0; k < 3; k++) {
		uint32_t at = next_word(a, x->next);
		s = find(a, at, scales);
		if (s < 0)
			return;
		x->scale *= s;
		x->value *= s;
		x->next = at + 1;
	}
}

/* "1/4", "2 1/2", "11-1/2", "2½" */
static bool take_slash(const struct atoms *a, uint32_t i, struct number *x)
{
	bool slash = atom_sign(a, i + 1, '/') || atom_sign(a, i + 1, 0x2044) || atom_sign(a, i + 1, 0x2215);
	if (!slash || !atom_number(a, i) || !atom_number(a, i + 2) || !atom_glued(a, i + 1) || !atom_glued(a, i + 2))
		return false;
	double top = a->v[i].value, bottom = a->v[i + 2].value;
	if (top < 1 || top >= bottom || bottom > 128 || a->v[i].decimals || a->v[i + 2].decimals || (bottom > 10 && ((int)bottom & 1)))
		return false;
	if ((top == 9 && bottom == 11) || atom_sign(a, i + 3, '/') || a->v[i + 2].digits == 0)
		return false;
	x->value += top / bottom;
	x->next = i + 3;
	return true;
}

static bool read_figures(const struct atoms *a, uint32_t i, bool money, struct number *x)
{
	const struct atom *v = &a->v[i];
	if (take_slash(a, i, x)) {
		x->fraction = true;
		return true;
	}
	x->value = v->value;
	x->next = i + 1;
	uint32_t part = atom_hyphen(a, i + 1) ? i + 2 : i + 1;
	if (!v->decimals && v->digits <= 4 && !take_slash(a, part, x) && atom_number(a, i + 1) && atom_glued(a, i + 1) && a->v[i + 1].digits == 0) {
		x->value += a->v[i + 1].value; /* ½ */
		x->next = i + 2;
	}
	take_scales(a, money, x);
	return true;
}

/* Units and tens: "twenty-five", "twenty five". */
static double below_hundred(const struct atoms *a, uint32_t *i)
{
	double v = find(a, *i, units);
	if (v < 0)
		return -1;
	*i += 1;
	uint32_t at = next_word(a, *i);
	double more = v >= 20 ? find(a, at, units) : -1;
	if (more > 0 && more < 10) {
		v += more;
		*i = at + 1;
	}
	return v;
}

/* "two hundred and five thousand three hundred" */
static bool read_words(const struct atoms *a, uint32_t i, struct number *x)
{
	double total = 0, current = below_hundred(a, &i);
	if (current < 0)
		return false;
	for (int k = 0; k < 8; k++) {
		uint32_t at = next_word(a, i);
		double s = find(a, at, scales);
		if (s < 0)
			break;
		i = at + 1;
		current *= s;
		x->scale = s;
		if (s >= 1000) {
			total += current;
			current = 0;
		}
		uint32_t more = atom_is(a, i, "and") ? i + 1 : next_word(a, i);
		uint32_t end = more;
		double v = below_hundred(a, &end);
		/* "a hundred and one" is one number; "two million and six" is two. */
		if (v < 0 || (atom_is(a, i, "and") && s != 100))
			break;
		current += v;
		i = end;
	}
	x->value = total + current;
	x->next = i;
	x->words = true;
	return true;
}

/* "hundreds", "tens of thousands", "dozens": what they span. */
static bool read_many(const struct atoms *a, uint32_t i, struct number *x)
{
	double s = find(a, i, many);
	if (s < 0)
		return false;
	x->words = x->loose = true;
	x->next = i + 1;
	double more = atom_is(a, i + 1, "of") ? find(a, i + 2, many) : -1;
	if (more >= 100 && s < more) {
		s *= more;
		x->next = i + 3;
	} else if (s == 10) {
		return false;
	}
	if (s == 12) {
		x->value = 24;
		x->dozens = true;
		return true;
	}
	x->value = s;
	x->upper = s * 10;
	x->has_upper = true;
	return true;
}

/* "a third of", "two-thirds", "half of", "half the"; *i is at the word that names the part. */
static bool read_part(const struct atoms *a, uint32_t i, double top, struct number *x)
{
	double bottom = find(a, i, parts);
	if (bottom < 0)
		return false;
	x->value = top / bottom;
	x->next = i + 1;
	x->fraction = x->words = true;
	return true;
}

static bool read_half(const struct atoms *a, uint32_t i, struct number *x)
{
	static const char *const after[] = { "of", "the", "its", "his", "her", "their", "our", "a", "an", "all", NULL };
	uint32_t at = i + 1;
	if (atom_is(a, at, "a") || atom_is(a, at, "an") || atom_hyphen(a, at))
		at++;
	double s = find(a, at, scales);
	if (s > 0) {
		*x = (struct number){ .value = s / 2, .next = at + 1, .scale = s, .words = true };
		return true;
	}
	/* "the first half", "half-hearted", "half time" are no shares. */
	if (!atom_in(a, i + 1, after) || (i && (atom_is(a, i - 1, "first") || atom_is(a, i - 1, "second") || atom_is(a, i - 1, "in"))))
		return false;
	return read_part(a, i, 1, x);
}

/* "one in five", "two out of three" */
static bool read_rate(const struct atoms *a, struct number *x)
{
	uint32_t at = x->next + (atom_is(a, x->next, "in") ? 1 : 2);
	if (!atom_is(a, x->next, "in") && !(atom_is(a, x->next, "out") && atom_is(a, x->next + 1, "of")))
		return false;
	bool every = at < a->n && atom_is(a, at, "every");
	uint32_t end = at + every;
	double bottom = below_hundred(a, &end);
	if (bottom < 0 && atom_number(a, end) && !a->v[end].decimals && a->v[end].digits <= 3)
		bottom = a->v[end++].value;
	if (bottom < 2 || x->value >= bottom || x->value < 1 || x->value > 10)
		return false;
	/* "five in 10 minutes" counts; a share needs what it is a share of. */
	static const char *const spans[] = { "years", "months", "weeks", "days", "hours", "minutes", "seconds", "games", "matches", NULL };
	if (atom_in(a, end, spans))
		return false;
	x->value /= bottom;
	x->fraction = true;
	x->next = end;
	return true;
}

static bool read_article(const struct atoms *a, uint32_t i, struct number *x)
{
	double s = find(a, i + 1, scales);
	if (s > 0) {
		*x = (struct number){ .value = 1, .next = i + 1, .scale = 1, .words = true };
		take_scales(a, false, x);
		return true;
	}
	if (!atom_is(a, i + 2, "of") || atom_is(a, i + 1, "second"))
		return false;
	return read_part(a, i + 1, 1, x);
}

bool number_read(const struct atoms *a, uint32_t i, bool money, struct number *ret)
{
	struct number x = { .scale = 1 };
	bool found = false;
	if (atom_number(a, i)) {
		found = read_figures(a, i, money, &x);
	} else if (atom_word(a, i)) {
		if (atom_is(a, i, "a") || atom_is(a, i, "an"))
			found = read_article(a, i, &x);
		else if (atom_is(a, i, "half"))
			found = read_half(a, i, &x);
		else
			found = read_words(a, i, &x) || read_many(a, i, &x);
	}
	if (!found)
		return false;
	uint32_t at = next_word(a, x.next);
	if (x.words && !x.loose && x.scale == 1 && x.value >= 1 && x.value < 10 && at < a->n && !x.fraction) {
		/* "two-thirds"; "one third of", not "one third-party". */
		struct number part = x;
		if (read_part(a, at, x.value, &part) && (x.value > 1 || atom_is(a, at + 1, "of")))
			x = part;
	}
	if (!x.fraction && !x.loose && x.scale == 1)
		read_rate(a, &x);
	if (!x.fraction && atom_is(a, x.next, "and") && atom_is(a, x.next + 1, "a") && atom_is(a, x.next + 2, "half")) {
		x.value += 0.5;
		x.next += 3;
		take_scales(a, money, &x);
	}
	*ret = x;
	return true;
}
