#include "workers/claim/when.h"

#include "workers/claim/lexicon.h"
#include "workers/claim/number.h"
#include "workers/decode/chars.h"

static bool plain_number(const struct atoms *a, uint32_t i)
{
	return atom_number(a, i) && !a->v[i].grouped && !a->v[i].decimals && a->v[i].digits > 0;
}

static int year_at(const struct atoms *a, uint32_t i)
{
	if (!plain_number(a, i) || a->v[i].digits != 4 || a->v[i].value < 1000 || a->v[i].value > 2199)
		return 0;
	return (int)a->v[i].value;
}

static int day_at(const struct atoms *a, uint32_t i)
{
	if (atom_word(a, i) && i && atom_calendar(a, i - 1) && calendar_month(atom_str(a, i - 1)) && number_word(a, i) >= 1) /* "July three" */
		return number_word(a, i) <= 20 ? (int)number_word(a, i) : 0;
	if (!plain_number(a, i) || a->v[i].digits > 2 || a->v[i].value < 1 || a->v[i].value > 31)
		return 0;
	return (int)a->v[i].value;
}

/* "st", "nd" glued behind a day. */
static uint32_t over_ordinal(const struct atoms *a, uint32_t i)
{
	static const char ends[][WORD_BYTES] = { "st", "nd", "rd", "th", "" };
	return atom_glued(a, i) && atom_in(a, i, ends) ? i + 1 : i;
}

/* Is the full stop at atom i that of an abbreviation before it ("Jun. 5"), and not of the sentence? */
static bool own_stop(const struct atoms *a, uint32_t i)
{
	if (!i || !atom_sign(a, i, '.') || !a->v[i].glued)
		return false;
	while (++i < a->n)
		if (a->v[i].kind != ATOM_SIGN)
			return true;
	return false;
}

/* "May" is whole as it stands. */
static bool whole_month(const struct atoms *a, uint32_t i)
{
	return a->v[i].span.end - a->v[i].span.start > 5 || atom_is(a, i, "march") || atom_is(a, i, "april") || atom_is(a, i, "may") ||
	       atom_is(a, i, "june") || atom_is(a, i, "july");
}

/* A month at atom i; *ret_next behind it and the full stop of a short form. */
static int month_at(const struct atoms *a, uint32_t i, uint32_t *ret_next)
{
	if (!atom_calendar(a, i))
		return 0;
	int m = calendar_month(atom_str(a, i));
	*ret_next = i + 1 + (m && !whole_month(a, i) && own_stop(a, i + 1));
	return m;
}

static int weekday_at(const struct atoms *a, uint32_t i, uint32_t *ret_next)
{
	if (!atom_calendar(a, i))
		return -1;
	struct str s = atom_str(a, i);
	int d = calendar_weekday(s);
	if (d < 0)
		return -1;
	bool dot = atom_sign(a, i + 1, '.') && atom_glued(a, i + 1);
	if (s.len < 6 && !dot)
		return -1; /* "Sun" is a newspaper */
	*ret_next = i + 1 + (s.len < 6 && own_stop(a, i + 1));
	return d;
}

static uint32_t over_year(const struct atoms *a, uint32_t i, int *year)
{
	uint32_t at = atom_sign(a, i, ',') ? i + 1 : i;
	int y = year_at(a, at);
	if (!y || (at == i && a->v[at].glued) || (atom_glued(a, at + 1) && atom_is(a, at + 1, "s")))
		return i;
	*year = y;
	return at + 1;
}

/* "March 27, 2016", "27 March", "the 27th of March", "May 2015" */
static bool read_date(const struct atoms *a, uint32_t i, struct when *w)
{
	uint32_t next, at = i;
	struct date d = { 0 };
	int month = month_at(a, i, &next);
	if (month) {
		d.month = month;
		d.day = day_at(a, next);
		if (d.day && !atom_sign(a, next + 1, ':') && !(atom_hyphen(a, next + 1) && atom_word(a, next + 2))) {
			next = over_ordinal(a, next + 1);
			next = over_year(a, next, &d.year);
		} else {
			d.day = 0;
			next = over_year(a, next, &d.year);
			if (!d.year && !whole_month(a, i))
				return false; /* "Mar" is a name */
		}
	} else if (day_at(a, i) && !a->v[i].glued) {
		d.day = day_at(a, i);
		at = over_ordinal(a, i + 1);
		if (atom_is(a, at, "of"))
			at++;
		d.month = month_at(a, at, &next);
		if (!d.month || a->v[at].glued)
			return false;
		next = over_year(a, next, &d.year);
	} else {
		return false;
	}
	if (!calendar_valid(d))
		return false;
	*w = (struct when){ .kind = WHEN_DATE, .first = i, .next = next, .date = d };
	at = next + atom_is(a, next, "of");
	bool year = !d.year && (atom_is(a, at, "last") || atom_is(a, at, "this") || atom_is(a, at, "next")) && atom_is(a, at + 1, "year");
	if (year) {
		w->said = true;
		w->count = atom_is(a, at, "last") ? -1 : atom_is(a, at, "next");
		w->next = at + 2;
	}
	return true;
}

