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
	uint32_t indent;
	/* Measured for hard-wrapped text only: */
	uint32_t chars, first_word;
	bool lower; /* starts with a lower-case letter */
	bool caps, table;
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
	if (s.len > WIDTHS)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t class = chars_class(s.data[i]);
		digits += (class & CHARS_DIGIT) != 0;
		letters += (class & CHARS_LETTER) != 0;
	}
	for (size_t i = 0; i < s.len && digits && gaps < 2; i++) {
		run = s.data[i] == ' ' || s.data[i] == '\t' ? run + 1 : 0;
		gaps += run == 2 && (i < 2 || s.data[i - 2] != '.');
	}
	return (gaps >= 2 && digits) || (digits > 5 && digits > letters);
}

static struct str line_str(struct str text, const struct line *l)
{
	return str_cut(text, l->span.start, l->span.end);
}

/* Nothing but capitals, if any letters: seldom needs more than the first word. */
static bool is_caps(struct str s)
{
	bool upper = false;
	for (size_t pos = 0; pos < s.len;) {
		uint32_t c = utf8_next(s, &pos);
		if (chars_code_lower(c))
			return false;
		upper |= chars_code_upper(c);
	}
	return upper;
}

static void measure(struct str text, struct line *l)
{
	struct str s = line_str(text, l);
	size_t pos = 0, at = 0;
	if (!s.len)
		return;
	l->chars = (uint32_t)utf8_count(s);
	l->lower = chars_code_lower(utf8_next(s, &pos));
	while (pos < s.len && !l->first_word) {
		at = pos;
		if (chars_code_space(utf8_next(s, &pos)))
			l->first_word = (uint32_t)at;
	}
	if (!l->first_word)
		l->first_word = l->chars;
	l->caps = is_caps(s);
	l->table = is_table(s);
}

/* Offset of the next byte that may end a line. Eight bytes at once where all are ASCII and none is a control. */
static size_t skip_line(struct str t, size_t at)
{
	uint64_t eight;
	for (;;) {
		for (; t.len - at >= sizeof eight; at += sizeof eight) {
			memcpy(&eight, t.data + at, sizeof eight);
			if (((eight - UINT64_C(0x0e0e0e0e0e0e0e0e)) | eight) & UINT64_C(0x8080808080808080))
				break;
		}
		size_t end = t.len - at < sizeof eight ? t.len : at + sizeof eight;
		while (at < end && !(chars_class(t.data[at]) & CHARS_BREAK))
			at++;
		if (at < end || at == t.len)
			return at;
	}
}

/* The next line of text, not measured; false at the end. */
static bool line_next(struct str text, size_t *pos, struct line *ret)
{
	if (*pos >= text.len)
		return false;
	size_t start = *pos, end = skip_line(text, start), len = 0;
	while (end < text.len && !is_break(text, end, &len))
		end = skip_line(text, end + 1);
	*pos = end < text.len ? end + len : end;
	struct str s = chars_trim(str_cut(text, start, end));
	*ret = (struct line){ 0 };
	ret->span.start = (uint32_t)(s.data - text.data);
	ret->span.end = (uint32_t)(s.data - text.data + s.len);
	for (size_t i = start; i < ret->span.start && ret->indent < 200; i++)
		ret->indent += text.data[i] == '\t' ? TAB : (text.data[i] == ' ');
	return true;
}

