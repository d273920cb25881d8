#include "workers/claim/time.h"

#include <errno.h>

#include "workers/claim/lexicon.h"
#include "workers/claim/when.h"
#include "workers/decode/chars.h"

#define ROLE_LOOK 12
#define NEAR_DAYS 60 /* a day named without its year lies no further ahead than this */

struct clock {
	struct arena *arena;
	bool known;      /* the article has a date of its own */
	struct date day; /* that date */
	int64_t days;
	bool future;     /* the sentence speaks of what is to come */
};

static struct str show_day(const struct clock *c, int64_t days, const char *mark)
{
	struct date d = calendar_date(days);
	return arena_printf(c->arena, "%04d-%02d-%02d%s", d.year, d.month, d.day, mark);
}

static struct str show_days(const struct clock *c, int64_t from, int64_t to)
{
	struct date a = calendar_date(from), b = calendar_date(to);
	return arena_printf(c->arena, "%04d-%02d-%02d/%04d-%02d-%02d", a.year, a.month, a.day, b.year, b.month, b.day);
}

static struct str show_month(const struct clock *c, int months)
{
	return arena_printf(c->arena, "%04d-%02d", months / 12, months % 12 + 1);
}

/* Months since year 0 of the article's date. */
static int month_count(const struct clock *c)
{
	return c->day.year * 12 + c->day.month - 1;
}

/* The year of a day or month that was named without: the last such one, or the next when the sentence looks ahead. */
static struct str date_iso(const struct clock *c, const struct when *w)
{
	struct date d = w->date;
	if (!d.year && !c->known)
		return (struct str){ 0 };
	if (w->said) /* "in February last year" */
		d.year = c->day.year + w->count;
	if (d.year)
		return d.day ? arena_printf(c->arena, "%04d-%02d-%02d", d.year, d.month, d.day)
			     : d.month ? arena_printf(c->arena, "%04d-%02d", d.year, d.month) : arena_printf(c->arena, "%04d", d.year);
	d.year = c->day.year;
	if (!d.day) {
		if (c->future ? d.month < c->day.month : d.month > c->day.month)
			d.year += c->future ? 1 : -1;
		return arena_printf(c->arena, "%04d-%02d", d.year, d.month);
	}
	if (d.month == 2 && d.day == 29)
		for (int k = 0; k < 4 && !calendar_valid(d); k++)
			d.year--;
	int64_t days = calendar_days(d), ahead = days - c->days;
	if (c->future ? ahead < -31 : ahead > NEAR_DAYS)
		d.year += c->future ? 1 : -1;
	else if (!c->future && d.year == c->day.year && ahead < NEAR_DAYS - 365)
		d.year++;
	if (!calendar_valid(d))
		return (struct str){ 0 };
	return arena_printf(c->arena, "%04d-%02d-%02d", d.year, d.month, d.day);
}

static struct str weekday_iso(const struct clock *c, const struct when *w)
{
	int back = (calendar_day_of_week(c->days) - w->weekday + 7) % 7;
	if (w->said && w->count < 0)
		back = back ? back : 7;
	else if ((w->said && w->count > 0) || (c->future && !w->said))
		back = back || w->said ? back - 7 : 0;
	else if (w->said) /* "this Friday": within this week */
		back = back > calendar_day_of_week(c->days) ? back - 7 : back;
	return show_day(c, c->days - back, "");
}