/* "2016-03-27", "27.03.2016": the text itself is read. */
static bool read_figures(const struct atoms *a, uint32_t i, struct when *w)
{
	struct date d;
	if (!plain_number(a, i) || a->v[i].glued || !atom_glued(a, i + 1) || !atom_number(a, i + 2) || !atom_number(a, i + 4))
		return false;
	struct str s = { a->text->bytes.data + a->v[i].span.start, a->v[i + 4].span.end - a->v[i].span.start };
	if (a->v[i + 4].span.end < a->v[i].span.start || calendar_parse(s, &d) != s.len || !d.year)
		return false;
	*w = (struct when){ .kind = WHEN_DATE, .first = i, .next = i + 5, .date = d };
	return true;
}

static bool year_cue(const struct atoms *a, uint32_t i)
{
	static const char cues[][WORD_BYTES] = { "in", "since", "by", "from", "until", "till", "before", "after", "during", "to", "early", "late", "mid", "year",
					    "through", "circa", "between", "and", "around", "of", "spring", "summer", "autumn", "fall", "winter", "for", "the",
					    "back", "than", "a", "" };
	static const char after[][WORD_BYTES] = { "election", "elections", "season", "report", "study", "survey", "film", "book", "war", "when", "and", "to", "olympics",
					     "tour", "budget", "census", "agreement", "deal", "earthquake", "crisis", "edition", "model", "" };
	if (i == 0 || atom_sign(a, i - 1, '('))
		return i + 1 < a->n && (atom_sign(a, i + 1, ')') || atom_word(a, i + 1) || atom_sign(a, i + 1, ','));
	if (atom_sign(a, i - 1, ','))
		return i + 1 >= a->n || a->v[i + 1].kind == ATOM_SIGN;
	if (atom_in(a, i - 1, cues))
		return true;
	return atom_in(a, i + 1, after);
}

static bool read_year(const struct atoms *a, uint32_t i, struct when *w)
{
	int y = year_at(a, i);
	if (!y || (a->v[i].glued && i && a->v[i - 1].kind == ATOM_WORD) || (i && atom_sign(a, i - 1, '$')))
		return false;
	*w = (struct when){ .kind = WHEN_DATE, .first = i, .next = i + 1, .date = { y, 0, 0 } };
	bool s = (atom_glued(a, i + 1) && atom_is(a, i + 1, "s")) || (atom_glued(a, i + 2) && atom_is(a, i + 2, "s") && a->v[i + 1].kind == ATOM_SIGN &&
								   (a->v[i + 1].code == '\'' || a->v[i + 1].code == 0x2019) && y % 10 == 0);
	if (s && y % 10 == 0) {
		w->kind = WHEN_DECADE;
		w->next = atom_is(a, i + 1, "s") ? i + 2 : i + 3;
		return true;
	}
	if (y < 1500 || y > 2100 || (i && a->v[i].glued && atom_hyphen(a, i - 1)))
		return false;
	if (atom_hyphen(a, i + 1) && plain_number(a, i + 2)) {
		int end = a->v[i + 2].digits == 2 ? y / 100 * 100 + (int)a->v[i + 2].value : year_at(a, i + 2);
		if (end <= y || end > y + 60 || !(a->v[i + 2].digits == 2 || a->v[i + 2].digits == 4))
			return false;
		*w = (struct when){ .kind = WHEN_YEARS, .first = i, .next = i + 3, .date = { y, 0, 0 }, .count = end };
		return true;
	}
	if (atom_glued(a, i + 1) && a->v[i + 1].kind == ATOM_WORD)
		return false;
	return year_cue(a, i);
}

