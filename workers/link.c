#include "workers/link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include <zmq.h>

#include "base/clock.h"
#include "base/log.h"

enum { HELLO_MS = 100, READ_AT_ONCE = 64, SEND_HWM = 20000, LINGER_MS = 1000 };

struct link {
	struct loop *loop;
	const struct options *o;
	struct link_user user;
	void *ctx, *socket;
	int io, ready_timer, hello_timer;
	uint64_t epoch, incarnation;
	bool welcome, leaving;
	char name[80];
	uint64_t ready_ms, lease_ms, renewed_ms;
	struct job held;  /* ring: jobs with a lease */
	size_t n_held;
	struct job *pool; /* single list by next */
	struct arena *scratch;
	struct buf out;
	uint64_t instance;
	struct ulid floor;
};

/* ---- jobs ---- */

static struct job *take_job(struct link *l)
{
	struct job *j = l->pool;
	if (!j)
		return job_new(l->o->arena_bytes);
	l->pool = j->next;
	j->next = NULL;
	return j;
}

static void pool_job(struct link *l, struct job *j)
{
	job_reset(j);
	j->next = l->pool;
	l->pool = j;
}

static void hold(struct link *l, struct job *j)
{
	j->prev = l->held.prev;
	j->next = &l->held;
	j->prev->next = j;
	l->held.prev = j;
	l->n_held++;
}

void link_drop(struct link *l, struct job *j)
{
	j->prev->next = j->next;
	j->next->prev = j->prev;
	l->n_held--;
	pool_job(l, j);
}

static struct job *held_by_article(struct link *l, const struct ulid *id)
{
	for (struct job *j = l->held.next; j != &l->held; j = j->next)
		if (!j->orphan && ulid_cmp(&j->lease.article, id) == 0)
			return j;
	return NULL;
}

static struct job *held_by_lease(struct link *l, const struct ctl_lease *lease)
{
	for (struct job *j = l->held.next; j != &l->held; j = j->next)
		if (!j->orphan && j->lease.lease == lease->lease && j->lease.attempt == lease->attempt &&
		    ulid_cmp(&j->lease.article, &lease->article) == 0)
			return j;
	return NULL;
}

/* ---- sending ---- */

static void send_ctl(struct link *l, struct ctl *m)
{
	m->epoch = l->epoch;
	m->incarnation = l->incarnation;
	buf_reset(&l->out);
	arena_reset(l->scratch);
	int rc = ctl_encode(&l->out, m, l->scratch);
	if (rc == 0 && zmq_send(l->socket, l->out.data, l->out.len, ZMQ_DONTWAIT) < 0)
		rc = -zmq_errno();
	if (rc)
		log_debug("CT2101", "not sent", "message=%s why=%s", ctl_name(m->type), strerror(-rc));
}

/* The leases that are held, or those of them that may go on under a new ingest: one that waits for leave to begin is better
 * given back than asked for twice. */
static struct ctl_lease *list_leases(struct link *l, bool asking, size_t *ret_n)
{
	struct ctl_lease *list = calloc(l->n_held + 1, sizeof(*list));
	size_t n = 0;
	for (struct job *j = l->held.next; list && j != &l->held; j = j->next)
		if (!j->orphan && (asking || j->state != JOB_ASKING))
			list[n++] = j->lease;
	*ret_n = n;
	return list;
}

static void say_hello(struct link *l)
{
	struct ctl m = { .type = CTL_HELLO, .protocol = CTL_PROTOCOL, .name = str_of(l->name), .pid = (uint32_t)getpid() };
	m.leases = list_leases(l, false, &m.n_leases);
	if (m.leases)
		send_ctl(l, &m);
	free(m.leases);
}

static void say_ready(struct link *l)
{
	struct ctl m = { .type = CTL_READY };
	if (!l->leaving) {
		m.credit_messages = (uint32_t)l->o->credit_messages;
		m.credit_bytes = l->o->credit_bytes;
	}
	send_ctl(l, &m);
}

