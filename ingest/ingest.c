#include "ingest/ingest.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/service.h"

#define CLAIMS_AT_ONCE 256
#define SENDS_AT_ONCE 256
#define FRAMES_AT_ONCE 512
#define SWEEP_AT_ONCE 128
#define SPACE_MS 1000
#define TICK_MOST_MS 1000

/* ---- ends ---- */

/* What is really on the disk is found out by the next start: nothing is tried twice. */
static void broken(struct ingest *g, const struct err *err)
{
	if (!g->failed)
		log_error("CT1010", "stopped", "why=\"%s\"", err->text);
	g->failed = true;
	loop_stop(g->loop);
}

static bool no_space(const struct ingest *g, int r)
{
	(void)g;
	return r == -ENOSPC || r == -EDQUOT;
}

static void wait_for_space(struct ingest *g, int r, const struct err *err, uint64_t now)
{
	if (!g->no_space)
		log_error("CT1011", "no space: intake waits until there is some", "why=\"%s\"", err->text);
	g->no_space = r;
	g->watch.paused = true;
	g->no_space_until = now + SPACE_MS;
}

static void flush(struct ingest *g, uint64_t now)
{
	struct err err = { 0 };
	int r;

	if (g->failed || (g->no_space && now < g->no_space_until))
		return;
	r = finish_flush(&g->finish, &err);
	if (no_space(g, r)) {
		wait_for_space(g, r, &err, now);
	} else if (r < 0) {
		broken(g, &err);
	} else if (g->no_space) {
		g->no_space = 0;
		g->watch.paused = g->draining;
		log_info("CT1012", "there is space again", "spool=%s", g->options.spool);
	}
}

static bool settled_all(const struct ingest *g)
{
	return finish_idle(&g->finish) && g->intake.claimed.n == 0;
}

static void check_end(struct ingest *g, uint64_t now)
{
	if (g->draining) {
		if ((g->desk.count[JOB_LEASED] == 0 && settled_all(g)) || now >= g->drain_until)
			loop_stop(g->loop);
		return;
	}
	if (g->watch.drop_gone) {
		struct err err = { 0 };

		err_set(&err, -ENOENT, "the drop folder %s was moved or removed while it was watched: put it back and start again",
			g->options.drop);
		broken(g, &err);
		return;
	}
	if (g->options.once && watch_done(&g->watch, now) && g->desk.jobs.n == 0 && settled_all(g)) {
		dispatch_drain(&g->dispatch);
		loop_stop(g->loop);
	}
}

/* ---- the pump: everything that may be possible after something has happened ---- */

static bool take_in(struct ingest *g, uint64_t now)
{
	struct err err = { 0 };
	bool more, retry_more = false;
	int r = 0;

	if (g->draining || g->no_space)
		return false;
	more = !watch_step(&g->watch, now, CLAIMS_AT_ONCE);
	if (g->watch.retry_due && !intake_full(&g->intake)) {
		r = intake_retry(&g->intake, &retry_more, &err);
		g->watch.retry_due = retry_more;
	}
	if (no_space(g, r))
		wait_for_space(g, r, &err, now);
	else if (r < 0)
		broken(g, &err);
	return more || retry_more;
}

static void wake_at(struct ingest *g, uint64_t when, uint64_t now);

static uint64_t earliest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t next_wake(const struct ingest *g, uint64_t now)
{
	uint64_t next = now + TICK_MOST_MS;

	next = earliest(next, desk_next_tick(&g->desk));
	next = earliest(next, g->dispatch.probe_when);
	next = earliest(next, retention_next(&g->retention));
	if (!g->draining && !g->no_space)
		next = earliest(next, watch_next(&g->watch));
	if (g->no_space)
		next = earliest(next, g->no_space_until);
	if (g->draining)
		next = earliest(next, g->drain_until);
	return next;
}

static void pump(struct ingest *g)
{
	uint64_t now = clock_mono_ms();
	struct err err = { 0 };
	bool more;

	if (g->failed)
		return;
	more = take_in(g, now);
	if (!g->failed && intake_commit(&g->intake, &err) < 0)
		broken(g, &err);
	if (g->failed)
		return;
	more |= !dispatch_send(&g->dispatch, SENDS_AT_ONCE);
	more |= g->dispatch.any_lost; /* read its last words, then bury it */
	if (finish_take(&g->finish))
		flush(g, now);
	check_end(g, now);
	wake_at(g, more ? now : next_wake(g, now), now);
}

