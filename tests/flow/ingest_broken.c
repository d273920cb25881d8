/* Workers that die, stall and lie; an ingest that is killed. */
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "ingest_cases.h"

/* Dies with three articles, of which one was started: only that one is charged, all travel alone. */
void case_death(struct rig *r)
{
	struct ctl_lease l[3], again;
	struct fake f, g;

	rig_start(r, quick);
	join(&f, r, 3);
	rig_drop(r, "a.txt", "alpha");
	rig_drop(r, "b.txt", "beta");
	rig_drop(r, "c.txt", "gamma");
	for (int i = 0; i < 3; i++)
		l[i] = take(&f, NULL);
	fake_say(&f, CTL_STARTED, &l[0]);
	fake_say(&f, CTL_STARTED, &l[1]);
	rig_sleep(50);
	fake_close(&f);
	join(&g, r, 3);
	again = take(&g, "a.txt");
	EXPECT(g.m.confirm && again.attempt == 1 && ulid_cmp(&again.article, &l[0].article) == 0);
	EXPECT(!fake_expect(&g, CTL_DELIVERY, 100)); /* alone */
	fake_say(&g, CTL_STARTED, &again);
	EXPECT(fake_expect(&g, CTL_PROCEED, 1000) && g.m.leases[0].lease == again.lease);
	fake_ack(&g, &again, OUTCOME_PUBLISHED);
	again = take(&g, "b.txt");
	EXPECT(again.attempt == 2);
	fake_ack(&g, &again, OUTCOME_PUBLISHED);
	again = take(&g, "c.txt");
	EXPECT(again.attempt == 1);
	fake_ack(&g, &again, OUTCOME_PUBLISHED);
	rig_settle(r, DONE, 3, 3000);
	EXPECT(fake_counter(&g, "redeliveries") == 3 && fake_counter(&g, "charges") == 1);
	fake_close(&g);
}

/* Acks that were sent before the end count. */
void case_last_words(struct rig *r)
{
	struct ctl_lease l[20];
	struct fake f, g;

	rig_start(r, quick);
	join(&f, r, 20);
	for (int i = 0; i < 20; i++) {
		char name[20];

		snprintf(name, sizeof(name), "%02d.txt", i);
		rig_drop(r, name, "x");
		l[i] = take(&f, name);
		fake_say(&f, CTL_STARTED, &l[i]);
	}
	for (int i = 0; i < 20; i++)
		fake_ack(&f, &l[i], OUTCOME_PUBLISHED);
	rig_sleep(20); /* for its I/O thread */
	fake_close(&f);
	rig_settle(r, DONE, 20, 3000);
	join(&g, r, 1);
	EXPECT(fake_counter(&g, "charges") == 0 && fake_counter(&g, "redeliveries") == 0);
	fake_close(&g);
}

static void die_on(struct rig *r, const char *name, uint32_t attempt)
{
	struct ctl_lease l;
	struct fake f;

	join(&f, r, 5);
	l = take(&f, name);
	EXPECT(l.attempt == attempt);
	fake_say(&f, CTL_STARTED, &l);
	if (attempt > 1)
		EXPECT(fake_expect(&f, CTL_PROCEED, 1000));
	else
		rig_sleep(50);
	fake_close(&f);
}

void case_crash_loop(struct rig *r)
{
	struct ctl_lease l;
	struct fake f;
	char *text;

	rig_start(r, quick);
	rig_drop(r, "a.txt", "poison");
	for (uint32_t attempt = 1; attempt <= 3; attempt++)
		die_on(r, "a.txt", attempt);
	rig_drop(r, "b.txt", "good");
	EXPECT(rig_count(r, FAILED) == 0); /* nobody there to ask */
	join(&f, r, 5);
	EXPECT(fake_expect(&f, CTL_ABANDON, 1000) && str_is(f.m.reason_code, "CRASHED_WORKER"));
	rig_sleep(100);
	EXPECT(rig_count(r, FAILED) == 0); /* not before the answer */
	fake_send(&f, &(struct ctl){ .type = CTL_ABANDONED, .article = f.m.article, .generation = f.m.generation,
				     .outcome = OUTCOME_FAILED });
	rig_settle(r, FAILED, 1, 3000);
	text = read_reason(r);
	EXPECT(strstr(text, "CRASHED_WORKER") && strstr(text, "\"attempts\": 3") && strstr(text, "\"worker\": \"fake\""));
	free(text);
	fake_ready(&f, 5, 1 << 20);
	l = take(&f, "b.txt");
	fake_ack(&f, &l, OUTCOME_PUBLISHED);
	rig_settle(r, DONE, 1, 3000);
	fake_close(&f);
}

