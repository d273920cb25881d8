#include "sinks/file_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "sinks/segment.h"

enum { CHUNK_BYTES = 256 * 1024 };

/* What was read of one segment. Finished ones stay in the list so that they are not read again. */
struct progress {
	char name[SEGMENT_NAME];
	uint64_t at[SEGMENT_STREAMS];
	uint64_t end[SEGMENT_STREAMS]; /* committed, as last looked up */
	bool finished;
};

struct file_reader {
	int dirfd;
	struct ledger *ledger;
	bool skip_what_is_there;
	struct progress *list;
	size_t n, room;
	size_t current; /* being read; n: none */
	int stream;
	int fd;
	struct buf chunk;
	size_t taken; /* of chunk, by lines handed out */
};

static struct progress *find(struct file_reader *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (!strcmp(r->list[i].name, name))
			return &r->list[i];
	if (r->n == r->room) {
		size_t room = r->room ? 2 * r->room : 32;
		struct progress *list = realloc(r->list, room * sizeof(*list));
		if (!list)
			return NULL;
		r->list = list;
		r->room = room;
	}
	r->list[r->n] = (struct progress){ 0 };
	memcpy(r->list[r->n].name, name, SEGMENT_NAME);
	return &r->list[r->n++];
}

static int closed_size(struct file_reader *r, const char *name, int stream, uint64_t *ret)
{
	char file[SEGMENT_FILE];
	struct stat st;
	segment_file(file, name, stream, false);
	if (fstatat(r->dirfd, file, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	*ret = (uint64_t)st.st_size;
	return 0;
}

/* The lengths up to which a segment is published now. */
static int look_up(struct file_reader *r, struct progress *p)
{
	struct ledger_segment row;
	uint64_t end[SEGMENT_STREAMS] = { 0 };
	/* The articles are renamed last: when they are closed, the claims are. */
	if (closed_size(r, p->name, SEGMENT_ARTICLES, &end[SEGMENT_ARTICLES]) == 0 &&
	    closed_size(r, p->name, SEGMENT_CLAIMS, &end[SEGMENT_CLAIMS]) == 0) {
		memcpy(p->end, end, sizeof(end));
		p->finished = p->at[0] == end[0] && p->at[1] == end[1];
		return 0;
	}
	int rc = ledger_segment_get(r->ledger, p->name, &row);
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	p->end[SEGMENT_CLAIMS] = row.claims_bytes;
	p->end[SEGMENT_ARTICLES] = row.articles_bytes;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct progress *)a)->name, ((const struct progress *)b)->name);
}

static int rescan(struct file_reader *r)
{
	int fd = openat(r->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		int rc = -errno;
		if (fd >= 0)
			close(fd);
		return rc;
	}
	int rc = 0;
	struct dirent *e;
	while (rc == 0 && (e = readdir(d))) {
		char name[SEGMENT_NAME];
		int stream;
		bool open;
		if (segment_parse(e->d_name, name, &stream, &open) && !find(r, name))
			rc = -ENOMEM;
	}
	closedir(d);
	if (r->n)
		qsort(r->list, r->n, sizeof(*r->list), by_name);
	for (size_t i = 0; i < r->n && rc == 0; i++)
		if (!r->list[i].finished)
			rc = look_up(r, &r->list[i]);
	return rc;
}

