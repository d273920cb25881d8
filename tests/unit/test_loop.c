#include "base/clock.h"
#include "base/loop.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

static char trace[256];

struct step {
	struct loop *l;
	char letter;
	int stop_at; /* length of the trace */
	int fd;
	int victim; /* timer or watch to remove */
};

static void note(struct step *s)
{
	size_t len = strlen(trace);

	if (len + 1 < sizeof(trace))
		trace[len] = s->letter;
	if (s->stop_at && (int)strlen(trace) >= s->stop_at)
		loop_stop(s->l);
}

static void on_timer(void *arg)
{
	note(arg);
}

static void add_again(void *arg)
{
	struct step *s = arg;

	note(s);
	cr_assert_gt(loop_add_timer(s->l, 0, 0, add_again, s), 0);
}

static void remove_timer(void *arg)
{
	struct step *s = arg;

	note(s);
	loop_remove_timer(s->l, s->victim);
}

Test(loop, timers_run_in_order)
{
	struct loop *l = loop_new();
	struct step a = { l, 'a', 0, 0, 0 }, b = { l, 'b', 0, 0, 0 }, c = { l, 'c', 3, 0, 0 };

	cr_assert_gt(loop_add_timer(l, 6, 0, on_timer, &c), 0);
	cr_assert_gt(loop_add_timer(l, 0, 0, on_timer, &a), 0);
	cr_assert_gt(loop_add_timer(l, 3, 0, on_timer, &b), 0);
	cr_assert_eq(loop_run(l), 0);
	cr_expect_str_eq(trace, "abc");
	loop_free(&l);
	cr_expect_null(l);
}

Test(loop, equal_deadlines_keep_the_order_of_adding)
{
	struct loop *l = loop_new();
	struct step s[26];

	for (int i = 0; i < 26; i++) {
		s[i] = (struct step){ l, (char)('a' + i), i == 25 ? 26 : 0, 0, 0 };
		cr_assert_gt(loop_add_timer(l, 2, 0, on_timer, &s[i]), 0);
	}
	cr_assert_eq(loop_run(l), 0);
	cr_expect_eq(strlen(trace), 26);
	cr_expect_eq(strncmp(trace, "abcdefghijklmnopqrstuvwxyz", 26), 0, "%s", trace);
	loop_free(&l);
}

Test(loop, a_periodic_timer_goes_on_and_a_removed_one_does_not)
{
	struct loop *l = loop_new();
	struct step p = { l, 'p', 4, 0, 0 }, gone = { l, 'x', 0, 0, 0 }, killer = { l, 'k', 0, 0, 0 };

	cr_assert_gt(loop_add_timer(l, 0, 0, remove_timer, &killer), 0);
	killer.victim = loop_add_timer(l, 0, 0, on_timer, &gone);
	cr_assert_gt(loop_add_timer(l, 1, 1, on_timer, &p), 0);
	cr_assert_eq(loop_run(l), 0);
	cr_expect_str_eq(trace, "kppp");
	loop_remove_timer(l, killer.victim); /* stale: nothing happens */
	loop_remove_timer(l, 0);
	loop_remove_timer(l, -1);
	loop_free(&l);
}

Test(loop, a_timer_that_adds_itself_does_not_starve_the_others)
{
	struct loop *l = loop_new();
	struct step greedy = { l, 'g', 0, 0, 0 }, modest = { l, 'm', 0, 0, 0 }, end = { l, 'e', 1, 0, 0 };

	cr_assert_gt(loop_add_timer(l, 0, 0, add_again, &greedy), 0);
	cr_assert_gt(loop_add_timer(l, 0, 0, on_timer, &modest), 0);
	cr_assert_gt(loop_add_timer(l, 2, 0, on_timer, &end), 0);
	cr_assert_eq(loop_run(l), 0);
	cr_expect_not_null(strchr(trace, 'm'));
	loop_free(&l);
}

Test(loop, a_periodic_timer_that_is_late_does_not_catch_up)
{
	struct loop *l = loop_new();
	struct step p = { l, 'p', 0, 0, 0 }, end = { l, 'e', 1, 0, 0 };

	cr_assert_gt(loop_add_timer(l, 10, 10, on_timer, &p), 0);
	clock_shift(1000, 0);
	cr_assert_gt(loop_add_timer(l, 2, 0, on_timer, &end), 0);
	cr_assert_eq(loop_run(l), 0);
	cr_expect_str_eq(trace, "pe");
	clock_shift(-1000, 0);
	loop_free(&l);
}

