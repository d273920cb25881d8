#include <criterion/criterion.h>

#include <string.h>

#include "ingest/lease.h"

#define LEASE 1000u
#define READY 100u

static struct desk d;
static unsigned n_stale;

static void on_stale(const struct worker *w, const struct ctl_lease *lease, void *arg)
{
	(void)w;
	(void)arg;
	cr_assert(lease->lease != 0);
	n_stale++;
}

static void setup(void)
{
	struct desk_config c = { .lease_ms = LEASE, .ready_ms = READY, .max_attempts = 3, .stale = on_stale };

	n_stale = 0;
	cr_assert_eq(desk_init(&d, &c), 0);
}

static void teardown(void)
{
	desk_release(&d);
}

TestSuite(lease, .init = setup, .fini = teardown);

static struct ulid id_of(unsigned n)
{
	struct ulid id = { { 1, [14] = (uint8_t)(n >> 8), [15] = (uint8_t)n } };

	return id;
}

static struct job *add(unsigned n, uint64_t bytes)
{
	struct ulid id = id_of(n);
	struct job *j;

	cr_assert_eq(desk_add(&d, &id, "name", &j), 0);
	j->bytes = bytes;
	desk_queue(&d, j);
	return j;
}

static struct worker *hello(const char *route, uint64_t incarnation, uint64_t now, struct ctl_lease *held, size_t n, size_t *kept)
{
	struct ctl m = { .type = CTL_HELLO, .incarnation = incarnation, .name = STR("w"), .pid = 7, .leases = held, .n_leases = n };
	struct ctl_lease list[16];
	struct worker *w;
	size_t got;

	cr_assert_eq(desk_hello(&d, route, strlen(route), &m, now, list, &got, &w), 0);
	if (kept) {
		*kept = got;
		memcpy(held, list, got * sizeof(*list));
	}
	return w;
}

static struct worker *worker(const char *route, uint32_t messages, uint64_t bytes)
{
	struct worker *w = hello(route, (uint64_t)route[0], 0, NULL, 0, NULL);

	desk_ready(&d, w, messages, bytes);
	return w;
}

/* Delivers as dispatch does; NULL: nothing to deliver. */
static struct job *deliver(struct worker **ret, uint64_t now)
{
	struct worker *w;
	struct job *j;

	if (!desk_next(&d, &j, &w))
		return NULL;
	desk_deliver(&d, j, w, now);
	j->touched = true;
	if (ret)
		*ret = w;
	return j;
}

static struct ctl_lease lease_of(const struct job *j)
{
	return (struct ctl_lease){ .lease = j->lease, .attempt = j->charges + 1, .article = j->id };
}

static void start(struct worker *w, struct job *j, uint64_t now)
{
	struct ctl_lease l = lease_of(j);
	struct job *same;

	cr_assert(desk_started(&d, w, &l, now, &same) && same == j);
}

static bool ack(struct worker *w, const struct job *j, enum outcome outcome)
{
	struct ctl_lease l = lease_of(j);
	struct ctl m = { .type = CTL_ACK, .outcome = outcome, .reason_code = STR("BINARY"), .reason = STR("no") };

	return desk_ack(&d, w, &l, &m);
}

Test(lease, nothing_without_credit)
{
	struct worker *w = worker("a", 0, 0);

	add(1, 10);
	cr_assert_null(deliver(NULL, 0));
	desk_ready(&d, w, 1, 0); /* an idle worker takes one whatever its size */
	cr_assert_not_null(deliver(NULL, 0));
	add(2, 10);
	cr_assert_null(deliver(NULL, 0));
}

Test(lease, credit_is_absolute)
{
	struct worker *w = worker("a", 3, 100);
	struct job *j;

	for (unsigned i = 1; i <= 5; i++)
		add(i, 40);
	j = deliver(NULL, 0);
	cr_assert_not_null(deliver(NULL, 0));
	cr_assert_null(deliver(NULL, 0), "80 of 100 bytes are out");
	desk_ready(&d, w, 3, 1000);
	cr_assert_not_null(deliver(NULL, 0));
	cr_assert_null(deliver(NULL, 0), "3 of 3 messages are out");
	cr_assert(ack(w, j, OUTCOME_COPY));
	cr_assert_not_null(deliver(NULL, 0));
	cr_assert_eq(w->leased_bytes, 120);
}

