#include "ingest/lease.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ingest/lease_internal.h"

#define RETRY_FIRST_MS 100
#define RETRY_LAST_MS 30000
#define DEFER_UNKNOWN_MS 1000
#define DEFER_CHAIN 64

static int by_id(const void *a, const void *b)
{
	return ulid_cmp(&((const struct job *)a)->id, &((const struct job *)b)->id);
}

static int by_when(const void *a, const void *b)
{
	const struct job *x = a, *y = b;

	if (x->when != y->when)
		return x->when < y->when ? -1 : 1;
	return ulid_cmp(&x->id, &y->id);
}

int desk_init(struct desk *d, const struct desk_config *config)
{
	memset(d, 0, sizeof(*d));
	d->config = *config;
	heap_init(&d->ready, by_id, offsetof(struct job, pos_ready));
	heap_init(&d->lone, by_id, offsetof(struct job, pos_ready));
	heap_init(&d->deadlines, by_when, offsetof(struct job, pos_when));
	return job_table_init(&d->jobs);
}

void desk_release(struct desk *d)
{
	for (size_t i = 0; i < d->n_workers; i++)
		free(d->workers[i]);
	free(d->workers);
	heap_release(&d->ready);
	heap_release(&d->lone);
	heap_release(&d->deadlines);
	job_table_release(&d->jobs);
	memset(d, 0, sizeof(*d));
}

/* ---- from state to state ---- */

void desk_set_state(struct desk *d, struct job *j, enum job_state state)
{
	d->count[j->state]--;
	d->count[state]++;
	j->state = state;
}

void desk_detach(struct desk *d, struct job *j)
{
	if (j->state == JOB_LEASED) {
		j->worker->leased_bytes -= j->bytes;
		if (j->worker->alone == j)
			j->worker->alone = NULL;
	}
	job_list_leave(j);
	heap_remove(j->in_lone ? &d->lone : &d->ready, j);
	heap_remove(&d->deadlines, j);
	j->in_lone = false;
	j->worker = NULL;
	j->lease = 0;
	j->started = false;
	j->when = 0;
}

static void set_deadline(struct desk *d, struct job *j, uint64_t when)
{
	j->when = when;
	if (heap_has(&d->deadlines, j))
		heap_fix(&d->deadlines, j);
	else
		heap_push(&d->deadlines, j);
}

void desk_queue(struct desk *d, struct job *j)
{
	desk_detach(d, j);
	desk_set_state(d, j, JOB_QUEUED);
	j->in_lone = j->alone || j->needs_idle;
	heap_push(j->in_lone ? &d->lone : &d->ready, j);
}

void desk_hold(struct desk *d, struct job *j, uint64_t when)
{
	desk_detach(d, j);
	desk_set_state(d, j, JOB_WAITING);
	set_deadline(d, j, when);
}

static void remember(struct desk *d, const struct ulid *id)
{
	uint32_t low;

	memcpy(&low, id->b + 12, sizeof(low));
	d->recent[(low * 2654435761u) >> 20 & (DESK_RECENT - 1)] = *id;
}

static bool remembered(const struct desk *d, const struct ulid *id)
{
	uint32_t low;

	memcpy(&low, id->b + 12, sizeof(low));
	return ulid_cmp(&d->recent[(low * 2654435761u) >> 20 & (DESK_RECENT - 1)], id) == 0;
}

void desk_settle(struct desk *d, struct job *j, enum outcome outcome, uint32_t claims)
{
	desk_detach(d, j);
	desk_set_state(d, j, JOB_SETTLED);
	j->outcome = outcome;
	j->claims = claims;
	job_list_push(&d->settled, j);
	remember(d, &j->id);
	while (j->waiters.first)
		desk_queue(d, j->waiters.first);
}

static void abandon(struct desk *d, struct job *j)
{
	desk_detach(d, j);
	desk_set_state(d, j, JOB_ABANDONING);
	job_list_push(&d->to_abandon, j);
}

