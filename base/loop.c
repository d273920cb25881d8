#include "base/loop.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

#include "base/clock.h"

/* Watches and timers live in slots; an id is a slot and the generation of its use, so that an
 * id that was removed never means its successor. */
#define SLOT_BITS 16
#define MOST_SLOTS (1 << SLOT_BITS)
#define GENERATIONS (1 << 14)

struct watch {
	int id; /* 0: free */
	int generation;
	int fd;
	void *socket;
	bool paused;
	loop_io_fn *fn;
	void *arg;
};

struct timer {
	int id; /* 0: free */
	int generation;
	int at; /* in the heap */
	uint64_t deadline_ms, period_ms;
	uint64_t turn; /* order of those with one deadline */
	loop_timer_fn *fn;
	void *arg;
};

struct loop {
	struct watch *watches;
	int n_watches, size_watches;
	struct timer *timers;
	int n_timers, size_timers;
	int *heap; /* slots of timers, the earliest first */
	int n_heap;
	uint64_t turn;

	zmq_pollitem_t *items;
	int *item_ids;
	int n_items, size_items;
	bool dirty; /* items must be made anew */

	loop_timer_fn *idle;
	void *idle_arg;
	bool idle_due;

	int signal_fd;
	loop_signal_fn *on_signal;
	void *signal_arg;
	bool stopped;
};

struct loop *loop_new(void)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->signal_fd = -1;
	l->dirty = true;
	return l;
}

void loop_free(struct loop **l)
{
	if (!*l)
		return;
	if ((*l)->signal_fd >= 0)
		close((*l)->signal_fd);
	free((*l)->watches);
	free((*l)->timers);
	free((*l)->heap);
	free((*l)->items);
	free((*l)->item_ids);
	free(*l);
	*l = NULL;
}

static int make_id(int slot, int *generation)
{
	*generation = (*generation + 1) % GENERATIONS;
	return (*generation << SLOT_BITS | slot) + 1;
}

static int slot_of(int id)
{
	return (id - 1) & (MOST_SLOTS - 1);
}

/* ---- descriptors and sockets ---- */

