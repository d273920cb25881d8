#include "workers/claim/figure.h"

#include "workers/claim/lexicon.h"
#include "workers/claim/unit.h"
#include "workers/decode/calendar.h"
#include "workers/decode/chars.h"

/* Words before a number that make it a name: "page 3". */
static const char label_words[][WORD_BYTES] = {
	"page", "pages", "chapter", "section", "sections", "article", "articles", "number", "no", "nos", "category", "room", "flight", "stage", "version",
	"line", "route", "highway", "channel", "game", "group", "model", "type", "level", "phase", "grade", "class", "district", "unit", "figure", "table",
	"gate", "volume", "vol", "issue", "episode", "season", "round", "lap", "step", "rule", "item", "paragraph", "para", "act", "clause", "amendment",
	"resolution", "interstate", "pier", "exit", "ward", "precinct", "sector", "block", "tel", "phone", "fax", "zip", "row", "seat", "bus", "train",
	"top", "bottom", "area", "sub", ""
};

static const char year_cues[][WORD_BYTES] = {
	"in", "since", "by", "of", "from", "until", "till", "before", "after", "during", "to", "early", "late", "mid", "year", "season", "for", "through",
	"circa", "between", "and", "the", "around", "spring", "summer", "autumn", "fall", "winter", "election", "back", ""
};

static const char people_words[][WORD_BYTES] = {
	"people", "persons", "soldiers", "troops", "civilians", "children", "women", "men", "militants", "fighters", "workers", "employees", "students",
	"protesters", "passengers", "refugees", "migrants", "victims", "prisoners", "residents", "families", "police", "officers", "others", ""
};

bool figure_month(const struct atoms *a, uint32_t i)
{
	if (!atom_calendar(a, i) || !calendar_month(atom_str(a, i)))
		return false;
	/* "Mar" and "Dec" without a full stop are months only beside a number, which is what callers look at. */
	return true;
}

static bool small_day(const struct atoms *a, uint32_t i)
{
	const struct atom *v = &a->v[i];
	return v->kind == ATOM_NUMBER && !v->decimals && !v->grouped && v->digits <= 2 && v->value >= 1 && v->value <= 31;
}

/* "March 27", "Feb. 21-22", "27 March", "27th of March" */
static bool beside_month(const struct atoms *a, uint32_t i)
{
	if (!small_day(a, i))
		return false;
	if (i && figure_month(a, i - 1))
		return true;
	if (i > 1 && atom_sign(a, i - 1, '.') && figure_month(a, i - 2))
		return true;
	return figure_month(a, i + 1) && !(a->v[i + 1].glued);
}

static bool is_year_like(const struct atom *v)
{
	return v->kind == ATOM_NUMBER && !v->grouped && !v->decimals && v->digits == 4 && v->value >= 1000 && v->value < 2200;
}

/* Four digits without a comma are a year, unless a unit or people stand behind them. */
static bool is_year(const struct atoms *a, uint32_t i)
{
	const struct atom *v = &a->v[i];
	struct unit u;
	if (!is_year_like(v) || (i && atom_sign(a, i - 1, '$')))
		return false;
	bool cue = i && (atom_in(a, i - 1, year_cues) || figure_month(a, i - 1));
	if (v->value < 1700 || v->value > 2100)
		return cue && v->value >= 1300 && !(atom_word(a, i + 1) && a->v[i + 1].pos == POS_NOUN);
	if (unit_read(a, i + 1, &u))
		return cue && u.kind != UNIT_PERCENT && u.kind != UNIT_MONEY && !atom_glued(a, i + 1);
	if (atom_in(a, i + 1, people_words))
		return i && (atom_is(a, i - 1, "in") || atom_is(a, i - 1, "the"));
	return true;
}