static void set_reason(struct job *j, const char *code, const char *reason)
{
	/* Without memory the receipt lacks its words; the outcome stands all the same. */
	if (job_set_reason(j, str_of(code), str_of(reason)) < 0)
		j->code = j->reason = NULL;
}

void desk_fail(struct desk *d, struct job *j, const char *code, const char *reason)
{
	set_reason(j, code, reason);
	if (j->touched)
		abandon(d, j);
	else
		desk_settle(d, j, OUTCOME_FAILED, 0);
}

int desk_add(struct desk *d, const struct ulid *id, const char *name, struct job **ret)
{
	size_t n = d->jobs.n + 1;
	int r = heap_reserve(&d->ready, n);

	if (r == 0)
		r = heap_reserve(&d->lone, n);
	if (r == 0)
		r = heap_reserve(&d->deadlines, n);
	if (r == 0)
		r = job_add(&d->jobs, id, name, ret);
	if (r < 0)
		return r;
	d->count[JOB_WAITING]++;
	d->counters.accepted++;
	return 0;
}

void desk_remove(struct desk *d, struct job *j)
{
	assert(j->state == JOB_SETTLED);
	desk_detach(d, j);
	d->count[JOB_SETTLED]--;
	job_remove(&d->jobs, j);
}

const struct ulid *desk_oldest(const struct desk *d)
{
	const struct job *j = heap_top(&d->jobs.ids);

	return j ? &j->id : NULL;
}

const struct ulid *desk_floor(struct desk *d)
{
	const struct job *j = heap_top(&d->jobs.ids);

	if (!j)
		return NULL;
	if (ulid_is_zero(&d->floor) || (j->generation == 0 && ulid_cmp(&j->id, &d->floor) > 0))
		d->floor = j->id;
	return &d->floor;
}

/* ---- out to the workers ---- */

bool worker_accepts(const struct worker *w)
{
	return !w->silent && !w->leaving && !w->lost && !w->alone && w->credit_messages > 0;
}

static struct worker *idle_worker(const struct desk *d)
{
	struct worker *found = NULL;

	for (size_t i = 0; i < d->n_workers; i++) {
		struct worker *w = d->workers[i];

		if (worker_accepts(w) && w->leased.n == 0 && (!found || (w->reserved && !found->reserved)))
			found = w;
	}
	return found;
}

/* Keeps new work from some workers, at most half of them, so that they become idle. */
static void reserve(struct desk *d)
{
	size_t live = 0, most;
	struct worker *least = NULL;

	d->n_reserved = 0;
	for (size_t i = 0; i < d->n_workers; i++) {
		struct worker *w = d->workers[i];

		if (w->silent || w->leaving || w->lost || w->credit_messages == 0) {
			w->reserved = false;
			continue;
		}
		live++;
		d->n_reserved += w->reserved;
		if (!w->reserved && !w->alone && (!least || w->leased.n < least->leased.n))
			least = w;
	}
	most = live / 2 > 0 ? live / 2 : 1;
	if (least && d->n_reserved < most && d->n_reserved < d->lone.n) {
		least->reserved = true;
		d->n_reserved++;
	}
}

static void unreserve(struct desk *d)
{
	for (size_t i = 0; d->n_reserved > 0 && i < d->n_workers; i++)
		d->workers[i]->reserved = false;
	d->n_reserved = 0;
}

static bool has_room(const struct worker *w, uint64_t bytes)
{
	if (!worker_accepts(w) || w->reserved)
		return false;
	if (w->leased.n == 0)
		return true;
	return w->leased.n < w->credit_messages && w->leased_bytes <= w->credit_bytes && bytes <= w->credit_bytes - w->leased_bytes;
}

/* The one with the least to do; among equals the one with the most credit left. */
static struct worker *best_worker(const struct desk *d, uint64_t bytes, bool *ret_hopeless)
{
	struct worker *best = NULL;

