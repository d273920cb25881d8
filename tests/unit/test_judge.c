#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/unit/copy_fixture.h"

static struct arena *arena;
static struct copy_index *x;

static void setup(void)
{
	const struct copy_config config = { 96 * HOUR, HOUR };

	arena = arena_new(64 << 20);
	x = copy_index_new(&config);
}

static void teardown(void)
{
	copy_index_free(&x);
	arena_free(&arena);
}

TestSuite(judge, .init = setup, .fini = teardown);

static struct copy_item judged_at(const char *name, const char *text, uint64_t time_ms)
{
	struct copy_item item = copy_item(arena, name, text, time_ms);

	cr_assert_eq(copy_index_judge_and_add(x, &item), 0);
	cr_assert(!item.must_wait);
	return item;
}

static struct copy_item judged(const char *name, const char *text)
{
	return judged_at(name, text, NOON);
}

/* Passages hold the same words in both texts, in order, apart. */
static void check_passages(const struct copy_item *here, const struct copy_item *others, size_t n_others)
{
	const struct verdict *v = &here->verdict;
	uint32_t end = 0;

	for (size_t i = 0; i < v->n_passages; i++) {
		const struct passage *p = &v->passages[i];
		const struct copy_item *other = NULL;
		for (size_t k = 0; k < n_others; k++)
			if (str_eq(others[k].article_id, p->other_article_id))
				other = &others[k];
		cr_assert_not_null(other);
		cr_assert(p->here.start >= end && p->here.end > p->here.start);
		end = p->here.end;
		cr_assert(str_eq(str_cut(here->text, p->here.start, p->here.end), str_cut(other->text, p->there.start, p->there.end)),
			  "passage %zu: \"%.*s\" and \"%.*s\"", i, STR_ARGS(str_cut(here->text, p->here.start, p->here.end)), STR_ARGS(str_cut(other->text, p->there.start, p->there.end)));
	}
}

static bool covered(const struct copy_item *item, const char *words)
{
	return copy_covers(&item->verdict, item->fp, copy_find(item->text, words));
}

Test(judge, original_and_exact)
{
	struct copy_item a = judged("a", PORT), b = judged("b", FARM), c = judged("c", "LONDON (AP) - " PORT "\n REUTER");

	cr_expect_eq(a.verdict.kind, VERDICT_ORIGINAL);
	cr_expect_eq(a.verdict.reason, REASON_UNSET);
	cr_expect(str_is(a.verdict.story_id, "a"));
	cr_expect_eq(a.verdict.of.len, 0);
	cr_expect_eq(b.verdict.kind, VERDICT_ORIGINAL);
	cr_expect_eq(c.verdict.kind, VERDICT_EXACT);
	cr_expect(str_is(c.verdict.of, "a"));
	cr_expect(str_is(c.verdict.story_id, "a"));
	cr_expect_eq(c.verdict.jaccard, 1);
	cr_expect_eq(c.verdict.matched_words, c.fp->n_words);
	cr_expect_eq(c.verdict.longest_run, c.fp->n_words);
	cr_expect_eq(c.verdict.revision.of.len, 0);
	check_passages(&c, &a, 1);
	cr_expect(covered(&c, PORT_3));
	cr_expect(!covered(&a, PORT_3));
}

Test(judge, near)
{
	struct copy_item a = judged("a", PORT);
	struct copy_item b = judged("b", PORT_1 "\n\n" PORT_2 "\n\nThe owner could not be reached for a comment on the night.\n\n" PORT_3
					 "\n\n" PORT_4 "\n\n" PORT_5);

	cr_expect_eq(b.verdict.kind, VERDICT_NEAR);
	cr_expect(str_is(b.verdict.of, "a"));
	cr_expect_eq(b.verdict.other_containment > .8, true);
	cr_expect(b.verdict.containment < 1);
	check_passages(&b, &a, 1);
	cr_expect(covered(&b, PORT_4));
	cr_expect(!covered(&b, "The owner could not be reached for a comment on the night."));
	struct copy_item c = judged("c", PORT);
	cr_expect_eq(c.verdict.kind, VERDICT_EXACT);
	cr_expect(str_is(c.verdict.of, "a"), "the first of equals");
}

Test(judge, contained_and_contains)
{
	struct copy_item long_one = judged("long", PORT), cut = judged("cut", PORT_1 "\n\n" PORT_2);

	cr_expect_eq(cut.verdict.kind, VERDICT_CONTAINED);
	cr_expect(str_is(cut.verdict.story_id, "long"));
	cr_expect_float_eq(cut.verdict.containment, 1, 1e-9);
	cr_expect(cut.verdict.other_containment < .5);
	check_passages(&cut, &long_one, 1);
	judged("first", FARM_1);
	struct copy_item more = judged("more", FARM);
	cr_expect_eq(more.verdict.kind, VERDICT_CONTAINS);
	cr_expect(str_is(more.verdict.of, "first"));
	cr_expect(covered(&more, FARM_1));
	cr_expect(!covered(&more, FARM_2));
}

