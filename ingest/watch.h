/* Watch: which files in the drop folder are complete? It hands them to intake at once.
 *
 * inotify is a hint: a scan of the whole folder runs at start, every rescan_ms, after an overflow, and where something
 * was left over. Complete is what was renamed in, or was closed and then looked the same settle_ms later, or looked the same
 * scan_settle_ms apart, or has its marker. All steps are bounded. One thread. */
#ifndef COPYTASTER_INGEST_WATCH_H
#define COPYTASTER_INGEST_WATCH_H

#include <dirent.h>

#include "ingest/intake.h"
#include "ingest/seen.h"

#define WATCH_QUEUE 8192 /* closed files that settle */

struct watch_closed {
	char *name;
	uint64_t due;
};

struct watch {
	const struct options *options;
	struct spool *spool;
	struct intake *intake;
	int inotify, wd_drop, wd_retry;
	struct seen seen;
	struct watch_closed *queue; /* ring, by due */
	size_t head, n_queue;

	DIR *dir;             /* a pass is going on */
	uint16_t pass;
	bool again;           /* something came that this pass may have missed */
	uint64_t next_pass, ripe; /* ripe: when the first of those that wait may be claimed */
	size_t met, waiting, left, folders; /* in this pass: looked at; not settled yet; cannot be taken */
	size_t ended_waiting, ended_left; /* of the last whole pass */
	bool whole_pass;      /* one has ended since the last file came */
	uint64_t progress;    /* when a file was last claimed */

	bool retry_due, drop_gone;
	bool paused;          /* set by the owner: claim nothing */
	int blocked;          /* -ENOSPC …: why claims fail */
	uint64_t blocked_until;
	size_t ignored;
};

int watch_open(struct watch *w, const struct options *o, struct spool *spool, struct intake *intake, struct err *err) MUST_CHECK;
void watch_close(struct watch *w);
/* inotify has something to say. */
void watch_read(struct watch *w);
/* Looks at what is due and goes on with a scan, up to max files; true when nothing can be done now. */
bool watch_step(struct watch *w, uint64_t now, size_t max);
/* When to call watch_step again at the latest; UINT64_MAX while intake is full. */
uint64_t watch_next(const struct watch *w);
/* For once: the folder holds nothing more that could be claimed. */
bool watch_done(const struct watch *w, uint64_t now);

#endif
