/* Both backends through the same cases; then what only the one on disk can do. */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/copy_fixture.h"
#include "tests/unit/scratch.h"
#include "workers/copy/entry.h"
#include "workers/copy/private.h"

static struct arena *arena;
static struct store *store; /* NULL: in memory */
static struct copy_index *x;
static const struct copy_config config = { 96 * HOUR, HOUR };

static void open_index(void)
{
	struct err err = { 0 };

	cr_assert_eq(store_open(scratch_path("state"), 64 << 20, false, &store, &err), 0, "%s", err.text);
	cr_assert_eq(copy_index_open(store, &config, &x, &err), 0, "%s", err.text);
}

static void close_index(void)
{
	copy_index_free(&x);
	store_close(&store);
}

static void setup_memory(void)
{
	arena = arena_new(64 << 20);
	x = copy_index_new(&config);
}

static void setup_lmdb(void)
{
	arena = arena_new(64 << 20);
	scratch_make();
	open_index();
}

static void teardown_memory(void)
{
	copy_index_free(&x);
	arena_free(&arena);
}

static void teardown_lmdb(void)
{
	close_index();
	scratch_remove();
	arena_free(&arena);
}

TestSuite(memory, .init = setup_memory, .fini = teardown_memory);
TestSuite(lmdb, .init = setup_lmdb, .fini = teardown_lmdb);

#define BOTH(name)                 \
	static void name(void);    \
	Test(memory, name) { name(); } \
	Test(lmdb, name) { name(); }   \
	static void name(void)

static void write_begin(struct store_txn *t)
{
	if (store)
		cr_assert_eq(store_write(store, t), 0);
}

static void write_end(struct store_txn *t)
{
	if (store)
		cr_assert_eq(store_commit(t), 0);
}

static void judge(struct copy_item *items, size_t n)
{
	cr_assert_eq(copy_index_judge(x, items, n), 0);
}

static void reserve(struct copy_item *items, size_t n)
{
	struct store_txn t;

	write_begin(&t);
	cr_assert_eq(copy_index_reserve(x, &t, items, n), 0);
	write_end(&t);
}

static void settle(const struct copy_item *item, bool published, const struct copy_claim *claims, size_t n)
{
	struct store_txn t;

	write_begin(&t);
	cr_assert_eq(copy_index_settle(x, &t, &item->id, published, claims, n), 0);
	write_end(&t);
}

static void expire(uint64_t now_ms)
{
	struct store_txn t;

	write_begin(&t);
	cr_assert_eq(copy_index_expire(x, &t, now_ms), 0);
	write_end(&t);
}

static struct copy_item item_at(const char *text, uint64_t time_ms)
{
	return copy_item(arena, NULL, text, time_ms);
}

static struct copy_item item(const char *text)
{
	return item_at(text, NOON);
}

static void enter(struct copy_item *it)
{
	judge(it, 1);
	reserve(it, 1);
}

static struct copy_item published(const char *text)
{
	struct copy_item it = item(text);

	enter(&it);
	cr_assert(!it.must_wait);
	settle(&it, true, NULL, 0);
	return it;
}

BOTH(a_pending_original_makes_others_wait)
{
	struct copy_item a = item(PORT), b = item(PORT_1 "\n\n" PORT_2), c = item(FARM);

	enter(&a);
	cr_expect_eq(a.verdict.kind, VERDICT_ORIGINAL);
	enter(&b);
	cr_expect(b.must_wait);
	cr_expect_eq(ulid_cmp(&b.wait_for, &a.id), 0);
	enter(&c);
	cr_expect(!c.must_wait, "no kin of theirs");
	settle(&a, true, NULL, 0);
	enter(&b);
	cr_expect(!b.must_wait);
	cr_expect_eq(b.verdict.kind, VERDICT_CONTAINED);
	cr_expect(str_eq(b.verdict.of, a.article_id));
}

BOTH(an_abandoned_original_covers_nothing)
{
	struct copy_item a = item(PORT), b = item(PORT);

	enter(&a);
	settle(&a, false, NULL, 0);
	settle(&a, false, NULL, 0);
	enter(&b);
	cr_expect(!b.must_wait);
	cr_expect_eq(b.verdict.kind, VERDICT_ORIGINAL);
	struct copy_item unknown = item(FARM);
	settle(&unknown, true, NULL, 0);
	enter(&unknown);
	cr_expect_eq(unknown.verdict.kind, VERDICT_ORIGINAL);
}

