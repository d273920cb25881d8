/* Runs of postings, and the LMDB backend that is made of them, held against a plain list. */
#include <errno.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#include "tests/unit/scratch.h"
#include "workers/copy/backend.h"
#include "workers/copy/run.h"

#define DAY_MS 86400000ull
#define NOON (1700000000000ull)

static uint64_t seed = 42;

static uint32_t draw(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

static int by_key(const void *x, const void *y)
{
	const struct run_posting *a = x, *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->doc < b->doc ? -1 : a->doc > b->doc;
}

/* n entries from first on with three marks each, of which there are few, so that they meet. */
static uint32_t some_postings(struct run_posting *p, uint32_t first, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < 3; k++)
			p[3 * i + k] = (struct run_posting){ run_key(1000 * k + draw(900)), first + i };
	qsort(p, 3 * n, sizeof(*p), by_key);
	return 3 * n;
}

static void expect_postings(const struct run_view *r, const struct run_posting *p, uint32_t n)
{
	cr_assert_eq(r->n, n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t hits, at = run_find(r, p[i].key, &hits);
		cr_assert(at <= i && i < at + hits, "a key finds its place");
		cr_assert(at == 0 || p[at - 1].key < p[i].key);
		cr_assert(at + hits == n || p[at + hits].key > p[i].key);
		cr_assert_eq(run_key_at(r, i), p[i].key);
		cr_assert_eq(run_doc_at(r, i), p[i].doc);
	}
}

Test(run, gives_back_what_was_written)
{
	static const uint32_t sizes[] = { 1, 2, 5, 6, 100, 5000, 60000 };

	for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		uint32_t n = sizes[k];
		struct run_posting *p = calloc(3 * n, sizeof(*p));
		struct run_view r;
		struct buf b;
		buf_init(&b, 0);
		n = some_postings(p, 77, n);
		run_write(&b, p, n, 77, 77 + sizes[k]);
		cr_assert_eq(run_open(buf_view(&b), &r), 0);
		cr_assert_eq(run_check(buf_view(&b)), 0);
		cr_expect_eq(r.first, 77);
		cr_expect_eq(r.behind, 77 + sizes[k]);
		expect_postings(&r, p, n);
		buf_release(&b);
		free(p);
	}
}

Test(run, may_be_empty)
{
	struct run_view r;
	struct buf b;
	uint32_t hits;

	buf_init(&b, 0);
	run_write(&b, NULL, 0, 5, 9);
	cr_assert_eq(run_open(buf_view(&b), &r), 0);
	(void)run_find(&r, 12345, &hits);
	cr_expect_eq(hits, 0);
	buf_release(&b);
}

Test(run, merged_is_the_run_of_all_less_who_left)
{
	enum { RUNS = 5, EACH = 700 };
	struct run_posting *all = calloc(3 * RUNS * EACH, sizeof(*all)), *kept = calloc(3 * RUNS * EACH, sizeof(*kept));
	struct run_view views[RUNS], merged;
	struct buf bytes[RUNS], out;
	uint8_t gone[RUNS * EACH] = { 0 };
	uint32_t n = 0, n_kept = 0;

	for (uint32_t i = 0; i < RUNS; i++) {
		uint32_t m = some_postings(all + n, 10 + EACH * i, EACH);
		buf_init(&bytes[i], 0);
		run_write(&bytes[i], all + n, m, 10 + EACH * i, 10 + EACH * (i + 1));
		cr_assert_eq(run_open(buf_view(&bytes[i]), &views[i]), 0);
		n += m;
	}
	for (uint32_t i = 0; i < RUNS * EACH; i++)
		gone[i] = draw(3) == 0;
	qsort(all, n, sizeof(*all), by_key);
	for (uint32_t i = 0; i < n; i++)
		if (!gone[all[i].doc - 10])
			kept[n_kept++] = all[i];
	buf_init(&out, 0);
	run_merge(&out, views, RUNS, gone);
	cr_assert_eq(run_open(buf_view(&out), &merged), 0);
	cr_assert_eq(run_check(buf_view(&out)), 0);
	cr_expect_eq(merged.first, 10);
	cr_expect_eq(merged.behind, 10 + EACH * RUNS);
	expect_postings(&merged, kept, n_kept);
	for (uint32_t i = 0; i < RUNS; i++)
		buf_release(&bytes[i]);
	buf_release(&out);
	free(all);
	free(kept);
}

