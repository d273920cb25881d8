#include "base/log.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char last[8192];
static int lines;

static void hook(enum log_level level, const char *line, void *arg)
{
	(void)level;
	(void)arg;
	(void)snprintf(last, sizeof(last), "%s", line);
	lines++;
}

Test(log, lines_below_the_level_stay_away)
{
	log_init("test", LOG_LEVEL_WARN);
	log_set_hook(hook, NULL);
	log_info("CT0001", "heard", "n=%d", 1);
	log_debug("CT0001", "heard", "n=%d", 1);
	cr_expect_eq(lines, 0);
	log_error("CT0002", "broke", "n=%d", 2);
	log_warn("CT0003", "creaked", "n=%d", 3);
	cr_expect_eq(lines, 2);
	cr_expect_str_eq(last, "CT0003 creaked n=3");
	log_set_hook(NULL, NULL);
}

Test(log, no_line_holds_a_control_byte)
{
	log_init("test", LOG_LEVEL_INFO);
	log_set_hook(hook, NULL);
	/* line break, escape, C1 control, right-to-left override, invalid UTF-8; é and € stay */
	log_info("CT0001", "took", "name=%s", "a\nb\x1b[2J\xc2\x9b\xe2\x80\xae\xff \xc3\xa9\xe2\x82\xac");
	cr_expect_str_eq(last, "CT0001 took name=a\\x0ab\\x1b[2J\\xc2\\x9b\\xe2\\x80\\xae\\xff \xc3\xa9\xe2\x82\xac");
	log_set_hook(NULL, NULL);
}

Test(log, long_lines_are_cut_whole)
{
	char huge[10000];

	memset(huge, '\n', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	log_init("test", LOG_LEVEL_INFO);
	log_set_hook(hook, NULL);
	log_info("CT0001", "took", "name=%s", huge);
	cr_expect_eq(lines, 1);
	cr_expect_lt(strlen(last), 4096);
	cr_expect_eq((strlen(last) - strlen("CT0001 took name=")) % 4, 0);
	log_set_hook(NULL, NULL);
}

Test(log, quote)
{
	char out[64];

	cr_expect_str_eq(log_quote(STR("plain"), out, sizeof(out)), "\"plain\"");
	cr_expect_str_eq(log_quote((struct str){ NULL, 0 }, out, sizeof(out)), "\"\"");
	cr_expect_str_eq(log_quote(STR("a\"b\\c\td\0"), out, sizeof(out)), "\"a\\\"b\\\\c\\x09d\\x00\"");
	cr_expect_str_eq(log_quote(STR("\xff\xc3\xa9%s"), out, sizeof(out)), "\"\\xff\xc3\xa9%s\"");
	cr_expect_str_eq(log_quote(STR("0123456789"), out, 8), "\"01...\"");
	cr_expect_str_eq(log_quote(STR("01234"), out, 8), "\"01234\"");
	cr_expect_str_eq(log_quote(STR("0123\xc3\xa9"), out, 8), "\"01...\"");
}

Test(log, quote_never_overruns)
{
	char text[300];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	for (size_t size = 8; size < 400; size++) {
		char *out = malloc(size); /* exactly: the sanitizer sees one byte too many */

		cr_assert_not_null(out);
		(void)log_quote((struct str){ text, sizeof(text) }, out, size);
		cr_assert_eq(out[0], '"');
		cr_assert_eq(out[strlen(out) - 1], '"');
		free(out);
	}
}

/* One line as it stands on standard error. */
static void written(char *out, size_t size)
{
	char path[] = "/tmp/copytaster-log-XXXXXX";
	int saved = dup(STDERR_FILENO), fd = mkstemp(path);
	ssize_t n;

	cr_assert_geq(fd, 0);
	cr_assert_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	if (getenv("AS_JOURNAL")) {
		char stream[64];
		struct stat st;

		cr_assert_eq(fstat(fd, &st), 0);
		(void)snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
		cr_assert_eq(setenv("JOURNAL_STREAM", stream, 1), 0);
	}
	log_init("copytaster-test", LOG_LEVEL_INFO);
	log_warn("CT0009", "slow", "ms=%d", 12);
	cr_assert_eq(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	n = pread(fd, out, size - 1, 0);
	cr_assert_geq(n, 0);
	out[n] = '\0';
	close(fd);
	close(saved);
	cr_assert_eq(unlink(path), 0);
}

Test(log, the_journal_gets_a_priority_others_the_time)
{
	char text[256];

	cr_assert_eq(setenv("JOURNAL_STREAM", "1:2", 1), 0); /* inherited, but stderr is another file */
	written(text, sizeof(text));
	cr_expect_eq(text[0], '2');
	cr_expect_not_null(strstr(text, "Z copytaster-test warn CT0009 slow ms=12\n"));
	cr_assert_eq(setenv("AS_JOURNAL", "1", 1), 0);
	written(text, sizeof(text));
	cr_expect_str_eq(text, "<4>CT0009 slow ms=12\n");
}
