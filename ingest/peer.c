/* The workers: who is there, who is silent, who died. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "ingest/lease_internal.h"

#define SILENT_PERIODS 3

struct worker *desk_worker(const struct desk *d, const void *route, size_t route_len)
{
	for (size_t i = 0; i < d->n_workers; i++) {
		struct worker *w = d->workers[i];

		if (w->route_len == route_len && memcmp(w->route, route, route_len) == 0)
			return w;
	}
	return NULL;
}

static struct worker *by_incarnation(const struct desk *d, uint64_t incarnation)
{
	for (size_t i = 0; i < d->n_workers; i++)
		if (d->workers[i]->incarnation == incarnation)
			return d->workers[i];
	return NULL;
}

static void forget(struct desk *d, struct worker *w)
{
	for (size_t i = 0; i < d->n_workers; i++) {
		if (d->workers[i] != w)
			continue;
		d->workers[i] = d->workers[--d->n_workers];
		break;
	}
	for (struct job *j = d->asked.first, *next; j; j = next) {
		next = j->next;
		if (j->worker == w) {
			desk_detach(d, j);
			job_list_push(&d->to_abandon, j);
		}
	}
	free(w);
}

static int new_worker(struct desk *d, struct worker **ret)
{
	struct worker *w;

	if (d->n_workers >= DESK_MAX_WORKERS)
		return -ENOBUFS;
	if (d->n_workers == d->size_workers) {
		size_t size = d->size_workers > 0 ? 2 * d->size_workers : 16;
		struct worker **more = realloc(d->workers, size * sizeof(struct worker *));

		if (!more)
			return -ENOMEM;
		d->workers = more;
		d->size_workers = size;
	}
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	d->workers[d->n_workers++] = w;
	*ret = w;
	return 0;
}

/* May this worker go on with what it says it holds? */
static bool adoptable(const struct desk *d, const struct job *j, const struct worker *w, const struct ctl_lease *l)
{
	if (j->hello == d->last_hello)
		return false; /* listed twice */
	switch (j->state) {
	case JOB_QUEUED:
	case JOB_WAITING:
	case JOB_DEFERRED:
		break;
	case JOB_LEASED:
		if (j->worker == w)
			return true;
		if (!j->worker->silent)
			return false;
		break;
	case JOB_ABANDONING:
	case JOB_SETTLED:
		return false;
	}
	/* What travels alone must not sit beside others. */
	return !w->alone && (!j->alone || (l->started && w->leased.n == 0));
}

static void adopt_one(struct desk *d, struct worker *w, struct job *j, const struct ctl_lease *l, uint64_t now)
{
	uint32_t charges = l->attempt > 0 ? l->attempt - 1 : 0;

	j->hello = d->last_hello;
	j->touched = true;
	if (j->state == JOB_LEASED && j->worker == w)
		return; /* under its old number: answers may be on their way */
	if (charges >= d->config.max_attempts)
		charges = d->config.max_attempts - 1;
	if (j->charges < charges)
		j->charges = charges;
	desk_lease(d, j, w, now);
	j->started = l->started;
	if (l->started)
		j->started_seq = ++d->last_start;
}

static size_t adopt(struct desk *d, struct worker *w, const struct ctl *m, uint64_t now, struct ctl_lease *kept)
{
	size_t n = 0;

	d->last_hello++;
	for (size_t i = 0; i < m->n_leases; i++) {
		struct job *j = job_find(&d->jobs, &m->leases[i].article);

		if (!j || !adoptable(d, j, w, &m->leases[i]))
			continue;
		adopt_one(d, w, j, &m->leases[i], now);
		kept[n++] = desk_lease_of(j);
	}
	/* What it does not list was lost on the way or dropped by it. */
	for (struct job *j = w->leased.first, *next; j; j = next) {
		next = j->next;
		if (j->hello != d->last_hello)
			desk_queue(d, j);
	}
	return n;
}

static void introduce(struct worker *w, const void *route, size_t route_len, const struct ctl *m)
{
	struct str name = m->name;

	if (name.len > sizeof(w->name) - 1)
		name.len = sizeof(w->name) - 1;
	/* A cut must not leave half a character: the name is shown in JSON. */
	name.len = utf8_valid_prefix(name);
	memcpy(w->route, route, route_len);
	w->route_len = route_len;
	w->incarnation = m->incarnation;
	if (name.len > 0)
		memcpy(w->name, name.data, name.len);
	w->name[name.len] = '\0';
	w->pid = m->pid;
	w->credit_messages = 0;
	w->credit_bytes = 0;
	w->leaving = w->lost = w->reserved = false;
}

