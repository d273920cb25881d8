/* copytaster-worker: wires link, batch, ledger and sink to one loop.
 *
 * Deliveries wait in a queue. When the loop is idle, or enough have come, a batch takes them through the stages; the
 * next batch begins when it is done. Nothing here knows how a stage works. */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/service.h"
#include "sinks/sink.h"
#include "workers/batch.h"
#include "workers/copy/index.h"
#include "workers/ledger.h"
#include "workers/link.h"
#include "workers/store.h"

enum { BUSY_MS = 1, CARE_MS = 5000, PRUNE_AT_ONCE = 10000, MAX_ABANDONS = 4096, RUN_SLICE_MS = 50 };

struct abandon {
	struct ulid id;
	uint64_t generation;
};

struct worker {
	struct options o;
	struct loop *loop;
	struct store *store;
	struct copy_index *index;
	struct ledger *ledger;
	const struct sink_ops *sink;
	void *sink_handle;
	struct link *link;
	struct batch *batch;
	struct job *queue, **queue_end;
	size_t n_queue;
	struct job *asking;
	bool running; /* a batch is under way; a timer or a sink brings it on */
	bool care_due; /* its time came while a batch ran */
	bool draining;
	struct abandon *abandons;
	size_t n_abandons;
	bool abandon_timer;
	int exit_code;
};

static void go_on(void *arg);
static void start(void *arg);
static void take_care(struct worker *w);

static void die(struct worker *w, const struct err *err);

static void later(struct worker *w, uint64_t ms, loop_timer_fn *fn)
{
	if (loop_add_timer(w->loop, ms, 0, fn, w) < 0)
		die(w, &(struct err){ -ENOMEM, "out of memory" });
}

/* ---- the queue ---- */

static void enqueue(struct worker *w, struct job *j)
{
	j->queue_next = NULL;
	*w->queue_end = j;
	w->queue_end = &j->queue_next;
	w->n_queue++;
}

static struct job *dequeue(struct worker *w)
{
	struct job *j = w->queue;
	w->queue = j->queue_next;
	if (!w->queue)
		w->queue_end = &w->queue;
	w->n_queue--;
	return j;
}

static bool unqueue(struct worker *w, struct job *j)
{
	for (struct job **at = &w->queue; *at; at = &(*at)->queue_next)
		if (*at == j) {
			*at = j->queue_next;
			if (!*at)
				w->queue_end = at;
			w->n_queue--;
			return true;
		}
	return false;
}

static void release_queue(struct worker *w)
{
	while (w->queue)
		link_release(w->link, dequeue(w), RELEASE_DRAINING);
	if (w->asking)
		link_release(w->link, w->asking, RELEASE_DRAINING);
	w->asking = NULL;
}

/* What is not acked is delivered again after the restart. Damage does not go away by that, and no article must be charged with it: all are
 * handed back, and whoever started this process is told to leave it. */
static void die(struct worker *w, const struct err *err)
{
	if (err->code == -EBADMSG) {
		log_error("CT2004", "the state is damaged: stops and stays down; stop all workers, then run \"copytaster index check\"", "why=\"%s\"",
			  err->text);
		if (w->batch)
			batch_give_back(w->batch);
		release_queue(w);
		w->exit_code = EX_CONFIG;
	} else {
		log_error("CT2001", "stops, to be started again and recover", "why=\"%s\"", err->text);
		w->exit_code = EXIT_FAILURE;
	}
	loop_stop(w->loop);
}

/* ---- batches ---- */

static void finish_if_drained(struct worker *w)
{
	if (w->draining && !w->running)
		loop_stop(w->loop);
}

static void go_on(void *arg)
{
	struct worker *w = arg;
	struct err err = { 0 };
	uint64_t began = clock_mono_ms();
	enum batch_step step;
	do {
		int rc = batch_step(w->batch, &step, &err);
		if (rc) {
			die(w, &err);
			return;
		}
	} while (step == BATCH_AGAIN && clock_mono_ms() - began < RUN_SLICE_MS);
	if (step == BATCH_AGAIN || step == BATCH_LATER)
		later(w, step == BATCH_LATER ? BUSY_MS : 0, go_on);
	if (step != BATCH_EMPTY)
		return;
	w->running = false;
	if (w->care_due)
		take_care(w);
	finish_if_drained(w);
	if (w->queue)
		later(w, 0, start);
}

