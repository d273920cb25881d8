/* Where the entries of a copy index lie: in memory (memory.c) or in LMDB (lmdb.c). index.c does the rest.
 *
 * Entries are numbered from 1 in the order they were entered, for ever. They lie in at most COPY_BUCKETS buckets by arrival, each of
 * which is dropped whole. An entry never changes; its state does. All calls but begin run between begin and end; writing ones in a view that was
 * begun with a write transaction. Bytes handed out live until the next write or end. 0 or -errno; -ENOENT where a thing is not
 * there. */
#ifndef COPYTASTER_WORKERS_COPY_BACKEND_H
#define COPYTASTER_WORKERS_COPY_BACKEND_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/ulid.h"
#include "workers/copy/posted.h"
#include "workers/store.h"

#define COPY_BUCKETS 6   /* at most; a bucket spans a fifth of the window */
#define POSTING_CAP 48   /* entries looked at per mark and bucket: the oldest half and the newest */

enum entry_state { ENTRY_GONE, ENTRY_PENDING, ENTRY_PUBLISHED };

/* What an entry is found by beside its marks: its id; or a hash of an article id that is not the id's text form. */
struct copy_key {
	uint8_t b[16];
};

/* An entry on its way in. */
struct backend_entry {
	uint64_t arrival_ms;
	enum entry_state state;
	struct str bytes;
	const uint32_t *marks;
	size_t n_marks;
	const struct copy_key *keys;
	size_t n_keys;
};

struct backend_ops {
	/* txn NULL: a read snapshot of the backend's own. */
	int (*begin)(void *b, struct store_txn *txn);
	void (*end)(void *b);
	/* The number the next entry will have. */
	uint64_t (*next)(void *b);
	/* Up to POSTING_CAP * COPY_BUCKETS entry numbers into docs, some of which may have left. */
	int (*postings)(void *b, uint32_t mark, uint64_t *docs, size_t *ret_n);
	/* The same for every mark of wanted, which posted_sort has sorted, into found; a mark that stands in wanted several times is taken
	 * once. -E2BIG: they are more than `most`. */
	int (*look_up)(void *b, const struct posted *wanted, size_t most, struct posted *found);
	/* -ENOENT for one that has left, too. */
	int (*entry)(void *b, uint64_t doc, struct str *ret, enum entry_state *ret_state);
	int (*find)(void *b, const struct copy_key *key, uint64_t *ret_doc);
	int (*claims)(void *b, uint64_t doc, struct str *ret);
	/* Writing. insert takes the number `next` gave and opens a new bucket when it is time. */
	int (*insert)(void *b, const struct backend_entry *e);
	int (*publish)(void *b, uint64_t doc);
	int (*put_claims)(void *b, uint64_t doc, struct str claims);
	int (*remove)(void *b, uint64_t doc, const struct copy_key *keys, size_t n_keys);
	int (*expire)(void *b, uint64_t now_ms);
	/* Hands all that was written to the transaction. */
	int (*flush)(void *b);
	void (*free)(void *b);
};

extern const struct backend_ops memory_backend, lmdb_backend;

void *memory_backend_new(uint64_t window_ms);
int lmdb_backend_open(struct store *store, uint64_t window_ms, void **ret, struct err *err) MUST_CHECK;
/* Drops what is there in whatever format. Until renewed is committed lmdb_backend_open refuses it. */
int lmdb_backend_renew(struct store *store, uint64_t window_ms, void **ret, struct err *err) MUST_CHECK;
int lmdb_backend_renewed(void *b, struct store_txn *txn) MUST_CHECK;

#endif
