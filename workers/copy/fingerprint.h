/* fingerprint: the body of an article as shingles.
 *
 * Body blocks (paragraphs) are folded (case, punctuation, white space; datelines, bylines,
 * sign-offs, "MORE", "(Adds …)" and slugs do not count as text), split into words and hashed
 * as word 5-grams, which are winnowed with a window of 16 (Schleimer, Wilkerson, Aiken:
 * Winnowing, SIGMOD 2003), so that every shared run of 20 words shares a mark.
 *
 * A shingle is made of the 16-bit codes of its words (xxh3), so that who keeps the codes, two bytes a word, has
 * the shingles. One changed word in 65,536 keeps its code and goes unseen.
 *
 * Pure; lives in the arena; linear. */
#ifndef COPYTASTER_WORKERS_COPY_FINGERPRINT_H
#define COPYTASTER_WORKERS_COPY_FINGERPRINT_H

#include "base/arena.h"
#include "base/err.h"
#include "proto/record.h"
#include "workers/decode/decode.h"

#define SHINGLE_WORDS 5
#define WINNOW_WINDOW 16

struct fingerprint {
	struct span *words; /* where each folded word stands in the text */
	uint64_t *word_hashes;
	uint16_t *codes; /* the top of each hash */
	uint32_t n_words;
	uint32_t *shingles; /* hash of the codes of words i … i+4, n_words - 4 of them (0 when shorter) */
	uint32_t n_shingles;
	uint32_t *marks; /* winnowed, sorted, each once; one more, not counted, is of the whole text */
	uint32_t n_marks;
	uint64_t whole; /* hash of the whole folded text */
	/* The headline stands beside the text: it never makes a copy, but a copy may carry it again. */
	struct span title;
	uint64_t title_hash; /* 0: none */
};

/* 0 or -ENOMEM (arena). An article without body words gives n_words 0. */
int fingerprint(const struct article *a, struct arena *arena, struct fingerprint *ret) MUST_CHECK;
/* The marks of n shingles, sorted, each once. ret_marks holds n. Returns their number. */
uint32_t fingerprint_winnow(const uint32_t *shingles, uint32_t n, uint32_t *ret_marks);

/* The mark that equal texts share, whatever else does. */
static inline uint32_t fingerprint_whole_mark(uint64_t whole)
{
	return (uint32_t)(whole ^ whole >> 32);
}

/* Mixes the codes of four words, first in the highest place, and a fifth. */
static inline uint32_t shingle_of(uint64_t four, uint16_t fifth)
{
	uint64_t h = (four ^ fifth * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;

	h ^= h >> 32;
	return (uint32_t)(h * 0xD6E8FEB86659FD93u >> 32);
}

#endif