#define OTHER_1 \
	"In a separate case the court of appeal in Harlow upheld the sentence against two brokers who had sold shares in mines that did not exist. "
#define OTHER_2 \
	"Judge Miriam Koss said the pair had shown neither remorse nor the least wish to help those who had lost their savings to them. "
#define OTHER_3 \
	"Their lawyer Peter Ott announced that he would take the matter to the federal court before the end of next month at the latest. "
#define OTHER_4 \
	"Some ninety families from the north of the country have asked for damages and a decision on that is due within the year, he added. "

Test(judge, partial_opens_its_own_story)
{
	struct copy_item a = judged("a", PORT);
	struct copy_item b = judged("b", OTHER_1 "\n\n" PORT_3 "\n\n" OTHER_2 "\n\n" OTHER_3 "\n\n" PORT_5 "\n\n" OTHER_4);

	cr_expect_eq(b.verdict.kind, VERDICT_PARTIAL);
	cr_expect(str_is(b.verdict.of, "a"));
	cr_expect(str_is(b.verdict.story_id, "b"));
	cr_expect_eq(b.verdict.n_passages, 2);
	check_passages(&b, &a, 1);
	cr_expect(covered(&b, PORT_3));
	cr_expect(!covered(&b, OTHER_2));
}

Test(judge, a_sentence_from_a_third_article)
{
	struct copy_item all[2] = { judged("port", PORT), judged("farm", FARM) };
	struct copy_item c = judged("c", PORT_1 "\n\n" PORT_2 "\n\n" PORT_3 "\n\n" FARM_2 "\n\n" PORT_4 "\n\n" PORT_5);

	cr_expect_eq(c.verdict.kind, VERDICT_NEAR);
	cr_expect(str_is(c.verdict.of, "port"));
	check_passages(&c, all, 2);
	cr_expect(covered(&c, FARM_2));
	cr_expect(!covered(&c, PORT_3 "\n\n" FARM_2), "it stood nowhere as one");
	bool from_farm = false;
	for (size_t i = 0; i < c.verdict.n_passages; i++)
		from_farm |= str_is(c.verdict.passages[i].other_article_id, "farm");
	cr_expect(from_farm);
	cr_expect_eq(c.verdict.matched_words, all[0].fp->n_words, "only those of `of`");
}

Test(judge, a_short_item_is_exact_or_original)
{
	struct copy_item a = judged("a", "Tanker aground off Port Elwin, harbour closed"), again = judged("b", "TANKER aground off Port Elwin; harbour closed.");
	struct copy_item other = judged("c", "Tanker aground off Port Elwin, harbour opened"), empty = judged("d", "- -");

	cr_expect_eq(a.verdict.kind, VERDICT_ORIGINAL);
	cr_expect_eq(a.verdict.reason, REASON_SHORT);
	cr_expect_eq(again.verdict.kind, VERDICT_EXACT);
	cr_expect(str_is(again.verdict.of, "a"));
	cr_expect_eq(again.verdict.n_passages, 1);
	cr_expect_eq(other.verdict.kind, VERDICT_ORIGINAL);
	cr_expect_eq(other.verdict.reason, REASON_SHORT);
	cr_expect_eq(empty.verdict.kind, VERDICT_ORIGINAL);
	cr_expect_eq(judged("e", "...").verdict.kind, VERDICT_ORIGINAL, "nothing equals nothing");
	cr_expect_eq(judged("f", "Tanker aground off Port Elwin, harbour closed on Monday for all ships until further notice").verdict.kind,
		     VERDICT_ORIGINAL);
}

Test(judge, templates_are_originals)
{
	judged("a", "Ralston Mills Corp said its board of directors declared a quarterly dividend of 12 cents per share payable on April 14 to holders of "
		    "record at the close of business on March 27. The company has paid dividends each quarter since it was founded.");
	struct copy_item b = judged("b",
		"Hudson Paper Inc said its board of directors declared a quarterly dividend of 31 cents per share payable on June 9 to holders of "
		"record at the close of business on May 22. The company has paid dividends each quarter since it was founded.");
	cr_expect_eq(b.verdict.kind, VERDICT_ORIGINAL);
	cr_expect_eq(b.verdict.reason, REASON_TEMPLATE);
	cr_expect(str_is(b.verdict.story_id, "b"));
	cr_expect(!covered(&b, "The company has paid dividends each quarter since it was founded."));

	judged("w1", "Weather in the cities on Tuesday: Harlow 12 degrees and cloudy, wind from the west at 20 km per hour. Port Elwin 15 degrees and "
		     "cloudy, wind from the west at 35 km per hour. Tarn 9 degrees and cloudy, wind from the west at 10 km per hour.");
	struct copy_item w2 = judged("w2",
		"Weather in the cities on Friday: Harlow 18 degrees and cloudy, wind from the west at 25 km per hour. Port Elwin 21 degrees and "
		"cloudy, wind from the west at 5 km per hour. Tarn 14 degrees and cloudy, wind from the west at 30 km per hour.");
	cr_expect_eq(w2.verdict.kind, VERDICT_ORIGINAL);
	cr_expect_eq(w2.verdict.reason, REASON_TEMPLATE);
}

