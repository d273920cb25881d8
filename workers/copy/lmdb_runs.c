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

/* Under a mark in a bucket the oldest half of POSTING_CAP is taken, and the newest: an article is mostly like its original
 * or like what came last, and under the marks of a common form many stand between. */
#define HALF_CAP (POSTING_CAP / 2)

/* Marks on their way through the runs of a bucket. */
struct look_up {
	const uint32_t *marks;
	uint32_t *hits; /* of each, in all runs of the bucket */
	size_t n, most;
	struct posted *found;
};

static int add_hits(struct look_up *l, const struct run_view *r, uint64_t first, uint32_t mark, uint32_t at, uint32_t n)
{
	if (n > l->most - l->found->n)
		return -E2BIG;
	for (uint32_t i = 0; i < n; i++) {
		int rc = posted_add(l->found, first + run_doc_at(r, at + i), &mark, 1);
		if (rc)
			return rc;
	}
	return 0;
}

/* The oldest, in one pass; memory answers late, so it is asked ahead. */
static int take_oldest(struct look_up *l, const struct run_view *r, uint64_t first)
{
	for (size_t i = 0; i < l->n && i < 2 * AHEAD; i++)
		run_prefetch_cell(r, run_key(l->marks[i]));
	for (size_t i = 0; i < l->n; i++) {
		uint32_t n, at, room = l->hits[i] < HALF_CAP ? HALF_CAP - l->hits[i] : 0;
		if (i + 2 * AHEAD < l->n)
			run_prefetch_cell(r, run_key(l->marks[i + 2 * AHEAD]));
		if (i + AHEAD < l->n)
			run_prefetch_keys(r, run_key(l->marks[i + AHEAD]));
		at = run_find(r, run_key(l->marks[i]), &n);
		if (n == 0)
			continue;
		l->hits[i] += n;
		int rc = add_hits(l, r, first, l->marks[i], at, n < room ? n : room);
		if (rc)
			return rc;
	}
	return 0;
}

/* The newest of a mark that has more hits than were taken, newest run first. */
static int take_newest(struct look_up *l, size_t i, const struct run_view *runs, size_t n_runs, uint64_t first)
{
	uint32_t left = l->hits[i] - HALF_CAP < HALF_CAP ? l->hits[i] - HALF_CAP : HALF_CAP;

	for (size_t k = n_runs; k-- > 0 && left > 0;) {
		uint32_t n, at = run_find(&runs[k], run_key(l->marks[i]), &n), take = n < left ? n : left;
		int rc = add_hits(l, &runs[k], first, l->marks[i], at + n - take, take);
		if (rc)
			return rc;
		left -= take;
	}
	return 0;
}

static int look_through(struct lmdb *m, struct look_up *l)
{
	for (size_t i = 0; i < m->buckets.n; i++) {
		const struct run_view *runs = m->runs.all + m->runs.begin[i];
		size_t n = m->runs.begin[i + 1] - m->runs.begin[i];
		uint64_t first = m->buckets.b[i].first;
		int rc = 0;
		memset(l->hits, 0, l->n * sizeof(*l->hits));
		for (size_t k = 0; k < n && rc == 0; k++)
			rc = take_oldest(l, &runs[k], first);
		for (size_t k = 0; k < l->n && rc == 0; k++)
			if (l->hits[k] > HALF_CAP)
				rc = take_newest(l, k, runs, n, first);
		if (rc)
			return rc;
	}
	return 0;
}

int lmdb_postings(void *b, uint32_t mark, uint64_t *docs, size_t *ret_n)
{
	struct lmdb *m = b;
	uint32_t hits;
	struct look_up l = { &mark, &hits, 1, POSTING_CAP * COPY_BUCKETS, &m->one };
	int rc = load(m);

	posted_reset(&m->one);
	if (rc || (rc = look_through(m, &l)))
		return rc;
	*ret_n = 0;
	posted_get(&m->one, mark, POSTING_CAP * COPY_BUCKETS, docs, ret_n);
	posted_get(&m->queue.marks, mark, POSTING_CAP * COPY_BUCKETS - *ret_n, docs, ret_n);
	return 0;
}

int lmdb_look_up(void *b, const struct posted *wanted, size_t most, struct posted *found)
{
	struct lmdb *m = b;
	int rc = load(m);

	if (rc || wanted->n == 0)
		return rc;
	buf_reset(&m->scratch);
	uint32_t *marks = buf_reserve(&m->scratch, 2 * wanted->n * sizeof(*marks));
	if (!marks)
		return -ENOMEM;
	struct look_up l = { marks, marks + wanted->n, 0, most, found };
	for (size_t i = 0; i < wanted->n; i++)
		if (i == 0 || wanted->all[i - 1].mark != wanted->all[i].mark)
			marks[l.n++] = wanted->all[i].mark;
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