Test(lease, oldest_first_and_floor)
{
	struct worker *w = worker("a", 9, 1000);
	struct job *second;

	cr_assert_null(desk_floor(&d));
	add(2, 1);
	add(1, 1);
	cr_assert_eq(ulid_cmp(desk_floor(&d), &(struct ulid){ { 1, [15] = 1 } }), 0);
	cr_assert_eq(deliver(NULL, 0)->id.b[15], 1);
	second = deliver(NULL, 0);
	cr_assert_eq(second->id.b[15], 2);
	cr_assert(ack(w, second, OUTCOME_COPY));
	cr_assert_eq(desk_floor(&d)->b[15], 1);
	desk_remove(&d, second);
	cr_assert_eq(d.jobs.n, 1);
}

Test(lease, a_second_life_does_not_hold_the_floor_down)
{
	struct job *old;

	add(50, 1);
	cr_assert_eq(desk_floor(&d)->b[15], 50);
	old = add(3, 1);
	job_set_generation(&d.jobs, old, 4711);
	cr_assert_eq(desk_floor(&d)->b[15], 50);
	desk_settle(&d, job_find(&d.jobs, &(struct ulid){ { 1, [15] = 50 } }), OUTCOME_COPY, 0);
	desk_remove(&d, d.settled.first);
	cr_assert_eq(desk_floor(&d)->b[15], 50, "it never falls");
	cr_assert_eq(desk_oldest(&d)->b[15], 3);
}

Test(lease, the_least_loaded_gets_it)
{
	struct worker *w, *a = worker("a", 10, 1000), *b = worker("b", 20, 1000);

	for (unsigned i = 1; i <= 6; i++)
		add(i, 1);
	deliver(&w, 0);
	cr_assert_eq(w, b, "more credit");
	deliver(&w, 0);
	cr_assert_eq(w, a);
	while (deliver(NULL, 0))
		;
	cr_assert_eq(a->leased.n, 3);
	cr_assert_eq(b->leased.n, 3);
}

Test(lease, only_the_holder_settles)
{
	struct worker *a = worker("a", 10, 1000), *b = worker("b", 0, 0);
	struct job *j = add(1, 1);
	struct ctl_lease l;

	deliver(NULL, 0);
	cr_assert_not(ack(b, j, OUTCOME_PUBLISHED));
	l = lease_of(j);
	l.lease++;
	cr_assert_not(desk_renew(&d, a, &l, 1));
	l = lease_of(j);
	l.attempt++;
	cr_assert_not(desk_renew(&d, a, &l, 1));
	l = lease_of(j);
	l.article.b[3]++;
	cr_assert_not(desk_renew(&d, a, &l, 1));
	cr_assert(ack(a, j, OUTCOME_FAILED));
	cr_assert_str_eq(j->code, "BINARY");
	cr_assert_not(ack(a, j, OUTCOME_PUBLISHED), "settled is settled");
	cr_assert_eq(d.settled.n, 1);
	cr_assert_eq(d.counters.stale_acks, 2);
}

Test(lease, death_charges_the_last_started)
{
	struct worker *w = worker("a", 10, 1000), *b;
	struct job *one = add(1, 1), *two = add(2, 1), *three = add(3, 1);

	while (deliver(NULL, 0))
		;
	start(w, two, 1);
	start(w, one, 2);
	desk_died(&d, w);
	cr_assert_eq(one->charges, 1);
	cr_assert_eq(two->charges + three->charges, 0);
	cr_assert(one->alone && two->alone && three->alone);
	b = worker("b", 10, 1000);
	cr_assert_eq(deliver(NULL, 3), one);
	cr_assert_null(deliver(NULL, 3), "it travels alone");
	cr_assert_eq(b->alone, one);
	cr_assert(ack(b, one, OUTCOME_COPY));
	cr_assert_eq(deliver(NULL, 3), two);
}

