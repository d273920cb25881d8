/* Articles for the tests of workers/claim: paragraphs by blank lines, no decoder. */
#ifndef COPYTASTER_TESTS_UNIT_CLAIM_FIXTURE_H
#define COPYTASTER_TESTS_UNIT_CLAIM_FIXTURE_H

#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/buf.h"
#include "workers/claim/attribute.h"
#include "workers/claim/text.h"

static struct arena *arena;

static inline void fixture_setup(void)
{
	arena = arena_new(256u << 20);
}

static inline void fixture_teardown(void)
{
	arena_free(&arena);
}

static inline struct article article_of(struct str text)
{
	struct article a = { .text = text, .time = STR("2016-03-14T12:00:00Z"), .time_source = TIME_INPUT };
	a.blocks = ARENA_ARRAY(arena, text.len / 2 + 1, struct block);
	size_t at = 0;
	while (at < text.len) {
		const char *gap = memmem(text.data + at, text.len - at, "\n\n", 2);
		size_t end = gap ? (size_t)(gap - text.data) : text.len;
		if (end > at)
			a.blocks[a.n_blocks++] = (struct block){ BLOCK_PARAGRAPH, { (uint32_t)at, (uint32_t)end } };
		at = end + 2;
	}
	return a;
}

static inline struct text text_of(const char *z)
{
	struct article *a = ARENA_NEW(arena, struct article);
	struct text x;
	*a = article_of(str_of(z));
	cr_assert_eq(text_analyse(a, arena, &x), 0);
	return x;
}

static inline void put_range(struct buf *b, const struct text *x, struct range r)
{
	if (r.first < r.end)
		buf_str(b, text_bytes(x, (struct span){ x->tokens[r.first].span.start, x->tokens[r.end - 1].span.end }));
}

#endif
