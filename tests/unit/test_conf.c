#include "base/conf.h"
#include "base/options.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct options o;
static struct err err;

static void enter(void)
{
	cr_assert_eq(conf_defaults(options_table, &o, &err), 0, "%s", err.text);
}

static void leave(void)
{
	options_release(&o);
	options_release(&o); /* twice is harmless */
}

TestSuite(conf, .init = enter, .fini = leave);

static int set(const char *name, const char *value)
{
	return conf_set(options_table, &o, name, value, &err);
}

/* The text as a config file; *ret_path is what messages call it, to be freed. */
static int read_bytes(const char *text, size_t len, struct options *into)
{
	char path[] = "/tmp/copytaster-conf-XXXXXX";
	int fd = mkstemp(path), r;

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, len), (ssize_t)len);
	close(fd);
	err.text[0] = '\0';
	r = conf_read(options_table, into, path, &err);
	cr_assert_eq(unlink(path), 0);
	return r;
}

static int read_text(const char *text)
{
	return read_bytes(text, strlen(text), &o);
}

static void expect_error(const char *text, const char *part)
{
	cr_expect_lt(read_text(text), 0, "accepted: %s", text);
	cr_expect_not_null(strstr(err.text, part), "\"%s\" is not in: %s", part, err.text);
}

Test(conf, every_type)
{
	cr_expect_eq(read_text("# a comment\n; another\n[ingest]\nsettle = 1500ms\n  rescan: 2m ; said why\nmarker=on\n"
			       "max_active = 7\nmax_article_bytes = 2M\nkeep_done=forever\n\n[paths]\r\ndrop = /srv/w;x/\r\n"
			       "[log]\nlevel=debug\n[worker]\nprovider = Agence \xc3\x89\nname=w@3"),
		     0, "%s", err.text);
	cr_expect_eq(o.settle_ms, 1500);
	cr_expect_eq(o.rescan_ms, 120000);
	cr_expect(o.marker);
	cr_expect_eq(o.max_active, 7);
	cr_expect_eq(o.max_article_bytes, 2 << 20);
	cr_expect_eq(o.keep_done_ms, UINT64_MAX);
	cr_expect_str_eq(o.drop, "/srv/w;x");
	cr_expect_eq(o.log_level, 3);
	cr_expect_str_eq(o.provider, "Agence \xc3\x89");
	cr_expect_str_eq(o.worker_name, "w@3");
}

