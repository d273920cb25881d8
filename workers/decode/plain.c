#include "workers/decode/plain.h"

#include <errno.h>

#include "base/clock.h"
#include "workers/decode/charset.h"
#include "workers/decode/chrome.h"
#include "workers/decode/label.h"
#include "workers/decode/language.h"

#define HEAD_UNITS 12 /* labelled fields stand in the first lines */

static enum decode_result no_memory(struct err *err, const char *what)
{
	err_set(err, -ENOMEM, "no memory left for %s", what);
	return DECODE_MEMORY;
}

static void add_block(struct article *a, enum block_kind kind, uint32_t start, uint32_t end)
{
	struct str s = chars_trim(str_cut(a->text, start, end));
	if (!s.len)
		return;
	uint32_t at = (uint32_t)(s.data - a->text.data);
	a->blocks[a->n_blocks++] = (struct block){ kind, { at, at + (uint32_t)s.len } };
}

/* A unit is one block, or three: dateline, paragraph, sign-off. */
static int emit(const struct units *us, struct article *a, struct arena *arena)
{
	size_t n = us->n;
	for (size_t i = 0; i < us->n; i++)
		n += (us->all[i].cut != 0) + (us->all[i].tail != 0);
	a->blocks = ARENA_ARRAY(arena, n, struct block);
	if (!a->blocks)
		return -ENOMEM;
	for (size_t i = 0; i < us->n; i++) {
		const struct unit *u = &us->all[i];
		bool tail = u->tail && (u->kind == BLOCK_PARAGRAPH || u->kind == BLOCK_CAPTION);
		uint32_t start = u->cut ? u->cut : u->span.start, end = tail ? u->tail : u->span.end;
		if (u->cut)
			add_block(a, BLOCK_DATELINE, u->span.start, start);
		if (start < end)
			add_block(a, u->kind ? (enum block_kind)u->kind : BLOCK_BOILERPLATE, start, end);
		if (tail)
			add_block(a, BLOCK_CREDIT, end > start ? end : start, u->span.end);
	}
	return 0;
}

static struct str day_time(struct date d, struct arena *arena)
{
	return arena_printf(arena, "%04d-%02d-%02dT00:00:00Z", d.year, d.month, d.day);
}

/* "Published: March 3, 2016 10:00" in the head; full RFC 3339 times as they are. */
static bool field_time(struct str value, struct arena *arena, struct str *ret)
{
	int64_t ms;
	struct date d;
	if (clock_parse(value.data, value.len, &ms) == 0) {
		*ret = arena_str(arena, value);
		return ret->len > 0;
	}
	for (size_t at = 0; at < value.len && at < 40; at++) {
		if (at && chars_alnum((unsigned char)value.data[at - 1]))
			continue;
		if (calendar_parse(str_cut(value, at, value.len), &d) && d.year) {
			*ret = day_time(d, arena);
			return ret->len > 0;
		}
	}
	return false;
}

static void head_fields(struct str text, struct units *us, const struct labels *l, struct arena *arena, struct article *a)
{
	static const char *const dates[] = { "date", "published", "published on", "publication date", "pubdate", "first published" };
	for (size_t i = 0; i < us->n && i < HEAD_UNITS && i < l->first; i++) {
		struct unit *u = &us->all[i];
		struct str s = str_cut(text, u->span.start, u->span.end), v;
		if (u->words > 24)
			continue;
		for (size_t k = 0; k < sizeof dates / sizeof *dates && a->time_source != TIME_METADATA; k++)
			if ((v = chrome_field(s, dates[k])).len && field_time(v, arena, &a->time)) {
				a->time_source = TIME_METADATA;
				u->kind = BLOCK_BOILERPLATE;
			}
		if ((v = chrome_field(s, "source")).len && !a->provider.len) {
			a->provider = v;
			u->kind = BLOCK_CREDIT;
		}
	}
}

/* A date with its year in the dateline, else a labelled field, else what the input line says. */
static void article_time(const struct decode_input *in, const struct labels *l, struct arena *arena, struct article *a)
{
	int64_t ms;
	if (l->dateline.date.year) {
		a->time = day_time(l->dateline.date, arena);
		a->time_source = TIME_DATELINE;
	} else if (a->time_source != TIME_METADATA && in->input_time.len && clock_parse(in->input_time.data, in->input_time.len, &ms) == 0) {
		a->time = arena_str(arena, in->input_time);
		a->time_source = TIME_INPUT;
	} else if (a->time_source != TIME_METADATA) {
		a->time_source = TIME_NONE;
	}
}

static void names(const struct units *us, const struct labels *l, struct article *a)
{
	for (size_t i = 0; i < us->n; i++) {
		const struct unit *u = &us->all[i];
		struct str s = str_cut(a->text, u->span.start, u->span.end);
		if (u->kind == BLOCK_TITLE && !a->title.len)
			a->title = s;
		if (u->kind == BLOCK_BYLINE && !a->byline.len)
			a->byline = chars_trim(str_cut(s, 2, s.len));
	}
	if (l->dateline.agency.len)
		a->provider = l->dateline.agency;
}

/* The language is that of the paragraphs; a page's menus may be in another. */
static struct str body_language(const struct article *a)
{
	for (size_t i = 0; i < a->n_blocks; i++) {
		const struct block *b = &a->blocks[i];
		if (b->kind == BLOCK_PARAGRAPH)
			return language_guess(str_cut(a->text, b->span.start, a->blocks[a->n_blocks - 1].span.end));
	}
	return language_guess(a->text);
}

enum decode_result plain_decode(const struct decode_input *in, struct arena *arena, struct article *ret, struct err *err)
{
	struct article a = { .media_type = STR("text/plain") };
	struct units us;
	struct labels l;
	enum decode_result r = charset_to_utf8(in->bytes, arena, &a.text, &a.charset, err);
	if (r != DECODE_OK)
		return r;
	if (chars_trim(a.text).len == 0) {
		err_set(err, -ENODATA, "nothing but white space in %zu bytes; was the file written whole?", in->bytes.len);
		return DECODE_EMPTY;
	}
	r = units_build(a.text, arena, &us, err);
	if (r != DECODE_OK)
		return r;
	if (label_units(a.text, &us, arena, &l))
		return no_memory(err, "the labels of the paragraphs");
	head_fields(a.text, &us, &l, arena, &a);
	article_time(in, &l, arena, &a);
	names(&us, &l, &a);
	if (emit(&us, &a, arena) || arena_failed(arena))
		return no_memory(err, "the blocks of the text");
	a.language = body_language(&a);
	*ret = a;
	return DECODE_OK;
}
