/* Bytes of a block to tokens. */
#include "workers/claim/token.h"

#include <stdint.h>

#include "workers/claim/lexicon.h"

/* What a byte, or the UTF-8 sequence it begins, is to us. */
enum sort { SORT_SPACE, SORT_LETTER, SORT_DIGIT, SORT_MARK, SORT_APOSTROPHE, SORT_OPEN, SORT_CLOSE, SORT_DOUBLE, SORT_ELLIPSIS };

struct cursor {
	const unsigned char *p;
	uint32_t at, end;
};

static unsigned char byte_at(const struct cursor *c, uint32_t at)
{
	return at < c->end ? c->p[at] : 0;
}

/* General punctuation, U+2000 to U+206F: bytes E2 80 xx and E2 81 xx. */
static enum sort general_punctuation(unsigned char second, unsigned char third)
{
	if (second == 0x81)
		return third == 0x9F || third == 0xA0 ? SORT_SPACE : SORT_MARK;
	if (third <= 0x8F || (third >= 0xA8 && third <= 0xAF))
		return SORT_SPACE;
	switch (third) {
	case 0x98:
	case 0x99:
	case 0x9B:
		return SORT_APOSTROPHE;
	case 0x9C:
	case 0x9E:
		return SORT_OPEN;
	case 0x9D:
		return SORT_CLOSE;
	case 0xA6:
		return SORT_ELLIPSIS;
	default:
		return SORT_MARK;
	}
}

static enum sort wide_sort(const struct cursor *c, uint32_t at, uint32_t *ret_len)
{
	unsigned char lead = c->p[at], second = byte_at(c, at + 1), third = byte_at(c, at + 2);
	uint32_t len = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
	if (at + len > c->end)
		len = c->end - at;
	*ret_len = len;
	if (lead == 0xC2) {
		if (second == 0xA0 || second == 0x85 || second == 0xAD)
			return SORT_SPACE;
		if (second == 0xAB)
			return SORT_OPEN;
		if (second == 0xBB)
			return SORT_CLOSE;
		return second < 0xC0 && second != 0xAA && second != 0xB5 && second != 0xBA ? SORT_MARK : SORT_LETTER;
	}
	if (lead == 0xE2 && (second == 0x80 || second == 0x81))
		return general_punctuation(second, third);
	if (lead == 0xE2 && second >= 0x82 && second <= 0xAF)
		return SORT_MARK; /* currency, arrows, boxes, dingbats */
	if (lead == 0xE3 && second == 0x80)
		return third == 0x80 ? SORT_SPACE : SORT_MARK;
	if (lead == 0xEF && second == 0xBB && third == 0xBF)
		return SORT_SPACE;
	return SORT_LETTER;
}

static enum sort sort_at(const struct cursor *c, uint32_t at, uint32_t *ret_len)
{
	unsigned char b = byte_at(c, at);
	*ret_len = 1;
	if (b >= 0x80)
		return wide_sort(c, at, ret_len);
	if (b <= ' ' || b == 0x7F)
		return SORT_SPACE;
	if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z'))
		return SORT_LETTER;
	if (b >= '0' && b <= '9')
		return SORT_DIGIT;
	return b == '\'' ? SORT_APOSTROPHE : b == '"' ? SORT_DOUBLE : SORT_MARK;
}

static bool wordy(enum sort s)
{
	return s == SORT_LETTER || s == SORT_DIGIT;
}

static bool ascii_letter(unsigned char b)
{
	return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
}

static bool digit(unsigned char b)
{
	return b >= '0' && b <= '9';
}

/* Behind an apostrophe that ends at `at`: the length of "s", "re", "ve", "ll", "d", "m" when that ends the word. */
static uint32_t clitic(const struct cursor *c, uint32_t at)
{
	unsigned char a = byte_at(c, at) | 0x20, b = byte_at(c, at + 1) | 0x20;
	uint32_t len = 0, ignored;
	if ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l'))
		len = 2;
	else if (a == 's' || a == 'd' || a == 'm')
		len = 1;
	return len && (at + len >= c->end || !wordy(sort_at(c, at + len, &ignored))) ? len : 0;
}

/* May the mark at `at` (one byte) stand between two parts of one token? prev is the byte before it. */
static bool joins(const struct cursor *c, uint32_t at, unsigned char prev, bool number)
{
	unsigned char b = byte_at(c, at), next = byte_at(c, at + 1);
	uint32_t ignored;
	bool word_next = at + 1 < c->end && wordy(sort_at(c, at + 1, &ignored));
	switch (b) {
	case '-':
		return word_next;
	case ',':
	case ':':
	case '/':
		return number && digit(prev) && digit(next);
	case '.':
		return (digit(prev) && digit(next)) || (ascii_letter(prev) && ascii_letter(next));
	case '&':
		return word_next && ascii_letter(prev);
	case '@':
	case '_':
		return word_next;
	default:
		return false;
	}
}