/* The last worker had committed before it died: asked to abandon, the ledger says published. The first one asked stays silent. */
void case_abandon_published(struct rig *r)
{
	static const char *const options[] = { "--ingest.ready=300ms", "--ingest.lease=1s", "--ingest.max_attempts=1", NULL };
	struct ulid article;
	struct fake f, g;

	rig_start(r, options);
	rig_drop(r, "a.txt", "alpha");
	die_on(r, "a.txt", 1);
	join(&f, r, 0);
	EXPECT(fake_expect(&f, CTL_ABANDON, 1000));
	article = f.m.article;
	fake_close(&f); /* dies too: another one is asked */
	join(&g, r, 0);
	EXPECT(fake_expect(&g, CTL_ABANDON, 3000) && ulid_cmp(&g.m.article, &article) == 0);
	fake_send(&g, &(struct ctl){ .type = CTL_ABANDONED, .article = article, .outcome = OUTCOME_PUBLISHED, .claims = 7 });
	rig_settle(r, DONE, 1, 3000);
	EXPECT(rig_count(r, FAILED) == 0 && rig_lines(r, RECEIPTS, "\"claims\":7") == 1);
	fake_close(&g);
}

/* Stalls, does not die: what it has not started goes to another one at once, uncharged. */
void case_silence(struct rig *r)
{
	struct ctl_lease a, b, again;
	struct fake f, g;

	rig_start(r, quick);
	join(&f, r, 2);
	rig_drop(r, "a.txt", "alpha");
	rig_drop(r, "b.txt", "beta");
	a = take(&f, "a.txt");
	b = take(&f, "b.txt");
	fake_say(&f, CTL_STARTED, &a);
	f.silent = true;
	join(&g, r, 2);
	again = take(&g, "b.txt");
	EXPECT(again.attempt == 1 && !g.m.confirm && again.lease != b.lease);
	EXPECT(fake_expect(&f, CTL_STALE, 500) && f.m.leases[0].lease == b.lease);
	fake_ack(&f, &b, OUTCOME_PUBLISHED); /* too late */
	EXPECT(fake_expect(&f, CTL_STALE, 500));
	fake_ack(&f, &a, OUTCOME_PUBLISHED); /* in time: its lease had not run out */
	rig_settle(r, DONE, 1, 2000);
	EXPECT(rig_find(r, DONE, "-a.txt"));
	fake_ack(&g, &again, OUTCOME_COPY);
	rig_settle(r, DONE, 2, 2000);
	EXPECT(fake_counter(&g, "stale_acks") == 1 && fake_counter(&g, "charges") == 0);
	fake_close(&f);
	fake_close(&g);
}

/* Renews for two leases' time, then no more: charged once, and only what was started last. */
void case_overrun(struct rig *r)
{
	struct ctl_lease a, b, again;
	struct fake f, g;

	rig_start(r, quick);
	join(&f, r, 2);
	rig_drop(r, "a.txt", "alpha");
	rig_drop(r, "b.txt", "beta");
	a = take(&f, "a.txt");
	b = take(&f, "b.txt");
	fake_say(&f, CTL_STARTED, &a);
	fake_say(&f, CTL_STARTED, &b);
	for (int i = 0; i < 5; i++) {
		EXPECT(!fake_expect(&f, CTL_STALE, 400));
		fake_say(&f, CTL_RENEW, &a);
		fake_say(&f, CTL_RENEW, &b);
	}
	EXPECT(fake_counter(&f, "leased") == 2 && fake_counter(&f, "charges") == 0);
	fake_ready(&f, 0, 0);
	EXPECT(fake_expect(&f, CTL_STALE, 1500));
	/* The two deadlines lie a few milliseconds apart. */
	for (int i = 0; i < 40 && fake_counter(&f, "leased") != 0; i++)
		usleep(25000);
	EXPECT(fake_counter(&f, "leased") == 0 && fake_counter(&f, "charges") == 1 && fake_counter(&f, "overruns") == 1);
	join(&g, r, 2);
	again = take(&g, "a.txt");
	EXPECT(again.attempt == 1 && g.m.confirm);
	fake_ack(&g, &again, OUTCOME_COPY);
	again = take(&g, "b.txt");
	EXPECT(again.attempt == 2);
	fake_ack(&g, &again, OUTCOME_COPY);
	rig_settle(r, DONE, 2, 2000);
	fake_close(&f);
	fake_close(&g);
}