BOTH(within_a_batch_the_first_is_the_original)
{
	struct copy_item batch[4] = { item(PORT), item(FARM), item(PORT), item(PORT_2 "\n\n" PORT_4) };

	judge(batch, 4);
	reserve(batch, 4);
	for (int i = 0; i < 4; i++)
		cr_expect(!batch[i].must_wait);
	cr_expect_eq(batch[0].verdict.kind, VERDICT_ORIGINAL);
	cr_expect_eq(batch[1].verdict.kind, VERDICT_ORIGINAL);
	cr_expect_eq(batch[2].verdict.kind, VERDICT_EXACT);
	cr_expect(str_eq(batch[2].verdict.of, batch[0].article_id));
	cr_expect_eq(batch[3].verdict.kind, VERDICT_CONTAINED);
}

BOTH(what_came_after_the_snapshot_is_seen)
{
	struct copy_item a = item(PORT), b = item(PORT);

	/* As two workers would: the second looks before the first has entered. */
	judge(&b, 1);
	cr_expect_eq(b.verdict.kind, VERDICT_ORIGINAL);
	struct copy_index *mine = x;
	struct err err;
	struct copy_index *other = NULL;
	if (store) {
		cr_assert_eq(copy_index_open(store, &config, &other, &err), 0);
		x = other;
	}
	enter(&a);
	x = mine;
	reserve(&b, 1);
	cr_expect(b.must_wait);
	cr_expect_eq(ulid_cmp(&b.wait_for, &a.id), 0);
	copy_index_free(&other);
}

/* 20 words and more of a text that is no copy otherwise, entered after the snapshot or before it in the same batch. */
BOTH(a_run_that_came_after_the_snapshot_is_seen)
{
	struct copy_item a = published(PORT), batch[3] = { item(FARM), item(PORT_5 "\n\n" FARM_2), item("Nobody was hurt, according to the shipping company, which has "
		"said nothing about the loans without interest that growers in another valley had asked for in a letter to the minister last week.") };

	judge(batch, 3);
	cr_assert_eq(batch[1].verdict.n_passages, 1, "of the port only");
	reserve(batch, 3);
	cr_assert_eq(batch[1].verdict.n_passages, 2);
	cr_expect(str_eq(batch[1].verdict.passages[0].other_article_id, a.article_id));
	cr_expect(str_eq(batch[1].verdict.passages[1].other_article_id, batch[0].article_id));
	cr_expect_eq(batch[2].verdict.kind, VERDICT_ORIGINAL, "set phrases say nothing");
	cr_expect_eq(batch[2].verdict.n_passages, 0);
}

BOTH(an_id_twice_in_a_batch_leaves_one_entry)
{
	struct copy_item batch[3] = { item(PORT), item(FARM), item(PORT) };

	batch[2].id = batch[0].id;
	batch[2].article_id = batch[0].article_id;
	judge(batch, 3);
	reserve(batch, 3);
	cr_expect_eq(batch[2].verdict.kind, VERDICT_ORIGINAL, "it does not match itself");
	settle(&batch[0], false, NULL, 0);
	struct copy_item after = item(PORT), farm = item(FARM);
	enter(&after);
	cr_expect(!after.must_wait);
	cr_expect_eq(after.verdict.kind, VERDICT_ORIGINAL);
	enter(&farm);
	cr_expect(farm.must_wait, "the marks of the other are there");
}

BOTH(a_wait_that_is_over_when_it_comes_to_entering)
{
	struct copy_item a = item(PORT), b = item(PORT);

	enter(&a);
	judge(&b, 1);
	cr_expect(b.must_wait);
	settle(&a, true, NULL, 0);
	reserve(&b, 1);
	cr_expect(!b.must_wait);
	cr_expect_eq(b.verdict.kind, VERDICT_EXACT);
}

