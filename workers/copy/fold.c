#include "workers/copy/fold.h"

#define XXH_INLINE_ALL /* one short hash per word: a call would cost as much as the hash */
#include <xxhash.h>

#include "base/utf8.h"

enum kind { SEPARATOR, LETTER, DIGIT, SYMBOL, IDEOGRAPH, IGNORED, APOSTROPHE };

/* One character of the text: what it is and what it folds to. */
struct glyph {
	enum kind kind;
	uint8_t len; /* bytes of the text */
	uint8_t n;   /* bytes of folded */
	char folded[4];
};

#define WORD_BYTES 64

/* A word under way; longer ones are hashed in pieces, each seeded with the hash of those before. */
struct word {
	char bytes[WORD_BYTES];
	size_t n;
	uint64_t chain;
	bool last_digit;
	unsigned segment; /* letters since the last point, for abbreviations */
};

/* U+00C0 … U+017F without accents, two characters each. */
static const char latin[] =
	"a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thss"
	"a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thy "
	"a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g "
	"g g g g h h h h i i i i i i i i i i ijijj j k k k l l l l l l l "
	"l l l n n n n n n n n n o o o o o o oeoer r r r r r s s s s s s "
	"s s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s ";

static uint32_t lower_greek_cyrillic(uint32_t c)
{
	if (c >= 0x391 && c <= 0x3A9)
		return c + 0x20;
	switch (c) {
	case 0x386: return 0x3AC;
	case 0x388: case 0x389: case 0x38A: return c + 0x25;
	case 0x38C: return 0x3CC;
	case 0x38E: case 0x38F: return c + 0x3F;
	case 0x3C2: return 0x3C3; /* final sigma */
	default: break;
	}
	if (c >= 0x410 && c <= 0x42F)
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40F)
		return c + 0x50;
	if (c >= 0x460 && c <= 0x52F && !(c >= 0x482 && c <= 0x489) && !(c >= 0x4C0 && c <= 0x4CF))
		return c | 1;
	return c;
}

static bool is_ideograph(uint32_t c)
{
	return (c >= 0x3040 && c <= 0x30FF && c != 0x30FB) || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
	       (c >= 0x20000 && c <= 0x3FFFF);
}

static bool is_ignored(uint32_t c)
{
	return c == 0xAD || (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF ||
	       (c >= 0xFE00 && c <= 0xFE0F);
}

static bool is_symbol(uint32_t c)
{
	return (c >= 0xA2 && c <= 0xA5) || (c >= 0xBC && c <= 0xBE) || (c >= 0x20A0 && c <= 0x20CF);
}

static bool is_separator(uint32_t c)
{
	if (c < 0xC0)
		return c != 0xAA && c != 0xB5 && c != 0xBA && c != 0xB2 && c != 0xB3 && c != 0xB9;
	return c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c <= 0x206F) || (c >= 0x2190 && c <= 0x2BFF) ||
	       (c >= 0x3000 && c <= 0x303F) || c == 0x30FB || (c >= 0xFE10 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF0F) ||
	       (c >= 0xFF1A && c <= 0xFF20) || (c >= 0xFF3B && c <= 0xFF40) || (c >= 0xFF5B && c <= 0xFF65) ||
	       (c >= 0x1F000 && c <= 0x1FAFF) || c == 0xFFFD;
}

/* A code point from U+0080 on. */
static void glyph_wide(uint32_t c, struct glyph *g)
{
	if (c >= 0xFF10 && c <= 0xFF5A && !is_separator(c)) { /* full-width ASCII */
		c -= 0xFEE0;
		g->kind = c <= '9' ? DIGIT : LETTER;
		g->folded[0] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
		g->n = 1;
		return;
	}
	if (c == 0x2018 || c == 0x2019 || c == 0x2BC || c == 0xB4) {
		g->kind = APOSTROPHE;
		return;
	}
	if (is_ignored(c)) {
		g->kind = IGNORED;
		return;
	}
	g->kind = is_symbol(c) ? SYMBOL : is_ideograph(c) ? IDEOGRAPH : is_separator(c) ? SEPARATOR : LETTER;
	if (g->kind == LETTER && c >= 0xC0 && c <= 0x17F) {
		const char *two = latin + 2 * (c - 0xC0);
		g->folded[0] = two[0];
		g->folded[1] = two[1];
		g->n = two[1] == ' ' ? 1 : 2;
		return;
	}
	if (c >= 0x1E00 && c <= 0x1EFF)
		c |= 1;
	g->n = (uint8_t)utf8_put(lower_greek_cyrillic(c), g->folded);
}

static inline void glyph_at(struct str text, size_t pos, struct glyph *g)
{
	unsigned char c = (unsigned char)text.data[pos];

	g->len = 1;
	g->n = 1;
	g->folded[0] = (char)c;
	if (c >= 'a' && c <= 'z') {
		g->kind = LETTER;
	} else if (c >= '0' && c <= '9') {
		g->kind = DIGIT;
	} else if (c >= 'A' && c <= 'Z') {
		g->kind = LETTER;
		g->folded[0] = (char)(c + 32);
	} else if (c < 0x80) {
		g->kind = c == '\'' ? APOSTROPHE : c == '$' || c == '%' ? SYMBOL : SEPARATOR;
	} else {
		size_t next = pos;
		uint32_t code = utf8_next(text, &next);
		g->len = (uint8_t)(next - pos);
		glyph_wide(code, g);
	}
}

