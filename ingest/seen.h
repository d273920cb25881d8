/* What the watch remembers of names in the drop folder between two looks: 24 bytes a name, however
 * long it is. Names are kept as seeded 64-bit hashes; a collision makes a file wait or be looked at too
 * early, and the claim checks again. Bounded: what finds no room is met again by a later scan. */
#ifndef COPYTASTER_INGEST_SEEN_H
#define COPYTASTER_INGEST_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"

#define SEEN_MOST_SLOTS (1u << 18)

enum seen_flag {
	SEEN_COMPLETE = 1, /* may be claimed as soon as it still looks the same */
	SEEN_QUEUED = 2,   /* its close was seen: it stands in the watch's queue */
	SEEN_WARNED = 4    /* left in place, and said so */
};

struct seen_entry {
	uint64_t name, look; /* name 0: free slot */
	uint32_t since;      /* seen_time of the first look that was the same */
	uint16_t pass, flags;
};

struct seen {
	struct seen_entry *slots;
	size_t n, n_slots;
	uint64_t seed;
};

int seen_init(struct seen *s) MUST_CHECK;
void seen_release(struct seen *s);
struct seen_entry *seen_find(const struct seen *s, const char *name);
/* The old or a new one; NULL when there is no room. Pointers are valid until the next seen_get or seen_sweep. */
struct seen_entry *seen_get(struct seen *s, const char *name);
/* Forgets all that was not met in this pass and is not queued. */
void seen_sweep(struct seen *s, uint16_t pass);

/* All that tells one state of a file from another: device, inode, size, mtime, ctime. */
uint64_t seen_look(const struct stat *st);
/* Device and inode only. */
uint64_t seen_identity(const struct stat *st);

/* Monotonic ms in 16 ms steps, in 32 bits (it wraps after two years). */
static inline uint32_t seen_time(uint64_t now_ms)
{
	return (uint32_t)(now_ms >> 4);
}

static inline uint64_t seen_age_ms(const struct seen_entry *e, uint64_t now_ms)
{
	return (uint64_t)(uint32_t)(seen_time(now_ms) - e->since) << 4;
}

#endif
