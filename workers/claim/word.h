/* word: a short word as two integers, so that it is compared with a literal at once and a table of words is searched
 * without a look at the text.
 *
 * Tables hold their words as char[WORD_BYTES], in lower case, zeros behind. Longer words are in no table. */
#ifndef COPYTASTER_WORKERS_CLAIM_WORD_H
#define COPYTASTER_WORKERS_CLAIM_WORD_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define WORD_BYTES 16

/* Bytes 0 … 7 and 8 … 15, the first one lowest. All zero: no word; all ones: longer than WORD_BYTES. */
struct word {
	uint64_t low, high;
};

static inline struct word word_load(const char bytes[WORD_BYTES])
{
	struct word w;
	memcpy(&w.low, bytes, 8);
	memcpy(&w.high, bytes + 8, 8);
	return (struct word){ le64toh(w.low), le64toh(w.high) };
}

/* ASCII capitals of eight bytes at once to lower case. */
static inline uint64_t word_fold(uint64_t x)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t seven = x & (0x7f * ones);
	uint64_t upper = (seven + (0x80 - 'A') * ones) & ~(seven + (0x7f - 'Z') * ones) & ~x & (0x80 * ones);
	return x | upper >> 2;
}

/* Bytes start … end - 1 of a text, folded. */
static inline struct word word_of(struct str text, size_t start, size_t end)
{
	size_t n = end - start;
	char bytes[WORD_BYTES] = { 0 };
	if (n > WORD_BYTES)
		return (struct word){ UINT64_MAX, UINT64_MAX };
	/* A copy of fixed size is two loads; what lies behind the word is cut off again. */
	if (text.len - start >= WORD_BYTES)
		memcpy(bytes, text.data + start, WORD_BYTES);
	else
		memcpy(bytes, text.data + start, n);
	struct word w = word_load(bytes);
	if (n < 8)
		w.low &= (UINT64_C(1) << 8 * n) - 1;
	if (n < WORD_BYTES)
		w.high = n > 8 ? w.high & ((UINT64_C(1) << 8 * (n - 8)) - 1) : 0;
	return (struct word){ word_fold(w.low), word_fold(w.high) };
}

static inline bool word_same(struct word w, const char bytes[WORD_BYTES])
{
	struct word x = word_load(bytes);
	return w.low == x.low && w.high == x.high;
}

#define WORD_IS(w, literal) word_same((w), (const char[WORD_BYTES]){ literal })

static inline char word_first(struct word w)
{
	return (char)(w.low & 0xff);
}

/* Index of a word in a table sorted by bytes whose rows of `stride` bytes begin with their word; n: not there. */
static inline size_t word_search(struct word w, const void *table, size_t n, size_t stride)
{
	uint64_t high = __builtin_bswap64(w.low), low = __builtin_bswap64(w.high);
	size_t from = 0, to = n;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		struct word x = word_load((const char *)table + mid * stride);
		uint64_t a = __builtin_bswap64(x.low), b = __builtin_bswap64(x.high);
		if (a < high || (a == high && b < low))
			from = mid + 1;
		else
			to = mid;
	}
	return from < n && word_same(w, (const char *)table + from * stride) ? from : n;
}

#endif