/* Opening looks at the form, checking at everything; neither reads beyond the bytes. */
Test(run, damage_is_found)
{
	struct run_posting p[300];
	struct run_view r;
	struct buf b;
	uint32_t n = some_postings(p, 0, 100);

	buf_init(&b, 0);
	run_write(&b, p, n, 0, 100);
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] ^= 0x15;
		cr_expect_eq(run_check(buf_view(&b)), -EBADMSG, "byte %zu", i);
		if (run_open(buf_view(&b), &r) == 0) {
			for (uint32_t key = 0; key < 64; key++) {
				uint32_t hits, at = run_find(&r, key << 26, &hits);
				cr_expect(hits == 0 || at + hits <= r.n);
			}
		}
		b.data[i] ^= 0x15;
		char *cut = malloc(i ? i : 1);
		memcpy(cut, b.data, i);
		cr_expect_eq(run_open((struct str){ cut, i }, &r), -EBADMSG);
		free(cut);
	}
	buf_release(&b);
}

/* ---- the backends against each other ---- */

static void *lmdb, *memory;
static struct store *store;

static void setup(void)
{
	struct err err;

	scratch_make();
	cr_assert_eq(store_open(scratch_path("state"), 256 << 20, false, &store, &err), 0, "%s", err.text);
	cr_assert_eq(lmdb_backend_open(store, 5 * DAY_MS, &lmdb, &err), 0, "%s", err.text);
	memory = memory_backend_new(5 * DAY_MS);
}

static void teardown(void)
{
	lmdb_backend.free(lmdb);
	memory_backend.free(memory);
	store_close(&store);
	scratch_remove();
}

TestSuite(backends, .init = setup, .fini = teardown);

enum { MARKS = 400, MOST = 20 };

static struct copy_key key_of(uint64_t i)
{
	struct copy_key k = { { 0 } };

	memcpy(k.b, &i, sizeof(i));
	return k;
}

static void insert_both(uint64_t i, uint64_t arrival_ms)
{
	char text[64];
	uint32_t marks[MOST], n = draw(MOST);
	struct copy_key key = key_of(i);

	for (uint32_t k = 0; k < n; k++)
		marks[k] = k * 0x1000193u + draw(MARKS / MOST); /* each once */
	struct backend_entry e = { arrival_ms, ENTRY_PENDING, { text, (size_t)snprintf(text, sizeof(text), "entry %llu", (unsigned long long)i) },
				   marks, n, &key, 1 };
	cr_assert_eq(lmdb_backend.next(lmdb), memory_backend.next(memory));
	cr_assert_eq(lmdb_backend.insert(lmdb, &e), 0);
	cr_assert_eq(memory_backend.insert(memory, &e), 0);
}

static void expect_same_entry(uint64_t doc)
{
	enum entry_state a, b;
	struct str s, t;
	int rc = memory_backend.entry(memory, doc, &t, &b);

	cr_assert_eq(lmdb_backend.entry(lmdb, doc, &s, &a), rc, "entry %llu", (unsigned long long)doc);
	if (rc == 0)
		cr_assert(a == b && str_eq(s, t), "entry %llu", (unsigned long long)doc);
}

/* Those under a mark that have not left. */
static size_t living(const struct backend_ops *ops, void *b, uint32_t mark, uint64_t *ret)
{
	uint64_t docs[POSTING_CAP * COPY_BUCKETS];
	size_t n, kept = 0;
	enum entry_state state;
	struct str bytes;

	cr_assert_eq(ops->postings(b, mark, docs, &n), 0);
	for (size_t i = 0; i < n; i++)
		if (ops->entry(b, docs[i], &bytes, &state) == 0)
			ret[kept++] = docs[i];
	return kept;
}

static void expect_same_postings(void)
{
	uint64_t a[POSTING_CAP * COPY_BUCKETS], b[POSTING_CAP * COPY_BUCKETS];

	for (uint32_t k = 0; k < MOST; k++) {
		for (uint32_t j = 0; j < MARKS / MOST; j++) {
			uint32_t mark = k * 0x1000193u + j;
			size_t n = living(&lmdb_backend, lmdb, mark, a), m = living(&memory_backend, memory, mark, b);
			cr_assert(n == m, "mark %u: %zu, %zu", mark, n, m);
			cr_assert_arr_eq(a, b, m * sizeof(*a));
		}
	}
}

static void round_of_writes(uint64_t *next, uint64_t arrival_ms, unsigned n)
{
	struct store_txn t;
	uint64_t doc;

	cr_assert_eq(store_write(store, &t), 0);
	cr_assert_eq(lmdb_backend.begin(lmdb, &t), 0);
	for (unsigned i = 0; i < n; i++)
		insert_both((*next)++, arrival_ms);
	for (unsigned i = 0; i < n / 2; i++) {
		struct copy_key key = key_of(1 + draw((uint32_t)*next));
		int rc = memory_backend.find(memory, &key, &doc);
		cr_assert_eq(lmdb_backend.find(lmdb, &key, &doc), rc);
		if (rc)
			continue;
		if (draw(2)) {
			cr_assert_eq(lmdb_backend.publish(lmdb, doc), 0);
			cr_assert_eq(memory_backend.publish(memory, doc), 0);
		} else {
			cr_assert_eq(lmdb_backend.remove(lmdb, doc, &key, 1), 0);
			cr_assert_eq(memory_backend.remove(memory, doc, &key, 1), 0);
		}
	}
	cr_assert_eq(lmdb_backend.flush(lmdb), 0);
	lmdb_backend.end(lmdb);
	cr_assert_eq(store_commit(&t), 0);
}

