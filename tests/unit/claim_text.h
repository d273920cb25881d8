/* One article from a string, for the tests of what is found in sentences. */
#ifndef COPYTASTER_TESTS_CLAIM_TEXT_H
#define COPYTASTER_TESTS_CLAIM_TEXT_H

#include <criterion/criterion.h>

#include "workers/claim/text.h"
#include "workers/decode/decode.h"

struct claim_text {
	struct arena *arena;
	struct article article;
	struct text text;
};

static inline void claim_text_open(struct claim_text *c, const char *body, const char *time)
{
	struct decode_input in = { .bytes = str_of(body), .file_name = STR("a.txt"), .input_time = str_of(time) };
	struct err err = { 0 };

	c->arena = arena_new(128u << 20);
	cr_assert(c->arena);
	cr_assert_eq(decode(&in, c->arena, &c->article, &err), DECODE_OK, "%s", err.text);
	cr_assert_eq(text_analyse(&c->article, c->arena, &c->text), 0);
}

static inline void claim_text_close(struct claim_text *c)
{
	arena_free(&c->arena);
}

#endif
