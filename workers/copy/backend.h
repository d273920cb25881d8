/* Where the entries of a copy index lie: in memory (memory.c) or in LMDB (lmdb.c). index.c does the rest.
 *
 * Entries are numbered from 1 in the order they were entered, for ever. They lie in at most COPY_BUCKETS buckets by arrival, each of
 * which is dropped whole. All calls but begin run between begin and end; writing ones in a view that was begun
 * with a write transaction. Bytes handed out live until the next write or end. 0 or -errno; -ENOENT where a thing is not there. */
#ifndef COPYTASTER_WORKERS_COPY_BACKEND_H
#define COPYTASTER_WORKERS_COPY_BACKEND_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/ulid.h"
#include "workers/store.h"

#define COPY_BUCKETS 6   /* at most; a bucket spans a fifth of the window */
#define POSTING_CAP 48   /* entries looked at per mark and bucket, the oldest */

/* What an entry is found by beside its marks: its id; or a hash of an article id that is not the id's text form. */
struct copy_key {
	uint8_t b[16];
};

struct backend_ops {
	/* txn NULL: a read snapshot of the backend's own. */
	int (*begin)(void *b, struct store_txn *txn);
	void (*end)(void *b);
	/* The number the next entry will have. */
	uint64_t (*next)(void *b);
	/* Up to POSTING_CAP * COPY_BUCKETS entry numbers into docs. */
	int (*postings)(void *b, uint32_t mark, uint64_t *docs, size_t *ret_n);
	int (*entry)(void *b, uint64_t doc, struct str *ret);
	int (*find)(void *b, const struct copy_key *key, uint64_t *ret_doc);
	int (*claims)(void *b, uint64_t doc, struct str *ret);
	/* Writing. insert takes the number `next` gave and opens a new bucket when it is time. */
	int (*insert)(void *b, uint64_t arrival_ms, struct str entry, const uint64_t *marks, size_t n_marks,
		      const struct copy_key *keys, size_t n_keys);
	int (*replace)(void *b, uint64_t doc, struct str entry); /* same length */
	int (*put_claims)(void *b, uint64_t doc, struct str claims);
	int (*remove)(void *b, uint64_t doc, const uint64_t *marks, size_t n_marks, const struct copy_key *keys, size_t n_keys);
	int (*expire)(void *b, uint64_t now_ms);
	/* Makes the counters durable with the transaction. */
	int (*flush)(void *b);
	void (*free)(void *b);
};

extern const struct backend_ops memory_backend, lmdb_backend;

void *memory_backend_new(uint64_t window_ms);
int lmdb_backend_open(struct store *store, uint64_t window_ms, void **ret, struct err *err) MUST_CHECK;

#endif
