/* The words of synthetic wire: prose that never says the same twice, and forms that always do.
 *
 * All text comes from patterns. In a pattern "$x" stands for something drawn (wiretext.c has the letters), "[a|b|]" for one of its
 * parts. What is drawn depends on the generator's state alone, in the order of the pattern, so that every compiler makes the same
 * text. A story keeps its text in a store of its own of WIRE_TEXT_BYTES; pieces point into the store of any story. Running out
 * of it ends the program: sizes are chosen by whoever calls it. */
#ifndef COPYTASTER_TESTS_BENCH_WIRETEXT_H
#define COPYTASTER_TESTS_BENCH_WIRETEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_TEXT_BYTES (1u << 20)
#define WIRE_PARAGRAPHS 512

struct rng {
	uint64_t s;
};

/* splitmix64 (Steele, Lea, Flood 2014): every seed is a good one. */
static inline uint64_t rng_next(struct rng *r)
{
	uint64_t z = (r->s += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static inline uint64_t rng_below(struct rng *r, uint64_t n)
{
	return rng_next(r) % n;
}

struct text {
	char *data;
	size_t len;
};

struct text text_new(void);
void text_put(struct text *t, const char *data, size_t len);
void text_string(struct text *t, const char *s);

struct piece {
	const char *data;
	size_t len;
};

size_t piece_words(struct piece p);

struct story {
	struct text store;
	struct piece title, dateline, paragraphs[WIRE_PARAGRAPHS];
	size_t n;
};

/* Expands a pattern at the end of t. */
void wire_expand(struct rng *r, struct text *t, const char *pattern);
/* As a piece of the store. */
struct piece wire_piece(struct rng *r, struct story *s, const char *pattern);
/* At least one sentence; ends early when words is not 0 and reached. */
struct piece wire_paragraph(struct rng *r, struct story *s, uint64_t words);
/* Until the text has so many bytes or, when words is not 0, so many words without title and dateline. */
void wire_prose(struct rng *r, uint64_t bytes, uint64_t words, struct story *ret);

/* Texts of one form: other figures, mostly other names, the same words around them. */
#define WIRE_FORMS 6
extern const char *const wire_form_names[WIRE_FORMS];
void wire_form(struct rng *r, unsigned form, struct story *ret);

#endif
