#include "workers/store_short.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workers/store.h"

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

/* The free list is database 0: its values are arrays, first their length. A code of LMDB. */
static int count_free(MDB_txn *txn, size_t from, size_t *ret)
{
	MDB_cursor *cursor;
	MDB_val key, v;
	int rc = mdb_cursor_open(txn, 0, &cursor);

	*ret = 0;
	if (rc)
		return rc;
	while ((rc = mdb_cursor_get(cursor, &key, &v, MDB_NEXT)) == 0) {
		const size_t *pages = v.mv_data;
		for (size_t i = 1; i <= pages[0] && (i + 1) * sizeof(*pages) <= v.mv_size; i++)
			*ret += pages[i] >= from;
	}
	mdb_cursor_close(cursor);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

/* In a process of its own, which may die of it: an environment must not be used on both sides of a fork. */
static int look(const char *dir, size_t map_bytes)
{
	MDB_env *env;
	MDB_txn *txn;
	size_t have, unused;
	int rc;

	if ((rc = mdb_env_create(&env)) || (rc = mdb_env_set_mapsize(env, map_bytes)) ||
	    (rc = mdb_env_open(env, dir, MDB_RDONLY | MDB_NOTLS, 0640)) || (rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn)))
		return store_errno(rc);
	size_t lacks = missing(env, &have);
	if (lacks && (rc = count_free(txn, have, &unused)) == 0 && unused < lacks)
		rc = MDB_CORRUPTED;
	mdb_txn_abort(txn);
	mdb_env_close(env);
	return store_errno(rc);
}

/* The child: says 0 or a positive errno value. */
static void look_and_say(const char *dir, size_t map_bytes, int fd)
{
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	for (int s = 1; s < NSIG; s++)
		(void)signal(s, SIG_DFL);
	unsigned char said = (unsigned char)-look(dir, map_bytes);
	_exit(write(fd, &said, 1) == 1 ? 0 : 1);
}

/* A child that said nothing died of a page that is not there, or something else ended it. */
static int cause_of(int status)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	return sig == SIGBUS || sig == SIGSEGV || sig == SIGABRT ? -EBADMSG : -ECANCELED;
}

int store_is_short(MDB_env *env, const char *dir)
{
	MDB_envinfo info;
	size_t have;
	int status = 0, ends[2];
	unsigned char said;
	ssize_t n = 0;

	if (missing(env, &have) == 0 || mdb_env_info(env, &info))
		return 0;
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	pid_t pid = fork();
	if (pid == 0)
		look_and_say(dir, info.me_mapsize, ends[1]);
	int rc = pid < 0 ? -errno : 0;
	close(ends[1]);
	while (rc == 0 && (n = read(ends[0], &said, 1)) < 0)
		rc = errno == EINTR ? 0 : -errno;
	close(ends[0]);
	if (pid > 0)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	if (rc)
		return rc;
	return n == 1 ? -(int)said : cause_of(status);
}
