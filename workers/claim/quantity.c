#include "workers/claim/quantity.h"

#include <errno.h>

#include "workers/claim/counted.h"
#include "workers/claim/figure.h"
#include "workers/claim/lexicon.h"
#include "workers/claim/qualifier.h"
#include "workers/decode/chars.h"

/* A quantity while it is read: atoms first … next - 1. */
struct reading {
	uint32_t first, next; /* of number, currency and unit */
	struct number number;
	struct unit unit;
	const char *currency; /* before the number; NULL: none */
	bool negative, range, age;
	struct str per;
};

struct finder {
	const struct text *text;
	struct arena *arena;
	struct atoms *atoms;
	struct quantity *list;
	size_t n, size;
	bool headline;
	struct str counted; /* the noun of the last count in this sentence, for "nine of them" */
};

static int push(struct finder *f, const struct quantity *q)
{
	if (f->n == f->size) {
		size_t more = f->size ? f->size * 2 : 32;
		struct quantity *grown = arena_grow(f->arena, f->list, f->size * sizeof *grown, more * sizeof *grown);
		if (!grown)
			return -ENOMEM;
		f->list = grown;
		f->size = more;
	}
	f->list[f->n++] = *q;
	return 0;
}

static struct span atoms_span(const struct atoms *a, uint32_t first, uint32_t next)
{
	return (struct span){ a->v[first].span.start, a->v[next - 1].span.end };
}

/* "one" is a number before what it counts, and a pronoun elsewhere. */
static bool counts_one(const struct atoms *a, uint32_t i)
{
	static const char not_after[][WORD_BYTES] = { "no", "any", "each", "every", "this", "that", "another", "which", "the", "some", "only", "as", "day", "or", "" };
	static const char not_before[][WORD_BYTES] = { "another", "day", "by", "more", "thing", "such", "way", "" };
	if (!atom_is(a, i, "one"))
		return true;
	if (atom_is(a, i + 1, "of"))
		return atom_is(a, i + 2, "the") || atom_is(a, i + 2, "its") || atom_is(a, i + 2, "his") || atom_is(a, i + 2, "their") || atom_is(a, i + 2, "those");
	if ((i && atom_in(a, i - 1, not_after)) || atom_in(a, i + 1, not_before))
		return false;
	if (!atom_word(a, i + 1) || atom_hyphen(a, i + 1))
		return false;
	const struct atom *x = &a->v[i + 1];
	return x->pos == POS_NOUN || x->pos == POS_ADJ || (x->pos == POS_NAME && !pos_finite(x->pos));
}

/* "two-way", "three-time": no count of anything. */
static bool is_manner(const struct atoms *a, uint32_t i)
{
	static const char words[][WORD_BYTES] = { "way", "ways", "time", "times", "fold", "sided", "star", "off", "tier", "piece", "party", "dimensional", "up", "" };
	return atom_hyphen(a, i) && atom_in(a, i + 1, words);
}

/* A minus that belongs to the number: "-5", "$-5", "minus-130", "minus 387". */
static bool is_negative(const struct atoms *a, uint32_t i, uint32_t *first)
{
	if (!i)
		return false;
	if (atom_hyphen(a, i - 1)) {
		bool minus = i > 1 && atom_is(a, i - 2, "minus");
		*first = minus ? i - 2 : i - 1;
		return minus || (i > 1 && atom_sign(a, i - 2, '$'));
	}
	if (atom_is(a, i - 1, "minus")) {
		*first = i - 1;
		return true;
	}
	bool sign = atom_sign(a, i - 1, '-') || atom_sign(a, i - 1, 0x2212);
	*first = i - 1;
	return sign && a->v[i].glued && (i == 1 || !a->v[i - 1].glued);
}

/* "PS2.7m": what is left of a pound sign in plain ASCII. */
static const char *lost_pound(const struct atoms *a, uint32_t i)
{
	bool money = i && atom_is(a, i - 1, "ps") && a->v[i].glued && (a->v[i].decimals || a->v[i].grouped);
	return money ? "GBP" : NULL;
}

static const char *currency_before(const struct atoms *a, uint32_t i, uint32_t *first)
{
	const char *code = unit_currency_before(a, i, first);
	if (code)
		return code;
	if (lost_pound(a, i)) {
		*first = i - 1;
		return lost_pound(a, i);
	}
	/* "Y=590" of the wires. */
	if (i > 1 && atom_sign(a, i - 1, '=') && atom_is(a, i - 2, "y") && atom_glued(a, i)) {
		*first = i - 2;
		return "JPY";
	}
	return NULL;
}

