#include <errno.h>

#include "tests/unit/ledger_fixture.h"

static struct desk desk;

static void setup(void)
{
	scratch_make();
	desk_open(&desk);
}

static void teardown(void)
{
	desk_close(&desk);
	scratch_remove();
}

TestSuite(ledger, .init = setup, .fini = teardown);

static struct ulid new_id(void)
{
	return ulid_new(clock_wall_ms());
}

Test(ledger, an_id_is_settled_once)
{
	struct ulid id = new_id();
	struct ledger_reserve r = desk_item(&desk, id, BODY);
	cr_assert_eq(desk_state(&desk, id), LEDGER_UNKNOWN);
	desk_reserve(&desk, &r, 1);
	cr_assert_eq(r.state, LEDGER_PENDING);
	cr_assert_eq(r.copy.verdict.kind, VERDICT_ORIGINAL);
	cr_assert_eq(desk_state(&desk, id), LEDGER_PENDING);
	cr_assert_eq(desk_settle(&desk, id, LEDGER_PUBLISHED), 0);
	cr_assert_eq(desk_settle(&desk, id, LEDGER_ABANDONED), -ESTALE);
	cr_assert_eq(desk_state(&desk, id), LEDGER_PUBLISHED);
	r = desk_item(&desk, id, BODY);
	desk_reserve(&desk, &r, 1);
	cr_assert_eq(r.state, LEDGER_PUBLISHED, "a redelivered id is only acked");
}

Test(ledger, all_or_nothing_with_the_segment)
{
	struct ulid a = new_id(), b = new_id();
	struct ledger_reserve r[2] = { desk_item(&desk, a, BODY), desk_item(&desk, b, "Quite another text about a market in a far village with fresh apples, pears, plums and nuts.") };
	desk_reserve(&desk, r, 2);
	cr_assert_eq(desk_settle(&desk, b, LEDGER_COPY), 0);
	struct ledger_settle s[2] = { { .id = a, .state = LEDGER_PUBLISHED, .instance = 7 }, { .id = b, .state = LEDGER_PUBLISHED, .instance = 7 } };
	struct ledger_segment segment = { .name = "seg", .claims_bytes = 10, .articles_bytes = 20, .articles = 1 }, got;
	cr_assert_eq(ledger_settle(desk.ledger, s, 2, &segment), -ESTALE);
	cr_assert(!s[0].lost);
	cr_assert(s[1].lost);
	cr_assert_eq(s[1].found, LEDGER_COPY);
	cr_assert_eq(desk_state(&desk, a), LEDGER_PENDING);
	cr_assert_eq(ledger_segment_get(desk.ledger, "seg", &got), -ENOENT);
	cr_assert_eq(ledger_settle(desk.ledger, s, 1, &segment), 0);
	cr_assert_eq(ledger_segment_get(desk.ledger, "seg", &got), 0);
	cr_assert_eq(got.claims_bytes, 10);
	cr_assert_eq(got.articles_bytes, 20);
	cr_assert_eq(ledger_segment_remove(desk.ledger, "seg"), 0);
	cr_assert_eq(ledger_segment_remove(desk.ledger, "seg"), 0);
	cr_assert_eq(ledger_segment_get(desk.ledger, "seg", &got), -ENOENT);
}

Test(ledger, a_copy_of_a_pending_article_waits_for_it)
{
	struct ulid a = new_id(), b = new_id();
	struct ledger_reserve r = desk_item(&desk, a, BODY);
	desk_reserve(&desk, &r, 1);
	struct ledger_reserve copy = desk_item(&desk, b, BODY);
	desk_reserve(&desk, &copy, 1);
	cr_assert_eq(copy.state, LEDGER_UNKNOWN);
	cr_assert(copy.copy.must_wait);
	cr_assert_eq(ulid_cmp(&copy.copy.wait_for, &a), 0);
	cr_assert_eq(desk_state(&desk, b), LEDGER_UNKNOWN);
	cr_assert_eq(desk_settle(&desk, a, LEDGER_PUBLISHED), 0);
	desk_reserve(&desk, &copy, 1);
	cr_assert_eq(copy.state, LEDGER_PENDING);
	cr_assert_eq(copy.copy.verdict.kind, VERDICT_EXACT);
}

Test(ledger, an_abandoned_original_covers_nothing)
{
	struct ulid a = new_id(), b = new_id();
	struct ledger_reserve r = desk_item(&desk, a, BODY), copy = desk_item(&desk, b, BODY);
	desk_reserve(&desk, &r, 1);
	enum ledger_state state;
	uint32_t claims;
	cr_assert_eq(ledger_abandon(desk.ledger, &a, 0, 7, STR("GIVEN_UP"), STR("three attempts"), &state, &claims), 0);
	cr_assert_eq(state, LEDGER_ABANDONED);
	desk_reserve(&desk, &copy, 1);
	cr_assert_eq(copy.state, LEDGER_PENDING);
	cr_assert_eq(copy.copy.verdict.kind, VERDICT_ORIGINAL);
	struct ledger_entry e;
	cr_assert_eq(ledger_get(desk.ledger, &a, desk.arena, &e), 0);
	cr_assert(str_is(e.reason_code, "GIVEN_UP"));
	cr_assert(str_is(e.reason, "three attempts"));
	cr_assert_eq(desk_settle(&desk, a, LEDGER_PUBLISHED), -ESTALE, "a late wake-up drops its record");
}