BOTH(redelivery_replaces_its_own_entry)
{
	struct copy_item a = item(PORT), b = item(PORT);

	enter(&a);
	enter(&a);
	cr_expect(!a.must_wait);
	cr_expect_eq(a.verdict.kind, VERDICT_ORIGINAL, "it does not match itself");
	settle(&a, false, NULL, 0);
	enter(&b);
	cr_expect_eq(b.verdict.kind, VERDICT_ORIGINAL, "nothing was left of either");
	/* Two of a batch that died, delivered again together: the order of the new batch holds. */
	struct copy_item pair[2] = { item(FARM), item(FARM) };
	judge(pair, 2);
	reserve(pair, 2);
	struct copy_item again[2] = { pair[1], pair[0] };
	judge(again, 2);
	reserve(again, 2);
	cr_expect(!again[0].must_wait && !again[1].must_wait);
	cr_expect_eq(again[0].verdict.kind, VERDICT_ORIGINAL);
	cr_expect_eq(again[1].verdict.kind, VERDICT_EXACT);
}

BOTH(two_that_were_pending_never_wait_for_each_other)
{
	struct copy_item pair[2] = { item(PORT), item(PORT "\n\nThe owner of the ship could not be reached.") };

	judge(pair, 2);
	reserve(pair, 2);
	cr_expect_eq(pair[1].verdict.kind, VERDICT_NEAR);
	enter(&pair[1]);
	cr_expect(pair[1].must_wait);
	enter(&pair[0]);
	cr_expect(!pair[0].must_wait, "the one that waits holds nobody up");
	settle(&pair[0], true, NULL, 0);
	enter(&pair[1]);
	cr_expect_eq(pair[1].verdict.kind, VERDICT_NEAR);
}

BOTH(a_published_copy_is_worth_more_than_a_wait)
{
	struct copy_item a = published(PORT), b = item(PORT " One more sentence was added at the end of this text."), c = item(PORT_1 "\n\n" PORT_2 "\n\n" PORT_3);

	enter(&b);
	cr_expect_eq(b.verdict.kind, VERDICT_NEAR);
	enter(&c);
	cr_expect(!c.must_wait);
	cr_expect(str_eq(c.verdict.of, a.article_id));
}

BOTH(buckets_behind_the_window_are_dropped)
{
	struct copy_item a = published(PORT), old;

	for (int i = 1; i <= 12; i++) {
		char text[200];
		(void)snprintf(text, sizeof(text), "Report number %d says that village %d has built a school with %d rooms and %d windows this year already", i, i * 3,
			       i * 5, i * 7);
		struct copy_item it = item_at(text, NOON + (uint64_t)i * 20 * HOUR);
		enter(&it);
		settle(&it, true, NULL, 0);
	}
	/* Its article time says it belongs to the window of the first, which is gone. */
	old = item_at(PORT, NOON + HOUR);
	old.arrival_ms = NOON + 245 * HOUR;
	enter(&old);
	cr_expect_eq(old.verdict.kind, VERDICT_ORIGINAL);
	settle(&a, true, NULL, 0);
	struct copy_item b = item_at(PORT, NOON + HOUR);
	b.arrival_ms = NOON + 245 * HOUR;
	settle(&old, true, NULL, 0);
	enter(&b);
	cr_expect_eq(b.verdict.kind, VERDICT_EXACT);
	settle(&b, false, NULL, 0);
	expire(NOON + 1000 * HOUR);
	struct copy_item c = item_at(PORT, NOON + 2 * HOUR);
	c.arrival_ms = NOON + 1000 * HOUR;
	enter(&c);
	cr_expect_eq(c.verdict.kind, VERDICT_ORIGINAL);
}

BOTH(claims_stand_again_in_copies)
{
	struct copy_item a = item("HARLOW - " PORT);
	const char *said = "340 tonnes of fuel oil had been pumped out";
	struct copy_claim claims[3] = {
		{ STR("claim-1"), copy_find(a.text, said) },
		{ STR("claim-2"), copy_find(a.text, "Twelve sailors were taken off the ship by helicopter") },
		{ STR("claim-3"), copy_find(a.text, "closed on Monday") },
	};
	char with_id[64];
	(void)snprintf(with_id, sizeof(with_id), "%.*s-1234", STR_ARGS(a.article_id));
	claims[0].id = str_of(with_id);
	enter(&a);
	settle(&a, true, claims, 3);
	struct copy_item b = item("Something of our own comes first.\n\n" PORT_2 "\n\nHarbour master Edith Crane told reporters that\n340 tonnes of fuel\noil had "
				  "been pumped out before any could reach the beach. \n\n" PORT_5);
	struct repeat *r;
	size_t n;
	enter(&b);
	cr_assert_eq(copy_index_repeats(x, &b.verdict, b.fp, arena, &r, &n), 0);
	cr_assert_eq(n, 2);
	bool seen[2] = { false, false };
	for (size_t i = 0; i < n; i++) {
		struct str here = str_cut(b.text, r[i].span.start, r[i].span.end);
		if (str_is(r[i].claim_id, with_id)) {
			seen[0] = true;
			cr_expect(str_is(here, "340 tonnes of fuel\noil had been pumped out"), "%.*s", STR_ARGS(here));
		} else {
			seen[1] = str_is(r[i].claim_id, "claim-2");
			cr_expect(str_is(here, "Twelve sailors were taken off the ship by helicopter"), "%.*s", STR_ARGS(here));
		}
	}
	cr_expect(seen[0] && seen[1]);
	expire(NOON + 1000 * HOUR);
	cr_assert_eq(copy_index_repeats(x, &b.verdict, b.fp, arena, &r, &n), 0);
	cr_expect_eq(n, 0, "the entry has left");
}