void case_lies(struct rig *r)
{
	struct ctl_lease l, lie;
	struct fake f, g;
	uint64_t epoch;

	rig_start(r, quick);
	join(&f, r, 2);
	join(&g, r, 0);
	rig_drop(r, "a.txt", "alpha");
	l = take(&f, "a.txt");
	lie = l;
	lie.lease++;
	fake_ack(&f, &lie, OUTCOME_PUBLISHED);
	EXPECT(fake_expect(&f, CTL_STALE, 500) && f.m.leases[0].lease == lie.lease);
	lie = l;
	lie.attempt++;
	fake_ack(&f, &lie, OUTCOME_PUBLISHED);
	EXPECT(fake_expect(&f, CTL_STALE, 500));
	lie = l;
	lie.article.b[15] ^= 1;
	fake_ack(&f, &lie, OUTCOME_PUBLISHED);
	EXPECT(fake_expect(&f, CTL_STALE, 500));
	fake_ack(&g, &l, OUTCOME_PUBLISHED); /* right, but another's */
	EXPECT(fake_expect(&g, CTL_STALE, 500));
	epoch = f.epoch;
	f.epoch ^= 4;
	fake_ack(&f, &l, OUTCOME_PUBLISHED);
	EXPECT(fake_expect(&f, CTL_INTRODUCE, 500));
	f.epoch = epoch;
	f.incarnation ^= 4;
	fake_ack(&f, &l, OUTCOME_PUBLISHED);
	EXPECT(fake_expect(&f, CTL_INTRODUCE, 500));
	f.incarnation ^= 4;
	rig_sleep(100);
	EXPECT(rig_count(r, DONE) == 0 && rig_lines(r, RECEIPTS, "PUBLISHED") == 0);
	EXPECT(fake_counter(&f, "stale_acks") == 4 && fake_counter(&f, "unknown_frames") == 2);
	fake_ack(&f, &l, OUTCOME_PUBLISHED);
	rig_settle(r, DONE, 1, 2000);
	fake_ack(&f, &l, OUTCOME_PUBLISHED); /* once more changes nothing */
	EXPECT(fake_expect(&f, CTL_STALE, 500) && rig_lines(r, RECEIPTS, "PUBLISHED") == 1);
	fake_close(&f);
	fake_close(&g);
}

void case_garbage(struct rig *r)
{
	static const char noise[] = "CPT1\1\3\0\0\377\377\0\0 and no more";
	struct ctl hello = { .type = CTL_HELLO, .protocol = CTL_PROTOCOL + 1, .name = STR("new") };
	struct ctl_lease l;
	struct fake f, g;

	rig_start(r, quick);
	fake_open(&g, r->endpoint);
	for (int i = 0; i < 100; i++)
		EXPECT(zmq_send(g.socket, noise, sizeof(noise) - (size_t)(i % 20), 0) >= 0);
	EXPECT(zmq_send(g.socket, "", 0, 0) >= 0);
	EXPECT(zmq_send(g.socket, "a", 1, ZMQ_SNDMORE) >= 0 && zmq_send(g.socket, "b", 1, ZMQ_SNDMORE) >= 0 &&
	       zmq_send(g.socket, "c", 1, 0) >= 0);
	fake_send(&g, &hello);
	EXPECT(fake_expect(&g, CTL_REFUSED, 1000) && str_is(g.m.reason_code, "PROTOCOL"));
	join(&f, r, 1);
	rig_drop(r, "a.txt", "alpha");
	l = take(&f, "a.txt");
	fake_ack(&f, &l, OUTCOME_PUBLISHED);
	rig_settle(r, DONE, 1, 2000);
	EXPECT(fake_counter(&f, "bad_frames") == 102);
	fake_close(&f);
	fake_close(&g);
}

/* Ingest is killed while a worker holds two articles: the worker goes on with them under a new epoch. */
void case_introduces_itself(struct rig *r)
{
	struct ctl_lease held[3];
	uint64_t old;
	struct fake f;

	rig_start(r, quick);
	join(&f, r, 2);
	rig_drop(r, "a.txt", "alpha");
	rig_drop(r, "b.txt", "beta");
	held[0] = take(&f, "a.txt");
	held[1] = take(&f, "b.txt");
	held[1].started = true;
	held[2] = held[1];
	held[2].article.b[10] ^= 1; /* nothing that ingest ever had */
	old = f.epoch;
	rig_kill(r);
	rig_start(r, quick);
	EXPECT(fake_expect(&f, CTL_INTRODUCE, 3000));
	fake_hello(&f, held, 3);
	EXPECT(f.epoch != old && f.m.n_leases == 2);
	EXPECT(ulid_cmp(&f.m.leases[0].article, &held[0].article) == 0 && ulid_cmp(&f.m.leases[1].article, &held[1].article) == 0);
	held[0] = f.m.leases[0];
	held[1] = f.m.leases[1];
	fake_hello(&f, held, 2); /* said twice: the numbers stay */
	EXPECT(f.m.n_leases == 2 && f.m.leases[0].lease == held[0].lease);
	fake_ready(&f, 2, 1 << 20);
	EXPECT(!fake_expect(&f, CTL_DELIVERY, 400));
	fake_ack(&f, &held[0], OUTCOME_PUBLISHED);
	fake_ack(&f, &held[1], OUTCOME_PUBLISHED);
	rig_settle(r, DONE, 2, 2000);
	EXPECT(fake_counter(&f, "redeliveries") == 0);
	fake_close(&f);
}

