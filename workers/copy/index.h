/* The copy index: who carries which words, for a window of time.
 *
 * Entries are PENDING from reserve to settle, then PUBLISHED, or they leave (a copy and an
 * abandoned article cover nothing and match nothing). Only published entries, or
 * entries of the caller's own batch, may be the `of` of a verdict; a match with another's
 * pending entry says whom to wait for.
 *
 * Two backends behind one interface: memory (one process, `copytaster copies`) and LMDB (many
 * processes, in the environment of store.h). No thread safety within a process. */
#ifndef COPYTASTER_WORKERS_COPY_INDEX_H
#define COPYTASTER_WORKERS_COPY_INDEX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ulid.h"
#include "proto/record.h"
#include "workers/copy/fingerprint.h"
#include "workers/store.h"

struct copy_index;

struct copy_config {
	uint64_t window_ms;     /* articles further apart do not match */
	uint64_t clock_skew_ms; /* article times further in the future count as now */
};

/* One article to be judged. */
struct copy_item {
	/* in */
	struct ulid id;         /* key of the entry */
	struct str article_id;  /* what `of`, story_id and passages call it */
	const struct fingerprint *fp;
	struct str text;        /* the article's text, for the number and name rule */
	uint64_t time_ms;       /* article time, or arrival where it has none */
	uint64_t arrival_ms;
	struct arena *arena;    /* of the article: the verdict lives here */
	/* out */
	struct verdict verdict;
	bool must_wait;         /* matched a pending entry that is not of this batch … */
	struct ulid wait_for;   /* … namely this one; the verdict is not set */
};

/* A claim as an entry keeps it, so that later articles can point at it. */
struct copy_claim {
	struct str id;
	struct span span; /* from its first to its last content byte */
};

/* In memory. NULL when out of memory. */
struct copy_index *copy_index_new(const struct copy_config *config);
/* In the environment of store, which must outlive it. -EPROTONOSUPPORT: a newer or foreign format, -EBADMSG:
 * damaged; err says what to do. */
int copy_index_open(struct store *store, const struct copy_config *config, struct copy_index **ret, struct err *err) MUST_CHECK;
void copy_index_free(struct copy_index **x);

/* Memory backend and `copytaster copies`: judge one, enter it as published at once. */
int copy_index_judge_and_add(struct copy_index *x, struct copy_item *item) MUST_CHECK;

/* LMDB, in two steps so that the long part holds no lock:
 * copy_index_judge looks up and verifies in a read snapshot of its own and remembers the snapshot
 * in the index; copy_index_reserve, inside the write transaction, judges again against only what was entered since
 * that snapshot (also earlier items of the same batch) and enters each item as pending, items
 * that must wait and exact copies excepted. An item whose id is already pending is entered anew; one that must wait loses
 * the entry it had, so that two never wait for each other.
 * -ENOSPC: the map is full, abort and grow; -EIO and others from LMDB. */
int copy_index_judge(struct copy_index *x, struct copy_item *items, size_t n) MUST_CHECK;
int copy_index_reserve(struct copy_index *x, struct store_txn *txn, struct copy_item *items, size_t n) MUST_CHECK;
/* published: keeps the entry with these claims; else removes it. An id that is not there is no error. */
int copy_index_settle(struct copy_index *x, struct store_txn *txn, const struct ulid *id, bool published,
		      const struct copy_claim *claims, size_t n_claims) MUST_CHECK;
/* Drops buckets behind the window. */
int copy_index_expire(struct copy_index *x, struct store_txn *txn, uint64_t now_ms) MUST_CHECK;

/* For a verdict: the claims of earlier articles whose words stand here again, by its passages. Spans are
 * those of this article, whose fingerprint fp is. */
int copy_index_repeats(struct copy_index *x, const struct verdict *v, const struct fingerprint *fp, struct arena *arena,
		       struct repeat **ret, size_t *ret_n) MUST_CHECK;

/* Does a passage of the verdict cover all words of this span of the article? */
bool copy_covers(const struct verdict *v, const struct fingerprint *fp, struct span span);

/* One verdict between two articles, both directions of containment; `of` is b's id. For `copytaster compare`. */
int copy_compare(const struct copy_item *a, const struct copy_item *b, struct verdict *ret) MUST_CHECK;

#endif
