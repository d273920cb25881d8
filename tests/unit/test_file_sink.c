#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "sinks/file_read.h"
#include "sinks/segment.h"
#include "sinks/sink.h"
#include "tests/unit/ledger_fixture.h"

extern const struct sink_ops sink_file;

static struct desk desk;
static struct options o;
static void *sink;
static int answers[3];
static void *opened[8]; /* a crashed one is never closed, but not lost either */
static int n_opened;

static void done(void *tag, enum sink_verdict verdict, const char *why, void *arg)
{
	(void)tag, (void)why, (void)arg;
	answers[verdict]++;
}

static void open_sink(void)
{
	struct err err = { 0 };
	cr_assert_eq(sink_file.open(&o, desk.ledger, done, NULL, &sink, &err), 0, "%s", err.text);
	opened[n_opened++] = sink;
}

static void setup(void)
{
	scratch_make();
	desk_open(&desk);
	o = (struct options){ .out = strdup(scratch_path("out")), .segment_bytes = 1 << 20, .segment_age_ms = 3600000 };
	open_sink();
}

static void teardown(void)
{
	desk_close(&desk);
	free(o.out);
	scratch_remove();
}

TestSuite(file_sink, .init = setup, .fini = teardown);

/* One article with one claim; its id is a new ULID. */
static struct ulid submit(const char *text)
{
	static struct article_record a;
	static struct claim c;
	struct err err = { 0 };
	struct ulid id = ulid_new(clock_wall_ms());
	char s[ULID_TEXT + 1];
	ulid_format(&id, s);
	a = (struct article_record){ .article_id = arena_str(desk.arena, str_of(s)), .text = str_of(text) };
	c = (struct claim){ .id = arena_printf(desk.arena, "%s-1", s), .article_id = a.article_id, .text = str_of(text) };
	struct sink_item item = { .article = &a, .claims = &c, .n_claims = 1, .arena = desk.arena };
	cr_assert_eq(sink_file.submit(sink, &item, 1, &err), 0, "%s", err.text);
	return id;
}

static void commit(struct ulid id)
{
	struct ledger_reserve r = desk_item(&desk, id, BODY);
	desk_reserve(&desk, &r, 1);
	struct ledger_settle s = { .id = id, .state = LEDGER_PUBLISHED, .instance = 7 };
	cr_assert_eq(ledger_settle(desk.ledger, &s, 1, sink_file.mark(sink)), 0);
	sink_file.commit(sink);
}

static void flush(void)
{
	struct err err = { 0 };
	cr_assert_eq(sink_file.flush(sink, &err), 0, "%s", err.text);
}

static int published(const char *text)
{
	struct file_reader *r;
	struct err err;
	enum file_stream stream;
	struct str line;
	int n = 0, rc;
	cr_assert_eq(file_reader_open(o.out, desk.ledger, true, &r, &err), 0);
	while ((rc = file_reader_next(r, &stream, &line)) == 0)
		n += stream == FILE_ARTICLES && memmem(line.data, line.len, text, strlen(text));
	cr_assert_eq(rc, -EAGAIN);
	file_reader_close(&r);
	return n;
}

/* Files of the out folder that end so. */
static int count_files(const char *ending)
{
	DIR *d = opendir(o.out);
	struct dirent *e;
	int n = 0;
	while ((e = readdir(d))) {
		size_t len = strlen(e->d_name), want = strlen(ending);
		n += len >= want && !strcmp(e->d_name + len - want, ending);
	}
	closedir(d);
	return n;
}

/* The worker dies: descriptors and locks go, nothing is closed in order. */
static void crash(void)
{
	for (int fd = 3; fd < 256; fd++) {
		char link[64], path[512];
		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		ssize_t n = readlink(link, path, sizeof(path) - 1);
		if (n > 0 && (path[n] = '\0', strstr(path, "/out")))
			close(fd);
	}
	sink = NULL;
}

Test(file_sink, only_the_ledger_publishes)
{
	struct ulid id = submit("first");
	flush();
	cr_assert_eq(answers[SINK_OK], 1);
	cr_assert_eq(published("first"), 0, "durable is not published");
	commit(id);
	cr_assert_eq(published("first"), 1);
	struct err err;
	cr_assert_eq(sink_file.close(sink, &err), 0);
	cr_assert_eq(count_files(".open"), 0);
	cr_assert_eq(count_files(".ndjson"), 2);
	cr_assert_eq(published("first"), 1);
}

