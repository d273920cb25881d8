/* `copytaster run`: one ingest and its workers as child processes, kept alive.
 *
 * Each child notifies (sd_notify) an abstract datagram socket of this process; who is silent for longer than a lease is
 * killed, who dies is started again, later each time (100 ms doubling to 10 s, from the start again after 30 s of life).
 * Children have a process group of their own, so that Ctrl-C reaches only this process, which drains in order: ingest, then
 * workers. When this process dies they get SIGTERM. One thread, all from the loop. */
#ifndef COPYTASTER_CLI_SUPERVISE_H
#define COPYTASTER_CLI_SUPERVISE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"

struct supervisor;

enum supervisor_event {
	SUPERVISOR_READY,    /* ingest and one worker have said READY, for the first time */
	SUPERVISOR_INGESTED, /* ingest ended by itself: with once, it has done all it could */
	SUPERVISOR_FAILED,   /* a child cannot run at all; supervisor_why says which. The drain has begun. */
	SUPERVISOR_GONE      /* no child is left after a drain */
};

typedef void supervisor_fn(enum supervisor_event event, void *arg);

struct supervisor_config {
	struct loop *loop;
	char *const *arguments; /* of every child, NULL-terminated, outlive the supervisor */
	unsigned workers;
	uint64_t lease_ms;
	bool once; /* ingest ends by itself */
	supervisor_fn *fn;
	void *arg;
};

int supervisor_new(const struct supervisor_config *config, struct supervisor **ret, struct err *err) MUST_CHECK;
/* Kills and reaps what still runs. */
void supervisor_free(struct supervisor **s);

int supervisor_start(struct supervisor *s, struct err *err) MUST_CHECK;
/* SIGTERM to ingest, and when it has ended to the workers. Nobody is started again. */
void supervisor_drain(struct supervisor *s);
void supervisor_kill(struct supervisor *s); /* SIGKILL to all */

const char *supervisor_why(const struct supervisor *s);
unsigned supervisor_workers_up(const struct supervisor *s);
unsigned supervisor_restarts(const struct supervisor *s);

#endif
