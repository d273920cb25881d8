/* A real copytaster-ingest against workers that acknowledge, hand back, die, stall and lie.
 * usage: ingest_flow PATH/copytaster-ingest CASE; without CASE it lists them. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest_cases.h"

const char *const quick[] = { "--ingest.ready=100ms", "--ingest.lease=1s", "--ingest.settle=50ms", "--ingest.scan_settle=200ms",
			      "--ingest.rescan=300ms", NULL };

struct ctl_lease take(struct fake *f, const char *name)
{
	EXPECT(fake_expect(f, CTL_DELIVERY, 5000));
	if (name && !str_is(f->m.file_name, name))
		fprintf(stderr, "delivered: %.*s\n", STR_ARGS(f->m.file_name));
	EXPECT(!name || str_is(f->m.file_name, name));
	EXPECT(f->m.n_leases == 1 && f->m.leases[0].lease != 0);
	EXPECT(!ulid_is_zero(&f->m.floor) && (f->m.generation > 0 || ulid_cmp(&f->m.floor, &f->m.article) <= 0));
	return f->m.leases[0];
}

void join(struct fake *f, const struct rig *r, uint32_t credit)
{
	fake_open(f, r->endpoint);
	fake_hello(f, NULL, 0);
	fake_ready(f, credit, 1 << 20);
}

char *receipts(const struct rig *r)
{
	return rig_read(r, RECEIPTS);
}

/* ---- the plain way ---- */

static void happy(struct rig *r)
{
	struct ctl_lease a, b, c;
	struct fake f;
	char *text;

	rig_start(r, quick);
	join(&f, r, 8);
	rig_drop(r, "a.txt", "alpha");
	a = take(&f, "a.txt");
	EXPECT(str_is(f.m.body, "alpha") && !f.m.confirm && f.m.generation == 0 && f.m.received_ms > 0);
	rig_drop(r, "b \xff\n.txt", "beta");
	b = take(&f, "b \xff\n.txt");
	rig_drop(r, "c.txt", "gamma");
	c = take(&f, "c.txt");
	fake_ack(&f, &a, OUTCOME_PUBLISHED);
	fake_ack(&f, &b, OUTCOME_COPY);
	fake_fail(&f, &c, "BINARY", "not a text");
	rig_settle(r, DONE, 2, 5000);
	rig_settle(r, FAILED, 1, 5000);
	rig_settle(r, ACTIVE, 0, 5000);
	EXPECT(rig_lines(r, RECEIPTS, "\"PUBLISHED\"") == 1 && rig_lines(r, RECEIPTS, "\"COPY\"") == 1);
	EXPECT(rig_lines(r, RECEIPTS, "\"reasonCode\":\"BINARY\"") == 1);
	EXPECT(rig_lines(r, RECEIPTS, "b \\\\xff\\\\x0a.txt") == 1);
	EXPECT(rig_find(r, FAILED, ".reason.json"));
	text = read_reason(r);
	EXPECT(strstr(text, "\"code\": \"BINARY\"") && strstr(text, "not a text") && strstr(text, "\"attempts\": 0"));
	free(text);
	EXPECT(fake_counter(&f, "accepted") == 3 && fake_counter(&f, "published") == 1);
	EXPECT(rig_stop(r) == 0);
	text = rig_read(r, SPOOL "/summary-main.json");
	EXPECT(strstr(text, "\"accepted\":3,\"published\":1,\"copies\":1,\"failed\":1"));
	free(text);
	fake_close(&f);
}

static void status(struct rig *r)
{
	struct fake f;

	rig_start(r, quick);
	join(&f, r, 3);
	rig_drop(r, "a.txt", "alpha");
	(void)take(&f, "a.txt");
	EXPECT(fake_counter(&f, "leased") == 1 && fake_counter(&f, "workers") == 1 && fake_counter(&f, "active") == 1);
	EXPECT(memmem(f.m.status_json.data, f.m.status_json.len, "\"name\":\"fake\"", 13));
	EXPECT(memmem(f.m.status_json.data, f.m.status_json.len, "\"outstanding\":1", 15));
	fake_close(&f);
}

