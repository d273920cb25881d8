/* Postings on the heap, for a short while: which entries were posted under a mark. Reused; not thread-safe. */
#ifndef COPYTASTER_WORKERS_COPY_POSTED_H
#define COPYTASTER_WORKERS_COPY_POSTED_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct posting {
	uint64_t doc;
	uint32_t mark;
	uint32_t next; /* index + 1 of the next under this mark; 0: none */
};

struct posted {
	struct posting *all, *spare; /* in the order they came */
	size_t n, room, spare_room;
	struct posted_slot {
		uint32_t head, tail; /* index + 1; 0: free */
	} *slots;
	size_t size, used;
};

void posted_init(struct posted *p);
void posted_release(struct posted *p);
void posted_reset(struct posted *p);
int posted_add(struct posted *p, uint64_t doc, const uint32_t *marks, size_t n) MUST_CHECK; /* 0 or -ENOMEM */
/* Appends the first `most` entries under a mark to docs + *n. */
void posted_get(const struct posted *p, uint32_t mark, size_t most, uint64_t *docs, size_t *n);
/* Sorts all by run_key of the mark, under a mark as they came; only reading `all` and reset are allowed then. 0 or -ENOMEM. */
int posted_sort(struct posted *p) MUST_CHECK;

#endif
