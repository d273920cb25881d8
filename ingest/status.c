#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/service.h"
#include "ingest/ingest.h"
#include "proto/json.h"

#define REPORT_MS 1000
#define LOG_MS 60000
#define MOST_COUNTERS 40

static uint64_t oldest_ms(const struct ingest *g)
{
	const struct ulid *floor = desk_oldest(&g->desk);
	uint64_t now = clock_wall_ms();

	return floor && ulid_ms(floor) < now ? now - ulid_ms(floor) : 0;
}

uint64_t ingest_left(const struct ingest *g)
{
	return g->desk.jobs.n + g->intake.strange + g->finish.stuck + g->watch.ended_left + (g->options.once ? g->watch.ended_waiting : 0);
}

static size_t fill(const struct ingest *g, struct ctl_counter *c)
{
	const struct desk *d = &g->desk;
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ "accepted", d->counters.accepted },
		{ "active", d->jobs.n },
		{ "queued", d->count[JOB_QUEUED] },
		{ "waiting", d->count[JOB_WAITING] },
		{ "leased", d->count[JOB_LEASED] },
		{ "deferred", d->count[JOB_DEFERRED] },
		{ "abandoning", d->count[JOB_ABANDONING] },
		{ "finishing", d->count[JOB_SETTLED] },
		{ "published", d->counters.published },
		{ "copies", d->counters.copies },
		{ "failed", d->counters.failed },
		{ "superseded", d->counters.superseded },
		{ "left", ingest_left(g) },
		{ "deliveries", d->counters.deliveries },
		{ "redeliveries", d->counters.redeliveries },
		{ "deferrals", d->counters.deferrals },
		{ "releases", d->counters.releases },
		{ "charges", d->counters.charges },
		{ "deaths", d->counters.deaths },
		{ "overruns", d->counters.overruns },
		{ "stale_acks", d->counters.stale_acks },
		{ "stale", g->dispatch.counters.stale },
		{ "unknown_frames", g->dispatch.counters.unknown },
		{ "bad_frames", g->dispatch.counters.bad_frames },
		{ "frames", g->dispatch.counters.frames },
		{ "bytes_sent", g->dispatch.counters.bytes_sent },
		{ "workers", d->n_workers },
		{ "oldest_unsettled_ms", oldest_ms(g) },
		{ "receipts", g->receipts.lines },
		{ "done_removed", g->retention.removed },
		{ "no_space", g->no_space != 0 || g->watch.blocked != 0 },
	};
	size_t n = sizeof(rows) / sizeof(rows[0]);

	_Static_assert(sizeof(rows) / sizeof(rows[0]) <= MOST_COUNTERS, "room for every counter");
	for (size_t i = 0; i < n; i++)
		c[i] = (struct ctl_counter){ .name = str_of(rows[i].name), .value = rows[i].value };
	return n;
}

static const char *worker_state(const struct worker *w)
{
	if (w->silent)
		return "SILENT";
	if (w->leaving)
		return "LEAVING";
	return w->leased.n > 0 ? "WORKING" : "IDLE";
}

static void put_worker(struct buf *out, const struct worker *w, uint64_t now)
{
	buf_text(out, "{\"name\":");
	json_put_string(out, str_of(w->name));
	buf_printf(out,
		   ",\"pid\":%u,\"state\":\"%s\",\"outstanding\":%zu,\"outstandingBytes\":%" PRIu64 ",\"creditMessages\":%u,"
		   "\"creditBytes\":%" PRIu64 ",\"silentMs\":%" PRIu64 "}",
		   w->pid, worker_state(w), w->leased.n, w->leased_bytes, w->credit_messages, w->credit_bytes, now - w->heard_ms);
}

static void put_details(struct buf *out, const struct ingest *g)
{
	uint64_t now = clock_mono_ms();

	buf_text(out, "{\"drop\":");
	json_put_string(out, str_of(g->options.drop));
	buf_text(out, ",\"spool\":");
	json_put_string(out, str_of(g->options.spool));
	buf_printf(out, ",\"state\":\"%s\",\"workers\":[", g->draining ? "DRAINING" : g->no_space || g->watch.blocked ? "NO_SPACE" : "RUNNING");
	for (size_t i = 0; i < g->desk.n_workers; i++) {
		if (i > 0)
			buf_char(out, ',');
		put_worker(out, g->desk.workers[i], now);
	}
	buf_text(out, "]}");
}

