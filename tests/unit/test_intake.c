#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "ingest/finish.h"
#include "ingest/watch.h"

static char dir[64], drop[80], spool_path[100];
static struct options o;
static struct spool s;
static struct desk d;
static struct receipts r;
static struct intake in;
static struct finish f;
static struct watch w;
static struct err err;
static unsigned n_warnings;

static void count_lines(enum log_level level, const char *line, void *arg)
{
	(void)line;
	(void)arg;
	n_warnings += level == LOG_LEVEL_WARN;
}

static void open_all(void)
{
	struct desk_config c = { .lease_ms = 1000, .ready_ms = 100, .max_attempts = 3 };

	cr_assert_eq(spool_open(&s, &o, &err), 0, "%s", err.text);
	cr_assert_eq(desk_init(&d, &c), 0);
	cr_assert_eq(receipts_open(&r, s.root, "main", 1 << 20, &err), 0);
	in = (struct intake){ .options = &o, .spool = &s, .desk = &d, .receipts = &r };
	f = (struct finish){ .spool = &s, .desk = &d, .receipts = &r, .intake = &in };
	cr_assert_eq(watch_open(&w, &o, &s, &in, &err), 0);
}

static void close_all(void)
{
	watch_close(&w);
	receipts_close(&r);
	desk_release(&d);
	spool_close(&s);
}

static void setup(void)
{
	strcpy(dir, "/tmp/ct-intake-XXXXXX");
	cr_assert(mkdtemp(dir));
	snprintf(drop, sizeof(drop), "%s/drop", dir);
	snprintf(spool_path, sizeof(spool_path), "%s/spool", dir);
	o = (struct options){ .drop = drop, .spool = spool_path, .instance = (char *)"main", .settle_ms = 100, .scan_settle_ms = 1000,
			      .rescan_ms = 1000, .max_active = 100, .max_article_bytes = 1000, .min_article_bytes = 1,
			      .keep_done_ms = UINT64_MAX };
	n_warnings = 0;
	log_set_hook(count_lines, NULL);
	open_all();
}

static void teardown(void)
{
	char command[100];

	file_fault = NULL;
	close_all();
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert_eq(system(command), 0);
}

TestSuite(intake, .init = setup, .fini = teardown);