/* "the 19th century", "the 1980s" is read_year's. */
static bool read_century(const struct atoms *a, uint32_t i, struct when *w)
{
	uint32_t at = i + 1;
	if (!day_at(a, i) || a->v[i].value > 21)
		return false;
	at = over_ordinal(a, at);
	if (at == i + 1 || !(atom_is(a, at, "century") || (atom_hyphen(a, at) && atom_is(a, at + 1, "century"))))
		return false;
	*w = (struct when){ .kind = WHEN_CENTURY, .first = i, .next = atom_is(a, at, "century") ? at + 1 : at + 2,
			    .date = { ((int)a->v[i].value - 1) * 100, 0, 0 } };
	return true;
}

static enum when_unit unit_at(const struct atoms *a, uint32_t i)
{
	static const struct {
		char one[WORD_BYTES], many[WORD_BYTES];
		enum when_unit unit;
	} units[] = { { "hour", "hours", WHEN_HOUR }, { "day", "days", WHEN_DAY }, { "week", "weeks", WHEN_WEEK }, { "month", "months", WHEN_MONTH },
		      { "year", "years", WHEN_YEAR }, { "decade", "decades", WHEN_TEN_YEARS }, { "century", "centuries", WHEN_HUNDRED_YEARS },
		      { "minute", "minutes", WHEN_HOUR } };
	for (size_t k = 0; k < sizeof units / sizeof *units; k++)
		if (atom_same(a, i, units[k].one) || atom_same(a, i, units[k].many))
			return units[k].unit;
	return WHEN_NO_UNIT;
}

static int season_at(const struct atoms *a, uint32_t i)
{
	static const char names[4][WORD_BYTES] = { "spring", "summer", "autumn", "winter" };
	for (int k = 0; k < 4; k++)
		if (atom_same(a, i, names[k]))
			return 21 + k;
	return atom_is(a, i, "fall") ? 23 : 0;
}

/* A count of units: "two weeks", "24 hours", "a year", "a few months". */
static uint32_t counted_unit(const struct atoms *a, uint32_t i, int *count, enum when_unit *unit)
{
	struct number x;
	uint32_t at = i;
	*count = 0;
	if (atom_is(a, i, "a") || atom_is(a, i, "an")) {
		*count = atom_is(a, i + 1, "few") || atom_is(a, i + 1, "couple") ? 0 : 1;
		at = i + 1 + (*count == 0) + (atom_is(a, i + 1, "couple") && atom_is(a, i + 2, "of"));
	} else if (atom_is(a, i, "several") || atom_is(a, i, "few") || atom_is(a, i, "some") || atom_is(a, i, "many")) {
		at = i + 1;
	} else if (number_read(a, i, false, &x) && !x.fraction && !x.has_upper && x.value < 10000 && x.value == (int)x.value) {
		*count = x.dozens ? 0 : (int)x.value;
		at = x.next;
	} else {
		return 0;
	}
	*unit = unit_at(a, at);
	return *unit == WHEN_NO_UNIT ? 0 : at + 1;
}

/* "two weeks ago", "a year earlier", "three months after" */
static bool read_ago(const struct atoms *a, uint32_t i, struct when *w)
{
	int count;
	enum when_unit unit;
	uint32_t at = counted_unit(a, i, &count, &unit);
	if (!at)
		return false;
	bool ago = atom_is(a, at, "ago"), before = atom_is(a, at, "earlier") || atom_is(a, at, "before") || atom_is(a, at, "later");
	bool after = atom_is(a, at, "after");
	if (!ago && !before && !after)
		return false;
	*w = (struct when){ .kind = WHEN_AGO, .first = i, .next = at + 1, .unit = unit, .count = count };
	if (before || (after && unit < WHEN_WEEK) || !count)
		w->kind = WHEN_LOOSE;
	return true;
}

/* Behind "last" and the like: a unit, or a count of units. */
static bool read_span(const struct atoms *a, uint32_t i, int direction, bool this, struct when *w)
{
	uint32_t at = i + 1;
	bool recent = !direction && !this;
	w->unit = unit_at(a, at);
	if (w->unit != WHEN_NO_UNIT) {
		bool plural = chars_fold(a->text->bytes.data[a->v[at].span.end - 1]) == 's';
		/* "the last day of the summit", "the next day": counted from other events. */
		if (recent || plural || w->unit <= WHEN_DAY)
			w->kind = WHEN_LOOSE;
		else if (atom_is(a, i, "past") || atom_is(a, i, "coming"))
			*w = (struct when){ .kind = WHEN_PAST, .first = i, .next = at + 1, .unit = w->unit, .count = -direction };
		return true;
	}
	int count;
	uint32_t next = this || recent ? 0 : counted_unit(a, at, &count, &w->unit);
	if (!next)
		return false;
	w->kind = count ? WHEN_PAST : WHEN_LOOSE;
	w->count = direction < 0 ? count : -count;
	w->next = next;
	return true;
}