int desk_hello(struct desk *d, const void *route, size_t route_len, const struct ctl *m, uint64_t now, struct ctl_lease *kept,
	       size_t *ret_kept, struct worker **ret_worker)
{
	struct worker *w = desk_worker(d, route, route_len);
	int r;

	if (route_len == 0 || route_len > DESK_ROUTE)
		return -EINVAL;
	if (w && w->incarnation != m->incarnation) {
		desk_died(d, w); /* another process took its identity over */
		w = NULL;
	}
	if (!w)
		w = by_incarnation(d, m->incarnation); /* it came back on another connection */
	if (!w) {
		r = new_worker(d, &w);
		if (r < 0)
			return r;
	}
	introduce(w, route, route_len, m);
	desk_heard(d, w, now);
	*ret_kept = adopt(d, w, m, now, kept);
	*ret_worker = w;
	return 0;
}

void desk_heard(struct desk *d, struct worker *w, uint64_t now)
{
	(void)d;
	w->heard_ms = now;
	w->silent = false;
}

void desk_ready(struct desk *d, struct worker *w, uint32_t messages, uint64_t bytes)
{
	(void)d;
	w->credit_messages = messages < CTL_MAX_LEASES ? messages : CTL_MAX_LEASES;
	w->credit_bytes = bytes;
}

void desk_leaving(struct desk *d, struct worker *w)
{
	(void)d;
	w->leaving = true;
	w->reserved = false;
}

static struct job *last_started(const struct worker *w)
{
	struct job *last = NULL;

	for (struct job *j = w->leased.first; j; j = j->next)
		if (j->started && (!last || j->started_seq > last->started_seq))
			last = j;
	return last;
}

void desk_died(struct desk *d, struct worker *w)
{
	const struct job *last = w->blamed ? NULL : last_started(w);

	d->counters.deaths += w->leased.n > 0;
	while (w->leased.first) {
		struct job *j = w->leased.first;

		/* Which of them killed it is known for certain only when they come one by one: word of the last start
		 * may have died with the worker. */
		j->alone = true;
		desk_take_back(d, j, j == last, false);
	}
	forget(d, w);
}

static void tell_stale(struct desk *d, const struct job *j)
{
	struct ctl_lease l = desk_lease_of(j);

	if (d->config.stale)
		d->config.stale(j->worker, &l, d->config.arg);
}

static void went_silent(struct desk *d, struct worker *w)
{
	w->silent = true;
	w->reserved = false;
	for (struct job *j = w->leased.first, *next; j; j = next) {
		next = j->next;
		if (!j->started) {
			tell_stale(d, j);
			desk_take_back(d, j, false, false);
		}
	}
}

void desk_overran(struct desk *d, struct worker *w, uint64_t now)
{
	const struct job *last = w->blamed ? NULL : last_started(w);

	for (struct job *j = w->leased.first, *next; j; j = next) {
		next = j->next;
		if (j->when > now)
			continue;
		tell_stale(d, j);
		if (j->started)
			j->alone = true;
		if (j == last) {
			w->blamed = true;
			d->counters.overruns++;
		}
		desk_take_back(d, j, j == last, true);
	}
}

static void due(struct desk *d, struct job *j, uint64_t now)
{
	switch (j->state) {
	case JOB_WAITING:
	case JOB_DEFERRED:
		desk_queue(d, j);
		break;
	case JOB_LEASED:
		desk_overran(d, j->worker, now);
		break;
	case JOB_ABANDONING: /* no answer: ask another */
		desk_detach(d, j);
		job_list_push(&d->to_abandon, j);
		break;
	case JOB_QUEUED:
	case JOB_SETTLED:
		heap_remove(&d->deadlines, j);
		break;
	}
}

void desk_tick(struct desk *d, uint64_t now)
{
	uint64_t patience = SILENT_PERIODS * d->config.ready_ms;
	struct job *j;

	for (size_t i = 0; i < d->n_workers;) {
		struct worker *w = d->workers[i];
		uint64_t quiet = now - w->heard_ms;

		if (!w->silent && quiet >= patience)
			went_silent(d, w);
		if (w->silent && w->leased.n == 0 && quiet >= patience + d->config.lease_ms)
			forget(d, w); /* the last one stands at i now */
		else
			i++;
	}
	while ((j = heap_top(&d->deadlines)) && j->when <= now)
		due(d, j, now);
}

uint64_t desk_next_tick(const struct desk *d)
{
	uint64_t patience = SILENT_PERIODS * d->config.ready_ms;
	const struct job *j = heap_top(&d->deadlines);
	uint64_t next = j ? j->when : UINT64_MAX;

	for (size_t i = 0; i < d->n_workers; i++) {
		const struct worker *w = d->workers[i];
		uint64_t when = w->heard_ms + patience;

		if (w->silent)
			when = w->leased.n == 0 ? when + d->config.lease_ms : UINT64_MAX;
		if (when < next)
			next = when;
	}
	return next;
}
