#include "claim_fixture.h"

TestSuite(attribute, .init = fixture_setup, .fini = fixture_teardown);

/* Each attribution as "source/cue+cue/content … content" and "<n" when attribution n lies around it, joined by "; ". */
static void expect(int line, const char *text, const char *want)
{
	struct text x = text_of(text);
	struct mark_list marks;
	struct buf b;
	buf_init(&b, 0);
	cr_assert_eq(attribute_find(&x, arena, &marks), 0);
	for (uint32_t i = 0; i < marks.n; i++) {
		const struct mark *m = &marks.v[i];
		buf_text(&b, i ? "; " : "");
		put_range(&b, &x, m->source);
		buf_char(&b, '/');
		for (uint32_t k = 0; k < m->n_cue; k++) {
			buf_text(&b, k ? "+" : "");
			put_range(&b, &x, m->cue[k]);
		}
		buf_char(&b, '/');
		for (uint32_t k = 0; k < m->n_parts; k++) {
			buf_text(&b, k ? " … " : "");
			put_range(&b, &x, m->part[k]);
		}
		if (m->outer >= 0)
			buf_printf(&b, "<%d", m->outer);
	}
	buf_char(&b, '\0');
	cr_assert_str_eq(b.data, want, "line %d:\n got %s\nwant %s", line, b.data, want);
	buf_release(&b);
}

#define MARKS(text, want) expect(__LINE__, text, want)

Test(attribute, before_the_content)
{
	MARKS("The ministry said that the dam was safe.", "The ministry/said/that the dam was safe");
	MARKS("The ministry on Monday also said the dam was safe.", "The ministry/said/the dam was safe");
	MARKS("The mayor, a former teacher, said on Friday that schools will open.",
	      "The mayor, a former teacher/said/that schools will open");
	MARKS("The mayor, who is ill, said schools will open.", "The mayor/said/schools will open");
	MARKS("She told reporters in Bonn that schools will open.", "She/told/that schools will open");
	MARKS("He said during a visit to Bonn that it was late.", "He/said/that it was late");
	MARKS("The firm has not said that it will close.", "The firm/has not said/that it will close");
	MARKS("A map shows that the road ends there.", "A map/shows/that the road ends there");
	MARKS("He said: \"It is late.\"", "He/said/\"It is late.\"");
}

Test(attribute, behind_and_around_the_content)
{
	MARKS("The dam was safe, the ministry said.", "the ministry/said/The dam was safe");
	MARKS("The dam was safe, said Anna Berg, the mayor of Bonn.", "Anna Berg, the mayor of Bonn/said/The dam was safe");
	MARKS("“It is safe,” the mayor said on Monday.", "the mayor/said/“It is safe,”");
	MARKS("“It is safe,” said the mayor, “and dry.”", "the mayor/said/“It is safe,” … “and dry.”");
	MARKS("The dam, the mayor said, is safe.", "the mayor/said/The dam … is safe");
	MARKS("The dam was safe, according to the mayor.", "the mayor/according to/The dam was safe");
	MARKS("According to the mayor, the dam was safe.", "the mayor/According to/the dam was safe");
	MARKS("“Is it safe?” Berg asked.", "Berg/asked/“Is it safe?”");
	MARKS("“It is safe,” Berg told a crowd of students in Bonn.", "Berg/told/“It is safe,”");
}

Test(attribute, no_attribution)
{
	MARKS("The army took the town on Monday.", "");
	MARKS("He told jokes.", "");
	MARKS("The so-called “wall” fell.", "");
	MARKS("He could not say.", "");
	MARKS("The book was written in May.", "");
}

Test(attribute, side_by_side)
{
	MARKS("Russia said it would leave, but Georgia said it saw no sign.",
	      "Russia/said/it would leave; Georgia/said/it saw no sign");
	MARKS("The chief said the wall stood and pledged to mend it.", "The chief/said/the wall stood; The chief/pledged/to mend it");
	MARKS("Berg called the plan a mistake, adding that it was late.",
	      "Berg/called/the plan a mistake; Berg/adding/that it was late");
	MARKS("The firm said it would leave, but is still hiring.", "The firm/said/it would leave");
}

