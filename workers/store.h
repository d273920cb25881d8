/* The LMDB environment that ledger and copy index share: many processes, crash-safe.
 *
 * Synced commits only (no MDB_NOSYNC, MDB_MAPASYNC, MDB_WRITEMAP): speed comes from group commit.
 * Before a write transaction the caller takes a try-lock (a lock file beside the environment), so that a
 * process stopped inside a transaction blocks nobody's loop: it gets -EAGAIN and tries again from a timer. The
 * kernel frees the lock of a dead process. At most one write transaction per process.
 *
 * The map is as large as it may ever grow (address space, not memory), so that -ENOSPC means: really full.
 *
 * Read transactions are short: begun and ended within one call chain, never held over the loop. */
#ifndef COPYTASTER_WORKERS_STORE_H
#define COPYTASTER_WORKERS_STORE_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;

struct store_txn {
	MDB_txn *mdb;
	struct store *store;
	bool write;
};

/* Opens or makes the environment in folder dir (made, mode 0750). map_bytes: the most it may grow to.
 * -EPROTONOSUPPORT: a newer format; -EBADMSG: damaged; -EBUSY: store_take has it; -ENOSPC, -EACCES …, with what to do.
 * read_only: for status and audit; -ENOENT when there is none. */
int store_open(const char *dir, uint64_t map_bytes, bool read_only, struct store **ret, struct err *err) MUST_CHECK;
void store_close(struct store **s);

/* Whoever opens to write holds a shared lock on the folder until it closes. This takes it alone, whatever state the environment is
 * in, until the caller closes *ret_fd; the folder is made when missing. -EBUSY: somebody has it open to write. Readers are not hindered. */
int store_take(const char *dir, int *ret_fd, struct err *err) MUST_CHECK;
/* store_open to write, by the one who took the folder. */
int store_open_taken(const char *dir, uint64_t map_bytes, struct store **ret, struct err *err) MUST_CHECK;

/* A random number made with the environment: tells one ledger from another. */
uint64_t store_identity(const struct store *s);

/* A named database, made when missing (not when read-only: -ENOENT). flags as mdb_dbi_open. Only at start, before transactions. */
int store_dbi(struct store *s, const char *name, unsigned flags, MDB_dbi *ret) MUST_CHECK;

int store_read(struct store *s, struct store_txn *ret) MUST_CHECK;
/* -EAGAIN: another process holds the write lock; try again later, never in a loop. */
int store_write(struct store *s, struct store_txn *ret) MUST_CHECK;
int store_commit(struct store_txn *t) MUST_CHECK;  /* write; durable when 0; the transaction is over in any case */
void store_abort(struct store_txn *t);  /* read or write; twice is harmless */

/* LMDB's code as -errno: MDB_NOTFOUND -ENOENT, MDB_MAP_FULL -ENOSPC, MDB_KEYEXIST -EEXIST, MDB_CORRUPTED
 * and like -EBADMSG, errno values negated. */
int store_errno(int mdb_code);
/* What the code of a failed call on ledger or copy index means to a person; returns it. */
int store_failed(int rc, struct err *err);

struct store_stat {
	uint64_t map_bytes, used_bytes;
	unsigned readers;
};
int store_stat(struct store *s, struct store_stat *ret) MUST_CHECK;
/* Clears the slots of dead readers. */
void store_reader_check(struct store *s);

#endif
