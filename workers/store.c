#include "workers/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "workers/store_short.h"

/* On disk, database "meta": key "store" holds
 *   0  4  format, little-endian
 *   4  4  zero
 *   8  8  identity
 * To change what any database holds in a way an older program would misread, raise the
 * format: store_open refuses others. */
#define STORE_FORMAT 1
#define STORE_META_BYTES 16

#define NEW_LEDGER "make a new ledger from what is published with `copytaster index rebuild --new-ledger`"

enum { MAX_DBS = 48, MAX_READERS = 512, LOCK_WAIT_MS = 15000, LOCK_STEP_MS = 5, USE_TRIES = 8, FULL_BYTES = 1 << 20 };

struct store {
	MDB_env *env;
	int lock_fd; /* -1 when read-only */
	int use_fd;  /* shared with all who write; -1 when read-only or taken */
	bool read_only;
	uint64_t identity;
	uint64_t map_bytes;
};

int store_errno(int code)
{
	switch (code) {
	case MDB_SUCCESS:
		return 0;
	case MDB_NOTFOUND:
		return -ENOENT;
	case MDB_KEYEXIST:
		return -EEXIST;
	case MDB_MAP_FULL:
	case MDB_TXN_FULL:
		return -ENOSPC;
	case MDB_VERSION_MISMATCH:
		return -EPROTONOSUPPORT;
	case MDB_READERS_FULL:
	case MDB_DBS_FULL:
		return -ENFILE;
	default:
		/* LMDB's own codes are negative, errno values positive. */
		return code > 0 ? -code : -EBADMSG;
	}
}

int store_failed(int rc, struct err *err)
{
	if (rc == -EBADMSG)
		return err_set(err, rc, "the ledger or the copy index is damaged: `copytaster index check` says where, and "
			       "`copytaster index rebuild` makes the index anew");
	return err_set(err, rc, "the ledger failed: %s", strerror(-rc));
}

static int env_open(struct store *s, const char *dir, struct err *err)
{
	int rc = mdb_env_create(&s->env);
	if (rc)
		return err_set(err, store_errno(rc), "cannot make an LMDB environment: %s", mdb_strerror(rc));
	mdb_env_set_maxdbs(s->env, MAX_DBS);
	mdb_env_set_maxreaders(s->env, MAX_READERS);
	if ((rc = mdb_env_set_mapsize(s->env, s->map_bytes)))
		return err_set(err, store_errno(rc), "worker.map_bytes: LMDB does not take %llu bytes: %s",
			       (unsigned long long)s->map_bytes, mdb_strerror(rc));
	rc = mdb_env_open(s->env, dir, MDB_NOTLS | MDB_NORDAHEAD | (s->read_only ? MDB_RDONLY : 0), 0640);
	if (rc == 0)
		return 0;
	int code = store_errno(rc);
	if (code == -EPROTONOSUPPORT)
		return err_set(err, code, "%s was written by another version of LMDB: use the program that wrote it, or " NEW_LEDGER, dir);
	if (code == -EBADMSG)
		return err_set(err, code, "%s is damaged (%s): restore it, or " NEW_LEDGER, dir, mdb_strerror(rc));
	return err_set(err, code, "cannot open the ledger in %s: %s", dir, mdb_strerror(rc));
}