static void on_timer(void *arg)
{
	struct ingest *g = arg;
	uint64_t now;

	g->timer_at = UINT64_MAX;
	/* What the workers said while this process did something else comes before any deadline. */
	while (!dispatch_receive(&g->dispatch, FRAMES_AT_ONCE) && !g->failed)
		if (finish_take(&g->finish))
			flush(g, clock_mono_ms());
	now = clock_mono_ms();
	desk_tick(&g->desk, now);
	dispatch_probe(&g->dispatch, now);
	retention_step(&g->retention, now, SWEEP_AT_ONCE);
	if (g->no_space)
		flush(g, now);
	ingest_report(g, now);
	pump(g);
}

static void wake_at(struct ingest *g, uint64_t when, uint64_t now)
{
	int id;

	if (when >= g->timer_at && g->timer_at != UINT64_MAX)
		return;
	if (g->timer > 0 && g->timer_at != UINT64_MAX)
		loop_remove_timer(g->loop, g->timer);
	id = loop_add_timer(g->loop, when > now ? when - now : 0, 0, on_timer, g);
	if (id < 0) {
		struct err err = { 0 };

		err_set(&err, id, "out of memory");
		broken(g, &err);
		return;
	}
	g->timer = id;
	g->timer_at = when;
}

static void on_router(void *arg)
{
	struct ingest *g = arg;

	(void)dispatch_receive(&g->dispatch, FRAMES_AT_ONCE);
	pump(g);
}

static void on_monitor(void *arg)
{
	struct ingest *g = arg;

	dispatch_monitor(&g->dispatch);
	(void)dispatch_receive(&g->dispatch, FRAMES_AT_ONCE);
	pump(g);
}

static void on_inotify(void *arg)
{
	struct ingest *g = arg;

	watch_read(&g->watch);
	pump(g);
}

/* Nothing else to do: the moment to make a group durable. */
static void on_idle(void *arg)
{
	struct ingest *g = arg;

	(void)finish_take(&g->finish);
	flush(g, clock_mono_ms());
	pump(g);
}

static void drain(struct ingest *g)
{
	uint64_t now = clock_mono_ms();

	g->draining = g->watch.paused = true;
	g->drain_until = now + g->options.lease_ms;
	service_stopping("draining: what is started is finished, the rest stays in active/");
	log_info("CT1013", "draining", "leased=%zu active=%zu", g->desk.count[JOB_LEASED], g->desk.jobs.n);
	dispatch_drain(&g->dispatch);
	pump(g);
}

static void on_signal(int signo, void *arg)
{
	struct ingest *g = arg;

	if (signo != SIGTERM && signo != SIGINT)
		return;
	if (g->draining) {
		log_warn("CT1014", "stopped at the second signal", "leased=%zu", g->desk.count[JOB_LEASED]);
		loop_stop(g->loop);
		return;
	}
	drain(g);
}

/* ---- life ---- */

static void on_stale(const struct worker *w, const struct ctl_lease *lease, void *arg)
{
	struct ingest *g = arg;
	struct worker *known = desk_worker(&g->desk, w->route, w->route_len);

	if (known)
		dispatch_tell_stale(&g->dispatch, known, lease);
}

static int watch_all(struct ingest *g, struct err *err)
{
	int r = loop_add_zmq(g->loop, g->dispatch.socket, on_router, g);

	if (r > 0)
		r = loop_add_zmq(g->loop, g->dispatch.monitor, on_monitor, g);
	if (r > 0)
		r = loop_add_fd(g->loop, g->watch.inotify, on_inotify, g);
	loop_set_idle(g->loop, on_idle, g);
	if (r < 0)
		return err_set(err, r, "cannot watch the sockets: %s", strerror(-r));
	r = service_watchdog(g->loop);
	return r < 0 ? err_set(err, r, "cannot serve the watchdog: %s", strerror(-r)) : 0;
}