/* The loop turns, so all that is held makes progress. */
static void renew(struct link *l)
{
	uint64_t now = clock_mono_ms();
	if (now - l->renewed_ms < l->lease_ms / 4)
		return;
	l->renewed_ms = now;
	struct ctl m = { .type = CTL_RENEW };
	m.leases = list_leases(l, true, &m.n_leases);
	if (m.leases && m.n_leases)
		send_ctl(l, &m);
	free(m.leases);
}

static void send_lease(struct link *l, enum ctl_type type, const struct job *j)
{
	struct ctl_lease lease = j->lease;
	send_ctl(l, &(struct ctl){ .type = type, .leases = &lease, .n_leases = 1 });
}

/* STARTED or the PROCEED that answers it may have been lost. */
static void ask_again(struct link *l)
{
	for (struct job *j = l->held.next; j != &l->held; j = j->next)
		if (!j->orphan && j->state == JOB_ASKING)
			send_lease(l, CTL_STARTED, j);
}

static void on_ready_timer(void *arg)
{
	struct link *l = arg;
	if (!l->welcome)
		return;
	say_ready(l);
	renew(l);
	ask_again(l);
}

static void on_hello_timer(void *arg)
{
	struct link *l = arg;
	if (!l->welcome)
		say_hello(l);
}

void link_started(struct link *l, const struct job *j)
{
	if (!j->orphan)
		send_lease(l, CTL_STARTED, j);
}

void link_ack(struct link *l, struct job *j, enum outcome outcome, uint32_t claims, const char *code, const char *reason)
{
	struct ctl m = { .type = CTL_ACK, .leases = &j->lease, .n_leases = 1, .outcome = outcome, .claims = claims,
			 .reason_code = str_of(code), .reason = str_of(reason) };
	if (!j->orphan)
		send_ctl(l, &m);
	link_drop(l, j);
}

void link_defer(struct link *l, struct job *j, const struct ulid *until)
{
	if (!j->orphan)
		send_ctl(l, &(struct ctl){ .type = CTL_DEFER, .leases = &j->lease, .n_leases = 1, .until = *until });
	link_drop(l, j);
}

void link_release(struct link *l, struct job *j, enum ctl_release why)
{
	if (!j->orphan)
		send_ctl(l, &(struct ctl){ .type = CTL_RELEASE, .leases = &j->lease, .n_leases = 1, .release = why });
	link_drop(l, j);
}

void link_abandoned(struct link *l, const struct ulid *id, uint64_t generation, enum outcome outcome, uint32_t claims)
{
	send_ctl(l, &(struct ctl){ .type = CTL_ABANDONED, .article = *id, .generation = generation, .outcome = outcome, .claims = claims });
}

void link_leave(struct link *l)
{
	l->leaving = true;
	send_ctl(l, &(struct ctl){ .type = CTL_LEAVING });
}

/* ---- receiving ---- */

static void on_welcome(struct link *l, const struct ctl *m)
{
	l->epoch = m->epoch;
	l->instance = ledger_instance(m->name);
	l->floor = (struct ulid){ 0 };
	if (m->ready_ms >= 10 && m->ready_ms != l->ready_ms) {
		l->ready_ms = m->ready_ms;
		loop_remove_timer(l->loop, l->ready_timer);
		l->ready_timer = loop_add_timer(l->loop, l->ready_ms, l->ready_ms, on_ready_timer, l);
	}
	if (m->lease_ms)
		l->lease_ms = m->lease_ms;
	for (struct job *j = l->held.next, *next; j != &l->held; j = next) {
		bool kept = false;
		next = j->next;
		for (size_t i = 0; i < m->n_leases; i++)
			if (ulid_cmp(&m->leases[i].article, &j->lease.article) == 0) {
				bool started = j->lease.started;
				j->lease = m->leases[i];
				j->lease.started = started;
				kept = true;
			}
		if (!kept && !j->orphan) {
			j->orphan = true;
			l->user.dropped(j, l->user.arg);
		}
	}
	if (!l->welcome)
		log_info("CT2100", "connected to ingest", "instance=%.*s held=%zu", STR_ARGS(m->name), l->n_held);
	l->welcome = true;
	say_ready(l);
}

