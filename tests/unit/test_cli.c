/* What the verbs share: arguments, NDJSON input, member scan, terminal text. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/input.h"
#include "cli/lines.h"
#include "cli/scan.h"
#include "cli/tally.h"
#include "cli/term.h"
#include "cli/titles.h"
#include "tests/unit/scratch.h"

/* ---- arguments ---- */

static const struct cli_option test_options[] = {
	{ "drop", "DIR", "paths.drop", "the folder" }, { "once", NULL, NULL, "stop" }, { 0 }
};

static struct verb test_verb(size_t min_words, size_t max_words)
{
	return (struct verb){ .name = "test", .summary = "s", .usage = "u", .about = "a", .options = test_options, .config = true,
			      .output = true, .exits = "0", .example = "e", .min_words = min_words, .max_words = max_words, .words = "W" };
}

static int parse(const struct verb *verb, struct cli *c, char **argv)
{
	int argc = 0;
	while (argv[argc])
		argc++;
	return cli_parse(verb, argc, argv, c);
}

Test(args, options_words_and_settings)
{
	struct verb verb = test_verb(0, 9);
	struct cli c;
	char drop[] = "--drop=/a", once[] = "--once", set[] = "--ingest.max_active=7", word[] = "w", end[] = "--", dash[] = "--once";
	cr_assert_eq(parse(&verb, &c, (char *[]){ drop, once, set, word, end, dash, NULL }), -1);
	cr_assert_str_eq(cli_value(&c, "drop"), "/a");
	cr_assert_not_null(cli_value(&c, "once"));
	cr_assert_null(cli_value(&c, "json"));
	cr_assert_eq(c.n_words, 2);
	cr_assert_str_eq(c.words[1], "--once", "behind -- all are words");
	struct options o;
	struct err err;
	cr_assert_eq(cli_options(&c, &o, &err), 0, "%s", err.text);
	cr_assert_str_eq(o.drop, "/a");
	cr_assert_str_eq(o.spool, "/a/.copytaster");
	cr_assert_eq(o.max_active, 7);
	options_release(&o);
	cli_release(&c);
}

Test(args, the_last_value_wins)
{
	struct verb verb = test_verb(0, 0);
	struct cli c;
	char a[] = "--drop", b[] = "x", d[] = "--drop", e[] = "/y";
	cr_assert_eq(parse(&verb, &c, (char *[]){ a, b, d, e, NULL }), -1);
	cr_assert_str_eq(cli_value(&c, "drop"), "/y");
	cli_release(&c);
}

Test(args, wrong_usage_is_64)
{
	struct verb verb = test_verb(0, 0);
	struct cli c;
	char unknown[] = "--onec", word[] = "word", valued[] = "--once=1", missing[] = "--drop", set[] = "--paths.drop";
	cr_assert_eq(parse(&verb, &c, (char *[]){ unknown, NULL }), CLI_USAGE);
	cr_assert_eq(parse(&verb, &c, (char *[]){ word, NULL }), CLI_USAGE);
	cr_assert_eq(parse(&verb, &c, (char *[]){ valued, NULL }), CLI_USAGE);
	cr_assert_eq(parse(&verb, &c, (char *[]){ missing, NULL }), CLI_USAGE);
	cr_assert_eq(parse(&verb, &c, (char *[]){ set, NULL }), CLI_USAGE);
}

Test(args, a_bad_setting_is_named)
{
	struct verb verb = test_verb(0, 0);
	struct cli c;
	struct options o;
	struct err err;
	char set[] = "--ingest.max_activ=7";
	cr_assert_eq(parse(&verb, &c, (char *[]){ set, NULL }), -1);
	cr_assert_eq(cli_options(&c, &o, &err), CLI_CONFIG);
	cr_assert_not_null(strstr(err.text, "ingest.max_active"), "%s", err.text);
	cli_release(&c);
}

Test(args, a_wrong_value_of_an_own_option_is_usage)
{
	struct verb verb = test_verb(0, 0);
	struct cli c;
	struct options o;
	struct err err;
	char drop[] = "--drop=a\tb";
	cr_assert_eq(parse(&verb, &c, (char *[]){ drop, NULL }), -1);
	cr_assert_eq(cli_options(&c, &o, &err), CLI_USAGE);
	cr_assert_not_null(strstr(err.text, "--drop"), "%s", err.text);
	cli_release(&c);
}