/* The number at atom i or behind a currency there ("$5 million" at its "$"). */
static bool read_second(const struct atoms *a, uint32_t i, struct number *ret, const char **ret_currency)
{
	uint32_t at = i, first;
	for (int k = 0; k < 3 && at < a->n && !atom_number(a, at) && number_word(a, at) < 0; k++)
		at++;
	*ret_currency = NULL;
	if (at > i) {
		*ret_currency = currency_before(a, at, &first);
		if (!*ret_currency || first != i)
			return number_read(a, i, false, ret);
	}
	return number_read(a, at, *ret_currency != NULL, ret);
}

static bool same_unit(const struct unit *x, const struct unit *y)
{
	return x->kind == y->kind && (x->kind == UNIT_NONE || strcmp(x->code, y->code) == 0);
}

static bool after_word(const struct atoms *a, uint32_t first, const char word[WORD_BYTES])
{
	uint32_t at;
	qualifier_before(a, first, &at);
	return at && atom_same(a, at - 1, word);
}

#define AFTER(a, first, literal) after_word((a), (first), (const char[WORD_BYTES]){ literal })

/* What joins two numbers to a range at atom i; the atom behind it, or 0. */
static uint32_t range_joint(const struct atoms *a, const struct reading *r, uint32_t i, bool *ret_tight)
{
	*ret_tight = false;
	if (atom_hyphen(a, i) && (atom_number(a, i + 1) || number_word(a, i + 1) >= 0 || atom_sign(a, i + 1, '$'))) {
		*ret_tight = true;
		return i + 1;
	}
	bool dash = i < a->n && a->v[i].kind == ATOM_SIGN && (a->v[i].code == 0x2013 || a->v[i].code == '-');
	if (dash && (atom_number(a, i + 1) || atom_sign(a, i + 1, '$')) && !r->number.words)
		return i + 1;
	if (atom_is(a, i, "to"))
		return i + 1 + (atom_hyphen(a, i + 1) ? 1 : 0);
	if (atom_is(a, i, "or"))
		return i + 1;
	return atom_is(a, i, "and") && AFTER(a, r->first, "between") ? i + 1 : 0;
}

/* The second number of a range takes its scale and unit for both: "1 to 2 thousand people", "$3 billion to $5 billion". */
static void take_range(const struct atoms *a, struct reading *r)
{
	struct number second;
	struct unit unit = { 0 };
	const char *currency;
	bool tight, or_word = atom_is(a, r->next, "or");
	uint32_t joint = range_joint(a, r, r->next, &tight);
	if (!joint || r->number.fraction || r->number.has_upper || !read_second(a, joint, &second, &currency) || second.fraction || second.has_upper)
		return;
	if (!unit_read(a, second.next, &unit))
		unit = (struct unit){ .next = second.next };
	double low = r->number.value;
	if (r->number.scale == 1 && second.scale > 1 && low < second.value / second.scale)
		low *= second.scale;
	if (AFTER(a, r->first, "by") && atom_is(a, r->next, "to") && (r->unit.kind != UNIT_NONE || r->currency))
		return; /* "up by 5 pct to 140 pct" */
	bool from = AFTER(a, r->first, "from") || AFTER(a, r->first, "between") || tight;
	bool units_fit = r->unit.kind == UNIT_NONE || same_unit(&r->unit, &unit) || (from && unit.kind == UNIT_NONE && !currency);
	bool money_fits = !currency == !r->currency || (r->currency && !currency && unit.kind == UNIT_NONE && tight) || (r->currency && from);
	if (low >= second.value || !units_fit || !money_fits || (or_word && second.value != low + 1 && unit.kind == UNIT_NONE))
		return;
	/* "fell 5 pct to 140": the second is another thing. */
	if (!from && !or_word && r->unit.kind != UNIT_NONE && unit.kind == UNIT_NONE)
		return;
	if (figure_month(a, second.next) || (!from && r->unit.kind == UNIT_NONE && unit.kind == UNIT_NONE && !currency && second.value > low * 20))
		return;
	r->number.value = low;
	r->number.upper = second.value;
	r->number.has_upper = r->range = true;
	r->next = unit.next;
	if (unit.kind != UNIT_NONE)
		r->unit = unit;
}

