#include <criterion/criterion.h>

#include "workers/copy/posted.h"
#include "workers/copy/run.h"

static struct posted p;

static void setup(void)
{
	posted_init(&p);
}

static void teardown(void)
{
	posted_release(&p);
}

TestSuite(posted, .init = setup, .fini = teardown);

static uint32_t mark_at(uint64_t i)
{
	return (uint32_t)(i * i * 2654435761u) % 5000 << 17 | i % 3;
}

static void add_many(uint64_t n)
{
	for (uint64_t doc = 1; doc <= n; doc++) {
		uint32_t marks[2] = { mark_at(doc), 7 };
		cr_assert_eq(posted_add(&p, doc, marks, 2), 0);
	}
}

Test(posted, gives_what_was_posted_in_order)
{
	uint64_t docs[40];
	size_t n = 0;

	posted_get(&p, 7, 40, docs, &n);
	cr_expect_eq(n, 0, "nothing was posted");
	add_many(20000);
	posted_get(&p, 7, 40, docs, &n);
	cr_assert_eq(n, 40, "no more than asked for");
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(docs[i], i + 1);
	for (uint64_t doc = 1; doc <= 20000; doc += 777) {
		bool seen = false;
		n = 0;
		posted_get(&p, mark_at(doc), 40, docs, &n);
		for (size_t i = 0; i < n; i++) {
			cr_expect_eq(mark_at(docs[i]), mark_at(doc));
			seen |= docs[i] == doc;
		}
		cr_expect(seen || n == 40);
	}
	n = 0;
	posted_get(&p, 4, 40, docs, &n);
	cr_expect_eq(n, 0, "a mark that nobody has");
}

Test(posted, zero_is_a_mark_as_others)
{
	uint64_t docs[4];
	uint32_t marks[1] = { 0 };
	size_t n = 0;

	cr_assert_eq(posted_add(&p, 5, marks, 1), 0);
	posted_get(&p, 0, 4, docs, &n);
	cr_assert_eq(n, 1);
	cr_expect_eq(docs[0], 5);
}

Test(posted, sorts_by_mark_and_keeps_the_order_under_it)
{
	add_many(3000);
	cr_assert_eq(posted_sort(&p), 0);
	cr_assert_eq(p.n, 6000);
	for (size_t i = 1; i < p.n; i++) {
		uint32_t before = run_key(p.all[i - 1].mark), key = run_key(p.all[i].mark);
		cr_expect_leq(before, key);
		cr_expect(before < key || p.all[i - 1].doc < p.all[i].doc);
	}
}

Test(posted, is_empty_after_reset)
{
	uint64_t docs[4];
	uint32_t marks[1] = { 9 };
	size_t n = 0;

	for (int round = 0; round < 3; round++) {
		add_many(round == 0 ? 30000 : 10);
		posted_reset(&p);
		posted_get(&p, 7, 4, docs, &n);
		cr_assert_eq(n, 0);
	}
	cr_assert_eq(posted_add(&p, 1, marks, 1), 0);
	posted_get(&p, 9, 4, docs, &n);
	cr_expect_eq(n, 1);
}
