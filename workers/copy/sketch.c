#include "workers/copy/sketch.h"

#include <string.h>
#include <strings.h>

#define XXH_INLINE_ALL /* one hash of 32 bytes per word: a call would cost as much as the hash */
#include <xxhash.h>

#define GAP_BYTES 16       /* between two words, looked at for the end of a sentence */
#define SKELETON_WORDS 4
#define ABOUT_NAMES 4 /* an article with fewer names hardly says whom it is about */
#define ABOUT_LEAD 3
#define SKETCH_WORDS 4096  /* looked at; what follows says little new and costs */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* "two" to "fifty"; "one" is a pronoun as often. */
static bool is_number_word(struct str text, struct span w)
{
	static const char *const by_length[] = { [3] = "twosixten", [4] = "fourfivenine", [5] = "threeseveneightfortyfifty",
						 [6] = "eleventwelvetwentythirty", [7] = "fifteensixteen",
						 [8] = "thirteenfourteeneighteennineteen", [9] = "seventeen" };
	size_t n = w.end - w.start;
	char lower[sizeof(by_length) / sizeof(*by_length)];

	if (n < 3 || n >= sizeof(lower))
		return false;
	for (size_t i = 0; i < n; i++)
		lower[i] = (char)(text.data[w.start + i] | 0x20);
	for (const char *p = by_length[n]; *p; p += n)
		if (*p == *lower && memcmp(p, lower, n) == 0)
			return true;
	return false;
}

bool sketch_is_figure(struct str text, struct span w)
{
	char c = text.data[w.start];

	return is_digit(c) || ((c == '-' || c == '.') && w.end - w.start > 1 && is_digit(text.data[w.start + 1])) ||
	       is_number_word(text, w);
}

static bool is_capital(struct str text, struct span w)
{
	const unsigned char *p = (const unsigned char *)text.data + w.start;
	uint32_t n = w.end - w.start;

	if (n < 2)
		return false;
	if (*p >= 'A' && *p <= 'Z')
		return true;
	/* Capitals of Latin-1, Greek and Cyrillic by their first bytes. */
	return n > 2 && ((p[0] == 0xC3 && p[1] >= 0x80 && p[1] <= 0x9E) || (p[0] == 0xCE && p[1] >= 0x86 && p[1] <= 0xA9) ||
			 (p[0] == 0xD0 && p[1] >= 0x80 && p[1] <= 0xAF));
}

/* A stop, a colon or an empty or indented line stands between the words. */
bool sketch_opens_sentence(struct str text, uint32_t before, uint32_t start)
{
	bool newline = false;

	if (start - before > GAP_BYTES)
		return true;
	for (uint32_t p = before; p < start; p++) {
		char c = text.data[p];
		if (c == '.' || c == '!' || c == '?' || c == ':' || c == '"')
			return true;
		if (newline && (c == '\n' || c == ' ' || c == '\t'))
			return true;
		newline |= c == '\n';
		if (c == '\xE2') /* curly quotes and dashes */
			return true;
	}
	return false;
}

/* Words that open a sentence in capitals and name nobody, also before a name ("The Bank"). */
static bool is_small_word(struct str text, struct span w)
{
	static const char *const small[] = { "a", "an", "and", "as", "at", "but", "by", "for", "from", "he", "her", "his", "if", "in", "it",
					     "its", "of", "on", "or", "she", "that", "the", "they", "this", "to", "we", "when", "while", "with", NULL };
	size_t n = w.end - w.start;

	for (size_t i = 0; small[i]; i++)
		if (strlen(small[i]) == n && strncasecmp(small[i], text.data + w.start, n) == 0)
			return true;
	return false;
}

static bool is_name(const struct fingerprint *fp, struct str text, uint32_t i)
{
	struct span w = fp->words[i];

	if (!is_capital(text, w))
		return false;
	if (i > 0 && !sketch_opens_sentence(text, fp->words[i - 1].end, w.start))
		return true;
	return i + 1 < fp->n_words && is_capital(text, fp->words[i + 1]) && !sketch_opens_sentence(text, w.end, fp->words[i + 1].start) &&
	       !is_small_word(text, w);
}

static void lead_add(struct sketch_lead *l, uint16_t name)
{
	for (unsigned i = 0; i < l->n; i++)
		if (l->names[i] == name)
			return;
	if (l->n < SKETCH_LEAD)
		l->names[l->n++] = name;
}

/* All hashes that were seen, a bit each. */
struct seen {
	uint64_t bits[(UINT16_MAX + 1) / 64];
};

static inline void seen_add(struct seen *s, uint16_t v)
{
	s->bits[v / 64] |= 1ull << v % 64;
}