static uint64_t get64(const unsigned char *p)
{
	uint64_t v = 0;
	for (int i = 7; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

static int meta_check(struct store *s, const MDB_val *v, const char *dir, struct err *err)
{
	const unsigned char *p = v->mv_data;
	if (v->mv_size != STORE_META_BYTES)
		return err_set(err, -EBADMSG, "%s is damaged (its description has %zu bytes): restore it, or " NEW_LEDGER, dir, v->mv_size);
	uint32_t format = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	if (format != STORE_FORMAT)
		return err_set(err, -EPROTONOSUPPORT, "%s has format %u, this program reads format %u: use the program that wrote it, or " NEW_LEDGER,
			       dir, format, STORE_FORMAT);
	s->identity = get64(p + 8);
	return 0;
}

static int meta_make(struct store_txn *t, MDB_dbi dbi)
{
	unsigned char p[STORE_META_BYTES] = { STORE_FORMAT };
	if (getrandom(p + 8, 8, 0) != 8)
		return -EIO;
	MDB_val key = { 5, (void *)"store" }, value = { sizeof(p), p };
	return store_errno(mdb_put(t->mdb, dbi, &key, &value, 0));
}

static int meta_read(struct store *s, MDB_dbi dbi, const char *dir, struct err *err)
{
	struct store_txn t;
	int rc = store_read(s, &t);
	if (rc)
		return err_set(err, rc, "cannot read %s: %s", dir, strerror(-rc));
	MDB_val key = { 5, (void *)"store" }, value;
	rc = store_errno(mdb_get(t.mdb, dbi, &key, &value));
	if (rc == 0)
		rc = meta_check(s, &value, dir, err);
	else if (rc != -ENOENT)
		err_set(err, rc, "%s is damaged (its description: %s): restore it, or " NEW_LEDGER, dir, strerror(-rc));
	store_abort(&t);
	return rc;
}

/* At start only: the loop does not run yet, so waiting in small steps is allowed. */
static int write_patiently(struct store *s, struct store_txn *t)
{
	for (int waited = 0;; waited += LOCK_STEP_MS) {
		int rc = store_write(s, t);
		if (rc != -EAGAIN || waited >= LOCK_WAIT_MS)
			return rc;
		nanosleep(&(struct timespec){ 0, LOCK_STEP_MS * 1000000L }, NULL);
	}
}

static int meta_open(struct store *s, const char *dir, struct err *err)
{
	MDB_dbi dbi;
	int rc = store_dbi(s, "meta", 0, &dbi);
	if (rc == -ENOENT)
		return err_set(err, rc, "there is no ledger in %s yet", dir);
	if (rc == -EBADMSG)
		return err_set(err, rc, "%s is damaged (its list of databases): restore it, or " NEW_LEDGER, dir);
	if (rc)
		return err_set(err, rc, "cannot open the ledger in %s: %s", dir, strerror(-rc));
	rc = meta_read(s, dbi, dir, err);
	if (rc != -ENOENT || s->read_only)
		return rc;
	struct store_txn t;
	if ((rc = write_patiently(s, &t)))
		return err_set(err, rc, "cannot write to %s: %s", dir, rc == -EAGAIN ? "another worker holds its lock; stop or kill it" : strerror(-rc));
	MDB_val key = { 5, (void *)"store" }, value;
	if (mdb_get(t.mdb, dbi, &key, &value) == MDB_NOTFOUND) /* another may have been first */
		rc = meta_make(&t, dbi);
	if (rc == 0)
		rc = store_commit(&t);
	else
		store_abort(&t);
	if (rc)
		return err_set(err, rc, "cannot write to %s: %s", dir, strerror(-rc));
	return meta_read(s, dbi, dir, err);
}

static int lock_file_open(const char *dir, const char *name, int *ret_fd, struct err *err)
{
	char path[4096];
	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return err_set(err, -ENAMETOOLONG, "%s: the path is too long", dir);
	*ret_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
	if (*ret_fd < 0)
		return err_set(err, -errno, "cannot open %s: %s: give the service's user write access to the folder", path, strerror(errno));
	return 0;
}

/* operation: LOCK_SH or LOCK_EX. */
static int use_lock(const char *dir, int operation, int *ret_fd, struct err *err)
{
	int fd, rc = lock_file_open(dir, "use.lock", &fd, err);
	if (rc)
		return rc;
	if (flock(fd, operation | LOCK_NB)) {
		rc = errno == EWOULDBLOCK ? -EBUSY : -errno;
		close(fd);
	}
	if (rc == -EBUSY && operation == LOCK_SH)
		return err_set(err, rc, "`copytaster index rebuild` is at work in %s: wait until it is done", dir);
	if (rc == -EBUSY)
		return err_set(err, rc, "a worker or another rebuild uses %s: stop `copytaster run` or all copytaster-worker first, then try again", dir);
	if (rc)
		return err_set(err, rc, "cannot lock %s/use.lock: %s", dir, strerror(-rc));
	*ret_fd = fd;
	return 0;
}

static bool is_use_lock_of(const char *dir, int fd)
{
	char path[4096];
	struct stat here, there;
	return snprintf(path, sizeof(path), "%s/use.lock", dir) < (int)sizeof(path) && fstat(fd, &here) == 0 && lstat(path, &there) == 0 &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* A rebuild may put another folder in the place of dir after the file was opened and before it is locked: the lock would be that of
 * a folder moved aside. Once it is held where dir leads to, nobody changes the folder. */
static int use_open(const char *dir, int operation, int *ret_fd, struct err *err)
{
	for (int i = 0; i < USE_TRIES; i++) {
		int fd = -1, rc = use_lock(dir, operation, &fd, err);
		if (rc)
			return rc;
		if (is_use_lock_of(dir, fd)) {
			*ret_fd = fd;
			return 0;
		}
		close(fd);
	}
	return err_set(err, -EBUSY, "%s was replaced again and again while it was to be locked: try again", dir);
}

int store_take(const char *dir, int *ret_fd, struct err *err)
{
	int rc = file_mkdirs(dir, 0750, err);
	return rc ? rc : use_open(dir, LOCK_EX, ret_fd, err);
}

static int whole(struct store *s, const char *dir, struct err *err)
{
	int rc = store_is_short(s->env, dir);
	if (rc == -EBADMSG)
		return err_set(err, rc, "%s is damaged (data.mdb ends too early): restore it, or " NEW_LEDGER, dir);
	return rc ? err_set(err, rc, "cannot look whether data.mdb in %s is whole: %s: try again", dir, strerror(-rc)) : 0;
}

static int open_with(const char *dir, uint64_t map_bytes, bool read_only, bool taken, struct store **ret, struct err *err)
{
	struct store *s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(err, -ENOMEM, "out of memory");
	*s = (struct store){ .lock_fd = -1, .use_fd = -1, .read_only = read_only, .map_bytes = map_bytes };
	int rc = read_only ? 0 : file_mkdirs(dir, 0750, err);
	if (rc == 0 && !read_only && !taken)
		rc = use_open(dir, LOCK_SH, &s->use_fd, err);
	if (rc == 0 && !read_only)
		rc = lock_file_open(dir, "write.lock", &s->lock_fd, err);
	if (rc == 0)
		rc = env_open(s, dir, err);
	if (rc == 0)
		rc = whole(s, dir, err);
	if (rc == 0)
		rc = meta_open(s, dir, err);
	if (rc) {
		store_close(&s);
		return rc;
	}
	*ret = s;
	return 0;
}

int store_open(const char *dir, uint64_t map_bytes, bool read_only, struct store **ret, struct err *err)
{
	if (read_only && access(dir, F_OK))
		return err_set(err, -errno, "there is no ledger in %s", dir);
	return open_with(dir, map_bytes, read_only, false, ret, err);
}

int store_open_taken(const char *dir, uint64_t map_bytes, struct store **ret, struct err *err)
{
	return open_with(dir, map_bytes, false, true, ret, err);
}

void store_close(struct store **s)
{
	if (!*s)
		return;
	if ((*s)->env)
		mdb_env_close((*s)->env);
	if ((*s)->lock_fd >= 0)
		close((*s)->lock_fd);
	if ((*s)->use_fd >= 0)
		close((*s)->use_fd);
	free(*s);
	*s = NULL;
}

uint64_t store_identity(const struct store *s)
{
	return s->identity;
}

int store_dbi(struct store *s, const char *name, unsigned flags, MDB_dbi *ret)
{
	struct store_txn t;
	int rc = store_read(s, &t);
	if (rc)
		return rc;
	rc = store_errno(mdb_dbi_open(t.mdb, name, flags, ret));
	if (rc == 0) /* the handle outlives a committed transaction only */
		rc = store_errno(mdb_txn_commit(t.mdb));
	else
		store_abort(&t);
	if (rc != -ENOENT || s->read_only)
		return rc;
	if ((rc = write_patiently(s, &t)))
		return rc;
	rc = store_errno(mdb_dbi_open(t.mdb, name, flags | MDB_CREATE, ret));
	if (rc) {
		store_abort(&t);
		return rc;
	}
	return store_commit(&t);
}

static int begin(struct store *s, unsigned flags, struct store_txn *ret)
{
	MDB_txn *mdb;
	int rc = mdb_txn_begin(s->env, NULL, flags, &mdb);
	if (rc == MDB_MAP_RESIZED) { /* another process was told a larger map */
		if ((rc = mdb_env_set_mapsize(s->env, 0)) == 0)
			rc = mdb_txn_begin(s->env, NULL, flags, &mdb);
	}
	if (rc)
		return store_errno(rc);
	*ret = (struct store_txn){ .mdb = mdb, .store = s, .write = !(flags & MDB_RDONLY) };
	return 0;
}

int store_read(struct store *s, struct store_txn *ret)
{
	return begin(s, MDB_RDONLY, ret);
}

int store_write(struct store *s, struct store_txn *ret)
{
	if (s->read_only)
		return -EROFS;
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK || errno == EINTR ? -EAGAIN : -errno;
	int rc = begin(s, 0, ret);
	if (rc)
		(void)flock(s->lock_fd, LOCK_UN);
	return rc;
}

static void unlock(struct store_txn *t)
{
	if (t->write)
		(void)flock(t->store->lock_fd, LOCK_UN);
	t->mdb = NULL;
}

/* LMDB says EIO for the short write that a full disk makes. Either way the transaction did not happen: its meta page is
 * written last. */
static bool disk_is_full(struct store *s)
{
	int fd;
	struct statvfs st;
	return mdb_env_get_fd(s->env, &fd) == 0 && fstatvfs(fd, &st) == 0 && (uint64_t)st.f_bavail * st.f_frsize < FULL_BYTES;
}

int store_commit(struct store_txn *t)
{
	int rc = file_fault ? file_fault("commit") : 0;
	if (rc) {
		store_abort(t);
		return rc;
	}
	rc = store_errno(mdb_txn_commit(t->mdb));
	if (rc == -EIO && disk_is_full(t->store))
		rc = -ENOSPC;
	unlock(t);
	return rc;
}

void store_abort(struct store_txn *t)
{
	if (!t->mdb)
		return;
	mdb_txn_abort(t->mdb);
	unlock(t);
}

int store_stat(struct store *s, struct store_stat *ret)
{
	MDB_envinfo info;
	MDB_stat stat;
	int rc = mdb_env_info(s->env, &info);
	if (rc || (rc = mdb_env_stat(s->env, &stat)))
		return store_errno(rc);
	ret->map_bytes = info.me_mapsize;
	ret->used_bytes = (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize;
	ret->readers = info.me_numreaders;
	return 0;
}

void store_reader_check(struct store *s)
{
	int dead;
	(void)mdb_reader_check(s->env, &dead);
}