static void run(struct worker *w)
{
	w->running = true;
	go_on(w);
}

/* Fills a batch from the queue. An article that travels alone asks first. */
static void start(void *arg)
{
	struct worker *w = arg;
	if (w->running || w->asking || !w->queue)
		return;
	if (w->queue->ctl.confirm) {
		w->asking = dequeue(w);
		w->asking->state = JOB_ASKING;
		w->asking->lease.started = true;
		link_started(w->link, w->asking);
		return;
	}
	while (w->queue && !w->queue->ctl.confirm && !batch_is_full(w->batch))
		batch_add(w->batch, dequeue(w));
	run(w);
}

static void on_delivered(struct job *j, void *arg)
{
	struct worker *w = arg;
	enqueue(w, j);
	if (w->n_queue >= w->o.group_articles)
		start(w);
}

static void on_proceed(struct job *j, void *arg)
{
	struct worker *w = arg;
	if (j != w->asking || w->running)
		return;
	w->asking = NULL;
	batch_add(w->batch, j);
	run(w);
}

static void on_dropped(struct job *j, void *arg)
{
	struct worker *w = arg;
	if (j == w->asking)
		w->asking = NULL;
	else if (j->state != JOB_QUEUED || !unqueue(w, j))
		return; /* in the batch: it ends there, without an ack */
	link_drop(w->link, j);
}

/* ---- what ingest asks ---- */

static enum outcome outcome_of(enum ledger_state s)
{
	return s == LEDGER_PUBLISHED ? OUTCOME_PUBLISHED : s == LEDGER_COPY ? OUTCOME_COPY : OUTCOME_FAILED;
}

static void answer_abandons(void *arg)
{
	struct worker *w = arg;
	w->abandon_timer = false;
	while (w->n_abandons) {
		struct abandon *a = &w->abandons[w->n_abandons - 1];
		enum ledger_state state;
		uint32_t claims;
		int rc = ledger_abandon(w->ledger, &a->id, a->generation, link_instance(w->link), STR("GIVEN_UP"),
					STR("ingest gave it up after its attempts"), &state, &claims);
		if (rc == -EAGAIN || rc == -ENOSPC) {
			w->abandon_timer = true;
			later(w, rc == -EAGAIN ? BUSY_MS : 1000, answer_abandons);
			return;
		}
		if (rc) {
			struct err err = { 0 };
			store_failed(rc, &err);
			die(w, &err);
			return;
		}
		link_abandoned(w->link, &a->id, a->generation, outcome_of(state), claims);
		w->n_abandons--;
	}
}

static void on_abandon(const struct ulid *id, uint64_t generation, void *arg)
{
	struct worker *w = arg;
	if (w->n_abandons == MAX_ABANDONS)
		return; /* ingest asks again */
	w->abandons[w->n_abandons++] = (struct abandon){ *id, generation };
	if (!w->abandon_timer)
		answer_abandons(w);
}

static void on_drain(void *arg)
{
	struct worker *w = arg;
	release_queue(w);
}

static void on_signal(int signo, void *arg)
{
	struct worker *w = arg;
	if (signo != SIGTERM && signo != SIGINT)
		return;
	if (w->draining) { /* twice: at once */
		loop_stop(w->loop);
		return;
	}
	log_info("CT2003", "drains", "queued=%zu", w->n_queue);
	service_stopping("draining");
	w->draining = true;
	link_leave(w->link);
	release_queue(w);
	finish_if_drained(w);
}

/* ---- care: what has time ---- */

/* Between batches only: what a batch has written but not committed must stand still. */
static void take_care(struct worker *w)
{
	struct err err = { 0 };
	w->care_due = false;
	store_reader_check(w->store);
	malloc_trim(0); /* what a large article took goes back to the system */
	int rc = w->sink->idle ? w->sink->idle(w->sink_handle, &err) : 0;
	if (rc == 0 && !ulid_is_zero(link_floor(w->link))) {
		rc = ledger_prune(w->ledger, link_instance(w->link), link_floor(w->link), clock_wall_ms(), PRUNE_AT_ONCE);
		if (rc == -EAGAIN || rc == -ENOSPC)
			rc = 0; /* another time */
		if (rc)
			store_failed(rc, &err);
	}
	if (rc)
		die(w, &err);
}