static struct str period_iso(const struct clock *c, const struct when *w)
{
	int64_t monday = c->days - calendar_day_of_week(c->days) + 7 * w->count;
	int year = c->day.year + w->count;
	switch (w->unit) {
	case WHEN_DAY:
		return show_day(c, c->days + w->count, "");
	case WHEN_WEEK:
		return show_days(c, monday, monday + 6);
	case WHEN_YEAR:
		return arena_printf(c->arena, "%04d", year);
	case WHEN_SEASON:
		/* "last summer", said in autumn, was this year's. */
		if (w->count < 0 && w->date.month < 24 && c->day.month > (w->date.month - 20) * 3 + 2)
			year = c->day.year;
		return arena_printf(c->arena, "%04d-%02d", year, w->date.month);
	case WHEN_MONTH:
		break;
	default:
		return (struct str){ 0 };
	}
	if (!w->date.month)
		return show_month(c, month_count(c) + w->count);
	year = c->day.year;
	if (w->count < 0)
		year -= w->date.month >= c->day.month;
	else if (w->count > 0)
		year += w->date.month <= c->day.month;
	return arena_printf(c->arena, "%04d-%02d", year, w->date.month);
}

static int64_t back_days(const struct clock *c, enum when_unit unit, int count)
{
	switch (unit) {
	case WHEN_HOUR:
		return c->days - (count + (count < 0 ? -23 : 23)) / 24;
	case WHEN_DAY:
		return c->days - count;
	case WHEN_WEEK:
		return c->days - 7 * (int64_t)count;
	default:
		return c->days;
	}
}

static int back_years(enum when_unit unit)
{
	return unit == WHEN_TEN_YEARS ? 10 : unit == WHEN_HUNDRED_YEARS ? 100 : 1;
}

static struct str ago_iso(const struct clock *c, const struct when *w)
{
	int year = c->day.year - w->count * back_years(w->unit);
	if (w->unit == WHEN_HOUR && w->count < 24)
		return show_day(c, c->days, "");
	if (w->unit <= WHEN_DAY)
		return show_day(c, back_days(c, w->unit, w->count), "");
	if (w->unit == WHEN_WEEK)
		return show_day(c, back_days(c, w->unit, w->count), "~");
	if (w->unit == WHEN_MONTH && month_count(c) > w->count)
		return show_month(c, month_count(c) - w->count);
	if (w->unit >= WHEN_YEAR && year > 0)
		return arena_printf(c->arena, "%04d%s", year, w->unit > WHEN_YEAR ? "~" : "");
	return (struct str){ 0 };
}

/* "the last 24 hours" as an interval that ends (or begins) with the article's day. */
static struct str past_iso(const struct clock *c, const struct when *w)
{
	if (w->unit <= WHEN_WEEK) {
		int64_t other = back_days(c, w->unit, w->count);
		return w->count > 0 ? show_days(c, other, c->days) : show_days(c, c->days, other);
	}
	if (w->unit == WHEN_MONTH) {
		int now = month_count(c), other = now - w->count, from = other < now ? other : now, to = other < now ? now : other;
		return from < 12 ? (struct str){ 0 }
				 : arena_printf(c->arena, "%04d-%02d/%04d-%02d", from / 12, from % 12 + 1, to / 12, to % 12 + 1);
	}
	int other = c->day.year - w->count * back_years(w->unit);
	if (other <= 0 || other > 9999)
		return (struct str){ 0 };
	return other < c->day.year ? arena_printf(c->arena, "%04d/%04d", other, c->day.year)
				   : arena_printf(c->arena, "%04d/%04d", c->day.year, other);
}

static struct str iso_of(const struct clock *c, const struct when *w)
{
	static const struct str none = { 0 };
	if (w->kind == WHEN_DATE)
		return date_iso(c, w);
	if (w->kind == WHEN_YEARS)
		return arena_printf(c->arena, "%04d/%04d", w->date.year, w->count);
	if (w->kind == WHEN_DECADE)
		return arena_printf(c->arena, "%03dX", w->date.year / 10);
	if (w->kind == WHEN_CENTURY)
		return arena_printf(c->arena, "%02dXX", w->date.year / 100);
	if (!c->known)
		return none;
	switch (w->kind) {
	case WHEN_WEEKDAY:
		return weekday_iso(c, w);
	case WHEN_DAYS:
		return show_day(c, c->days + w->count, "");
	case WHEN_PERIOD:
		return period_iso(c, w);
	case WHEN_AGO:
		return ago_iso(c, w);
	case WHEN_PAST:
		return past_iso(c, w);
	case WHEN_WEEKEND: {
		int64_t monday = c->days - calendar_day_of_week(c->days), saturday = monday + 5;
		if (w->count < 0 && saturday > c->days)
			saturday -= 7;
		return show_days(c, saturday + (w->count > 0 ? 7 : 0), saturday + 1 + (w->count > 0 ? 7 : 0));
	}
	default:
		return none;
	}
}

