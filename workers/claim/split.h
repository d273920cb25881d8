/* split: the content of an attribution, or a narrated stretch, into propositions of one statement or figure each.
 * By marks, conjunctions and finite verbs; what shares a subject or a verb keeps it as a span of its own. */
#ifndef COPYTASTER_WORKERS_CLAIM_SPLIT_H
#define COPYTASTER_WORKERS_CLAIM_SPLIT_H

#include "workers/claim/phrase.h"

#define PROPOSITION_PARTS 4
#define MOST_PROPOSITIONS 24 /* of one stretch; what is more stays with the last */

struct proposition {
	struct range part[PROPOSITION_PARTS];
	uint32_t n;
	bool relative; /* ", which …" */
	bool present;  /* its finite verb is in the present */
};

struct proposition_list {
	struct proposition v[MOST_PROPOSITIONS];
	uint32_t n;
};

void split(const struct text *x, struct range r, struct proposition_list *ret);

#endif