static void put_at(int dirfd, const char *name, const char *text)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	cr_assert(fd >= 0);
	cr_assert_eq(file_write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static int claim(const char *name)
{
	struct stat st;

	cr_assert_eq(fstatat(s.drop, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return intake_claim(&in, name, o.marker, &st);
}

static bool exists(int dirfd, const char *name)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static struct job *only_job(void)
{
	cr_assert_eq(d.jobs.n, 1);
	return d.jobs.ids.items[0];
}

static void entry_of(const struct job *j, char *out)
{
	spool_entry(&j->id, j->name, j->folder, out);
}

Test(intake, a_claim_waits_for_its_commit)
{
	char entry[SPOOL_PATH];

	put_at(s.drop, "a.txt", "alpha");
	cr_assert_eq(claim("a.txt"), 0);
	entry_of(only_job(), entry);
	cr_assert(exists(s.active, entry) && !exists(s.drop, "a.txt"));
	cr_assert_eq(only_job()->state, JOB_WAITING);
	cr_assert_eq(intake_commit(&in, &err), 0);
	cr_assert_eq(only_job()->state, JOB_QUEUED);
}

Test(intake, what_changed_since_the_look_goes_back)
{
	struct stat st;

	put_at(s.drop, "a.txt", "alpha");
	cr_assert_eq(fstatat(s.drop, "a.txt", &st, 0), 0);
	put_at(s.drop, "a.txt", "alpha and more");
	cr_assert_eq(intake_claim(&in, "a.txt", false, &st), -EAGAIN);
	cr_assert(exists(s.drop, "a.txt"));
	cr_assert_eq(d.jobs.n, 0);
	cr_assert_eq(intake_claim(&in, "none.txt", false, &st), -ENOENT);
}

Test(intake, the_bound)
{
	o.max_active = 1;
	put_at(s.drop, "a.txt", "alpha");
	put_at(s.drop, "b.txt", "beta");
	cr_assert_eq(claim("a.txt"), 0);
	cr_assert_eq(claim("b.txt"), -ENOBUFS);
	cr_assert(exists(s.drop, "b.txt"));
}

Test(intake, a_failed_directory_sync_is_reported)
{
	put_at(s.drop, "a.txt", "alpha");
	cr_assert_eq(claim("a.txt"), 0);
	close(s.active);
	s.active = -1;
	cr_assert_lt(intake_commit(&in, &err), 0);
	cr_assert_eq(only_job()->state, JOB_WAITING, "nothing may be delivered");
}

Test(intake, reading)
{
	char entry[SPOOL_PATH];
	struct buf body;
	struct job *j;

	buf_init(&body, 0);
	put_at(s.drop, "a.txt", "alpha");
	cr_assert_eq(claim("a.txt"), 0);
	cr_assert_eq(intake_commit(&in, &err), 0);
	j = only_job();
	cr_assert_eq(intake_read(&in, j, &body, 0), 0);
	cr_assert(str_is(buf_view(&body), "alpha"));
	entry_of(j, entry);
	cr_assert_eq(unlinkat(s.active, entry, 0), 0);
	cr_assert_eq(symlinkat("/etc/passwd", s.active, entry), 0);
	cr_assert_eq(intake_read(&in, j, &body, 0), -ECANCELED);
	cr_assert_str_eq(j->code, "NOT_A_FILE");
	buf_release(&body);
}

Test(intake, unfit_files_fail_without_being_read)
{
	char big[2000];

	memset(big, 'x', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	put_at(s.drop, "a.txt", "");
	put_at(s.drop, "b.txt", big);
	cr_assert_eq(claim("a.txt"), 0);
	cr_assert_eq(claim("b.txt"), 0);
	cr_assert_eq(intake_commit(&in, &err), 0);
	cr_assert_eq(d.settled.n, 2);
	cr_assert_str_eq(d.settled.first->code, "EMPTY");
	cr_assert_str_eq(d.settled.last->code, "TOO_LARGE");
}

static void settle_all(enum outcome outcome)
{
	for (size_t i = 0; i < d.jobs.ids.n; i++)
		desk_settle(&d, d.jobs.ids.items[i], outcome, 3);
}

Test(intake, finishing_moves_after_the_receipt)
{
	char entry[SPOOL_PATH];

	put_at(s.drop, "a.txt", "alpha");
	cr_assert_eq(claim("a.txt"), 0);
	cr_assert_eq(intake_commit(&in, &err), 0);
	entry_of(only_job(), entry);
	settle_all(OUTCOME_PUBLISHED);
	cr_assert_not(finish_take(&f));
	cr_assert(exists(s.active, entry) && r.pending == 1);
	cr_assert_eq(finish_flush(&f, &err), 0);
	cr_assert(exists(s.done, entry) && !exists(s.active, entry));
	cr_assert(finish_idle(&f) && d.jobs.n == 0 && d.counters.published == 1);
}

static const char *fail_what;
static int fail_with;

static int fault(const char *operation)
{
	return strcmp(operation, fail_what) == 0 ? fail_with : 0;
}

Test(intake, without_space_finishing_waits)
{
	put_at(s.drop, "a.txt", "alpha");
	cr_assert_eq(claim("a.txt"), 0);
	cr_assert_eq(intake_commit(&in, &err), 0);
	settle_all(OUTCOME_FAILED);
	(void)finish_take(&f);
	file_fault = fault;
	fail_what = "write";
	fail_with = -ENOSPC;
	cr_assert_eq(finish_flush(&f, &err), -ENOSPC);
	fail_what = "rename"; /* the receipt gets through, the move does not */
	cr_assert_eq(finish_flush(&f, &err), -ENOSPC);
	cr_assert_eq(d.jobs.n, 1);
	cr_assert_eq(f.moving.n, 1);
	file_fault = NULL;
	cr_assert_eq(finish_flush(&f, &err), 0);
	cr_assert_eq(d.jobs.n, 0);
	cr_assert_eq(d.counters.failed, 1);
	cr_assert_eq(r.lines, 1, "one receipt, however often it was tried");
}

Test(intake, nothing_moves_without_a_durable_receipt)
{
	char entry[SPOOL_PATH];

	put_at(s.drop, "a.txt", "alpha");
	cr_assert_eq(claim("a.txt"), 0);
	cr_assert_eq(intake_commit(&in, &err), 0);
	entry_of(only_job(), entry);
	settle_all(OUTCOME_PUBLISHED);
	(void)finish_take(&f);
	file_fault = fault;
	fail_what = "fsync";
	fail_with = -EIO;
	cr_assert_eq(finish_flush(&f, &err), -EIO);
	cr_assert(exists(s.active, entry) && !exists(s.done, entry));
}

Test(intake, markers_travel_with_their_article)
{
	char entry[SPOOL_PATH], path[600];

	o.marker = true;
	put_at(s.drop, "a.txt", "alpha");
	cr_assert_eq(claim("a.txt"), -ENOENT, "no marker yet");
	cr_assert(exists(s.drop, "a.txt"));
	put_at(s.drop, "a.txt.done", "");
	cr_assert_eq(claim("a.txt"), 0);
	cr_assert_not(exists(s.drop, "a.txt.done"));
	cr_assert_eq(intake_commit(&in, &err), 0);
	entry_of(only_job(), entry);
	settle_all(OUTCOME_COPY);
	(void)finish_take(&f);
	cr_assert_eq(finish_flush(&f, &err), 0);
	snprintf(path, sizeof(path), "%s/a.txt", entry);
	cr_assert(exists(s.done, path));
	snprintf(path, sizeof(path), "%s/a.txt.done", entry);
	cr_assert(exists(s.done, path));
}

Test(intake, items)
{
	struct spool_item item;
	char path[600];

	cr_assert_eq(spool_item(s.active, "short", &item), -EINVAL);
	cr_assert_eq(spool_item(s.active, "01HZZZZZZZZZZZZZZZZZZZZZ01x", &item), -EINVAL);
	cr_assert_eq(spool_item(s.active, "01HZZZZZZZZZZZZZZZZZZZZZ01-", &item), -EINVAL);
	cr_assert_eq(spool_item(s.active, "01HZZZZZZZZZZZZZZZZZZZZZ01-a", &item), -ENOENT);
	put_at(s.active, "01HZZZZZZZZZZZZZZZZZZZZZ01-a", "x");
	cr_assert_eq(spool_item(s.active, "01HZZZZZZZZZZZZZZZZZZZZZ01-a", &item), 0);
	cr_assert(strcmp(item.name, "a") == 0 && !item.folder && item.st.st_size == 1);
	cr_assert_eq(mkdirat(s.active, "01HZZZZZZZZZZZZZZZZZZZZZ02", 0700), 0);
	cr_assert_eq(spool_item(s.active, "01HZZZZZZZZZZZZZZZZZZZZZ02", &item), -ENOENT);
	snprintf(path, sizeof(path), "01HZZZZZZZZZZZZZZZZZZZZZ02/b.done");
	put_at(s.active, path, "");
	cr_assert_eq(spool_item(s.active, "01HZZZZZZZZZZZZZZZZZZZZZ02", &item), -ENODATA);
	put_at(s.active, "01HZZZZZZZZZZZZZZZZZZZZZ02/b", "y");
	cr_assert_eq(spool_item(s.active, "01HZZZZZZZZZZZZZZZZZZZZZ02", &item), 0);
	cr_assert(strcmp(item.name, "b") == 0 && item.folder && item.marker);
}

Test(intake, a_second_owner_is_refused)
{
	struct spool second;

	cr_assert_eq(spool_open(&second, &o, &err), -EWOULDBLOCK);
	cr_assert(strstr(err.text, "another copytaster-ingest owns"));
	spool_close(&second);
}

Test(intake, renames_that_cannot_work_are_found_at_start)
{
	struct options other = o;
	struct spool second;

	file_fault = fault;
	fail_what = "rename";
	fail_with = -EXDEV;
	other.instance = (char *)"other";
	cr_assert_eq(spool_open(&second, &other, &err), -EXDEV);
	cr_assert(strstr(err.text, "paths.spool"), "%s", err.text);
	spool_close(&second);
	file_fault = NULL;
	other.instance = (char *)"../x";
	cr_assert_eq(spool_open(&second, &other, &err), -EINVAL);
	spool_close(&second);
}

/* ---- when is a file complete? ---- */

static void pass_time(int64_t ms)
{
	clock_shift(ms, 0);
}

static void steps(void)
{
	for (int i = 0; i < 100 && !watch_step(&w, clock_mono_ms(), 10); i++)
		;
}

Test(intake, a_scan_needs_two_looks)
{
	put_at(s.drop, "a.txt", "alpha");
	steps();
	cr_assert_eq(d.jobs.n, 0);
	pass_time(900);
	w.next_pass = 0;
	steps();
	cr_assert_eq(d.jobs.n, 0, "too early");
	put_at(s.drop, "a.txt", "alpha2");
	pass_time(200);
	w.next_pass = 0;
	steps();
	cr_assert_eq(d.jobs.n, 0, "it has changed");
	pass_time(1100);
	steps();
	cr_assert_eq(d.jobs.n, 1);
}

Test(intake, a_rename_is_taken_at_once)
{
	put_at(s.root, "aside", "alpha");
	cr_assert_eq(renameat(s.root, "aside", s.drop, "a.txt"), 0);
	watch_read(&w);
	cr_assert_eq(d.jobs.n, 1);
}

Test(intake, a_close_is_taken_when_it_has_settled)
{
	put_at(s.drop, "a.txt", "alpha");
	watch_read(&w);
	pass_time(60);
	steps();
	cr_assert_eq(d.jobs.n, 0);
	pass_time(60);
	steps();
	cr_assert_eq(d.jobs.n, 1);
}

Test(intake, what_came_while_full_is_taken_when_there_is_room)
{
	o.max_active = 1;
	for (int i = 0; i < 3; i++) {
		char name[2] = { (char)('a' + i), '\0' };

		put_at(s.root, "aside", "alpha");
		cr_assert_eq(renameat(s.root, "aside", s.drop, name), 0);
	}
	watch_read(&w);
	cr_assert_eq(d.jobs.n, 1);
	o.max_active = 3;
	pass_time(100); /* far less than scan_settle: they are known to be complete */
	steps();
	cr_assert_eq(d.jobs.n, 3);
}

Test(intake, paused_means_paused)
{
	w.paused = true;
	put_at(s.root, "aside", "alpha");
	cr_assert_eq(renameat(s.root, "aside", s.drop, "a.txt"), 0);
	watch_read(&w);
	cr_assert_eq(d.jobs.n, 0);
	w.paused = false;
	pass_time(100);
	steps();
	cr_assert_eq(d.jobs.n, 1);
}

Test(intake, odd_things_are_named_once)
{
	cr_assert_eq(symlinkat("/etc/passwd", s.drop, "link.txt"), 0);
	cr_assert_eq(mkfifoat(s.drop, "pipe", 0600), 0);
	cr_assert_eq(mkdirat(s.drop, "plain", 0700), 0);
	cr_assert_eq(mkdirat(s.drop, "folder.txt", 0700), 0);
	for (int i = 0; i < 5; i++) {
		w.next_pass = 0;
		steps();
	}
	cr_assert_eq(n_warnings, 3);
	cr_assert_eq(unlinkat(s.drop, "link.txt", 0), 0);
	w.next_pass = 0;
	steps();
	cr_assert_eq(symlinkat("/etc/hosts", s.drop, "link.txt"), 0);
	w.next_pass = 0;
	steps();
	cr_assert_eq(n_warnings, 4, "a new one is another matter");
}

Test(intake, what_cannot_be_moved_is_named_once_and_tried_again)
{
	put_at(s.root, "aside", "alpha");
	cr_assert_eq(renameat(s.root, "aside", s.drop, "a.txt"), 0);
	file_fault = fault;
	fail_what = "rename";
	fail_with = -EACCES;
	watch_read(&w);
	for (int i = 0; i < 5; i++) {
		pass_time(1100);
		steps();
	}
	cr_assert_eq(n_warnings, 1);
	cr_assert_eq(w.ended_left, 1);
	file_fault = NULL;
	pass_time(1100);
	steps();
	cr_assert_eq(d.jobs.n, 1);
	pass_time(1100);
	steps();
	cr_assert_eq(w.ended_left, 0);
}

Test(intake, seen_is_bounded)
{
	struct seen seen;
	char name[20];
	unsigned n = 0;

	cr_assert_eq(seen_init(&seen), 0);
	for (unsigned i = 0; i < SEEN_MOST_SLOTS; i++) {
		struct seen_entry *e;

		snprintf(name, sizeof(name), "%u", i);
		e = seen_get(&seen, name);
		n += e != NULL;
		if (e)
			e->pass = i % 2;
	}
	cr_assert_eq(seen.n_slots, SEEN_MOST_SLOTS);
	cr_assert(n == 3 * SEEN_MOST_SLOTS / 4 && n == seen.n);
	cr_assert_not_null(seen_find(&seen, "17"));
	seen_sweep(&seen, 1);
	cr_assert_eq(seen.n, n / 2);
	cr_assert_not_null(seen_find(&seen, "17"));
	cr_assert_null(seen_find(&seen, "16"));
	seen_release(&seen);
}