/* Batches of all sizes over more days than the window holds: merges, buckets opened and dropped, entries that leave. */
Test(backends, agree_on_everything)
{
	uint64_t next = 1;

	for (unsigned round = 0; round < 300; round++) {
		round_of_writes(&next, NOON + round * DAY_MS / 30, 1 + draw(round % 7 ? 4 : 60));
		if (round % 20)
			continue;
		cr_assert_eq(lmdb_backend.begin(lmdb, NULL), 0);
		for (uint64_t doc = 1; doc < next; doc++)
			expect_same_entry(doc);
		expect_same_postings();
		lmdb_backend.end(lmdb);
	}
	cr_expect_gt(next, 1000);
}

/* What look_up finds for many marks at once is what postings finds for each. */
Test(backends, look_up_many_at_once)
{
	uint64_t next = 1, a[POSTING_CAP * COPY_BUCKETS], b[POSTING_CAP * COPY_BUCKETS];
	struct posted wanted, found;

	posted_init(&wanted);
	posted_init(&found);
	for (unsigned round = 0; round < 40; round++)
		round_of_writes(&next, NOON + round * DAY_MS / 8, 30);
	for (uint32_t k = 0; k < MOST; k++)
		for (uint32_t j = 0; j <= MARKS / MOST; j++)
			cr_assert_eq(posted_add(&wanted, 1 + j % 2, (uint32_t[]){ k * 0x1000193u + j, k * 0x1000193u + j }, 2), 0);
	cr_assert_eq(posted_sort(&wanted), 0);
	cr_assert_eq(lmdb_backend.begin(lmdb, NULL), 0);
	cr_expect_eq(lmdb_backend.look_up(lmdb, &wanted, 10, &found), -E2BIG);
	posted_reset(&found);
	cr_assert_eq(lmdb_backend.look_up(lmdb, &wanted, 1 << 20, &found), 0);
	for (size_t i = 0; i < wanted.n; i++) {
		size_t n, m = 0;
		cr_assert_eq(lmdb_backend.postings(lmdb, wanted.all[i].mark, a, &n), 0);
		posted_get(&found, wanted.all[i].mark, POSTING_CAP * COPY_BUCKETS, b, &m);
		cr_assert_eq(n, m);
		cr_assert_arr_eq(a, b, n * sizeof(*a));
	}
	lmdb_backend.end(lmdb);
	posted_release(&wanted);
	posted_release(&found);
}

/* Under a mark of which there are many stand the oldest and the newest. */
Test(backends, a_flood_leaves_both_ends)
{
	enum { EACH = 10, ROUNDS = 20 };
	uint64_t docs[POSTING_CAP * COPY_BUCKETS], next = 1;
	size_t n;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct store_txn t;
		cr_assert_eq(store_write(store, &t), 0);
		cr_assert_eq(lmdb_backend.begin(lmdb, &t), 0);
		for (unsigned i = 0; i < EACH; i++, next++) {
			struct copy_key key = key_of(next);
			struct backend_entry e = { NOON, ENTRY_PUBLISHED, STR("x"), (uint32_t[]){ 99 }, 1, &key, 1 };
			cr_assert_eq(lmdb_backend.insert(lmdb, &e), 0);
			cr_assert_eq(memory_backend.insert(memory, &e), 0);
		}
		cr_assert_eq(lmdb_backend.flush(lmdb), 0);
		lmdb_backend.end(lmdb);
		cr_assert_eq(store_commit(&t), 0);
	}
	for (int k = 0; k < 2; k++) {
		const struct backend_ops *ops = k ? &memory_backend : &lmdb_backend;
		void *b = k ? memory : lmdb;
		uint64_t sum = 0, want = 0;
		cr_assert_eq(ops->begin(b, NULL), 0);
		cr_assert_eq(ops->postings(b, 99, docs, &n), 0);
		cr_assert_eq(n, POSTING_CAP);
		for (size_t i = 0; i < n; i++)
			sum += docs[i];
		for (uint64_t i = 1; i <= POSTING_CAP / 2; i++)
			want += i + (EACH * ROUNDS + 1 - i);
		cr_expect_eq(sum, want, "the first and the last %d", POSTING_CAP / 2);
		ops->end(b);
	}
}
