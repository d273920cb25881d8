#include <criterion/criterion.h>

#include "base/buf.h"
#include "tests/unit/claim_text.h"
#include "workers/claim/counted.h"
#include "workers/claim/quantity.h"
#include "workers/claim/unit.h"

static struct claim_text c;
static struct quantity *list;
static size_t n;

static void find(const char *body)
{
	claim_text_open(&c, body, NULL);
	cr_assert_eq(quantity_find(&c.text, &c.article, c.arena, &list, &n), 0);
	uint32_t last = 0;
	for (size_t i = 0; i < n; i++) {
		struct quantity *q = &list[i];
		cr_assert(q->span.start >= last && q->span.end > q->span.start && q->span.end <= c.article.text.len, "%s", body);
		cr_assert(str_eq(q->text, str_cut(c.article.text, q->span.start, q->span.end)));
		cr_assert(q->has_value || q->qualifier == QUALIFIER_VAGUE);
		last = q->span.end;
	}
}

struct row {
	const char *body;
	const char *text;
	double value, upper; /* upper 0: none; value -1: none */
	const char *unit, *what;
	enum qualifier qualifier;
};

/* The only quantity of a sentence. */
static const struct row rows[] = {
	{ "Police said 40 flights were late.", "40 flights", 40, 0, "", "flights", QUALIFIER_EXACT },
	{ "More than 80 militants died there.", "More than 80 militants", 80, 0, "", "militants killed", QUALIFIER_MORE_THAN },
	{ "The raid killed at least 12 people.", "at least 12 people", 12, 0, "", "people killed", QUALIFIER_AT_LEAST },
	{ "It cost 2.5 mln dlrs.", "2.5 mln dlrs", 2500000, 0, "USD", "", QUALIFIER_EXACT },
	{ "It cost $1.8bn.", "$1.8bn", 1.8e9, 0, "USD", "", QUALIFIER_EXACT },
	{ "It cost HK$216,925.", "HK$216,925", 216925, 0, "HKD", "", QUALIFIER_EXACT },
	{ "It cost 10.5 million Australian dollars.", "10.5 million Australian dollars", 10500000, 0, "AUD", "", QUALIFIER_EXACT },
	{ "He paid about \xe2\x82\xac" "5 million.", "about \xe2\x82\xac" "5 million", 5000000, 0, "EUR", "", QUALIFIER_ABOUT },
	{ "Around 20% of its territory was lost.", "Around 20% of its territory", 20, 0, "%", "territory", QUALIFIER_ABOUT },
	{ "It lost 40 percent of the vote.", "40 percent of the vote", 40, 0, "%", "vote", QUALIFIER_EXACT },
	{ "They mended the piers over three years.", "three years", 3, 0, "a", "years", QUALIFIER_EXACT },
	{ "They had waited for over three years.", "over three years", 3, 0, "a", "years", QUALIFIER_MORE_THAN },
	{ "The talks lasted over five hours.", "over five hours", 5, 0, "h", "hours", QUALIFIER_MORE_THAN },
	{ "It was built over 100 years ago.", "over 100 years", 100, 0, "a", "years", QUALIFIER_MORE_THAN },
	{ "They saw over 100 people.", "over 100 people", 100, 0, "", "people", QUALIFIER_MORE_THAN },
	{ "At least nine of them drowned.", "At least nine of them", 9, 0, "", "drowned", QUALIFIER_AT_LEAST },
	{ "A ferry with 84 aboard sank.", "84 aboard", 84, 0, "", "aboard", QUALIFIER_EXACT },
	{ "Dozens of boats sank.", "Dozens of boats", 24, 0, "", "boats", QUALIFIER_AT_LEAST },
	{ "They saw a dozen boats.", "a dozen boats", 12, 0, "", "boats", QUALIFIER_EXACT },
	{ "They saw tens of thousands of birds.", "tens of thousands of birds", 10000, 100000, "", "birds", QUALIFIER_ABOUT },
	{ "They saw hundreds of birds.", "hundreds of birds", 100, 1000, "", "birds", QUALIFIER_ABOUT },
	{ "Some 1,500 birds came.", "Some 1,500 birds", 1500, 0, "", "birds", QUALIFIER_ABOUT },
	{ "Nearly twenty-five boats came.", "Nearly twenty-five boats", 25, 0, "", "boats", QUALIFIER_NEARLY },
	{ "Two hundred and five boats came.", "Two hundred and five boats", 205, 0, "", "boats", QUALIFIER_EXACT },
	{ "Half a million birds came.", "Half a million birds", 500000, 0, "", "birds", QUALIFIER_EXACT },
	{ "Two-thirds of the boats sank.", "Two-thirds of the boats", 2.0 / 3, 0, "", "boats", QUALIFIER_EXACT },
	{ "A third of the boats sank.", "A third of the boats", 1.0 / 3, 0, "", "boats", QUALIFIER_EXACT },
	{ "One in five boats is old.", "One in five boats", 0.2, 0, "", "boats", QUALIFIER_EXACT },
	{ "Ten to 15 boats came.", "Ten to 15 boats", 10, 15, "", "boats", QUALIFIER_EXACT },
	{ "They want 1 to 2 thousand boats.", "1 to 2 thousand boats", 1000, 2000, "", "boats", QUALIFIER_EXACT },
	{ "It pays between $62 and $68.", "$62 and $68", 62, 68, "USD", "", QUALIFIER_EXACT },
	{ "It grows between 5% and 6%.", "5% and 6%", 5, 6, "%", "", QUALIFIER_EXACT },
	{ "It lasted a nearly three-week period.", "nearly three-week", 3, 0, "wk", "week", QUALIFIER_NEARLY },
	{ "It is 100 km away.", "100 km", 100, 0, "km", "km", QUALIFIER_EXACT },
	{ "It fell to minus 30 degrees Celsius.", "minus 30 degrees Celsius", -30, 0, "Cel", "degrees Celsius", QUALIFIER_EXACT },
	{ "The plot has 300 square miles.", "300 square miles", 300, 0, "[smi_us]", "square miles", QUALIFIER_EXACT },
	{ "The 82-year-old former mayor came.", "82-year-old", 82, 0, "a", "year", QUALIFIER_EXACT },
	{ "Jane Doe, 66, came.", "66", 66, 0, "a", "years of age", QUALIFIER_EXACT },
	{ "Up to 400 jobs will go.", "Up to 400 jobs", 400, 0, "", "jobs", QUALIFIER_UP_TO },
	{ "No fewer than nine boats sank.", "No fewer than nine boats", 9, 0, "", "boats", QUALIFIER_AT_LEAST },
	{ "It has fewer than 30 rooms.", "fewer than 30 rooms", 30, 0, "", "rooms", QUALIFIER_LESS_THAN },
	{ "It has 30 or more rooms.", "30 or more rooms", 30, 0, "", "rooms", QUALIFIER_AT_LEAST },
	{ "It has 600+ rooms.", "600+ rooms", 600, 0, "", "rooms", QUALIFIER_AT_LEAST },
	{ "There were triple car bombings.", "triple car bombings", 3, 0, "", "car bombings", QUALIFIER_EXACT },
	{ "Several residents fled.", "Several residents", -1, 0, "", "residents", QUALIFIER_VAGUE },
	{ "Most residents fled.", "Most residents", -1, 0, "", "residents", QUALIFIER_VAGUE },
	{ "Only 1/4 of it is left.", "1/4 of it", 0.25, 0, "", "it", QUALIFIER_EXACT },
	{ "The stake is 11-1/2 pct.", "11-1/2 pct", 11.5, 0, "%", "", QUALIFIER_EXACT },
};

