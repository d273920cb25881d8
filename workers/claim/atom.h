/* atom: a sentence in smaller pieces than tokens, for what is read off figures: "$1.8bn" is "$", 1.8, "bn"; "2,000-year-old" is
 * 2000, "-", "year", "-", "old". Each atom keeps the word class of the token it lies in.
 *
 * One list is reused from sentence to sentence. What lies behind ATOMS_MAX pieces of one sentence is left out. */
#ifndef COPYTASTER_WORKERS_CLAIM_ATOM_H
#define COPYTASTER_WORKERS_CLAIM_ATOM_H

#include "base/arena.h"
#include "workers/claim/tag.h"
#include "workers/claim/word.h"

#define ATOMS_MAX 1600

enum atom_kind { ATOM_WORD = 1, ATOM_NUMBER, ATOM_SIGN };

struct atom {
	struct span span;
	uint64_t lex;   /* of the token */
	struct word word; /* zero for numbers and signs */
	double value;   /* of a number */
	uint32_t code;  /* of a sign */
	uint32_t token; /* index */
	uint8_t kind, pos;
	uint8_t digits;  /* of a number, before the point */
	bool glued;      /* no white space before it */
	bool capital;    /* of a word: first letter */
	bool grouped;    /* of a number: "2,000" */
	bool decimals;   /* of a number: "2.5" */
};

struct atoms {
	const struct text *text;
	uint32_t n, size;
	struct atom *v;
};

/* Room for the longest sentence of t. NULL: arena full. */
struct atoms *atoms_new(const struct text *t, struct arena *arena) MUST_CHECK;
/* The atoms of tokens first … first + n - 1. */
void atoms_read(struct atoms *a, const struct text *t, uint32_t first, uint32_t n);

/* Is atom i there and this word (lower case)? */
static inline bool atom_same(const struct atoms *a, uint32_t i, const char lower[WORD_BYTES])
{
	return i < a->n && word_same(a->v[i].word, lower);
}

/* The same for a literal, which comes down to constants. */
#define atom_is(a, i, literal) atom_same((a), (i), (const char[WORD_BYTES]){ literal })

/* One of the words of a list that ends with an empty one. */
static inline bool atom_in(const struct atoms *a, uint32_t i, const char (*list)[WORD_BYTES])
{
	if (i >= a->n || !a->v[i].word.low)
		return false;
	for (; (*list)[0]; list++)
		if (word_same(a->v[i].word, *list))
			return true;
	return false;
}

static inline bool atom_sign(const struct atoms *a, uint32_t i, uint32_t code)
{
	return i < a->n && a->v[i].kind == ATOM_SIGN && a->v[i].code == code;
}

/* A hyphen or dash between glued neighbours. */
static inline bool atom_hyphen(const struct atoms *a, uint32_t i)
{
	if (i == 0 || i + 1 >= a->n || a->v[i].kind != ATOM_SIGN || !a->v[i].glued || !a->v[i + 1].glued)
		return false;
	uint32_t c = a->v[i].code;
	return c == '-' || c == 0x2010 || c == 0x2011 || c == 0x2013;
}

static inline struct str atom_str(const struct atoms *a, uint32_t i)
{
	return text_bytes(a->text, a->v[i].span);
}

/* Does it begin as a month or a weekday does, with a capital? Cheap: most words do not. */
bool atom_calendar(const struct atoms *a, uint32_t i);

static inline bool atom_word(const struct atoms *a, uint32_t i)
{
	return i < a->n && a->v[i].kind == ATOM_WORD;
}

static inline bool atom_number(const struct atoms *a, uint32_t i)
{
	return i < a->n && a->v[i].kind == ATOM_NUMBER;
}

static inline bool atom_glued(const struct atoms *a, uint32_t i)
{
	return i < a->n && a->v[i].glued;
}

#endif
