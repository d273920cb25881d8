/* Postings: runs in copy.run.N, found, added and merged. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "workers/copy/lmdb.h"

/* Runs of one size merge when they are so many: fewer make look-ups quicker and commits dearer. */
#define FANOUT 6
#define SMALL_POSTINGS 256
#define AHEAD 8 /* looked up: memory answers late */

static int runs_room(struct runs *r, size_t want)
{
	size_t n = r->room ? r->room : 64;

	if (want <= r->room)
		return 0;
	while (n < want)
		n *= 2;
	struct run_view *grown = realloc(r->all, n * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	r->all = grown;
	r->room = n;
	return 0;
}

static int load_bucket(struct lmdb *m, unsigned slot)
{
	MDB_cursor *cursor;
	MDB_val key, v;
	int rc = mdb_cursor_open(m->txn, m->dbi[KIND_RUN][slot], &cursor);

	if (rc)
		return store_errno(rc);
	rc = mdb_cursor_get(cursor, &key, &v, MDB_FIRST);
	while (rc == 0) {
		int bad = runs_room(&m->runs, m->runs.n + 1);
		if (bad == 0)
			bad = run_open((struct str){ v.mv_data, v.mv_size }, &m->runs.all[m->runs.n]);
		if (bad == 0 && (key.mv_size != 4 || get_be32(key.mv_data) != m->runs.all[m->runs.n].first))
			bad = -EBADMSG;
		if (bad) {
			mdb_cursor_close(cursor);
			return bad;
		}
		m->runs.n++;
		rc = mdb_cursor_get(cursor, &key, &v, MDB_NEXT);
	}
	mdb_cursor_close(cursor);
	return rc == MDB_NOTFOUND ? 0 : store_errno(rc);
}

static int load(struct lmdb *m)
{
	struct runs *r = &m->runs;

	if (r->loaded)
		return 0;
	r->n = 0;
	for (size_t i = 0; i < m->buckets.n; i++) {
		r->begin[i] = r->n;
		int rc = load_bucket(m, m->buckets.b[i].slot);
		if (rc)
			return rc;
	}
	r->begin[m->buckets.n] = r->n;
	r->loaded = true;
	return 0;
}

/* ---- look-up ---- */

/* The postings of a key in a run: from ret to the end of those that are equal; n of them. */
static uint32_t find(const struct run_view *r, uint32_t key, uint32_t *ret_n)
{
	uint32_t lo, hi, end;

	run_cell(r, key, &lo, &hi);
	while (lo < hi && run_key_at(r, lo) < key)
		lo++;
	for (end = lo; end < hi && run_key_at(r, end) == key;)
		end++;
	*ret_n = end - lo;
	return lo;
}

int lmdb_postings(void *b, uint32_t mark, uint64_t *docs, size_t *ret_n)
{
	struct lmdb *m = b;
	size_t n = 0;
	int rc = load(m);

	if (rc)
		return rc;
	for (size_t i = 0; i < m->buckets.n; i++) {
		size_t left = POSTING_CAP;
		for (size_t k = m->runs.begin[i]; k < m->runs.begin[i + 1]; k++) {
			const struct run_view *r = &m->runs.all[k];
			uint32_t hits, at = find(r, run_key(mark), &hits);
			for (; hits && left; hits--, left--)
				docs[n++] = m->buckets.b[i].first + run_doc_at(r, at++);
		}
		if (i + 1 == m->buckets.n)
			posted_get(&m->queue.marks, mark, left, docs, &n);
	}
	*ret_n = n;
	return 0;
}

/* Marks on their way through the runs. */
struct look_up {
	const uint32_t *marks;
	uint8_t *taken; /* of each, in this bucket */
	size_t n, most;
	struct posted *found;
};

static int look_in(struct look_up *l, const struct run_view *r, uint64_t first)
{
	for (size_t i = 0; i < l->n && i < 2 * AHEAD; i++)
		run_prefetch_cell(r, run_key(l->marks[i]));
	for (size_t i = 0; i < l->n; i++) {
		uint32_t hits, at;
		if (i + 2 * AHEAD < l->n)
			run_prefetch_cell(r, run_key(l->marks[i + 2 * AHEAD]));
		if (i + AHEAD < l->n)
			run_prefetch_keys(r, run_key(l->marks[i + AHEAD]));
		at = find(r, run_key(l->marks[i]), &hits);
		for (; hits && l->taken[i] < POSTING_CAP; hits--, l->taken[i]++) {
			if (l->found->n == l->most)
				return -E2BIG;
			int rc = posted_add(l->found, first + run_doc_at(r, at++), &l->marks[i], 1);
			if (rc)
				return rc;
		}
	}
	return 0;
}

static int look_through(struct lmdb *m, struct look_up *l)
{
	for (size_t i = 0; i < m->buckets.n; i++) {
		memset(l->taken, 0, l->n);
		for (size_t k = m->runs.begin[i]; k < m->runs.begin[i + 1]; k++) {
			int rc = look_in(l, &m->runs.all[k], m->buckets.b[i].first);
			if (rc)
				return rc;
		}
	}
	return 0;
}

int lmdb_look_up(void *b, const struct posted *wanted, size_t most, struct posted *found)
{
	struct lmdb *m = b;
	int rc = load(m);

	if (rc || wanted->n == 0)
		return rc;
	buf_reset(&m->scratch);
	uint32_t *marks = buf_reserve(&m->scratch, wanted->n * (sizeof(*marks) + 1));
	if (!marks)
		return -ENOMEM;
	struct look_up l = { marks, NULL, 0, most, found };
	for (size_t i = 0; i < wanted->n; i++)
		if (i == 0 || wanted->all[i - 1].mark != wanted->all[i].mark)
			marks[l.n++] = wanted->all[i].mark;
	l.taken = (uint8_t *)(marks + l.n);
	return look_through(m, &l);
}

/* ---- writing ---- */

static int sorted_room(struct lmdb *m, size_t want)
{
	if (want <= m->sorted_room)
		return 0;
	struct run_posting *grown = realloc(m->sorted, want * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	m->sorted = grown;
	m->sorted_room = want;
	return 0;
}

static int put_run(struct lmdb *m, unsigned slot, uint32_t first)
{
	uint8_t key[4];

	if (m->scratch.failed)
		return -ENOMEM;
	put_be32(key, first);
	m->runs.loaded = false;
	return lmdb_put(m, KIND_RUN, slot, key, sizeof(key), buf_view(&m->scratch));
}

int lmdb_put_run(struct lmdb *m)
{
	const struct bucket *b = lmdb_newest(m);
	struct queue *q = &m->queue;
	uint32_t first = (uint32_t)(q->first - b->first);
	int rc = sorted_room(m, q->marks.n);

	if (rc || (rc = posted_sort(&q->marks)))
		return rc;
	for (size_t i = 0; i < q->marks.n; i++)
		m->sorted[i] = (struct run_posting){ run_key(q->marks.all[i].mark), (uint32_t)(q->marks.all[i].doc - b->first) };
	buf_reset(&m->scratch);
	run_write(&m->scratch, m->sorted, (uint32_t)q->marks.n, first, first + (uint32_t)q->n);
	return put_run(m, b->slot, first);
}

static unsigned tier(uint32_t postings)
{
	unsigned t = 0;

	for (uint64_t size = SMALL_POSTINGS; postings > size; size *= FANOUT)
		t++;
	return t;
}

/* How many of the runs from r on fit into one. */
static size_t fitting(const struct run_view *r, size_t n)
{
	uint32_t postings = 0;
	size_t k = 0;

	while (k < n && k < RUN_MERGE && r[k].behind - r[0].first <= RUN_DOCS && r[k].n <= RUN_POSTINGS - postings)
		postings += r[k++].n;
	return k;
}

/* The first of the runs from start to end that can be merged with the next ones; how many, or 0. */
static size_t mergeable(const struct run_view *r, size_t start, size_t end, size_t *ret_at)
{
	for (size_t i = start; i + 1 < end; i++) {
		size_t k = fitting(r + i, end - i);
		if (k > 1) {
			*ret_at = i;
			return k;
		}
	}
	return 0;
}

/* Runs to merge, or 0. A run counts as large as the largest behind it, so that none stays small between larger ones. In a bucket
 * that takes no more entries all merge that may. */
static size_t choose(const struct run_view *r, size_t n, bool newest, size_t *ret_at)
{
	size_t start = n, k;

	if (!newest)
		return mergeable(r, 0, n, ret_at);
	for (unsigned level = 0; start > 0;) {
		size_t end = start;
		if (tier(r[start - 1].n) > level)
			level = tier(r[start - 1].n);
		while (start > 0 && tier(r[start - 1].n) <= level)
			start--;
		if (end - start >= FANOUT && (k = mergeable(r, start, end, ret_at)))
			return k;
	}
	return 0;
}

static int gone_of(struct lmdb *m, const struct bucket *b, uint32_t first, uint32_t n, uint8_t *ret)
{
	for (uint32_t i = 0; i < n; i++) {
		enum entry_state state;
		int rc = lmdb_state(m, b, b->first + first + i, &state);
		if (rc)
			return rc;
		ret[i] = state == ENTRY_GONE;
	}
	return 0;
}

static int merge(struct lmdb *m, const struct bucket *b, const struct run_view *r, size_t n)
{
	uint32_t docs = r[n - 1].behind - r[0].first, firsts[RUN_MERGE];
	uint8_t *gone = malloc(docs ? docs : 1), key[4];

	if (!gone)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		firsts[i] = r[i].first;
	int rc = gone_of(m, b, r[0].first, docs, gone);
	buf_reset(&m->scratch);
	if (rc == 0)
		run_merge(&m->scratch, r, n, gone);
	free(gone);
	for (size_t i = 1; i < n && rc == 0; i++) {
		put_be32(key, firsts[i]);
		rc = lmdb_delete(m, KIND_RUN, b->slot, key, sizeof(key));
	}
	return rc ? rc : put_run(m, b->slot, firsts[0]);
}

int lmdb_merge_runs(struct lmdb *m)
{
	int rc = load(m);

	for (size_t i = m->buckets.n; i-- > 0 && rc == 0;) {
		const struct run_view *r = m->runs.all + m->runs.begin[i];
		size_t at, n = choose(r, m->runs.begin[i + 1] - m->runs.begin[i], i + 1 == m->buckets.n, &at);
		if (n)
			return merge(m, &m->buckets.b[i], r + at, n);
	}
	return rc;
}
