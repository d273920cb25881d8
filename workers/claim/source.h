/* source: who the words of a source name: resolved inside the article only.
 *
 * An index of names (runs of capitalised words, with a common noun behind them such as "Russian Defense ministry")
 * lets a surname or "the ministry" find its fullest mention; pronouns go back to the source before. Linear: lists in the
 * index are walked to a fixed depth. */
#ifndef COPYTASTER_WORKERS_CLAIM_SOURCE_H
#define COPYTASTER_WORKERS_CLAIM_SOURCE_H

#include "base/arena.h"
#include "base/err.h"
#include "workers/claim/phrase.h"

struct source {
	struct str name, role; /* the article's bytes; empty where unknown */
	enum source_type type; /* 0 where unknown */
};

struct source_index;

int source_index_build(const struct text *x, struct arena *arena, struct source_index **ret) MUST_CHECK;
/* Call in text order: pronouns look back at what was resolved before. */
struct source source_resolve(struct source_index *s, struct range r);

#endif
