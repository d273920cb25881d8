/* A run: the postings of consecutive entries, packed, sorted by mark, found without a search tree.
 *
 * Every commit adds one run; runs that lie side by side are merged (O'Neil and others: The log-structured merge-tree, 1996), so
 * that a look-up goes through few and a posting is written a few times in all. Winnowing prefers small marks: they
 * are spread over all 32 bits first, so that a directory by their top bits finds the place at once. Pure; views into the bytes. */
#ifndef COPYTASTER_WORKERS_COPY_RUN_H
#define COPYTASTER_WORKERS_COPY_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define RUN_DOCS 65536u        /* entries of one run, at most */
#define RUN_POSTINGS (1u << 20) /* postings of one run, at most */
#define RUN_MERGE 16           /* runs merged at once, at most */

struct run_view {
	const uint8_t *directory, *keys, *docs;
	uint32_t n;             /* postings */
	uint32_t first, behind; /* numbers of its first entry and behind its last, in the bucket */
	unsigned bits;          /* cells are 1 << bits */
};

/* A posting on its way into a run. */
struct run_posting {
	uint32_t key; /* run_key of the mark */
	uint32_t doc; /* in the bucket */
};

static inline uint32_t run_key(uint32_t mark)
{
	return mark * 0x9E3779B1u; /* odd: no two marks meet */
}

/* 0 or -EBADMSG: what was not checked here is checked where it is used. */
int run_open(struct str bytes, struct run_view *ret) MUST_CHECK;
/* All of it: order, directory, numbers, checksum. 0 or -EBADMSG. */
int run_check(struct str bytes) MUST_CHECK;
/* Where the postings of a key begin; ret_n of them, rising. */
uint32_t run_find(const struct run_view *r, uint32_t key, uint32_t *ret_n);
uint32_t run_key_at(const struct run_view *r, uint32_t i);
uint32_t run_doc_at(const struct run_view *r, uint32_t i); /* in the bucket */
/* Memory answers late: what run_find will read first, and what it reads then. */
void run_prefetch_cell(const struct run_view *r, uint32_t key);
void run_prefetch_keys(const struct run_view *r, uint32_t key);

/* Appends a run of postings sorted by key, under a key by number. Check out->failed. */
void run_write(struct buf *out, const struct run_posting *p, uint32_t n, uint32_t first, uint32_t behind);
/* Appends the run that n runs, in the order of their entries, make together. gone[i]: the entry first + i of the first run has left; its
 * postings are left out. RUN_MERGE runs, RUN_POSTINGS and RUN_DOCS at most. Check out->failed. */
void run_merge(struct buf *out, const struct run_view *runs, size_t n, const uint8_t *gone);

#endif
