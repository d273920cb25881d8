/* What may lie in a drop folder, and where it ends. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest_cases.h"

char *read_reason(const struct rig *r)
{
	char path[400];
	const char *name = rig_find(r, FAILED, ".reason.json");

	EXPECT(name);
	snprintf(path, sizeof(path), FAILED "/%s", name);
	return rig_read(r, path);
}

static const char *in_drop(const struct rig *r, const char *name)
{
	static char path[600];

	snprintf(path, sizeof(path), "%s/%s", r->drop, name);
	return path;
}

void case_left_in_place(struct rig *r)
{
	static const char *const ignored[] = { ".hidden", "x.tmp", "y.part", "z.filepart", "w~" };
	struct ctl_lease l;
	struct fake f;
	char log[200];

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		rig_drop(r, ignored[i], "x");
	EXPECT(symlink("/etc/passwd", in_drop(r, "link.txt")) == 0);
	EXPECT(mkfifo(in_drop(r, "pipe.txt"), 0600) == 0);
	EXPECT(mkdir(in_drop(r, "folder.txt"), 0700) == 0 && mkdir(in_drop(r, "plain"), 0700) == 0);
	rig_drop(r, "good.txt", "x");
	snprintf(log, sizeof(log), "%s/log", r->dir);
	rig_spawn(r, quick, log);
	join(&f, r, 5);
	l = take(&f, "good.txt");
	fake_ack(&f, &l, OUTCOME_COPY);
	EXPECT(symlink("/etc/passwd", in_drop(r, "later.txt")) == 0);
	EXPECT(!fake_expect(&f, CTL_DELIVERY, 1000)); /* several scans */
	EXPECT(rig_count(r, "drop") == 5 + 4); /* .hidden is not counted */
	EXPECT(rig_lines(r, "log", "\"link.txt\"") == 1 && rig_lines(r, "log", "\"pipe.txt\"") == 1);
	EXPECT(rig_lines(r, "log", "\"folder.txt\"") == 1 && rig_lines(r, "log", "\"later.txt\"") == 1);
	EXPECT(rig_lines(r, "log", "plain") == 0);
	fake_close(&f);
}

/* Known to be unfit without a worker; one that is unreadable or vanished needs a look. */
void case_unfit(struct rig *r)
{
	static const char *const options[] = { "--ingest.max_article_bytes=2K", "--ingest.settle=20ms", "--ingest.scan_settle=50ms", NULL };
	char big[3000], path[400];
	struct ctl_lease l;
	struct fake f;

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	rig_start(r, options);
	rig_drop(r, "empty.txt", "");
	rig_drop(r, "big.txt", big);
	rig_settle(r, FAILED, 2, 3000);
	EXPECT(rig_lines(r, RECEIPTS, "\"EMPTY\"") == 1 && rig_lines(r, RECEIPTS, "\"TOO_LARGE\"") == 1);
	rig_drop(r, "gone.txt", "x");
	rig_settle(r, ACTIVE, 1, 3000);
	snprintf(path, sizeof(path), "%s/" ACTIVE "/%s", r->dir, rig_find(r, ACTIVE, "-gone.txt"));
	EXPECT(unlink(path) == 0);
	join(&f, r, 1);
	rig_drop(r, "last.txt", "x");
	l = take(&f, "last.txt");
	fake_ack(&f, &l, OUTCOME_COPY);
	rig_settle(r, DONE, 1, 3000);
	EXPECT(rig_lines(r, RECEIPTS, "\"VANISHED\"") == 1);
	if (geteuid() != 0) { /* root reads everything */
		rig_drop(r, "secret.txt", "x");
		EXPECT(chmod(in_drop(r, "secret.txt"), 0) == 0);
		rig_settle(r, FAILED, 3, 3000);
	}
	EXPECT(rig_stop(r) == 0);
	fake_close(&f);
}

void case_long_name(struct rig *r)
{
	char name[256], small[240], path[400];
	struct ctl_lease l;
	struct stat st;
	struct fake f;

	memset(name, 'n', 255);
	name[255] = '\0';
	memset(small, 'm', 228);
	small[228] = '\0';
	rig_start(r, quick);
	join(&f, r, 1);
	rig_drop(r, name, "alpha");
	l = take(&f, name);
	EXPECT(str_is(f.m.body, "alpha"));
	rig_kill(r); /* it is found again */
	fake_close(&f);
	rig_start(r, quick);
	join(&f, r, 1);
	l = take(&f, name);
	fake_ack(&f, &l, OUTCOME_PUBLISHED);
	rig_settle(r, DONE, 1, 3000);
	snprintf(path, sizeof(path), "%s/" DONE "/%s/", r->dir, rig_find(r, DONE, ""));
	EXPECT(stat(path, &st) == 0 && S_ISDIR(st.st_mode));
	rig_drop(r, small, "beta");
	l = take(&f, small);
	fake_fail(&f, &l, "BINARY", "no");
	rig_settle(r, FAILED, 1, 3000);
	EXPECT(strlen(rig_find(r, FAILED, "m")) == 255);
	fake_close(&f);
}

