/* atom: a sentence in smaller pieces than tokens, for what is read off figures: "$1.8bn" is "$", 1.8, "bn"; "2,000-year-old" is
 * 2000, "-", "year", "-", "old". Each atom keeps the word class of the token it lies in.
 *
 * The caller's struct is reused from sentence to sentence. What lies behind ATOMS_MAX pieces of one sentence is left out. */
#ifndef COPYTASTER_WORKERS_CLAIM_ATOM_H
#define COPYTASTER_WORKERS_CLAIM_ATOM_H

#include "workers/claim/tag.h"

#define ATOMS_MAX 1600

enum atom_kind { ATOM_WORD = 1, ATOM_NUMBER, ATOM_SIGN };

struct atom {
	struct span span;
	uint64_t lex;   /* of the token */
	double value;   /* of a number */
	uint32_t code;  /* of a sign */
	uint32_t token; /* index */
	uint8_t kind, pos;
	uint8_t digits;  /* of a number, before the point */
	bool glued;      /* no white space before it */
	bool capital;    /* of a word: first letter */
	bool grouped;    /* of a number: "2,000" */
	bool decimals;   /* of a number: "2.5" */
	bool whole;      /* the atom is all of its token */
};

struct atoms {
	const struct text *text;
	uint32_t n;
	struct atom v[ATOMS_MAX];
};

/* The atoms of tokens first … first + n - 1. */
void atoms_read(struct atoms *a, const struct text *t, uint32_t first, uint32_t n);

/* Is atom i there and this word (lower case)? */
bool atom_is(const struct atoms *a, uint32_t i, const char *lower);
/* One of the words of a NULL-terminated list. */
bool atom_in(const struct atoms *a, uint32_t i, const char *const *list);
bool atom_sign(const struct atoms *a, uint32_t i, uint32_t code);
/* A hyphen or dash between glued neighbours. */
bool atom_hyphen(const struct atoms *a, uint32_t i);
struct str atom_str(const struct atoms *a, uint32_t i);

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
