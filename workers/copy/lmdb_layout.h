/* How the copy index lies in LMDB: its databases, their keys, and what can be read without a view of the whole. The formats stand above
 * the code: lmdb.c, lmdb_docs.c, run.c, entry.c. */
#ifndef COPYTASTER_WORKERS_COPY_LMDB_LAYOUT_H
#define COPYTASTER_WORKERS_COPY_LMDB_LAYOUT_H

#include <lmdb.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "workers/copy/buckets.h"

enum lmdb_kind { KIND_BLOCK, KIND_STATE, KIND_RUN, KIND_ID, KIND_CLAIM, LMDB_KINDS };

#define STATE_CHUNK 1024 /* entries whose states lie together */
#define LMDB_NAME 24     /* of a database */

extern const uint32_t lmdb_format;
void lmdb_name(char out[LMDB_NAME], enum lmdb_kind kind, unsigned slot);

/* 0 (no buckets where there is no description yet), -EPROTONOSUPPORT, -EBADMSG. */
int lmdb_meta_read(MDB_txn *txn, MDB_dbi meta, struct buckets *ret) MUST_CHECK;
/* -EUCLEAN: made anew, and not all is in yet. -EBADMSG …: it cannot be known. */
int lmdb_is_renewed(MDB_txn *txn, MDB_dbi meta) MUST_CHECK;
/* What such a code (-EUCLEAN: not all is in) means to a person; returns it. */
int lmdb_refuse(int rc, struct err *err);

/* Entries that were entered together. */
struct lmdb_block {
	int slot; /* -1: none */
	uint32_t first, n;
	struct str bytes;
};

int lmdb_block_open(struct lmdb_block *b, int slot, const MDB_val *key, const MDB_val *v) MUST_CHECK;
int lmdb_block_entry(const struct lmdb_block *b, uint32_t i, struct str *ret) MUST_CHECK;

/* Keys are big-endian, so that they sort. */
static inline void put_be32(uint8_t *p, uint32_t v)
{
	for (int i = 3; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}

static inline uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

#endif
