#include "workers/decode/units.h"

#include <errno.h>

#include "base/utf8.h"
#include "workers/decode/dateline.h"
#include "workers/decode/language.h"

#define WIDTHS 160
#define TAB 4
#define NARROW 82 /* columns of a terminal or teleprinter */

struct line {
	struct span span; /* trimmed; empty: a blank line */
	uint32_t chars, indent, first_word;
	bool lower; /* starts with a lower-case letter */
	bool caps, table, bullet;
};

static bool is_break(struct str t, size_t at, size_t *ret_len)
{
	unsigned char c = (unsigned char)t.data[at];
	*ret_len = 1;
	if (c == '\r' && at + 1 < t.len && t.data[at + 1] == '\n')
		*ret_len = 2;
	if (c == '\n' || c == '\r' || c == '\f' || c == '\v')
		return true;
	*ret_len = 3; /* U+2028, U+2029 */
	return c == 0xe2 && at + 2 < t.len && (unsigned char)t.data[at + 1] == 0x80 && ((unsigned char)t.data[at + 2] & 0xfe) == 0xa8;
}

static bool is_bullet(struct str s)
{
	if (s.len > 2 && (s.data[0] == '*' || s.data[0] == '-' || s.data[0] == '+') && s.data[1] == ' ')
		return true;
	if (s.len > 4 && memcmp(s.data, "\xe2\x80\xa2", 3) == 0)
		return true;
	size_t n = 0;
	while (n < s.len && n < 3 && chars_digit((unsigned char)s.data[n]))
		n++;
	return n && n + 2 < s.len && (s.data[n] == '.' || s.data[n] == ')') && s.data[n + 1] == ' ';
}

/* Columns: gaps of two and more spaces inside, or mostly figures. */
static bool is_table(struct str s)
{
	size_t gaps = 0, digits = 0, letters = 0, run = 0;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.data[i];
		run = c == ' ' || c == '\t' ? run + 1 : 0;
		gaps += run == 2 && (i < 2 || s.data[i - 2] != '.');
		digits += chars_digit(c);
		letters += chars_lower(c) || chars_upper(c);
	}
	return s.len <= WIDTHS && ((gaps >= 2 && digits) || (digits > 5 && digits > letters));
}

static void measure(struct str text, struct line *l)
{
	struct str s = str_cut(text, l->span.start, l->span.end);
	size_t pos = 0;
	bool letters = false, lower = false;
	l->chars = 0;
	l->first_word = 0;
	while (pos < s.len) {
		size_t at = pos;
		uint32_t c = utf8_next(s, &pos);
		if (!l->chars++)
			l->lower = chars_code_lower(c);
		if (chars_code_space(c) && !l->first_word)
			l->first_word = (uint32_t)at;
		letters |= chars_code_upper(c);
		lower |= chars_code_lower(c);
	}
	if (!l->first_word)
		l->first_word = l->chars;
	l->caps = letters && !lower;
	l->table = is_table(s);
	l->bullet = is_bullet(s);
}

/* The next line of text; false at the end. */
static bool line_next(struct str text, size_t *pos, struct line *ret)
{
	if (*pos >= text.len)
		return false;
	size_t start = *pos, end = start, len = 0;
	while (end < text.len && !is_break(text, end, &len))
		end++;
	*pos = end < text.len ? end + len : end;
	struct str s = chars_trim(str_cut(text, start, end));
	*ret = (struct line){ 0 };
	ret->span.start = (uint32_t)(s.data - text.data);
	ret->span.end = (uint32_t)(s.data - text.data + s.len);
	for (size_t i = start; i < ret->span.start && ret->indent < 200; i++)
		ret->indent += text.data[i] == '\t' ? TAB : (text.data[i] == ' ');
	if (s.len)
		measure(text, ret);
	return true;
}

static bool full(const struct line *l, const struct line *next, uint32_t width)
{
	return l->indent + l->chars + 1 + next->first_word + 2 > width;
}

/* The width that 95 of 100 lines keep within, 0 when lines are as long as their paragraphs. */
static uint32_t wrap_width(struct str text)
{
	uint32_t counts[WIDTHS + 1] = { 0 }, lines = 0, below = 0;
	struct line l;
	for (size_t pos = 0; line_next(text, &pos, &l);)
		if (l.chars) {
			uint32_t w = l.indent + l.chars;
			counts[w < WIDTHS ? w : WIDTHS]++;
			lines++;
		}
	for (uint32_t w = 0; w < WIDTHS; w++) {
		below += counts[w];
		if (below * 20 >= lines * 19)
			return w >= 40 && w <= 120 ? w : 0;
	}
	return 0;
}

/* Wire copy: one of the first lines opens with place and date. */
static bool has_dateline(struct str text)
{
	struct line l;
	struct dateline d;
	size_t pos = 0;
	for (int i = 0; i < 8 && line_next(text, &pos, &l); i++)
		if (l.chars && dateline_find(str_cut(text, l.span.start, l.span.end), &d) && d.strong)
			return true;
	return false;
}

/* Hard-wrapped text: narrow with a dateline; or most lines with a line behind them are full, and many lines begin in the middle of a sentence. */
static bool is_wrapped(struct str text, uint32_t width)
{
	uint32_t pairs = 0, fulls = 0, lowers = 0, cased = 0;
	struct line prev = { 0 }, l;
	if (!width)
		return false;
	for (size_t pos = 0; line_next(text, &pos, &l); prev = l) {
		if (!l.chars || !prev.chars || l.table || prev.table)
			continue;
		pairs++;
		fulls += full(&prev, &l, width);
		lowers += l.lower;
		cased += !l.caps;
	}
	if (pairs && width <= NARROW && has_dateline(text))
		return true;
	if (pairs == 0 || fulls * 2 < pairs)
		return false;
	return lowers * 10 >= pairs * 3 || (cased == 0 && pairs >= 4);
}

