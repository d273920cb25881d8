/* Retention: files in done/ leave after keep_done, counted from the rename (their ctime). Bounded steps. */
#ifndef COPYTASTER_INGEST_RETENTION_H
#define COPYTASTER_INGEST_RETENTION_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>

#include "ingest/spool.h"

struct retention {
	const struct spool *spool;
	uint64_t keep_ms; /* 0, UINT64_MAX: nothing is ever swept */
	DIR *dir;
	uint64_t next; /* monotonic ms of the next sweep */
	uint64_t removed;
};

void retention_init(struct retention *r, const struct spool *spool, uint64_t keep_ms, uint64_t now);
void retention_release(struct retention *r);
/* Looks at up to max entries. */
void retention_step(struct retention *r, uint64_t now, size_t max);
/* When to call it again; UINT64_MAX: never. */
uint64_t retention_next(const struct retention *r);

#endif
