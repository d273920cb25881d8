/* Which runs of words two articles share.
 *
 * The article under judgement is indexed once (its shingles by value), then any number of entries are held against it, each in
 * time linear in its length: at every place of the entry the longest of at most four equal places of the article is
 * followed to its end. Most entries share a shingle or two and no more: a filter of bits says so without a look at the index.
 * Owns heap memory that grows to the longest article and is reused. Not thread-safe. */
#ifndef COPYTASTER_WORKERS_COPY_ALIGN_H
#define COPYTASTER_WORKERS_COPY_ALIGN_H

#include <stdint.h>

#include "base/err.h"
#include "workers/copy/entry.h"

/* The same words in both, counted in words. */
struct run {
	uint32_t here, there, words;
};

struct align {
	const uint32_t *shingles;
	uint32_t n_shingles, n_distinct;
	uint32_t *slots; /* position + 1 of the first of equal shingles */
	uint32_t mask;
	uint64_t *filter; /* a bit per shingle, by its low bits */
	uint32_t filter_mask;
	uint64_t mix;    /* random: nobody can write a text whose shingles all meet in one slot */
	uint32_t *next;  /* the next equal shingle + 1 */
	uint32_t *stamp; /* last entry that had this shingle */
	uint32_t stamps;
	uint8_t *covered; /* words of the article that stand in a run that was placed */
	struct run *runs;
	uint32_t *there; /* shingles of the entry at hand */
	const uint8_t *there_of;
	size_t slots_room, filter_room, next_room, stamp_room, covered_room, runs_room, there_room;
};

void align_init(struct align *a);
void align_release(struct align *a);
/* The article; fp must live as long as it is worked with. 0 or -ENOMEM. */
int align_set(struct align *a, const struct fingerprint *fp) MUST_CHECK;
/* What both share, at a glance. */
struct shared {
	uint32_t common;    /* |A ∩ B|: distinct shingles in both */
	uint32_t run_words; /* no run of the same words is longer */
};
int align_shared(struct align *a, const struct entry *e, struct shared *ret) MUST_CHECK; /* 0 or -ENOMEM */
/* The runs of at least min_words that the entry shares with the article, longest first, not overlapping here with each other or with
 * runs placed before (a run is cut to what is left of it, at least SHINGLE_WORDS). Marks them as covered. ret lives until the
 * next call. 0 or -ENOMEM. */
int align_place(struct align *a, const struct entry *e, uint32_t min_words, const struct run **ret, size_t *ret_n) MUST_CHECK;
/* The same runs at a look: nothing stays marked. Before any placing only. */
int align_peek(struct align *a, const struct entry *e, uint32_t min_words, const struct run **ret, size_t *ret_n) MUST_CHECK;

#endif
