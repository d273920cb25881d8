#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "ingest/receipts.h"

#define ID(n) "01HZZZZZZZZZZZZZZZZZZZZZ0" #n
#define FILE_NAME "receipts-main.ndjson"

static char dir[64];
static int dirfd_;
static struct receipts r;
static struct err err;

static void quiet(enum log_level level, const char *line, void *arg)
{
	(void)level;
	(void)line;
	(void)arg;
}

static void setup(void)
{
	strcpy(dir, "/tmp/ct-receipts-XXXXXX");
	cr_assert(mkdtemp(dir));
	dirfd_ = open(dir, O_RDONLY | O_DIRECTORY);
	log_set_hook(quiet, NULL);
}

static void teardown(void)
{
	char command[100];

	file_fault = NULL;
	close(dirfd_);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert_eq(system(command), 0);
}

TestSuite(receipts, .init = setup, .fini = teardown);

static void put(const char *name, const char *text)
{
	int fd = openat(dirfd_, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	cr_assert_eq(file_write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static char *get(const char *name)
{
	static char text[1 << 16];
	int fd = openat(dirfd_, name, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void add(const char *id, enum outcome outcome)
{
	struct receipt line = { .article_id = str_of(id), .file_name = STR("a.txt"), .outcome = outcome, .bytes = 5, .claims = 2 };

	cr_assert_eq(receipts_add(&r, &line), 0);
}

static void open_it(uint64_t rotate)
{
	cr_assert_eq(receipts_open(&r, dirfd_, "main", rotate, &err), 0, "%s", err.text);
}

Test(receipts, a_group_is_durable_after_flush)
{
	open_it(1 << 20);
	add(ID(1), OUTCOME_PUBLISHED);
	add(ID(2), OUTCOME_COPY);
	cr_assert_str_eq(get(FILE_NAME), "");
	cr_assert_eq(receipts_flush(&r, &err), 0);
	cr_assert(strstr(get(FILE_NAME), ID(1)) && strstr(get(FILE_NAME), "\"COPY\""));
	cr_assert_eq(r.size, strlen(get(FILE_NAME)));
	cr_assert_eq(receipts_flush(&r, &err), 0, "an empty group is no work");
	receipts_close(&r);
	open_it(1 << 20);
	add(ID(3), OUTCOME_COPY);
	cr_assert_eq(receipts_flush(&r, &err), 0);
	cr_assert(strstr(get(FILE_NAME), ID(1)) && strstr(get(FILE_NAME), ID(3)));
	receipts_close(&r);
}

Test(receipts, torn_tails_are_cut)
{
	static const char good[] = "{\"articleId\":\"" ID(1) "\",\"outcome\":\"COPY\"}\n";
	static const char *const tails[] = { "", "{\"articleId\":\"", "{\"articleId\":\"x", "garbage\n", "{}\n", "\n\n", "[1]\n{\"article",
					     "{\"articleId\":7}\n", "null\n" };
	char text[400];

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", good, tails[i]);
		put(FILE_NAME, text);
		open_it(1 << 20);
		cr_assert_str_eq(get(FILE_NAME), good, "tail %zu", i);
		cr_assert_eq(r.size, strlen(good));
		receipts_close(&r);
		put(FILE_NAME, tails[i]); /* and with nothing before it */
		open_it(1 << 20);
		cr_assert_eq(r.size, 0);
		receipts_close(&r);
	}
}

Test(receipts, zeros_of_a_lost_write_are_cut)
{
	static char zeros[5000];
	int fd;

	put(FILE_NAME, "{\"articleId\":\"" ID(1) "\"}\n");
	fd = openat(dirfd_, FILE_NAME, O_WRONLY | O_APPEND);
	cr_assert_eq(file_write_all(fd, zeros, sizeof(zeros)), 0);
	close(fd);
	open_it(1 << 20);
	cr_assert_eq(r.size, strlen("{\"articleId\":\"" ID(1) "\"}\n"));
	receipts_close(&r);
}

Test(receipts, a_file_of_something_else_is_not_cut)
{
	int fd = openat(dirfd_, FILE_NAME, O_WRONLY | O_CREAT, 0600);
	char *much = calloc(1, 5 << 20);

	cr_assert_eq(file_write_all(fd, much, 5 << 20), 0);
	close(fd);
	free(much);
	cr_assert_eq(receipts_open(&r, dirfd_, "main", 1 << 20, &err), -EBADMSG);
	cr_assert(strstr(err.text, "move it away"));
	receipts_close(&r);
}

static const char *fail_what;
static int fail_with, n_calls;

static int fault(const char *operation)
{
	if (strcmp(operation, fail_what) != 0)
		return 0;
	n_calls++;
	return fail_with;
}

Test(receipts, no_space_keeps_the_group)
{
	open_it(1 << 20);
	add(ID(1), OUTCOME_COPY);
	cr_assert_eq(receipts_flush(&r, &err), 0);
	add(ID(2), OUTCOME_COPY);
	fail_what = "write";
	fail_with = -ENOSPC;
	file_fault = fault;
	for (int i = 0; i < 3; i++)
		cr_assert_eq(receipts_flush(&r, &err), -ENOSPC);
	file_fault = NULL;
	cr_assert_null(strstr(get(FILE_NAME), ID(2)));
	cr_assert_eq(receipts_flush(&r, &err), 0);
	cr_assert(strstr(get(FILE_NAME), ID(2)));
	receipts_close(&r);
}

Test(receipts, a_failed_fsync_is_final)
{
	open_it(1 << 20);
	add(ID(1), OUTCOME_COPY);
	fail_what = "fsync";
	fail_with = -ENOSPC; /* even then: what is on the disk is not known any more */
	file_fault = fault;
	cr_assert_eq(receipts_flush(&r, &err), -EIO);
	cr_assert_eq(n_calls, 1, "never twice");
	file_fault = NULL;
	receipts_close(&r);
}

struct found {
	unsigned n, last_outcome;
	uint64_t generation;
	char next[ULID_TEXT + 1];
};

static bool only_1_and_9(const struct ulid *id, void *arg)
{
	char text[ULID_TEXT + 1];

	(void)arg;
	ulid_format(id, text);
	return strcmp(text, ID(1)) == 0 || strcmp(text, ID(9)) == 0;
}

static int collect(const struct ulid *id, const struct receipt *receipt, void *arg)
{
	struct found *f = arg;

	(void)id;
	f->n++;
	f->last_outcome = receipt->outcome;
	f->generation = receipt->generation;
	snprintf(f->next, sizeof(f->next), "%.*s", STR_ARGS(receipt->next_article_id));
	return 0;
}

Test(receipts, rotation_and_replay)
{
	struct found f = { 0 };

	open_it(1); /* after each group */
	add(ID(1), OUTCOME_FAILED);
	cr_assert_eq(receipts_flush(&r, &err), 0);
	add(ID(2), OUTCOME_COPY);
	cr_assert_eq(receipts_flush(&r, &err), 0);
	cr_assert_str_eq(get(FILE_NAME), "");
	receipts_close(&r);
	put("receipts-main2-01HZZZZZZZZZZZZZZZZZZZZZ01.ndjson", "{\"articleId\":\"" ID(1) "\",\"outcome\":\"COPY\"}\n"); /* another's */
	put(FILE_NAME, "{\"articleId\": \"" ID(1) "\",\"outcome\":\"RETRIED\",\"generation\":\"18446744073709551615\"}\n"
		       "{\"articleId\":\"" ID(3) "\",\"outcome\":\"COPY\",\"nextArticleId\":\"" ID(9) "\"}\n");
	open_it(1 << 20);
	cr_assert_eq(receipts_replay(&r, 0, only_1_and_9, collect, &f, &err), 0);
	cr_assert_eq(f.n, 3, "1 failed, 1 retried, 3 because of 9");
	cr_assert_str_eq(f.next, ID(9));
	memset(&f, 0, sizeof(f));
	cr_assert_eq(receipts_replay(&r, UINT64_MAX / 2, only_1_and_9, collect, &f, &err), 0);
	cr_assert_eq(f.n, 0, "all files are too old to matter");
	receipts_close(&r);
}

Test(receipts, replay_reads_the_generation)
{
	struct found f = { 0 };

	put(FILE_NAME, "{\"articleId\":\"" ID(1) "\",\"outcome\":\"RETRIED\",\"generation\":\"18446744073709551615\"}\n");
	open_it(1 << 20);
	cr_assert_eq(receipts_replay(&r, 0, only_1_and_9, collect, &f, &err), 0);
	cr_assert(f.n == 1 && f.last_outcome == OUTCOME_RETRIED && f.generation == UINT64_MAX);
	receipts_close(&r);
}

Test(receipts, replay_survives_long_lines)
{
	struct found f = { 0 };
	char *text = malloc(400000);

	memset(text, 'x', 300000);
	strcpy(text + 300000, "\n{\"articleId\":\"" ID(1) "\",\"outcome\":\"COPY\"}\n");
	put(FILE_NAME, text);
	free(text);
	open_it(1 << 20);
	cr_assert_eq(receipts_replay(&r, 0, only_1_and_9, collect, &f, &err), 0);
	cr_assert_eq(f.n, 1);
	receipts_close(&r);
}

Test(receipts, hostile_names_become_utf8)
{
	struct buf b;

	buf_init(&b, 0);
	receipt_file_name(&b, STR("a\xff\n\\ \xc3\xa4\x7f"));
	cr_assert_str_eq(b.data, "a\\xff\\x0a\\x5c \xc3\xa4\\x7f");
	buf_release(&b);
}