static void on_care(void *arg)
{
	struct worker *w = arg;
	const struct batch_counts *c = batch_counts(w->batch);
	service_status("%llu published, %llu copies, %llu failed, %zu held", (unsigned long long)c->published,
		       (unsigned long long)c->copies, (unsigned long long)c->failed, link_held(w->link));
	w->care_due = true;
	if (!w->running)
		take_care(w);
}

/* ---- life ---- */

static int open_ledger(struct worker *w, struct err *err)
{
	const struct copy_config config = { .window_ms = w->o.copy_window_ms, .clock_skew_ms = w->o.clock_skew_ms };
	int rc = store_open(w->o.state, w->o.map_bytes, false, &w->store, err);
	if (rc)
		return err_prefix(err, "paths.state");
	if ((rc = copy_index_open(w->store, &config, &w->index, err)))
		return rc;
	return ledger_open(w->store, w->index, &w->ledger, err);
}

static int open_loop(struct worker *w, struct err *err)
{
	w->loop = loop_new();
	if (!w->loop || loop_take_signals(w->loop, on_signal, w) || loop_add_timer(w->loop, CARE_MS, CARE_MS, on_care, w) < 0 ||
	    service_watchdog(w->loop))
		return err_set(err, -ENOMEM, "the loop cannot start");
	loop_set_idle(w->loop, start, w);
	return 0;
}

static int open_worker(struct worker *w, struct err *err)
{
	int rc = open_loop(w, err);
	if (rc == 0)
		rc = open_ledger(w, err);
	w->abandons = calloc(MAX_ABANDONS, sizeof(*w->abandons));
	if (rc == 0 && !w->abandons)
		rc = err_set(err, -ENOMEM, "out of memory");
	const struct link_user user = { .arg = w, .delivered = on_delivered, .proceed = on_proceed, .dropped = on_dropped,
					.abandon = on_abandon, .drain = on_drain };
	if (rc == 0)
		rc = link_open(w->loop, &w->o, &user, &w->link, err);
	/* The sink's callback needs the batch, which needs the sink: the batch learns its handle last. */
	struct batch_parts parts = { .o = &w->o, .ledger = w->ledger, .index = w->index, .link = w->link, .sink = sink_table[0] };
	if (rc == 0)
		rc = batch_open(&parts, &w->batch, err);
	if (rc == 0)
		rc = parts.sink->open(&w->o, w->ledger, batch_sink_done, w->batch, &w->sink_handle, err);
	if (rc == 0) {
		w->sink = parts.sink;
		batch_set_sink(w->batch, w->sink_handle);
	}
	return rc;
}

static void close_worker(struct worker *w)
{
	struct err err = { 0 };
	/* After a failure the sink is left as it is: recovery knows better than we do. */
	if (w->sink && w->exit_code == EXIT_SUCCESS && w->sink->close(w->sink_handle, &err)) {
		log_error("CT2002", "the sink did not close", "why=\"%s\"", err.text);
		w->exit_code = EXIT_FAILURE;
	}
	link_close(&w->link);
	batch_close(&w->batch);
	ledger_close(&w->ledger);
	copy_index_free(&w->index);
	store_close(&w->store);
	loop_free(&w->loop);
	free(w->abandons);
	options_release(&w->o);
}

int main(int argc, char **argv)
{
	static const char *const sections[] = { "paths", "worker", "file", "log", NULL };
	static const struct service_about about = {
		.name = "copytaster-worker",
		.summary = "Takes articles from copytaster-ingest, recognises copies, extracts claims and writes them to the sinks.",
		.example = "  copytaster-worker --config /etc/copytaster/copytaster.conf\n"
			   "  copytaster-worker --drop ./drop --out ./out",
		.sections = sections,
	};
	struct worker w = { .exit_code = EXIT_SUCCESS };
	struct err err = { 0 };
	w.queue_end = &w.queue;
	int status = service_setup(&about, argc, argv, &w.o);
	if (status >= 0)
		return status;
	int rc = open_worker(&w, &err);
	if (rc == 0) {
		service_ready("waiting for articles");
		rc = loop_run(w.loop);
		if (rc)
			err_set(&err, rc, "the loop failed: %s", strerror(-rc));
	}
	if (rc) {
		log_error("CT2000", "cannot run", "why=\"%s\"", err.text);
		w.exit_code = EXIT_FAILURE;
	}
	close_worker(&w);
	return w.exit_code;
}