static inline void word_put(struct word *w, const struct glyph *g)
{
	if (w->n + g->n > WORD_BYTES) {
		w->chain = XXH3_64bits_withSeed(w->bytes, w->n, w->chain);
		w->n = 0;
	}
	for (size_t i = 0; i < g->n; i++)
		w->bytes[w->n++] = g->folded[i];
	w->last_digit = g->kind == DIGIT;
	w->segment++;
}

static inline bool digit_at(struct str text, size_t pos, size_t end)
{
	return pos < end && text.data[pos] >= '0' && text.data[pos] <= '9';
}

static bool letter_at(struct str text, size_t pos, size_t end)
{
	struct glyph g;

	if (pos >= end)
		return false;
	glyph_at(text, pos, &g);
	return g.kind == LETTER;
}

/* The separator at pos stands inside a word: a decimal point, a thousands comma, the point of an abbreviation. */
static bool joins(struct str text, size_t pos, size_t end, struct word *w)
{
	static const struct glyph point = { .kind = SEPARATOR, .len = 1, .n = 1, .folded = "." };
	char c = text.data[pos];

	if (c == ',' && w->last_digit)
		return digit_at(text, pos + 1, end) && digit_at(text, pos + 2, end) && digit_at(text, pos + 3, end) &&
		       !digit_at(text, pos + 4, end);
	if (c != '.')
		return false;
	if (w->last_digit && digit_at(text, pos + 1, end)) {
		word_put(w, &point);
		return true;
	}
	if (w->segment == 1 && !w->last_digit && letter_at(text, pos + 1, end)) {
		w->segment = 0;
		return true;
	}
	return false;
}

/* A minus or a point before the first digit belongs to the number, a hyphen does not. */
static size_t number_sign(struct str text, size_t pos, size_t end, struct word *w)
{
	static const struct glyph minus = { .kind = SEPARATOR, .len = 1, .n = 1, .folded = "-" };
	char before = pos ? text.data[pos - 1] : ' ';

	if ((before != ' ' && before != '\n' && before != '\t' && before != '(') || !digit_at(text, pos + 1, end))
		return 0;
	if (text.data[pos] == '-') {
		word_put(w, &minus);
		return 1;
	}
	if (text.data[pos] == '.') {
		static const struct glyph zero = { .kind = DIGIT, .len = 0, .n = 2, .folded = "0." };
		word_put(w, &zero);
		return 1;
	}
	return 0;
}

/* What an ASCII letter or digit folds to, 0 for all else. */
static const char plain[256] = {
	['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9',
	['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j',
	['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't',
	['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd',
	['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n',
	['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x',
	['y'] = 'y', ['z'] = 'z',
};

/* The same as word_rest for as long as there are such; nearly every word is nothing else. */
static inline size_t word_plain(struct str text, size_t pos, size_t end, struct word *w)
{
	size_t n = w->n, start = pos;
	char c;

	while (pos < end && n < WORD_BYTES && (c = plain[(unsigned char)text.data[pos]])) {
		w->bytes[n++] = c;
		pos++;
	}
	if (pos > start) {
		w->n = n;
		w->segment += (unsigned)(pos - start);
		w->last_digit = w->bytes[n - 1] <= '9';
	}
	return pos;
}

/* From the first letter or digit to the end of the word. */
static size_t word_rest(struct str text, size_t pos, size_t end, struct word *w)
{
	struct glyph g;

	while ((pos = word_plain(text, pos, end, w)) < end) {
		glyph_at(text, pos, &g);
		if (g.kind == LETTER || g.kind == DIGIT)
			word_put(w, &g);
		else if (g.kind == APOSTROPHE ? !letter_at(text, pos + g.len, end)
					      : g.kind != IGNORED && !joins(text, pos, end, w))
			break;
		pos += g.len;
	}
	return pos;
}

bool fold_next(struct str text, size_t *pos, size_t end, struct fold_word *ret)
{
	size_t p = *pos, start;
	struct word w;
	struct glyph g;

	w.n = 0;
	w.chain = 0;
	w.last_digit = false;
	w.segment = 0;
	while (p < end && text.data[p] == ' ')
		p++;
	for (; p < end; p += g.len) {
		glyph_at(text, p, &g);
		if (g.kind != SEPARATOR && g.kind != IGNORED && g.kind != APOSTROPHE)
			break;
		if (g.kind == SEPARATOR && g.len == 1 && number_sign(text, p, end, &w))
			break;
	}
	*pos = end;
	if (p >= end)
		return false;
	start = p;
	if (g.kind == SYMBOL || g.kind == IDEOGRAPH) {
		word_put(&w, &g);
		p += g.len;
	} else {
		p = word_rest(text, g.kind == SEPARATOR ? p + 1 : p, end, &w);
	}
	*pos = p;
	ret->span = (struct span){ (uint32_t)start, (uint32_t)p };
	ret->hash = XXH3_64bits_withSeed(w.bytes, w.n, w.chain);
	return true;
}