Test(loop, many_timers_added_and_removed_at_random_stay_in_order)
{
	struct loop *l = loop_new();
	struct step none = { l, 'x', 0, 0, 0 }, end = { l, 'e', 1, 0, 0 };
	int ids[1000];
	unsigned seed = 7;

	for (int i = 0; i < 1000; i++) {
		seed = seed * 1103515245 + 12345;
		ids[i] = loop_add_timer(l, 1000000 + seed % 1000, 0, on_timer, &none);
		cr_assert_gt(ids[i], 0);
	}
	for (int i = 0; i < 1000; i += 2)
		loop_remove_timer(l, ids[i * 7 % 1000]);
	for (int i = 0; i < 1000; i++)
		loop_remove_timer(l, ids[i]);
	cr_assert_gt(loop_add_timer(l, 0, 0, on_timer, &end), 0);
	cr_assert_eq(loop_run(l), 0);
	cr_expect_str_eq(trace, "e");
	cr_expect_eq(loop_run(l), -EDEADLK); /* nothing is left */
	loop_free(&l);
}

static void on_pipe(void *arg)
{
	struct step *s = arg;
	char c;

	cr_assert_eq(read(s->fd, &c, 1), 1);
	note(s);
	if (s->victim)
		loop_remove_io(s->l, s->victim);
}

Test(loop, a_watch_may_remove_itself_and_others)
{
	struct loop *l = loop_new();
	int p[2], q[2];
	struct step first = { l, 'a', 0, 0, 0 }, second = { l, 'b', 0, 0, 0 }, end = { l, 'e', 2, 0, 0 };

	cr_assert_eq(pipe(p), 0);
	cr_assert_eq(pipe(q), 0);
	first.fd = p[0];
	second.fd = q[0];
	int a = loop_add_fd(l, p[0], on_pipe, &first), b = loop_add_fd(l, q[0], on_pipe, &second);
	cr_assert(a > 0 && b > 0 && a != b);
	first.victim = b;
	cr_assert_eq(write(p[1], "x", 1), 1);
	cr_assert_eq(write(q[1], "x", 1), 1);
	cr_assert_gt(loop_add_timer(l, 5, 0, on_timer, &end), 0);
	cr_assert_eq(loop_run(l), 0);
	cr_expect_str_eq(trace, "ae");
	cr_expect_eq(loop_add_fd(l, -1, on_pipe, &first), -EBADF);
	loop_free(&l);
}

static int reused;

static void swap_watch(void *arg)
{
	struct step *s = arg;

	note(s);
	loop_remove_io(s->l, s->victim);
	reused = loop_add_fd(s->l, s->fd, on_pipe, s); /* takes the slot of the victim, whose descriptor is ready too */
	loop_pause_io(s->l, reused, true);
	loop_stop(s->l);
}

Test(loop, a_slot_in_new_hands_is_not_called_for_its_old_event)
{
	struct loop *l = loop_new();
	int p[2], q[2];
	struct step first = { l, 'a', 0, 0, 0 }, second = { l, 'b', 0, 0, 0 };

	cr_assert_eq(pipe(p), 0);
	cr_assert_eq(pipe(q), 0);
	first.fd = q[0];
	second.fd = q[0];
	cr_assert_gt(loop_add_fd(l, p[0], swap_watch, &first), 0);
	first.victim = loop_add_fd(l, q[0], on_pipe, &second);
	cr_assert_eq(write(p[1], "x", 1), 1);
	cr_assert_eq(write(q[1], "x", 1), 1);
	cr_assert_eq(loop_run(l), 0);
	cr_expect_str_eq(trace, "a");
	cr_expect_neq(reused, first.victim);
	loop_free(&l);
}

Test(loop, a_paused_watch_waits)
{
	struct loop *l = loop_new();
	int p[2];
	struct step in = { l, 'i', 0, 0, 0 }, end = { l, 'e', 1, 0, 0 };

	cr_assert_eq(pipe(p), 0);
	in.fd = p[0];
	int id = loop_add_fd(l, p[0], on_pipe, &in);
	loop_pause_io(l, id, true);
	cr_assert_eq(write(p[1], "x", 1), 1);
	cr_assert_gt(loop_add_timer(l, 3, 0, on_timer, &end), 0);
	cr_assert_eq(loop_run(l), 0);
	cr_expect_str_eq(trace, "e");
	loop_pause_io(l, id, false);
	in.stop_at = 2;
	cr_assert_eq(loop_run(l), 0);
	cr_expect_str_eq(trace, "ei");
	loop_free(&l);
}

Test(loop, a_stop_before_the_run_counts)
{
	struct loop *l = loop_new();
	struct step s = { l, 'x', 1, 0, 0 };

	cr_assert_gt(loop_add_timer(l, 0, 0, on_timer, &s), 0);
	loop_stop(l);
	cr_assert_eq(loop_run(l), 0);
	cr_expect_str_eq(trace, "");
	cr_assert_eq(loop_run(l), 0);
	cr_expect_str_eq(trace, "x");
	loop_free(&l);
}