/* Written in place: not before it is closed and at rest. */
void case_slow_writer(struct rig *r)
{
	static const char *const options[] = { "--ingest.settle=150ms", "--ingest.scan_settle=3s", "--ingest.rescan=100ms", NULL };
	struct ctl_lease l;
	uint64_t closed;
	struct fake f;
	int fd;

	rig_start(r, options);
	join(&f, r, 5);
	fd = open(in_drop(r, "slow.txt"), O_WRONLY | O_CREAT, 0640);
	EXPECT(fd >= 0);
	for (int i = 0; i < 5; i++) {
		EXPECT(write(fd, "part ", 5) == 5);
		EXPECT(!fake_expect(&f, CTL_DELIVERY, 100));
	}
	close(fd);
	closed = rig_now();
	l = take(&f, "slow.txt");
	EXPECT(rig_now() - closed >= 140 && rig_now() - closed < 2500);
	EXPECT(str_is(f.m.body, "part part part part part "));
	fake_ack(&f, &l, OUTCOME_COPY);
	/* Closed and opened again: the time begins anew. */
	rig_write(r, "drop/again.txt", "one");
	rig_sleep(80);
	rig_write(r, "drop/again.txt", "one two");
	l = take(&f, "again.txt");
	EXPECT(str_is(f.m.body, "one two"));
	/* Nobody saw a close of a hard link: the scan finds it. */
	rig_write(r, "aside", "linked");
	EXPECT(link(strcat(strcpy((char[300]){ 0 }, r->dir), "/aside"), in_drop(r, "linked.txt")) == 0);
	closed = rig_now();
	l = take(&f, "linked.txt");
	EXPECT(rig_now() - closed >= 2800);
	fake_close(&f);
}

void case_marker(struct rig *r)
{
	static const char *const options[] = { "--ingest.marker=yes", "--ingest.settle=20ms", "--ingest.scan_settle=50ms",
					       "--ingest.rescan=100ms", "--ingest.ready=100ms", "--ingest.lease=1s", NULL };
	char path[400];
	struct ctl_lease l;
	struct fake f;

	rig_drop(r, "early.txt", "x");
	rig_drop(r, "early.txt.done", "");
	rig_start(r, options);
	join(&f, r, 5);
	l = take(&f, "early.txt");
	fake_ack(&f, &l, OUTCOME_COPY);
	rig_drop(r, "a.txt", "alpha");
	EXPECT(!fake_expect(&f, CTL_DELIVERY, 400));
	rig_drop(r, "a.txt.done", "");
	l = take(&f, "a.txt");
	EXPECT(rig_count(r, "drop") == 0);
	fake_ack(&f, &l, OUTCOME_COPY);
	rig_settle(r, DONE, 2, 3000);
	/* A crash after the marker was claimed and before the article was: the marker comes back. */
	rig_kill(r);
	snprintf(path, sizeof(path), "%s/" ACTIVE "/01HZZZZZZZZZZZZZZZZZZZZZ01", r->dir);
	EXPECT(mkdir(path, 0750) == 0);
	rig_write(r, ACTIVE "/01HZZZZZZZZZZZZZZZZZZZZZ01/b.txt.done", "");
	rig_drop(r, "b.txt", "beta");
	fake_close(&f);
	rig_start(r, options);
	join(&f, r, 5);
	l = take(&f, "b.txt");
	fake_ack(&f, &l, OUTCOME_COPY);
	rig_settle(r, DONE, 3, 3000);
	EXPECT(rig_count(r, "drop") == 0 && rig_count(r, ACTIVE) == 0);
	fake_close(&f);
}