static int free_watch(struct loop *l)
{
	struct watch *grown;
	int size;

	for (int i = 0; i < l->n_watches; i++)
		if (!l->watches[i].id)
			return i;
	if (l->n_watches == MOST_SLOTS)
		return -ENOSPC;
	if (l->n_watches == l->size_watches) {
		size = l->size_watches ? l->size_watches * 2 : 8;
		grown = realloc(l->watches, (size_t)size * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		l->watches = grown;
		l->size_watches = size;
	}
	l->watches[l->n_watches] = (struct watch){ 0 };
	return l->n_watches++;
}

static int add_io(struct loop *l, int fd, void *socket, loop_io_fn *fn, void *arg)
{
	int slot = free_watch(l);
	struct watch *w;

	if (slot < 0)
		return slot;
	w = &l->watches[slot];
	w->id = make_id(slot, &w->generation);
	w->fd = fd;
	w->socket = socket;
	w->paused = false;
	w->fn = fn;
	w->arg = arg;
	l->dirty = true;
	return w->id;
}

int loop_add_fd(struct loop *l, int fd, loop_io_fn *fn, void *arg)
{
	return fd < 0 ? -EBADF : add_io(l, fd, NULL, fn, arg);
}

int loop_add_zmq(struct loop *l, void *socket, loop_io_fn *fn, void *arg)
{
	return socket ? add_io(l, -1, socket, fn, arg) : -ENOTSOCK;
}

static struct watch *watch_of(struct loop *l, int id)
{
	int slot = slot_of(id);

	if (id <= 0 || slot >= l->n_watches || l->watches[slot].id != id)
		return NULL;
	return &l->watches[slot];
}

void loop_remove_io(struct loop *l, int id)
{
	struct watch *w = watch_of(l, id);

	if (!w)
		return;
	w->id = 0;
	l->dirty = true;
}

void loop_pause_io(struct loop *l, int id, bool paused)
{
	struct watch *w = watch_of(l, id);

	if (!w || w->paused == paused)
		return;
	w->paused = paused;
	l->dirty = true;
}

static int make_items(struct loop *l)
{
	if (!l->dirty)
		return 0;
	if (l->size_items < l->n_watches) {
		zmq_pollitem_t *items = realloc(l->items, (size_t)l->size_watches * sizeof(*items));
		int *ids;

		if (!items)
			return -ENOMEM;
		l->items = items;
		ids = realloc(l->item_ids, (size_t)l->size_watches * sizeof(*ids));
		if (!ids)
			return -ENOMEM;
		l->item_ids = ids;
		l->size_items = l->size_watches;
	}
	l->n_items = 0;
	for (int i = 0; i < l->n_watches; i++) {
		const struct watch *w = &l->watches[i];

		if (!w->id || w->paused)
			continue;
		l->items[l->n_items] = (zmq_pollitem_t){ .socket = w->socket, .fd = w->fd, .events = ZMQ_POLLIN };
		l->item_ids[l->n_items++] = w->id;
	}
	l->dirty = false;
	return 0;
}

/* A callback may remove, pause or add watches: items is a snapshot, and an id that is gone or paused
 * by now is passed over. */
static void run_io(struct loop *l)
{
	for (int i = 0; i < l->n_items && !l->stopped; i++) {
		struct watch *w;

		if (!l->items[i].revents)
			continue;
		w = watch_of(l, l->item_ids[i]);
		if (w && !w->paused)
			w->fn(w->arg);
	}
}

/* ---- timers: a binary heap ---- */

static bool earlier(const struct loop *l, int a, int b)
{
	const struct timer *x = &l->timers[a], *y = &l->timers[b];

	return x->deadline_ms != y->deadline_ms ? x->deadline_ms < y->deadline_ms : x->turn < y->turn;
}

static void put(struct loop *l, int at, int slot)
{
	l->heap[at] = slot;
	l->timers[slot].at = at;
}

static void sift_up(struct loop *l, int at)
{
	int slot = l->heap[at];

	while (at > 0 && earlier(l, slot, l->heap[(at - 1) / 2])) {
		put(l, at, l->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put(l, at, slot);
}

static void sift_down(struct loop *l, int at)
{
	int slot = l->heap[at];

	for (;;) {
		int child = 2 * at + 1;

		if (child >= l->n_heap)
			break;
		if (child + 1 < l->n_heap && earlier(l, l->heap[child + 1], l->heap[child]))
			child++;
		if (!earlier(l, l->heap[child], slot))
			break;
		put(l, at, l->heap[child]);
		at = child;
	}
	put(l, at, slot);
}

/* The array is a permutation of all slots: the heap stands before n_heap, free slots behind it. */
static void heap_add(struct loop *l)
{
	sift_up(l, l->n_heap++);
}

static void heap_remove(struct loop *l, int at)
{
	int removed = l->heap[at];
	int moved = l->heap[--l->n_heap];

	l->heap[l->n_heap] = removed;
	if (at == l->n_heap)
		return;
	put(l, at, moved);
	sift_up(l, at);
	sift_down(l, l->timers[moved].at);
}

/* Makes heap[n_heap] a free slot. */
static int free_timer(struct loop *l)
{
	if (l->n_heap < l->n_timers)
		return 0;
	if (l->n_timers == MOST_SLOTS)
		return -ENOSPC;
	if (l->n_timers == l->size_timers) {
		int size = l->size_timers ? l->size_timers * 2 : 16;
		struct timer *timers = realloc(l->timers, (size_t)size * sizeof(*timers));
		int *heap;

		if (!timers)
			return -ENOMEM;
		l->timers = timers;
		heap = realloc(l->heap, (size_t)size * sizeof(*heap));
		if (!heap)
			return -ENOMEM;
		l->heap = heap;
		l->size_timers = size;
	}
	l->timers[l->n_timers] = (struct timer){ 0 };
	l->heap[l->n_timers] = l->n_timers;
	l->n_timers++;
	return 0;
}

static uint64_t later(uint64_t now_ms, uint64_t ms)
{
	return ms > UINT64_MAX - now_ms ? UINT64_MAX : now_ms + ms;
}

int loop_add_timer(struct loop *l, uint64_t first_ms, uint64_t period_ms, loop_timer_fn *fn, void *arg)
{
	int r = free_timer(l);
	struct timer *t;

	if (r < 0)
		return r;
	t = &l->timers[l->heap[l->n_heap]];
	t->id = make_id(l->heap[l->n_heap], &t->generation);
	t->deadline_ms = later(clock_mono_ms(), first_ms);
	t->period_ms = period_ms;
	t->turn = l->turn++;
	t->fn = fn;
	t->arg = arg;
	heap_add(l);
	return t->id;
}

void loop_remove_timer(struct loop *l, int id)
{
	int slot = slot_of(id);

	if (id <= 0 || slot >= l->n_timers || l->timers[slot].id != id)
		return;
	l->timers[slot].id = 0;
	heap_remove(l, l->timers[slot].at);
}

/* Runs what was due at the start; what callbacks add waits for the next round, so that a
 * timer that sets itself again cannot starve the rest. */
static bool run_timers(struct loop *l)
{
	uint64_t now = clock_mono_ms();
	uint64_t first_new = l->turn;
	bool any = false;

	while (l->n_heap && !l->stopped) {
		struct timer *t = &l->timers[l->heap[0]];
		loop_timer_fn *fn = t->fn;
		void *arg = t->arg;

		if (t->deadline_ms > now || t->turn >= first_new)
			break;
		if (t->period_ms) {
			t->deadline_ms = later(t->deadline_ms, t->period_ms);
			if (t->deadline_ms <= now) /* late: what was missed is not made up for */
				t->deadline_ms = later(now, t->period_ms);
			t->turn = l->turn++;
			sift_down(l, 0);
		} else {
			t->id = 0;
			heap_remove(l, 0);
		}
		any = true;
		fn(arg); /* may move the tables: t is gone */
	}
	return any;
}

/* ---- signals ---- */

static void read_signal(void *arg)
{
	struct loop *l = arg;
	struct signalfd_siginfo info;

	while (read(l->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		l->on_signal((int)info.ssi_signo, l->signal_arg);
}

int loop_take_signals(struct loop *l, loop_signal_fn *fn, void *arg)
{
	static const int taken[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD };
	sigset_t set;
	int fd, r;

	if (l->signal_fd >= 0)
		return -EBUSY;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sigaddset(&set, taken[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -errno;
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	l->on_signal = fn;
	l->signal_arg = arg;
	l->signal_fd = fd;
	r = loop_add_fd(l, fd, read_signal, l);
	if (r < 0) {
		close(fd);
		l->signal_fd = -1;
		return r;
	}
	return 0;
}

/* ---- the loop ---- */

void loop_set_idle(struct loop *l, loop_timer_fn *fn, void *arg)
{
	l->idle = fn;
	l->idle_arg = arg;
	l->idle_due = true;
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
}

static long time_out(const struct loop *l)
{
	uint64_t now, deadline;

	if (l->idle && l->idle_due)
		return 0;
	if (!l->n_heap)
		return -1;
	deadline = l->timers[l->heap[0]].deadline_ms;
	if (deadline == UINT64_MAX)
		return -1;
	now = clock_mono_ms();
	if (deadline <= now)
		return 0;
	return deadline - now > INT_MAX ? INT_MAX : (long)(deadline - now);
}

/* One round: poll, callbacks, timers, and the idle hook where there was neither. zmq_poll looks at
 * ZMQ_EVENTS of every socket before it sleeps, so an edge that a send elsewhere swallowed is not lost. */
static int round_trip(struct loop *l)
{
	int r = make_items(l);
	long wait;
	bool any;

	if (r < 0)
		return r;
	wait = time_out(l);
	if (wait < 0 && !l->n_items)
		return -EDEADLK; /* nothing could ever happen again */
	r = zmq_poll(l->items, l->n_items, wait);
	if (r < 0)
		return errno == EINTR ? 0 : -errno;
	any = r > 0;
	if (any)
		run_io(l);
	if (run_timers(l))
		any = true;
	if (any) {
		l->idle_due = true;
	} else if (l->idle && l->idle_due && !l->stopped) {
		l->idle_due = false;
		l->idle(l->idle_arg);
	}
	return 0;
}

int loop_run(struct loop *l)
{
	int r = 0;

	while (!l->stopped && r == 0)
		r = round_trip(l);
	l->stopped = false; /* here and not before: a stop that came early counts */
	return r;
}
