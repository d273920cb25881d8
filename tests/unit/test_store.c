#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/scratch.h"
#include "workers/store.h"

TestSuite(store, .init = scratch_make, .fini = scratch_remove);

enum { MAP = 64 << 20 };

static struct store *open_it(bool read_only)
{
	struct store *s = NULL;
	struct err err = { 0 };
	cr_assert_eq(store_open(scratch_path("state"), MAP, read_only, &s, &err), 0, "%s", err.text);
	return s;
}

static int put(struct store *s, MDB_dbi dbi, const char *k, const char *v)
{
	struct store_txn t;
	MDB_val key = { strlen(k), (void *)k }, value = { strlen(v), (void *)v };
	int rc = store_write(s, &t);
	if (rc)
		return rc;
	if ((rc = store_errno(mdb_put(t.mdb, dbi, &key, &value, 0)))) {
		store_abort(&t);
		return rc;
	}
	return store_commit(&t);
}

static int get(struct store *s, MDB_dbi dbi, const char *k)
{
	struct store_txn t;
	MDB_val key = { strlen(k), (void *)k }, value;
	int rc = store_read(s, &t);
	if (rc == 0) {
		rc = store_errno(mdb_get(t.mdb, dbi, &key, &value));
		store_abort(&t);
	}
	return rc;
}

Test(store, keeps_what_was_committed_and_its_identity)
{
	MDB_dbi dbi;
	struct store *s = open_it(false);
	uint64_t identity = store_identity(s);
	cr_assert_eq(store_dbi(s, "x", 0, &dbi), 0);
	cr_assert_eq(put(s, dbi, "a", "1"), 0);
	store_close(&s);
	cr_assert_null(s);
	s = open_it(true);
	cr_assert_eq(store_identity(s), identity);
	cr_assert_neq(identity, 0);
	cr_assert_eq(store_dbi(s, "x", 0, &dbi), 0);
	cr_assert_eq(get(s, dbi, "a"), 0);
	cr_assert_eq(get(s, dbi, "b"), -ENOENT);
	cr_assert_eq(put(s, dbi, "b", "1"), -EROFS);
	store_close(&s);
}

Test(store, read_only_needs_one_that_is_there)
{
	struct store *s = NULL;
	struct err err = { 0 };
	cr_assert_eq(store_open(scratch_path("nowhere"), MAP, true, &s, &err), -ENOENT);
	cr_assert(strstr(err.text, "no ledger"));
	cr_assert_null(s);
}

Test(store, abort_leaves_nothing)
{
	MDB_dbi dbi;
	struct store_txn t;
	struct store *s = open_it(false);
	cr_assert_eq(store_dbi(s, "x", 0, &dbi), 0);
	cr_assert_eq(store_write(s, &t), 0);
	MDB_val key = { 1, (void *)"a" };
	cr_assert_eq(mdb_put(t.mdb, dbi, &key, &key, 0), 0);
	store_abort(&t);
	store_abort(&t);
	cr_assert_eq(get(s, dbi, "a"), -ENOENT);
	store_close(&s);
}

