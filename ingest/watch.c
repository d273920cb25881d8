#include "ingest/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "ingest/watch_internal.h"

#define EVENT_BYTES 65536
#define READS_AT_ONCE 4
#define BLOCKED_MS 1000
#define ONCE_PATIENCE 10 /* scan_settle periods without progress */

/* ---- open, close ---- */

static int add_watch(const struct watch *w, const char *path, uint32_t mask, struct err *err)
{
	int wd = inotify_add_watch(w->inotify, path, mask | IN_ONLYDIR);

	if (wd < 0 && errno == ENOSPC)
		return err_set(err, -errno, "cannot watch %s: raise fs.inotify.max_user_watches (sysctl)", path);
	return wd < 0 ? err_set(err, -errno, "cannot watch %s: %s", path, strerror(errno)) : wd;
}

int watch_open(struct watch *w, const struct options *o, struct spool *spool, struct intake *intake, struct err *err)
{
	char retry[PATH_MAX];

	memset(w, 0, sizeof(*w));
	w->inotify = -1;
	w->options = o;
	w->spool = spool;
	w->intake = intake;
	w->ripe = UINT64_MAX;
	w->retry_due = true;
	w->progress = clock_mono_ms();
	w->queue = calloc(WATCH_QUEUE, sizeof(*w->queue));
	if (!w->queue || seen_init(&w->seen) < 0)
		return err_set(err, -ENOMEM, "out of memory");
	w->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->inotify < 0)
		return err_set(err, -errno, "cannot watch folders: %s; raise fs.inotify.max_user_instances (sysctl)", strerror(errno));
	w->wd_drop = add_watch(w, o->drop, IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF, err);
	if (w->wd_drop < 0)
		return w->wd_drop;
	snprintf(retry, sizeof(retry), "%.4000s/retry", o->spool);
	w->wd_retry = add_watch(w, retry, IN_MOVED_TO | IN_CREATE, err);
	return w->wd_retry < 0 ? w->wd_retry : 0;
}

void watch_close(struct watch *w)
{
	for (size_t i = 0; w->queue && i < w->n_queue; i++)
		free(w->queue[(w->head + i) % WATCH_QUEUE].name);
	free(w->queue);
	w->queue = NULL;
	w->n_queue = 0;
	if (w->dir)
		closedir(w->dir);
	w->dir = NULL;
	if (w->inotify >= 0)
		close(w->inotify);
	w->inotify = -1;
	seen_release(&w->seen);
}

/* ---- names ---- */

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), e = strlen(end);

	return n >= e && strcmp(name + n - e, end) == 0;
}

bool watch_ignores(const char *name)
{
	return name[0] == '.' || ends_with(name, ".tmp") || ends_with(name, ".part") || ends_with(name, ".filepart") ||
	       ends_with(name, "~");
}

bool watch_is_marker(const char *name)
{
	return ends_with(name, SPOOL_MARKER) && strlen(name) > strlen(SPOOL_MARKER);
}