static bool glued_to_letters(const struct atoms *a, uint32_t i)
{
	uint32_t first;
	if (!a->v[i].glued || !i)
		return false;
	if (atom_word(a, i - 1))
		return !unit_currency_before(a, i, &first) && !atom_is(a, i - 1, "ps");
	if (!atom_hyphen(a, i - 1) || i < 2)
		return a->v[i - 1].kind == ATOM_SIGN && (a->v[i - 1].code == '/' || a->v[i - 1].code == '.' || a->v[i - 1].code == '#' ||
							 a->v[i - 1].code == '@' || a->v[i - 1].code == 0xb1 || a->v[i - 1].code == ':' || a->v[i - 1].code == '_');
	/* "minus-130", "sub-7", "now-18"; "COVID-19" is a name, and "3-2" was a score. */
	static const char prefixes[][WORD_BYTES] = { "minus", "sub", "plus", "now", "then", "the", "to", "about", "nearly", "record", "" };
	return !atom_in(a, i - 2, prefixes) && a->v[i - 2].kind != ATOM_SIGN;
}

static bool is_ordinal(const struct atoms *a, uint32_t i)
{
	static const char ends[][WORD_BYTES] = { "st", "nd", "rd", "th", "s", "am", "pm", "er", "ers", "g", "" };
	if (atom_glued(a, i + 1) && atom_in(a, i + 1, ends))
		return !atom_is(a, i + 1, "g") || str_is(atom_str(a, i + 1), "G");
	return (atom_sign(a, i + 1, '\'') || atom_sign(a, i + 1, 0x2019)) && atom_glued(a, i + 2) && atom_is(a, i + 2, "s");
}

/* "10 a.m.", "5 pm", "1800 GMT", "10 o'clock" */
static bool is_clock(const struct atoms *a, uint32_t i)
{
	static const char marks[][WORD_BYTES] = { "am", "pm", "gmt", "utc", "o'clock", "o\u2019clock", "est", "edt", "cet", "bst", "" };
	if (atom_sign(a, i + 1, ':') && atom_number(a, i + 2) && atom_glued(a, i + 1) && atom_glued(a, i + 2))
		return true;
	if (atom_in(a, i + 1, marks))
		return true;
	return (atom_is(a, i + 1, "a") || atom_is(a, i + 1, "p")) && atom_sign(a, i + 2, '.') && atom_is(a, i + 3, "m");
}

/* "iPhone", "eBay" */
static bool inner_capital(struct str s)
{
	for (size_t i = 1; i < s.len; i++)
		if (chars_upper((unsigned char)s.data[i]))
			return true;
	return false;
}

/* "49 Harbour Road", "the 90049 ZIP Code" */
static bool is_address(const struct atoms *a, uint32_t i)
{
	static const char roads[][WORD_BYTES] = { "street", "st", "road", "rd", "avenue", "ave", "lane", "drive", "boulevard", "blvd", "way", "square", "code", "" };
	for (uint32_t at = i + 1; at < a->n && at <= i + 4 && atom_word(a, at) && a->v[at].capital; at++)
		if (at > i + 1 && atom_in(a, at, roads))
			return true;
	return false;
}

/* Behind a word with a capital a small bare number is part of a name, unless something counted follows. */
static bool is_named(const struct atoms *a, uint32_t i, bool headline)
{
	struct unit u;
	struct number x;
	const struct atom *v = &a->v[i], *p = i ? &a->v[i - 1] : NULL;
	if (!p || p->kind != ATOM_WORD || v->grouped || v->decimals || v->digits > 4 || v->kind != ATOM_NUMBER)
		return false;
	if ((atom_is(a, i - 1, "top") || atom_is(a, i - 1, "bottom")) && atom_word(a, i + 1) && a->v[i + 1].pos == POS_NOUN)
		return false;
	if (atom_in(a, i - 1, label_words))
		return !atom_is(a, i - 1, "no") || p->capital;
	const uint64_t plain = LEX_DET | LEX_PREP | LEX_COORD | LEX_SUBORD | LEX_PRON | LEX_POSSPRON | LEX_TIME | LEX_ADV | LEX_BE | LEX_VERB;
	if (headline || (p->lex & plain) || (!p->capital && !inner_capital(atom_str(a, i - 1))))
		return false;
	if (unit_read(a, i + 1, &u) || atom_in(a, i + 1, people_words))
		return false;
	return !number_read(a, i, false, &x) || x.scale == 1;
}