/* Nobody holds what is in active/: delivered again after two periods; a fresh one need not wait. */
void case_recovered(struct rig *r)
{
	struct ctl_lease l;
	uint64_t start;
	struct fake f;

	rig_start(r, quick);
	join(&f, r, 1);
	rig_drop(r, "a.txt", "alpha");
	l = take(&f, "a.txt");
	rig_kill(r);
	fake_close(&f);
	start = rig_now();
	rig_start(r, quick);
	join(&f, r, 1);
	l = take(&f, "a.txt");
	EXPECT(l.attempt == 1 && rig_now() - start >= 190);
	fake_ack(&f, &l, OUTCOME_PUBLISHED);
	rig_settle(r, DONE, 1, 2000);
	fake_close(&f);
}

static void plant(const struct rig *r, const char *id, const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), ACTIVE "/%s-%s", id, name);
	rig_write(r, path, "planted");
}

#define ID(n) "01HZZZZZZZZZZZZZZZZZZZZZ0" #n

/* All that a crash between receipt and rename can leave behind. */
void case_replay(struct rig *r)
{
	struct ctl_lease l;
	struct fake f;
	char path[300];
	static const char *const dirs[] = { SPOOL, SPOOL "/active", ACTIVE };

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", r->dir, dirs[i]);
		EXPECT(mkdir(path, 0750) == 0);
	}
	plant(r, ID(1), "published.txt");
	plant(r, ID(2), "failed.txt");
	plant(r, ID(3), "retried.txt");
	plant(r, ID(4), "grown.txt");    /* receipt written, not renamed yet */
	plant(r, ID(6), "renamed.txt");  /* renamed from 5 */
	plant(r, ID(7), "unknown.txt");
	rig_write(r, RECEIPTS,
		  "{\"articleId\":\"" ID(1) "\",\"outcome\":\"PUBLISHED\",\"claims\":2}\n"
		  "{\"articleId\":\"" ID(2) "\",\"outcome\":\"FAILED\",\"reasonCode\":\"BINARY\",\"reason\":\"no text\",\"attempts\":1}\n"
		  "{\"articleId\":\"" ID(3) "\",\"outcome\":\"FAILED\",\"reasonCode\":\"BINARY\"}\n"
		  "{\"articleId\":\"" ID(3) "\",\"outcome\":\"RETRIED\",\"generation\":\"4711\"}\n"
		  "{\"articleId\":\"" ID(4) "\",\"outcome\":\"PUBLISHED\",\"nextArticleId\":\"" ID(8) "\"}\n"
		  "{\"articleId\":\"" ID(5) "\",\"outcome\":\"PUBLISHED\",\"nextArticleId\":\"" ID(6) "\"}\n"
		  "{\"articleId\":\"" ID(7) "\",\"outcome\":\"PUBLI"); /* torn: says nothing */
	rig_start(r, quick);
	rig_settle(r, DONE, 1, 2000);
	EXPECT(rig_exists(r, DONE "/" ID(1) "-published.txt"));
	rig_settle(r, FAILED, 1, 2000);
	EXPECT(rig_exists(r, FAILED "/" ID(2) ".reason.json") && rig_exists(r, FAILED "/" ID(2) "-failed.txt"));
	EXPECT(rig_exists(r, ACTIVE "/" ID(8) "-grown.txt"));
	EXPECT(rig_lines(r, RECEIPTS, "") == 6);
	join(&f, r, 4);
	for (int i = 0; i < 4; i++) {
		char id[ULID_TEXT + 1], of[ULID_TEXT + 1];

		l = take(&f, NULL);
		ulid_format(&l.article, id);
		ulid_format(&f.m.supersedes, of);
		EXPECT(f.m.generation == (strcmp(id, ID(3)) == 0 ? 4711 : 0));
		EXPECT(strcmp(id, ID(6)) != 0 || strcmp(of, ID(5)) == 0);
		EXPECT(strcmp(id, ID(8)) != 0 || strcmp(of, ID(4)) == 0);
		fake_ack(&f, &l, OUTCOME_COPY);
	}
	rig_settle(r, DONE, 5, 2000);
	EXPECT(rig_count(r, ACTIVE) == 0 && rig_lines(r, RECEIPTS, "") == 10);
	fake_close(&f);
}