bool units_sentence_end(struct str s)
{
	size_t len;
	for (int i = 0; i < 6 && s.len; i++) {
		uint32_t c = chars_last(s, &len);
		if (c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x3002 || c == 0x61f || c == 0xff01 || c == 0xff1f)
			return true;
		if (c != '"' && c != '\'' && c != ')' && c != ']' && c != 0x201d && c != 0x2019 && c != 0xbb && c != 0x201c && c != ' ' && c != 0xa0)
			return false;
		s.len -= len;
	}
	return false;
}

/* FNV-1a over letters, digits and bytes above ASCII. */
static uint64_t fold_hash(struct str s)
{
	uint64_t h = 14695981039346656037u;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)chars_fold(s.data[i]);
		if (chars_alnum(c) || c >= 0x80)
			h = (h ^ c) * 1099511628211u;
	}
	return h;
}

/* Without "(…)" at the end, however many. */
static struct str without_brackets(struct str s)
{
	for (int i = 0; i < 4 && s.len && s.data[s.len - 1] == ')'; i++) {
		size_t at = s.len - 1;
		while (at && s.data[at] != '(' && s.len - at < 120)
			at--;
		if (s.data[at] != '(' || at == 0)
			break;
		s = chars_trim(str_cut(s, 0, at));
	}
	return s;
}

static void finish(struct str text, enum script main_script, struct unit *u)
{
	struct str s = str_cut(text, u->span.start, u->span.end);
	bool lower = false, upper = false, word = false;
	for (size_t pos = 0; pos < s.len;) {
		uint32_t c = utf8_next(s, &pos);
		enum script sc = chars_script(c);
		bool digit = c < 0x80 && chars_digit((unsigned char)c);
		u->chars++;
		u->letters += sc != SCRIPT_NONE;
		u->foreign += sc != SCRIPT_NONE && sc != main_script;
		u->digits += digit;
		lower |= chars_code_lower(c);
		upper |= chars_code_upper(c);
		if ((sc != SCRIPT_NONE || digit) && !word)
			u->words++;
		word = sc != SCRIPT_NONE || digit || (word && !chars_code_space(c));
	}
	u->caps = upper && !lower;
	u->ends = units_sentence_end(s);
	u->hash = fold_hash(s);
	u->core = fold_hash(without_brackets(s));
}

static bool joins(struct str text, const struct unit *u, size_t n, const struct line *prev, const struct line *l, uint32_t width)
{
	struct dateline d;
	if (!prev->chars || l->bullet)
		return false;
	if (prev->table || l->table)
		return prev->table && l->table;
	if (l->indent >= prev->indent + 2)
		return false;
	if (l->lower)
		return true;
	if (prev->caps != l->caps && prev->caps && n <= 3)
		return false;
	if (n <= 6 && dateline_find(str_cut(text, l->span.start, l->span.end), &d))
		return false;
	if (full(prev, l, width))
		return true;
	return !units_sentence_end(str_cut(text, u->span.start, u->span.end)) && prev->chars * 4 >= width * 3;
}

static enum decode_result add(struct units *us, size_t *size, const struct line *l, uint8_t blanks, struct arena *arena, struct err *err)
{
	if (us->n == UNITS_MAX) {
		err_set(err, -E2BIG, "byte %u: more than %d paragraphs; split the file into articles", l->span.start, UNITS_MAX);
		return DECODE_TOO_COMPLEX;
	}
	if (us->n == *size) {
		size_t more = *size ? *size * 2 : 64;
		struct unit *grown = arena_grow(arena, us->all, *size * sizeof *grown, more * sizeof *grown);
		if (!grown) {
			err_set(err, -ENOMEM, "no memory left for %zu paragraphs", more);
			return DECODE_MEMORY;
		}
		us->all = grown;
		*size = more;
	}
	us->all[us->n++] = (struct unit){ .span = l->span, .blanks = blanks, .indent = (uint16_t)l->indent, .bullet = l->bullet, .table = l->table };
	return DECODE_OK;
}

enum decode_result units_build(struct str text, struct arena *arena, struct units *ret, struct err *err)
{
	struct units us = { 0 };
	struct line prev = { 0 }, l;
	size_t size = 0;
	unsigned blanks = 0;
	uint32_t width = wrap_width(text);
	us.wrapped = is_wrapped(text, width);
	for (size_t pos = 0; line_next(text, &pos, &l); prev = l) {
		if (!l.chars) {
			blanks += blanks < 255;
			continue;
		}
		if (us.wrapped && us.n && joins(text, &us.all[us.n - 1], us.n, &prev, &l, width)) {
			us.all[us.n - 1].span.end = l.span.end;
			us.all[us.n - 1].wrapped = true;
		} else {
			enum decode_result r = add(&us, &size, &l, (uint8_t)blanks, arena, err);
			if (r != DECODE_OK)
				return r;
		}
		blanks = 0;
	}
	enum script script = language_script(text);
	for (size_t i = 0; i < us.n; i++)
		finish(text, script, &us.all[i]);
	*ret = us;
	return DECODE_OK;
}
