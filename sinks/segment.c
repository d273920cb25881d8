#include "sinks/segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

static const char *const stream_names[SEGMENT_STREAMS] = { "claims", "articles" };

void segment_file(char out[SEGMENT_FILE], const char *name, int stream, bool open)
{
	(void)snprintf(out, SEGMENT_FILE, "%s-%s.ndjson%s", stream_names[stream], name, open ? ".open" : "");
}

bool segment_parse(const char *file, char ret_name[SEGMENT_NAME], int *ret_stream, bool *ret_open)
{
	for (int i = 0; i < SEGMENT_STREAMS; i++) {
		size_t n = strlen(stream_names[i]);
		struct ulid id;
		if (strncmp(file, stream_names[i], n) || file[n] != '-' || strlen(file) < n + 1 + ULID_TEXT)
			continue;
		const char *rest = file + n + 1 + ULID_TEXT;
		if (ulid_parse((struct str){ file + n + 1, ULID_TEXT }, &id) || (strcmp(rest, ".ndjson") && strcmp(rest, ".ndjson.open")))
			return false;
		memcpy(ret_name, file + n + 1, ULID_TEXT);
		ret_name[ULID_TEXT] = '\0';
		*ret_stream = i;
		*ret_open = rest[7] != '\0';
		return true;
	}
	return false;
}

static void close_both(struct segment *s)
{
	for (int i = 0; i < SEGMENT_STREAMS; i++) {
		if (s->fd[i] >= 0)
			close(s->fd[i]);
		s->fd[i] = -1;
	}
}