static void credit(struct rig *r)
{
	struct ctl_lease l;
	struct fake f;
	char big[3000];

	rig_start(r, quick);
	fake_open(&f, r->endpoint);
	fake_hello(&f, NULL, 0);
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	for (int i = 0; i < 5; i++) {
		char name[20];

		snprintf(name, sizeof(name), "%d.txt", i);
		rig_drop(r, name, big);
	}
	EXPECT(!fake_expect(&f, CTL_DELIVERY, 200)); /* no credit yet */
	fake_ready(&f, 2, 1 << 20);
	l = take(&f, "0.txt");
	(void)take(&f, "1.txt");
	EXPECT(!fake_expect(&f, CTL_DELIVERY, 150));
	fake_ack(&f, &l, OUTCOME_COPY);
	l = take(&f, "2.txt");
	fake_ready(&f, 100, 9000); /* three bodies of 2,999 bytes, two of them out */
	(void)take(&f, "3.txt");
	EXPECT(!fake_expect(&f, CTL_DELIVERY, 150));
	fake_close(&f);
	rig_sleep(50);
	/* All that was out travels alone now, but 4.txt. Larger than the credit: one at a time all the same. */
	fake_open(&f, r->endpoint);
	fake_hello(&f, NULL, 0);
	fake_ready(&f, 100, 1000);
	l = take(&f, "1.txt");
	EXPECT(f.m.confirm && !fake_expect(&f, CTL_DELIVERY, 150));
	fake_ack(&f, &l, OUTCOME_COPY);
	l = take(&f, "2.txt");
	fake_ack(&f, &l, OUTCOME_COPY);
	l = take(&f, "3.txt");
	fake_ack(&f, &l, OUTCOME_COPY);
	l = take(&f, "4.txt");
	EXPECT(!f.m.confirm);
	fake_ack(&f, &l, OUTCOME_COPY);
	rig_settle(r, DONE, 5, 3000);
	fake_close(&f);
}

static void two_workers_share(struct rig *r)
{
	struct fake a, b;

	rig_start(r, quick);
	join(&a, r, 10);
	join(&b, r, 10);
	rig_sleep(50);
	for (int i = 0; i < 8; i++) {
		char name[20];

		snprintf(name, sizeof(name), "%d.txt", i);
		rig_drop(r, name, "x");
	}
	for (int i = 0; i < 4; i++) {
		(void)take(&a, NULL);
		(void)take(&b, NULL);
	}
	fake_close(&a);
	fake_close(&b);
}

/* ---- handing back ---- */

static void defer(struct rig *r)
{
	struct ctl_lease a, b;
	struct ulid strange = ulid_new(1);
	uint64_t start;
	struct fake f;

	rig_start(r, quick);
	join(&f, r, 8);
	rig_drop(r, "a.txt", "alpha");
	a = take(&f, "a.txt");
	rig_drop(r, "b.txt", "beta");
	b = take(&f, "b.txt");
	fake_defer(&f, &b, &a.article);
	EXPECT(!fake_expect(&f, CTL_DELIVERY, 200));
	EXPECT(fake_counter(&f, "deferred") == 1);
	fake_ack(&f, &a, OUTCOME_PUBLISHED);
	start = rig_now();
	b = take(&f, "b.txt");
	EXPECT(rig_now() - start < 500 && b.attempt == 1 && !f.m.confirm);
	fake_defer(&f, &b, &a.article); /* settled a moment ago: at once */
	start = rig_now();
	b = take(&f, "b.txt");
	EXPECT(rig_now() - start < 500);
	fake_defer(&f, &b, &strange); /* never heard of: later */
	start = rig_now();
	b = take(&f, "b.txt");
	EXPECT(rig_now() - start >= 900);
	fake_defer(&f, &b, &b.article); /* itself: must not wait for ever */
	b = take(&f, "b.txt");
	fake_ack(&f, &b, OUTCOME_COPY);
	rig_settle(r, DONE, 2, 3000);
	EXPECT(rig_lines(r, RECEIPTS, "\"attempts\":0") == 2);
	fake_close(&f);
}