static uint32_t skip_chain(const struct atoms *a, uint32_t i)
{
	while (i + 2 < a->n && a->v[i + 1].kind == ATOM_SIGN && a->v[i + 1].glued && atom_number(a, i + 2) && a->v[i + 2].glued)
		i += 2;
	return i + 1;
}

/* Scores, dates and telephone numbers: figures chained by signs. */
static bool is_chain(const struct atoms *a, uint32_t i)
{
	if (!atom_number(a, i + 2) || !atom_glued(a, i + 1) || !atom_glued(a, i + 2) || a->v[i + 1].kind != ATOM_SIGN)
		return false;
	const struct atom *x = &a->v[i], *y = &a->v[i + 2];
	uint32_t sign = a->v[i + 1].code;
	struct number part;
	if (sign == '/' || sign == 0x2044)
		return !number_read(a, i, false, &part) || !part.fraction;
	if (sign == '.' || sign == ':')
		return true;
	if (!atom_hyphen(a, i + 1) || (atom_sign(a, i + 3, '/') && atom_glued(a, i + 3))) /* "11-1/2" */
		return false;
	bool longer = atom_hyphen(a, i + 3) && atom_number(a, i + 4);
	bool phone = x->digits == 3 && y->digits == 4 && !y->grouped && !x->decimals;
	bool years = is_year_like(x) && (is_year_like(y) || y->digits == 2);
	bool score = x->value >= y->value && !x->decimals && !y->decimals && !atom_hyphen(a, i + 3) && !atom_word(a, i + 3);
	bool level = x->value >= y->value && x->digits <= 3 && y->digits <= 3 && !x->decimals;
	return longer || phone || years || score || level;
}

static bool is_list_mark(const struct atoms *a, uint32_t i)
{
	return i == 0 && (atom_sign(a, 1, '.') || atom_sign(a, 1, ')')) && a->v[0].digits <= 2 && !a->v[0].decimals && a->n > 3;
}

/* "+44 20 7946 0958": bare numbers one after the other. */
static bool is_phone(const struct atoms *a, uint32_t i)
{
	bool next = atom_number(a, i + 1) && !a->v[i + 1].decimals && !a->v[i + 1].grouped && a->v[i + 1].digits >= 3 && a->v[i].digits && a->v[i + 1].digits;
	bool before = i && atom_number(a, i - 1) && !a->v[i - 1].decimals && !a->v[i].grouped && a->v[i].digits >= 3 && a->v[i - 1].digits;
	return (next || before) && !a->v[i].decimals && !a->v[i].grouped;
}

bool figure_is_name(const struct atoms *a, uint32_t i, bool headline, uint32_t *ret_next)
{
	*ret_next = i + 1;
	if (!atom_number(a, i)) {
		if (i && (atom_is(a, i - 1, "top") || atom_is(a, i - 1, "bottom")) && number_word(a, i) > 0)
			return !atom_word(a, i + 1) || a->v[i + 1].pos != POS_NOUN;
		if (i && figure_month(a, i - 1) && number_word(a, i) >= 1 && number_word(a, i) <= 31)
			return true; /* "July three" */
		/* "the Big Four", "Group of Seven" */
		return atom_word(a, i) && a->v[i].capital && !headline && i && !(a->text->tokens[a->v[i].token].flags & TOKEN_FIRST) &&
		       number_word(a, i) >= 0 && !atom_is(a, i, "half") && !(a->v[i - 1].kind == ATOM_SIGN && a->v[i - 1].code != '-');
	}
	if (is_chain(a, i)) {
		*ret_next = skip_chain(a, i);
		return true;
	}
	if (a->v[i].digits > 1 && !a->v[i].grouped && a->text->bytes.data[a->v[i].span.start] == '0')
		return true; /* "007", "0000 GMT" */
	if (atom_word(a, i + 1) && str_is(atom_str(a, i + 1), "News") && a->v[i].digits <= 2)
		return true; /* a broadcaster */
	return beside_month(a, i) || glued_to_letters(a, i) || is_ordinal(a, i) || is_clock(a, i) || is_list_mark(a, i) || is_phone(a, i) || is_address(a, i) ||
	       is_named(a, i, headline) || is_year(a, i);
}