BOTH(ids_of_any_form_are_found)
{
	struct copy_item a = copy_item(arena, "story/7 \xC3\xA9", PORT, NOON), b = item(PORT);
	struct copy_claim claim = { STR("c"), copy_find(a.text, "Twelve sailors") };
	struct repeat *r;
	size_t n;

	enter(&a);
	settle(&a, true, &claim, 1);
	enter(&b);
	cr_expect(str_is(b.verdict.of, "story/7 \xC3\xA9"));
	cr_expect(str_is(b.verdict.story_id, "story/7 \xC3\xA9"));
	cr_assert_eq(copy_index_repeats(x, &b.verdict, b.fp, arena, &r, &n), 0);
	cr_expect_eq(n, 1);
}

BOTH(many_copies_of_one_text)
{
	struct copy_item first = published(PORT);

	for (int i = 0; i < 120; i++) {
		char text[1200];
		(void)snprintf(text, sizeof(text), "%s\n\nReader %d of the paper number %d wrote a letter of %d lines to us about all this.", PORT, i, i * 3, i * 7);
		struct copy_item it = item(text);
		enter(&it);
		cr_assert_eq(it.verdict.kind, VERDICT_NEAR);
		cr_assert(str_eq(it.verdict.story_id, first.article_id));
		settle(&it, true, NULL, 0);
	}
	struct copy_item last = item(PORT);
	enter(&last);
	cr_expect_eq(last.verdict.kind, VERDICT_EXACT);
	cr_expect(str_eq(last.verdict.of, first.article_id), "the first stays the representative");
}

/* ---- on disk ---- */

Test(lmdb, outlives_the_process)
{
	struct copy_item a = published(PORT), b = item(PORT);

	close_index();
	open_index();
	enter(&b);
	cr_expect_eq(b.verdict.kind, VERDICT_EXACT);
	cr_expect(str_eq(b.verdict.of, a.article_id));
}

Test(lmdb, an_aborted_transaction_leaves_nothing)
{
	struct copy_item a = item(PORT), b = item(PORT);
	struct store_txn t;

	judge(&a, 1);
	cr_assert_eq(store_write(store, &t), 0);
	cr_assert_eq(copy_index_reserve(x, &t, &a, 1), 0);
	store_abort(&t);
	enter(&b);
	cr_expect(!b.must_wait);
	cr_expect_eq(b.verdict.kind, VERDICT_ORIGINAL);
}

Test(lmdb, a_full_map_says_so)
{
	struct copy_item it;
	struct store_txn t;
	char text[4000];
	int rc = 0;

	close_index();
	scratch_remove();
	scratch_make();
	struct err err;
	cr_assert_eq(store_open(scratch_path("small"), 1 << 20, false, &store, &err), 0, "%s", err.text);
	cr_assert_eq(copy_index_open(store, &config, &x, &err), 0, "%s", err.text);
	for (int i = 0; i < 2000 && rc == 0; i++) {
		size_t at = 0;
		for (int w = 0; w < 400; w++)
			at += (size_t)snprintf(text + at, sizeof(text) - at, "w%d ", i * 1000 + w);
		it = item(text);
		judge(&it, 1);
		cr_assert_eq(store_write(store, &t), 0);
		rc = copy_index_reserve(x, &t, &it, 1);
		if (rc == 0)
			rc = store_commit(&t);
		else
			store_abort(&t);
	}
	cr_expect_eq(rc, -ENOSPC);
}