Test(args, nearest)
{
	static const char *const names[] = { "extract", "copies", "compare", "run", NULL };
	cr_assert_str_eq(cli_nearest("extrat", names), "extract");
	cr_assert_str_eq(cli_nearest("comp", names), "compare");
	cr_assert_str_eq(cli_nearest("rn", names), "run");
	cr_assert_null(cli_nearest("subscribe", names));
	cr_assert_null(cli_nearest("x", names));
}

/* ---- input ---- */

static int file_of(const char *text, size_t len)
{
	int fd = memfd_create("input", 0);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, len), (ssize_t)len);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static struct input *input_of(const char *text)
{
	return input_new(file_of(text, strlen(text)), 4096);
}

Test(input, fields)
{
	struct input *in = input_of("\xef\xbb\xbf{\"id\":\"a\",\"time\":\"2016-03-27T14:29:00Z\",\"text\":\"x\\u0000y\",\"more\":[1,{}]}\r\n\n"
				    " {\"text\":\"t\",\"id\":42,\"time\":null}\n{\"id\":1.5,\"text\":\"\"}");
	struct input_line line;
	struct err err;
	cr_assert_eq(input_next(in, &line, &err), INPUT_LINE, "%s", err.text);
	cr_assert(str_is(line.id, "a"));
	cr_assert(str_is(line.time, "2016-03-27T14:29:00Z"));
	cr_assert(str_eq(line.text, STR("x\0y")));
	cr_assert_eq(input_next(in, &line, &err), INPUT_LINE);
	cr_assert(str_is(line.id, "42"));
	cr_assert_eq(line.number, 3);
	cr_assert_eq(line.time.len, 0);
	cr_assert_eq(input_next(in, &line, &err), INPUT_LINE, "a last line without newline counts");
	cr_assert(str_is(line.id, "1.5"));
	cr_assert_eq(input_next(in, &line, &err), INPUT_END);
	cr_assert_eq(input_next(in, &line, &err), INPUT_END);
	input_free(&in);
}

Test(input, bad_lines_are_named_and_passed_over)
{
	static const struct {
		const char *json, *word;
	} bad[] = {
		{ "{\"id\":\"a\"", "not JSON" },
		{ "[1]", "object" },
		{ "{\"text\":\"t\"}", "\"id\" is missing" },
		{ "{\"id\":[],\"text\":\"t\"}", "\"id\" must be" },
		{ "{\"id\":\"\",\"text\":\"t\"}", "1 to" },
		{ "{\"id\":\"a\\u0000b\",\"text\":\"t\"}", "NUL" },
		{ "{\"id\":\"a\"}", "\"text\" is missing" },
		{ "{\"id\":\"a\",\"text\":1}", "\"text\" must be" },
		{ "{\"id\":\"a\",\"text\":\"t\",\"time\":5}", "\"time\" must be" },
		{ "{\"id\":\"a\",\"text\":\"t\",\"time\":\"yesterday\"}", "RFC 3339" },
		{ "{\"id\":\"a\",\"text\":\"\xff\"}", "decode byte 0xff" },
		{ "{\"id\":\"a\",\"text\":\"t\"} x", "not JSON" },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[512];
		struct input_line line;
		struct err err;
		(void)snprintf(text, sizeof(text), "%s\n{\"id\":\"next\",\"text\":\"t\"}\n", bad[i].json);
		struct input *in = input_of(text);
		cr_assert_eq(input_next(in, &line, &err), INPUT_BAD, "%s", bad[i].json);
		cr_assert_str_eq(line.code, "BAD_INPUT");
		cr_assert_not_null(strstr(err.text, bad[i].word), "%s: %s", bad[i].json, err.text);
		cr_assert_eq(input_next(in, &line, &err), INPUT_LINE);
		cr_assert(str_is(line.id, "next"));
		input_free(&in);
	}
}

