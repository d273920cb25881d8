#include "cli/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 256 * 1024 };

void lines_init(struct lines *l, int fd, size_t max_bytes)
{
	*l = (struct lines){ .fd = fd, .max_bytes = max_bytes };
	buf_init(&l->data, 0);
}

void lines_release(struct lines *l)
{
	buf_release(&l->data);
}

static const char *find_newline(struct lines *l)
{
	if (l->searched == l->data.len)
		return NULL;
	const char *nl = memchr(l->data.data + l->searched, '\n', l->data.len - l->searched);
	l->searched = nl ? (size_t)(nl - l->data.data) : l->data.len;
	return nl;
}

bool lines_ready(const struct lines *l)
{
	return l->data.len > l->taken && memchr(l->data.data + l->taken, '\n', l->data.len - l->taken);
}

static void drop_taken(struct lines *l)
{
	size_t rest = l->data.len - l->taken;
	if (rest)
		memmove(l->data.data, l->data.data + l->taken, rest);
	buf_truncate(&l->data, rest);
	l->searched -= l->taken;
	l->taken = 0;
}

static int read_chunk(struct lines *l)
{
	size_t had = l->data.len;
	char *room = buf_reserve(&l->data, CHUNK_BYTES);
	if (!room)
		return -ENOMEM;
	ssize_t got;
	do
		got = read(l->fd, room, CHUNK_BYTES);
	while (got < 0 && errno == EINTR);
	int rc = got < 0 ? -errno : 0;
	buf_truncate(&l->data, had + (got > 0 ? (size_t)got : 0));
	l->at_end = got == 0;
	return rc;
}

int lines_next(struct lines *l, struct str *ret)
{
	bool too_long = false;
	const char *nl;
	while (!(nl = find_newline(l)) && !l->at_end) {
		if (l->taken)
			drop_taken(l);
		if (l->data.len > l->max_bytes) {
			too_long = true;
			buf_truncate(&l->data, 0);
			l->searched = 0;
		}
		int rc = read_chunk(l);
		if (rc)
			return rc;
	}
	size_t end = nl ? (size_t)(nl - l->data.data) : l->data.len;
	if (!nl && end == l->taken && !too_long)
		return 1;
	*ret = end > l->taken ? (struct str){ l->data.data + l->taken, end - l->taken } : (struct str){ 0 };
	l->taken = l->searched = nl ? end + 1 : end;
	l->torn = !nl;
	l->number++;
	return too_long || ret->len > l->max_bytes ? -EFBIG : 0;
}