Test(attribute, one_in_the_other)
{
	MARKS("The dam was safe, the ministry said, news agencies reported.",
	      "the ministry/said/The dam was safe<1; news agencies/reported/");
	MARKS("The ministry said the dam was safe, news agencies reported.",
	      "The ministry/said/the dam was safe<1; news agencies/reported/The ministry said the dam was safe");
	MARKS("State radio quoted a guard as saying that the dam broke.",
	      "State radio/quoted/; a guard/as saying/that the dam broke<0");
	MARKS("“It broke,” the agency quoted Berg as saying.", "the agency/quoted/; Berg/as saying/“It broke,”<0");
	MARKS("Berg was quoted as saying that it broke.", "Berg/was quoted as saying/that it broke");
	MARKS("Berg said the talks began after Paris announced that it would pay.",
	      "Berg/said/the talks began after Paris announced that it would pay; Paris/announced/that it would pay<0");
	MARKS("Berg said he believed that it broke.", "Berg/said+believed/that it broke; he/believed/");
}

Test(attribute, nouns_and_hedges)
{
	MARKS("Despite the firm's announcement that it would stay, workers left.",
	      "the firm's/announcement/that it would stay");
	MARKS("Its threat to leave angered them.", "Its/threat/to leave");
	MARKS("Italy's declared support of the law fell.", "Italy's/declared/support of the law");
	MARKS("The plant was reportedly sold in May.", "/reportedly/The plant was … sold in May");
	MARKS("The buyer is believed to be a fund.", "/is believed/The buyer … to be a fund");
	MARKS("The mayor is aware that time is short.", "The mayor/is aware/that time is short");
}

Test(attribute, objects)
{
	MARKS("Berg condemned the attack on Monday.", "Berg/condemned/the attack");
	MARKS("Berg described the year as the worst since the war.", "Berg/described/the year as the worst since the war");
	MARKS("She urged the city to act.", "She/urged/to act");
	MARKS("She called for an inquiry.", "She/called for/an inquiry");
	MARKS("The law was criticised by the bishop.", "the bishop/was criticised/The law");
	MARKS("Television broadcast pictures from the port, showing burnt ships.", "Television/broadcast+showing/burnt ships");
}

Test(attribute, quotations_that_go_on)
{
	MARKS("“It is safe,” Berg said. “Nobody was hurt.”", "Berg/said/“It is safe,” … “Nobody was hurt.”");
	MARKS("“It is safe,” Berg said.\n\n“Nobody was hurt.”", "Berg/said/“It is safe,”; Berg//“Nobody was hurt.”");
	MARKS("Fog lifted. A boat also left, Berg said.", "Berg//Fog lifted; Berg/said/A boat also left");
}

/* Every word a cue, a quotation mark, a comma: whatever comes out must lie in the text, and quickly. */
Test(attribute, crowded_text)
{
	static const char *const words[] = { "said ", "that ", "“", "” ", ", ", "he ", "announcement ", "which ", "and ", "quoted ", "as ", "saying ",
					     "according ", "to ", ". ", "while ", "Berg ", "is ", "believed ", "but ", "' ", "\n\n" };
	struct buf b;
	uint32_t state = 1;
	buf_init(&b, 0);
	while (b.len < 300000) {
		state = state * 1664525u + 1013904223u;
		buf_text(&b, words[(state >> 16) % (sizeof(words) / sizeof(words[0]))]);
	}
	struct text x = text_of(b.data);
	struct mark_list marks;
	cr_assert_eq(attribute_find(&x, arena, &marks), 0);
	cr_assert_gt(marks.n, 0);
	for (uint32_t i = 0; i < marks.n; i++) {
		const struct mark *m = &marks.v[i];
		cr_assert_leq(m->region.end, x.n_tokens);
		cr_assert(m->outer < (int32_t)marks.n && m->outer != (int32_t)i);
		for (uint32_t k = 0; k < m->n_parts; k++)
			cr_assert(m->part[k].first < m->part[k].end && m->part[k].end <= x.n_tokens);
	}
	buf_release(&b);
}