/* "Jane Doe, 66," */
static bool is_bare_age(const struct atoms *a, const struct reading *r)
{
	uint32_t i = r->first;
	const struct number *x = &r->number;
	if (i < 2 || r->unit.kind != UNIT_NONE || r->currency || x->words || x->value < 1 || x->value > 115 || x->value != (int)x->value || r->next != i + 1)
		return false;
	bool open = atom_sign(a, i - 1, ',') || atom_sign(a, i - 1, '(');
	bool close = r->next >= a->n || atom_sign(a, r->next, ',') || atom_sign(a, r->next, ')') || atom_sign(a, r->next, '.');
	return open && close && atom_word(a, i - 2) && a->v[i - 2].capital && a->v[i - 2].pos == POS_NAME;
}

static void take_age(const struct atoms *a, struct reading *r)
{
	uint32_t i = atom_hyphen(a, r->next) ? r->next + 1 : r->next;
	if (r->unit.kind == UNIT_TIME && atom_is(a, i, "old")) {
		r->age = true;
		r->next = i + 1;
	} else if (is_bare_age(a, r) || (r->unit.kind == UNIT_NONE && r->first && atom_is(a, r->first - 1, "aged"))) {
		r->age = true;
		r->unit = (struct unit){ UNIT_TIME, "a", { 0 }, r->next };
	}
}

static bool read_at(const struct finder *f, uint32_t i, struct reading *r)
{
	const struct atoms *a = f->atoms;
	uint32_t first = i;
	*r = (struct reading){ .first = i };
	r->currency = currency_before(a, i, &first);
	if (r->currency)
		r->first = first;
	if (!number_read(a, i, r->currency != NULL, &r->number) || is_manner(a, r->number.next))
		return false;
	if (r->number.next == i + 1 && !counts_one(a, i))
		return false;
	if (is_negative(a, i, &first)) {
		r->negative = true;
		r->first = first < r->first ? first : r->first;
	}
	r->next = r->number.next;
	if (unit_read(a, r->next, &r->unit))
		r->next = r->unit.next;
	if (r->currency && r->unit.kind != UNIT_MONEY) { /* "$31.20 US" */
		bool dots = atom_is(a, r->next, "u") && atom_sign(a, r->next + 1, '.') && atom_is(a, r->next + 2, "s") && atom_sign(a, r->next + 3, '.');
		r->next += dots ? 4 : atom_is(a, r->next, "us");
	}
	take_range(a, r);
	take_age(a, r);
	/* "US" and the like behind a sum do not change what was before it. */
	if (r->currency && r->unit.kind == UNIT_NONE)
		r->unit = (struct unit){ UNIT_MONEY, r->currency, atoms_span(a, r->first, r->next), r->next };
	return true;
}

/* The words of a phrase, the line breaks of wrapped text as spaces. */
static struct str one_line(struct finder *f, struct str s)
{
	bool wrapped = s.len && (memchr(s.data, '\n', s.len) || memchr(s.data, '\r', s.len));
	char *out = wrapped ? arena_alloc(f->arena, s.len) : NULL;
	size_t n = 0;
	for (size_t i = 0; out && i < s.len; i++) {
		bool space = memchr(" \t\r\n", s.data[i], 4) != NULL;
		if (!space || (n && out[n - 1] != ' '))
			out[n++] = space ? ' ' : s.data[i];
	}
	return out ? (struct str){ out, n } : s;
}

static struct str join(struct finder *f, struct str what, const char *outcome)
{
	what = one_line(f, what);
	if (!outcome)
		return what;
	if (!what.len)
		return str_of(outcome);
	/* "injured people injured" says it twice. */
	if (chars_find(what, outcome) < what.len)
		return what;
	return arena_printf(f->arena, "%.*s %s", STR_ARGS(what), outcome);
}

static bool is_plural(const struct atoms *a, uint32_t i)
{
	struct str s = atom_str(a, i);
	char last = chars_fold(s.data[s.len - 1]);
	return atom_is(a, i, "people") || atom_is(a, i, "troops") || atom_is(a, i, "men") || atom_is(a, i, "women") || atom_is(a, i, "children") ||
	       (last == 's' && s.len > 3 && chars_fold(s.data[s.len - 2]) != 's');
}

/* "of them" at atom i: what is counted was named before. The atom behind it, or i. */
static uint32_t over_pronoun(const struct atoms *a, uint32_t i)
{
	static const char words[][WORD_BYTES] = { "them", "us", "whom", "which", "these", "those", "you", "it", "" };
	bool alone = atom_is(a, i, "of") && atom_in(a, i + 1, words) && !((atom_is(a, i + 1, "these") || atom_is(a, i + 1, "those")) && atom_word(a, i + 2) &&
									 a->v[i + 2].pos == POS_NOUN);
	return alone ? i + 2 : i;
}

