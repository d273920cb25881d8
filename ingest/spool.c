#include "ingest/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

#define PROBE ".copytaster-probe"

/* ---- start ---- */

static int open_dir(const char *path, int *ret_fd, struct err *err)
{
	int r = file_mkdirs(path, 0770, err);
	int fd;

	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		r = -errno;
		return err_set(err, r, "cannot open the folder %s: %s", path, strerror(-r));
	}
	*ret_fd = fd;
	return 0;
}

static int open_sub(struct spool *s, const char *sub, int *ret_fd, struct err *err)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", s->spool_path, sub);

	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(err, -ENAMETOOLONG, "the path of the spool folder is too long: shorten paths.spool");
	return open_dir(path, ret_fd, err);
}

static int check_instance(const char *name, struct err *err)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (name[0] == '\0' || name[0] == '.' || strlen(name) > 64 || strspn(name, good) != strlen(name))
		return err_set(err, -EINVAL,
			       "ingest.instance \"%.80s\" cannot name a folder: use letters, digits, '.', '_' and '-', at most 64, "
			       "no '.' at the start", name);
	return 0;
}

/* Two bind mounts of one file system look alike to stat and still refuse renames: try it. */
static int probe(struct spool *s, struct err *err)
{
	struct {
		int fd;
		const char *name;
	} way[] = { { s->drop, "the drop folder" }, { s->active, "active" }, { s->done, "done" },
		    { s->failed, "failed" }, { s->retry, "retry" }, { s->active, "active" } };
	size_t n = sizeof(way) / sizeof(way[0]), at = 0;
	struct ulid id = ulid_new(clock_wall_ms());
	char name[sizeof(PROBE) + ULID_TEXT + 2] = PROBE "-";
	int fd, r = 0;

	ulid_format(&id, name + sizeof(PROBE));
	fd = openat(s->drop, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		r = -errno;
		return err_set(err, r, "cannot write in the drop folder %s: %s; ingest moves the files away and needs to", s->drop_path,
			       strerror(-r));
	}
	close(fd);
	for (; r == 0 && at + 1 < n; at++)
		r = file_rename(way[at].fd, name, way[at + 1].fd, name);
	if (r < 0)
		at--;
	(void)unlinkat(way[at].fd, name, 0);
	if (r == -EXDEV)
		return err_set(err, r,
			       "%s and the spool %s (%s) are not on one mounted file system, so files cannot be renamed from one to the other: "
			       "set paths.spool to a folder beside the drop folder", s->drop_path, s->spool_path, way[at + 1].name);
	if (r < 0)
		return err_set(err, r, "cannot rename from %s to %s (drop %s, spool %s): %s", way[at].name, way[at + 1].name, s->drop_path,
			       s->spool_path, strerror(-r));
	return 0;
}

static int lock_active(struct spool *s, const char *instance, struct err *err)
{
	int r;

	s->active_lock = openat(s->active, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->active_lock < 0) {
		r = -errno;
		return err_set(err, r, "cannot open %s/active/%s: %s", s->spool_path, instance, strerror(-r));
	}
	r = file_lock(s->active_lock);
	if (r == -EWOULDBLOCK)
		return err_set(err, r,
			       "another copytaster-ingest owns %s/active/%s: stop it, or give this one a name of its own (ingest.instance)",
			       s->spool_path, instance);
	if (r < 0)
		return err_set(err, r, "cannot lock %s/active/%s: %s", s->spool_path, instance, strerror(-r));
	return 0;
}

int spool_open(struct spool *s, const struct options *o, struct err *err)
{
	char active[80];
	struct stat st;
	int r;

	memset(s, 0, sizeof(*s));
	s->drop = s->root = s->active = s->done = s->failed = s->retry = s->active_lock = s->endpoint_lock = -1;
	s->drop_path = o->drop;
	s->spool_path = o->spool;
	s->keep_done = o->keep_done_ms > 0;
	r = check_instance(o->instance, err);
	if (r < 0)
		return r;
	snprintf(active, sizeof(active), "active/%s", o->instance);
	r = open_dir(o->drop, &s->drop, err);
	if (r == 0)
		r = open_dir(o->spool, &s->root, err);
	if (r == 0)
		r = open_sub(s, active, &s->active, err);
	if (r == 0)
		r = lock_active(s, o->instance, err);
	if (r == 0)
		r = open_sub(s, "done", &s->done, err);
	if (r == 0)
		r = open_sub(s, "failed", &s->failed, err);
	if (r == 0)
		r = open_sub(s, "retry", &s->retry, err);
	if (r == 0 && fstat(s->root, &st) < 0)
		r = err_set(err, -errno, "cannot look at the spool %s", o->spool);
	if (r < 0)
		return r;
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	return probe(s, err);
}

