/* Entries, their states, what finds them by id, and their claims. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "workers/copy/lmdb.h"

/* copy.block.N: entries that were entered together, little-endian:
 *   0   4  entries
 *   4      where each ends, 4 bytes each, counted from the end of this table
 *   …      the entries (entry.c), each with a checksum of its own */
static uint32_t get_le32(const char *s)
{
	const uint8_t *p = (const uint8_t *)s;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* ---- the queue ---- */

void lmdb_queue_reset(struct queue *q)
{
	q->n = 0;
	buf_reset(&q->bytes);
	posted_reset(&q->marks);
}

void lmdb_queue_release(struct queue *q)
{
	buf_release(&q->bytes);
	free(q->ends);
	posted_release(&q->marks);
}

int lmdb_queue_add(struct queue *q, uint64_t doc, const struct backend_entry *e)
{
	if (q->n == q->room) {
		size_t room = q->room ? 2 * q->room : 64;
		uint32_t *grown = realloc(q->ends, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		q->ends = grown;
		q->room = room;
	}
	buf_str(&q->bytes, e->bytes);
	if (q->bytes.failed || q->bytes.len > UINT32_MAX)
		return -ENOMEM;
	if (q->n == 0)
		q->first = doc;
	q->ends[q->n++] = (uint32_t)q->bytes.len;
	return posted_add(&q->marks, doc, e->marks, e->n_marks);
}

int lmdb_put_block(struct lmdb *m)
{
	const struct queue *q = &m->queue;
	const struct bucket *b = lmdb_newest(m);
	uint8_t key[4];

	buf_reset(&m->scratch);
	buf_u32le(&m->scratch, (uint32_t)q->n);
	for (size_t i = 0; i < q->n; i++)
		buf_u32le(&m->scratch, q->ends[i]);
	buf_str(&m->scratch, buf_view(&q->bytes));
	if (m->scratch.failed)
		return -ENOMEM;
	put_be32(key, (uint32_t)(q->first - b->first));
	m->block.slot = -1;
	return lmdb_put(m, KIND_BLOCK, b->slot, key, sizeof(key), buf_view(&m->scratch));
}

/* ---- states ---- */

int lmdb_put_states(struct lmdb *m)
{
	uint8_t key[4];

	if (!m->states.dirty)
		return 0;
	put_be32(key, m->states.chunk);
	int rc = lmdb_put(m, KIND_STATE, (unsigned)m->states.slot, key, sizeof(key), (struct str){ (char *)m->states.b, STATE_CHUNK });
	if (rc == 0)
		m->states.dirty = false;
	return rc;
}

static int load_states(struct lmdb *m, unsigned slot, uint32_t chunk)
{
	uint8_t bytes[4];
	MDB_val key = { sizeof(bytes), bytes }, v;

	if (m->states.slot == (int)slot && m->states.chunk == chunk)
		return 0;
	int rc = lmdb_put_states(m);
	if (rc)
		return rc;
	put_be32(bytes, chunk);
	rc = store_errno(mdb_get(m->txn, m->dbi[KIND_STATE][slot], &key, &v));
	if (rc && rc != -ENOENT)
		return rc;
	if (rc == 0 && v.mv_size != STATE_CHUNK)
		return -EBADMSG;
	if (rc == 0)
		memcpy(m->states.b, v.mv_data, STATE_CHUNK);
	else
		memset(m->states.b, ENTRY_GONE, STATE_CHUNK);
	m->states.slot = (int)slot;
	m->states.chunk = chunk;
	return 0;
}

int lmdb_state(struct lmdb *m, const struct bucket *b, uint64_t doc, enum entry_state *ret)
{
	uint32_t at = (uint32_t)(doc - b->first);
	int rc = load_states(m, b->slot, at / STATE_CHUNK);

	if (rc)
		return rc;
	if (m->states.b[at % STATE_CHUNK] > ENTRY_PUBLISHED)
		return -EBADMSG;
	*ret = m->states.b[at % STATE_CHUNK];
	return 0;
}

int lmdb_set_state(struct lmdb *m, const struct bucket *b, uint64_t doc, enum entry_state state)
{
	uint32_t at = (uint32_t)(doc - b->first);
	int rc = load_states(m, b->slot, at / STATE_CHUNK);

	if (rc == 0) {
		m->states.b[at % STATE_CHUNK] = (uint8_t)state;
		m->states.dirty = true;
	}
	return rc;
}

/* ---- reading ---- */

int lmdb_block_open(struct lmdb_block *b, int slot, const MDB_val *key, const MDB_val *v)
{
	struct str s = { v->mv_data, v->mv_size };

	if (key->mv_size != 4 || s.len < 4)
		return -EBADMSG;
	uint32_t n = get_le32(s.data);
	if (s.len < 4 + 4 * (uint64_t)n)
		return -EBADMSG;
	*b = (struct lmdb_block){ slot, get_be32(key->mv_data), n, s };
	return 0;
}

/* The block an entry lies in, if it lies in one. */
static int block_of(struct lmdb *m, unsigned slot, uint32_t at)
{
	uint8_t bytes[4];
	MDB_val key = { sizeof(bytes), bytes }, v;
	MDB_cursor *cursor;

	if (m->block.slot == (int)slot && at >= m->block.first && at - m->block.first < m->block.n)
		return 0;
	int rc = mdb_cursor_open(m->txn, m->dbi[KIND_BLOCK][slot], &cursor);
	if (rc)
		return store_errno(rc);
	put_be32(bytes, at);
	rc = mdb_cursor_get(cursor, &key, &v, MDB_SET_RANGE);
	if (rc == MDB_NOTFOUND)
		rc = mdb_cursor_get(cursor, &key, &v, MDB_LAST);
	else if (rc == 0 && (key.mv_size != 4 || get_be32(key.mv_data) != at))
		rc = mdb_cursor_get(cursor, &key, &v, MDB_PREV);
	rc = rc ? store_errno(rc) : lmdb_block_open(&m->block, (int)slot, &key, &v);
	mdb_cursor_close(cursor);
	if (rc)
		m->block.slot = -1;
	else if (at < m->block.first || at - m->block.first >= m->block.n)
		rc = -ENOENT;
	return rc;
}

int lmdb_block_entry(const struct lmdb_block *b, uint32_t i, struct str *ret)
{
	size_t table = 4 + 4 * (size_t)b->n;
	uint32_t start = i ? get_le32(b->bytes.data + 4 * (size_t)i) : 0, end = get_le32(b->bytes.data + 4 + 4 * (size_t)i);

	if (start > end || table + end > b->bytes.len)
		return -EBADMSG;
	*ret = (struct str){ b->bytes.data + table + start, end - start };
	return 0;
}

int lmdb_entry(void *b, uint64_t doc, struct str *ret, enum entry_state *ret_state)
{
	struct lmdb *m = b;
	const struct queue *q = &m->queue;
	enum entry_state state;
	int i = buckets_of(&m->buckets, doc), rc;

	if (i == NO_BUCKET)
		return -ENOENT;
	const struct bucket *bucket = &m->buckets.b[i];
	uint32_t at = (uint32_t)(doc - bucket->first);
	if ((rc = lmdb_state(m, bucket, doc, &state)))
		return rc;
	if (state == ENTRY_GONE)
		return -ENOENT;
	if (q->n && doc >= q->first && doc - q->first < q->n) {
		size_t k = (size_t)(doc - q->first), start = k ? q->ends[k - 1] : 0;
		*ret = (struct str){ q->bytes.data + start, q->ends[k] - start };
	} else if ((rc = block_of(m, bucket->slot, at)) || (rc = lmdb_block_entry(&m->block, at - m->block.first, ret))) {
		return rc;
	}
	*ret_state = state;
	return 0;
}

int lmdb_claims(void *b, uint64_t doc, struct str *ret)
{
	struct lmdb *m = b;
	int i = buckets_of(&m->buckets, doc);
	uint8_t bytes[4];
	MDB_val key = { sizeof(bytes), bytes }, v;

	if (i == NO_BUCKET)
		return -ENOENT;
	put_be32(bytes, (uint32_t)(doc - m->buckets.b[i].first));
	int rc = store_errno(mdb_get(m->txn, m->dbi[KIND_CLAIM][m->buckets.b[i].slot], &key, &v));
	if (rc == 0)
		*ret = (struct str){ v.mv_data, v.mv_size };
	return rc;
}

int lmdb_find(void *b, const struct copy_key *k, uint64_t *ret_doc)
{
	struct lmdb *m = b;
	MDB_val key = { sizeof(k->b), (void *)k->b }, v;

	for (size_t i = m->buckets.n; i-- > 0;) {
		const struct bucket *bucket = &m->buckets.b[i];
		int rc = store_errno(mdb_get(m->txn, m->dbi[KIND_ID][bucket->slot], &key, &v));
		if (rc == -ENOENT)
			continue;
		if (rc == 0 && v.mv_size != 4)
			rc = -EBADMSG;
		if (rc == 0)
			*ret_doc = bucket->first + get_be32(v.mv_data);
		return rc;
	}
	return -ENOENT;
}
