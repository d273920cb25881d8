/* The worker's end of the control protocol (proto/PROTOCOL.md): one DEALER to one ingest.
 *
 * It keeps all jobs that hold a lease, says HELLO, READY and RENEW by itself, and hands deliveries to its
 * user. What cannot be sent (ingest is away) is forgotten: ingest delivers again, the ledger answers.
 * Jobs belong to the link from delivery until link_ack, _defer, _release or _drop; a pool of them is kept. */
#ifndef COPYTASTER_WORKERS_LINK_H
#define COPYTASTER_WORKERS_LINK_H

#include <stdbool.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/options.h"
#include "workers/job.h"

struct link;

struct link_user {
	void *arg;
	void (*delivered)(struct job *j, void *arg); /* JOB_QUEUED */
	void (*proceed)(struct job *j, void *arg);   /* JOB_ASKING is now JOB_ALLOWED */
	void (*dropped)(struct job *j, void *arg);   /* the lease is gone; JOB_QUEUED and JOB_ASKING may be dropped by the user, others are marked orphan */
	void (*abandon)(const struct ulid *id, uint64_t generation, void *arg);
	void (*drain)(void *arg);                    /* ingest goes away: release what is not begun */
};

int link_open(struct loop *loop, const struct options *o, const struct link_user *user, struct link **ret, struct err *err) MUST_CHECK;
void link_close(struct link **l); /* frees the jobs */

/* Reports progress; the last started job is the one charged when this process dies. */
void link_started(struct link *l, const struct job *j);
void link_ack(struct link *l, struct job *j, enum outcome outcome, uint32_t claims, const char *code, const char *reason);
void link_defer(struct link *l, struct job *j, const struct ulid *until);
void link_release(struct link *l, struct job *j, enum ctl_release why);
void link_drop(struct link *l, struct job *j); /* back to the pool, nothing said */
void link_abandoned(struct link *l, const struct ulid *id, uint64_t generation, enum outcome outcome, uint32_t claims);
/* No more deliveries; what is queued goes back. */
void link_leave(struct link *l);

size_t link_held(const struct link *l);
uint64_t link_instance(const struct link *l);       /* hash of the ingest instance, 0 before WELCOME */
const struct ulid *link_floor(const struct link *l); /* highest floor seen since WELCOME */

#endif