/* The `room` least, sorted. Returns their number. */
static uint8_t seen_least(const struct seen *s, uint16_t *set, uint8_t room)
{
	uint8_t n = 0;

	for (unsigned i = 0; i < (UINT16_MAX + 1) / 64; i++)
		for (uint64_t left = s->bits[i]; left; left &= left - 1) {
			if (n == room)
				return n;
			set[n++] = (uint16_t)(i * 64 + (unsigned)__builtin_ctzll(left));
		}
	return n;
}

static inline void skeleton_add(struct seen *s, uint64_t last[SKELETON_WORDS], unsigned *filled, uint64_t token)
{
	memmove(last, last + 1, (SKELETON_WORDS - 1) * sizeof(*last));
	last[SKELETON_WORDS - 1] = token;
	if (++*filled >= SKELETON_WORDS)
		seen_add(s, (uint16_t)XXH3_64bits(last, SKELETON_WORDS * sizeof(*last)));
}

void sketch_make(const struct fingerprint *fp, struct str text, struct sketch *ret, struct sketch_lead *ret_lead)
{
	enum { FIGURE = 1, NAME = 2 };
	uint32_t n = fp->n_words < SKETCH_WORDS ? fp->n_words : SKETCH_WORDS;
	uint64_t last[SKELETON_WORDS] = { 0 };
	unsigned filled = 0;
	struct seen figures, names, skeleton;

	memset(&figures, 0, sizeof(figures));
	memset(&names, 0, sizeof(names));
	memset(&skeleton, 0, sizeof(skeleton));
	ret_lead->n = 0;
	for (uint32_t i = 0; i < n; i++) {
		struct span w = fp->words[i];
		uint64_t token = fp->word_hashes[i];
		if (sketch_is_figure(text, w)) {
			seen_add(&figures, (uint16_t)(token >> 16));
			token = FIGURE;
		} else if (is_name(fp, text, i)) {
			seen_add(&names, (uint16_t)(token >> 16));
			lead_add(ret_lead, (uint16_t)(token >> 16));
			token = NAME;
			if (filled && last[SKELETON_WORDS - 1] == NAME)
				continue;
		}
		skeleton_add(&skeleton, last, &filled, token);
	}
	ret->n_figures = seen_least(&figures, ret->figures, SKETCH_FIGURES);
	ret->n_names = seen_least(&names, ret->names, SKETCH_NAMES);
	ret->n_skeleton = seen_least(&skeleton, ret->skeleton, SKETCH_SKELETON);
}

struct overlap {
	unsigned both, a, b;
};

/* A full set may have lost its greater hashes: only what both can hold is compared. */
static struct overlap overlap(const uint16_t *a, unsigned na, const uint16_t *b, unsigned nb, unsigned room)
{
	unsigned i = 0, j = 0, both = 0;
	uint32_t limit = UINT32_MAX;

	if (na == room)
		limit = a[na - 1];
	if (nb == room && b[nb - 1] < limit)
		limit = b[nb - 1];
	while (na && a[na - 1] > limit)
		na--;
	while (nb && b[nb - 1] > limit)
		nb--;
	while (i < na && j < nb) {
		uint16_t x = a[i], y = b[j];
		both += x == y;
		i += x <= y;
		j += y <= x;
	}
	return (struct overlap){ both, na, nb };
}

static double share(struct overlap o, unsigned *ret_least)
{
	*ret_least = o.a < o.b ? o.a : o.b;
	return *ret_least ? (double)o.both / *ret_least : -1;
}

double sketch_forms(const struct sketch *a, const struct sketch *b)
{
	struct overlap s = overlap(a->skeleton, a->n_skeleton, b->skeleton, b->n_skeleton, SKETCH_SKELETON);

	return s.a + s.b > s.both ? (double)s.both / (s.a + s.b - s.both) : 0;
}

struct agreement sketch_compare(const struct sketch *a, const struct sketch *b)
{
	struct agreement r;

	r.figures = share(overlap(a->figures, a->n_figures, b->figures, b->n_figures, SKETCH_FIGURES), &r.n_figures);
	r.names = share(overlap(a->names, a->n_names, b->names, b->n_names, SKETCH_NAMES), &r.n_names);
	r.skeleton = sketch_forms(a, b);
	return r;
}

double sketch_about(const struct sketch_lead *lead, const struct sketch *s)
{
	unsigned known = 0, both = 0;

	if (s->n_names < ABOUT_NAMES)
		return -1;
	for (unsigned i = 0; i < lead->n; i++) {
		bool found = false;
		/* Of a full set the greater ones were not kept. */
		if (s->n_names == SKETCH_NAMES && lead->names[i] > s->names[SKETCH_NAMES - 1])
			continue;
		for (unsigned k = 0; k < s->n_names && !found; k++)
			found = s->names[k] == lead->names[i];
		known++;
		both += found;
	}
	return known >= ABOUT_LEAD ? (double)both / known : -1;
}