/* The message lives in a job already (m is &j->ctl). */
static void on_delivery(struct link *l, struct job *j)
{
	if (j->ctl.n_leases != 1) {
		pool_job(l, j);
		return;
	}
	j->lease = j->ctl.leases[0];
	j->state = JOB_QUEUED;
	ulid_format(&j->lease.article, j->id);
	if (ulid_cmp(&j->ctl.floor, &l->floor) > 0)
		l->floor = j->ctl.floor;
	struct job *old = held_by_article(l, &j->lease.article);
	if (old) {
		old->orphan = true; /* ingest gave up that lease, and gives the article to us again */
		l->user.dropped(old, l->user.arg);
	}
	hold(l, j);
	if (l->leaving || j->ctl.body.len > l->o->max_article_bytes) {
		link_release(l, j, l->leaving ? RELEASE_DRAINING : RELEASE_OVER_LIMIT);
		return;
	}
	l->user.delivered(j, l->user.arg);
}

static void on_stale(struct link *l, const struct ctl *m)
{
	for (size_t i = 0; i < m->n_leases; i++) {
		struct job *j = held_by_lease(l, &m->leases[i]);
		if (j) {
			j->orphan = true;
			l->user.dropped(j, l->user.arg);
		}
	}
}

static void on_proceed(struct link *l, const struct ctl *m)
{
	struct job *j = m->n_leases == 1 ? held_by_lease(l, &m->leases[0]) : NULL;
	if (j && j->state == JOB_ASKING) {
		j->state = JOB_ALLOWED;
		l->user.proceed(j, l->user.arg);
	}
}

static void on_other(struct link *l, const struct ctl *m)
{
	if (m->type == CTL_INTRODUCE) {
		l->welcome = false;
		say_hello(l);
		return;
	}
	if (m->type == CTL_WELCOME) {
		on_welcome(l, m);
		return;
	}
	if (m->type == CTL_REFUSED) {
		char why[256];
		log_error("CT2102", "ingest refuses this worker", "why=%s", log_quote(m->reason, why, sizeof(why)));
		l->welcome = false;
		return;
	}
	if (m->epoch != l->epoch)
		return; /* from an ingest that is gone */
	if (m->type == CTL_STALE)
		on_stale(l, m);
	else if (m->type == CTL_PROCEED)
		on_proceed(l, m);
	else if (m->type == CTL_ABANDON)
		l->user.abandon(&m->article, m->generation, l->user.arg);
	else if (m->type == CTL_DRAIN)
		l->user.drain(l->user.arg);
}

/* One frame, decoded into a fresh job, which a delivery then keeps. False: nothing to read. */
static bool read_one(struct link *l)
{
	struct job *j = take_job(l);
	if (!j)
		return false;
	zmq_msg_init(&j->frame);
	j->has_frame = true;
	if (zmq_msg_recv(&j->frame, l->socket, ZMQ_DONTWAIT) < 0) {
		pool_job(l, j);
		return false;
	}
	int more = zmq_msg_more(&j->frame);
	struct str frame = { zmq_msg_data(&j->frame), zmq_msg_size(&j->frame) };
	int rc = more ? -EPROTO : ctl_decode(frame, j->arena, &j->ctl);
	if (rc) {
		log_warn("CT2103", "a frame from ingest was not understood", "bytes=%zu why=%s", frame.len, strerror(-rc));
		pool_job(l, j);
	} else if (j->ctl.type == CTL_DELIVERY && j->ctl.epoch == l->epoch && l->welcome) {
		on_delivery(l, j);
	} else {
		on_other(l, &j->ctl);
		pool_job(l, j);
	}
	return true;
}

static void on_readable(void *arg)
{
	struct link *l = arg;
	for (int i = 0; i < READ_AT_ONCE; i++)
		if (!read_one(l))
			return;
}

/* ---- life ---- */

static int set_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof(value));
}