Test(lease, the_lone_one_gets_a_worker_though_all_are_busy)
{
	struct worker *a = worker("a", 10, 1000), *b = worker("b", 10, 1000), *w;
	struct job *lone = add(100, 1), *j;

	lone->alone = true;
	desk_queue(&d, lone);
	cr_assert_eq(deliver(&w, 0), lone);
	cr_assert(w == a || w == b);
	lone = add(99, 1);
	lone->alone = true;
	desk_queue(&d, lone);
	for (unsigned i = 1; i <= 12; i++)
		add(i, 1);
	cr_assert_eq(deliver(&w, 0), lone, "the other one is idle");
	lone = add(98, 1);
	lone->alone = true;
	desk_queue(&d, lone);
	cr_assert_null(deliver(NULL, 0));
	cr_assert(ack(a->alone ? a : b, a->alone ? a->alone : b->alone, OUTCOME_COPY));
	cr_assert_eq(deliver(NULL, 0), lone);
	j = b->alone;
	cr_assert(ack(b, j, OUTCOME_COPY));
	cr_assert_not_null(deliver(&w, 0));
	cr_assert_eq(w, b, "nobody waits for an idle worker any more");
}

Test(lease, three_deaths_then_abandon)
{
	struct job *j = add(1, 1);
	struct ctl answer = { .type = CTL_ABANDONED, .article = j->id, .outcome = OUTCOME_FAILED };
	struct worker *w;
	char route[2] = "a";

	for (; j->charges < 3; route[0]++) {
		w = worker(route, 1, 1);
		cr_assert_eq(deliver(NULL, 0), j);
		start(w, j, 0);
		desk_died(&d, w);
	}
	cr_assert_eq(j->state, JOB_ABANDONING);
	cr_assert_str_eq(j->code, "CRASHED_WORKER");
	cr_assert_eq(j->n_history, 3);
	cr_assert_not(desk_next_abandon(&d, &j, &w), "nobody there");
	worker("x", 0, 0);
	worker("y", 0, 0);
	cr_assert(desk_next_abandon(&d, &j, &w));
	desk_asked(&d, j, w, 10);
	cr_assert_not(desk_next_abandon(&d, &j, &w));
	desk_heard(&d, d.workers[0], 1000);
	desk_heard(&d, d.workers[1], 1000);
	desk_tick(&d, 10 + LEASE);
	cr_assert(desk_next_abandon(&d, &j, &w), "no answer: ask again");
	desk_asked(&d, j, w, 1010);
	desk_died(&d, w);
	cr_assert(desk_next_abandon(&d, &j, &w), "the one who was asked died");
	answer.generation = 1;
	cr_assert_not(desk_abandoned(&d, &answer), "an answer from another life");
	answer.generation = 0;
	cr_assert(desk_abandoned(&d, &answer));
	cr_assert_eq(d.settled.first, j);
	cr_assert_eq(j->outcome, OUTCOME_FAILED);
	cr_assert_not(desk_abandoned(&d, &answer));
}

Test(lease, silence_takes_back_what_was_not_started)
{
	struct worker *w = worker("a", 10, 1000), *b;
	struct job *one = add(1, 1), *two = add(2, 1);

	while (deliver(NULL, 0))
		;
	start(w, one, 0);
	cr_assert_eq(desk_next_tick(&d), 3 * READY);
	desk_tick(&d, 3 * READY - 1);
	cr_assert_eq(w->leased.n, 2);
	desk_tick(&d, 3 * READY);
	cr_assert(w->silent && one->state == JOB_LEASED && two->state == JOB_QUEUED && !two->alone);
	cr_assert_eq(n_stale, 1);
	cr_assert_null(deliver(NULL, 300), "nothing for the silent");
	b = worker("b", 10, 1000);
	desk_heard(&d, b, 300);
	cr_assert_eq(deliver(NULL, 300), two);
	desk_heard(&d, b, LEASE);
	desk_tick(&d, LEASE);
	cr_assert(one->charges == 1 && one->alone && one->state == JOB_QUEUED);
	desk_died(&d, w);
	cr_assert_eq(one->charges, 1, "charged once for one failure");
}

