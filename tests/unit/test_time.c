#include <criterion/criterion.h>

#include "base/buf.h"
#include "tests/unit/claim_text.h"
#include "workers/claim/time.h"

static struct claim_text c;
static struct time_ref *list;
static size_t n;

static void find(const char *body, const char *time)
{
	claim_text_open(&c, body, time);
	cr_assert_eq(time_find(&c.text, &c.article, c.arena, &list, &n), 0);
	for (size_t i = 0; i < n; i++) {
		cr_assert(str_eq(list[i].text, str_cut(c.article.text, list[i].span.start, list[i].span.end)));
		cr_assert(!i || list[i].span.start >= list[i - 1].span.end);
	}
}

/* Seen from Monday 28 March 2016. */
static const struct {
	const char *body, *text, *iso;
} rows[] = {
	{ "It fell on Sunday to them.", "Sunday", "2016-03-27" },
	{ "It fell on Monday to them.", "Monday", "2016-03-28" },
	{ "It fell last Monday to them.", "last Monday", "2016-03-21" },
	{ "It will open on Friday again.", "Friday", "2016-04-01" },
	{ "It opens next Friday again.", "next Friday", "2016-04-01" },
	{ "It fell on Sunday, March 20, to them.", "Sunday, March 20", "2016-03-20" },
	{ "It fell on March 27 to them.", "March 27", "2016-03-27" },
	{ "It fell on 27 March 2015 to them.", "27 March 2015", "2015-03-27" },
	{ "It fell on December 5 to them.", "December 5", "2015-12-05" },
	{ "It fell in May 2015 to them.", "May 2015", "2015-05" },
	{ "They will sing in May.", "May", "2016-05" },
	{ "It was sold in June.", "June", "2015-06" },
	{ "It was sold on Jun. 5 to them.", "Jun. 5", "2015-06-05" },
	{ "It began at 5 p.m. there.", "5 p.m.", "" },
	{ "It fell in September to them.", "September", "2015-09" },
	{ "It fell in February to them.", "February", "2016-02" },
	{ "It will open in September again.", "September", "2016-09" },
	{ "It fell in 2014 to them.", "2014", "2014" },
	{ "It lasted from 2014-15 or so.", "2014-15", "2014/2015" },
	{ "It was built in the 1980s for them.", "1980s", "198X" },
	{ "It was built in the 19th century for them.", "19th century", "18XX" },
	{ "It fell yesterday to them.", "yesterday", "2016-03-27" },
	{ "It fell last year to them.", "last year", "2015" },
	{ "It fell last month to them.", "last month", "2016-02" },
	{ "It fell last week to them.", "last week", "2016-03-21/2016-03-27" },
	{ "It fell this week to them.", "this week", "2016-03-28/2016-04-03" },
	{ "It opens next month again.", "next month", "2016-04" },
	{ "It fell last August to them.", "last August", "2015-08" },
	{ "It fell last summer to them.", "last summer", "2015-22" },
	{ "It fell two weeks ago to them.", "two weeks ago", "2016-03-14~" },
	{ "It fell three months ago to them.", "three months ago", "2015-12" },
	{ "It fell a year ago to them.", "a year ago", "2015" },
	{ "It fell ten days ago to them.", "ten days ago", "2016-03-18" },
	{ "It was held 10 times in the last 24 hours there.", "last 24 hours", "2016-03-27/2016-03-28" },
	{ "It was held in the past three years there.", "past three years", "2013/2016" },
	{ "It fell over the weekend to them.", "weekend", "2016-03-26/2016-03-27" },
	{ "It fell in recent months to them.", "recent months", "" },
	{ "It fell on 2016-02-29 to them.", "2016-02-29", "2016-02-29" },
	{ "It fell at 10:30 a.m. to them.", "10:30 a.m.", "" },
};

Test(time, rows)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		find(rows[i].body, "2016-03-28T10:00:00Z");
		cr_assert_eq(n, 1, "%s: %zu", rows[i].body, n);
		cr_assert(str_is(list[0].text, rows[i].text), "%s: %.*s", rows[i].body, STR_ARGS(list[0].text));
		cr_assert(str_is(list[0].iso, rows[i].iso), "%s: %.*s", rows[i].body, STR_ARGS(list[0].iso));
		claim_text_close(&c);
	}
}

Test(time, relative_without_a_date_stays_open)
{
	find("It fell on Sunday, in February, last year and in May 2015 to them.", NULL);
	cr_assert_eq(n, 4);
	cr_assert(!list[0].iso.len && !list[1].iso.len && !list[2].iso.len);
	cr_assert(str_is(list[3].iso, "2015-05"));
	claim_text_close(&c);
}

Test(time, dateline_counts)
{
	find("Town falls\n\nBEIRUT, March 28, 2016 (Reuters) - The town fell on Sunday, the army said.", "2020-01-01T00:00:00Z");
	cr_assert_eq(n, 1);
	cr_assert(str_is(list[0].iso, "2016-03-27"));
	claim_text_close(&c);
}

Test(time, words_that_are_no_times)
{
	static const char *const bodies[] = { "The march may go on.", "She read The Sun there.", "May she win it.", "It cost 2014 dollars.", "He is now known.",
					      "Boeing 1987 was there.", "The dec was clean.", "August Strindberg wrote it." };
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		find(bodies[i], "2016-03-28T10:00:00Z");
		cr_assert_eq(n, i == 4, "%s: %zu", bodies[i], n); /* "now" alone is one */
		claim_text_close(&c);
	}
}

Test(time, roles)
{
	static const struct {
		const char *body;
		enum time_role role;
	} cases[] = {
		{ "The ministry said on Sunday that the town was quiet.", TIME_ROLE_UTTERANCE },
		{ "The army on Sunday also said the town was quiet.", TIME_ROLE_UTTERANCE },
		{ "On Sunday, the army announced that the town was quiet.", TIME_ROLE_UTTERANCE },
		{ "The minister told reporters on Sunday.", TIME_ROLE_UTTERANCE },
		{ "The army took the town on Sunday, the ministry said.", TIME_ROLE_EVENT },
		{ "It was the biggest defeat since the group declared a state in 2014.", TIME_ROLE_REFERENCE },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		find(cases[i].body, "2016-03-28T10:00:00Z");
		cr_assert_eq(n, 1, "%s", cases[i].body);
		cr_assert_eq(list[0].role, cases[i].role, "%s: %d", cases[i].body, list[0].role);
		claim_text_close(&c);
	}
}

Test(time, extreme_counts_do_no_harm)
{
	find("It was 9999 years ago, 9999 weeks ago, 9999 months ago, in the last 9999 decades and 5000000 days ago.", "1600-02-29T00:00:00Z");
	for (size_t i = 0; i < n; i++)
		cr_assert(!list[i].iso.len || list[i].iso.data[0] != '-', "%.*s", STR_ARGS(list[i].iso));
	claim_text_close(&c);
	find("It fell on February 29 to them.", "2015-03-28T10:00:00Z");
	cr_assert(str_is(list[0].iso, "2012-02-29"), "%.*s", STR_ARGS(list[0].iso));
	claim_text_close(&c);
}

Test(time, long_input_stays_linear)
{
	static const char *const parts[] = { "Monday ", "last ", "May ", "in 2014 ", "two weeks ", "10:30 ", "since it was " };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct buf b;
		buf_init(&b, 0);
		for (int k = 0; k < 100000; k++)
			buf_text(&b, parts[i]);
		buf_char(&b, '\0');
		find(b.data, "2016-03-28T10:00:00Z");
		claim_text_close(&c);
		buf_release(&b);
	}
}
