/* The copy index in the environment of store.h, for many processes.
 *
 * Databases, N = 0 … 5 a bucket's slot; all numbers in keys big-endian, so that they sort:
 *   copy.meta       "index" → the buckets, below
 *   copy.entry.N    number 8                → entry (entry.c)
 *   copy.mark.N     mark 4                  → number - the bucket's first 4, sorted, several
 *   copy.id.N       key 16 (backend.h)      → number 8
 *   copy.claim.N    number 8                → claims (entry.c)
 *
 * "index", little-endian:
 *   0   4  "CTix"
 *   4   4  format (INDEX_FORMAT)
 *   8   8  number of the next entry
 *  16   4  buckets, 0 to 6
 *  20      each, oldest first: first number 8, first arrival 8, last arrival 8, slot 1
 *   …   4  xxh3 of what stands before
 *
 * To change any of it, or what makes a mark (fold.c, nontext.c, fingerprint.c), raise INDEX_FORMAT: an index of
 * another format is refused. Nothing is converted; entries live no longer than the copy window. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/err.h"
#include "workers/copy/backend.h"
#include "workers/copy/buckets.h"
#include "workers/copy/posted.h"

#define INDEX_FORMAT 1
#define META_BYTES (20 + 25 * COPY_BUCKETS + 4)

enum { ENTRY, MARK, ID, CLAIM, KINDS };

static const char *const kind_names[KINDS] = { "entry", "mark", "id", "claim" };

struct lmdb {
	struct store *store;
	uint64_t window_ms;
	MDB_dbi meta, dbi[KINDS][COPY_BUCKETS];
	/* Between begin and end. */
	struct store_txn own; /* a read snapshot of ours */
	MDB_txn *txn;
	struct buckets buckets;
	bool dirty;
	/* Marks of the newest bucket on their way: put in order when all are known they cost a fraction. Their entries are
	 * written already. */
	struct posted queue;
	MDB_cursor *cursors[COPY_BUCKETS];
};