Test(input, too_large)
{
	size_t len = 5000;
	char *text = malloc(len + 64);
	struct input_line line;
	struct err err;
	size_t n = (size_t)sprintf(text, "{\"id\":\"a\",\"text\":\"");
	memset(text + n, 'x', len);
	strcpy(text + n + len, "\"}\n");
	struct input *in = input_of(text);
	cr_assert_eq(input_next(in, &line, &err), INPUT_BAD);
	cr_assert_str_eq(line.code, "TOO_LARGE");
	cr_assert(str_is(line.id, "a"), "the id is known all the same");
	input_free(&in);
	free(text);
}

Test(lines, a_line_over_the_bound_is_passed_over)
{
	enum { LONG = 3 << 20 };
	char *text = malloc(LONG + 16);
	struct lines l;
	struct str s;
	memset(text, 'x', LONG);
	memcpy(text + LONG, "\nab\ncd", 6);
	int fd = file_of(text, LONG + 6);
	lines_init(&l, fd, 1000);
	cr_assert_eq(lines_next(&l, &s), -EFBIG);
	cr_assert_lt(l.data.size, (size_t)LONG, "its bytes are not kept");
	cr_assert_eq(lines_next(&l, &s), 0);
	cr_assert(str_is(s, "ab"));
	cr_assert_not(l.torn);
	cr_assert_not(lines_ready(&l));
	cr_assert_eq(lines_next(&l, &s), 0);
	cr_assert(str_is(s, "cd"));
	cr_assert(l.torn);
	cr_assert_eq(l.number, 3);
	cr_assert_eq(lines_next(&l, &s), 1);
	lines_release(&l);
	close(fd);
	free(text);
}

/* ---- scan ---- */

Test(scan, members_at_the_top_only)
{
	struct scan_member m[] = { { "id", { 0 } }, { "ids", { 0 } }, { "none", { 0 } } };
	struct str line = STR("{\"x\":{\"id\":\"no\",\"y\":[\"}\",\"\\\"{\"]},\"id\" : \"yes\",\"n\":-1.5e3,\"t\":true,\"ids\":[\"a\",\"b\\\"c\",\"d\"]}");
	struct str one;
	size_t at = 0;
	cr_assert_eq(scan_object(line, m, 3), 0);
	cr_assert(str_is(scan_string(m[0].value), "yes"));
	cr_assert_eq(m[2].value.len, 0);
	cr_assert(scan_array_next(m[1].value, &at, &one) && str_is(one, "a"));
	cr_assert(scan_array_next(m[1].value, &at, &one) && one.len == 0, "no id has escapes");
	cr_assert(scan_array_next(m[1].value, &at, &one) && str_is(one, "d"));
	cr_assert_not(scan_array_next(m[1].value, &at, &one));
}

Test(scan, broken_objects)
{
	static const char *const bad[] = {
		"", "{", "x", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":\"b}", "{\"a\":\"b\\\"}", "{\"a\":[1}", "{\"a\":1}}", "{\"a\":1,}", "{\"a\":1 \"b\":2}",
		"{\"a", "{\"a\":{\"b\":[}", NULL
	};
	for (size_t i = 0; bad[i]; i++) {
		struct scan_member m[] = { { "zz", { 0 } } };
		/* "{"a":[1}" nests wrongly but ends: brackets are counted, not matched. */
		int rc = scan_object(str_of(bad[i]), m, 1);
		cr_assert(rc == -EBADMSG || !strcmp(bad[i], "{\"a\":[1}"), "%s gave %d", bad[i], rc);
	}
	struct scan_member m[] = { { "a", { 0 } } };
	cr_assert_eq(scan_object(STR(" { } "), m, 1), 0);
}

/* ---- terminal ---- */

static void expect(struct buf *b, const char *want)
{
	buf_char(b, '\0');
	cr_assert_str_eq(b->data, want);
	buf_reset(b);
}

Test(term, hostile_bytes)
{
	struct buf b;
	buf_init(&b, 0);
	term_text(&b, STR("a\033[31m\x7f\xff\n\xe2\x80\xae z\xc3\xa9"));
	expect(&b, "a\\x1b[31m\\x7f\\xff \\xe2\\x80\\xae z\xc3\xa9");
	cr_assert_eq(term_columns(STR("\xc3\xa9\xe4\xb8\xad")), 3);
	term_cut(&b, STR("abcdef"), 4);
	expect(&b, "abc…");
	term_cut(&b, STR("abcd"), 4);
	expect(&b, "abcd");
	buf_release(&b);
}