static int open_stream(struct file_reader *r, const struct progress *p, int stream)
{
	char file[SEGMENT_FILE];
	for (int open = 1; open >= 0; open--) {
		segment_file(file, p->name, stream, open);
		r->fd = openat(r->dirfd, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		if (r->fd >= 0)
			return 0;
		if (errno != ENOENT)
			return -errno;
	}
	return -EAGAIN; /* renamed between the two: next time */
}

static void close_stream(struct file_reader *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
	buf_reset(&r->chunk);
	r->taken = 0;
}

/* Claims of a segment first, then its articles, as far as both are published; then the next segment. */
static int pick_stream(struct file_reader *r)
{
	for (size_t i = 0; i < r->n; i++)
		for (int s = 0; s < SEGMENT_STREAMS; s++)
			if (r->list[i].at[s] < r->list[i].end[s]) {
				r->current = i;
				r->stream = s;
				return open_stream(r, &r->list[i], s);
			}
	return -EAGAIN;
}

/* One line from the chunk that was read, if there is one. */
static bool take_line(struct file_reader *r, struct progress *p, struct str *ret_line)
{
	const char *from = r->chunk.data + r->taken;
	const char *nl = r->chunk.len > r->taken ? memchr(from, '\n', r->chunk.len - r->taken) : NULL;
	if (!nl)
		return false;
	*ret_line = (struct str){ from, (size_t)(nl - from) };
	r->taken += ret_line->len + 1;
	p->at[r->stream] += ret_line->len + 1;
	return true;
}

/* More bytes behind what is there, at most to the committed end. 0, or 1 when there are no more. */
static int read_more(struct file_reader *r, const struct progress *p)
{
	size_t rest = r->chunk.len - r->taken;
	if (rest && r->taken)
		memmove(r->chunk.data, r->chunk.data + r->taken, rest);
	buf_truncate(&r->chunk, rest);
	r->taken = 0;
	uint64_t from = p->at[r->stream] + rest, left = p->end[r->stream] - from;
	if (left == 0)
		return 1;
	size_t want = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
	char *room = buf_reserve(&r->chunk, want);
	if (!room)
		return -ENOMEM;
	ssize_t got = pread(r->fd, room, want, (off_t)from);
	int rc = got < 0 ? -errno : got == 0 ? -EIO : 0;
	buf_truncate(&r->chunk, rest + (got > 0 ? (size_t)got : 0));
	return rc;
}

static int forward(struct file_reader *r)
{
	int rc = rescan(r);
	if (rc)
		return rc;
	if (r->skip_what_is_there)
		for (size_t i = 0; i < r->n; i++)
			memcpy(r->list[i].at, r->list[i].end, sizeof(r->list[i].at));
	r->skip_what_is_there = false;
	return pick_stream(r);
}

int file_reader_open(const char *out_dir, struct ledger *ledger, bool from_start, struct file_reader **ret, struct err *err)
{
	struct file_reader *r = calloc(1, sizeof(*r));
	if (!r)
		return err_set(err, -ENOMEM, "out of memory");
	*r = (struct file_reader){ .fd = -1, .ledger = ledger, .skip_what_is_there = !from_start };
	buf_init(&r->chunk, 0);
	r->dirfd = open(out_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = r->dirfd < 0 ? -errno : 0;
	if (rc == 0 && !from_start && (rc = forward(r)) == -EAGAIN)
		rc = 0;
	if (rc) {
		file_reader_close(&r);
		return err_set(err, rc, "cannot read %s: %s", out_dir, strerror(-rc));
	}
	*ret = r;
	return 0;
}

int file_reader_next(struct file_reader *r, enum file_stream *ret_stream, struct str *ret_line)
{
	for (;;) {
		int rc = r->fd < 0 ? forward(r) : 0;
		if (rc)
			return rc;
		struct progress *p = &r->list[r->current];
		if (take_line(r, p, ret_line)) {
			*ret_stream = r->stream == SEGMENT_CLAIMS ? FILE_CLAIMS : FILE_ARTICLES;
			return 0;
		}
		if ((rc = read_more(r, p)) == 0)
			continue;
		bool torn = rc > 0 && r->chunk.len > 0;
		close_stream(r);
		if (rc < 0 || torn)
			return rc < 0 ? rc : -EBADMSG;
	}
}

void file_reader_close(struct file_reader **r)
{
	if (!*r)
		return;
	close_stream(*r);
	if ((*r)->dirfd >= 0)
		close((*r)->dirfd);
	buf_release(&(*r)->chunk);
	free((*r)->list);
	free(*r);
	*r = NULL;
}
