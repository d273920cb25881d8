/* The copy index in LMDB, looked at from outside: how large it is, and whether it is whole. For `copytaster index`.
 *
 * Reads only, in one snapshot, beside running workers. A check of a million entries holds its snapshot for some seconds; pages
 * that are freed meanwhile are not used again before its end. The memory it takes is that of one entry and some bytes for each row of
 * states and each run of a bucket, whatever its description says. Every byte of the index is taken for hostile; but where LMDB's own pages are broken LMDB may crash: the caller runs it in
 * a process of its own. */
#ifndef COPYTASTER_WORKERS_COPY_UPKEEP_H
#define COPYTASTER_WORKERS_COPY_UPKEEP_H

#include "workers/copy/lmdb_layout.h"
#include "workers/store.h"

struct upkeep_bucket {
	uint64_t from_ms, to_ms; /* arrivals */
	uint64_t pending, published, gone;
	uint64_t postings, runs;
	uint64_t bytes[LMDB_KINDS]; /* pages of the database */
};

struct upkeep_stat {
	uint32_t format;
	size_t n;
	struct upkeep_bucket b[COPY_BUCKETS]; /* oldest first */
};

/* -ENOENT: there is no index yet. -EPROTONOSUPPORT, -EBADMSG, -EUCLEAN as copy_index_open. */
int upkeep_stat(struct store *store, struct upkeep_stat *ret, struct err *err) MUST_CHECK;

/* Is there an index in dir that a worker would refuse? 0 also when there is none, or none that this user may read. */
int upkeep_probe(const char *dir, uint64_t map_bytes, struct err *err) MUST_CHECK;

enum upkeep_fault {
	UPKEEP_FORMAT,     /* nothing else was looked at */
	UPKEEP_META,       /* the same */
	UPKEEP_UNFINISHED, /* a rebuild was interrupted */
	UPKEEP_PAGES,      /* LMDB cannot follow its own */
	UPKEEP_BLOCK, UPKEEP_ENTRY_MISSING, UPKEEP_ENTRY, UPKEEP_STATE, UPKEEP_ID, UPKEEP_ID_STRAY,
	UPKEEP_RUN, UPKEEP_POSTING, UPKEEP_POSTING_STRAY, UPKEEP_CLAIMS, UPKEEP_LEFTOVER,
	UPKEEP_FAULTS
};

struct upkeep_report {
	uint64_t entries, living, postings, runs, claims; /* that were read */
	uint64_t n; /* faults of all kinds */
	struct {
		uint64_t n;
		char first[96]; /* where the first of its kind stands */
	} faults[UPKEEP_FAULTS];
};

typedef void upkeep_progress_fn(uint64_t done, uint64_t all, void *arg);

/* 0: all was read, see ret->n. Others: it could not be read, err says why. */
int upkeep_check(struct store *store, upkeep_progress_fn *progress, void *arg, struct upkeep_report *ret, struct err *err) MUST_CHECK;
const char *upkeep_fault_name(enum upkeep_fault f);     /* "POSTING_MISSING" */
const char *upkeep_fault_sentence(enum upkeep_fault f); /* "an entry that …", to follow a number */

/* ---- shared by upkeep.c and upkeep_check.c ---- */

struct upkeep {
	struct store_txn t;
	MDB_txn *txn;
	MDB_dbi meta, dbi[LMDB_KINDS][COPY_BUCKETS];
	bool has[LMDB_KINDS][COPY_BUCKETS]; /* a first start that was interrupted leaves some out */
	struct buckets buckets;
};

/* The databases and a snapshot. -ENOENT: there is no index. */
int upkeep_open(struct store *store, struct upkeep *u) MUST_CHECK;
void upkeep_close(struct upkeep *u);
/* Entries of bucket i, also those that have left. */
uint64_t upkeep_entries(const struct upkeep *u, size_t i);
/* The first or next pair of a database; MDB_NOTFOUND behind the last or when there is no such database. *cursor NULL: the first. */
int upkeep_next(const struct upkeep *u, enum lmdb_kind kind, unsigned slot, MDB_cursor **cursor, MDB_val *key, MDB_val *v);

#endif
