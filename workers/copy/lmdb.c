/* The copy index in the environment of store.h, for many processes.
 *
 * Databases, N = 0 … 5 a bucket's slot; entries are counted from the bucket's first, 4 bytes, big-endian where they are keys:
 *   copy.meta       "index" → the buckets, below
 *   copy.block.N    first entry             → entries entered together (lmdb_docs.c)
 *   copy.state.N    entry / 1024            → their states (enum entry_state), a byte each
 *   copy.run.N      first entry             → postings (run.c)
 *   copy.id.N       key 16 (backend.h)      → entry, big-endian
 *   copy.claim.N    entry                   → claims (entry.c)
 *
 * "index", little-endian:
 *   0   4  "CTix"
 *   4   4  format (INDEX_FORMAT)
 *   8   8  number of the next entry
 *  16   4  buckets, 0 to 6
 *  20      each, oldest first: first number 8, first arrival 8, last arrival 8, slot 1
 *   …   4  xxh3 of what stands before
 *
 * To change any of it, or what makes a shingle or a mark (fold.c, nontext.c, fingerprint.c), raise INDEX_FORMAT: an index of
 * another format is refused, and rebuilt from published records. Nothing is converted. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/err.h"
#include "workers/copy/lmdb.h"

#define INDEX_FORMAT 2
#define META_BYTES (20 + 25 * COPY_BUCKETS + 4)

const uint32_t lmdb_format = INDEX_FORMAT;

/* A batch of more is written in parts, so that each part fits into a run. */
#define QUEUE_ENTRIES (RUN_DOCS / 4)
#define QUEUE_POSTINGS (RUN_POSTINGS / 4)

void lmdb_name(char out[LMDB_NAME], enum lmdb_kind kind, unsigned slot)
{
	static const char *const names[LMDB_KINDS] = { "block", "state", "run", "id", "claim" };

	(void)snprintf(out, LMDB_NAME, "copy.%s.%u", names[kind], slot);
}