static int open_socket(struct link *l, struct err *err)
{
	char identity[17];
	(void)snprintf(identity, sizeof(identity), "%016llx", (unsigned long long)l->incarnation);
	int64_t max_message = (int64_t)l->o->max_article_bytes + (1 << 20);
	l->ctx = zmq_ctx_new();
	l->socket = l->ctx ? zmq_socket(l->ctx, ZMQ_DEALER) : NULL;
	if (!l->socket || zmq_setsockopt(l->socket, ZMQ_ROUTING_ID, identity, 16) || set_int(l->socket, ZMQ_LINGER, LINGER_MS) ||
	    set_int(l->socket, ZMQ_SNDHWM, SEND_HWM) || set_int(l->socket, ZMQ_RCVHWM, 0) || set_int(l->socket, ZMQ_IMMEDIATE, 1) ||
	    set_int(l->socket, ZMQ_HANDSHAKE_IVL, 5000) || set_int(l->socket, ZMQ_HEARTBEAT_IVL, 2000) ||
	    set_int(l->socket, ZMQ_HEARTBEAT_TIMEOUT, 10000) || set_int(l->socket, ZMQ_RECONNECT_IVL, 50) ||
	    set_int(l->socket, ZMQ_RECONNECT_IVL_MAX, 1000) ||
	    zmq_setsockopt(l->socket, ZMQ_MAXMSGSIZE, &max_message, sizeof(max_message)) || zmq_connect(l->socket, l->o->endpoint))
		return err_set(err, -zmq_errno(), "cannot connect to paths.endpoint %s: %s", l->o->endpoint, zmq_strerror(zmq_errno()));
	return 0;
}

static int open_timers(struct link *l, struct err *err)
{
	l->io = loop_add_zmq(l->loop, l->socket, on_readable, l);
	l->ready_timer = loop_add_timer(l->loop, l->ready_ms, l->ready_ms, on_ready_timer, l);
	l->hello_timer = loop_add_timer(l->loop, 1, HELLO_MS, on_hello_timer, l);
	if (l->io < 0 || l->ready_timer < 0 || l->hello_timer < 0)
		return err_set(err, -ENOMEM, "out of memory");
	return 0;
}

int link_open(struct loop *loop, const struct options *o, const struct link_user *user, struct link **ret, struct err *err)
{
	struct link *l = calloc(1, sizeof(*l));
	if (!l)
		return err_set(err, -ENOMEM, "out of memory");
	*l = (struct link){ .loop = loop, .o = o, .user = *user, .ready_ms = o->ready_ms, .lease_ms = o->lease_ms, .io = -1,
			    .ready_timer = -1, .hello_timer = -1 };
	l->held.next = l->held.prev = &l->held;
	buf_init(&l->out, 0);
	l->scratch = arena_new(8 << 20);
	if (o->worker_name[0])
		(void)snprintf(l->name, sizeof(l->name), "%s", o->worker_name);
	else
		(void)snprintf(l->name, sizeof(l->name), "worker-%ld", (long)getpid());
	int rc = !l->scratch ? err_set(err, -ENOMEM, "out of memory") : 0;
	if (rc == 0 && getrandom(&l->incarnation, sizeof(l->incarnation), 0) != sizeof(l->incarnation))
		rc = err_set(err, -EIO, "the kernel gives no random bytes");
	if (rc == 0)
		rc = open_socket(l, err);
	if (rc == 0)
		rc = open_timers(l, err);
	if (rc) {
		link_close(&l);
		return rc;
	}
	*ret = l;
	return 0;
}

void link_close(struct link **link)
{
	struct link *l = *link;
	if (!l)
		return;
	if (l->io >= 0)
		loop_remove_io(l->loop, l->io);
	if (l->ready_timer >= 0)
		loop_remove_timer(l->loop, l->ready_timer);
	if (l->hello_timer >= 0)
		loop_remove_timer(l->loop, l->hello_timer);
	while (l->held.next != &l->held)
		link_drop(l, l->held.next);
	for (struct job *j = l->pool, *next; j; j = next) {
		next = j->next;
		job_free(&j);
	}
	if (l->socket)
		zmq_close(l->socket);
	if (l->ctx)
		zmq_ctx_term(l->ctx);
	arena_free(&l->scratch);
	buf_release(&l->out);
	free(l);
	*link = NULL;
}

size_t link_held(const struct link *l)
{
	return l->n_held;
}

uint64_t link_instance(const struct link *l)
{
	return l->instance;
}

const struct ulid *link_floor(const struct link *l)
{
	return &l->floor;
}