Test(judge, an_update_changes_a_figure)
{
	struct copy_item a = judged("a", PORT);
	struct copy_item b = judged("b", PORT_1 "\n\n" PORT_2 "\n\n" PORT_3
		"\n\nHarbour master Edith Crane told reporters that 390 tonnes of fuel oil had been pumped out before any could reach the beach. \n\n" PORT_5);

	cr_expect_eq(b.verdict.kind, VERDICT_NEAR);
	cr_expect(str_is(b.verdict.revision.of, "a"));
	cr_expect_eq(b.verdict.revision.version, 1);
	cr_expect(!covered(&b, "Harbour master Edith Crane told reporters that 390 tonnes of fuel oil had been pumped out before any could reach the beach."));
	cr_expect(covered(&b, PORT_3));
	cr_expect(covered(&b, PORT_5));
	check_passages(&b, &a, 1);
	struct copy_item c = judged("c", "UPDATE 4-Tanker (Adds fishermen)\n\n" PORT "\n\n" OTHER_3);
	cr_expect_eq(c.verdict.revision.version, 4);
	struct copy_item d = judged("d", PORT_1 "\n\n" PORT_2 "\n\n" PORT_3 "\n\n" PORT_4);
	cr_expect_eq(d.verdict.revision.of.len, 0, "a cut is no revision");
}

/* An article that fits two sentences of another together is no copy of either sentence. */
Test(judge, a_sentence_is_covered_by_one_passage)
{
	struct copy_item a = judged("a", PORT);
	struct copy_item b = judged("b", PORT_1 "\n\n" PORT_2 "\n\nEngineers hope to pull the vessel free at high tide after two strong tugs arrive from the "
					 "capital Harlow. \n\n" PORT_4 "\n\n" PORT_5);

	cr_expect_eq(b.verdict.kind, VERDICT_NEAR);
	check_passages(&b, &a, 1);
	cr_expect(!covered(&b, "Engineers hope to pull the vessel free at high tide after two strong tugs arrive from the capital Harlow."));
	cr_expect(covered(&b, "Engineers hope to pull the vessel free at high tide"), "in itself it stood there");
}

#define PIER_1 "The harbour of Port Elwin was closed on Monday after a tanker ran aground near the northern pier. "
#define PIER_2 "The owner, a bank in Harlow that took the ship over last year, could not be reached on the night. "
#define PIER_3 "The crew of twelve was taken off the ship by helicopter and nobody was hurt, the coast guard said. "
#define PIER_4 "The pier is the only one in the north of the country where ships of this size can take on oil. "

/* Where a paragraph was taken out, the next one may begin with the same word as that: it still is one passage. */
Test(judge, borders_lie_between_sentences)
{
	struct copy_item a = judged("a", PIER_1 "\n\n" PIER_2 "\n\n" PIER_3 "\n\n" PIER_4);
	struct copy_item b = judged("b", PIER_3 "\n\n" PIER_1 "\n\n" PIER_4);

	cr_expect_eq(b.verdict.n_passages, 3);
	check_passages(&b, &a, 1);
	cr_expect(covered(&b, PIER_1));
	cr_expect(covered(&b, PIER_3));
	cr_expect(covered(&b, PIER_4));
	cr_expect_eq(b.verdict.matched_words, b.fp->n_words);
}

Test(judge, window_and_clock_skew)
{
	judged_at("a", PORT, NOON);
	cr_expect_eq(judged_at("b", PORT, NOON + 97 * HOUR).verdict.kind, VERDICT_ORIGINAL);
	cr_expect_eq(judged_at("c", PORT, NOON + 95 * HOUR).verdict.kind, VERDICT_EXACT);
	/* A date years ahead counts as an hour ahead. */
	struct copy_item wild = copy_item(arena, "wild", FARM, NOON + 98 * HOUR);
	wild.time_ms = NOON + 50000 * HOUR;
	cr_assert_eq(copy_index_judge_and_add(x, &wild), 0);
	cr_expect_eq(judged_at("after", FARM, NOON + 99 * HOUR).verdict.kind, VERDICT_EXACT);
}