/* The end of the word or number at c->at. */
static uint32_t word_end(const struct cursor *c, bool number)
{
	uint32_t at = c->at, len;
	while (at < c->end) {
		enum sort s = sort_at(c, at, &len);
		if (wordy(s)) {
			at += len;
			continue;
		}
		unsigned char prev = at > c->at ? c->p[at - 1] : 0;
		if (s == SORT_APOSTROPHE) {
			uint32_t ignored;
			if (clitic(c, at + len) || at + len >= c->end || !wordy(sort_at(c, at + len, &ignored)))
				break;
			at += len; /* "isn't", "O'Brien" */
			continue;
		}
		/* U+2010, U+2011: hyphens */
		bool hyphen = s == SORT_MARK && len == 3 && c->p[at] == 0xE2 && byte_at(c, at + 1) == 0x80 &&
			      (byte_at(c, at + 2) == 0x90 || byte_at(c, at + 2) == 0x91);
		if (hyphen) {
			at += len;
			continue;
		}
		if (s != SORT_MARK || len != 1 || at == c->at || !joins(c, at, prev, number))
			break;
		at++;
	}
	return at;
}

static const char *const abbreviations[] = {
	"adm", "ald", "apr", "assn", "assoc", "atty", "aug", "ave", "blvd", "brig", "capt", "cmdr", "co", "col", "corp", "cpl",
	"dec", "dept", "det", "dr", "est", "etc", "feb", "fig", "ft", "gen", "gov", "hon", "inc", "jan", "jr", "jul", "jun", "lt",
	"ltd", "maj", "mar", "messrs", "mgr", "mr", "mrs", "ms", "mt", "no", "nov", "oct", "pres", "prof", "pvt", "rep", "reps",
	"rev", "sen", "sens", "sep", "sept", "sgt", "sir", "spc", "sr", "st", "supt", "vol", "vs",
};

