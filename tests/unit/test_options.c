#include "base/options.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static struct options o;
static struct err err;

static void enter(void)
{
	cr_assert_eq(conf_defaults(options_table, &o, &err), 0, "%s", err.text);
	cr_assert_eq(conf_set(options_table, &o, "paths.drop", "/srv/drop", &err), 0);
}

static void leave(void)
{
	options_release(&o);
}

TestSuite(options, .init = enter, .fini = leave);

static void set(const char *name, const char *value)
{
	cr_assert_eq(conf_set(options_table, &o, name, value, &err), 0, "%s", err.text);
}

static void expect_refused(const char *part)
{
	cr_expect_eq(options_finish(&o, &err), -EINVAL);
	cr_expect_not_null(strstr(err.text, part), "\"%s\" is not in: %s", part, err.text);
}

Test(options, defaults_follow_the_drop_folder)
{
	cr_assert_eq(options_finish(&o, &err), 0, "%s", err.text);
	cr_expect_str_eq(o.spool, "/srv/drop/.copytaster");
	cr_expect_str_eq(o.state, "/srv/drop/.copytaster/state");
	cr_expect_str_eq(o.endpoint, "ipc:///srv/drop/.copytaster/ingest.sock");
	cr_expect_eq(o.scan_settle_ms, 60000);
	cr_expect_eq(o.worker_name[0], '\0');
	cr_assert_eq(options_finish(&o, &err), 0); /* again: nothing changes */
	cr_expect_eq(o.scan_settle_ms, 60000);
}

Test(options, what_was_set_stays)
{
	set("paths.spool", "/srv/spool");
	set("paths.endpoint", "ipc:///run/ct.sock");
	cr_assert_eq(options_finish(&o, &err), 0, "%s", err.text);
	cr_expect_str_eq(o.state, "/srv/spool/state");
	cr_expect_str_eq(o.endpoint, "ipc:///run/ct.sock");
}

Test(options, once_waits_less_unless_told)
{
	set("ingest.once", "yes");
	cr_assert_eq(options_finish(&o, &err), 0, "%s", err.text);
	cr_expect_eq(o.scan_settle_ms, 2000);
	set("ingest.scan_settle", "60s");
	cr_assert_eq(options_finish(&o, &err), 0, "%s", err.text);
	cr_expect_eq(o.scan_settle_ms, 60000);
	set("ingest.scan_settle", "auto");
	set("ingest.settle", "5s");
	cr_assert_eq(options_finish(&o, &err), 0, "%s", err.text);
	cr_expect_eq(o.scan_settle_ms, 5000);
}

Test(options, settle_is_the_shorter_wait)
{
	set("ingest.settle", "2s");
	set("ingest.scan_settle", "1s");
	expect_refused("ingest.scan_settle is 1s and must not be below ingest.settle, 2s");
}

Test(options, a_lease_outlives_three_reports)
{
	set("ingest.lease", "29s");
	set("ingest.ready", "10s");
	expect_refused("ingest.lease is 29s");
	set("ingest.lease", "30s");
	cr_expect_eq(options_finish(&o, &err), 0, "%s", err.text);
}

Test(options, credit_covers_the_largest_article)
{
	set("ingest.max_article_bytes", "32M");
	expect_refused("worker.credit_bytes is 16M");
}

Test(options, the_smallest_is_not_above_the_largest)
{
	set("ingest.max_article_bytes", "1K");
	set("ingest.min_article_bytes", "2K");
	expect_refused("ingest.min_article_bytes is 2K");
}

Test(options, out_is_not_drop)
{
	set("paths.out", "/srv/drop/");
	expect_refused("paths.out is the drop folder itself");
}

Test(options, endpoints)
{
	char longest[160] = "ipc:///";

	set("paths.endpoint", "tcp://127.0.0.1:5555");
	expect_refused("tcp needs CURVE keys, which this version does not have; use ipc://");
	set("paths.endpoint", "/run/ct.sock");
	expect_refused("write ipc:///path/of/a/socket");
	set("paths.endpoint", "ipc://@abstract");
	expect_refused("must begin with '/'");
	memset(longest + 7, 's', 106);
	set("paths.endpoint", longest);
	cr_expect_eq(options_finish(&o, &err), 0, "%s", err.text);
	longest[113] = 's';
	set("paths.endpoint", longest);
	expect_refused("108 bytes, the system allows 107");
}

Test(options, each_row_is_complete)
{
	for (const struct conf_option *row = options_table; row->name; row++) {
		cr_expect_not_null(strchr(row->name, '.'), "%s", row->name);
		cr_expect_gt(strlen(row->sentence), 20, "%s", row->name);
		cr_expect_eq(row->sentence[strlen(row->sentence) - 1], '.', "%s", row->name);
		cr_expect_leq(row->min, row->max, "%s", row->name);
		for (const struct conf_option *other = options_table; other != row; other++) {
			cr_expect_str_neq(row->name, other->name);
			cr_expect_neq(row->offset, other->offset, "%s, %s", row->name, other->name);
		}
	}
}