/* A process that stands still inside a transaction does not block the other, and its death frees the lock. */
Test(store, a_stopped_writer_gives_eagain_until_it_dies)
{
	MDB_dbi dbi;
	struct store *s = open_it(false);
	int ready[2];
	cr_assert_eq(store_dbi(s, "x", 0, &dbi), 0);
	cr_assert_eq(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		struct store *mine = open_it(false);
		struct store_txn t;
		if (store_write(mine, &t) == 0 && write(ready[1], "x", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	char c;
	cr_assert_eq(read(ready[0], &c, 1), 1);
	kill(child, SIGSTOP);
	cr_assert_eq(put(s, dbi, "a", "1"), -EAGAIN);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	cr_assert_eq(put(s, dbi, "a", "1"), 0);
	store_close(&s);
}

Test(store, a_full_map_says_so_and_stays_usable)
{
	MDB_dbi dbi;
	struct store *s = NULL;
	struct err err;
	char key[8];
	static char value[60000];
	cr_assert_eq(store_open(scratch_path("small"), 1 << 20, false, &s, &err), 0);
	cr_assert_eq(store_dbi(s, "x", 0, &dbi), 0);
	memset(value, 'v', sizeof(value) - 1);
	int rc = 0;
	for (int i = 0; i < 100 && rc == 0; i++) {
		(void)snprintf(key, sizeof(key), "k%d", i);
		rc = put(s, dbi, key, value);
	}
	cr_assert_eq(rc, -ENOSPC);
	cr_assert_eq(get(s, dbi, "k0"), 0);
	store_close(&s);
}

Test(store, foreign_and_newer_ones_are_refused)
{
	struct store *s = open_it(false);
	MDB_dbi dbi;
	struct err err = { 0 };
	cr_assert_eq(store_dbi(s, "meta", 0, &dbi), 0);
	char newer[16] = { 9 };
	struct store_txn t;
	MDB_val key = { 5, (void *)"store" }, value = { sizeof(newer), newer };
	cr_assert_eq(store_write(s, &t), 0);
	cr_assert_eq(mdb_put(t.mdb, dbi, &key, &value, 0), 0);
	cr_assert_eq(store_commit(&t), 0);
	store_close(&s);
	cr_assert_eq(store_open(scratch_path("state"), MAP, false, &s, &err), -EPROTONOSUPPORT);
	cr_assert(strstr(err.text, "format 9"), "%s", err.text);

	cr_assert_eq(file_mkdirs(scratch_path("junk"), 0755, &err), 0);
	FILE *f = fopen(scratch_path("junk/data.mdb"), "w");
	for (int i = 0; i < 3000; i++)
		fputs("no database", f);
	fclose(f);
	cr_assert_eq(store_open(scratch_path("junk"), MAP, false, &s, &err), -EBADMSG);
	cr_assert(strstr(err.text, "damaged"), "%s", err.text);
}

Test(store, who_takes_it_is_alone_but_for_readers)
{
	struct store *s = open_it(false);
	struct err err = { 0 };
	int taken;
	cr_assert_eq(store_take(scratch_path("state"), &taken, &err), -EBUSY);
	cr_expect(strstr(err.text, "stop"), "%s", err.text);
	store_close(&s);
	s = open_it(true);
	cr_assert_eq(store_take(scratch_path("state"), &taken, &err), 0, "%s", err.text);
	store_close(&s);
	cr_assert_eq(store_open(scratch_path("state"), MAP, false, &s, &err), -EBUSY);
	cr_expect(strstr(err.text, "copytaster index rebuild"), "%s", err.text);
	s = open_it(true);
	store_close(&s);
	cr_assert_eq(store_open_taken(scratch_path("state"), MAP, &s, &err), 0, "%s", err.text);
	store_close(&s);
	cr_assert_eq(store_open(scratch_path("state"), MAP, false, &s, &err), -EBUSY);
	close(taken);
	s = open_it(false);
	store_close(&s);
}

/* Pages at the end that were used and freed in one transaction were never written: that is no damage. */
Test(store, a_file_that_ends_too_early_is_damaged_and_one_that_ends_in_free_pages_is_not)
{
	static char large[300000];
	struct store *s = open_it(false);
	struct err err = { 0 };
	struct stat st;
	MDB_dbi dbi;
	struct store_txn t;
	MDB_val key = { 1, (void *)"k" }, v = { sizeof(large), large };
	char name[8];
	cr_assert_eq(store_dbi(s, "x", 0, &dbi), 0);
	for (int i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "n%d", i);
		cr_assert_eq(put(s, dbi, name, "some text that takes room, again and again and again"), 0);
	}
	cr_assert_eq(store_write(s, &t), 0);
	cr_assert_eq(mdb_put(t.mdb, dbi, &key, &v, 0), 0);
	cr_assert_eq(mdb_del(t.mdb, dbi, &key, NULL), 0);
	cr_assert_eq(store_commit(&t), 0);
	struct store_stat used;
	cr_assert_eq(store_stat(s, &used), 0);
	store_close(&s);
	cr_assert_eq(stat(scratch_path("state/data.mdb"), &st), 0);
	cr_assert_lt((uint64_t)st.st_size, used.used_bytes, "the test does not reach what it is for");
	s = open_it(false);
	store_close(&s);
	cr_assert_eq(truncate(scratch_path("state/data.mdb"), st.st_size / 2), 0);
	cr_assert_eq(store_open(scratch_path("state"), MAP, false, &s, &err), -EBADMSG);
	cr_assert(strstr(err.text, "--new-ledger"), "%s", err.text);
	cr_assert_eq(store_open(scratch_path("state"), MAP, true, &s, &err), -EBADMSG);
}