bool watch_has_marker(const struct watch *w, const char *name)
{
	char marker[NAME_MAX + 1];
	struct stat st;

	if (strlen(name) > NAME_MAX - strlen(SPOOL_MARKER))
		return false;
	snprintf(marker, sizeof(marker), "%.250s%s", name, SPOOL_MARKER);
	return fstatat(w->spool->drop, marker, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

void watch_rescan(struct watch *w, uint64_t when)
{
	if (w->dir)
		w->again = true;
	if (when < w->next_pass)
		w->next_pass = when;
}

void watch_leave(struct watch *w, const char *name, const struct stat *st, const char *why)
{
	struct seen_entry *e = seen_get(&w->seen, name);
	uint64_t identity = seen_identity(st);
	char quoted[400];
	bool said;

	if (!e)
		return;
	e->pass = w->pass;
	said = (e->flags & SEEN_WARNED) && (e->look == identity || e->look == seen_look(st));
	e->flags = SEEN_WARNED;
	e->look = identity;
	if (said)
		return;
	log_warn("CT1101", "left in the drop folder", "name=%s why=\"%s\"", log_quote(str_of(name), quoted, sizeof(quoted)), why);
}

/* ---- claims ---- */

static const char *why_not(int error)
{
	switch (-error) {
	case EACCES:
	case EPERM:
		return "it may not be moved: give the ingest user write permission on the folder (and mind its sticky bit)";
	case EXDEV:
		return "it lies on another mount: set paths.spool to a folder on the same one";
	case EBUSY:
		return "it is in use as a mount point";
	case EROFS:
		return "the file system is read-only";
	default:
		return strerror(-error);
	}
}

static void complete_later(struct watch *w, const char *name, const struct stat *st, uint64_t now)
{
	struct seen_entry *e = seen_get(&w->seen, name);

	if (!e)
		return;
	e->look = seen_look(st);
	e->since = seen_time(now);
	e->flags = (uint16_t)((e->flags & SEEN_QUEUED) | SEEN_COMPLETE);
	e->pass = w->pass;
}

bool watch_claim(struct watch *w, const char *name, const struct stat *st, uint64_t now)
{
	struct seen_entry *e;
	int r = intake_claim(w->intake, name, w->options->marker, st);

	if (r == 0) {
		e = seen_find(&w->seen, name);
		if (e) { /* a new file of this name begins anew */
			e->look = 0;
			e->flags &= SEEN_QUEUED;
			e->pass = (uint16_t)(w->pass - 1);
		}
		w->progress = now;
		w->met -= w->met > 0; /* gone: the next pass does not meet it */
		w->whole_pass = false;
		if (w->options->once)
			watch_rescan(w, now); /* the end is known by a pass that finds nothing */
		return true;
	}
	switch (-r) {
	case ENOENT:
		return true;
	case EAGAIN:
		watch_rescan(w, now);
		return true;
	case ENOMEM:
	case ENOSPC:
	case EDQUOT:
		w->blocked = r;
		w->blocked_until = now + BLOCKED_MS;
		/* fall through */
	case ENOBUFS:
		complete_later(w, name, st, now);
		watch_rescan(w, now);
		return false;
	default:
		w->left++;
		watch_leave(w, name, st, why_not(r));
		return true;
	}
}

/* ---- closed files ---- */

static void enqueue(struct watch *w, const char *name, const struct stat *st, uint64_t now)
{
	struct seen_entry *e = seen_get(&w->seen, name);
	struct watch_closed *c;
	char *copy;

	if (!e) {
		watch_rescan(w, now);
		return;
	}
	e->look = seen_look(st);
	e->since = seen_time(now);
	e->pass = w->pass;
	if (e->flags & SEEN_QUEUED)
		return; /* its turn comes, and finds that it has changed */
	copy = w->n_queue < WATCH_QUEUE ? strdup(name) : NULL;
	if (!copy) {
		watch_rescan(w, now);
		return;
	}
	e->flags = SEEN_QUEUED;
	c = &w->queue[(w->head + w->n_queue++) % WATCH_QUEUE];
	c->name = copy;
	c->due = now + w->options->settle_ms;
	w->whole_pass = false;
}

static void look_at_closed(struct watch *w, const char *name, uint64_t now)
{
	struct seen_entry *e = seen_find(&w->seen, name);
	struct stat st;

	if (!e)
		return;
	e->flags &= (uint16_t)~SEEN_QUEUED;
	if (fstatat(w->spool->drop, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return;
	if (e->look == seen_look(&st) && seen_age_ms(e, now) + 16 >= w->options->settle_ms)
		(void)watch_claim(w, name, &st, now);
	else
		enqueue(w, name, &st, now);
}

static size_t due_closed(struct watch *w, uint64_t now, size_t max)
{
	size_t n = 0;

	while (n < max && w->n_queue > 0 && w->queue[w->head].due <= now) {
		char *name = w->queue[w->head].name;

		w->queue[w->head].name = NULL;
		w->head = (w->head + 1) % WATCH_QUEUE;
		w->n_queue--;
		look_at_closed(w, name, now);
		free(name);
		n++;
	}
	return n;
}

/* ---- events ---- */

static void came_by_rename(struct watch *w, const char *name, const struct stat *st, uint64_t now)
{
	if (w->blocked || w->paused || intake_full(w->intake)) {
		complete_later(w, name, st, now);
		watch_rescan(w, now);
	} else {
		(void)watch_claim(w, name, st, now);
	}
}

/* With markers, either of the two may come last. */
static void marked(struct watch *w, const char *name, uint64_t now)
{
	char article[NAME_MAX + 1];
	struct stat st;
	size_t len = strlen(name);

	if (watch_is_marker(name))
		len -= strlen(SPOOL_MARKER);
	snprintf(article, sizeof(article), "%.*s", (int)len, name);
	if (watch_ignores(article) || !watch_has_marker(w, article))
		return;
	if (fstatat(w->spool->drop, article, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
		came_by_rename(w, article, &st, now);
}

static void file_event(struct watch *w, const struct inotify_event *e, uint64_t now)
{
	struct stat st;

	if (watch_ignores(e->name))
		return;
	if (w->options->marker) {
		marked(w, e->name, now);
		return;
	}
	if (fstatat(w->spool->drop, e->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (!S_ISREG(st.st_mode))
		watch_rescan(w, now); /* the scan knows what to say about it */
	else if (e->mask & IN_MOVED_TO)
		came_by_rename(w, e->name, &st, now);
	else
		enqueue(w, e->name, &st, now);
}

static void event(struct watch *w, const struct inotify_event *e, uint64_t now)
{
	if (e->mask & IN_Q_OVERFLOW) {
		log_info("CT1102", "the kernel dropped notices; the drop folder is read again", "queue=%s",
			 "/proc/sys/fs/inotify/max_queued_events");
		watch_rescan(w, now);
		w->retry_due = true;
	} else if (e->wd == w->wd_retry) {
		w->retry_due = true;
	} else if (e->wd != w->wd_drop) {
		return;
	} else if (e->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) {
		w->drop_gone = true;
	} else if (e->len > 0) {
		file_event(w, e, now);
	}
}

void watch_read(struct watch *w)
{
	static char events[EVENT_BYTES] __attribute__((aligned(__alignof__(struct inotify_event))));
	uint64_t now = clock_mono_ms();

	for (int i = 0; i < READS_AT_ONCE; i++) {
		ssize_t n = read(w->inotify, events, sizeof(events));

		if (n <= 0)
			return;
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *e = (const void *)(events + at);

			event(w, e, now);
			at += (ssize_t)(sizeof(*e) + e->len);
		}
	}
}

/* ---- steps ---- */

bool watch_step(struct watch *w, uint64_t now, size_t max)
{
	size_t n;

	if (w->blocked) {
		if (now < w->blocked_until)
			return true;
		w->blocked = 0;
	}
	n = due_closed(w, now, max);
	if (!w->blocked && !intake_full(w->intake))
		n += scan_step(w, now, max - n);
	return n == 0;
}

uint64_t watch_next(const struct watch *w)
{
	uint64_t next = UINT64_MAX;

	if (w->blocked)
		return w->blocked_until;
	if (w->n_queue > 0)
		next = w->queue[w->head].due;
	if (intake_full(w->intake))
		return next;
	if (w->dir)
		return 0;
	return w->next_pass < next ? w->next_pass : next;
}

bool watch_done(const struct watch *w, uint64_t now)
{
	if (!w->whole_pass || w->dir || w->again || w->n_queue > 0 || w->blocked || w->retry_due)
		return false;
	return w->ended_waiting == 0 || now - w->progress > ONCE_PATIENCE * w->options->scan_settle_ms;
}
