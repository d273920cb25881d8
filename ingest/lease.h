/* Leases: which worker has which article, until when, and what happens when it does not come
 * back. A pure state machine: no sockets, no files, no clock of its own; every call says what
 * time it is (`now`, monotonic ms).
 *
 * The desk owns its jobs and workers; pointers to them are valid until desk_remove, desk_died or a tick.
 * Settled jobs wait in `settled` until their owner has written the receipt. One thread. */
#ifndef COPYTASTER_INGEST_LEASE_H
#define COPYTASTER_INGEST_LEASE_H

#include "ingest/job.h"
#include "proto/control.h"

#define DESK_MAX_WORKERS 1024
#define DESK_ROUTE 255
#define DESK_RECENT 4096 /* power of two */

struct desk_config {
	uint64_t lease_ms, ready_ms;
	uint32_t max_attempts;
	/* A lease was taken from a worker that may still believe in it. */
	void (*stale)(const struct worker *w, const struct ctl_lease *lease, void *arg);
	void *arg;
};

struct worker {
	uint8_t route[DESK_ROUTE]; /* its identity on the ROUTER */
	size_t route_len;
	uint64_t incarnation;
	char name[64]; /* as it calls itself, cut */
	uint32_t pid;
	uint32_t credit_messages;
	uint64_t credit_bytes;
	uint64_t heard_ms;
	bool silent, leaving;
	bool lost;     /* sends fail: dead as soon as all that it had sent is read */
	bool reserved; /* gets nothing until it is idle: an article waits that travels alone */
	bool blamed;   /* an overrun of it was charged since it last started something */
	struct job *alone;
	struct job_list leased;
	uint64_t leased_bytes;
};

struct desk_counters {
	uint64_t accepted, published, copies, failed, superseded;
	uint64_t deliveries, redeliveries, stale_acks, deferrals, releases, deaths, overruns, charges;
};

struct desk {
	struct desk_config config;
	struct job_table jobs;
	struct heap ready, lone, deadlines;
	struct job_list settled;
	struct job_list to_abandon, asked; /* ABANDONING: nobody was asked yet; j->worker was asked */
	size_t count[JOB_SETTLED + 1];     /* jobs by state */
	struct worker **workers;
	size_t n_workers, size_workers, n_reserved, next_asked;
	uint64_t last_lease, last_start, last_hello;
	bool draining;
	struct desk_counters counters;
	struct ulid floor;
	struct ulid recent[DESK_RECENT]; /* settled lately: a deferral may come too late for them */
};

int desk_init(struct desk *d, const struct desk_config *config) MUST_CHECK;
void desk_release(struct desk *d);

/* Jobs. The new one waits; desk_queue makes it ready at once, desk_hold not before `when`. */
int desk_add(struct desk *d, const struct ulid *id, const char *name, struct job **ret) MUST_CHECK;
void desk_queue(struct desk *d, struct job *j);
void desk_hold(struct desk *d, struct job *j, uint64_t when);
/* It cannot be delivered, ever. Through a worker's ledger when one may have had it. */
void desk_fail(struct desk *d, struct job *j, const char *code, const char *reason);
/* Settled and receipted: forget it. */
void desk_remove(struct desk *d, struct job *j);
/* Settles it from a receipt of an earlier run. */
void desk_settle(struct desk *d, struct job *j, enum outcome outcome, uint32_t claims);

/* What to deliver next and to whom; false: nothing now. Then read the file and call desk_deliver, send, and
 * when sending failed desk_undo. */
bool desk_next(struct desk *d, struct job **ret_job, struct worker **ret_worker);
void desk_deliver(struct desk *d, struct job *j, struct worker *w, uint64_t now);
void desk_undo(struct desk *d, struct job *j);
/* Whom to ask to abandon what; false: nothing or nobody. */
bool desk_next_abandon(struct desk *d, struct job **ret_job, struct worker **ret_worker);
void desk_asked(struct desk *d, struct job *j, struct worker *w, uint64_t now);
/* No unsettled id is lower, those of retried articles excepted. Never falls: what is new is higher. NULL: nothing is
 * unsettled. */
const struct ulid *desk_floor(struct desk *d);
const struct ulid *desk_oldest(const struct desk *d); /* NULL as well */

/* What workers say. false: no such lease, the worker is to be told STALE. */
bool desk_started(struct desk *d, struct worker *w, const struct ctl_lease *l, uint64_t now, struct job **ret_job);
bool desk_renew(struct desk *d, struct worker *w, const struct ctl_lease *l, uint64_t now);
bool desk_ack(struct desk *d, struct worker *w, const struct ctl_lease *l, const struct ctl *m);
bool desk_defer(struct desk *d, struct worker *w, const struct ctl_lease *l, const struct ulid *until, uint64_t now);
bool desk_back(struct desk *d, struct worker *w, const struct ctl_lease *l, enum ctl_release why, uint64_t now);
bool desk_abandoned(struct desk *d, const struct ctl *m);

/* peer.c: the workers themselves. */
struct worker *desk_worker(const struct desk *d, const void *route, size_t route_len);
/* Known or new; adopts those of its leases that go on and writes them, with their new numbers, to kept
 * (room for m->n_leases). -ENOBUFS: too many workers; -ENOMEM. */
int desk_hello(struct desk *d, const void *route, size_t route_len, const struct ctl *m, uint64_t now, struct ctl_lease *kept,
	       size_t *ret_kept, struct worker **ret_worker) MUST_CHECK;
void desk_heard(struct desk *d, struct worker *w, uint64_t now);
void desk_ready(struct desk *d, struct worker *w, uint32_t messages, uint64_t bytes);
void desk_leaving(struct desk *d, struct worker *w);
/* It is gone: charges what it had started last, queues the rest; w is freed. */
void desk_died(struct desk *d, struct worker *w);
/* Deadlines and silence. */
void desk_tick(struct desk *d, uint64_t now);
uint64_t desk_next_tick(const struct desk *d); /* UINT64_MAX: none */

#endif