/* What "of them" counts, up to atom next: "20 of them children" says it itself, else it is what was counted before. */
static struct str counted_before(const struct finder *f, uint32_t next, uint32_t *ret_next)
{
	const struct atoms *a = f->atoms;
	struct phrase_at p = counted_phrase(a, next);
	bool noun = p.first == next && p.next > next && (a->v[next].pos == POS_NOUN || a->v[next].pos == POS_ADJ) && a->v[p.next - 1].pos == POS_NOUN &&
		    is_plural(a, p.next - 1) && !(p.next < a->n && pos_finite(a->v[p.next].pos));
	*ret_next = noun ? p.next : next;
	return noun ? text_bytes(f->text, atoms_span(a, p.first, p.next)) : f->counted;
}

/* What is counted: the noun phrase; for measures their word, with what is measured by it. */
static struct str what_of(struct finder *f, struct reading *r, uint32_t *next)
{
	const struct atoms *a = f->atoms;
	enum unit_kind kind = r->unit.kind;
	bool attributive = atom_hyphen(a, r->number.next);
	if (r->age) {
		*next = r->next;
		return r->unit.words.end ? text_bytes(f->text, r->unit.words) : STR("years of age");
	}
	struct phrase_at p = { r->next, r->next };
	bool of = atom_is(a, r->next, "of");
	*next = over_pronoun(a, r->next);
	if (*next > r->next && (kind == UNIT_NONE || kind == UNIT_PERCENT))
		return counted_before(f, *next, next);
	if (*next > r->next)
		return kind == UNIT_MONEY && *r->unit.code ? (struct str){ 0 } : text_bytes(f->text, r->unit.words);
	if (kind == UNIT_NONE || of || (kind != UNIT_TIME && !attributive))
		p = counted_phrase(a, atom_hyphen(a, r->next) ? r->next + 1 : r->next);
	struct str phrase = p.next > p.first ? text_bytes(f->text, atoms_span(a, p.first, p.next)) : (struct str){ 0 };
	*next = p.next > p.first ? p.next : r->next;
	if (kind == UNIT_NONE || kind == UNIT_PERCENT)
		return phrase;
	struct str word = kind == UNIT_MONEY && *r->unit.code ? (struct str){ 0 } : text_bytes(f->text, r->unit.words);
	if (kind == UNIT_MONEY)
		return word.len ? word : phrase;
	if (of && phrase.len)
		return text_bytes(f->text, (struct span){ r->unit.words.start, a->v[p.next - 1].span.end });
	*next = r->next;
	return word;
}

/* "spend 2 billion over five years": how long it takes. "lasted over five years", "for over five years": more than these. */
static bool spans_time(const struct atoms *a, const struct reading *r, uint32_t first)
{
	static const char people[][WORD_BYTES] = { "people", "children", "men", "women", "boys", "girls", "adults", "those", "anyone", "anybody", "all", "" };
	static const char ends[][WORD_BYTES] = { "ago", "old", "earlier", "later", "before", "after", "" };
	if (r->unit.kind != UNIT_TIME || r->age || first + 1 != r->first || !atom_is(a, first, "over") || atom_in(a, r->next, ends))
		return false;
	if (first == 0)
		return true;
	const struct atom *x = &a->v[first - 1];
	bool thing = x->kind == ATOM_NUMBER || atom_sign(a, first - 1, '%') || x->pos == POS_NOUN || x->pos == POS_NAME || (x->lex & LEX_OBJPRON);
	bool lasts = atom_is(a, first - 1, "spans") || atom_is(a, first - 1, "lasts") || atom_is(a, first - 1, "takes");
	return thing && !lasts && !atom_in(a, first - 1, people);
}

static enum qualifier qualifier_of(struct finder *f, const struct reading *r, uint32_t *first, uint32_t *next)
{
	enum qualifier q = qualifier_before(f->atoms, r->first, first), behind = qualifier_behind(f->atoms, *next, next);
	if (q == QUALIFIER_MORE_THAN && spans_time(f->atoms, r, *first)) {
		q = QUALIFIER_EXACT;
		*first = r->first;
	}
	if (behind != QUALIFIER_EXACT)
		q = behind;
	if (q == QUALIFIER_EXACT && r->number.dozens)
		q = QUALIFIER_AT_LEAST;
	if (q == QUALIFIER_EXACT && r->number.loose)
		q = QUALIFIER_ABOUT;
	return q;
}