void spool_close(struct spool *s)
{
	int fds[] = { s->drop, s->root, s->active, s->done, s->failed, s->retry, s->active_lock, s->endpoint_lock };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	s->drop = s->root = s->active = s->done = s->failed = s->retry = s->active_lock = s->endpoint_lock = -1;
}

int spool_lock_endpoint(struct spool *s, const char *endpoint, struct err *err)
{
	char path[PATH_MAX];
	const char *ipc = strncmp(endpoint, "ipc://", 6) == 0 ? endpoint + 6 : NULL;
	int r;

	if (!ipc || ipc[0] == '@')
		return 0;
	if (strlen(ipc) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return err_set(err, -ENAMETOOLONG, "the socket path %s has %zu bytes, the system takes %zu: set paths.endpoint to a shorter one",
			       ipc, strlen(ipc), sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1);
	snprintf(path, sizeof(path), "%.4000s.lock", ipc);
	s->endpoint_lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
	if (s->endpoint_lock < 0) {
		r = -errno;
		return err_set(err, r, "cannot make the lock file %s: %s", path, strerror(-r));
	}
	r = file_lock(s->endpoint_lock);
	if (r == -EWOULDBLOCK)
		return err_set(err, r, "another copytaster-ingest serves %s: stop it, or set paths.endpoint to another path", endpoint);
	if (r < 0)
		return err_set(err, r, "cannot lock %s: %s", path, strerror(-r));
	return 0;
}

/* ---- names ---- */

bool spool_long_name(const char *name)
{
	return strlen(name) > NAME_MAX - (ULID_TEXT + 1);
}

void spool_entry(const struct ulid *id, const char *name, bool folder, char out[SPOOL_PATH])
{
	ulid_format(id, out);
	if (!folder) {
		out[ULID_TEXT] = '-';
		snprintf(out + ULID_TEXT + 1, SPOOL_PATH - ULID_TEXT - 1, "%s", name);
	}
}

void spool_file(const struct ulid *id, const char *name, bool folder, char out[SPOOL_PATH])
{
	spool_entry(id, name, folder, out);
	if (folder)
		snprintf(out + ULID_TEXT, SPOOL_PATH - ULID_TEXT, "/%s", name);
}

static int marker_name(const char *name, char out[NAME_MAX + 1])
{
	int n = snprintf(out, NAME_MAX + 1, "%s" SPOOL_MARKER, name);

	return n < 0 || n > NAME_MAX ? -ENAMETOOLONG : 0;
}

/* ---- moves ---- */

static int move_marker(int from, const char *prefix_from, int to, const char *prefix_to, const char *name)
{
	char marker[NAME_MAX + 1], a[SPOOL_PATH + 8], b[SPOOL_PATH + 8];
	int r = marker_name(name, marker);

	if (r < 0)
		return r;
	snprintf(a, sizeof(a), "%s%s", prefix_from, marker);
	snprintf(b, sizeof(b), "%s%s", prefix_to, marker);
	return file_rename_new(from, a, to, b);
}

int spool_claim(const struct spool *s, const struct ulid *id, const char *name, bool folder, bool marker)
{
	char file[SPOOL_PATH], entry[SPOOL_PATH], prefix[ULID_TEXT + 2];
	int r = 0;

	spool_entry(id, name, folder, entry);
	spool_file(id, name, folder, file);
	snprintf(prefix, sizeof(prefix), "%.*s/", ULID_TEXT, entry);
	if (folder && mkdirat(s->active, entry, 0770) < 0)
		return -errno;
	/* The marker first: an article without its marker stays where it is, a marker without its article is put back at
	 * start. */
	if (marker)
		r = move_marker(s->drop, "", s->active, prefix, name);
	if (r == 0) {
		r = file_rename_new(s->drop, name, s->active, file);
		if (r < 0 && marker && move_marker(s->active, prefix, s->drop, "", name) < 0)
			return r;
	}
	if (r < 0 && folder)
		(void)unlinkat(s->active, entry, AT_REMOVEDIR);
	return r;
}

int spool_unclaim(const struct spool *s, const struct ulid *id, const char *name, bool folder, bool marker)
{
	char file[SPOOL_PATH], entry[SPOOL_PATH], prefix[ULID_TEXT + 2];
	int r;

	spool_entry(id, name, folder, entry);
	spool_file(id, name, folder, file);
	snprintf(prefix, sizeof(prefix), "%.*s/", ULID_TEXT, entry);
	r = file_rename_new(s->active, file, s->drop, name);
	if (r == 0 && marker)
		r = move_marker(s->active, prefix, s->drop, "", name);
	if (r == 0 && folder)
		(void)unlinkat(s->active, entry, AT_REMOVEDIR);
	return r;
}

int spool_stat(const struct spool *s, const struct job *j, struct stat *ret)
{
	char file[SPOOL_PATH];

	spool_file(&j->id, j->name, j->folder, file);
	return fstatat(s->active, file, ret, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
}

int spool_read(const struct spool *s, const struct job *j, uint64_t max_bytes, struct buf *out, struct stat *ret)
{
	char file[SPOOL_PATH];
	int fd, r;

	spool_file(&j->id, j->name, j->folder, file);
	r = file_open_beneath(s->active, file, &fd, ret);
	if (r < 0)
		return r;
	r = file_read_all(fd, max_bytes, out, ret);
	close(fd);
	return r;
}

static int remove_entry(int dirfd, const struct job *j)
{
	char file[SPOOL_PATH], marker[NAME_MAX + 1];

	spool_file(&j->id, j->name, j->folder, file);
	if (unlinkat(dirfd, file, 0) < 0)
		return -errno;
	if (!j->folder)
		return 0;
	if (j->marker && marker_name(j->name, marker) == 0) {
		spool_file(&j->id, marker, true, file);
		(void)unlinkat(dirfd, file, 0);
	}
	spool_entry(&j->id, j->name, true, file);
	return unlinkat(dirfd, file, AT_REMOVEDIR) < 0 ? -errno : 0;
}

int spool_finish(const struct spool *s, const struct job *j, bool failed)
{
	char entry[SPOOL_PATH];

	if (!failed && !s->keep_done)
		return remove_entry(s->active, j);
	spool_entry(&j->id, j->name, j->folder, entry);
	return file_rename_new(s->active, entry, failed ? s->failed : s->done, entry);
}

int spool_renumber(const struct spool *s, const struct job *j, const struct ulid *id)
{
	char from[SPOOL_PATH], to[SPOOL_PATH];

	spool_entry(&j->id, j->name, j->folder, from);
	spool_entry(id, j->name, j->folder, to);
	return file_rename_new(s->active, from, s->active, to);
}

/* ---- what lies there ---- */

static bool is_marker_of(const char *marker, const char *name)
{
	size_t n = strlen(name);

	return strlen(marker) == n + strlen(SPOOL_MARKER) && strncmp(marker, name, n) == 0 && strcmp(marker + n, SPOOL_MARKER) == 0;
}

/* At most two names, the article's first. */
static int read_folder(int dirfd, const char *entry, char names[2][NAME_MAX + 1])
{
	int fd = openat(dirfd, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct dirent *e;
	DIR *dir;
	int n = 0;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	while (n < 2 && (e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			snprintf(names[n++], NAME_MAX + 1, "%s", e->d_name);
	closedir(dir);
	if (n == 2 && is_marker_of(names[0], names[1])) {
		char swap[NAME_MAX + 1];

		memcpy(swap, names[0], sizeof(swap));
		memcpy(names[0], names[1], sizeof(swap));
		memcpy(names[1], swap, sizeof(swap));
	}
	return n;
}

static int read_item_folder(int dirfd, const char *entry, struct spool_item *ret)
{
	char names[2][NAME_MAX + 1];
	size_t len;
	int n = read_folder(dirfd, entry, names);

	if (n < 0)
		return n;
	if (n == 0)
		return -ENOENT;
	memcpy(ret->name, names[0], sizeof(ret->name));
	ret->folder = true;
	ret->marker = n == 2 && is_marker_of(names[1], names[0]);
	len = strlen(names[0]);
	if (n == 1 && len > strlen(SPOOL_MARKER) && !spool_long_name(names[0]) &&
	    strcmp(names[0] + len - strlen(SPOOL_MARKER), SPOOL_MARKER) == 0)
		return -ENODATA;
	return 0;
}

int spool_item(int dirfd, const char *entry, struct spool_item *ret)
{
	char file[SPOOL_PATH];
	size_t len = strlen(entry);
	int r = 0;

	memset(ret, 0, sizeof(*ret));
	if (len < ULID_TEXT || ulid_parse((struct str){ entry, ULID_TEXT }, &ret->id) < 0)
		return -EINVAL;
	if (len == ULID_TEXT)
		r = read_item_folder(dirfd, entry, ret);
	else if (entry[ULID_TEXT] != '-' || len == ULID_TEXT + 1)
		return -EINVAL;
	else
		snprintf(ret->name, sizeof(ret->name), "%s", entry + ULID_TEXT + 1);
	if (r < 0)
		return r;
	spool_file(&ret->id, ret->name, ret->folder, file);
	return fstatat(dirfd, file, &ret->st, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
}