	*ret_hopeless = d->n_workers > 0;
	for (size_t i = 0; i < d->n_workers; i++) {
		struct worker *w = d->workers[i];

		if (bytes <= w->credit_bytes || !worker_accepts(w))
			*ret_hopeless = false;
		if (!has_room(w, bytes))
			continue;
		if (!best || w->leased.n < best->leased.n ||
		    (w->leased.n == best->leased.n && w->credit_messages > best->credit_messages))
			best = w;
	}
	return best;
}

bool desk_next(struct desk *d, struct job **ret_job, struct worker **ret_worker)
{
	struct job *j = heap_top(&d->lone);
	struct worker *w;
	bool hopeless;

	if (d->draining || d->n_workers == 0)
		return false;
	if (j) {
		w = idle_worker(d);
		if (w) {
			*ret_job = j;
			*ret_worker = w;
			return true;
		}
		reserve(d);
	} else {
		unreserve(d);
	}
	j = heap_top(&d->ready);
	if (!j)
		return false;
	w = best_worker(d, j->bytes, &hopeless);
	if (!w && hopeless) {
		j->needs_idle = true;
		desk_queue(d, j);
		return false;
	}
	if (!w)
		return false;
	*ret_job = j;
	*ret_worker = w;
	return true;
}

void desk_lease(struct desk *d, struct job *j, struct worker *w, uint64_t now)
{
	desk_detach(d, j);
	desk_set_state(d, j, JOB_LEASED);
	j->worker = w;
	j->lease = ++d->last_lease;
	job_list_push(&w->leased, j);
	w->leased_bytes += j->bytes;
	if (j->alone)
		w->alone = j;
	set_deadline(d, j, now + d->config.lease_ms);
}

void desk_deliver(struct desk *d, struct job *j, struct worker *w, uint64_t now)
{
	assert(j->state == JOB_QUEUED);
	desk_lease(d, j, w, now);
	d->counters.deliveries++;
	if (j->deliveries++ > 0 || j->touched)
		d->counters.redeliveries++;
}

void desk_undo(struct desk *d, struct job *j)
{
	j->deliveries--;
	d->counters.deliveries--;
	if (j->deliveries > 0 || j->touched)
		d->counters.redeliveries--;
	desk_queue(d, j);
}

bool desk_next_abandon(struct desk *d, struct job **ret_job, struct worker **ret_worker)
{
	if (!d->to_abandon.first)
		return false;
	for (size_t i = 0; i < d->n_workers; i++) {
		struct worker *w = d->workers[d->next_asked++ % d->n_workers];

		if (w->silent || w->leaving || w->lost)
			continue;
		*ret_job = d->to_abandon.first;
		*ret_worker = w;
		return true;
	}
	return false;
}

void desk_asked(struct desk *d, struct job *j, struct worker *w, uint64_t now)
{
	job_list_leave(j);
	job_list_push(&d->asked, j);
	j->worker = w;
	set_deadline(d, j, now + d->config.lease_ms);
}

/* ---- back from the workers ---- */

struct ctl_lease desk_lease_of(const struct job *j)
{
	return (struct ctl_lease){ .lease = j->lease, .attempt = j->charges + 1, .article = j->id, .started = j->started };
}

static struct job *match(struct desk *d, const struct worker *w, const struct ctl_lease *l)
{
	struct job *j = job_find(&d->jobs, &l->article);

	if (!j || j->state != JOB_LEASED || j->worker != w || j->lease != l->lease || j->charges + 1 != l->attempt)
		return NULL;
	return j;
}

bool desk_started(struct desk *d, struct worker *w, const struct ctl_lease *l, uint64_t now, struct job **ret_job)
{
	struct job *j = match(d, w, l);

	if (!j)
		return false;
	j->started = true;
	j->started_seq = ++d->last_start;
	w->blamed = false;
	set_deadline(d, j, now + d->config.lease_ms);
	*ret_job = j;
	return true;
}

bool desk_renew(struct desk *d, struct worker *w, const struct ctl_lease *l, uint64_t now)
{
	struct job *j = match(d, w, l);

	if (j)
		set_deadline(d, j, now + d->config.lease_ms);
	return j != NULL;
}

