/* Finishing: settled jobs get their receipt, then their file is moved.
 *
 *   desk.settled ── finish_take: receipt into the group ──> pending
 *   pending ── finish_flush: group durable ──> moving ── (reason.json), rename ──> gone
 *
 * No space: everything waits where it is and is tried again. One thread. */
#ifndef COPYTASTER_INGEST_FINISH_H
#define COPYTASTER_INGEST_FINISH_H

#include "ingest/intake.h"

#define FINISH_GROUP 256
#define FINISH_GROUP_FAILED 32 /* each costs an fsync of its own */

struct finish {
	struct spool *spool;
	struct desk *desk;
	struct receipts *receipts;
	struct intake *intake;
	struct job_list pending, moving;
	size_t pending_failed;
	size_t stuck; /* could not be moved and stay in active/ */
};

/* Writes receipts into the group; true when the group should be closed now. */
bool finish_take(struct finish *f);
/* Closes the group and moves the files. -ENOSPC, -EDQUOT: call again later; another failure: the process must end. */
int finish_flush(struct finish *f, struct err *err) MUST_CHECK;
bool finish_idle(const struct finish *f); /* nothing is on its way */

#endif