/* "last Monday", "next week", "this year", "last August", "the past 24 hours", "recent months" */
static bool read_period(const struct atoms *a, uint32_t i, struct when *w)
{
	static const char past[][WORD_BYTES] = { "last", "past", "previous", "preceding", "" };
	static const char coming[][WORD_BYTES] = { "next", "coming", "following", "" };
	int direction = atom_in(a, i, past) ? -1 : atom_in(a, i, coming) ? 1 : 0;
	bool this = atom_is(a, i, "this"), recent = atom_is(a, i, "recent");
	uint32_t at = i + 1, next;
	if (!direction && !this && !recent)
		return false;
	*w = (struct when){ .kind = WHEN_PERIOD, .first = i, .count = direction, .said = true };
	int weekday = weekday_at(a, at, &next);
	if (weekday >= 0 && !recent) {
		w->kind = WHEN_WEEKDAY;
		w->weekday = weekday;
		w->next = next;
		return true;
	}
	w->date.month = month_at(a, at, &next);
	if (w->date.month && !recent) {
		w->unit = WHEN_MONTH;
		w->next = next;
		return true;
	}
	w->next = at + 1;
	int season = season_at(a, at);
	if (season && !recent) {
		w->unit = WHEN_SEASON;
		w->date.month = season;
		return true;
	}
	if (atom_is(a, at, "weekend")) {
		w->kind = WHEN_WEEKEND;
		return true;
	}
	if (atom_is(a, at, "night") || atom_is(a, at, "evening") || atom_is(a, at, "morning") || atom_is(a, at, "afternoon")) {
		w->kind = WHEN_DAYS;
		w->count = direction;
		return !recent;
	}
	return read_span(a, i, direction, this, w);
}

/* Words for days around the article's own. */
static bool read_day_word(const struct atoms *a, uint32_t i, struct when *w)
{
	static const struct {
		char word[WORD_BYTES];
		int days;
	} words[] = { { "today", 0 }, { "yesterday", -1 }, { "tomorrow", 1 }, { "tonight", 0 }, { "now", 0 }, { "currently", 0 } };
	for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
		if (!atom_same(a, i, words[k].word) || atom_hyphen(a, i + 1))
			continue;
		*w = (struct when){ .kind = WHEN_DAYS, .first = i, .next = i + 1, .count = words[k].days };
		/* "until now", "by now", "now that": no day is meant. */
		bool no_day = k >= 4 && (atom_is(a, i + 1, "that") || atom_is(a, i + 1, "and") || (i && (atom_is(a, i - 1, "until") || atom_is(a, i - 1, "from"))));
		return !no_day;
	}
	bool in_day = (atom_is(a, i, "earlier") || atom_is(a, i, "later")) && atom_is(a, i + 1, "in") && atom_is(a, i + 2, "the") && atom_is(a, i + 3, "day");
	if (in_day) {
		*w = (struct when){ .kind = WHEN_DAYS, .first = i, .next = i + 4 };
		return true;
	}
	if (atom_is(a, i, "weekend") && i && atom_is(a, i - 1, "the")) {
		*w = (struct when){ .kind = WHEN_WEEKEND, .first = i, .next = i + 1, .count = -1 };
		return true;
	}
	return false;
}