Test(lease, an_overrun_charges_one)
{
	struct worker *w = worker("a", 10, 1000);
	struct job *j[4];

	for (unsigned i = 0; i < 4; i++)
		j[i] = add(i + 1, 1);
	while (deliver(NULL, 0))
		;
	for (unsigned i = 0; i < 3; i++)
		start(w, j[i], 0);
	desk_heard(&d, w, LEASE - 1);
	desk_tick(&d, LEASE);
	cr_assert_eq(j[2]->charges, 1);
	cr_assert_eq(j[0]->charges + j[1]->charges + j[3]->charges, 0);
	cr_assert(j[0]->alone && !j[3]->alone);
	cr_assert_eq(n_stale, 4);
	cr_assert_eq(d.counters.overruns, 1);
}

Test(lease, renewal_keeps_it)
{
	struct worker *w = worker("a", 10, 1000);
	struct job *j = add(1, 1);
	struct ctl_lease l;

	deliver(NULL, 0);
	l = lease_of(j);
	for (uint64_t now = 100; now < 5 * LEASE; now += 100) {
		desk_heard(&d, w, now);
		cr_assert(desk_renew(&d, w, &l, now));
		desk_tick(&d, now);
	}
	cr_assert_eq(j->state, JOB_LEASED);
}

Test(lease, deferral)
{
	struct worker *w = worker("a", 10, 1000);
	struct job *one = add(1, 1), *two = add(2, 1);
	struct ctl_lease l;

	while (deliver(NULL, 0))
		;
	l = lease_of(two);
	cr_assert(desk_defer(&d, w, &l, &one->id, 0));
	cr_assert_eq(two->state, JOB_DEFERRED);
	cr_assert_eq(w->leased.n, 1);
	cr_assert(ack(w, one, OUTCOME_PUBLISHED));
	cr_assert_eq(two->state, JOB_QUEUED);
	cr_assert_eq(two->charges, 0);
	desk_remove(&d, one);
	cr_assert_eq(deliver(NULL, 0), two);
	l = lease_of(two);
	cr_assert(desk_defer(&d, w, &l, &(struct ulid){ { 1, [15] = 1 } }, 0), "settled already");
	cr_assert_eq(two->state, JOB_QUEUED);
}

Test(lease, a_circle_of_deferrals_does_not_wait)
{
	struct worker *w = worker("a", 10, 1000);
	struct job *j[3];
	struct ctl_lease l;

	for (unsigned i = 0; i < 3; i++)
		j[i] = add(i + 1, 1);
	while (deliver(NULL, 0))
		;
	for (unsigned i = 0; i < 3; i++) {
		l = lease_of(j[i]);
		cr_assert(desk_defer(&d, w, &l, &j[(i + 1) % 3]->id, 0));
	}
	cr_assert_eq(j[2]->state, JOB_WAITING);
	desk_heard(&d, w, LEASE);
	desk_tick(&d, LEASE); /* the other two come back after a lease, whatever happens */
	for (unsigned i = 0; i < 3; i++)
		cr_assert_eq(j[i]->state, JOB_QUEUED);
}

Test(lease, release)
{
	struct worker *w = worker("a", 10, 1000);
	struct job *one = add(1, 1);
	uint64_t now = 0, delays[] = { 100, 200, 400 };
	struct ctl_lease l;

	deliver(NULL, 0);
	l = lease_of(one);
	cr_assert(desk_back(&d, w, &l, RELEASE_DRAINING, now));
	cr_assert_eq(one->state, JOB_QUEUED);
	for (unsigned i = 0; i < 3; i++) {
		deliver(NULL, now);
		l = lease_of(one);
		cr_assert(desk_back(&d, w, &l, RELEASE_RETRY, now));
		cr_assert_eq(one->when, now + delays[i]);
		now = one->when;
		desk_heard(&d, w, now);
		desk_tick(&d, now);
	}
	one->retries = 1000;
	deliver(NULL, now);
	l = lease_of(one);
	cr_assert(desk_back(&d, w, &l, RELEASE_OVER_LIMIT, now));
	cr_assert_eq(one->when, now + 30000);
	cr_assert_eq(one->charges, 0);
}