static int open_state(struct ingest *g, struct err *err)
{
	const struct options *o = &g->options;
	struct desk_config config = { .lease_ms = o->lease_ms, .ready_ms = o->ready_ms, .max_attempts = (uint32_t)o->max_attempts,
				      .stale = on_stale, .arg = g };
	int r = desk_init(&g->desk, &config);

	if (r < 0)
		return err_set(err, r, "out of memory");
	r = spool_open(&g->spool, o, err);
	if (r == 0)
		r = spool_lock_endpoint(&g->spool, o->endpoint, err);
	if (r == 0)
		r = receipts_open(&g->receipts, g->spool.root, o->instance, o->receipts_rotate_bytes, err);
	if (r < 0)
		return r;
	g->intake = (struct intake){ .options = o, .spool = &g->spool, .desk = &g->desk, .receipts = &g->receipts };
	g->finish = (struct finish){ .spool = &g->spool, .desk = &g->desk, .receipts = &g->receipts, .intake = &g->intake };
	return intake_recover(&g->intake, clock_mono_ms() + 2 * o->ready_ms, err);
}

/* Articles whose receipt was durable before the last end only have to be moved. */
static int finish_replayed(struct ingest *g, struct err *err)
{
	struct job *j;
	int r;

	while ((j = g->intake.replayed.first)) {
		job_list_leave(j);
		job_list_push(&g->finish.moving, j);
	}
	r = finish_flush(&g->finish, err);
	if (!no_space(g, r))
		return r;
	wait_for_space(g, r, err, clock_mono_ms());
	return 0;
}

int ingest_open(struct ingest *g, struct err *err)
{
	int r;

	umask(007);
	g->timer_at = UINT64_MAX;
	g->receipts.fd = g->watch.inotify = -1;
	g->spool.drop = g->spool.root = g->spool.active = g->spool.done = g->spool.failed = g->spool.retry = -1;
	g->spool.active_lock = g->spool.endpoint_lock = -1;
	g->loop = loop_new();
	if (!g->loop)
		return err_set(err, -ENOMEM, "out of memory");
	r = loop_take_signals(g->loop, on_signal, g);
	if (r < 0)
		return err_set(err, r, "cannot take signals: %s", strerror(-r));
	r = open_state(g, err);
	if (r == 0)
		r = watch_open(&g->watch, &g->options, &g->spool, &g->intake, err);
	if (r == 0)
		r = finish_replayed(g, err);
	if (r == 0)
		r = dispatch_open(&g->dispatch, &g->options, &g->desk, &g->intake, err);
	if (r < 0)
		return r;
	g->dispatch.status = ingest_status;
	g->dispatch.status_arg = g;
	retention_init(&g->retention, &g->spool, g->options.keep_done_ms, clock_mono_ms());
	return watch_all(g, err);
}

static int exit_status(const struct ingest *g)
{
	if (g->failed)
		return 1;
	if (!g->options.once)
		return 0;
	if (ingest_left(g) > 0)
		return 1;
	return g->desk.counters.failed > 0 ? 2 : 0;
}

int ingest_run(struct ingest *g)
{
	int r;

	log_info("CT1001", "watching", "drop=%s spool=%s endpoint=%s recovered=%zu", g->options.drop, g->options.spool, g->options.endpoint,
		 g->intake.recovered);
	service_ready("watching");
	g->logged_at = clock_mono_ms();
	wake_at(g, 0, 0);
	r = loop_run(g->loop);
	if (r < 0) {
		struct err err = { 0 };

		err_set(&err, r, "polling failed: %s", strerror(-r));
		broken(g, &err);
	}
	if (!g->failed) {
		(void)finish_take(&g->finish);
		g->no_space_until = 0;
		flush(g, clock_mono_ms());
	}
	service_stopping("stopped");
	ingest_summary(g);
	return exit_status(g);
}

void ingest_close(struct ingest *g)
{
	dispatch_close(&g->dispatch);
	watch_close(&g->watch);
	retention_release(&g->retention);
	receipts_close(&g->receipts);
	desk_release(&g->desk);
	spool_close(&g->spool);
	loop_free(&g->loop);
}