bool desk_ack(struct desk *d, struct worker *w, const struct ctl_lease *l, const struct ctl *m)
{
	struct job *j = match(d, w, l);

	if (!j) {
		d->counters.stale_acks++;
		return false;
	}
	if (m->outcome == OUTCOME_FAILED && job_set_reason(j, m->reason_code, m->reason) < 0)
		set_reason(j, "FAILED", "");
	desk_settle(d, j, m->outcome, m->claims);
	return true;
}

/* Would a wait for `target` wait for j in the end? Chains that are too long count as a circle. */
static bool circular(const struct desk *d, const struct job *j, const struct job *target)
{
	for (int i = 0; i < DEFER_CHAIN; i++) {
		if (target == j)
			return true;
		if (!target || target->state != JOB_DEFERRED)
			return false;
		target = job_find(&d->jobs, &target->until);
	}
	return true;
}

bool desk_defer(struct desk *d, struct worker *w, const struct ctl_lease *l, const struct ulid *until, uint64_t now)
{
	struct job *j = match(d, w, l), *target = job_find(&d->jobs, until);

	if (!j)
		return false;
	d->counters.deferrals++;
	if ((target && target->state == JOB_SETTLED) || (!target && remembered(d, until))) {
		desk_queue(d, j);
		return true;
	}
	if (!target || circular(d, j, target)) {
		desk_hold(d, j, now + DEFER_UNKNOWN_MS);
		return true;
	}
	desk_detach(d, j);
	desk_set_state(d, j, JOB_DEFERRED);
	j->until = *until;
	job_list_push(&target->waiters, j);
	/* Asked again after a lease: whatever went wrong, nothing waits for ever. */
	set_deadline(d, j, now + d->config.lease_ms);
	return true;
}

bool desk_back(struct desk *d, struct worker *w, const struct ctl_lease *l, enum ctl_release why, uint64_t now)
{
	struct job *j = match(d, w, l);
	uint64_t delay;

	if (!j)
		return false;
	d->counters.releases++;
	if (why == RELEASE_DRAINING) {
		desk_queue(d, j);
		return true;
	}
	delay = j->retries < 9 ? (uint64_t)RETRY_FIRST_MS << j->retries : RETRY_LAST_MS;
	j->retries++;
	desk_hold(d, j, now + (delay < RETRY_LAST_MS ? delay : RETRY_LAST_MS));
	return true;
}

bool desk_abandoned(struct desk *d, const struct ctl *m)
{
	struct job *j = job_find(&d->jobs, &m->article);

	if (!j || j->state != JOB_ABANDONING || j->generation != m->generation)
		return false;
	desk_settle(d, j, m->outcome, m->claims);
	return true;
}

/* ---- not back from the workers ---- */

static void charge(struct desk *d, struct job *j, bool overran)
{
	const struct worker *w = j->worker;

	j->charges++;
	d->counters.charges++;
	if (j->n_history < JOB_HISTORY) {
		struct job_charge *c = &j->history[j->n_history++];

		c->wall_ms = clock_wall_ms();
		c->overran = overran;
		c->pid = w->pid;
		snprintf(c->worker, sizeof(c->worker), "%.39s", w->name);
	}
}

void desk_take_back(struct desk *d, struct job *j, bool charged, bool overran)
{
	char reason[160];

	if (charged)
		charge(d, j, overran);
	if (!charged || j->charges < d->config.max_attempts) {
		desk_queue(d, j);
		return;
	}
	if (overran)
		snprintf(reason, sizeof(reason), "%u attempts ended badly; in the last one a worker made no progress for %llu ms",
			 j->charges, (unsigned long long)d->config.lease_ms);
	else
		snprintf(reason, sizeof(reason), "%u attempts ended badly; in the last one the worker died", j->charges);
	set_reason(j, overran ? "OVERRAN" : "CRASHED_WORKER", reason);
	abandon(d, j);
}
