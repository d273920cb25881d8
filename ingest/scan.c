/* One pass over the drop folder, a step at a time. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "ingest/watch_internal.h"

#define LEAST_PAUSE_MS 20
#define ENTRIES_A_MS 128 /* a look costs about 3 µs; so much rest that passes take a third of the time at most */
#define RIPE_SLACK_MS 32 /* those that ripen together are taken together; the table counts in 16 ms */

static bool begin_pass(struct watch *w, uint64_t now)
{
	int fd = openat(w->spool->drop, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	w->dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!w->dir) {
		log_warn("CT1103", "the drop folder cannot be read", "folder=%s error=%s", w->options->drop, strerror(errno));
		if (fd >= 0)
			close(fd);
		w->next_pass = now + 1000;
		return false;
	}
	w->pass++;
	w->again = false;
	w->met = 0;
	w->next_pass = UINT64_MAX;
	w->ripe = UINT64_MAX;
	w->waiting = w->left = w->folders = 0;
	return true;
}

static void end_pass(struct watch *w, uint64_t now)
{
	uint64_t next = now + w->options->rescan_ms, soonest = now + LEAST_PAUSE_MS + w->met / ENTRIES_A_MS;

	closedir(w->dir);
	w->dir = NULL;
	seen_sweep(&w->seen, w->pass);
	if (w->ripe != UINT64_MAX && w->ripe + RIPE_SLACK_MS < next)
		next = w->ripe + RIPE_SLACK_MS;
	if (w->next_pass < next)
		next = w->next_pass;
	if (w->again)
		next = now;
	/* A large folder must not be read all the time because one file after the other ripens. */
	w->next_pass = next > soonest ? next : soonest;
	w->ended_waiting = w->waiting;
	w->ended_left = w->left;
	w->whole_pass = !w->again;
	w->retry_due = true; /* notices of that folder may get lost too */
	if (w->folders > 0)
		log_debug("CT1104", "folders within the drop folder are ignored", "folders=%zu", w->folders);
}

static void meet_folder(struct watch *w, const char *name, const struct stat *st)
{
	if (st->st_dev == w->spool->dev && st->st_ino == w->spool->ino)
		return;
	w->folders++;
	if (strchr(name, '.'))
		watch_leave(w, name, st, "it is a folder; only files are articles");
}

static void wait_for(struct watch *w, uint64_t when)
{
	w->waiting++;
	if (when < w->ripe)
		w->ripe = when;
}

static void meet_file(struct watch *w, const char *name, const struct stat *st, uint64_t now)
{
	struct seen_entry *e = seen_get(&w->seen, name);
	uint64_t look = seen_look(st), age;

	if (!e) { /* no room: met again when others are gone */
		wait_for(w, now + w->options->scan_settle_ms);
		return;
	}
	e->pass = w->pass;
	if ((e->flags & SEEN_WARNED) && e->look == seen_identity(st)) {
		e->flags |= SEEN_COMPLETE;
		e->look = look; /* could not be moved before: try again, without another word */
	}
	if (e->look != look) {
		e->look = look;
		e->since = seen_time(now);
		e->flags &= SEEN_QUEUED;
	}
	age = seen_age_ms(e, now);
	if (e->flags & SEEN_QUEUED)
		w->waiting++; /* its close was seen: the queue looks after it */
	else if ((e->flags & SEEN_COMPLETE) || age >= w->options->scan_settle_ms)
		(void)watch_claim(w, name, st, now);
	else
		wait_for(w, now + (w->options->scan_settle_ms - age));
}

static void meet(struct watch *w, const char *name, uint64_t now)
{
	struct stat st;

	if (watch_ignores(name))
		return;
	if (fstatat(w->spool->drop, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (S_ISDIR(st.st_mode))
		meet_folder(w, name, &st);
	else if (S_ISLNK(st.st_mode))
		watch_leave(w, name, &st, "it is a symbolic link; only files are articles");
	else if (!S_ISREG(st.st_mode))
		watch_leave(w, name, &st, "it is no regular file but a pipe, socket or device");
	else if (!w->options->marker)
		meet_file(w, name, &st, now);
	else if (watch_is_marker(name))
		return;
	else if (watch_has_marker(w, name))
		(void)watch_claim(w, name, &st, now);
	else
		w->left++;
}

size_t scan_step(struct watch *w, uint64_t now, size_t max)
{
	const struct dirent *e;
	size_t n = 0;

	if (!w->dir && (now < w->next_pass || !begin_pass(w, now)))
		return 0;
	while (n < max && !w->blocked && !intake_full(w->intake)) {
		e = readdir(w->dir);
		n++;
		if (!e) {
			end_pass(w, now);
			break;
		}
		w->met++;
		meet(w, e->d_name, now);
	}
	return n;
}