Test(term, wrap)
{
	struct term t = { .width = 40 };
	struct buf b;
	buf_init(&b, 0);
	term_wrap(&b, &t, STR("one two  three\nfour five six seven eight nine ten"), 4, 4);
	expect(&b, "one two three four five six seven\n    eight nine ten\n");
	term_wrap(&b, &t, STR(""), 4, 4);
	expect(&b, "\n");
	/* A word longer than a line is cut, never lost. */
	term_wrap(&b, &t, STR("0123456789012345678901234567890123456789abc"), 4, 4);
	expect(&b, "012345678901234567890123456789012345\n    6789abc\n");
	buf_release(&b);
}

/* ---- tally ---- */

Test(tally, entries_are_found_again)
{
	struct tally t = { 0 };
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 5000; i++) {
			struct ulid id = { { 0 } };
			memcpy(id.b + 12, &i, sizeof(i));
			struct tally_entry *e = tally_entry(&t, &id);
			cr_assert_not_null(e);
			e->articles++;
		}
	cr_assert_eq(t.n, 5000);
	for (size_t i = 0; i < t.n; i++)
		cr_assert_eq(t.entries[i].articles, 2);
	tally_release(&t);
}

/* ---- titles ---- */

static void put_file(const char *name, const char *text)
{
	FILE *f = fopen(scratch_path(name), "w");
	cr_assert_not_null(f);
	cr_assert_geq(fputs(text, f), 0);
	cr_assert_eq(fclose(f), 0);
}

static void expect_title(struct titles *t, const char *id, const char *title)
{
	struct str found = titles_find(t, str_of(id));
	cr_expect(str_is(found, title), "%s: \"%.*s\"", id, STR_ARGS(found));
}

Test(titles, of_earlier_runs_too, .init = scratch_make, .fini = scratch_remove)
{
	struct titles *t = titles_new(scratch);
	put_file("articles-01A.ndjson", "{\"articleId\":\"A\",\"title\":\"Caf\\u00e9 \\\"open\\\"\",\"fileName\":\"a.txt\"}\n"
					"{\"articleId\":\"B\",\"fileName\":\"b.txt\"}\nno record\n{\"articleId\":\"C\"}\n");
	put_file("articles-01B.ndjson.open", "{\"articleId\":\"D\",\"title\":\"Of the open one\"}\n{\"articleId\":\"E\",\"ti");
	put_file("claims-01A.ndjson", "{\"articleId\":\"F\",\"title\":\"Not from claims\"}\n");
	titles_add(t, STR("G"), STR("Shown before"));
	titles_add(t, STR("G"), STR("and not again"));
	expect_title(t, "G", "Shown before");
	expect_title(t, "A", "Caf\xc3\xa9 \"open\"");
	expect_title(t, "B", "b.txt");
	expect_title(t, "C", "");
	expect_title(t, "D", "Of the open one");
	expect_title(t, "E", "");
	expect_title(t, "F", "");
	titles_free(&t);
	cr_assert_null(t);
}

Test(titles, memory_has_a_bound)
{
	struct titles *t = titles_new(NULL);
	char id[16], last[16] = "";
	char title[1000];
	memset(title, 'x', sizeof(title));
	memcpy(title + 239, "\xc3\xa9", 2); /* across the cut */
	for (int i = 0; i < 3 * TITLES_MOST; i++) {
		(void)snprintf(id, sizeof(id), "%d", i);
		titles_add(t, str_of(id), (struct str){ title, sizeof(title) });
		memcpy(last, id, sizeof(last));
	}
	expect_title(t, "0", "");
	cr_expect_eq(titles_find(t, str_of(last)).len, 239);
	(void)snprintf(id, sizeof(id), "%d", 2 * TITLES_MOST);
	cr_expect_eq(titles_find(t, str_of(id)).len, 239);
	titles_free(&t);
}