/* "will", "due", "plans to": then a bare "Monday" is the next one. */
static bool speaks_of_future(const struct atoms *a, uint32_t i)
{
	static const char words[][WORD_BYTES] = { "will", "shall", "due", "scheduled", "upcoming", "tomorrow", "'ll", "expected", "planned", "plans", "planning", "" };
	static const char past[][WORD_BYTES] = { "was", "were", "had", "said", "did", "" };
	bool future = false;
	/* In the clause of the expression: back to a comma, and a little ahead. */
	for (uint32_t at = i, k = 0; at && k < ROLE_LOOK; at--, k++) {
		if (a->v[at - 1].kind == ATOM_SIGN && a->v[at - 1].code == ',')
			break;
		if (atom_in(a, at - 1, past))
			return future;
		future |= atom_in(a, at - 1, words);
	}
	for (uint32_t at = i; at < a->n && at < i + 6; at++) {
		if (atom_in(a, at, past))
			break;
		future |= atom_is(a, at, "will") || atom_is(a, at, "tomorrow");
	}
	return future;
}

static bool says(const struct atom *x)
{
	return x->kind == ATOM_WORD && (x->lex & (LEX_SAY | LEX_TELL | LEX_AIR | LEX_JUDGE)) && (pos_finite(x->pos) || x->pos == POS_PART || x->pos == POS_ING);
}

/* "said (late) on Monday", "told reporters on Sunday", "said in a statement on Friday" */
static bool behind_cue(const struct atoms *a, uint32_t i)
{
	static const char occasions[][WORD_BYTES] = { "reporters", "interview", "conference", "news", "late", "early", "footage", "" };
	const uint64_t addressee = LEX_UNNAMED | LEX_GROUPN | LEX_DOC | LEX_NCUE | LEX_MEDIA | LEX_OBJPRON;
	for (uint32_t at = i, k = 0; at && k < 7; at--, k++) {
		const struct atom *x = &a->v[at - 1];
		if (says(x))
			return true;
		if (x->kind != ATOM_WORD || pos_finite(x->pos) || x->pos == POS_THAT || x->pos == POS_REL || x->pos == POS_SUB)
			return false;
		/* An object is only an addressee or "a statement" where it comes at once. */
		bool light = x->pos == POS_PREP || x->pos == POS_DET || x->pos == POS_ADV || x->pos == POS_NAME || (x->lex & addressee) != 0;
		if (!light && !atom_in(a, at - 1, occasions))
			return false;
	}
	return false;
}

/* "on Monday also said", "On Friday the United States said": the first verb behind it says. */
static bool before_cue(const struct atoms *a, uint32_t first, uint32_t next)
{
	bool opens = first <= 2;
	for (uint32_t at = next; at < a->n && at < next + (opens ? ROLE_LOOK : 3); at++) {
		const struct atom *x = &a->v[at];
		if (says(x) && pos_finite(x->pos))
			return true;
		if (pos_finite(x->pos) || (x->kind == ATOM_SIGN && !(opens && x->code == ',' && at == next)))
			return false;
		if (!opens && x->pos != POS_ADV)
			return false;
	}
	return false;
}