void ingest_status(struct ctl *status, struct arena *arena, void *ingest)
{
	const struct ingest *g = ingest;
	struct buf details;

	status->counters = ARENA_ARRAY(arena, MOST_COUNTERS, struct ctl_counter);
	if (!status->counters)
		return;
	status->n_counters = fill(g, status->counters);
	buf_init(&details, 1 << 20);
	put_details(&details, g);
	if (!details.failed)
		status->status_json = arena_str(arena, buf_view(&details));
	buf_release(&details);
	if (arena_failed(arena))
		status->status_json = (struct str){ NULL, 0 };
}

static void tell(struct ingest *g)
{
	const struct desk *d = &g->desk;
	char text[sizeof(g->told)];

	snprintf(text, sizeof(text), "%s%zu active (%zu with %zu workers); %" PRIu64 " published, %" PRIu64 " copies, %" PRIu64 " failed",
		 g->no_space || g->watch.blocked ? "no space left, intake waits; " : g->draining ? "draining; " : "", d->jobs.n,
		 d->count[JOB_LEASED], d->n_workers, d->counters.published, d->counters.copies, d->counters.failed);
	if (strcmp(text, g->told) == 0)
		return;
	memcpy(g->told, text, sizeof(text));
	service_status("%s", text);
}

static void log_counters(const struct ingest *g, const char *event, const char *what)
{
	const struct desk_counters *c = &g->desk.counters;

	log_info(event, what,
		 "accepted=%" PRIu64 " active=%zu leased=%zu deferred=%zu published=%" PRIu64 " copies=%" PRIu64 " failed=%" PRIu64
		 " redeliveries=%" PRIu64 " stale_acks=%" PRIu64 " workers=%zu oldest_unsettled_ms=%" PRIu64,
		 c->accepted, g->desk.jobs.n, g->desk.count[JOB_LEASED], g->desk.count[JOB_DEFERRED], c->published, c->copies, c->failed,
		 c->redeliveries, c->stale_acks, g->desk.n_workers, oldest_ms(g));
}

void ingest_report(struct ingest *g, uint64_t now)
{
	const struct desk_counters *c = &g->desk.counters;
	uint64_t sum = c->accepted + c->published + c->copies + c->failed + c->deliveries + c->stale_acks;

	if (now - g->reported_at >= REPORT_MS) {
		g->reported_at = now;
		tell(g);
	}
	if (now - g->logged_at < LOG_MS)
		return;
	g->logged_at = now;
	if (sum != g->logged_sum)
		log_counters(g, "CT1002", "counters");
	g->logged_sum = sum;
}

void ingest_summary(struct ingest *g)
{
	const struct desk_counters *c = &g->desk.counters;
	char name[100];
	struct buf out;
	struct err err = { 0 };

	log_counters(g, "CT1003", "summary");
	snprintf(name, sizeof(name), "summary-%.64s.json", g->options.instance);
	buf_init(&out, 4096);
	buf_printf(&out,
		   "{\"instance\":\"%s\",\"accepted\":%" PRIu64 ",\"published\":%" PRIu64 ",\"copies\":%" PRIu64 ",\"failed\":%" PRIu64
		   ",\"superseded\":%" PRIu64 ",\"redeliveries\":%" PRIu64 ",\"recovered\":%zu,\"left\":%" PRIu64 ",\"active\":%zu}\n",
		   g->options.instance, c->accepted, c->published, c->copies, c->failed, c->superseded, c->redeliveries,
		   g->intake.recovered, ingest_left(g), g->desk.jobs.n);
	if (out.failed || file_replace(g->spool.root, name, out.data, out.len, 0640, &err) < 0)
		log_warn("CT1004", "the summary could not be written", "file=%s", name);
	buf_release(&out);
}