static void release(struct rig *r)
{
	struct ctl_lease l;
	uint64_t start;
	struct fake f;

	rig_start(r, quick);
	join(&f, r, 8);
	rig_drop(r, "a.txt", "alpha");
	l = take(&f, "a.txt");
	start = rig_now();
	for (int i = 0; i < 3; i++) {
		fake_release(&f, &l, RELEASE_RETRY);
		l = take(&f, "a.txt");
	}
	EXPECT(rig_now() - start >= 680 && l.attempt == 1); /* 100, 200 and 400 ms */
	start = rig_now();
	fake_release(&f, &l, RELEASE_DRAINING);
	l = take(&f, "a.txt");
	EXPECT(rig_now() - start < 600); /* the next delay would be 800 */
	fake_ack(&f, &l, OUTCOME_PUBLISHED);
	rig_settle(r, DONE, 1, 3000);
	fake_close(&f);
}

static void grows(struct rig *r)
{
	struct ctl_lease l;
	struct ulid old;
	char path[400];
	struct fake f;
	FILE *out;

	rig_start(r, quick);
	join(&f, r, 8);
	rig_drop(r, "a.txt", "half");
	l = take(&f, "a.txt");
	old = l.article;
	snprintf(path, sizeof(path), "%s/" ACTIVE "/%s", r->dir, rig_find(r, ACTIVE, "-a.txt"));
	out = fopen(path, "a");
	EXPECT(out && fputs(" and the rest", out) >= 0 && fclose(out) == 0);
	fake_ack(&f, &l, OUTCOME_PUBLISHED);
	l = take(&f, "a.txt");
	EXPECT(str_is(f.m.body, "half and the rest") && ulid_cmp(&f.m.supersedes, &old) == 0);
	EXPECT(ulid_cmp(&l.article, &old) > 0 && rig_lines(r, RECEIPTS, "nextArticleId") == 1);
	/* A crash now: the new id still knows what it supersedes. */
	rig_kill(r);
	fake_close(&f);
	rig_start(r, quick);
	join(&f, r, 8);
	l = take(&f, "a.txt");
	EXPECT(ulid_cmp(&f.m.supersedes, &old) == 0);
	fake_ack(&f, &l, OUTCOME_PUBLISHED);
	rig_settle(r, DONE, 1, 3000);
	EXPECT(rig_count(r, ACTIVE) == 0);
	fake_close(&f);
}

/* ---- the list ---- */

static const struct {
	const char *name;
	void (*run)(struct rig *r);
} cases[] = {
	{ "happy", happy }, { "status", status }, { "credit", credit }, { "two_workers_share", two_workers_share },
	{ "defer", defer }, { "release", release }, { "grows", grows },
	/* ingest_broken.c */
	{ "death", case_death }, { "crash_loop", case_crash_loop }, { "abandon_published", case_abandon_published },
	{ "silence", case_silence }, { "overrun", case_overrun }, { "lies", case_lies }, { "garbage", case_garbage },
	{ "introduces_itself", case_introduces_itself }, { "recovered", case_recovered }, { "replay", case_replay },
	{ "last_words", case_last_words },
	/* ingest_files.c */
	{ "left_in_place", case_left_in_place }, { "unfit", case_unfit }, { "long_name", case_long_name },
	{ "slow_writer", case_slow_writer }, { "marker", case_marker }, { "bound", case_bound }, { "retry", case_retry },
	{ "once", case_once }, { "drain", case_drain }, { "second_one", case_second_one }, { "rotation", case_rotation },
	{ "keep_done", case_keep_done },
};

int main(int argc, char **argv)
{
	size_t n = sizeof(cases) / sizeof(cases[0]);
	struct rig r;

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < n; i++) {
		if (argc < 3) {
			puts(cases[i].name);
		} else if (strcmp(argv[2], cases[i].name) == 0) {
			rig_init(&r, argv[1]);
			EXPECT(mkdir(r.drop, 0750) == 0);
			cases[i].run(&r);
			rig_remove(&r);
			printf("%s: passed\n", cases[i].name);
			return 0;
		}
	}
	return argc < 3 ? 64 : (fprintf(stderr, "no case %s\n", argv[2]), 1);
}
