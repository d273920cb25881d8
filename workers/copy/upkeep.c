#include "workers/copy/upkeep.h"

#include <errno.h>
#include <string.h>

#include "workers/copy/run.h"

int upkeep_open(struct store *store, struct upkeep *u)
{
	int rc = store_dbi(store, "copy.meta", 0, &u->meta);

	for (unsigned k = 0; k < LMDB_KINDS && rc == 0; k++) {
		for (unsigned i = 0; i < COPY_BUCKETS && rc == 0; i++) {
			char name[LMDB_NAME];
			lmdb_name(name, (enum lmdb_kind)k, i);
			rc = store_dbi(store, name, 0, &u->dbi[k][i]);
			u->has[k][i] = rc == 0;
			if (rc == -ENOENT)
				rc = 0;
		}
	}
	buckets_init(&u->buckets);
	if (rc == 0)
		rc = store_read(store, &u->t);
	u->txn = rc ? NULL : u->t.mdb;
	return rc;
}

void upkeep_close(struct upkeep *u)
{
	if (u->txn)
		store_abort(&u->t);
	u->txn = NULL;
}

uint64_t upkeep_entries(const struct upkeep *u, size_t i)
{
	return (i + 1 < u->buckets.n ? u->buckets.b[i + 1].first : u->buckets.next) - u->buckets.b[i].first;
}

int upkeep_next(const struct upkeep *u, enum lmdb_kind kind, unsigned slot, MDB_cursor **cursor, MDB_val *key, MDB_val *v)
{
	int rc = 0;

	if (!u->has[kind][slot])
		return MDB_NOTFOUND;
	if (!*cursor)
		rc = mdb_cursor_open(u->txn, u->dbi[kind][slot], cursor);
	return rc ? rc : mdb_cursor_get(*cursor, key, v, MDB_NEXT);
}

/* ---- stat ---- */

static int count_states(const struct upkeep *u, unsigned slot, uint64_t entries, struct upkeep_bucket *ret)
{
	MDB_cursor *cursor = NULL;
	MDB_val key, v;
	int rc;

	ret->gone = entries;
	while ((rc = upkeep_next(u, KIND_STATE, slot, &cursor, &key, &v)) == 0) {
		const uint8_t *states = v.mv_data;
		uint64_t at = key.mv_size == 4 ? (uint64_t)get_be32(key.mv_data) * STATE_CHUNK : entries;
		for (size_t i = 0; i < v.mv_size && at + i < entries; i++) {
			ret->pending += states[i] == ENTRY_PENDING;
			ret->published += states[i] == ENTRY_PUBLISHED;
		}
	}
	if (cursor)
		mdb_cursor_close(cursor);
	uint64_t living = ret->pending + ret->published;
	ret->gone = entries > living ? entries - living : 0;
	return rc == MDB_NOTFOUND ? 0 : store_errno(rc);
}

static int count_runs(const struct upkeep *u, unsigned slot, struct upkeep_bucket *ret)
{
	MDB_cursor *cursor = NULL;
	MDB_val key, v;
	struct run_view run;
	int rc;

	while ((rc = upkeep_next(u, KIND_RUN, slot, &cursor, &key, &v)) == 0) {
		ret->runs++;
		if (run_open((struct str){ v.mv_data, v.mv_size }, &run) == 0)
			ret->postings += run.n;
	}
	if (cursor)
		mdb_cursor_close(cursor);
	return rc == MDB_NOTFOUND ? 0 : store_errno(rc);
}

static int count_bytes(const struct upkeep *u, unsigned slot, struct upkeep_bucket *ret)
{
	for (unsigned k = 0; k < LMDB_KINDS; k++) {
		MDB_stat s;
		int rc = u->has[k][slot] ? mdb_stat(u->txn, u->dbi[k][slot], &s) : MDB_NOTFOUND;
		if (rc && rc != MDB_NOTFOUND)
			return store_errno(rc);
		if (rc == 0)
			ret->bytes[k] = (uint64_t)(s.ms_branch_pages + s.ms_leaf_pages + s.ms_overflow_pages) * s.ms_psize;
	}
	return 0;
}

static int stat_all(struct upkeep *u, struct upkeep_stat *ret)
{
	int rc = lmdb_meta_read(u->txn, u->meta, &u->buckets);

	if (rc == 0)
		rc = lmdb_is_renewed(u->txn, u->meta);
	ret->n = u->buckets.n;
	for (size_t i = 0; i < u->buckets.n && rc == 0; i++) {
		const struct bucket *b = &u->buckets.b[i];
		ret->b[i] = (struct upkeep_bucket){ .from_ms = b->start_ms, .to_ms = b->last_ms };
		rc = count_states(u, b->slot, upkeep_entries(u, i), &ret->b[i]);
		if (rc == 0)
			rc = count_runs(u, b->slot, &ret->b[i]);
		if (rc == 0)
			rc = count_bytes(u, b->slot, &ret->b[i]);
	}
	return rc;
}

int upkeep_stat(struct store *store, struct upkeep_stat *ret, struct err *err)
{
	struct upkeep_stat s = { .format = lmdb_format };
	struct upkeep u = { 0 };
	int rc = upkeep_open(store, &u);

	if (rc == -ENOENT)
		return err_set(err, rc, "there is no copy index yet: no worker has run");
	if (rc == 0)
		rc = stat_all(&u, &s);
	upkeep_close(&u);
	if (rc)
		return lmdb_refuse(rc, err);
	*ret = s;
	return 0;
}

/* ---- probe ---- */

int upkeep_probe(const char *dir, uint64_t map_bytes, struct err *err)
{
	struct store *store = NULL;
	struct buckets buckets;
	struct store_txn t;
	MDB_dbi meta;
	int rc = store_open(dir, map_bytes, true, &store, err);

	if (rc)
		return rc == -EBADMSG || rc == -EPROTONOSUPPORT ? rc : 0;
	rc = store_dbi(store, "copy.meta", 0, &meta);
	if (rc == 0 && (rc = store_read(store, &t)) == 0) {
		rc = lmdb_meta_read(t.mdb, meta, &buckets);
		if (rc == 0)
			rc = lmdb_is_renewed(t.mdb, meta);
		store_abort(&t);
	}
	store_close(&store);
	return rc == -EBADMSG || rc == -EPROTONOSUPPORT || rc == -EUCLEAN ? lmdb_refuse(rc, err) : 0;
}
