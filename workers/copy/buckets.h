/* The time buckets of an index: which numbers lie in which, when one is opened and when one is dropped. Pure. */
#ifndef COPYTASTER_WORKERS_COPY_BUCKETS_H
#define COPYTASTER_WORKERS_COPY_BUCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workers/copy/backend.h"

#define NO_BUCKET (-1)

struct bucket {
	uint64_t first;             /* number of its first entry */
	uint64_t start_ms, last_ms; /* arrivals */
	unsigned slot;              /* 0 … COPY_BUCKETS - 1: its storage */
};

struct buckets {
	uint64_t next;  /* number of the next entry */
	size_t n;
	struct bucket b[COPY_BUCKETS]; /* oldest first */
};

void buckets_init(struct buckets *x);
/* Index into b of the bucket that holds entry doc, or NO_BUCKET. */
int buckets_of(const struct buckets *x, uint64_t doc);
/* A new bucket is due for an entry that arrives now. */
bool buckets_due(const struct buckets *x, uint64_t arrival_ms, uint64_t window_ms);
/* Opens one; there must be fewer than COPY_BUCKETS. */
void buckets_open(struct buckets *x, uint64_t arrival_ms);
/* The oldest is behind the window. */
bool buckets_expired(const struct buckets *x, uint64_t now_ms, uint64_t window_ms);
/* Forgets the oldest and returns its slot, which the caller empties. */
unsigned buckets_drop(struct buckets *x);
/* Numbers an entry in the newest bucket. */
uint64_t buckets_enter(struct buckets *x, uint64_t arrival_ms);

#endif
