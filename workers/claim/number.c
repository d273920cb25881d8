#include "workers/claim/number.h"

enum numeral_kind { UNITS = 1, SCALES, MANY, PARTS };

struct numeral {
	char text[WORD_BYTES];
	double value;
	uint8_t kind;
};

#define NUMERALS_MAX 19

/* By their first letter, so that what is no number is known at once. */
static const struct numeral numerals[26][NUMERALS_MAX + 1] = {
	['b' - 'a'] = {
		{ "billion", 1e9, SCALES }, { "billions", 1e9, MANY }, { "bln", 1e9, SCALES }, { "bn", 1e9, SCALES },
	},
	['c' - 'a'] = {
		{ "crore", 1e7, SCALES }, { "crores", 1e7, SCALES },
	},
	['d' - 'a'] = {
		{ "dozen", 12, SCALES }, { "dozens", 12, MANY },
	},
	['e' - 'a'] = {
		{ "eight", 8, UNITS }, { "eighteen", 18, UNITS }, { "eighth", 8, PARTS }, { "eighths", 8, PARTS }, { "eighty", 80, UNITS },
		{ "eleven", 11, UNITS },
	},
	['f' - 'a'] = {
		{ "fifteen", 15, UNITS }, { "fifth", 5, PARTS }, { "fifths", 5, PARTS }, { "fifty", 50, UNITS }, { "five", 5, UNITS },
		{ "forty", 40, UNITS }, { "four", 4, UNITS }, { "fourteen", 14, UNITS }, { "fourth", 4, PARTS }, { "fourths", 4, PARTS },
	},
	['h' - 'a'] = {
		{ "half", 2, PARTS }, { "halves", 2, PARTS }, { "hundred", 1e2, SCALES }, { "hundreds", 1e2, MANY },
	},
	['l' - 'a'] = {
		{ "lakh", 1e5, SCALES }, { "lakhs", 1e5, SCALES },
	},
	['m' - 'a'] = {
		{ "million", 1e6, SCALES }, { "millions", 1e6, MANY }, { "mln", 1e6, SCALES }, { "mn", 1e6, SCALES },
	},
	['n' - 'a'] = {
		{ "nine", 9, UNITS }, { "nineteen", 19, UNITS }, { "ninety", 90, UNITS }, { "ninth", 9, PARTS },
	},
	['o' - 'a'] = {
		{ "one", 1, UNITS },
	},
	['q' - 'a'] = {
		{ "quarter", 4, PARTS }, { "quarters", 4, PARTS },
	},
	['s' - 'a'] = {
		{ "seven", 7, UNITS }, { "seventeen", 17, UNITS }, { "seventh", 7, PARTS }, { "seventy", 70, UNITS }, { "six", 6, UNITS },
		{ "sixteen", 16, UNITS }, { "sixth", 6, PARTS }, { "sixths", 6, PARTS }, { "sixty", 60, UNITS },
	},
	['t' - 'a'] = {
		{ "ten", 10, UNITS }, { "tens", 10, MANY }, { "tenth", 10, PARTS }, { "tenths", 10, PARTS }, { "third", 3, PARTS },
		{ "thirds", 3, PARTS }, { "thirteen", 13, UNITS }, { "thirty", 30, UNITS }, { "thousand", 1e3, SCALES }, { "thousands", 1e3, MANY },
		{ "three", 3, UNITS }, { "tn", 1e12, SCALES }, { "trillion", 1e12, SCALES }, { "trillions", 1e12, MANY }, { "trln", 1e12, SCALES },
		{ "trn", 1e12, SCALES }, { "twelve", 12, UNITS }, { "twenty", 20, UNITS }, { "two", 2, UNITS },
	},
	['z' - 'a'] = {
		{ "zero", 0, UNITS },
	},
};

static const struct numeral *numeral_of(struct word w)
{
	unsigned letter = (unsigned)(word_first(w) - 'a');
	if (letter < 26)
		for (const struct numeral *x = numerals[letter]; x->kind; x++)
			if (word_same(w, x->text))
				return x;
	return NULL;
}

static double find(const struct atoms *a, uint32_t i, enum numeral_kind kind)
{
	const struct numeral *x = i < a->n ? numeral_of(a->v[i].word) : NULL;
	return x && x->kind == kind ? x->value : -1;
}

bool number_begins(const struct atoms *a, uint32_t i)
{
	if (!atom_word(a, i))
		return atom_number(a, i);
	const struct numeral *x = numeral_of(a->v[i].word);
	if (x)
		return x->kind == UNITS || x->kind == MANY || atom_is(a, i, "half");
	return atom_is(a, i, "a") || atom_is(a, i, "an");
}

double number_word(const struct atoms *a, uint32_t i)
{
	return find(a, i, UNITS);
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
		s = find(a, at, SCALES);
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
	double v = find(a, *i, UNITS);
	if (v < 0)
		return -1;
	*i += 1;
	uint32_t at = next_word(a, *i);
	double more = v >= 20 ? find(a, at, UNITS) : -1;
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
		double s = find(a, at, SCALES);
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
	double s = find(a, i, MANY);
	if (s < 0)
		return false;
	x->words = x->loose = true;
	x->next = i + 1;
	double more = atom_is(a, i + 1, "of") ? find(a, i + 2, MANY) : -1;
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
	double bottom = find(a, i, PARTS);
	if (bottom < 0)
		return false;
	x->value = top / bottom;
	x->next = i + 1;
	x->fraction = x->words = true;
	return true;
}

static bool read_half(const struct atoms *a, uint32_t i, struct number *x)
{
	static const char after[][WORD_BYTES] = { "of", "the", "its", "his", "her", "their", "our", "a", "an", "all", "" };
	uint32_t at = i + 1;
	if (atom_is(a, at, "a") || atom_is(a, at, "an") || atom_hyphen(a, at))
		at++;
	double s = find(a, at, SCALES);
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
	static const char spans[][WORD_BYTES] = { "years", "months", "weeks", "days", "hours", "minutes", "seconds", "games", "matches", "" };
	if (atom_in(a, end, spans))
		return false;
	x->value /= bottom;
	x->fraction = true;
	x->next = end;
	return true;
}

static bool read_article(const struct atoms *a, uint32_t i, struct number *x)
{
	double s = find(a, i + 1, SCALES);
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