static void put_le(uint8_t *p, uint64_t v, int n)
{
	for (int i = 0; i < n; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

static uint64_t get_le(const uint8_t *p, int n)
{
	uint64_t v = 0;

	for (int i = n - 1; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

/* ---- meta ---- */

static int meta_parse(const MDB_val *v, struct buckets *ret)
{
	const uint8_t *p = v->mv_data;
	struct buckets x;

	if (v->mv_size < 8 || memcmp(p, "CTix", 4) != 0)
		return -EBADMSG;
	if (get_le(p + 4, 4) != INDEX_FORMAT)
		return -EPROTONOSUPPORT;
	if (v->mv_size < 24)
		return -EBADMSG;
	uint64_t n = get_le(p + 16, 4);
	if (n > COPY_BUCKETS || v->mv_size != 24 + 25 * n ||
	    get_le(p + v->mv_size - 4, 4) != (uint32_t)XXH3_64bits(p, v->mv_size - 4))
		return -EBADMSG;
	buckets_init(&x);
	x.next = get_le(p + 8, 8);
	x.n = (size_t)n;
	p += 20;
	for (size_t i = 0; i < x.n; i++, p += 25) {
		x.b[i] = (struct bucket){ get_le(p, 8), get_le(p + 8, 8), get_le(p + 16, 8), p[24] };
		if (x.b[i].slot >= COPY_BUCKETS || x.b[i].first > x.next || (i && x.b[i].first < x.b[i - 1].first))
			return -EBADMSG;
	}
	*ret = x;
	return 0;
}

int lmdb_meta_read(MDB_txn *txn, MDB_dbi meta, struct buckets *ret)
{
	MDB_val key = { 5, (void *)"index" }, v;
	int rc = store_errno(mdb_get(txn, meta, &key, &v));

	if (rc == -ENOENT) {
		buckets_init(ret);
		return 0;
	}
	return rc ? rc : meta_parse(&v, ret);
}

static int put_queue(struct lmdb *m)
{
	if (m->queue.n == 0)
		return 0;
	int rc = lmdb_put_block(m);
	if (rc == 0)
		rc = lmdb_put_run(m);
	lmdb_queue_reset(&m->queue);
	return rc;
}

static int put_all(struct lmdb *m)
{
	bool grew = m->queue.n > 0;
	int rc = put_queue(m);

	if (rc == 0)
		rc = lmdb_put_states(m);
	return rc || !grew ? rc : lmdb_merge_runs(m);
}

static int lmdb_flush(void *b)
{
	struct lmdb *m = b;
	uint8_t bytes[META_BYTES], *p = bytes + 20;
	MDB_val key = { 5, (void *)"index" }, v = { 24 + 25 * m->buckets.n, bytes };

	int rc = put_all(m);

	if (rc || !m->dirty)
		return rc;
	memcpy(bytes, "CTix", 4);
	put_le(bytes + 4, INDEX_FORMAT, 4);
	put_le(bytes + 8, m->buckets.next, 8);
	put_le(bytes + 16, m->buckets.n, 4);
	for (size_t i = 0; i < m->buckets.n; i++, p += 25) {
		const struct bucket *k = &m->buckets.b[i];
		put_le(p, k->first, 8);
		put_le(p + 8, k->start_ms, 8);
		put_le(p + 16, k->last_ms, 8);
		p[24] = (uint8_t)k->slot;
	}
	put_le(p, (uint32_t)XXH3_64bits(bytes, (size_t)(p - bytes)), 4);
	rc = store_errno(mdb_put(m->txn, m->meta, &key, &v, 0));
	if (rc == 0)
		m->dirty = false;
	return rc;
}

/* ---- begin and end ---- */

static void lmdb_end(void *b)
{
	struct lmdb *m = b;

	if (m->own.mdb)
		store_abort(&m->own);
	memset(&m->own, 0, sizeof(m->own));
	m->txn = NULL;
}

static int lmdb_begin(void *b, struct store_txn *txn)
{
	struct lmdb *m = b;

	if (!txn) {
		int rc = store_read(m->store, &m->own);
		if (rc)
			return rc;
		txn = &m->own;
	}
	m->txn = txn->mdb;
	/* Nothing of a transaction that failed. */
	lmdb_queue_reset(&m->queue);
	m->states.slot = m->block.slot = -1;
	m->states.dirty = m->runs.loaded = false;
	m->dirty = false;
	int rc = lmdb_meta_read(m->txn, m->meta, &m->buckets);
	if (rc)
		lmdb_end(m);
	return rc;
}

static void lmdb_free(void *b)
{
	struct lmdb *m = b;

	lmdb_queue_release(&m->queue);
	posted_release(&m->one);
	buf_release(&m->scratch);
	free(m->runs.all);
	free(m->sorted);
	free(m);
}

static int open_all(struct lmdb *m)
{
	int rc = store_dbi(m->store, "copy.meta", 0, &m->meta);

	for (unsigned k = 0; k < LMDB_KINDS && rc == 0; k++) {
		for (unsigned i = 0; i < COPY_BUCKETS && rc == 0; i++) {
			char name[LMDB_NAME];
			lmdb_name(name, (enum lmdb_kind)k, i);
			rc = store_dbi(m->store, name, 0, &m->dbi[k][i]);
		}
	}
	return rc;
}

int lmdb_new(struct store *store, uint64_t window_ms, struct lmdb **ret)
{
	struct lmdb *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->store = store;
	m->window_ms = window_ms;
	int rc = open_all(m);
	if (rc)
		lmdb_free(m);
	else
		*ret = m;
	return rc;
}

int lmdb_refuse(int rc, struct err *err)
{
	if (rc == -ENOMEM)
		return err_set(err, rc, "out of memory");
	if (rc == -EPROTONOSUPPORT)
		return err_set(err, rc, "the copy index has another format than %d, which this program reads: use the program that wrote it, or run "
			       "`copytaster index rebuild`", INDEX_FORMAT);
	if (rc == -EBADMSG)
		return err_set(err, rc, "the copy index is damaged: run `copytaster index rebuild`");
	if (rc == -EUCLEAN)
		return err_set(err, rc, "the copy index is not complete, its rebuild was interrupted: run `copytaster index rebuild` again");
	return err_set(err, rc, "cannot open the copy index: %s", strerror(-rc));
}

int lmdb_backend_open(struct store *store, uint64_t window_ms, void **ret, struct err *err)
{
	struct lmdb *m;
	int rc = lmdb_new(store, window_ms, &m);

	if (rc)
		return lmdb_refuse(rc, err);
	if ((rc = lmdb_begin(m, NULL)) == 0) {
		rc = lmdb_is_renewed(m->txn, m->meta);
		lmdb_end(m);
	}
	if (rc) {
		lmdb_free(m);
		return lmdb_refuse(rc, err);
	}
	*ret = m;
	return 0;
}

/* ---- reading ---- */

static uint64_t lmdb_next(void *b)
{
	return ((struct lmdb *)b)->buckets.next;
}

/* ---- writing ---- */

static int drop_oldest(struct lmdb *m)
{
	unsigned slot = buckets_drop(&m->buckets);

	m->dirty = true;
	m->runs.loaded = false;
	m->block.slot = -1;
	if (m->states.slot == (int)slot) {
		m->states.slot = -1;
		m->states.dirty = false;
	}
	for (unsigned k = 0; k < LMDB_KINDS; k++) {
		int rc = store_errno(mdb_drop(m->txn, m->dbi[k][slot], 0));
		if (rc)
			return rc;
	}
	return 0;
}

static int lmdb_expire(void *b, uint64_t now_ms)
{
	struct lmdb *m = b;
	int rc = put_queue(m);

	while (rc == 0 && buckets_expired(&m->buckets, now_ms, m->window_ms))
		rc = drop_oldest(m);
	return rc;
}

int lmdb_put(struct lmdb *m, enum lmdb_kind kind, unsigned slot, const void *k, size_t len, struct str value)
{
	MDB_val key = { len, (void *)k }, v = { value.len, (void *)value.data };
	int rc = mdb_put(m->txn, m->dbi[kind][slot], &key, &v, MDB_APPEND);

	if (rc == MDB_KEYEXIST) {
		v = (MDB_val){ value.len, (void *)value.data };
		rc = mdb_put(m->txn, m->dbi[kind][slot], &key, &v, 0);
	}
	return store_errno(rc);
}

int lmdb_delete(struct lmdb *m, enum lmdb_kind kind, unsigned slot, const void *k, size_t len)
{
	MDB_val key = { len, (void *)k };
	int rc = store_errno(mdb_del(m->txn, m->dbi[kind][slot], &key, NULL));

	return rc == -ENOENT ? 0 : rc;
}

static int open_bucket(struct lmdb *m, uint64_t arrival_ms)
{
	int rc = put_queue(m);

	if (rc == 0)
		rc = lmdb_expire(m, arrival_ms);
	if (rc == 0 && m->buckets.n == COPY_BUCKETS)
		rc = drop_oldest(m);
	if (rc == 0)
		buckets_open(&m->buckets, arrival_ms);
	m->runs.loaded = false; /* they are listed bucket by bucket */
	return rc;
}

static int lmdb_insert(void *b, const struct backend_entry *e)
{
	struct lmdb *m = b;
	int rc = 0;
	uint8_t at[4];

	if (buckets_due(&m->buckets, e->arrival_ms, m->window_ms))
		rc = open_bucket(m, e->arrival_ms);
	else if (m->queue.n >= QUEUE_ENTRIES || (m->queue.n && m->queue.marks.n + e->n_marks > QUEUE_POSTINGS))
		rc = put_queue(m);
	if (rc)
		return rc;
	m->dirty = true;
	uint64_t doc = buckets_enter(&m->buckets, e->arrival_ms);
	const struct bucket *bucket = lmdb_newest(m);
	put_be32(at, (uint32_t)(doc - bucket->first));
	for (size_t i = 0; i < e->n_keys && rc == 0; i++)
		rc = lmdb_put(m, KIND_ID, bucket->slot, e->keys[i].b, sizeof(e->keys[i].b), (struct str){ (char *)at, sizeof(at) });
	if (rc == 0)
		rc = lmdb_queue_add(&m->queue, doc, e);
	return rc ? rc : lmdb_set_state(m, bucket, doc, e->state);
}

static int lmdb_publish(void *b, uint64_t doc)
{
	struct lmdb *m = b;
	int i = buckets_of(&m->buckets, doc);

	return i == NO_BUCKET ? -ENOENT : lmdb_set_state(m, &m->buckets.b[i], doc, ENTRY_PUBLISHED);
}

static int lmdb_put_claims(void *b, uint64_t doc, struct str claims)
{
	struct lmdb *m = b;
	int i = buckets_of(&m->buckets, doc);
	uint8_t key[4];

	if (i == NO_BUCKET)
		return -ENOENT;
	put_be32(key, (uint32_t)(doc - m->buckets.b[i].first));
	return lmdb_put(m, KIND_CLAIM, m->buckets.b[i].slot, key, sizeof(key), claims);
}

/* Its bytes stay until the bucket goes, its postings until they are merged. */
static int lmdb_remove(void *b, uint64_t doc, const struct copy_key *keys, size_t n_keys)
{
	struct lmdb *m = b;
	int i = buckets_of(&m->buckets, doc), rc = 0;
	uint8_t key[4];

	if (i == NO_BUCKET)
		return -ENOENT;
	const struct bucket *bucket = &m->buckets.b[i];
	for (size_t j = 0; j < n_keys && rc == 0; j++)
		rc = lmdb_delete(m, KIND_ID, bucket->slot, keys[j].b, sizeof(keys[j].b));
	put_be32(key, (uint32_t)(doc - bucket->first));
	if (rc == 0)
		rc = lmdb_delete(m, KIND_CLAIM, bucket->slot, key, sizeof(key));
	return rc ? rc : lmdb_set_state(m, bucket, doc, ENTRY_GONE);
}

const struct backend_ops lmdb_backend = {
	.begin = lmdb_begin,
	.end = lmdb_end,
	.next = lmdb_next,
	.postings = lmdb_postings,
	.look_up = lmdb_look_up,
	.entry = lmdb_entry,
	.find = lmdb_find,
	.claims = lmdb_claims,
	.insert = lmdb_insert,
	.publish = lmdb_publish,
	.put_claims = lmdb_put_claims,
	.remove = lmdb_remove,
	.expire = lmdb_expire,
	.flush = lmdb_flush,
	.free = lmdb_free,
};
