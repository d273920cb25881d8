/* The only module that renames, fsyncs and opens untrusted files.
 *
 * After a failed fsync the page cache may have dropped what was written: no
 * caller may try the same fsync again. The callers crash or abandon the file,
 * rescan and replay. */
#ifndef COPYTASTER_BASE_FILE_H
#define COPYTASTER_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Makes path and its parents (mode for the new ones). 0 or -errno with text. */
int file_mkdirs(const char *path, mode_t mode, struct err *err) MUST_CHECK;

/* Opens name beneath dirfd for reading: no symlink anywhere, no way out of dirfd, no blocking
 * on a FIFO, close-on-exec; refuses all but regular files. 0 or -errno:
 * -ELOOP symlink, -EXDEV outside, -EISDIR, -EPIPE for FIFO/socket/device. */
int file_open_beneath(int dirfd, const char *name, int *ret_fd, struct stat *ret_st) MUST_CHECK;

/* Reads the whole of a regular file of st->st_size bytes into out (emptied first).
 * -EFBIG over max_bytes (before any allocation), -EAGAIN when fstat differs before and
 * after (it changed while read), -EIO… as read(2). */
int file_read_all(int fd, size_t max_bytes, struct buf *out, struct stat *ret_st) MUST_CHECK;

/* All of it or -errno; short writes go on, EINTR goes on. */
int file_write_all(int fd, const void *data, size_t len) MUST_CHECK;
int file_pwrite_all(int fd, const void *data, size_t len, off_t at) MUST_CHECK;

int file_sync(int fd) MUST_CHECK;     /* fdatasync */
int file_sync_dir(int dirfd) MUST_CHECK;
int file_rename(int from_dirfd, const char *from, int to_dirfd, const char *to) MUST_CHECK;
/* RENAME_NOREPLACE where the file system has it; -EEXIST else checked by link-free stat. */
int file_rename_new(int from_dirfd, const char *from, int to_dirfd, const char *to) MUST_CHECK;

/* Two names in one folder change places, at once. -EINVAL or -ENOSYS: this file system cannot. */
int file_exchange(int dirfd, const char *a, const char *b) MUST_CHECK;

/* Writes a small file whole: name.tmp, fsync, rename, fsync of the folder. */
int file_replace(int dirfd, const char *name, const void *data, size_t len, mode_t mode, struct err *err) MUST_CHECK;

/* flock(LOCK_EX|LOCK_NB) on fd: 0, -EWOULDBLOCK when another holds it. */
int file_lock(int fd) MUST_CHECK;

/* Fault injection for tests: called before each of the operations above that
 * writes, with its name ("write", "fsync", "rename"); a negative errno is returned to the
 * caller instead of doing it. */
extern int (*file_fault)(const char *operation);

#endif
