/* What workers say to ingest: one handler a message type. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/clock.h"
#include "base/log.h"
#include "ingest/dispatch_internal.h"

#define INTRODUCE_MS 100

struct frame {
	uint8_t route[DESK_ROUTE + 1];
	size_t route_len;
	struct ctl m;
	uint64_t now;
};

/* ---- answers ---- */

void dispatch_welcome(struct dispatch *d, struct worker *w)
{
	struct ctl m = {
		.type = CTL_WELCOME, .name = str_of(d->options->instance), .lease_ms = d->options->lease_ms, .ready_ms = d->options->ready_ms,
	};
	struct ctl_lease *leases = w->leased.n > 0 ? calloc(w->leased.n, sizeof(*leases)) : NULL;

	if (w->leased.n > 0 && !leases)
		return;
	for (const struct job *j = w->leased.first; j; j = j->next)
		leases[m.n_leases++] = (struct ctl_lease){ j->lease, j->charges + 1, j->id, j->started };
	m.leases = leases;
	(void)dispatch_to(d, w, &m);
	free(leases);
}

void dispatch_stale(struct dispatch *d, struct worker *w, struct ctl_lease *leases, size_t n)
{
	struct ctl m = { .type = CTL_STALE, .leases = leases, .n_leases = n };

	if (n == 0)
		return;
	d->counters.stale += n;
	(void)dispatch_to(d, w, &m);
}

void dispatch_tell_stale(struct dispatch *d, struct worker *w, const struct ctl_lease *lease)
{
	struct ctl_lease copy = *lease;

	dispatch_stale(d, w, &copy, 1);
}

static void refuse(struct dispatch *d, const struct frame *f, const char *code, const char *reason)
{
	struct ctl m = { .type = CTL_REFUSED, .incarnation = f->m.incarnation, .protocol = CTL_PROTOCOL, .reason_code = str_of(code),
			 .reason = str_of(reason) };

	log_warn("CT1504", "a worker was refused", "code=%s reason=\"%s\"", code, reason);
	(void)dispatch_to_route(d, f->route, f->route_len, &m);
}

static void introduce(struct dispatch *d, const struct frame *f)
{
	size_t slot = (size_t)(f->m.incarnation * 0x9e3779b97f4a7c15u >> 58) & (DISPATCH_INTRODUCED - 1);
	struct ctl m = { .type = CTL_INTRODUCE, .incarnation = f->m.incarnation };

	d->counters.unknown++;
	if (d->introduced[slot].incarnation == f->m.incarnation && f->now - d->introduced[slot].when < INTRODUCE_MS)
		return;
	d->introduced[slot].incarnation = f->m.incarnation;
	d->introduced[slot].when = f->now;
	(void)dispatch_to_route(d, f->route, f->route_len, &m);
}

/* ---- handlers ---- */

static void on_hello(struct dispatch *d, const struct frame *f)
{
	struct ctl_lease *kept;
	struct worker *w;
	char reason[100], name[100];
	size_t n_kept;
	bool known = desk_worker(d->desk, f->route, f->route_len) != NULL;
	int r;

	if (f->m.protocol != CTL_PROTOCOL) {
		snprintf(reason, sizeof(reason), "this ingest speaks protocol %d, the worker %u: update the older one", CTL_PROTOCOL,
			 f->m.protocol);
		refuse(d, f, "PROTOCOL", reason);
		return;
	}
	kept = calloc(f->m.n_leases + 1, sizeof(*kept));
	if (!kept) {
		refuse(d, f, "LIMIT", "this ingest is short of memory; say HELLO again");
		return;
	}
	r = desk_hello(d->desk, f->route, f->route_len, &f->m, f->now, kept, &n_kept, &w);
	free(kept);
	if (r == -ENOBUFS)
		refuse(d, f, "WORKERS", "this ingest has as many workers as it takes");
	if (r < 0)
		return;
	if (!known)
		log_info("CT1505", "a worker has come", "worker=%s pid=%u leases=%zu", log_quote(str_of(w->name), name, sizeof(name)),
			 w->pid, n_kept);
	dispatch_welcome(d, w);
	if (d->desk->draining) {
		struct ctl m = { .type = CTL_DRAIN };

		(void)dispatch_to(d, w, &m);
	}
}

static void on_ready(struct dispatch *d, struct worker *w, const struct frame *f)
{
	desk_ready(d->desk, w, f->m.credit_messages, f->m.credit_bytes);
}

static void on_started(struct dispatch *d, struct worker *w, const struct frame *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->m.n_leases; i++) {
		struct ctl_lease lease = f->m.leases[i];
		struct ctl m = { .type = CTL_PROCEED, .leases = &lease, .n_leases = 1 };
		struct job *j;

		if (!desk_started(d->desk, w, &lease, f->now, &j))
			f->m.leases[n++] = lease;
		else if (j->alone)
			(void)dispatch_to(d, w, &m);
	}
	dispatch_stale(d, w, f->m.leases, n);
}

