#include "ingest/retention.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define LEAST_PERIOD_MS 1000
#define MOST_PERIOD_MS (10 * 60 * 1000)
#define STEP_PAUSE_MS 5 /* deliveries come first */

static uint64_t period(const struct retention *r)
{
	uint64_t ms = r->keep_ms / 4;

	if (ms < LEAST_PERIOD_MS)
		return LEAST_PERIOD_MS;
	return ms < MOST_PERIOD_MS ? ms : MOST_PERIOD_MS;
}

void retention_init(struct retention *r, const struct spool *spool, uint64_t keep_ms, uint64_t now)
{
	memset(r, 0, sizeof(*r));
	r->spool = spool;
	r->keep_ms = keep_ms;
	r->next = keep_ms == 0 || keep_ms == UINT64_MAX ? UINT64_MAX : now;
}

void retention_release(struct retention *r)
{
	if (r->dir)
		closedir(r->dir);
	r->dir = NULL;
}

/* <ULID>/: an article and perhaps its marker, no folders within. */
static void remove_folder(const struct retention *r, const char *entry)
{
	int fd = openat(r->spool->done, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			(void)unlinkat(dirfd(dir), e->d_name, 0);
	closedir(dir);
	(void)unlinkat(r->spool->done, entry, AT_REMOVEDIR);
}

static void look_at(struct retention *r, const char *entry, uint64_t wall_ms)
{
	struct ulid id;
	struct stat st;

	if (strlen(entry) < ULID_TEXT || ulid_parse((struct str){ entry, ULID_TEXT }, &id) < 0)
		return; /* not ours */
	if (ulid_ms(&id) + r->keep_ms > wall_ms)
		return; /* it was not even claimed so long ago: no need to ask */
	if (fstatat(r->spool->done, entry, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if ((uint64_t)st.st_ctim.tv_sec * 1000 + r->keep_ms > wall_ms)
		return;
	if (S_ISDIR(st.st_mode))
		remove_folder(r, entry);
	else if (unlinkat(r->spool->done, entry, 0) < 0)
		return;
	r->removed++;
}

static bool begin(struct retention *r, uint64_t now)
{
	int fd = openat(r->spool->done, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	r->dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (r->dir)
		return true;
	if (fd >= 0)
		close(fd);
	log_warn("CT1601", "the folder of finished files cannot be read", "error=%s", strerror(errno));
	r->next = now + period(r);
	return false;
}

void retention_step(struct retention *r, uint64_t now, size_t max)
{
	uint64_t wall_ms = clock_wall_ms();

	if (r->next == UINT64_MAX || now < r->next || (!r->dir && !begin(r, now)))
		return;
	r->next = now + STEP_PAUSE_MS;
	for (size_t i = 0; i < max; i++) {
		const struct dirent *e = readdir(r->dir);

		if (!e) {
			closedir(r->dir);
			r->dir = NULL;
			r->next = now + period(r);
			return;
		}
		look_at(r, e->d_name, wall_ms);
	}
}

uint64_t retention_next(const struct retention *r)
{
	return r->next;
}