static void on_idle(void *arg)
{
	note(arg);
}

Test(loop, idle_comes_once_between_two_events)
{
	struct loop *l = loop_new();
	struct step idle = { l, 'i', 0, 0, 0 }, tick = { l, 't', 12, 0, 0 };

	loop_set_idle(l, on_idle, &idle);
	cr_assert_gt(loop_add_timer(l, 5, 5, on_timer, &tick), 0);
	cr_assert_eq(loop_run(l), 0);
	/* no more than once each time; a machine that stalls may leave one out */
	cr_expect_null(strstr(trace, "ii"), "%s", trace);
	cr_expect_not_null(strstr(trace, "it"), "%s", trace);
	cr_expect_not_null(strstr(trace, "ti"), "%s", trace);
	loop_free(&l);
}

struct zmq_step {
	struct step step;
	void *socket;
};

static void on_zmq(void *arg)
{
	struct zmq_step *z = arg;
	char c;

	/* one message a call only: the loop must come back for the rest */
	cr_assert_eq(zmq_recv(z->socket, &c, 1, ZMQ_DONTWAIT), 1);
	note(&z->step);
}

Test(loop, zmq_messages_are_not_forgotten)
{
	void *ctx = zmq_ctx_new(), *in = zmq_socket(ctx, ZMQ_PULL), *out = zmq_socket(ctx, ZMQ_PUSH);
	struct loop *l = loop_new();
	struct zmq_step arg = { { l, 'm', 100, 0, 0 }, in };

	cr_assert_eq(zmq_bind(in, "inproc://x"), 0);
	cr_assert_eq(zmq_connect(out, "inproc://x"), 0);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(zmq_send(out, "x", 1, 0), 1);
	cr_assert_gt(loop_add_zmq(l, in, on_zmq, &arg), 0);
	cr_assert_eq(loop_run(l), 0);
	cr_expect_eq(strlen(trace), 100);
	loop_free(&l);
	zmq_close(in);
	zmq_close(out);
	zmq_ctx_term(ctx);
}

static void echo(void *arg)
{
	struct zmq_step *z = arg;
	char c;

	cr_assert_eq(zmq_recv(z->socket, &c, 1, ZMQ_DONTWAIT), 1);
	note(&z->step);
	if (!z->step.stop_at)
		cr_assert_eq(zmq_send(z->socket, &c, 1, ZMQ_DONTWAIT), 1);
}

static void send_burst(void *arg)
{
	/* sends swallow the edge of what arrives meanwhile on the same socket */
	for (int i = 0; i < 5; i++)
		cr_assert_eq(zmq_send(arg, "x", 1, ZMQ_DONTWAIT), 1);
}

Test(loop, answers_that_arrive_during_a_send_are_seen)
{
	void *ctx = zmq_ctx_new(), *a = zmq_socket(ctx, ZMQ_DEALER), *b = zmq_socket(ctx, ZMQ_DEALER);
	struct loop *l = loop_new();
	struct zmq_step asks = { { l, 'a', 200, 0, 0 }, a }, answers = { { l, 'b', 0, 0, 0 }, b };
	char address[64];

	(void)snprintf(address, sizeof(address), "ipc:///tmp/copytaster-loop-%d", (int)getpid());
	cr_assert_eq(zmq_bind(b, address), 0);
	cr_assert_eq(zmq_connect(a, address), 0);
	cr_assert_gt(loop_add_zmq(l, a, echo, &asks), 0);
	cr_assert_gt(loop_add_zmq(l, b, echo, &answers), 0);
	for (int i = 0; i < 20; i++)
		cr_assert_gt(loop_add_timer(l, (uint64_t)i / 4, 0, send_burst, a), 0);
	cr_assert_eq(loop_run(l), 0); /* 100 there, 100 back */
	cr_expect_eq(strlen(trace), 200);
	loop_free(&l);
	zmq_close(a);
	zmq_close(b);
	zmq_ctx_term(ctx);
	(void)unlink(address + 6);
}

static void on_signal(int signo, void *arg)
{
	struct step *s = arg;

	s->letter = signo == SIGTERM ? 'T' : signo == SIGHUP ? 'H' : '?';
	note(s);
}

Test(loop, signals_come_through_the_loop)
{
	struct loop *l = loop_new();
	struct step s = { l, '?', 2, 0, 0 };

	cr_assert_eq(loop_take_signals(l, on_signal, &s), 0);
	cr_expect_eq(loop_take_signals(l, on_signal, &s), -EBUSY);
	cr_assert_eq(kill(getpid(), SIGHUP), 0);
	cr_assert_eq(kill(getpid(), SIGTERM), 0);
	cr_assert_eq(loop_run(l), 0);
	cr_expect_str_eq(trace, "HT");
	loop_free(&l);
}