static int emit(struct finder *f, struct reading *r, uint32_t *ret_next)
{
	const struct atoms *a = f->atoms;
	struct quantity q = { .has_value = true, .has_upper = r->number.has_upper, .value = r->number.value, .upper = r->number.upper };
	uint32_t first, next = r->next, phrase;
	q.qualifier = qualifier_of(f, r, &first, &next);
	r->next = next;
	struct str per = counted_per(a, r->next, r->unit.kind == UNIT_MONEY, &next);
	if (per.len)
		r->next = next;
	q.what = one_line(f, what_of(f, r, &phrase));
	if (r->unit.kind == UNIT_NONE)
		f->counted = q.what;
	if (!per.len) {
		per = counted_per(a, phrase, r->unit.kind == UNIT_MONEY, &next);
		phrase = per.len ? next : phrase;
	}
	q.per = per;
	if (r->negative)
		q.value = -q.value;
	q.change = counted_change(a, first, r->next, r->unit.kind);
	if (r->unit.kind == UNIT_NONE)
		q.what = join(f, q.what, counted_outcome(a, first, phrase));
	q.unit = r->unit.kind == UNIT_NONE ? (struct str){ 0 } : str_of(r->unit.code);
	q.so_far = qualifier_so_far(a, first, phrase);
	q.span = atoms_span(a, first, phrase);
	/* A qualifier may reach back into what stands in the list already ("10 or more than 20"). */
	if (f->n && q.span.start < f->list[f->n - 1].span.end)
		q.span.start = a->v[r->first].span.start;
	if (f->n && q.span.start < f->list[f->n - 1].span.end)
		f->list[f->n - 1].span.end = q.span.start, f->list[f->n - 1].text = text_bytes(f->text, f->list[f->n - 1].span);
	q.text = text_bytes(f->text, q.span);
	*ret_next = phrase > r->next ? phrase : r->next;
	return push(f, &q);
}

/* Words for amounts without a number; the atom behind them, or 0. */
static uint32_t vague_at(const struct atoms *a, uint32_t i)
{
	static const char plain[][WORD_BYTES] = { "several", "many", "numerous", "countless", "various", "multiple", "unspecified", "few", "" };
	static const char nouns[][WORD_BYTES] = { "majority", "number", "handful", "scores", "bulk", "plenty", "series", "string", "minority", "" };
	static const char not_before[][WORD_BYTES] = { "how", "as", "so", "too", "very", "that", "" };
	if (atom_in(a, i, plain))
		return i && atom_in(a, i - 1, not_before) ? 0 : i + 1;
	if (atom_is(a, i, "most") || atom_is(a, i, "some"))
		return i && (atom_is(a, i - 1, "the") || atom_is(a, i - 1, "at")) && !atom_is(a, i + 1, "of") ? 0 : i + 1;
	if (!atom_in(a, i, nouns) || !atom_is(a, i + 1, "of"))
		return 0;
	/* "a number of", not "the number of". */
	return atom_is(a, i, "number") && !(i && atom_is(a, i - 1, "a")) ? 0 : i + 1;
}

static int emit_vague(struct finder *f, uint32_t i, uint32_t next, uint32_t *ret_next)
{
	const struct atoms *a = f->atoms;
	struct phrase_at p = { next, over_pronoun(a, next) };
	bool of = atom_is(a, next, "of"), pronoun = p.next > p.first;
	struct str before = { 0 };
	if (pronoun)
		before = counted_before(f, p.next, &p.next);
	else
		p = counted_phrase(a, next);
	*ret_next = i + 1;
	if (p.next == p.first || (!of && !is_plural(a, p.next - 1) && !atom_is(a, p.next - 1, "casualties") &&
				  !(p.next - p.first >= 2 && is_plural(a, p.first))))
		return 0;
	struct quantity q = { .qualifier = QUALIFIER_VAGUE, .change = CHANGE_NONE };
	uint32_t first = i;
	if (first && (atom_is(a, first - 1, "a") || atom_is(a, first - 1, "the")))
		first--;
	q.span = atoms_span(a, first, p.next);
	if (f->n && q.span.start < f->list[f->n - 1].span.end)
		return 0;
	q.what = join(f, pronoun ? before : text_bytes(f->text, atoms_span(a, p.first, p.next)), counted_outcome(a, first, p.next));
	q.so_far = qualifier_so_far(a, first, p.next);
	q.text = text_bytes(f->text, q.span);
	*ret_next = p.next;
	return push(f, &q);
}