Test(file_sink, an_orphan_is_cut_to_what_the_ledger_has)
{
	struct ulid id = submit("kept");
	flush();
	commit(id);
	(void)submit("torn");
	flush();
	crash();
	cr_assert_eq(count_files(".open"), 2);
	open_sink();
	cr_assert_eq(count_files(".open"), 0);
	cr_assert_eq(count_files(".ndjson"), 2);
	cr_assert_eq(published("kept"), 1);
	cr_assert_eq(published("torn"), 0);
}

Test(file_sink, an_orphan_without_commits_goes_away)
{
	(void)submit("never");
	flush();
	crash();
	open_sink();
	cr_assert_eq(count_files(".ndjson"), 0);
	cr_assert_eq(count_files(".open"), 0);
}

Test(file_sink, a_living_writer_is_left_alone)
{
	struct ulid id = submit("mine");
	flush();
	void *mine = sink;
	open_sink(); /* another worker starts and recovers */
	cr_assert_eq(count_files(".open"), 2);
	sink = mine;
	commit(id);
	cr_assert_eq(published("mine"), 1);
}

Test(file_sink, half_closed_segments_are_finished)
{
	struct ulid id = submit("half");
	flush();
	commit(id);
	crash();
	/* It died between the two renames. */
	DIR *d = opendir(o.out);
	struct dirent *e;
	char from[600], to[600];
	while ((e = readdir(d)))
		if (!strncmp(e->d_name, "claims-", 7)) {
			(void)snprintf(from, sizeof(from), "%s/%s", o.out, e->d_name);
			(void)snprintf(to, sizeof(to), "%.*s", (int)(strlen(from) - 5), from);
		}
	closedir(d);
	cr_assert_eq(rename(from, to), 0);
	open_sink();
	cr_assert_eq(count_files(".open"), 0);
	cr_assert_eq(count_files(".ndjson"), 2);
	cr_assert_eq(published("half"), 1);
}

Test(file_sink, discard_forgets_since_the_last_commit)
{
	struct err err;
	struct ulid a = submit("one");
	flush();
	commit(a);
	(void)submit("two");
	flush();
	cr_assert_eq(sink_file.discard(sink, &err), 0);
	struct ulid c = submit("three");
	flush();
	commit(c);
	cr_assert_eq(published("one"), 1);
	cr_assert_eq(published("two"), 0);
	cr_assert_eq(published("three"), 1);
}

Test(file_sink, segments_are_rotated_by_size)
{
	struct err err;
	o.segment_bytes = 1;
	cr_assert_eq(sink_file.close(sink, &err), 0);
	open_sink();
	for (int i = 0; i < 3; i++) {
		struct ulid id = submit("rotated");
		flush();
		commit(id);
	}
	cr_assert_eq(count_files(".ndjson.open"), 2);
	cr_assert_eq(count_files(".ndjson"), 4);
	cr_assert_eq(published("rotated"), 3);
}

static int broken(const char *operation)
{
	return strcmp(operation, "write") == 0 ? -ENOSPC : 0;
}

Test(file_sink, a_full_disk_hands_back_and_goes_on)
{
	struct ulid a = submit("before");
	flush();
	commit(a);
	file_fault = broken;
	(void)submit("full");
	flush();
	cr_assert_eq(answers[SINK_RETRY], 1);
	file_fault = NULL;
	struct ulid b = submit("after");
	flush();
	commit(b);
	cr_assert_eq(published("before"), 1);
	cr_assert_eq(published("full"), 0);
	cr_assert_eq(published("after"), 1);
}

static int bad_fsync(const char *operation)
{
	return strcmp(operation, "fsync") == 0 ? -EIO : 0;
}

Test(file_sink, a_failed_fsync_is_not_tried_again)
{
	struct err err = { 0 };
	struct ulid a = submit("before");
	flush();
	commit(a);
	(void)submit("lost");
	file_fault = bad_fsync;
	cr_assert_eq(sink_file.flush(sink, &err), -EIO);
	cr_assert(strstr(err.text, "sync"));
	file_fault = NULL;
	crash();
	open_sink();
	cr_assert_eq(published("before"), 1);
	cr_assert_eq(published("lost"), 0);
}

Test(file_sink, another_ledgers_folder_is_refused)
{
	struct err err = { 0 };
	FILE *f = fopen(scratch_path("out/.ledger"), "w");
	fputs("0000000000000001\n", f);
	fclose(f);
	void *other;
	cr_assert_eq(sink_file.open(&o, desk.ledger, done, NULL, &other, &err), -EUCLEAN);
	cr_assert(strstr(err.text, "another ledger"), "%s", err.text);
}