Test(lease, adoption)
{
	struct job *one = add(1, 1), *two = add(2, 1);
	struct ctl_lease held[3] = { { .lease = 77, .attempt = 2, .article = one->id, .started = true },
				     { .lease = 78, .attempt = 1, .article = id_of(9) },
				     { .lease = 77, .attempt = 2, .article = one->id } };
	struct worker *w, *b;
	size_t kept;

	w = hello("a", 1, 0, held, 3, &kept);
	cr_assert_eq(kept, 1);
	cr_assert(one->state == JOB_LEASED && one->charges == 1 && one->started && one->touched && held[0].lease == one->lease);
	desk_ready(&d, w, 5, 100);
	cr_assert_eq(deliver(NULL, 0), two);
	held[1] = lease_of(two);
	b = hello("b", 2, 0, &held[1], 1, &kept);
	cr_assert(kept == 0 && b->leased.n == 0, "not from a living worker");
	/* It comes back on another connection and lists one: the same number; the other one was lost on the way. */
	held[0] = lease_of(one);
	cr_assert_eq(hello("c", 1, 0, held, 1, &kept), w);
	cr_assert(kept == 1 && held[0].lease == one->lease && two->state == JOB_QUEUED);
	cr_assert_null(desk_worker(&d, "a", 1));
	/* Another process under its identity: the old one is dead. */
	hello("c", 3, 0, NULL, 0, NULL);
	cr_assert(one->state == JOB_QUEUED && one->charges == 2);
}

Test(lease, an_attempt_that_was_made_up_does_not_fail_an_article)
{
	struct job *one = add(1, 1);
	struct ctl_lease held = { .lease = 1, .attempt = UINT32_MAX, .article = one->id };
	size_t kept;

	hello("a", 1, 0, &held, 1, &kept);
	cr_assert_eq(kept, 1);
	cr_assert_eq(one->charges, 2);
}

Test(lease, larger_than_any_credit)
{
	struct worker *w = worker("a", 10, 100);
	struct job *big, *small = add(1, 10);

	cr_assert_eq(deliver(NULL, 0), small);
	big = add(2, 5000);
	add(3, 10);
	cr_assert_null(deliver(NULL, 0), "it waits until the worker is idle");
	cr_assert(big->needs_idle);
	cr_assert(ack(w, small, OUTCOME_COPY));
	cr_assert_eq(deliver(NULL, 0), big);
	cr_assert_null(deliver(NULL, 0));
	cr_assert(ack(w, big, OUTCOME_COPY));
	cr_assert_not_null(deliver(NULL, 0));
}

Test(lease, fresh_failures_need_no_ledger)
{
	struct job *one = add(1, 0), *two = add(2, 0);

	desk_fail(&d, one, "EMPTY", "nothing in it");
	cr_assert_eq(one->state, JOB_SETTLED);
	two->touched = true;
	desk_fail(&d, two, "VANISHED", "gone");
	cr_assert_eq(two->state, JOB_ABANDONING);
}

Test(lease, the_silent_are_forgotten_in_the_end)
{
	worker("a", 10, 1000);
	for (uint64_t now; (now = desk_next_tick(&d)) != UINT64_MAX;)
		desk_tick(&d, now);
	cr_assert_eq(d.n_workers, 0);
}

Test(lease, ten_thousand)
{
	struct worker *w = worker("a", 100, 1u << 30);
	unsigned n = 0;

	for (unsigned i = 0; i < 10000; i++)
		add(i * 7919 % 10000, 100);
	for (struct job *j; (j = deliver(NULL, n)); n++) {
		cr_assert_eq((unsigned)(j->id.b[14] << 8 | j->id.b[15]), n, "in order of id");
		cr_assert(ack(w, j, OUTCOME_COPY));
		desk_remove(&d, j);
		desk_heard(&d, w, n);
	}
	cr_assert_eq(n, 10000);
	cr_assert_eq(d.jobs.n, 0);
	cr_assert_eq(d.deadlines.n, 0);
}