static void put_be(uint8_t *p, uint64_t v, int n)
{
	for (int i = n - 1; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}

static uint64_t get_be(const uint8_t *p, int n)
{
	uint64_t v = 0;

	for (int i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
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

static int meta_load(struct lmdb *m)
{
	MDB_val key = { 5, (void *)"index" }, v;
	int rc = store_errno(mdb_get(m->txn, m->meta, &key, &v));

	m->dirty = false;
	if (rc == -ENOENT) {
		buckets_init(&m->buckets);
		return 0;
	}
	return rc ? rc : meta_parse(&v, &m->buckets);
}

/* One cursor per bucket and view: neighbours are found without a walk from the root. */
static int mark_cursor(struct lmdb *m, unsigned slot, MDB_cursor **ret)
{
	int rc = m->cursors[slot] ? 0 : mdb_cursor_open(m->txn, m->dbi[MARK][slot], &m->cursors[slot]);

	*ret = m->cursors[slot];
	return store_errno(rc);
}

static int put_queue(struct lmdb *m)
{
	uint8_t k[4], d[4];
	MDB_cursor *cursor;
	int rc;

	if (m->queue.n == 0)
		return 0;
	const struct bucket *bucket = &m->buckets.b[m->buckets.n - 1];
	if ((rc = posted_sort(&m->queue)) || (rc = mark_cursor(m, bucket->slot, &cursor)))
		return rc;
	for (size_t i = 0; i < m->queue.n && rc == 0; i++) {
		const struct posting *p = &m->queue.all[i];
		MDB_val key = { sizeof(k), k }, v = { sizeof(d), d };
		put_be(k, p->mark, 4);
		put_be(d, p->doc - bucket->first, 4);
		rc = store_errno(mdb_cursor_put(cursor, &key, &v, 0));
	}
	posted_reset(&m->queue);
	return rc;
}

static int lmdb_flush(void *b)
{
	struct lmdb *m = b;
	uint8_t bytes[META_BYTES], *p = bytes + 20;
	MDB_val key = { 5, (void *)"index" }, v = { 24 + 25 * m->buckets.n, bytes };

	int rc = put_queue(m);

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

static void close_cursors(struct lmdb *m)
{
	for (size_t i = 0; i < COPY_BUCKETS; i++) {
		if (m->cursors[i])
			mdb_cursor_close(m->cursors[i]);
		m->cursors[i] = NULL;
	}
}

static void lmdb_end(void *b)
{
	struct lmdb *m = b;

	close_cursors(m);
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
	posted_reset(&m->queue); /* of a transaction that failed */
	int rc = meta_load(m);
	if (rc)
		lmdb_end(m);
	return rc;
}

static void lmdb_free(void *b)
{
	posted_release(&((struct lmdb *)b)->queue);
	free(b);
}

static int open_all(struct lmdb *m)
{
	int rc = store_dbi(m->store, "copy.meta", 0, &m->meta);

	for (unsigned k = 0; k < KINDS && rc == 0; k++) {
		for (unsigned i = 0; i < COPY_BUCKETS && rc == 0; i++) {
			char name[32];
			snprintf(name, sizeof(name), "copy.%s.%u", kind_names[k], i);
			rc = store_dbi(m->store, name, k == MARK ? MDB_DUPSORT | MDB_DUPFIXED : 0, &m->dbi[k][i]);
		}
	}
	return rc;
}

int lmdb_backend_open(struct store *store, uint64_t window_ms, void **ret, struct err *err)
{
	struct lmdb *m = calloc(1, sizeof(*m));

	if (!m)
		return err_set(err, -ENOMEM, "out of memory");
	m->store = store;
	m->window_ms = window_ms;
	int rc = open_all(m);
	if (rc == 0)
		rc = lmdb_begin(m, NULL);
	if (rc == 0) {
		lmdb_end(m);
		*ret = m;
		return 0;
	}
	free(m);
	if (rc == -EPROTONOSUPPORT)
		return err_set(err, rc, "the copy index has another format than %d: use the program that wrote it, or move the state folder away to start anew",
			       INDEX_FORMAT);
	if (rc == -EBADMSG)
		return err_set(err, rc, "the copy index is damaged: restore the state folder, or move it away to start anew");
	return err_set(err, rc, "cannot open the copy index: %s", strerror(-rc));
}

/* ---- reading ---- */

static uint64_t lmdb_next(void *b)
{
	return ((struct lmdb *)b)->buckets.next;
}

/* Appends the numbers under a mark in one bucket, the oldest POSTING_CAP of them. */
static int postings_in(struct lmdb *m, const struct bucket *bucket, uint32_t mark, uint64_t *docs, size_t *n)
{
	uint8_t bytes[4];
	MDB_cursor *cursor;
	MDB_val key = { sizeof(bytes), bytes }, v;
	int rc = mark_cursor(m, bucket->slot, &cursor);

	if (rc)
		return rc;
	put_be(bytes, mark, 4);
	rc = mdb_cursor_get(cursor, &key, &v, MDB_SET);
	for (int k = 0; rc == 0 && k < POSTING_CAP; k++) {
		if (v.mv_size != 4)
			return -EBADMSG;
		docs[(*n)++] = bucket->first + get_be(v.mv_data, 4);
		rc = mdb_cursor_get(cursor, &key, &v, MDB_NEXT_DUP);
	}
	return rc == MDB_NOTFOUND ? 0 : store_errno(rc);
}

static int lmdb_postings(void *b, uint32_t mark, uint64_t *docs, size_t *ret_n)
{
	struct lmdb *m = b;
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < m->buckets.n && rc == 0; i++)
		rc = postings_in(m, &m->buckets.b[i], mark, docs, &n);
	if (rc == 0)
		posted_get(&m->queue, mark, POSTING_CAP * COPY_BUCKETS - n, docs, &n);
	*ret_n = n;
	return rc;
}

static int get_by_number(struct lmdb *m, int kind, uint64_t doc, struct str *ret)
{
	int i = buckets_of(&m->buckets, doc);
	uint8_t bytes[8];
	MDB_val key = { sizeof(bytes), bytes }, v;

	if (i == NO_BUCKET)
		return -ENOENT;
	put_be(bytes, doc, 8);
	int rc = store_errno(mdb_get(m->txn, m->dbi[kind][m->buckets.b[i].slot], &key, &v));
	if (rc == 0)
		*ret = (struct str){ v.mv_data, v.mv_size };
	return rc;
}

static int lmdb_entry(void *b, uint64_t doc, struct str *ret)
{
	return get_by_number(b, ENTRY, doc, ret);
}

static int lmdb_claims(void *b, uint64_t doc, struct str *ret)
{
	return get_by_number(b, CLAIM, doc, ret);
}

static int lmdb_find(void *b, const struct copy_key *k, uint64_t *ret_doc)
{
	struct lmdb *m = b;
	MDB_val key = { sizeof(k->b), (void *)k->b }, v;

	for (size_t i = m->buckets.n; i-- > 0;) {
		int rc = store_errno(mdb_get(m->txn, m->dbi[ID][m->buckets.b[i].slot], &key, &v));
		if (rc == -ENOENT)
			continue;
		if (rc == 0 && v.mv_size != 8)
			rc = -EBADMSG;
		if (rc == 0)
			*ret_doc = get_be(v.mv_data, 8);
		return rc;
	}
	return -ENOENT;
}

/* ---- writing ---- */

static int drop_oldest(struct lmdb *m)
{
	unsigned slot = buckets_drop(&m->buckets);

	m->dirty = true;
	close_cursors(m);
	for (unsigned k = 0; k < KINDS; k++) {
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

/* Keys mostly come in order: appended they fill their pages, put they leave half of each free. */
static int append(struct lmdb *m, MDB_dbi dbi, MDB_val *key, const MDB_val *value)
{
	MDB_val v = *value;
	int rc = mdb_put(m->txn, dbi, key, &v, MDB_APPEND);

	if (rc == MDB_KEYEXIST) {
		v = *value;
		rc = mdb_put(m->txn, dbi, key, &v, 0);
	}
	return store_errno(rc);
}

static int put_number(struct lmdb *m, int kind, uint64_t doc, struct str value)
{
	int i = buckets_of(&m->buckets, doc);
	uint8_t bytes[8];
	MDB_val key = { sizeof(bytes), bytes }, v = { value.len, (void *)value.data };

	if (i == NO_BUCKET)
		return -ENOENT;
	put_be(bytes, doc, 8);
	return append(m, m->dbi[kind][m->buckets.b[i].slot], &key, &v);
}

static int put_keys(struct lmdb *m, const struct bucket *bucket, uint64_t doc, const struct copy_key *keys, size_t n)
{
	uint8_t d[8];
	MDB_val v = { sizeof(d), d };

	put_be(d, doc, 8);
	for (size_t i = 0; i < n; i++) {
		MDB_val key = { sizeof(keys[i].b), (void *)keys[i].b };
		int rc = append(m, m->dbi[ID][bucket->slot], &key, &v);
		if (rc)
			return rc;
	}
	return 0;
}

static int lmdb_insert(void *b, uint64_t arrival_ms, struct str entry, const uint64_t *marks, size_t n_marks,
		       const struct copy_key *keys, size_t n_keys)
{
	struct lmdb *m = b;
	int rc = 0;

	if (buckets_due(&m->buckets, arrival_ms, m->window_ms)) {
		rc = put_queue(m);
		if (rc == 0)
			rc = lmdb_expire(m, arrival_ms);
		if (rc == 0 && m->buckets.n == COPY_BUCKETS)
			rc = drop_oldest(m);
		if (rc)
			return rc;
		buckets_open(&m->buckets, arrival_ms);
	}
	m->dirty = true;
	uint64_t doc = buckets_enter(&m->buckets, arrival_ms);
	const struct bucket *bucket = &m->buckets.b[m->buckets.n - 1];
	rc = put_number(m, ENTRY, doc, entry);
	if (rc == 0)
		rc = posted_add(&m->queue, doc, marks, n_marks);
	return rc ? rc : put_keys(m, bucket, doc, keys, n_keys);
}

static int lmdb_replace(void *b, uint64_t doc, struct str entry)
{
	return put_number(b, ENTRY, doc, entry);
}

static int lmdb_put_claims(void *b, uint64_t doc, struct str claims)
{
	return put_number(b, CLAIM, doc, claims);
}

static int delete(struct lmdb *m, MDB_dbi dbi, const void *k, size_t len, MDB_val *v)
{
	MDB_val key = { len, (void *)k };
	int rc = store_errno(mdb_del(m->txn, dbi, &key, v));

	return rc == -ENOENT ? 0 : rc;
}

static int lmdb_remove(void *b, uint64_t doc, const uint64_t *marks, size_t n_marks, const struct copy_key *keys, size_t n_keys)
{
	struct lmdb *m = b;
	int i = buckets_of(&m->buckets, doc), rc = m->queue.n && doc >= m->queue.all[0].doc ? put_queue(m) : 0;
	uint8_t k[8], d[4];
	MDB_val v = { sizeof(d), d };

	if (rc)
		return rc;
	if (i == NO_BUCKET)
		return -ENOENT;
	unsigned slot = m->buckets.b[i].slot;
	put_be(d, doc - m->buckets.b[i].first, 4);
	for (size_t j = 0; j < n_marks && rc == 0; j++) {
		put_be(k, marks[j], 4);
		rc = delete(m, m->dbi[MARK][slot], k, 4, &v);
	}
	for (size_t j = 0; j < n_keys && rc == 0; j++)
		rc = delete(m, m->dbi[ID][slot], keys[j].b, sizeof(keys[j].b), NULL);
	put_be(k, doc, 8);
	if (rc == 0)
		rc = delete(m, m->dbi[CLAIM][slot], k, 8, NULL);
	return rc ? rc : delete(m, m->dbi[ENTRY][slot], k, 8, NULL);
}

const struct backend_ops lmdb_backend = {
	.begin = lmdb_begin,
	.end = lmdb_end,
	.next = lmdb_next,
	.postings = lmdb_postings,
	.entry = lmdb_entry,
	.find = lmdb_find,
	.claims = lmdb_claims,
	.insert = lmdb_insert,
	.replace = lmdb_replace,
	.put_claims = lmdb_put_claims,
	.remove = lmdb_remove,
	.expire = lmdb_expire,
	.flush = lmdb_flush,
	.free = lmdb_free,
};