Test(judge, stories_are_never_merged)
{
	judged("p", PORT);
	judged("f", FARM);
	struct copy_item both = judged("both", PORT "\n\n" FARM);
	cr_expect(str_is(both.verdict.story_id, "p"), "the better match");
	cr_expect(str_is(judged("f2", FARM).verdict.story_id, "f"));
	cr_expect(str_is(judged("p2", PORT).verdict.story_id, "p"));
}

Test(judge, the_representative_is_stable)
{
	judged("a", PORT);
	for (int i = 0; i < 3; i++)
		cr_expect(str_is(judged(NULL, PORT).verdict.of, "a"), "the first of equals");
	struct copy_item near = judged("near", PORT_1 "\n\n" PORT_2 "\n\n" PORT_4 "\n\n" PORT_3 "\n\n" PORT_5);
	cr_expect(str_is(near.verdict.of, "a"));
	struct copy_item again = judged("again", PORT_1 "\n\n" PORT_2 "\n\n" PORT_4 "\n\n" PORT_3 "\n\n" PORT_5);
	cr_expect_eq(again.verdict.kind, VERDICT_EXACT);
	cr_expect(str_is(again.verdict.of, "near"), "the best match");
	cr_expect(str_is(again.verdict.story_id, "a"), "and the story that it is part of");
	struct copy_item late = judged("late", PORT);
	cr_expect(str_is(late.verdict.of, "a"));
	cr_expect(str_is(late.verdict.story_id, "a"));
}

Test(judge, an_older_version_that_comes_late)
{
	judged("a", PORT);
	struct copy_item third = judged("third", "UPDATE 3-Tanker\n\n" PORT "\n\n" OTHER_3);
	cr_expect_eq(third.verdict.revision.version, 3);
	struct copy_item second = judged("second", "UPDATE 2-Tanker\n\n" PORT_1 "\n\n" PORT_2 "\n\n" PORT_3 "\n\n" PORT_4 "\n\n" PORT_5 "\n\n" OTHER_3 "\n\n" OTHER_4);
	cr_expect(str_is(second.verdict.of, "third"));
	cr_expect_eq(second.verdict.revision.of.len, 0);
}

Test(judge, compare_shows_both_sides)
{
	struct copy_item a = copy_item(arena, "a", PORT_1 "\n\n" PORT_2, NOON), b = copy_item(arena, "b", PORT, NOON + 5000 * HOUR);
	struct verdict v;

	cr_assert_eq(copy_compare(&a, &b, &v), 0);
	cr_expect_eq(v.kind, VERDICT_CONTAINED);
	cr_expect(str_is(v.of, "b"));
	cr_expect_float_eq(v.containment, 1, 1e-9);
	cr_assert_eq(copy_compare(&b, &a, &v), 0);
	cr_expect_eq(v.kind, VERDICT_CONTAINS);
	struct copy_item c = copy_item(arena, "c", OTHER_1 "\n\n" OTHER_2 "\n\n" OTHER_3 "\n\nThe harbour of Port Elwin was closed on Monday.", NOON);
	cr_assert_eq(copy_compare(&c, &b, &v), 0);
	cr_expect_eq(v.kind, VERDICT_ORIGINAL);
	cr_expect_eq(v.n_passages, 1, "shown though it decides nothing");
	cr_expect(v.containment > 0 && v.containment < .15);
	a.id = b.id;
	cr_assert_eq(copy_compare(&b, &b, &v), 0);
	cr_expect_eq(v.kind, VERDICT_EXACT);
}

/* Texts that would be quadratic for a careless aligner: all must end at once. */
Test(judge, repeated_words_do_not_explode, .timeout = 60)
{
	size_t len = 2 << 20;
	char *text = malloc(len + 1);

	for (int step = 0; step < 4; step++) {
		for (size_t i = 0; i < len; i++)
			text[i] = i % 4 == 3 ? ' ' : step < 2 ? 'x' : (char)('a' + i / 4 % (step * 3));
		text[len - (size_t)step * 4] = 0;
		struct copy_item item = copy_item(arena, NULL, text, NOON);
		cr_assert_eq(copy_index_judge_and_add(x, &item), 0);
		arena_reset(arena);
	}
	free(text);
}

Test(judge, covers_needs_words)
{
	struct copy_item a = judged("a", PORT), b = judged("b", PORT);
	struct span none = copy_find(b.text, " \n\n");

	(void)a;
	cr_expect(covered(&b, "Twelve sailors"));
	cr_expect(!copy_covers(&b.verdict, b.fp, none));
	cr_expect(!copy_covers(&b.verdict, b.fp, (struct span){ 0, 0 }));
	cr_expect(!copy_covers(&b.verdict, b.fp, (struct span){ (uint32_t)b.text.len, (uint32_t)b.text.len + 9 }));
	b.verdict.n_passages = 0;
	cr_expect(!covered(&b, "Twelve sailors"));
}
