#include "ingest/receipts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/utf8.h"
#include "ingest/receipt_line.h"
#include "proto/json.h"

#define MOST_TORN (4u << 20) /* a group that did not become durable is far smaller */
#define SCRATCH_BYTES (1u << 20)
#define GROUP_BYTES (64u << 20)

static bool is_receipt(const char *line, size_t len)
{
	struct receipt_line l;

	if (receipt_line_parse(&l, line, len) < 0)
		return false;
	receipt_line_release(&l);
	return true;
}

/* Where the last good line ends within the last len bytes of the file. */
static size_t good_end(const char *tail, size_t len, bool whole)
{
	while (len > 0) {
		const char *start;
		size_t end = len;

		if (tail[end - 1] != '\n') {
			const char *nl = memrchr(tail, '\n', end);

			if (!nl)
				return 0;
			len = (size_t)(nl - tail) + 1;
			continue;
		}
		start = end > 1 ? memrchr(tail, '\n', end - 1) : NULL;
		if (!start && !whole)
			return 0;
		start = start ? start + 1 : tail;
		if (is_receipt(start, end - 1 - (size_t)(start - tail)))
			return end;
		len = (size_t)(start - tail);
	}
	return 0;
}

static int cut_tail(struct receipts *r, uint64_t size, struct err *err)
{
	size_t len = size < MOST_TORN ? (size_t)size : MOST_TORN, end;
	uint64_t good;
	char *tail;
	ssize_t n;

	if (size == 0)
		return 0;
	tail = malloc(len);
	if (!tail)
		return err_set(err, -ENOMEM, "out of memory");
	n = pread(r->fd, tail, len, (off_t)(size - len));
	if (n != (ssize_t)len) {
		free(tail);
		return err_set(err, -EIO, "cannot read the end of %s: %s", r->name, n < 0 ? strerror(errno) : "it became shorter");
	}
	end = good_end(tail, len, len == size);
	free(tail);
	if (end == 0 && len < size)
		return err_set(err, -EBADMSG,
			       "%s ends in %u bytes that are no receipts: move it away and run `copytaster audit`", r->name, MOST_TORN);
	good = size - len + end;
	if (good < size) {
		log_warn("CT1301", "a torn line at the end of the receipts was cut", "file=%s bytes=%llu", r->name,
			 (unsigned long long)(size - good));
		if (ftruncate(r->fd, (off_t)good) < 0)
			return err_set(err, -errno, "cannot cut %s", r->name);
		if (file_sync(r->fd) < 0)
			return err_set(err, -EIO, "cannot make %s durable", r->name);
	}
	r->size = good;
	return 0;
}

static int open_current(struct receipts *r, struct err *err)
{
	struct stat st;
	int code;

	r->size = 0;
	r->fd = openat(r->dirfd, r->name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
	if (r->fd < 0 || fstat(r->fd, &st) < 0) {
		code = -errno;
		return err_set(err, code, "cannot open the receipts file %s: %s", r->name, strerror(-code));
	}
	if (!S_ISREG(st.st_mode))
		return err_set(err, -EINVAL, "the receipts file %s is no regular file", r->name);
	code = cut_tail(r, (uint64_t)st.st_size, err);
	if (code < 0)
		return code;
	code = file_sync_dir(r->dirfd);
	return code < 0 ? err_set(err, code, "cannot make the spool folder durable: %s", strerror(-code)) : 0;
}

int receipts_open(struct receipts *r, int dirfd, const char *instance, uint64_t rotate_bytes, struct err *err)
{
	memset(r, 0, sizeof(*r));
	r->dirfd = dirfd;
	r->fd = -1;
	r->rotate_bytes = rotate_bytes;
	snprintf(r->instance, sizeof(r->instance), "%s", instance);
	snprintf(r->name, sizeof(r->name), "receipts-%s.ndjson", r->instance);
	buf_init(&r->group, GROUP_BYTES);
	r->scratch = arena_new(SCRATCH_BYTES);
	if (!r->scratch)
		return err_set(err, -ENOMEM, "out of memory");
	return open_current(r, err);
}

void receipts_close(struct receipts *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
	buf_release(&r->group);
	arena_free(&r->scratch);
}

int receipts_add(struct receipts *r, const struct receipt *receipt)
{
	struct receipt timed = *receipt;
	char now[RFC3339_SIZE];
	size_t len = r->group.len;
	int code;

	clock_format(clock_wall_ms(), now);
	timed.time = str_of(now);
	arena_reset(r->scratch);
	code = json_receipt(&r->group, &timed, r->scratch);
	buf_char(&r->group, '\n');
	if (code == 0 && !r->group.failed) {
		r->pending++;
		return 0;
	}
	r->group.failed = false;
	buf_truncate(&r->group, len);
	return code < 0 ? code : -ENOMEM;
}

static int rotate(struct receipts *r, struct err *err)
{
	struct ulid id = ulid_new(clock_wall_ms());
	char text[ULID_TEXT + 1], name[sizeof(r->name) + ULID_TEXT + 8];
	int code;

	ulid_format(&id, text);
	snprintf(name, sizeof(name), "receipts-%s-%s.ndjson", r->instance, text);
	code = file_rename_new(r->dirfd, r->name, r->dirfd, name);
	if (code < 0) {
		/* A bound that is passed is no reason to stop. */
		log_warn("CT1302", "the receipts file could not be rotated", "file=%s error=%s", r->name, strerror(-code));
		return 0;
	}
	close(r->fd);
	r->fd = -1;
	return open_current(r, err);
}

int receipts_flush(struct receipts *r, struct err *err)
{
	int code;

	if (r->pending == 0)
		return 0;
	code = file_pwrite_all(r->fd, r->group.data, r->group.len, (off_t)r->size);
	if (code < 0) {
		int cut = ftruncate(r->fd, (off_t)r->size) < 0 ? -errno : 0;

		if (cut < 0 || (code != -ENOSPC && code != -EDQUOT))
			return err_set(err, cut < 0 ? -EIO : code, "cannot write the receipts file %s: %s", r->name, strerror(-code));
		return err_set(err, code, "no space for the receipts file %s: %s", r->name, strerror(-code));
	}
	code = file_sync(r->fd);
	if (code < 0)
		return err_set(err, -EIO, "cannot make the receipts file %s durable: %s; what is really on the disk is found out at the next start",
			       r->name, strerror(-code));
	r->size += r->group.len;
	r->lines += r->pending;
	r->pending = 0;
	buf_reset(&r->group);
	if (r->group.size > 1u << 20)
		buf_release(&r->group);
	return r->size >= r->rotate_bytes ? rotate(r, err) : 0;
}

void receipt_file_name(struct buf *out, struct str name)
{
	size_t i = 0;

	while (i < name.len) {
		struct str rest = str_cut(name, i, name.len);
		size_t good = utf8_valid_prefix(rest), plain = 0;

		while (plain < good && (unsigned char)rest.data[plain] >= 0x20 && rest.data[plain] != 0x7f && rest.data[plain] != '\\')
			plain++;
		buf_append(out, rest.data, plain);
		i += plain;
		if (i < name.len)
			buf_printf(out, "\\x%02x", (unsigned char)name.data[i++]);
	}
}