static bool blank(const struct line *l)
{
	return l->span.start == l->span.end;
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
	for (size_t pos = 0; line_next(text, &pos, &l);) {
		struct str s = line_str(text, &l);
		/* A character has at most four bytes. */
		size_t w = l.indent + (s.len < 4 * WIDTHS ? utf8_count(s) : WIDTHS);
		if (blank(&l))
			continue;
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
		if (!blank(&l) && dateline_find(line_str(text, &l), &d) && d.strong)
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
		measure(text, &l);
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

static uint64_t mix(uint64_t h, const char *data)
{
	uint64_t eight;
	memcpy(&eight, data, sizeof eight);
	h = (h ^ eight) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

/* Over folded letters, digits and bytes above ASCII. They are gathered first: what is left out must cost no branch. */
static uint64_t fold_hash(struct str s)
{
	char kept[256 + 8];
	uint64_t h = 14695981039346656037u;
	size_t i = 0, n;
	do {
		for (n = 0; i < s.len && n < 256; i++) {
			uint8_t class = chars_class(s.data[i]);
			kept[n] = (char)(s.data[i] | (class & CHARS_UPPER));
			n += (class & (CHARS_ALNUM | CHARS_HIGH)) != 0;
		}
		memset(kept + n, 0, 8);
		for (size_t at = 0; at < n; at += 8)
			h = mix(h, kept + at);
	} while (i < s.len);
	return (h ^ n) * UINT64_C(0x9e3779b97f4a7c15);
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

/* What a unit's characters are, counted in registers; unit's own fields would be stored at every byte. */
struct tally {
	uint32_t latin;  /* letters of ASCII */
	uint32_t longer; /* bytes that do not begin a character */
	uint32_t letters, foreign, digits, words;
	uint8_t seen;    /* classes of the bytes */
};

static struct tally tally(struct str s, enum script main_script)
{
	struct tally t = { 0 };
	uint32_t word = 0;
	for (size_t pos = 0; pos < s.len;) {
		uint8_t class = chars_class(s.data[pos]);
		uint32_t letter = (class & CHARS_LETTER) != 0, digit = (class & CHARS_DIGIT) != 0, space = (class & CHARS_SPACE) != 0;
		if (class & CHARS_HIGH) {
			size_t at = pos;
			uint32_t c = utf8_next_long(s, &pos);
			enum script sc = chars_script_high(c);
			letter = sc != SCRIPT_NONE;
			space = chars_space_high(c);
			t.letters += letter;
			t.foreign += letter && sc != main_script;
			t.longer += (uint32_t)(pos - at) - 1;
			class = (uint8_t)((chars_lower_high(c) ? CHARS_LOWER : 0) | (chars_upper_high(c) ? CHARS_UPPER : 0));
		} else {
			t.latin += letter;
			t.digits += digit;
			pos++;
		}
		t.seen |= class;
		t.words += (letter | digit) & ~word;
		word = letter | digit | (word & (space ^ 1));
	}
	t.letters += t.latin;
	t.foreign += main_script == SCRIPT_LATIN ? 0 : t.latin;
	return t;
}

static void finish(struct str text, enum script main_script, struct unit *u)
{
	struct str s = str_cut(text, u->span.start, u->span.end), core = without_brackets(s);
	struct tally t = tally(s, main_script);
	u->chars = (uint32_t)s.len - t.longer;
	u->letters = t.letters;
	u->foreign = t.foreign;
	u->digits = t.digits;
	u->words = t.words;
	u->caps = (t.seen & CHARS_LETTER) == CHARS_UPPER;
	u->ends = units_sentence_end(s);
	u->hash = fold_hash(s);
	u->core = core.len == s.len ? u->hash : fold_hash(core);
}

static bool joins(struct str text, const struct unit *u, size_t n, const struct line *prev, const struct line *l, uint32_t width)
{
	struct dateline d;
	if (!prev->chars || is_bullet(line_str(text, l)))
		return false;
	if (prev->table || l->table)
		return prev->table && l->table;
	if (l->indent >= prev->indent + 2)
		return false;
	if (l->lower)
		return true;
	if (prev->caps != l->caps && prev->caps && n <= 3)
		return false;
	if (n <= 6 && dateline_find(line_str(text, l), &d))
		return false;
	if (full(prev, l, width))
		return true;
	return !units_sentence_end(str_cut(text, u->span.start, u->span.end)) && prev->chars * 4 >= width * 3;
}

static enum decode_result add(struct str text, struct units *us, size_t *size, const struct line *l, uint8_t blanks, struct arena *arena, struct err *err)
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
	struct unit *u = &us->all[us->n++];
	*u = (struct unit){ .span = l->span, .blanks = blanks, .indent = (uint16_t)l->indent };
	u->bullet = is_bullet(line_str(text, l));
	u->table = l->table || (!us->wrapped && is_table(line_str(text, l)));
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
		if (blank(&l)) {
			blanks += blanks < 255;
			continue;
		}
		if (us.wrapped)
			measure(text, &l);
		if (us.wrapped && us.n && joins(text, &us.all[us.n - 1], us.n, &prev, &l, width)) {
			us.all[us.n - 1].span.end = l.span.end;
			us.all[us.n - 1].wrapped = true;
		} else {
			enum decode_result r = add(text, &us, &size, &l, (uint8_t)blanks, arena, err);
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