void case_bound(struct rig *r)
{
	static const char *const options[] = { "--ingest.max_active=4", "--ingest.settle=20ms", "--ingest.scan_settle=50ms", NULL };
	struct ctl_lease l;
	struct fake f;

	rig_start(r, options);
	for (int i = 0; i < 50; i++) {
		char name[20];

		snprintf(name, sizeof(name), "%02d.txt", i);
		if (i % 2)
			rig_drop(r, name, "x");
		else
			rig_write(r, strcat(strcpy((char[40]){ 0 }, "drop/"), name), "x");
	}
	rig_sleep(200);
	EXPECT(rig_count(r, ACTIVE) == 4 && rig_count(r, "drop") == 46);
	join(&f, r, 100);
	for (int i = 0; i < 50; i++) {
		l = take(&f, NULL);
		EXPECT(rig_count(r, ACTIVE) <= 4);
		fake_ack(&f, &l, OUTCOME_COPY);
	}
	rig_settle(r, DONE, 50, 3000);
	fake_close(&f);
}

void case_retry(struct rig *r)
{
	char from[700], to[700];
	struct ctl_lease l;
	struct ulid id;
	struct fake f;

	rig_start(r, quick);
	join(&f, r, 5);
	rig_drop(r, "a.txt", "alpha");
	l = take(&f, "a.txt");
	id = l.article;
	fake_fail(&f, &l, "BINARY", "no");
	rig_settle(r, FAILED, 1, 3000);
	for (int life = 0; life < 2; life++) {
		const char *name = rig_find(r, FAILED, "-a.txt");

		EXPECT(name);
		snprintf(from, sizeof(from), "%s/" FAILED "/%s", r->dir, name);
		snprintf(to, sizeof(to), "%s/" SPOOL "/retry/%s", r->dir, name);
		EXPECT(rename(from, to) == 0);
		l = take(&f, "a.txt");
		EXPECT(ulid_cmp(&l.article, &id) == 0 && f.m.generation > 0 && l.attempt == 1);
		EXPECT(!rig_find(r, FAILED, ".reason.json"));
		EXPECT(rig_lines(r, RECEIPTS, "\"RETRIED\"") == (size_t)life + 1);
		if (life == 0) {
			rig_kill(r); /* the generation is not forgotten */
			fake_close(&f);
			rig_start(r, quick);
			join(&f, r, 5);
			l = take(&f, "a.txt");
			EXPECT(f.m.generation > 0);
			fake_fail(&f, &l, "BINARY", "no");
			rig_settle(r, FAILED, 1, 3000);
		}
	}
	fake_ack(&f, &l, OUTCOME_PUBLISHED);
	rig_settle(r, DONE, 1, 3000);
	rig_write(r, SPOOL "/retry/no-ulid.txt", "x");
	rig_sleep(400);
	EXPECT(rig_exists(r, SPOOL "/retry/no-ulid.txt"));
	fake_close(&f);
}

static int once(struct rig *r, size_t n, bool fail_first)
{
	static const char *const options[] = { "--ingest.once=yes", "--ingest.settle=20ms", "--ingest.scan_settle=100ms", NULL };
	struct fake f;

	rig_spawn(r, options, NULL);
	if (n == 0)
		return rig_wait(r, 5000);
	join(&f, r, 100);
	for (size_t i = 0; i < n; i++) {
		struct ctl_lease l = take(&f, NULL);

		if (i == 0 && fail_first)
			fake_fail(&f, &l, "BINARY", "no");
		else
			fake_ack(&f, &l, OUTCOME_COPY);
	}
	EXPECT(fake_expect(&f, CTL_DRAIN, 5000));
	fake_close(&f);
	return rig_wait(r, 5000);
}

void case_once(struct rig *r)
{
	char *text;

	for (int i = 0; i < 10; i++) {
		char name[20];

		snprintf(name, sizeof(name), "%02d.txt", i);
		rig_drop(r, name, "x");
	}
	EXPECT(once(r, 10, false) == 0);
	EXPECT(rig_count(r, DONE) == 10 && rig_count(r, "drop") == 0);
	rig_drop(r, "a.txt", "x");
	rig_drop(r, "b.txt", "x");
	EXPECT(once(r, 2, true) == 2);
	text = rig_read(r, SPOOL "/summary-main.json");
	EXPECT(strstr(text, "\"accepted\":2,") && strstr(text, "\"failed\":1,") && strstr(text, "\"left\":0,"));
	free(text);
	EXPECT(once(r, 0, false) == 0); /* nothing there */
}

