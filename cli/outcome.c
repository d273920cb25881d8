#include "cli/outcome.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/term.h"
#include "cli/value.h"

enum { MOST_SHOWN = 50 };

/* The file system's clock may lag the wall clock by a tick. */
enum { CLOCK_TICK_MS = 20 };

static int open_spool(const struct options *o, const char *sub)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s%s%s", o->spool, sub ? "/" : "", sub ? sub : "");
	if (n < 0 || (size_t)n >= sizeof(path))
		return -1;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void summary_name(const struct options *o, char out[128])
{
	(void)snprintf(out, 128, "summary-%s.json", o->instance);
}

void outcome_forget(const struct options *o)
{
	char name[128];
	int fd = open_spool(o, NULL);
	summary_name(o, name);
	if (fd < 0)
		return;
	(void)unlinkat(fd, name, 0);
	close(fd);
}

struct outcome_summary outcome_read(const struct options *o)
{
	struct outcome_summary s = { 0 };
	char name[128];
	json_t *v;
	int fd = open_spool(o, NULL);
	summary_name(o, name);
	if (fd >= 0 && value_read_file(fd, name, &v) == 0) {
		s = (struct outcome_summary){ true, value_uint(v, "accepted"), value_uint(v, "published"), value_uint(v, "copies"),
					      value_uint(v, "failed"), value_uint(v, "left"), value_uint(v, "redeliveries") };
		json_decref(v);
	}
	if (fd >= 0)
		close(fd);
	return s;
}

static void print_one(int dirfd, const char *name)
{
	struct buf line;
	json_t *v;
	if (value_read_file(dirfd, name, &v))
		return;
	buf_init(&line, 64 * 1024);
	buf_text(&line, "  ");
	term_text(&line, value_text(v, "fileName"));
	buf_text(&line, ": ");
	term_text(&line, value_text(v, "code"));
	buf_text(&line, ": ");
	term_text(&line, value_text(v, "reason"));
	buf_char(&line, '\n');
	term_say(&line);
	buf_release(&line);
	json_decref(v);
}

static bool is_reason(int dirfd, const char *name, uint64_t since_wall_ms)
{
	struct stat st;
	size_t len = strlen(name), suffix = strlen(".reason.json");
	if (len <= suffix || strcmp(name + len - suffix, ".reason.json") || fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW))
		return false;
	uint64_t written_ms = (uint64_t)st.st_mtim.tv_sec * 1000 + (uint64_t)st.st_mtim.tv_nsec / 1000000;
	return written_ms + CLOCK_TICK_MS >= since_wall_ms;
}

uint64_t outcome_print_failed(const struct options *o, uint64_t since_wall_ms)
{
	uint64_t n = 0;
	int fd = open_spool(o, "failed");
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	while (d && (e = readdir(d))) {
		if (!is_reason(fd, e->d_name, since_wall_ms))
			continue;
		if (n == 0)
			fprintf(stderr, "Failed, kept in %s/failed:\n", o->spool);
		if (n++ < MOST_SHOWN)
			print_one(fd, e->d_name);
	}
	if (n > MOST_SHOWN)
		fprintf(stderr, "  … and %llu more in %s/failed\n", (unsigned long long)(n - MOST_SHOWN), o->spool);
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	return n;
}

uint64_t outcome_active(const struct options *o)
{
	char sub[128];
	uint64_t n = 0;
	(void)snprintf(sub, sizeof(sub), "active/%s", o->instance);
	int fd = open_spool(o, sub);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	if (!d) {
		if (fd >= 0)
			close(fd);
		return UINT64_MAX;
	}
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}
