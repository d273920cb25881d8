/* token: the bytes of one block to tokens. Quotation marks that are the same on both sides (", ') come out as PUNCT;
 * quote.c decides what they are. Linear; memory of the arena. */
#ifndef COPYTASTER_WORKERS_CLAIM_TOKEN_H
#define COPYTASTER_WORKERS_CLAIM_TOKEN_H

#include "base/arena.h"
#include "base/err.h"
#include "workers/claim/text.h"

struct token_list {
	struct token *v;
	uint32_t n, cap; /* v NULL: tokens are only counted */
	char *pool;      /* room for words in lower case */
	size_t pool_left;
};

/* Appends to v (never beyond cap). 0, or -1 when the arena is full. */
int token_block(struct str bytes, struct span block, struct arena *arena, struct token_list *l) MUST_CHECK;

#endif