static void put_meta(const void *bytes, size_t len)
{
	MDB_dbi dbi;
	struct store_txn t;
	MDB_val key = { 5, (void *)"index" }, v = { len, (void *)bytes };

	cr_assert_eq(store_dbi(store, "copy.meta", 0, &dbi), 0);
	cr_assert_eq(store_write(store, &t), 0);
	cr_assert_eq(mdb_put(t.mdb, dbi, &key, &v, 0), 0);
	cr_assert_eq(store_commit(&t), 0);
}

Test(lmdb, refuses_what_it_does_not_know)
{
	struct err err = { 0 };

	copy_index_free(&x);
	put_meta("CTix\x63\0\0\0 of a later day", 22);
	cr_expect_eq(copy_index_open(store, &config, &x, &err), -EPROTONOSUPPORT);
	cr_expect_not_null(strstr(err.text, "format"));
	put_meta("CTix\x02\0\0\0 cut", 12);
	cr_expect_eq(copy_index_open(store, &config, &x, &err), -EBADMSG);
	put_meta("garbage!", 8);
	cr_expect_eq(copy_index_open(store, &config, &x, &err), -EBADMSG);
	cr_expect_not_null(strstr(err.text, "damaged"));
}

Test(lmdb, a_damaged_entry_is_told)
{
	struct copy_item a = published(PORT), b = item(PORT);
	MDB_dbi dbi;
	struct store_txn t;
	uint8_t k[4] = { 0 };
	MDB_val key = { sizeof(k), k }, v;
	char copy[8192];

	(void)a;
	cr_assert_eq(store_dbi(store, "copy.block.0", 0, &dbi), 0);
	cr_assert_eq(store_write(store, &t), 0);
	cr_assert_eq(mdb_get(t.mdb, dbi, &key, &v), 0);
	cr_assert_leq(v.mv_size, sizeof(copy));
	memcpy(copy, v.mv_data, v.mv_size);
	copy[v.mv_size / 2] ^= 1;
	v.mv_data = copy;
	cr_assert_eq(mdb_put(t.mdb, dbi, &key, &v, 0), 0);
	cr_assert_eq(store_commit(&t), 0);
	cr_expect_eq(copy_index_judge(x, &b, 1), -EBADMSG);
}

/* Every byte changed or cut off an entry is found, or at the least does no harm. */
Test(memory, entries_from_a_hostile_disk)
{
	struct copy_item a = item(PORT);
	struct sketch s = { 0 };
	struct entry_draft d = { &a, NOON, 5, &s };
	struct entry e;
	struct span words[512];
	struct buf b;

	a.verdict.story_id = a.article_id;
	buf_init(&b, 0);
	entry_write(&b, &d);
	cr_assert_eq(entry_read(buf_view(&b), &e), 0);
	cr_assert_eq(e.n_words, a.fp->n_words);
	cr_assert_eq(entry_words(&e, words), 0);
	cr_expect_arr_eq(words, a.fp->words, e.n_words * sizeof(*words));
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] ^= 0x41;
		cr_assert_eq(entry_read(buf_view(&b), &e), -EBADMSG, "byte %zu", i);
		b.data[i] ^= 0x41;
		cr_assert_eq(entry_read((struct str){ b.data, i }, &e), -EBADMSG, "cut at %zu", i);
	}
	buf_release(&b);
}

/* Four processes enter the same near copies at once: exactly one original. */
static bool entry_of(const struct ulid *id, struct entry *ret, enum entry_state *ret_state)
{
	struct copy_key key = copy_key_of_id(id);
	struct str bytes;
	uint64_t doc;

	return x->ops->find(x->backend, &key, &doc) == 0 && x->ops->entry(x->backend, doc, &bytes, ret_state) == 0 &&
	       entry_read(bytes, ret) == 0;
}

static bool is_published(const struct ulid *id)
{
	enum entry_state state;
	struct entry e;

	if (x->ops->begin(x->backend, NULL))
		_exit(7);
	bool is = entry_of(id, &e, &state) && state == ENTRY_PUBLISHED;
	x->ops->end(x->backend);
	return is;
}

enum { DEFERRED = 8 };

