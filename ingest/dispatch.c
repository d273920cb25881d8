#include "ingest/dispatch.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <zmq.h>

#include "base/clock.h"
#include "base/log.h"
#include "ingest/dispatch_internal.h"

#define IN_ARENA (16u << 20)   /* a HELLO with the most leases takes a third of it */
#define IN_MESSAGE (4 << 20)   /* workers and the command line send nothing larger */
#define OUT_ARENA (16u << 20)
#define KEEP_BYTES (256u << 10)
#define PROBES 5
#define MONITOR "inproc://copytaster-ingest-monitor"

/* ---- the socket ---- */

static int set_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof(value));
}

static int set_options(void *socket)
{
	int64_t most = IN_MESSAGE;

	if (set_int(socket, ZMQ_ROUTER_MANDATORY, 1) < 0 ||
	    set_int(socket, ZMQ_ROUTER_HANDOVER, 1) < 0 || /* a worker that reconnects keeps its identity */
	    set_int(socket, ZMQ_SNDHWM, 2 * CTL_MAX_LEASES) < 0 || /* credit is the bound, not this */
	    set_int(socket, ZMQ_RCVHWM, 2 * CTL_MAX_LEASES) < 0 ||
	    set_int(socket, ZMQ_LINGER, 500) < 0 || set_int(socket, ZMQ_HANDSHAKE_IVL, 5000) < 0 ||
	    set_int(socket, ZMQ_HEARTBEAT_IVL, 2000) < 0 || set_int(socket, ZMQ_HEARTBEAT_TIMEOUT, 10000) < 0 ||
	    set_int(socket, ZMQ_BACKLOG, 256) < 0 || zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &most, sizeof(most)) < 0)
		return -errno;
	return 0;
}

static int open_monitor(struct dispatch *d)
{
	if (zmq_socket_monitor(d->socket, MONITOR, ZMQ_EVENT_DISCONNECTED) < 0)
		return -errno;
	d->monitor = zmq_socket(d->ctx, ZMQ_PAIR);
	if (!d->monitor || set_int(d->monitor, ZMQ_LINGER, 0) < 0 || zmq_connect(d->monitor, MONITOR) < 0)
		return -errno;
	return 0;
}

int dispatch_open(struct dispatch *d, const struct options *o, struct desk *desk, struct intake *intake, struct err *err)
{
	int r = 0;

	memset(d, 0, sizeof(*d));
	d->options = o;
	d->desk = desk;
	d->intake = intake;
	d->probe_when = UINT64_MAX;
	buf_init(&d->frame, 0);
	buf_init(&d->body, 0);
	d->in = arena_new(IN_ARENA);
	d->out = arena_new(OUT_ARENA);
	if (!d->in || !d->out)
		return err_set(err, -ENOMEM, "out of memory");
	if (getrandom(&d->epoch, sizeof(d->epoch), 0) != sizeof(d->epoch))
		return err_set(err, -EIO, "the kernel gives no random bytes");
	d->epoch |= 1; /* 0 says: not known */
	d->ctx = zmq_ctx_new();
	d->socket = d->ctx ? zmq_socket(d->ctx, ZMQ_ROUTER) : NULL;
	if (!d->socket)
		return err_set(err, -errno, "cannot make a ZeroMQ socket: %s", zmq_strerror(errno));
	r = set_options(d->socket);
	if (r == 0)
		r = open_monitor(d);
	if (r < 0)
		return err_set(err, r, "cannot set up the ZeroMQ socket: %s", zmq_strerror(-r));
	if (zmq_bind(d->socket, o->endpoint) < 0) {
		r = -errno;
		return err_set(err, r, "cannot listen at %s (paths.endpoint): %s", o->endpoint, zmq_strerror(-r));
	}
	return 0;
}

void dispatch_close(struct dispatch *d)
{
	if (d->monitor) {
		(void)zmq_socket_monitor(d->socket, NULL, 0);
		zmq_close(d->monitor);
	}
	if (d->socket)
		zmq_close(d->socket);
	if (d->ctx)
		zmq_ctx_term(d->ctx);
	d->monitor = d->socket = d->ctx = NULL;
	buf_release(&d->frame);
	buf_release(&d->body);
	arena_free(&d->in);
	arena_free(&d->out);
}

/* ---- sending ---- */

static void free_frame(void *data, void *hint)
{
	struct buf b = { .data = data };

	(void)hint;
	buf_release(&b);
}

/* Large frames are handed over, small ones copied: a buffer that is kept is cheaper than a new one. */
static int send_frame(struct dispatch *d)
{
	zmq_msg_t msg;

	if (d->frame.len <= KEEP_BYTES)
		return zmq_send(d->socket, d->frame.data, d->frame.len, ZMQ_DONTWAIT) < 0 ? -errno : 0;
	if (zmq_msg_init_data(&msg, d->frame.data, d->frame.len, free_frame, NULL) < 0)
		return -errno;
	buf_init(&d->frame, 0); /* the message owns the bytes now */
	if (zmq_msg_send(&msg, d->socket, ZMQ_DONTWAIT) < 0) {
		int r = -errno;

		zmq_msg_close(&msg);
		return r;
	}
	return 0;
}