static bool abbreviation(struct str lower)
{
	size_t lo = 0, hi = sizeof(abbreviations) / sizeof(abbreviations[0]);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int d = strncmp(abbreviations[mid], lower.data, lower.len);
		if (d == 0 && abbreviations[mid][lower.len] == '\0')
			return true;
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* Does the full stop behind [start, end) belong to the word? "U.S.", "J.", "Gen."; "no." only before a number. */
static bool own_stop(const struct cursor *c, struct span w, struct str lower)
{
	if (byte_at(c, w.end) != '.' || byte_at(c, w.end + 1) == '.')
		return false;
	if (w.end - w.start == 1 && c->p[w.start] >= 'A' && c->p[w.start] <= 'Z')
		return true;
	if (str_is(lower, "no"))
		return byte_at(c, w.end + 1) == ' ' && digit(byte_at(c, w.end + 2));
	if (memchr(lower.data, '.', lower.len) && ascii_letter((unsigned char)lower.data[0]))
		return lower.len <= 9; /* longer is an address: "example.com." */
	return lower.len <= 6 && abbreviation(lower);
}

/* The arena aligns what it hands out: too dear for words. */
static char *from_pool(struct token_list *l, struct arena *arena, size_t len)
{
	if (l->pool_left < len) {
		size_t size = len > 2048 ? len : 2048;
		l->pool = arena_alloc(arena, size);
		if (!l->pool)
			return NULL;
		l->pool_left = size;
	}
	char *out = l->pool;
	l->pool += len;
	l->pool_left -= len;
	return out;
}

/* ASCII lower case with plain apostrophes and hyphens; the text's own bytes when they are so already. */
static int lower_of(const struct cursor *c, struct span w, struct token_list *l, struct arena *arena, struct str *ret)
{
	const unsigned char *p = c->p + w.start;
	uint32_t len = w.end - w.start, i = 0;
	while (i < len && !(p[i] >= 'A' && p[i] <= 'Z') && p[i] != 0xE2)
		i++;
	*ret = (struct str){ (const char *)p, len };
	if (i == len)
		return 0;
	char *out = from_pool(l, arena, len);
	if (!out)
		return -1;
	uint32_t n = 0;
	for (i = 0; i < len; i++) {
		bool general = p[i] == 0xE2 && i + 2 < len && p[i + 1] == 0x80;
		if (general && p[i + 2] >= 0x98 && p[i + 2] <= 0x9B) {
			out[n++] = '\'';
			i += 2;
		} else if (general && (p[i + 2] == 0x90 || p[i + 2] == 0x91)) {
			out[n++] = '-';
			i += 2;
		} else {
			out[n++] = (char)(p[i] >= 'A' && p[i] <= 'Z' ? p[i] | 0x20 : p[i]);
		}
	}
	*ret = (struct str){ out, n };
	return 0;
}

/* "al-Assad", "ar-Rahman": names that begin with their article. */
static bool arabic_name(const unsigned char *p, uint32_t len)
{
	static const char articles[] = "al el ad an ar as at az ";
	if (len < 4 || p[2] != '-' || p[3] < 'A' || p[3] > 'Z')
		return false;
	for (const char *a = articles; *a; a += 3)
		if (p[0] == (unsigned char)a[0] && p[1] == (unsigned char)a[1])
			return true;
	return false;
}

static uint8_t case_flags(const struct cursor *c, struct span w)
{
	uint32_t upper = 0, letters = 0;
	for (uint32_t i = w.start; i < w.end; i++) {
		letters += ascii_letter(c->p[i]);
		upper += c->p[i] >= 'A' && c->p[i] <= 'Z';
	}
	const unsigned char *p = c->p + w.start;
	/* capitals of Latin-1 (C3 80 to 9E) and Cyrillic (D0 90 to AF) */
	bool wide = w.end - w.start > 1 && ((p[0] == 0xC3 && p[1] >= 0x80 && p[1] <= 0x9E) || (p[0] == 0xD0 && p[1] >= 0x90 && p[1] <= 0xAF));
	uint8_t flags = wide || (p[0] >= 'A' && p[0] <= 'Z') || arabic_name(p, w.end - w.start) ? TOKEN_CAPITAL : 0;
	return letters >= 2 && upper == letters ? flags | TOKEN_ALLCAPS : flags;
}

static int put(struct token_list *l, struct arena *arena, const struct cursor *c, struct span w, enum token_kind kind, uint8_t flags)
{
	if (!l->v || l->n >= l->cap) {
		l->n++; /* only counted */
		return 0;
	}
	struct token t = { .span = w, .kind = (uint8_t)kind, .flags = flags };
	if (kind == TOKEN_WORD || kind == TOKEN_NUMBER) {
		t.flags |= case_flags(c, w);
		if (lower_of(c, w, l, arena, &t.lower) != 0)
			return -1;
		t.lex = kind == TOKEN_WORD ? lexicon_find(t.lower) : 0;
	} else {
		t.lower = (struct str){ (const char *)c->p + w.start, w.end - w.start };
	}
	l->v[l->n++] = t;
	return 0;
}

static int put_word(struct token_list *l, struct arena *arena, struct cursor *c, enum sort s, uint8_t flags)
{
	struct span w = { c->at, word_end(c, s == SORT_DIGIT) };
	struct str lower;
	struct span probe = { w.start, w.end - w.start > 10 ? w.start + 10 : w.end };
	if (w.end - w.start <= 10) {
		char small[12];
		for (uint32_t i = probe.start; i < probe.end; i++)
			small[i - probe.start] = (char)(c->p[i] >= 'A' && c->p[i] <= 'Z' ? c->p[i] | 0x20 : c->p[i]);
		lower = (struct str){ small, w.end - w.start };
		if (s == SORT_LETTER && own_stop(c, w, lower)) {
			w.end++;
			flags |= TOKEN_ABBREV;
		}
	}
	c->at = w.end;
	return put(l, arena, c, w, s == SORT_DIGIT ? TOKEN_NUMBER : TOKEN_WORD, flags);
}

/* "…", "...", and runs of one mark ("--") are one token. */
static uint32_t mark_end(const struct cursor *c, uint32_t len)
{
	uint32_t at = c->at + len;
	unsigned char b = c->p[c->at];
	if (len == 1 && (b == '\'' || b == '`') && byte_at(c, at) == b)
		return at + 1; /* ''typewriter quotes'' */
	if (len == 1 && (b == '.' || b == '-' || b == '*' || b == '_' || b == '='))
		while (byte_at(c, at) == b)
			at++;
	return at;
}

int token_block(struct str bytes, struct span block, struct arena *arena, struct token_list *l)
{
	struct cursor c = { (const unsigned char *)bytes.data, block.start, block.end };
	bool space = true;
	while (c.at < c.end) {
		uint32_t len;
		enum sort s = sort_at(&c, c.at, &len);
		uint8_t flags = space ? TOKEN_SPACE : 0;
		if (s == SORT_SPACE) {
			space = true;
			c.at += len;
			continue;
		}
		int r;
		uint32_t tail = s == SORT_APOSTROPHE && !space ? clitic(&c, c.at + len) : 0;
		if (wordy(s)) {
			r = put_word(l, arena, &c, s, flags);
		} else {
			struct span w = { c.at, tail ? c.at + len + tail : mark_end(&c, len) };
			enum token_kind kind = tail ? TOKEN_WORD : s == SORT_OPEN ? TOKEN_QUOTE_OPEN : s == SORT_CLOSE ? TOKEN_QUOTE_CLOSE : TOKEN_PUNCT;
			c.at = w.end;
			r = put(l, arena, &c, w, kind, flags);
		}
		if (r != 0)
			return -1;
		space = false;
	}
	return 0;
}
