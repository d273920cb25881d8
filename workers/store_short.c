#include "workers/store_short.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* How many pages the file lacks; *ret_have: those it has. */
static size_t missing(MDB_env *env, size_t *ret_have)
{
	MDB_envinfo info;
	MDB_stat stat;
	struct stat st;
	int fd;

	*ret_have = 0;
	/* In this order: the file only grows. */
	if (mdb_env_info(env, &info) || mdb_env_stat(env, &stat) || mdb_env_get_fd(env, &fd) || fstat(fd, &st) || stat.ms_psize == 0)
		return 0;
	*ret_have = (size_t)st.st_size / stat.ms_psize;
	return info.me_last_pgno + 1 > *ret_have ? info.me_last_pgno + 1 - *ret_have : 0;
}

/* The free list is database 0: its values are arrays, first their length. */
static size_t count_free(MDB_txn *txn, size_t from)
{
	MDB_cursor *cursor;
	MDB_val key, v;
	size_t n = 0;

	if (mdb_cursor_open(txn, 0, &cursor))
		return 0;
	while (mdb_cursor_get(cursor, &key, &v, MDB_NEXT) == 0) {
		const size_t *pages = v.mv_data;
		for (size_t i = 1; i <= pages[0] && (i + 1) * sizeof(*pages) <= v.mv_size; i++)
			n += pages[i] >= from;
	}
	mdb_cursor_close(cursor);
	return n;
}

/* In a process of its own, which may die of it: an environment must not be used on both sides of a fork. */
static int look(const char *dir, size_t map_bytes)
{
	MDB_env *env;
	MDB_txn *txn;
	size_t have;
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	for (int s = 1; s < NSIG; s++)
		(void)signal(s, SIG_DFL);
	if (mdb_env_create(&env) || mdb_env_set_mapsize(env, map_bytes) || mdb_env_open(env, dir, MDB_RDONLY | MDB_NOTLS, 0640) ||
	    mdb_txn_begin(env, NULL, MDB_RDONLY, &txn))
		return 1;
	size_t lacks = missing(env, &have);
	bool good = lacks == 0 || count_free(txn, have) >= lacks;
	mdb_txn_abort(txn);
	mdb_env_close(env);
	return good ? 0 : 1;
}

bool store_is_short(MDB_env *env, const char *dir)
{
	MDB_envinfo info;
	size_t have;
	int status;

	if (missing(env, &have) == 0 || mdb_env_info(env, &info))
		return false;
	pid_t pid = fork();
	if (pid == 0)
		_exit(look(dir, info.me_mapsize));
	if (pid < 0)
		return false;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}
