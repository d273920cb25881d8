/* The copy index made anew: whatever stood there goes, in whatever format.
 *
 * From then until lmdb_backend_renewed copy.meta holds a row "renewal": a worker that finds it refuses, because an index of which half is
 * missing would take copies for originals. */
#include <errno.h>
#include <string.h>

#include "workers/copy/lmdb.h"

enum { MOST_NAMES = 128 };

static const MDB_val renewal = { 7, (void *)"renewal" };

struct names {
	char name[MOST_NAMES][32];
	size_t n;
};

int lmdb_is_renewed(MDB_txn *txn, MDB_dbi meta)
{
	MDB_val key = renewal, v;
	int rc = store_errno(mdb_get(txn, meta, &key, &v));

	return rc == 0 ? -EUCLEAN : rc == -ENOENT ? 0 : rc;
}

/* Those that begin with "copy.". */
static int list(MDB_txn *txn, struct names *ret)
{
	MDB_cursor *cursor;
	MDB_dbi all;
	MDB_val key = { 5, (void *)"copy." }, v;
	int rc = mdb_dbi_open(txn, NULL, 0, &all);

	if (rc || (rc = mdb_cursor_open(txn, all, &cursor)))
		return store_errno(rc);
	rc = mdb_cursor_get(cursor, &key, &v, MDB_SET_RANGE);
	for (; rc == 0 && key.mv_size >= 5 && memcmp(key.mv_data, "copy.", 5) == 0; rc = mdb_cursor_get(cursor, &key, &v, MDB_NEXT)) {
		if (key.mv_size >= sizeof(ret->name[0]) || ret->n == MOST_NAMES || memchr(key.mv_data, 0, key.mv_size)) {
			rc = MDB_CORRUPTED;
			break;
		}
		memcpy(ret->name[ret->n], key.mv_data, key.mv_size);
		ret->name[ret->n++][key.mv_size] = '\0';
	}
	mdb_cursor_close(cursor);
	return rc == MDB_NOTFOUND ? 0 : store_errno(rc);
}

static int drop_all(MDB_txn *txn)
{
	struct names names = { .n = 0 };
	int rc = list(txn, &names);

	for (size_t i = 0; i < names.n && rc == 0; i++) {
		MDB_dbi dbi;
		rc = store_errno(mdb_dbi_open(txn, names.name[i], 0, &dbi));
		if (rc == 0)
			rc = store_errno(mdb_drop(txn, dbi, 1));
	}
	return rc;
}

static int mark(MDB_txn *txn)
{
	MDB_val key = renewal, v = { 1, (void *)"1" };
	MDB_dbi meta;
	int rc = mdb_dbi_open(txn, "copy.meta", MDB_CREATE, &meta);

	return store_errno(rc ? rc : mdb_put(txn, meta, &key, &v, 0));
}

int lmdb_backend_renew(struct store *store, uint64_t window_ms, void **ret, struct err *err)
{
	struct store_txn t;
	struct lmdb *m;
	int rc = store_write(store, &t);

	if (rc)
		return err_set(err, rc, "cannot write to the store: %s", strerror(-rc));
	if ((rc = drop_all(t.mdb)) == 0)
		rc = mark(t.mdb);
	if (rc == 0)
		rc = store_commit(&t);
	else
		store_abort(&t);
	if (rc == 0)
		rc = lmdb_new(store, window_ms, &m);
	if (rc == -EBADMSG)
		return err_set(err, rc, "the copy index cannot even be removed, LMDB cannot read its pages: make a new ledger from what is published with "
			       "`copytaster index rebuild --new-ledger`");
	if (rc)
		return err_set(err, rc, "cannot make the copy index anew: %s", strerror(-rc));
	*ret = m;
	return 0;
}

int lmdb_backend_renewed(void *b, struct store_txn *txn)
{
	struct lmdb *m = b;
	MDB_val key = renewal;
	int rc = store_errno(mdb_del(txn->mdb, m->meta, &key, NULL));

	return rc == -ENOENT ? 0 : rc;
}