void case_drain(struct rig *r)
{
	struct ctl_lease a, b;
	struct fake f;

	rig_start(r, quick);
	join(&f, r, 2);
	rig_drop(r, "a.txt", "alpha");
	rig_drop(r, "b.txt", "beta");
	a = take(&f, "a.txt");
	b = take(&f, "b.txt");
	fake_say(&f, CTL_STARTED, &a);
	EXPECT(kill(r->pid, SIGTERM) == 0);
	EXPECT(fake_expect(&f, CTL_DRAIN, 1000));
	rig_drop(r, "late.txt", "x");
	fake_release(&f, &b, RELEASE_DRAINING);
	EXPECT(rig_wait(r, 200) == -1); /* one is still being worked on */
	fake_ack(&f, &a, OUTCOME_PUBLISHED);
	EXPECT(rig_wait(r, 3000) == 0);
	EXPECT(rig_count(r, DONE) == 1 && rig_count(r, ACTIVE) == 1 && rig_exists(r, "drop/late.txt"));
	fake_close(&f);
	/* A worker that never answers does not hold it for ever; the second signal does not wait at all. */
	for (int signals = 1; signals <= 2; signals++) {
		uint64_t start;

		rig_start(r, quick);
		join(&f, r, 2);
		(void)take(&f, NULL);
		start = rig_now();
		for (int i = 0; i < signals; i++, rig_sleep(30))
			EXPECT(kill(r->pid, SIGTERM) == 0);
		EXPECT(rig_wait(r, 4000) == 0);
		EXPECT(signals == 1 ? rig_now() - start >= 200 : rig_now() - start < 700);
		fake_close(&f);
	}
}

void case_second_one(struct rig *r)
{
	static const char *const other[] = { "--ingest.instance=other", NULL };
	struct rig second = *r;
	struct ctl_lease l;
	struct fake f;
	char log[200];

	rig_start(r, quick);
	snprintf(log, sizeof(log), "%s/log", r->dir);
	rig_spawn(&second, quick, log);
	EXPECT(rig_wait(&second, 5000) == 1);
	EXPECT(rig_lines(r, "log", "another copytaster-ingest owns") == 1);
	rig_spawn(&second, other, log); /* the folder is its own, the socket is not */
	EXPECT(rig_wait(&second, 5000) == 1);
	EXPECT(rig_lines(r, "log", "another copytaster-ingest serves") == 1);
	join(&f, r, 2); /* the first one is as well as before */
	rig_drop(r, "a.txt", "alpha");
	l = take(&f, "a.txt");
	fake_ack(&f, &l, OUTCOME_COPY);
	rig_settle(r, DONE, 1, 3000);
	fake_close(&f);
}

void case_rotation(struct rig *r)
{
	static const char *const options[] = { "--ingest.receipts_rotate=64K", "--ingest.settle=20ms", "--ingest.scan_settle=50ms", NULL };
	char name[230], command[300];
	struct fake f;
	struct ctl_lease l;

	memset(name, 'n', sizeof(name));
	rig_start(r, options);
	join(&f, r, 100);
	for (int i = 0; i < 300; i++) {
		snprintf(name + 200, sizeof(name) - 200, "%d.txt", i);
		rig_drop(r, name, "x");
	}
	for (int i = 0; i < 300; i++) {
		l = take(&f, NULL);
		fake_ack(&f, &l, OUTCOME_COPY);
	}
	rig_settle(r, DONE, 300, 5000);
	EXPECT(rig_stop(r) == 0);
	EXPECT(rig_lines(r, RECEIPTS, "") < 300);
	snprintf(command, sizeof(command), "test $(cat '%s/" SPOOL "'/receipts-main*.ndjson | grep -c COPY) = 300", r->dir);
	EXPECT(system(command) == 0);
	fake_close(&f);
}

void case_keep_done(struct rig *r)
{
	static const char *const none[] = { "--ingest.keep_done=none", NULL };
	static const char *const second[] = { "--ingest.keep_done=1s", NULL };
	struct ctl_lease l;
	struct fake f;

	for (int pass = 0; pass < 2; pass++) {
		rig_start(r, pass == 0 ? none : second);
		join(&f, r, 1);
		rig_drop(r, "a.txt", "alpha");
		l = take(&f, "a.txt");
		fake_ack(&f, &l, OUTCOME_COPY);
		rig_settle(r, ACTIVE, 0, 3000);
		if (pass == 1)
			rig_settle(r, DONE, 1, 1000);
		rig_settle(r, DONE, 0, 6000);
		EXPECT(rig_stop(r) == 0);
		fake_close(&f);
	}
	EXPECT(rig_lines(r, RECEIPTS, "COPY") == 2);
}