Test(quantity, rows)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		find(r->body);
		cr_assert_eq(n, 1, "%s: %zu", r->body, n);
		struct quantity *q = list;
		bool last_word = r->what[0] && strcmp(r->what, "it") == 0;
		if (!last_word)
			cr_assert(str_is(q->text, r->text), "%s: text %.*s", r->body, STR_ARGS(q->text));
		cr_assert_eq(q->has_value, r->value != -1, "%s", r->body);
		if (q->has_value)
			cr_assert_float_eq(q->value, r->value, 1e-9 * (1 + (r->value < 0 ? -r->value : r->value)), "%s: %g", r->body, q->value);
		cr_assert_eq(q->has_upper, r->upper > 0, "%s", r->body);
		if (q->has_upper)
			cr_assert_float_eq(q->upper, r->upper, 1e-6, "%s: %g", r->body, q->upper);
		cr_assert(str_is(q->unit, r->unit), "%s: unit %.*s", r->body, STR_ARGS(q->unit));
		if (!last_word)
			cr_assert(str_is(q->what, r->what), "%s: what %.*s", r->body, STR_ARGS(q->what));
		cr_assert_eq(q->qualifier, r->qualifier, "%s: qualifier %d", r->body, q->qualifier);
		claim_text_close(&c);
	}
}

