#include "base/arena.h"

#include <criterion/criterion.h>
#include <stdint.h>

Test(arena, memory_is_zeroed_and_aligned)
{
	struct arena *a = arena_new(1 << 20);

	for (size_t size = 0; size < 200; size++) {
		unsigned char *p = arena_alloc(a, size);

		cr_assert_not_null(p);
		cr_expect_eq((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			cr_assert_eq(p[i], 0);
		memset(p, 0xaa, size);
	}
	arena_reset(a);
	/* the same block again, dirty by now */
	unsigned char *p = arena_alloc(a, 4096);
	for (size_t i = 0; i < 4096; i++)
		cr_assert_eq(p[i], 0);
	arena_free(&a);
	cr_expect_null(a);
	arena_free(&a);
}

Test(arena, the_cap_holds_and_reset_gives_it_back)
{
	struct arena *a = arena_new(100000);

	cr_expect_null(arena_alloc(a, 100001));
	cr_expect(arena_failed(a));
	arena_reset(a);
	cr_expect_not(arena_failed(a));
	for (int round = 0; round < 3; round++) {
		size_t got = 0;

		while (arena_alloc(a, 1000))
			got += 1000;
		cr_expect_geq(got, 98000);
		cr_expect_leq(arena_used(a), 100000);
		cr_expect(arena_failed(a));
		arena_reset(a);
		cr_expect_eq(arena_used(a), 0);
	}
	arena_free(&a);
}

Test(arena, sizes_that_overflow_are_refused)
{
	struct arena *a = arena_new(SIZE_MAX);

	cr_expect_null(arena_array(a, SIZE_MAX / 2, 3));
	cr_expect_null(arena_alloc(a, SIZE_MAX));
	cr_expect_null(arena_alloc(a, SIZE_MAX - 15));
	cr_expect_null(arena_str(a, (struct str){ "x", SIZE_MAX }).data);
	cr_expect(arena_failed(a));
	arena_free(&a);
}

Test(arena, grow_in_place_when_last_else_by_copy)
{
	struct arena *a = arena_new(10 << 20);
	int *x = ARENA_ARRAY(a, 4, int);

	for (int i = 0; i < 4; i++)
		x[i] = i;
	int *same = arena_grow(a, x, 4 * sizeof(int), 100 * sizeof(int));
	cr_expect_eq(same, x);
	cr_expect_eq(same[99], 0);
	same[99] = 7;
	cr_assert_not_null(arena_alloc(a, 1));
	int *moved = arena_grow(a, same, 100 * sizeof(int), 200 * sizeof(int));
	cr_expect_neq(moved, same);
	cr_expect_eq(moved[3], 3);
	cr_expect_eq(moved[99], 7);
	cr_expect_eq(moved[199], 0);
	cr_expect_eq(same[99], 7); /* the old one lives on */
	/* beyond every block size */
	int *big = arena_grow(a, moved, 200 * sizeof(int), 4 << 20);
	cr_assert_not_null(big);
	cr_expect_eq(big[99], 7);
	cr_expect_null(arena_grow(a, big, 4 << 20, 11 << 20));
	cr_expect_eq(big[99], 7);
	/* from nothing, and to less */
	char *fresh = arena_grow(a, NULL, 0, 10);
	cr_assert_not_null(fresh);
	cr_expect_eq(arena_grow(a, fresh, 10, 5), fresh);
	arena_free(&a);
}

Test(arena, an_empty_array_grows_too)
{
	struct arena *a = arena_new(1 << 20);
	char *p = arena_alloc(a, 0);
	char *q = arena_grow(a, p, 0, 32);

	cr_assert_not_null(q);
	q[31] = 'x';
	arena_free(&a);
}

Test(arena, strings_end_with_nul)
{
	struct arena *a = arena_new(1 << 20);
	struct str s = arena_str(a, STR("wire\0copy"));

	cr_expect_eq(s.len, 9);
	cr_expect_eq(memcmp(s.data, "wire\0copy", 10), 0);
	s = arena_printf(a, "%s-%d", "segment", 42);
	cr_expect_str_eq(s.data, "segment-42");
	cr_expect_eq(s.len, 10);
	s = arena_str(a, (struct str){ NULL, 0 });
	cr_assert_not_null(s.data);
	cr_expect_eq(s.len, 0);
	arena_free(&a);
}

Test(arena, many_sizes_do_not_overlap)
{
	struct arena *a = arena_new(64 << 20);
	unsigned char *all[600];
	size_t sizes[600];

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 600; i++) {
			sizes[i] = (size_t)i * i % 40009;
			all[i] = arena_alloc(a, sizes[i]);
			cr_assert_not_null(all[i]);
			memset(all[i], i & 255, sizes[i]);
		}
		for (int i = 0; i < 600; i++)
			for (size_t j = 0; j < sizes[i]; j++)
				cr_assert_eq(all[i][j], i & 255);
		arena_reset(a);
	}
	arena_free(&a);
}