/* "triple car bombings", "twin blasts", "a couple of days" */
static double multiple_at(const struct atoms *a, uint32_t i, uint32_t *ret_next)
{
	static const struct {
		char word[WORD_BYTES];
		double value;
	} list[] = { { "twin", 2 }, { "double", 2 }, { "triple", 3 }, { "quadruple", 4 }, { "couple", 2 }, { "triplets", 3 } };
	for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
		if (!atom_same(a, i, list[k].word))
			continue;
		static const char compared[][WORD_BYTES] = { "than", "to", "will", "would", "can", "could", "may", "might", "nearly", "almost", "" };
		bool couple = k == 4;
		if (!couple && i && atom_in(a, i - 1, compared))
			return 0;
		*ret_next = couple ? i + 2 : i + 1;
		if (couple)
			return atom_is(a, i + 1, "of") ? 2 : 0;
		struct phrase_at p = counted_phrase(a, i + 1);
		return p.next > p.first && is_plural(a, p.next - 1) && p.next - p.first <= 3 && !atom_is(a, i + 1, "the") ? list[k].value : 0;
	}
	return 0;
}

/* Can vague_at or multiple_at say anything? */
static bool amount_begins(const struct atoms *a, uint32_t i)
{
	struct word w = a->v[i].word;
	switch (word_first(w)) {
	case 'b':
		return WORD_IS(w, "bulk");
	case 'c':
		return WORD_IS(w, "countless") || WORD_IS(w, "couple");
	case 'd':
		return WORD_IS(w, "double");
	case 'f':
		return WORD_IS(w, "few");
	case 'h':
		return WORD_IS(w, "handful");
	case 'm':
		return WORD_IS(w, "many") || WORD_IS(w, "multiple") || WORD_IS(w, "majority") || WORD_IS(w, "minority") || WORD_IS(w, "most");
	case 'n':
		return WORD_IS(w, "numerous") || WORD_IS(w, "number");
	case 'p':
		return WORD_IS(w, "plenty");
	case 'q':
		return WORD_IS(w, "quadruple");
	case 's':
		return WORD_IS(w, "several") || WORD_IS(w, "some") || WORD_IS(w, "scores") || WORD_IS(w, "series") || WORD_IS(w, "string");
	case 't':
		return WORD_IS(w, "twin") || WORD_IS(w, "triple") || WORD_IS(w, "triplets");
	case 'u':
		return WORD_IS(w, "unspecified");
	case 'v':
		return WORD_IS(w, "various");
	default:
		return false;
	}
}

static int step(struct finder *f, uint32_t i, uint32_t *ret_next)
{
	const struct atoms *a = f->atoms;
	struct reading r;
	uint32_t next;
	*ret_next = i + 1;
	bool number = number_begins(a, i);
	if (!number && !amount_begins(a, i))
		return 0;
	if (figure_is_name(a, i, f->headline, &next)) {
		*ret_next = next;
		return 0;
	}
	if (number && read_at(f, i, &r))
		return emit(f, &r, ret_next);
	if (a->v[i].kind != ATOM_WORD)
		return 0;
	double value = multiple_at(a, i, &next);
	if (value > 0) {
		r = (struct reading){ .first = i, .next = next, .number = { .value = value, .next = next, .scale = 1, .words = true } };
		if (atom_is(a, i, "couple"))
			r.first = i && atom_is(a, i - 1, "a") ? i - 1 : i;
		if (unit_read(a, next, &r.unit))
			r.next = r.unit.next;
		return emit(f, &r, ret_next);
	}
	next = vague_at(a, i);
	return next ? emit_vague(f, i, next, ret_next) : 0;
}

int quantity_find(const struct text *t, const struct article *article, struct arena *arena, struct quantity **ret, size_t *ret_n)
{
	struct finder f = { .text = t, .arena = arena, .atoms = atoms_new(t, arena) };
	if (!f.atoms)
		return -ENOMEM;
	for (uint32_t s = 0; s < t->n_sentences; s++) {
		atoms_read(f.atoms, t, t->sentences[s].first, t->sentences[s].n);
		f.counted = (struct str){ 0 };
		f.headline = article->blocks[t->sentences[s].block].kind == BLOCK_TITLE;
		for (uint32_t i = 0, next; i < f.atoms->n; i = next) {
			int r = step(&f, i, &next);
			if (r)
				return r;
		}
	}
	if (arena_failed(arena))
		return -ENOMEM;
	*ret = f.list;
	*ret_n = f.n;
	return 0;
}