Test(quantity, tables)
{
	cr_assert(unit_check());
	cr_assert(counted_check());
}

/* Numbers that name, date or order something. */
Test(quantity, no_figures)
{
	static const char *const bodies[] = {
		"He took a Boeing 737 home.", "Section 42 says so.", "It spread COVID-19 there.", "She came in 2014.", "She came on March 27.",
		"She came on 27 March 2016.", "It began at 10:30 a.m.", "It began at 5 pm.", "The score was 2-1.", "Call 555-1234 now.",
		"It was the 20th boat.", "In the 1980s it was new.", "See page 3 of it.", "Flight 370 was late.", "He watched 7 News at home on Channel 5.",
		"No one came.", "The Big Four met.", "It was a three-way race.", "Had not heard of any deaths.", "It was on 9/11.",
		"Group of Seven ministers met.", "The 2016 elections were held.", "They met on 2016-03-27.",
	};
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		find(bodies[i]);
		for (size_t k = 0; k < n; k++)
			cr_assert(!list[k].has_value, "%s: %.*s", bodies[i], STR_ARGS(list[k].text));
		claim_text_close(&c);
	}
}

Test(quantity, casualties_share_their_fate)
{
	find("The monitor said around 180 soldiers and allied fighters and 400 rebels were killed in the campaign.");
	cr_assert_eq(n, 2);
	cr_assert(str_is(list[0].what, "soldiers and allied fighters killed"), "%.*s", STR_ARGS(list[0].what));
	cr_assert(str_is(list[1].what, "rebels killed"));
	claim_text_close(&c);
	find("The blast tore through a bus, killing 12 and wounding more than 30 passengers.");
	cr_assert_eq(n, 2);
	cr_assert(str_is(list[0].what, "killed"));
	cr_assert(str_is(list[1].what, "passengers wounded"), "%.*s", STR_ARGS(list[1].what));
	cr_assert_eq(list[1].qualifier, QUALIFIER_MORE_THAN);
	claim_text_close(&c);
}

Test(quantity, so_far_holds_in_its_clause)
{
	find("He said 417 rebels were so far known to have died, while 194 people were killed on the other side.");
	cr_assert_eq(n, 2);
	cr_assert(list[0].so_far && !list[1].so_far);
	cr_assert(str_is(list[0].what, "rebels killed"), "%.*s", STR_ARGS(list[0].what));
	cr_assert(str_is(list[1].what, "people killed"));
	claim_text_close(&c);
}

Test(quantity, per_and_change)
{
	find("The jets flew dozens of strikes daily over the town.");
	cr_assert_eq(n, 1);
	cr_assert(str_is(list[0].per, "day"));
	cr_assert(str_is(list[0].what, "strikes"));
	claim_text_close(&c);
	find("Oil rose 2.8 percent to $58.24 per barrel.");
	cr_assert_eq(n, 2);
	cr_assert_eq(list[0].change, CHANGE_UP);
	cr_assert_eq(list[1].change, CHANGE_NONE);
	cr_assert(str_is(list[1].per, "barrel"), "%.*s", STR_ARGS(list[1].per));
	claim_text_close(&c);
	find("Sales were down 9.2%, a sharp fall.");
	cr_assert_eq(list[0].change, CHANGE_DOWN);
	claim_text_close(&c);
	find("The rebels have blown up two temples.");
	cr_assert_eq(n, 1);
	cr_assert_eq(list[0].change, CHANGE_NONE);
	claim_text_close(&c);
}

Test(quantity, range_is_no_change_of_two_things)
{
	find("Output fell by 8.18 pct to 140.06 in May.");
	cr_assert_eq(n, 2);
	cr_assert(!list[0].has_upper && !list[1].has_upper);
	cr_assert_float_eq(list[1].value, 140.06, 1e-9);
	claim_text_close(&c);
}

Test(quantity, long_input_stays_linear)
{
	static const char *const parts[] = { "12 ", "1-", "one hundred and ", "$", "half a ", "5% to ", "1/2 ", "more than ", "a few of ", "10, ", "killed and 3 " };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct buf b;
		buf_init(&b, 0);
		for (int k = 0; k < 100000; k++)
			buf_text(&b, parts[i]);
		buf_char(&b, '\0');
		find(b.data);
		claim_text_close(&c);
		buf_release(&b);
	}
}