Test(conf, values_at_and_over_the_bounds)
{
	static const struct {
		const char *name, *value;
		int result;
	} cases[] = {
		{ "ingest.max_active", "1", 0 }, { "ingest.max_active", "65536", 0 }, { "ingest.max_active", "0", -EINVAL },
		{ "ingest.max_active", "65537", -EINVAL }, { "ingest.max_active", "-1", -EINVAL },
		{ "ingest.max_active", "+1", -EINVAL }, { "ingest.max_active", " 1", -EINVAL }, { "ingest.max_active", "", -EINVAL },
		{ "ingest.max_active", "1x", -EINVAL }, { "ingest.max_active", "0x10", -EINVAL },
		{ "ingest.max_active", "18446744073709551617", -EINVAL }, { "ingest.max_active", "1K", -EINVAL },
		{ "ingest.max_article_bytes", "256M", 0 }, { "ingest.max_article_bytes", "257M", -EINVAL },
		{ "ingest.max_article_bytes", "18014398509481984K", -EINVAL }, { "ingest.max_article_bytes", "1k", -EINVAL },
		{ "ingest.max_article_bytes", "5000", 0 }, { "ingest.settle", "0ms", -EINVAL }, { "ingest.settle", "1h", 0 },
		{ "ingest.settle", "2h", -EINVAL }, { "ingest.settle", "forever", -EINVAL }, { "ingest.settle", "auto", -EINVAL },
		{ "ingest.settle", "213503982335d", -EINVAL }, { "ingest.scan_settle", "auto", 0 },
		{ "ingest.keep_done", "none", 0 }, { "ingest.keep_done", "forever", 0 }, { "ingest.keep_done", "30d", 0 },
		{ "ingest.marker", "yes", 0 }, { "ingest.marker", "TRUE", -EINVAL }, { "ingest.marker", "0", 0 },
		{ "ingest.instance", "", -EINVAL }, { "ingest.instance", "a-B_9", 0 }, { "ingest.instance", "../x", -EINVAL },
		{ "ingest.instance", "a b", -EINVAL }, { "log.level", "warn", 0 }, { "log.level", "warn|info", -EINVAL },
		{ "log.level", "", -EINVAL }, { "file.format", "ndjson", 0 }, { "paths.drop", "", -EINVAL },
		{ "paths.spool", "", 0 }, { "paths.drop", "a\nb", -EINVAL }, { "worker.provider", "\xff", -EINVAL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(set(cases[i].name, cases[i].value), cases[i].result, "%s=%s", cases[i].name, cases[i].value);
}

Test(conf, a_refused_value_changes_nothing)
{
	cr_expect_eq(set("ingest.settle", "300ms"), 0);
	cr_expect_lt(set("ingest.settle", "3"), 0);
	cr_expect_not_null(strstr(err.text, "no unit"), "%s", err.text);
	cr_expect_eq(o.settle_ms, 300);
	cr_expect_eq(set("worker.provider", "x"), 0);
	cr_expect_lt(set("worker.provider", "\x01"), 0);
	cr_expect_str_eq(o.provider, "x");
}

Test(conf, messages_say_where_and_what_was_meant)
{
	expect_error("[ingest]\nsettle=200ms\n\nsettel = 1s\n", ":4: there is no option \"ingest.settel\"; did you mean ingest.settle?");
	expect_error("[worker]\nrescan = 1s\n", ":2: there is no option \"worker.rescan\"; did you mean ingest.rescan?");
	expect_error("[ingest]\nutterly_other = 1s\n", "`copytaster check --defaults` lists them");
	expect_error("[log]\n[ingst]\n", ":2: there is no section \"ingst\"; there are [paths] [ingest] [worker] [file] [log]");
	expect_error("settle = 1s\n", ":1: \"settle\" stands before the first [section]");
	expect_error("[ingest]\nsettle\n", ":2: the line is neither");
	expect_error("[ingest\nsettle=1s\n", ":1: the line is neither");
	expect_error("[ingest]\nsettle=1s\nsettle=2s\n", ":3: ingest.settle is set a second time; line 2");
	expect_error("[ingest]\nsettle=9d\n", ":2: ingest.settle: \"9d\" is not allowed; allowed: 1ms to 1h");
	expect_error("[ingest]\nsettle=1s\n  rescan\n", ":3: the line is neither"); /* no continued lines */
	expect_error("[ingest]\nsettle=\x1b[2J\n", "\"\\x1b[2J\"");
	cr_expect_eq(conf_read(options_table, &o, "/nonexistent/file", &err), -ENOENT);
	cr_expect_not_null(strstr(err.text, "/nonexistent/file: cannot open"));
	cr_expect_lt(conf_read(options_table, &o, "/tmp", &err), 0);
}

Test(conf, hostile_files)
{
	char *big = malloc(3 << 20);

	cr_assert_not_null(big);
	memset(big, 'x', 3 << 20);
	memcpy(big, "[ingest]\n", 9);
	cr_expect_eq(read_bytes(big, 3 << 20, &o), -EFBIG);
	cr_expect_eq(read_bytes(big, 20000, &o), -EINVAL);
	cr_expect_not_null(strstr(err.text, ":2: the line is longer than"), "%s", err.text);
	memset(big + 9, '\0', 20);
	cr_expect_eq(read_bytes(big, 29, &o), -EINVAL);
	cr_expect_not_null(strstr(err.text, "NUL"));
	cr_expect_eq(read_bytes("", 0, &o), 0);
	cr_expect_eq(read_bytes("\xef\xbb\xbf[log]\nlevel=warn\n", 20, &o), 0, "%s", err.text);
	cr_expect_eq(o.log_level, 1);
	memset(big, 'k', 200);
	memcpy(big + 200, "=1\n", 3);
	cr_expect_lt(read_bytes(big, 203, &o), 0);
	free(big);
}

Test(conf, a_long_path_survives_the_reader)
{
	char text[5000] = "[paths]\ndrop=/";

	memset(text + 14, 'd', 3000);
	memcpy(text + 3014, "\n", 2);
	cr_expect_eq(read_text(text), 0, "%s", err.text);
	cr_expect_eq(strlen(o.drop), 3001);
}

Test(conf, paths_become_absolute)
{
	char here[4096], want[4200];

	cr_assert_not_null(getcwd(here, sizeof(here)));
	cr_expect_eq(set("paths.drop", "./in/"), 0);
	(void)snprintf(want, sizeof(want), "%s/in", here);
	cr_expect_str_eq(o.drop, want);
	cr_expect_eq(set("paths.drop", "."), 0);
	cr_expect_str_eq(o.drop, here);
	cr_expect_eq(set("paths.drop", "/"), 0);
	cr_expect_str_eq(o.drop, "/");
}

/* Takes the '#' away before keys: "#key = value", while sentences begin with "# ". */
static void uncomment(char *text)
{
	char *out = text;
	bool at_start = true;

	for (; *text; text++) {
		if (at_start && text[0] == '#' && text[1] != ' ')
			text++;
		at_start = *text == '\n';
		*out++ = *text;
	}
	*out = '\0';
}

static void expect_same(const struct options *a, const struct options *b)
{
	char x[5000], y[5000];

	for (const struct conf_option *row = options_table; row->name; row++) {
		cr_assert_eq(conf_format(row, a, x, sizeof(x)), 0);
		cr_assert_eq(conf_format(row, b, y, sizeof(y)), 0);
		cr_expect_str_eq(x, y, "%s: %s, %s", row->name, x, y);
	}
}

Test(conf, the_printed_file_is_the_defaults)
{
	struct options other;
	char *text = NULL;
	size_t len, keys = 0;
	FILE *f = open_memstream(&text, &len);

	cr_assert_not_null(f);
	conf_print_file(options_table, f);
	fclose(f);
	cr_expect_eq(read_text(text), 0, "as printed: %s", err.text);
	cr_assert_eq(conf_defaults(options_table, &other, &err), 0);
	expect_same(&o, &other);

	uncomment(text);
	/* from other values back to the defaults: each key must be there */
	cr_expect_eq(read_text("[ingest]\nsettle=9m\nmarker=yes\nkeep_done=none\nscan_settle=3h\n[log]\nlevel=error\n"), 0);
	cr_expect_eq(read_text(text), 0, "uncommented: %s", err.text);
	expect_same(&o, &other);
	for (const char *p = text; (p = strstr(p, " = ")); p++)
		keys++;
	for (const struct conf_option *row = options_table; row->name; row++)
		keys--;
	cr_expect_eq(keys, 0);
	options_release(&other);
	free(text);
}

Test(conf, format_goes_round)
{
	static const char *const values[][2] = {
		{ "ingest.settle", "1500ms" }, { "ingest.settle", "90s" }, { "ingest.rescan", "1d" }, { "ingest.keep_done", "none" },
		{ "ingest.keep_done", "forever" }, { "ingest.max_article_bytes", "1000001" }, { "worker.map_bytes", "1T" },
		{ "worker.credit_bytes", "1536K" }, { "ingest.marker", "yes" }, { "log.level", "debug" },
	};
	char text[64];

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		cr_expect_eq(set(values[i][0], values[i][1]), 0, "%s", err.text);
		for (const struct conf_option *row = options_table; row->name; row++)
			if (strcmp(row->name, values[i][0]) == 0) {
				cr_expect_eq(conf_format(row, &o, text, sizeof(text)), 0);
				cr_expect_str_eq(text, values[i][1]);
				cr_expect_eq(conf_format(row, &o, text, 2), -ENOSPC);
			}
	}
}

Test(conf, help_shows_only_the_sections_asked_for)
{
	static const char *const sections[] = { "worker", NULL };
	char *text = NULL, *line, *rest;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	cr_assert_not_null(f);
	conf_print_help(options_table, sections, f);
	fclose(f);
	cr_expect_not_null(strstr(text, "--worker.credit_bytes=SIZE"));
	cr_expect_not_null(strstr(text, "Default: 16M; allowed: 1K to 4G."));
	cr_expect_null(strstr(text, "--ingest."));
	rest = text;
	while ((line = strsep(&rest, "\n")))
		cr_expect_leq(strlen(line), 80, "%s", line);
	free(text);
}