/* "10:30 a.m.", "5 pm", "1800 GMT" */
static bool read_clock(const struct atoms *a, uint32_t i, struct when *w)
{
	static const char zones[][WORD_BYTES] = { "gmt", "utc", "est", "edt", "cet", "bst", "pdt", "pst", "local", "" };
	uint32_t at = i + 1;
	if (!plain_number(a, i) || a->v[i].digits > 4)
		return false;
	bool colon = atom_sign(a, at, ':') && plain_number(a, at + 1) && atom_glued(a, at) && atom_glued(a, at + 1) && a->v[at + 1].digits == 2;
	colon = colon && a->v[i].value < 24 && a->v[at + 1].value < 60;
	if (colon)
		at += 2;
	bool half = false;
	if (atom_is(a, at, "am") || atom_is(a, at, "pm")) {
		half = true;
		at++;
	} else if ((atom_is(a, at, "a") || atom_is(a, at, "p")) && atom_sign(a, at + 1, '.') && atom_is(a, at + 2, "m")) {
		half = true;
		bool stop = atom_sign(a, at + 3, '.') && (a->v[at + 3].token == a->v[at + 2].token || own_stop(a, at + 3));
		at += stop ? 4 : 3;
	}
	bool zone = atom_in(a, at, zones);
	if (zone)
		at += atom_is(a, at, "local") && atom_is(a, at + 1, "time") ? 2 : 1;
	if (!half && !zone && !colon)
		return false;
	*w = (struct when){ .kind = WHEN_CLOCK, .first = i, .next = at };
	return half || zone || (i && atom_is(a, i - 1, "at"));
}

/* "Monday", "Monday, March 28", "Monday morning" */
static bool read_weekday(const struct atoms *a, uint32_t i, struct when *w)
{
	uint32_t next;
	int d = weekday_at(a, i, &next);
	if (d < 0)
		return false;
	struct when date;
	uint32_t at = atom_sign(a, next, ',') ? next + 1 : next;
	if (at < a->n && read_date(a, at, &date) && date.date.day) {
		*w = date;
		w->first = i;
		return true;
	}
	*w = (struct when){ .kind = WHEN_WEEKDAY, .first = i, .next = next, .weekday = d };
	return true;
}

/* A bare month needs a word that makes it one: "in March", "since May", not "March of the penguins". */
static bool month_fits(const struct atoms *a, const struct when *w)
{
	static const char cues[][WORD_BYTES] = { "in", "since", "until", "till", "by", "of", "from", "early", "late", "mid", "to", "through", "before", "after",
					    "during", "between", "and", "for", "around", "end", "" };
	if (w->kind != WHEN_DATE || w->date.day || w->date.year || w->said)
		return true;
	uint32_t i = w->first;
	bool hyphen = i > 1 && atom_hyphen(a, i - 1) && atom_is(a, i - 2, "mid");
	if (atom_word(a, w->next) && a->v[w->next].capital)
		return false;
	return i && (hyphen || atom_in(a, i - 1, cues));
}

/* Words that when_read goes by, besides numbers, months and weekdays. */
static bool when_begins(const struct atoms *a, uint32_t i)
{
	struct word w = a->v[i].word;
	switch (word_first(w)) {
	case 'c':
		return WORD_IS(w, "coming") || WORD_IS(w, "currently");
	case 'e':
		return WORD_IS(w, "earlier");
	case 'f':
		return WORD_IS(w, "few") || WORD_IS(w, "following");
	case 'l':
		return WORD_IS(w, "last") || WORD_IS(w, "later");
	case 'm':
		return WORD_IS(w, "many");
	case 'n':
		return WORD_IS(w, "next") || WORD_IS(w, "now");
	case 'p':
		return WORD_IS(w, "past") || WORD_IS(w, "previous") || WORD_IS(w, "preceding");
	case 'r':
		return WORD_IS(w, "recent");
	case 's':
		return WORD_IS(w, "several") || WORD_IS(w, "some");
	case 't':
		return WORD_IS(w, "this") || WORD_IS(w, "today") || WORD_IS(w, "tomorrow") || WORD_IS(w, "tonight");
	case 'w':
		return WORD_IS(w, "weekend");
	case 'y':
		return WORD_IS(w, "yesterday");
	default:
		return false;
	}
}

bool when_read(const struct atoms *a, uint32_t i, struct when *ret)
{
	if (a->v[i].kind == ATOM_SIGN)
		return false;
	if (a->v[i].kind == ATOM_NUMBER)
		return read_figures(a, i, ret) || read_date(a, i, ret) || read_clock(a, i, ret) || read_century(a, i, ret) || read_ago(a, i, ret) ||
		       read_year(a, i, ret);
	if (!when_begins(a, i) && !atom_calendar(a, i) && !number_begins(a, i))
		return false;
	if (read_weekday(a, i, ret) || read_period(a, i, ret) || read_ago(a, i, ret) || read_day_word(a, i, ret))
		return true;
	return read_date(a, i, ret) && month_fits(a, ret);
}
