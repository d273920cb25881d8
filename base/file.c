#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW)

int (*file_fault)(const char *operation);

static int fault(const char *operation)
{
	return file_fault ? file_fault(operation) : 0;
}

static int mkdir_one(const char *path, mode_t mode, struct err *err)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return 0;
	int code = errno;
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		return err_set(err, -ENOTDIR, "%s is in the way: it is no folder", path);
	}
	return err_set(err, -code, "cannot make the folder %s: %s", path, strerror(code));
}

int file_mkdirs(const char *path, mode_t mode, struct err *err)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	if (len == 0 || len >= sizeof(part))
		return err_set(err, len ? -ENAMETOOLONG : -ENOENT, "cannot make a folder: its path is %s",
			       len ? "too long" : "empty");
	for (size_t i = 1; i <= len; i++) {
		int r;

		if (i < len && path[i] != '/')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		r = mkdir_one(part, mode, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Without openat2 (old kernels, seccomp filters that do not know it): one component at a
 * time, none of them a symlink or "..". */
static int open_by_parts(int dirfd, const char *name)
{
	char part[NAME_MAX + 1];
	int at = dirfd, fd, code;

	if (name[0] == '/')
		return -EXDEV;
	for (;;) {
		size_t len = strcspn(name, "/");
		bool final = name[len] == '\0';

		if (len > NAME_MAX)
			fd = -1, errno = ENAMETOOLONG;
		else if (len == 2 && name[0] == '.' && name[1] == '.')
			fd = -1, errno = EXDEV;
		else {
			memcpy(part, name, len);
			part[len] = '\0';
			fd = openat(at, len ? part : ".", final ? OPEN_FLAGS : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		}
		code = fd < 0 ? -errno : fd;
		if (code == -ENOTDIR && !final) {
			struct stat st;

			if (fstatat(at, part, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
				code = -ELOOP;
		}
		if (at != dirfd)
			close(at);
		if (code < 0 || final)
			return code;
		at = fd;
		name += len + 1;
	}
}

static int open_guarded(int dirfd, const char *name)
{
	struct open_how how = {
		.flags = OPEN_FLAGS,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	/* EAGAIN: a rename elsewhere raced with the walk. */
	for (int attempt = 0; attempt < 16; attempt++) {
		long fd = syscall(SYS_openat2, dirfd, name, &how, sizeof(how));

		if (fd >= 0)
			return (int)fd;
		if (errno == ENOSYS || errno == EPERM)
			return open_by_parts(dirfd, name);
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -EAGAIN;
}

int file_open_beneath(int dirfd, const char *name, int *ret_fd, struct stat *ret_st)
{
	int fd = open_guarded(dirfd, name);
	struct stat st;
	int r = 0;

	if (fd == -ENXIO)
		return -EPIPE; /* a socket, or a device without a driver */
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (S_ISDIR(st.st_mode))
		r = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		r = -EPIPE;
	if (r < 0) {
		close(fd);
		return r;
	}
	*ret_fd = fd;
	*ret_st = st;
	return 0;
}

static bool same_state(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Reads size bytes; fewer when the file ends before. */
static int read_up_to(int fd, char *data, size_t size, size_t *ret_len)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = pread(fd, data + len, size - len, (off_t)len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	*ret_len = len;
	return 0;
}

int file_read_all(int fd, size_t max_bytes, struct buf *out, struct stat *ret_st)
{
	struct stat before, after;
	size_t size, len = 0;
	char *data;
	int r;

	if (fstat(fd, &before) < 0)
		return -errno;
	if (!S_ISREG(before.st_mode))
		return -EINVAL;
	if (before.st_size < 0 || (uint64_t)before.st_size > max_bytes)
		return -EFBIG;
	size = (size_t)before.st_size;
	buf_reset(out);
	data = buf_reserve(out, size);
	if (!data)
		return -ENOMEM;
	r = read_up_to(fd, data, size, &len);
	if (r < 0)
		return r;
	if (fstat(fd, &after) < 0)
		return -errno;
	if (len != size || !same_state(&before, &after))
		return -EAGAIN;
	*ret_st = after;
	return 0;
}

int file_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;
	int r = fault("write");

	if (r < 0)
		return r;
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int file_pwrite_all(int fd, const void *data, size_t len, off_t at)
{
	const char *p = data;
	int r = fault("write");

	if (r < 0)
		return r;
	while (len) {
		ssize_t n = pwrite(fd, p, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int file_sync(int fd)
{
	int r = fault("fsync");

	if (r < 0)
		return r;
	return fdatasync(fd) < 0 ? -errno : 0;
}

int file_sync_dir(int dirfd)
{
	int r = fault("fsync");

	if (r < 0)
		return r;
	return fsync(dirfd) < 0 ? -errno : 0;
}

int file_rename(int from_dirfd, const char *from, int to_dirfd, const char *to)
{
	int r = fault("rename");

	if (r < 0)
		return r;
	return renameat(from_dirfd, from, to_dirfd, to) < 0 ? -errno : 0;
}

int file_rename_new(int from_dirfd, const char *from, int to_dirfd, const char *to)
{
	struct stat st;
	int r = fault("rename");

	if (r < 0)
		return r;
	if (renameat2(from_dirfd, from, to_dirfd, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* This file system cannot refuse by itself. The window between look and rename is
	 * harmless here: all names that are renamed to carry a ULID of their own. */
	if (fstatat(to_dirfd, to, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return -EEXIST;
	return renameat(from_dirfd, from, to_dirfd, to) < 0 ? -errno : 0;
}

int file_exchange(int dirfd, const char *a, const char *b)
{
	int r = fault("rename");

	if (r < 0)
		return r;
	return renameat2(dirfd, a, dirfd, b, RENAME_EXCHANGE) < 0 ? -errno : 0;
}

static int write_tmp(int dirfd, const char *tmp, const void *data, size_t len, mode_t mode)
{
	int fd = openat(dirfd, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, mode);
	int r;

	if (fd < 0)
		return -errno;
	r = file_write_all(fd, data, len);
	if (r == 0)
		r = file_sync(fd);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

int file_replace(int dirfd, const char *name, const void *data, size_t len, mode_t mode, struct err *err)
{
	char tmp[NAME_MAX + 1];
	int n = snprintf(tmp, sizeof(tmp), "%s.tmp", name);
	int r;

	if (n < 0 || (size_t)n >= sizeof(tmp))
		return err_set(err, -ENAMETOOLONG, "cannot write %.64s…: the name is too long", name);
	r = write_tmp(dirfd, tmp, data, len, mode);
	if (r == 0)
		r = file_rename(dirfd, tmp, dirfd, name);
	if (r < 0) {
		(void)unlinkat(dirfd, tmp, 0);
		return err_set(err, r, "cannot write %s: %s", name, strerror(-r));
	}
	r = file_sync_dir(dirfd);
	if (r < 0)
		return err_set(err, r, "cannot make %s durable: %s", name, strerror(-r));
	return 0;
}

int file_lock(int fd)
{
	for (;;) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EINTR)
			return -errno;
	}
}