int dispatch_to_route(struct dispatch *d, const void *route, size_t route_len, struct ctl *m)
{
	int r;

	m->epoch = d->epoch;
	buf_reset(&d->frame);
	arena_reset(d->out);
	r = ctl_encode(&d->frame, m, d->out);
	if (r < 0) {
		log_error("CT1501", "a message could not be encoded", "message=%s error=%s", ctl_name(m->type), strerror(-r));
		return r;
	}
	if (zmq_send(d->socket, route, route_len, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		return -errno;
	d->counters.bytes_sent += d->frame.len;
	return send_frame(d);
}

int dispatch_to(struct dispatch *d, struct worker *w, struct ctl *m)
{
	int r;

	if (w->lost)
		return -EHOSTUNREACH;
	m->incarnation = w->incarnation;
	r = dispatch_to_route(d, w->route, w->route_len, m);
	if (r == -EHOSTUNREACH) {
		w->lost = true;
		d->any_lost = true;
	}
	return r;
}

static int send_delivery(struct dispatch *d, struct job *j, struct worker *w)
{
	struct ctl_lease lease = { .lease = j->lease, .attempt = j->charges + 1, .article = j->id };
	struct ctl m = {
		.type = CTL_DELIVERY, .leases = &lease, .n_leases = 1, .article = j->id, .confirm = j->alone, .generation = j->generation,
		.floor = *desk_floor(d->desk), .file_name = str_of(j->name), .received_ms = j->received_ms,
		.supersedes = j->supersedes, .body = buf_view(&d->body),
	};

	return dispatch_to(d, w, &m);
}

static void deliver(struct dispatch *d, struct job *j, struct worker *w)
{
	uint64_t now = clock_mono_ms();
	int r = intake_read(d->intake, j, &d->body, now);

	if (r < 0)
		return;
	desk_deliver(d->desk, j, w, now);
	r = send_delivery(d, j, w);
	if (r == 0) {
		j->touched = true;
	} else {
		desk_undo(d->desk, j);
		w->credit_messages = 0; /* until it says READY again */
	}
	if (d->body.size > KEEP_BYTES)
		buf_release(&d->body);
}

static bool ask_to_abandon(struct dispatch *d)
{
	struct worker *w;
	struct job *j;
	struct ctl m = { .type = CTL_ABANDON };

	if (!desk_next_abandon(d->desk, &j, &w))
		return false;
	m.article = j->id;
	m.generation = j->generation;
	m.reason_code = str_of(j->code);
	m.reason = str_of(j->reason);
	if (dispatch_to(d, w, &m) < 0 && !w->lost)
		return false;
	if (!w->lost)
		desk_asked(d->desk, j, w, clock_mono_ms());
	return true;
}

bool dispatch_send(struct dispatch *d, size_t max)
{
	struct worker *w;
	struct job *j;

	for (size_t i = 0; i < max; i++) {
		if (ask_to_abandon(d))
			continue;
		if (!desk_next(d->desk, &j, &w))
			return true;
		deliver(d, j, w);
	}
	return false;
}

/* ---- the dead ---- */

/* After all that can be read was read: a worker's last words come before its death. */
void dispatch_bury(struct dispatch *d)
{
	if (!d->any_lost)
		return;
	for (size_t i = 0; i < d->desk->n_workers;) {
		struct worker *w = d->desk->workers[i];
		char name[100];

		if (!w->lost) {
			i++;
			continue;
		}
		if (w->leased.n > 0)
			log_warn("CT1502", "a worker is gone", "worker=%s pid=%u leases=%zu",
				 log_quote(str_of(w->name), name, sizeof(name)), w->pid, w->leased.n);
		else
			log_info("CT1503", "a worker has left", "worker=%s pid=%u", log_quote(str_of(w->name), name, sizeof(name)),
				 w->pid);
		desk_died(d->desk, w); /* the last of the list stands at i now */
	}
	d->any_lost = false;
}

/* The monitor is told before the ROUTER's own end of the pipe learns of it, so one look may come too early: try a few
 * times. What is sent changes nothing for a worker that lives: all its leases go on. */
void dispatch_probe(struct dispatch *d, uint64_t now)
{
	uint32_t events;
	size_t size = sizeof(events);

	if (d->probes == 0 || now < d->probe_when)
		return;
	(void)zmq_getsockopt(d->socket, ZMQ_EVENTS, &events, &size); /* takes in what the I/O thread says */
	for (size_t i = 0; i < d->desk->n_workers; i++)
		if (!d->desk->workers[i]->lost)
			dispatch_welcome(d, d->desk->workers[i]);
	d->probes--;
	d->probe_when = d->probes > 0 ? now + (1u << (2 * (PROBES - d->probes))) : UINT64_MAX;
}

void dispatch_monitor(struct dispatch *d)
{
	char part[256];
	int n;

	while ((n = zmq_recv(d->monitor, part, sizeof(part), ZMQ_DONTWAIT)) >= 0)
		d->probes = PROBES;
	if (d->probes == PROBES) {
		d->probe_when = 0;
		dispatch_probe(d, clock_mono_ms());
	}
}

void dispatch_drain(struct dispatch *d)
{
	d->desk->draining = true;
	for (size_t i = 0; i < d->desk->n_workers; i++) {
		struct ctl m = { .type = CTL_DRAIN };

		(void)dispatch_to(d, d->desk->workers[i], &m);
	}
}
