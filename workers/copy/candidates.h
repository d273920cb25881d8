/* From marks to the entries that share most of them. Fixed memory; not thread-safe. */
#ifndef COPYTASTER_WORKERS_COPY_CANDIDATES_H
#define COPYTASTER_WORKERS_COPY_CANDIDATES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "workers/copy/backend.h"

#define CANDIDATES 32        /* verified */
#define CANDIDATE_DOCS 4096  /* counted; what comes later in a flood of postings is not */
#define CANDIDATE_SLOTS (2 * CANDIDATE_DOCS)
#define CANDIDATE_MARKS 8192 /* looked up: some 80,000 words */

/* Zeroed by the caller once. */
struct candidates {
	struct {
		uint64_t doc; /* 0: free */
		uint32_t marks;
	} slots[CANDIDATE_SLOTS];
	uint16_t used[CANDIDATE_DOCS];
	size_t n_used;
	uint64_t best[CANDIDATES]; /* most marks first, of equals the older */
	uint32_t best_marks[CANDIDATES];
	size_t n_best;
};

/* postings as in struct backend_ops; marks as entry_marks_of gives them. */
int candidates_find(struct candidates *c, int (*postings)(void *, uint32_t, uint64_t *, size_t *), void *arg, const uint32_t *marks,
		    uint32_t n_marks) MUST_CHECK;

#endif
