/* phrase: noun phrases, subjects and adjuncts around a verb, by parts of speech.
 *
 * Positions are token indexes of the whole text; lo and hi bound the search (a sentence or a quotation). Every
 * function looks at no more than the tokens between its bounds. */
#ifndef COPYTASTER_WORKERS_CLAIM_PHRASE_H
#define COPYTASTER_WORKERS_CLAIM_PHRASE_H

#include "workers/claim/text.h"

struct range {
	uint32_t first, end; /* tokens [first, end); empty when equal */
};

static inline bool range_empty(struct range r)
{
	return r.first >= r.end;
}

static inline bool token_is(const struct text *x, uint32_t i, const char *z)
{
	return str_is(x->tokens[i].lower, z);
}

/* The noun phrase that ends right before `end`; empty when there is none. */
struct range phrase_before(const struct text *x, uint32_t lo, uint32_t end);
/* The noun phrase that begins at `first`, with its prepositional tails. */
struct range phrase_behind(const struct text *x, uint32_t first, uint32_t hi);

/* The subject of the verb at `verb`: adverbs and dates between are stepped over, appositions belong to it, relative
 * clauses do not. *ret_left is where it begins with all that belongs to it. */
struct range subject_before(const struct text *x, uint32_t lo, uint32_t verb, uint32_t *ret_left);
/* A name behind an inverted verb ("said Dmitry Peskov, the Kremlin spokesman"). */
struct range subject_behind(const struct text *x, uint32_t first, uint32_t hi);
/* The subject of the first clause between lo and at. */
struct range clause_subject(const struct text *x, uint32_t lo, uint32_t at);

/* Behind dates, "in a statement", "to reporters" from `first` on. */
uint32_t skip_adjuncts(const struct text *x, uint32_t first, uint32_t hi);
/* Behind these and any other prepositional phrases. */
uint32_t skip_tails(const struct text *x, uint32_t first, uint32_t hi);
/* Before adverbs and dates that end at `end`. */
uint32_t skip_back(const struct text *x, uint32_t lo, uint32_t end);

/* Does a clause with its own subject and finite verb begin at first (before the next semicolon or relative)? */
bool clause_at(const struct text *x, uint32_t first, uint32_t hi);
/* The first finite verb between, or hi. */
uint32_t finite_in(const struct text *x, uint32_t first, uint32_t hi);
bool has_quote(const struct text *x, struct range r);
/* Without marks and white words at both ends. */
struct range trim(const struct text *x, struct range r);

#endif
