/* Intake: files become jobs. Claims from the drop folder, takes back what `copytaster retry` puts
 * into retry/, finds again at start what is in active/, and reads bodies when they are delivered.
 *
 * New jobs wait in `claimed` until intake_commit has made their renames durable. One thread. */
#ifndef COPYTASTER_INGEST_INTAKE_H
#define COPYTASTER_INGEST_INTAKE_H

#include "base/options.h"
#include "ingest/lease.h"
#include "ingest/receipts.h"
#include "ingest/spool.h"

struct intake {
	const struct options *options;
	struct spool *spool;
	struct desk *desk;
	struct receipts *receipts;
	struct job_list claimed;
	struct job_list replayed; /* found at start with their receipt: only to be moved */
	uint64_t last_generation;
	size_t recovered, strange; /* entries of active/ that are not ours */
};

bool intake_full(const struct intake *in);

/* seen: what the caller's stat said. 0: taken. -ENOBUFS: enough is active. -ENOENT: it is gone. -EAGAIN: it has changed
 * since. -ENOMEM, -ENOSPC, -EDQUOT: later. Other: it cannot be taken and lies where it was. */
int intake_claim(struct intake *in, const char *name, bool marker, const struct stat *seen) MUST_CHECK;
/* Takes a new file that lies in active/ already, under id. */
int intake_enter(struct intake *in, const struct ulid *id, const char *name, bool folder, bool marker, const struct stat *st,
		 struct job **ret) MUST_CHECK;
/* Makes what was claimed durable and ready for delivery. Failure: the process must end. */
int intake_commit(struct intake *in, struct err *err) MUST_CHECK;

/* At start, before anything is delivered: lists active/, reads the receipts that may matter. hold_until: when to deliver again
 * what no worker says it holds. */
int intake_recover(struct intake *in, uint64_t hold_until, struct err *err) MUST_CHECK;

/* Reads the body for its delivery. 0; -EAGAIN: not now, the job was held back; -ECANCELED: never, the job was failed. */
int intake_read(struct intake *in, struct job *j, struct buf *out, uint64_t now) MUST_CHECK;

/* Takes up to a bounded number of entries from retry/. ret_more: call again soon. -ENOSPC, -EDQUOT: later; other failures: the
 * process must end. */
int intake_retry(struct intake *in, bool *ret_more, struct err *err) MUST_CHECK;

#endif