static void race_child(int k, const struct ulid *id, int out)
{
	struct err err;
	char text[1200];
	struct store_txn t;
	struct copy_item it;
	char answer = '?';

	if (store_open(scratch_path("state"), 64 << 20, false, &store, &err) || copy_index_open(store, &config, &x, &err))
		_exit(3);
	(void)snprintf(text, sizeof(text), "%s\n\nDesk %d adds this line to it.", PORT, k);
	it = item(text);
	if (id && is_published(id))
		_exit(0); /* as the ledger would say */
	if (id)
		it.id = *id;
	for (;;) {
		if (copy_index_judge(x, &it, 1))
			_exit(4);
		int rc = store_write(store, &t);
		if (rc == -EAGAIN) {
			usleep(500);
			continue;
		}
		if (rc || copy_index_reserve(x, &t, &it, 1) || store_commit(&t))
			_exit(5);
		if (!it.must_wait)
			break;
		if (id)
			_exit(DEFERRED);
		usleep(1000);
	}
	answer = it.verdict.kind == VERDICT_ORIGINAL ? 'O' : it.verdict.kind == VERDICT_NEAR ? 'N' : '?';
	while (store_write(store, &t) == -EAGAIN)
		usleep(500);
	if (copy_index_settle(x, &t, &it.id, true, NULL, 0) || store_commit(&t) || write(out, &answer, 1) != 1)
		_exit(6);
	copy_index_free(&x);
	store_close(&store);
	arena_free(&arena);
	_exit(0);
}

Test(lmdb, a_race_has_one_original)
{
	int pipes[2], originals = 0, near = 0;
	char answer;

	close_index(); /* LMDB environments do not go through a fork */
	cr_assert_eq(pipe(pipes), 0);
	for (int k = 0; k < 4; k++) {
		pid_t pid = fork();
		cr_assert_geq(pid, 0);
		if (pid == 0)
			race_child(k, NULL, pipes[1]);
	}
	(void)close(pipes[1]);
	for (int k = 0; k < 4; k++) {
		int status;
		cr_assert(wait(&status) > 0);
		cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", status);
	}
	while (read(pipes[0], &answer, 1) == 1) {
		originals += answer == 'O';
		near += answer == 'N';
	}
	(void)close(pipes[0]);
	cr_expect_eq(originals, 1);
	cr_expect_eq(near, 3);
	open_index();
}

/* A writer that dies between reserving and the commit leaves nothing, one that dies behind it a pending entry that its
 * redelivery takes over. */
Test(lmdb, a_killed_writer_leaves_nothing_half)
{
	for (int committed = 0; committed < 2; committed++) {
		struct copy_item it = item(PORT), other = item(PORT " More of it.");
		close_index();
		pid_t pid = fork();
		cr_assert_geq(pid, 0);
		if (pid == 0) {
			struct store_txn t;
			open_index();
			if (copy_index_judge(x, &it, 1) || store_write(store, &t) || copy_index_reserve(x, &t, &it, 1))
				_exit(3);
			if (committed && store_commit(&t))
				_exit(3);
			kill(getpid(), SIGKILL);
		}
		int status;
		cr_assert_eq(waitpid(pid, &status, 0), pid);
		cr_assert(WIFSIGNALED(status), "it was killed, not failed");
		open_index();
		judge(&other, 1);
		cr_expect_eq(other.must_wait, committed == 1);
		if (committed) {
			cr_expect_eq(ulid_cmp(&other.wait_for, &it.id), 0);
			judge(&it, 1);
			reserve(&it, 1);
			cr_expect_eq(it.verdict.kind, VERDICT_ORIGINAL);
			settle(&it, true, NULL, 0);
			judge(&other, 1);
			cr_expect_eq(other.verdict.kind, VERDICT_NEAR);
		}
	}
}

static pid_t deliver(int k, const struct ulid *id, const int *pipes)
{
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0)
		race_child(k, id, pipes[1]);
	return pid;
}

