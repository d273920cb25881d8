#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/scratch.h"
#include "workers/store.h"

TestSuite(store, .init = scratch_make, .fini = scratch_remove);

enum { MAP = 64 << 20 };

/* Stands before libc's: what happens between opening a lock file and locking it. */
static void (*before_flock)(void);

int flock(int fd, int operation)
{
	void (*hook)(void) = before_flock;
	before_flock = NULL;
	if (hook)
		hook();
	return (int)syscall(SYS_flock, fd, operation);
}

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

static void swap_in_another(void)
{
	char state[256], other[256], aside[256]; /* a path of scratch_path is in use */
	(void)snprintf(state, sizeof(state), "%s/state", scratch);
	(void)snprintf(other, sizeof(other), "%s/other", scratch);
	(void)snprintf(aside, sizeof(aside), "%s/aside", scratch);
	cr_assert_eq(rename(state, aside), 0);
	cr_assert_eq(rename(other, state), 0);
}

static uint64_t make_other(void)
{
	struct store *s = NULL;
	struct err err = { 0 };
	cr_assert_eq(store_open(scratch_path("other"), MAP, false, &s, &err), 0, "%s", err.text);
	uint64_t identity = store_identity(s);
	store_close(&s);
	return identity;
}

/* As a rebuild does with a new ledger, at the worst moment. */
Test(store, the_lock_is_that_of_the_folder_which_is_used)
{
	struct store *s = open_it(false);
	struct err err = { 0 };
	int taken;
	store_close(&s);
	uint64_t identity = make_other();
	before_flock = swap_in_another;
	s = open_it(false);
	cr_expect_eq(store_identity(s), identity);
	cr_expect_eq(store_take(scratch_path("state"), &taken, &err), -EBUSY, "it works in one folder and holds the lock of another");
	store_close(&s);
}

Test(store, who_takes_it_takes_the_folder_that_stands_there)
{
	struct store *s = open_it(false);
	struct err err = { 0 };
	int taken;
	store_close(&s);
	(void)make_other();
	before_flock = swap_in_another;
	cr_assert_eq(store_take(scratch_path("state"), &taken, &err), 0, "%s", err.text);
	cr_expect_eq(store_open(scratch_path("state"), MAP, false, &s, &err), -EBUSY);
	close(taken);
}

/* Pages at the end that were used and freed in one transaction were never written: that is no damage. Leaves such a file. */
static void end_in_free_pages(struct stat *ret)
{
	static char large[300000];
	struct store *s = open_it(false);
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
	cr_assert_eq(stat(scratch_path("state/data.mdb"), ret), 0);
	cr_assert_lt((uint64_t)ret->st_size, used.used_bytes, "the test does not reach what it is for");
}

/* A process that fills a small table of readers until it is killed. */
static void fill_readers(int ready)
{
	MDB_env *env;
	MDB_txn *txn;
	int rc = mdb_env_create(&env);
	if (rc || (rc = mdb_env_set_maxreaders(env, 2)) || (rc = mdb_env_set_mapsize(env, MAP)) ||
	    (rc = mdb_env_open(env, scratch_path("state"), MDB_NOTLS, 0640)))
		_exit(1);
	while ((rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn)) == 0)
		;
	if (rc != MDB_READERS_FULL || write(ready, "x", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

Test(store, a_file_that_cannot_be_looked_at_is_not_called_damaged)
{
	struct store *s = NULL;
	struct err err = { 0 };
	struct stat st;
	int ready[2];
	char c;
	end_in_free_pages(&st);
	cr_assert_eq(unlink(scratch_path("state/lock.mdb")), 0);
	cr_assert_eq(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0)
		fill_readers(ready[1]);
	close(ready[1]);
	cr_assert_eq(read(ready[0], &c, 1), 1);
	cr_expect_eq(store_open(scratch_path("state"), MAP, false, &s, &err), -ENFILE);
	cr_expect_not(strstr(err.text, "damaged"), "%s", err.text);
	cr_expect(strstr(err.text, "cannot look"), "%s", err.text);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	s = open_it(false);
	store_close(&s);
}

Test(store, a_file_that_ends_too_early_is_damaged_and_one_that_ends_in_free_pages_is_not)
{
	struct store *s;
	struct err err = { 0 };
	struct stat st;
	end_in_free_pages(&st);
	s = open_it(false);
	store_close(&s);
	cr_assert_eq(truncate(scratch_path("state/data.mdb"), st.st_size / 2), 0);
	cr_assert_eq(store_open(scratch_path("state"), MAP, false, &s, &err), -EBADMSG);
	cr_assert(strstr(err.text, "--new-ledger"), "%s", err.text);
	cr_assert_eq(store_open(scratch_path("state"), MAP, true, &s, &err), -EBADMSG);
}
