/* Reading receipts again at start: which articles in active/ have reached their end already? */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/receipt_line.h"
#include "ingest/receipts.h"
#include "proto/json.h"

#define CLOCK_SLACK_MS (3600 * 1000) /* a wall clock may have been set */
#define CHUNK 65536

struct replay {
	bool (*wanted)(const struct ulid *id, void *arg);
	receipts_fn *fn;
	void *arg;
};

/* The id behind "key": in a line that our writer made; cheap, so that only lines of interest are parsed. */
static bool find_id(const char *line, size_t len, const char *key, struct ulid *ret)
{
	const char *at = memmem(line, len, key, strlen(key)), *end = line + len;

	if (!at)
		return false;
	at += strlen(key);
	while (at < end && (*at == ':' || *at == ' ' || *at == '"'))
		at++;
	return end - at >= ULID_TEXT && ulid_parse((struct str){ at, ULID_TEXT }, ret) == 0;
}

static int take_line(const struct replay *p, const char *line, size_t len)
{
	struct ulid id, next;
	struct receipt_line l;
	int code;

	if (!find_id(line, len, "\"articleId\"", &id))
		return 0;
	if (!p->wanted(&id, p->arg) && !(find_id(line, len, "\"nextArticleId\"", &next) && p->wanted(&next, p->arg)))
		return 0;
	/* The tail was checked at the opening; a damaged line within settles nothing. */
	if (receipt_line_parse(&l, line, len) < 0)
		return 0;
	l.receipt.outcome = outcome_of_name(l.outcome);
	code = p->fn(&id, &l.receipt, p->arg);
	receipt_line_release(&l);
	return code;
}

/* Takes the whole lines in data; returns how many bytes were used, or -errno. */
static ssize_t take_lines(const struct replay *p, const char *data, size_t len)
{
	size_t used = 0;

	while (used < len) {
		const char *nl = memchr(data + used, '\n', len - used);
		size_t line = nl ? (size_t)(nl - data) - used : 0;
		int code;

		if (!nl)
			break;
		code = take_line(p, data + used, line);
		if (code < 0)
			return code;
		used += line + 1;
	}
	return (ssize_t)used;
}

static int replay_fd(const struct replay *p, int fd)
{
	size_t size = RECEIPT_LINE + CHUNK, len = 0;
	char *data = malloc(size);
	ssize_t n, used = 0;

	if (!data)
		return -ENOMEM;
	while ((n = read(fd, data + len, size - len)) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		len += (size_t)n;
		used = take_lines(p, data, len);
		if (used < 0)
			break;
		memmove(data, data + used, len - (size_t)used);
		len -= (size_t)used;
		if (len == size)
			len = 0; /* no line of ours is as long as this */
	}
	if (n < 0)
		used = -errno;
	free(data);
	return used < 0 ? (int)used : 0;
}

static int replay_file(const struct replay *p, int dirfd, const char *name, uint64_t since_ms, struct err *err)
{
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	int r = 0;

	if (fd < 0)
		return err_set(err, -errno, "cannot open the receipts file %s: %s", name, strerror(errno));
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if ((uint64_t)st.st_mtim.tv_sec * 1000 + CLOCK_SLACK_MS >= since_ms)
		r = replay_fd(p, fd);
	close(fd);
	return r < 0 ? err_set(err, r, "cannot read the receipts file %s: %s", name, strerror(-r)) : 0;
}

/* "receipts-<instance>-<ULID>.ndjson" */
static bool is_rotated(const char *name, const char *instance)
{
	size_t len = strlen(instance);
	struct ulid id;

	return strncmp(name, "receipts-", 9) == 0 && strncmp(name + 9, instance, len) == 0 && name[9 + len] == '-' &&
	       strlen(name) == 9 + len + 1 + ULID_TEXT + 7 && ulid_parse((struct str){ name + 10 + len, ULID_TEXT }, &id) == 0 &&
	       strcmp(name + 10 + len + ULID_TEXT, ".ndjson") == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
	char **names;
	size_t n, size;
};

static void names_release(struct names *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->names[i]);
	free(l->names);
}

static int names_add(struct names *l, const char *name)
{
	char *copy;

	if (l->n == l->size) {
		size_t size = l->size > 0 ? 2 * l->size : 16;
		char **more = realloc(l->names, size * sizeof(char *));

		if (!more)
			return -ENOMEM;
		l->names = more;
		l->size = size;
	}
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	l->names[l->n++] = copy;
	return 0;
}

static int list_rotated(const struct receipts *r, struct names *l)
{
	int fd = openat(r->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), code = 0;
	const struct dirent *e;
	DIR *dir;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	while (code == 0 && (e = readdir(dir)))
		if (is_rotated(e->d_name, r->instance))
			code = names_add(l, e->d_name);
	closedir(dir);
	if (l->n > 0)
		qsort(l->names, l->n, sizeof(char *), by_name);
	return code;
}

int receipts_replay(const struct receipts *r, uint64_t since_ms, bool (*wanted)(const struct ulid *id, void *arg), receipts_fn *fn,
		    void *arg, struct err *err)
{
	struct replay p = { wanted, fn, arg };
	struct names l = { 0 };
	int code = list_rotated(r, &l);

	if (code < 0)
		err_set(err, code, "cannot list the receipts files: %s", strerror(-code));
	for (size_t i = 0; code == 0 && i < l.n; i++)
		code = replay_file(&p, r->dirfd, l.names[i], since_ms, err);
	if (code == 0)
		code = replay_file(&p, r->dirfd, r->name, since_ms, err);
	names_release(&l);
	return code;
}