/* Those that did not fit, moved to the front of the frame's list, are stale. */
static void on_leases(struct dispatch *d, struct worker *w, const struct frame *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->m.n_leases; i++) {
		const struct ctl_lease lease = f->m.leases[i];
		bool good = false;

		if (f->m.type == CTL_RENEW)
			good = desk_renew(d->desk, w, &lease, f->now);
		else if (f->m.type == CTL_ACK)
			good = desk_ack(d->desk, w, &lease, &f->m);
		else if (f->m.type == CTL_DEFER)
			good = desk_defer(d->desk, w, &lease, &f->m.until, f->now);
		else if (f->m.type == CTL_RELEASE)
			good = desk_back(d->desk, w, &lease, f->m.release, f->now);
		if (!good)
			f->m.leases[n++] = lease;
	}
	dispatch_stale(d, w, f->m.leases, n);
}

static void on_abandoned(struct dispatch *d, const struct frame *f)
{
	if (!desk_abandoned(d->desk, &f->m))
		d->counters.stale++;
}

static void on_status(struct dispatch *d, const struct frame *f)
{
	struct ctl m = { .type = CTL_STATUS, .incarnation = f->m.incarnation, .name = str_of(d->options->instance) };

	if (d->status)
		d->status(&m, d->in, d->status_arg);
	(void)dispatch_to_route(d, f->route, f->route_len, &m);
}

static void handle(struct dispatch *d, const struct frame *f)
{
	struct worker *w;

	if (f->m.type == CTL_STATUS_REQUEST) {
		on_status(d, f);
		return;
	}
	if (f->m.type == CTL_HELLO) {
		on_hello(d, f);
		return;
	}
	w = desk_worker(d->desk, f->route, f->route_len);
	if (!w || w->incarnation != f->m.incarnation || f->m.epoch != d->epoch) {
		introduce(d, f);
		return;
	}
	desk_heard(d->desk, w, f->now);
	switch (f->m.type) {
	case CTL_READY:
		on_ready(d, w, f);
		break;
	case CTL_STARTED:
		on_started(d, w, f);
		break;
	case CTL_RENEW:
	case CTL_ACK:
	case CTL_DEFER:
	case CTL_RELEASE:
		on_leases(d, w, f);
		break;
	case CTL_ABANDONED:
		on_abandoned(d, f);
		break;
	case CTL_LEAVING:
		desk_leaving(d->desk, w);
		break;
	default:
		d->counters.bad_frames++; /* nothing that a worker may say */
	}
}

/* ---- reading ---- */

static void bad_frame(struct dispatch *d, int error)
{
	uint64_t n = ++d->counters.bad_frames;

	if ((n & (n - 1)) == 0) /* the 1st, 2nd, 4th, 8th …: a broken peer must not fill the log */
		log_warn("CT1506", "a frame was not understood", "error=%s so_far=%llu", strerror(-error), (unsigned long long)n);
}

/* The rest of a message that has more parts than two. */
static bool skip_rest(struct dispatch *d, zmq_msg_t *msg)
{
	bool more = zmq_msg_more(msg);

	if (!more)
		return false;
	while (more && zmq_msg_recv(msg, d->socket, ZMQ_DONTWAIT) >= 0)
		more = zmq_msg_more(msg);
	return true;
}

static bool read_one(struct dispatch *d, struct frame *f, zmq_msg_t *msg)
{
	int r;

	if (zmq_msg_recv(msg, d->socket, ZMQ_DONTWAIT) < 0)
		return false;
	f->route_len = zmq_msg_size(msg) <= DESK_ROUTE ? zmq_msg_size(msg) : 0;
	memcpy(f->route, zmq_msg_data(msg), f->route_len);
	if (!zmq_msg_more(msg) || zmq_msg_recv(msg, d->socket, ZMQ_DONTWAIT) < 0)
		return true;
	d->counters.frames++;
	if (zmq_msg_more(msg) || f->route_len == 0) {
		(void)skip_rest(d, msg);
		d->counters.bad_frames++;
		return true;
	}
	arena_reset(d->in);
	memset(&f->m, 0, sizeof(f->m));
	r = ctl_decode((struct str){ zmq_msg_data(msg), zmq_msg_size(msg) }, d->in, &f->m);
	if (r < 0)
		bad_frame(d, r);
	else
		handle(d, f);
	return true;
}

bool dispatch_receive(struct dispatch *d, size_t max)
{
	struct frame f;
	zmq_msg_t msg;
	bool empty = false;

	zmq_msg_init(&msg);
	f.now = clock_mono_ms();
	for (size_t i = 0; i < max && !empty; i++)
		empty = !read_one(d, &f, &msg);
	zmq_msg_close(&msg);
	if (empty)
		dispatch_bury(d);
	return empty;
}
