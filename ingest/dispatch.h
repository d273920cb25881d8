/* Dispatch: the ROUTER socket between the workers and the desk. proto/PROTOCOL.md is normative.
 *
 * Frames that fit no worker, epoch or lease are counted and answered with INTRODUCE or STALE, never trusted. A peer to
 * which sending fails is dead once all that it had sent is read. One thread; owns its sockets. */
#ifndef COPYTASTER_INGEST_DISPATCH_H
#define COPYTASTER_INGEST_DISPATCH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/loop.h"
#include "ingest/intake.h"

#define DISPATCH_INTRODUCED 64

struct dispatch;
/* Fills in the counters and text of a STATUS; strings in the arena. */
typedef void dispatch_status_fn(struct ctl *status, struct arena *arena, void *arg);

struct dispatch {
	const struct options *options;
	struct desk *desk;
	struct intake *intake;
	dispatch_status_fn *status;
	void *status_arg;
	void *ctx, *socket, *monitor;
	uint64_t epoch;
	struct arena *in, *out; /* of the frame read, of the frame written */
	struct buf frame, body;
	unsigned probes;     /* how often all peers are to be tried again */
	uint64_t probe_when;
	bool any_lost;
	struct {
		uint64_t incarnation, when;
	} introduced[DISPATCH_INTRODUCED]; /* so that a burst of old frames gives one INTRODUCE */
	struct {
		uint64_t frames, bad_frames, unknown, stale, bytes_sent;
	} counters;
};

/* Binds options.endpoint. err says what to do. */
int dispatch_open(struct dispatch *d, const struct options *o, struct desk *desk, struct intake *intake, struct err *err) MUST_CHECK;
void dispatch_close(struct dispatch *d);
/* Reads up to max frames; true when nothing is left to read. */
bool dispatch_receive(struct dispatch *d, size_t max);
/* Delivers and asks to abandon, up to max messages; true when nothing more can be done now. */
bool dispatch_send(struct dispatch *d, size_t max);
/* Something disconnected: find out who. */
void dispatch_monitor(struct dispatch *d);
/* Call when probe_when (monotonic ms, UINT64_MAX: never) has come. */
void dispatch_probe(struct dispatch *d, uint64_t now);
/* A lease was taken from this worker. */
void dispatch_tell_stale(struct dispatch *d, struct worker *w, const struct ctl_lease *lease);
/* Tells every worker to finish what it has started. */
void dispatch_drain(struct dispatch *d);

#endif