Test(ledger, abandon_answers_what_was_published_before)
{
	struct ulid a = new_id();
	struct ledger_reserve r = desk_item(&desk, a, BODY);
	enum ledger_state state;
	uint32_t claims;
	desk_reserve(&desk, &r, 1);
	cr_assert_eq(desk_settle(&desk, a, LEDGER_PUBLISHED), 0);
	cr_assert_eq(ledger_abandon(desk.ledger, &a, 0, 7, STR("X"), STR("y"), &state, &claims), 0);
	cr_assert_eq(state, LEDGER_PUBLISHED);
}

Test(ledger, a_retry_has_a_life_of_its_own)
{
	struct ulid a = new_id();
	struct ledger_reserve r = desk_item(&desk, a, BODY);
	desk_reserve(&desk, &r, 1);
	cr_assert_eq(desk_settle(&desk, a, LEDGER_ABANDONED), 0);
	r = desk_item(&desk, a, BODY);
	desk_reserve(&desk, &r, 1);
	cr_assert_eq(r.state, LEDGER_ABANDONED);
	r = desk_item(&desk, a, BODY);
	r.generation = 5;
	desk_reserve(&desk, &r, 1);
	cr_assert_eq(r.state, LEDGER_PENDING);
	cr_assert_eq(desk_settle(&desk, a, LEDGER_PUBLISHED), -ESTALE, "the first life cannot settle the second");
	struct ledger_settle s = { .id = a, .state = LEDGER_PUBLISHED, .generation = 5, .instance = 7 };
	cr_assert_eq(ledger_settle(desk.ledger, &s, 1, NULL), 0);
}

Test(ledger, a_pending_id_is_taken_up_with_its_verdict)
{
	struct ulid a = new_id(), b = new_id();
	struct ledger_reserve r = desk_item(&desk, a, BODY);
	desk_reserve(&desk, &r, 1);
	cr_assert_eq(desk_settle(&desk, a, LEDGER_PUBLISHED), 0);
	struct ledger_reserve copy = desk_item(&desk, b, BODY);
	desk_reserve(&desk, &copy, 1);
	desk_close(&desk); /* the worker dies */
	desk_open(&desk);
	copy = desk_item(&desk, b, BODY);
	desk_reserve(&desk, &copy, 1);
	cr_assert_eq(copy.state, LEDGER_PENDING);
	cr_assert_eq(copy.copy.verdict.kind, VERDICT_EXACT);
	cr_assert_gt(copy.copy.verdict.n_passages, 0);
}

Test(ledger, prune_forgets_what_has_a_receipt)
{
	struct ulid a = new_id(), b = new_id(), c = new_id(), other = new_id(), floor = new_id();
	const char *texts[] = { BODY, "A short one about nothing in particular, but long enough to be judged as text of its own kind here.",
				"The council of Marlow voted on Tuesday to close two of its seven schools, members of the board told reporters." };
	struct ulid ids[] = { a, b, c };
	for (int i = 0; i < 3; i++) {
		struct ledger_reserve r = desk_item(&desk, ids[i], texts[i]);
		desk_reserve(&desk, &r, 1);
	}
	cr_assert_eq(desk_settle(&desk, a, LEDGER_PUBLISHED), 0);
	cr_assert_eq(desk_settle(&desk, b, LEDGER_COPY), 0);
	struct ledger_settle foreign = { .id = other, .state = LEDGER_ABANDONED, .instance = 8 };
	cr_assert_eq(ledger_settle(desk.ledger, &foreign, 1, NULL), 0);
	cr_assert_eq(ledger_prune(desk.ledger, 7, &floor, clock_wall_ms(), 100), 0);
	cr_assert_eq(desk_state(&desk, a), LEDGER_PUBLISHED, "a worker that wakes up late must find it");
	cr_assert_eq(ledger_prune(desk.ledger, 7, &floor, clock_wall_ms() + 20 * 60000, 100), 0);
	cr_assert_eq(desk_state(&desk, a), LEDGER_UNKNOWN);
	cr_assert_eq(desk_settle(&desk, a, LEDGER_PUBLISHED), -ESTALE, "nor publish it again when it has gone");
	cr_assert_eq(desk_state(&desk, b), LEDGER_UNKNOWN);
	cr_assert_eq(desk_state(&desk, c), LEDGER_UNKNOWN, "nobody delivers a pending one below the floor");
	cr_assert_eq(desk_state(&desk, other), LEDGER_ABANDONED);
	struct ulid late = new_id();
	struct ledger_reserve r = desk_item(&desk, late, texts[2]);
	desk_reserve(&desk, &r, 1);
	cr_assert_eq(r.state, LEDGER_PENDING);
	cr_assert_eq(r.copy.verdict.kind, VERDICT_ORIGINAL, "and its entry makes nobody wait");
	r = desk_item(&desk, new_id(), BODY);
	desk_reserve(&desk, &r, 1);
	cr_assert_eq(r.copy.verdict.kind, VERDICT_EXACT, "a published entry outlives its ledger row");
}

Test(ledger, prune_leaves_a_retry_alone)
{
	struct ulid a = new_id(), floor = new_id();
	struct ledger_reserve r = desk_item(&desk, a, BODY);
	r.generation = clock_wall_ms();
	desk_reserve(&desk, &r, 1);
	cr_assert_eq(ledger_prune(desk.ledger, 7, &floor, clock_wall_ms(), 100), 0);
	cr_assert_eq(desk_state(&desk, a), LEDGER_PENDING);
	cr_assert_eq(ledger_prune(desk.ledger, 7, &floor, clock_wall_ms() + 8 * 24 * 3600000ull, 100), 0);
	cr_assert_eq(desk_state(&desk, a), LEDGER_UNKNOWN);
}