/* "announcement that it was pulling out two weeks ago" */
static bool behind_announcement(const struct atoms *a, uint32_t i)
{
	for (uint32_t at = i, k = 0; at && k < 2 * ROLE_LOOK; at--, k++) {
		const struct atom *x = &a->v[at - 1];
		if (x->kind == ATOM_SIGN && x->code == ',')
			return false;
		if ((x->lex & LEX_NCUE) && !pos_finite(x->pos))
			return true;
	}
	return false;
}

/* "since it declared a caliphate in 2014": the year fixes another event than the sentence's own. */
static bool in_since_clause(const struct atoms *a, uint32_t i)
{
	bool verb = false;
	for (uint32_t at = i, k = 0; at && k < 2 * ROLE_LOOK; at--, k++) {
		const struct atom *x = &a->v[at - 1];
		if (atom_is(a, at - 1, "since"))
			return verb;
		if (x->kind == ATOM_SIGN && (x->code == ',' || x->code == ';'))
			return false;
		verb |= x->kind == ATOM_WORD && pos_verb(x->pos);
	}
	return false;
}

static enum time_role role_of(const struct atoms *a, const struct when *w, enum block_kind block)
{
	static const char made[][WORD_BYTES] = { "provided", "released", "taken", "published", "issued", "made", "" };
	for (uint32_t at = w->first, k = 0; block == BLOCK_CAPTION && at && k < 6; at--, k++)
		if (atom_in(a, at - 1, made))
			return TIME_ROLE_PUBLICATION;
	if (in_since_clause(a, w->first))
		return TIME_ROLE_REFERENCE;
	if (behind_cue(a, w->first) || before_cue(a, w->first, w->next))
		return TIME_ROLE_UTTERANCE;
	return w->kind == WHEN_AGO && behind_announcement(a, w->first) ? TIME_ROLE_UTTERANCE : TIME_ROLE_EVENT;
}

static bool own_date(const struct article *article, struct date *ret)
{
	if (article->time_source != TIME_DATELINE && article->time_source != TIME_METADATA && article->time_source != TIME_INPUT)
		return false;
	/* Counting back centuries must not leave the years that EDTF level 0 can write. */
	return article->time.len >= 10 && calendar_parse(str_cut(article->time, 0, 10), ret) == 10 && ret->year >= 1500 && ret->year < 9000;
}

struct times {
	struct time_ref *list;
	size_t n, size;
};

static int push(struct times *t, const struct time_ref *x, struct arena *arena)
{
	if (t->n == t->size) {
		size_t more = t->size ? t->size * 2 : 32;
		struct time_ref *grown = arena_grow(arena, t->list, t->size * sizeof *grown, more * sizeof *grown);
		if (!grown)
			return -ENOMEM;
		t->list = grown;
		t->size = more;
	}
	t->list[t->n++] = *x;
	return 0;
}

int time_find(const struct text *t, const struct article *article, struct arena *arena, struct time_ref **ret, size_t *ret_n)
{
	struct atoms *a = atoms_new(t, arena);
	struct times list = { 0 };
	struct clock c = { .arena = arena };
	if (!a)
		return -ENOMEM;
	c.known = own_date(article, &c.day);
	c.days = c.known ? calendar_days(c.day) : 0;
	for (uint32_t s = 0; s < t->n_sentences; s++) {
		atoms_read(a, t, t->sentences[s].first, t->sentences[s].n);
		for (uint32_t i = 0; i < a->n;) {
			struct when w;
			if (!when_read(a, i, &w)) {
				i++;
				continue;
			}
			c.future = speaks_of_future(a, w.first);
			struct time_ref x = { .span = { a->v[w.first].span.start, a->v[w.next - 1].span.end } };
			x.text = text_bytes(t, x.span);
			x.iso = iso_of(&c, &w);
			x.role = role_of(a, &w, article->blocks[t->sentences[s].block].kind);
			if (push(&list, &x, arena) || arena_failed(arena))
				return -ENOMEM;
			i = w.next;
		}
	}
	*ret = list.list;
	*ret_n = list.n;
	return 0;
}
