/* One thread, one zmq_poll: file descriptors, ZeroMQ sockets, timers, signals
 * and an idle hook. Every callback must return soon; nothing in one may block.
 *
 * The loop owns its table only; descriptors and sockets stay the caller's. Callbacks may add
 * and remove watches and timers, also their own. */
#ifndef COPYTASTER_BASE_LOOP_H
#define COPYTASTER_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct loop;

typedef void loop_io_fn(void *arg);
typedef void loop_timer_fn(void *arg);
typedef void loop_signal_fn(int signo, void *arg);

struct loop *loop_new(void);
void loop_free(struct loop **l);

/* Level-triggered, readable. Ids are > 0. -errno on failure. A ZeroMQ callback must read until
 * EAGAIN or a bound of its own; the loop asks ZMQ_EVENTS again each round. */
int loop_add_fd(struct loop *l, int fd, loop_io_fn *fn, void *arg) MUST_CHECK;
int loop_add_zmq(struct loop *l, void *socket, loop_io_fn *fn, void *arg) MUST_CHECK;
void loop_remove_io(struct loop *l, int id);
/* A watch that is paused is not polled: back-pressure without removal. */
void loop_pause_io(struct loop *l, int id, bool paused);

/* first_ms from now, then every period_ms (0: once). Monotonic. */
int loop_add_timer(struct loop *l, uint64_t first_ms, uint64_t period_ms, loop_timer_fn *fn, void *arg) MUST_CHECK;
void loop_remove_timer(struct loop *l, int id);

/* Called when a poll with zero time-out found nothing ready: the moment to close a group
 * of work. Called at most once between two events. */
void loop_set_idle(struct loop *l, loop_timer_fn *fn, void *arg);

/* Blocks SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD for the process (call before zmq_ctx_new) and reads them
 * from a signalfd in the loop; SIGPIPE is ignored. Once per loop. A child inherits the blocked
 * set over exec: whoever forks must clear it. */
int loop_take_signals(struct loop *l, loop_signal_fn *fn, void *arg) MUST_CHECK;

/* Until loop_stop. 0 or -errno when polling itself failed; -EDEADLK when neither a watch nor
 * a timer is left. A stop before the run ends it at once. */
int loop_run(struct loop *l) MUST_CHECK;
void loop_stop(struct loop *l);

#endif