/* Near copies handled by processes that are killed at any moment and delivered again, until all are through. */
Test(lmdb, killed_at_random_there_is_one_original, .timeout = 60)
{
	enum { COPIES = 6, KILLS = 40 };
	struct ulid ids[COPIES];
	bool done[COPIES] = { false };
	int pipes[2], originals = 0, left = COPIES, killed = 0;

	close_index();
	cr_assert_eq(pipe(pipes), 0);
	for (int k = 0; k < COPIES; k++)
		ids[k] = ulid_new(NOON);
	for (int round = 0; left > 0; round++) {
		pid_t pids[COPIES];
		cr_assert_lt(round, 1000);
		for (int k = 0; k < COPIES; k++)
			pids[k] = done[k] ? 0 : deliver(k, &ids[k], pipes);
		for (int k = 0; k < COPIES && killed < KILLS; k++) {
			if (round > 0) /* the first ones die early for sure */
				usleep((useconds_t)(ids[k].b[15] * 7 + round * 13) % 1500);
			if (pids[k] && (k + round) % 2 == 0)
				kill(pids[k], SIGKILL);
		}
		for (int k = 0; k < COPIES; k++) {
			int status;
			if (!pids[k])
				continue;
			cr_assert_eq(waitpid(pids[k], &status, 0), pids[k]);
			cr_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == DEFERRED, "status %d", status);
			killed += WIFSIGNALED(status);
			done[k] = WIFEXITED(status) && WEXITSTATUS(status) == 0;
			left -= done[k];
		}
	}
	(void)close(pipes[0]);
	(void)close(pipes[1]);
	cr_expect_gt(killed, 0);
	open_index();
	cr_assert_eq(x->ops->begin(x->backend, NULL), 0);
	for (int k = 0; k < COPIES; k++) {
		enum entry_state state;
		struct entry e;
		cr_assert(entry_of(&ids[k], &e, &state));
		cr_expect_eq(state, ENTRY_PUBLISHED);
		originals += e.story_id.len == 0;
	}
	x->ops->end(x->backend);
	cr_expect_eq(originals, 1);
}

/* Two that nobody judged before, in one transaction that opens a bucket: the second must see the first. */
BOTH(a_new_bucket_within_a_batch)
{
	struct copy_item a = published(FARM), pair[2];
	uint64_t later = NOON + 21 * HOUR;

	(void)a;
	pair[0] = item_at(PORT, later);
	pair[1] = item_at(PORT " One word more.", later);
	pair[0].arrival_ms = pair[1].arrival_ms = later;
	reserve(pair, 2);
	cr_expect_eq(pair[0].verdict.kind, VERDICT_ORIGINAL);
	cr_expect_eq(pair[1].verdict.kind, VERDICT_NEAR);
}

/* A published match must not hide that the rest stands in one that is on its way. */
BOTH(a_pending_one_behind_a_published_one)
{
	struct copy_item a = published(PORT), p = item(FARM), both = item(PORT "\n\n" FARM);

	(void)a;
	enter(&p);
	judge(&both, 1);
	cr_assert(both.must_wait);
	cr_expect_eq(ulid_cmp(&both.wait_for, &p.id), 0);
	settle(&p, true, NULL, 0);
	judge(&both, 1);
	cr_assert(!both.must_wait);
	cr_expect_gt(both.verdict.n_passages, 1);
	struct span end = { (uint32_t)(sizeof(PORT "\n\n") - 1), both.fp->words[both.fp->n_words - 1].end };
	bool covered = false;
	for (size_t i = 0; i < both.verdict.n_passages; i++)
		covered |= both.verdict.passages[i].here.start <= end.start + 20 && both.verdict.passages[i].here.end == end.end;
	cr_expect(covered, "its end stands in the second");
}

static struct copy_item titled(const char *title)
{
	char text[4000];
	size_t n = strlen(title);

	(void)snprintf(text, sizeof(text), "%s\n\n%s", title, PORT);
	struct article a = copy_article(arena, arena_str(arena, str_of(text)).data);
	a.blocks[0] = (struct block){ BLOCK_TITLE, { 0, (uint32_t)n } };
	struct copy_item it = item_at(PORT, NOON);
	it.fp = copy_print(arena, &a);
	it.text = a.text;
	return it;
}

/* An exact copy under a headline of its own is kept for that headline's sake. */
BOTH(a_new_headline_over_an_old_text)
{
	struct copy_item a = titled("Port Elwin opens again"), b = titled("Ships return to the harbour"), c = titled("Ships return to the harbour");

	enter(&a);
	settle(&a, true, NULL, 0);
	enter(&b);
	cr_expect_eq(b.verdict.kind, VERDICT_EXACT);
	cr_expect(!copy_covers(&b.verdict, b.fp, b.fp->title));
	settle(&b, true, NULL, 0);
	judge(&c, 1);
	cr_expect_eq(c.verdict.kind, VERDICT_EXACT);
	cr_expect(str_eq(c.verdict.of, a.article_id), "the first of equals");
	cr_expect(copy_covers(&c.verdict, c.fp, c.fp->title), "the headline stood over the second");
}
