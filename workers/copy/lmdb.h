/* The copy index in LMDB, in parts: lmdb.c (view, buckets, format), lmdb_docs.c (entries, states, ids, claims), lmdb_runs.c
 * (postings), lmdb_renew.c (made anew). Only these include this; lmdb_layout.h is what upkeep*.c needs of them, too. */
#ifndef COPYTASTER_WORKERS_COPY_LMDB_H
#define COPYTASTER_WORKERS_COPY_LMDB_H

#include "base/buf.h"
#include "workers/copy/backend.h"
#include "workers/copy/buckets.h"
#include "workers/copy/lmdb_layout.h"
#include "workers/copy/run.h"

/* The states of STATE_CHUNK entries, as they were read last; dirty: to be written. */
struct states {
	int slot; /* -1: none */
	uint32_t chunk;
	bool dirty;
	uint8_t b[STATE_CHUNK];
};

/* Entries of the newest bucket on their way: they are written together when all are known. */
struct queue {
	uint64_t first;      /* number of the first */
	struct buf bytes;    /* one behind the other */
	uint32_t *ends;      /* where each ends in bytes */
	size_t n, room;
	struct posted marks; /* the postings of all */
};

struct runs {
	bool loaded;
	struct run_view *all; /* bucket by bucket, in the order of their entries */
	size_t n, room;
	size_t begin[COPY_BUCKETS + 1]; /* of each bucket in all */
};

struct lmdb {
	struct store *store;
	uint64_t window_ms;
	MDB_dbi meta, dbi[LMDB_KINDS][COPY_BUCKETS];
	/* Between begin and end. */
	struct store_txn own; /* a read snapshot of ours */
	MDB_txn *txn;
	struct buckets buckets;
	bool dirty;
	struct states states;
	struct lmdb_block block; /* the last one an entry was read from */
	struct runs runs;
	struct queue queue;
	struct posted one; /* of one mark */
	struct buf scratch;
	struct run_posting *sorted;
	size_t sorted_room;
};

static inline const struct bucket *lmdb_newest(const struct lmdb *m)
{
	return &m->buckets.b[m->buckets.n - 1];
}

/* Puts value under a number; numbers mostly rise: appended they fill their pages, put they leave half of each free. */
int lmdb_put(struct lmdb *m, enum lmdb_kind kind, unsigned slot, const void *key, size_t key_len, struct str value) MUST_CHECK;
int lmdb_delete(struct lmdb *m, enum lmdb_kind kind, unsigned slot, const void *key, size_t key_len) MUST_CHECK; /* 0 when it is not there */

int lmdb_new(struct store *store, uint64_t window_ms, struct lmdb **ret) MUST_CHECK;
void lmdb_queue_reset(struct queue *q);
void lmdb_queue_release(struct queue *q);
int lmdb_queue_add(struct queue *q, uint64_t doc, const struct backend_entry *e) MUST_CHECK;
int lmdb_put_block(struct lmdb *m) MUST_CHECK;   /* the queued entries */
int lmdb_put_run(struct lmdb *m) MUST_CHECK;     /* their postings; after which the queue is spent */
int lmdb_merge_runs(struct lmdb *m) MUST_CHECK;  /* at most one merge */

int lmdb_state(struct lmdb *m, const struct bucket *b, uint64_t doc, enum entry_state *ret) MUST_CHECK;
int lmdb_set_state(struct lmdb *m, const struct bucket *b, uint64_t doc, enum entry_state state) MUST_CHECK;
int lmdb_put_states(struct lmdb *m) MUST_CHECK;

/* Parts of lmdb_backend. */
int lmdb_entry(void *b, uint64_t doc, struct str *ret, enum entry_state *ret_state) MUST_CHECK;
int lmdb_find(void *b, const struct copy_key *key, uint64_t *ret_doc) MUST_CHECK;
int lmdb_claims(void *b, uint64_t doc, struct str *ret) MUST_CHECK;
int lmdb_postings(void *b, uint32_t mark, uint64_t *docs, size_t *ret_n) MUST_CHECK;
int lmdb_look_up(void *b, const struct posted *wanted, size_t most, struct posted *found) MUST_CHECK;

#endif