/* One file, locked. -EWOULDBLOCK: someone recovered it under our hands. */
static int create_one(int dirfd, const char *file, int *ret_fd)
{
	struct stat st;
	int fd = openat(dirfd, file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return -errno;
	int rc = file_lock(fd);
	if (rc == 0 && (fstat(fd, &st) || st.st_nlink == 0))
		rc = -EWOULDBLOCK;
	if (rc)
		close(fd);
	else
		*ret_fd = fd;
	return rc;
}

int segment_create(int dirfd, struct segment *ret, struct err *err)
{
	char file[SEGMENT_FILE];
	int rc = 0;
	for (int tries = 0; tries < 8; tries++) {
		struct segment s = { .fd = { -1, -1 } };
		struct ulid id = ulid_new(clock_wall_ms());
		ulid_format(&id, s.name);
		rc = 0;
		for (int i = 0; i < SEGMENT_STREAMS && rc == 0; i++) {
			segment_file(file, s.name, i, true);
			rc = create_one(dirfd, file, &s.fd[i]);
		}
		if (rc == 0)
			rc = file_sync_dir(dirfd);
		if (rc == 0) {
			*ret = s;
			return 0;
		}
		for (int i = 0; i < SEGMENT_STREAMS; i++) {
			segment_file(file, s.name, i, true);
			if (s.fd[i] >= 0)
				(void)unlinkat(dirfd, file, 0);
		}
		close_both(&s);
		if (rc != -EWOULDBLOCK && rc != -EEXIST)
			break;
	}
	return err_set(err, rc, "cannot make %s in the out folder: %s", file, strerror(-rc));
}

/* Cut, sync and rename one file of a segment, or remove it. */
static int finish_one(int dirfd, const char *name, int stream, int fd, uint64_t bytes, bool keep)
{
	char open_name[SEGMENT_FILE], closed_name[SEGMENT_FILE];
	struct stat st;
	segment_file(open_name, name, stream, true);
	segment_file(closed_name, name, stream, false);
	if (!keep)
		return unlinkat(dirfd, open_name, 0) && errno != ENOENT ? -errno : 0;
	if (fstat(fd, &st))
		return -errno;
	if ((uint64_t)st.st_size < bytes)
		return -EUCLEAN; /* shorter than what was published: not ours to hide */
	if ((uint64_t)st.st_size > bytes && ftruncate(fd, (off_t)bytes))
		return -errno;
	int rc = file_sync(fd);
	return rc ? rc : file_rename(dirfd, open_name, dirfd, closed_name);
}

int segment_finish(int dirfd, struct segment *s, uint64_t claims_bytes, uint64_t articles_bytes, struct err *err)
{
	const uint64_t bytes[SEGMENT_STREAMS] = { claims_bytes, articles_bytes };
	bool keep = claims_bytes || articles_bytes;
	int rc = 0, stream = 0;
	for (; stream < SEGMENT_STREAMS && rc == 0; stream++)
		if (s->fd[stream] >= 0)
			rc = finish_one(dirfd, s->name, stream, s->fd[stream], bytes[stream], keep);
	if (rc == 0)
		rc = file_sync_dir(dirfd);
	close_both(s);
	if (rc == -EUCLEAN)
		return err_set(err, rc, "%s-%s.ndjson.open is shorter than what was published in it: the out folder has lost data, restore it from a copy",
			       stream_names[stream - 1], s->name);
	return rc ? err_set(err, rc, "cannot close segment %s: %s", s->name, strerror(-rc)) : 0;
}

/* ---- recovery ---- */

static bool is_still(int dirfd, const char *file, int fd)
{
	struct stat a, b;
	return fstat(fd, &a) == 0 && fstatat(dirfd, file, &b, AT_SYMLINK_NOFOLLOW) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/* Opens and locks what there is of a segment's open files. 1: its writer lives. */
static int lock_orphan(int dirfd, struct segment *s)
{
	for (int i = 0; i < SEGMENT_STREAMS; i++) {
		char file[SEGMENT_FILE];
		segment_file(file, s->name, i, true);
		s->fd[i] = openat(dirfd, file, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
		if (s->fd[i] < 0 && errno == ENOENT)
			continue; /* renamed already, or never made */
		int rc = s->fd[i] < 0 ? -errno : file_lock(s->fd[i]);
		if (rc == 0 && !is_still(dirfd, file, s->fd[i])) { /* closed by its writer before we had the lock */
			close(s->fd[i]);
			s->fd[i] = -1;
			continue;
		}
		if (rc) {
			close_both(s);
			return rc == -EWOULDBLOCK ? 1 : rc;
		}
	}
	return 0;
}

static int recover_one(int dirfd, struct ledger *ledger, const char *name, struct err *err)
{
	struct segment s = { .fd = { -1, -1 } };
	struct ledger_segment row = { 0 };
	memcpy(s.name, name, SEGMENT_NAME);
	int rc = lock_orphan(dirfd, &s);
	if (rc)
		return rc > 0 ? 0 : err_set(err, rc, "cannot lock segment %s: %s", name, strerror(-rc));
	/* Under the lock: its writer is gone, so the row does not change any more. */
	rc = ledger_segment_get(ledger, name, &row);
	if (rc && rc != -ENOENT) {
		close_both(&s);
		return err_set(err, rc, "cannot read the ledger's row of segment %s: %s", name, strerror(-rc));
	}
	if ((rc = segment_finish(dirfd, &s, row.claims_bytes, row.articles_bytes, err)))
		return rc;
	rc = ledger_segment_remove(ledger, name);
	return rc == -EAGAIN ? 0 : rc ? err_set(err, rc, "cannot update the ledger: %s", strerror(-rc)) : 0;
}

struct stale_rows {
	int dirfd;
	const char *own;
	char names[16][SEGMENT_NAME];
	int n;
};

/* A row whose files are both closed or gone: its remover died or found the lock busy. */
static int find_stale_row(const struct ledger_segment *row, void *arg)
{
	struct stale_rows *x = arg;
	char file[SEGMENT_FILE];
	if (x->n == 16 || strlen(row->name) != ULID_TEXT || (x->own && !strcmp(row->name, x->own)))
		return 0;
	for (int i = 0; i < SEGMENT_STREAMS; i++) {
		segment_file(file, row->name, i, true);
		if (faccessat(x->dirfd, file, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return 0;
	}
	memcpy(x->names[x->n++], row->name, SEGMENT_NAME);
	return 0;
}

static int remove_stale_rows(int dirfd, struct ledger *ledger, const char *own)
{
	struct stale_rows x = { .dirfd = dirfd, .own = own };
	int rc = ledger_segment_each(ledger, find_stale_row, &x);
	for (int i = 0; i < x.n && rc == 0; i++)
		rc = ledger_segment_remove(ledger, x.names[i]);
	return rc == -EAGAIN ? 0 : rc;
}

int segment_recover(int dirfd, struct ledger *ledger, const char *own, struct err *err)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		int rc = -errno;
		if (fd >= 0)
			close(fd);
		return err_set(err, rc, "cannot read the out folder: %s", strerror(-rc));
	}
	struct dirent *e;
	int rc = 0;
	while (rc == 0 && (e = readdir(d))) {
		char name[SEGMENT_NAME];
		int stream;
		bool open;
		if (segment_parse(e->d_name, name, &stream, &open) && open && !(own && !strcmp(own, name)))
			rc = recover_one(dirfd, ledger, name, err);
	}
	closedir(d);
	if (rc == 0 && (rc = remove_stale_rows(dirfd, ledger, own)))
		return err_set(err, rc, "cannot update the ledger: %s", strerror(-rc));
	return rc;
}

/* ---- whose folder ---- */

/* Under a name of our own first: nobody ever sees half of it. -EEXIST: another was first. */
static int make_ledger_file(int dirfd, const char *text, size_t len)
{
	char own[32];
	(void)snprintf(own, sizeof(own), ".ledger.%ld", (long)getpid());
	int fd = openat(dirfd, own, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return -errno;
	int rc = file_write_all(fd, text, len);
	if (rc == 0)
		rc = file_sync(fd);
	close(fd);
	if (rc == 0)
		rc = file_rename_new(dirfd, own, dirfd, ".ledger");
	if (rc)
		(void)unlinkat(dirfd, own, 0);
	return rc ? rc : file_sync_dir(dirfd);
}

int segment_claim_folder(int dirfd, const char *path, uint64_t identity, struct err *err)
{
	char want[24], have[24];
	int n = snprintf(want, sizeof(want), "%016llx\n", (unsigned long long)identity);
	int rc = make_ledger_file(dirfd, want, (size_t)n);
	if (rc != -EEXIST)
		return rc ? err_set(err, rc, "cannot write to paths.out %s: %s", path, strerror(-rc)) : 0;
	int fd = openat(dirfd, ".ledger", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t got = fd < 0 ? -1 : read(fd, have, sizeof(have));
	rc = got < 0 ? -errno : 0;
	if (fd >= 0)
		close(fd);
	if (rc)
		return err_set(err, rc, "cannot read %s/.ledger: %s", path, strerror(-rc));
	if (got == n && !memcmp(want, have, (size_t)n))
		return 0;
	return err_set(err, -EUCLEAN,
		       "%s was written with another ledger: what of its open segments is published cannot be known. Set paths.state back to that "
		       "ledger, or choose another paths.out. If it is lost, `copytaster index rebuild --new-ledger` makes a new one from what is "
		       "published here", path);
}

int segment_folder_owner(int dirfd, uint64_t *ret_identity)
{
	char have[24], *end;
	int fd = openat(dirfd, ".ledger", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	ssize_t got = read(fd, have, sizeof(have) - 1);
	int rc = got < 0 ? -errno : 0;
	close(fd);
	if (rc)
		return rc;
	have[got] = '\0';
	unsigned long long identity = strtoull(have, &end, 16);
	if (end != have + 16 || *end != '\n')
		return -EBADMSG;
	*ret_identity = identity;
	return 0;
}

int segment_give_folder(int dirfd, uint64_t identity, struct err *err)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%016llx\n", (unsigned long long)identity);
	return file_replace(dirfd, ".ledger", text, (size_t)n, 0640, err);
}
