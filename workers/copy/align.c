#include "workers/copy/align.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define OCCURRENCES 4
#define FILTER_BITS 16 /* per slot: one foreign shingle in thirty-two and more passes */

void align_init(struct align *a)
{
	memset(a, 0, sizeof(*a));
	if (getrandom(&a->mix, sizeof(a->mix), GRND_NONBLOCK) != sizeof(a->mix))
		a->mix = 0x9E3779B97F4A7C15u;
	a->mix |= 1;
}

void align_release(struct align *a)
{
	free(a->slots);
	free(a->filter);
	free(a->next);
	free(a->stamp);
	free(a->covered);
	free(a->runs);
	free(a->there);
	memset(a, 0, sizeof(*a));
}

static int room(void *array, size_t *have, size_t want, size_t item)
{
	void **p = array;
	size_t n = *have ? *have : 256;

	if (want <= *have)
		return 0;
	while (n < want)
		n *= 2;
	void *more = realloc(*p, n * item);
	if (!more)
		return -ENOMEM;
	*p = more;
	*have = n;
	return 0;
}

/* The slot of a value: its own or the free one where it would go. */
static inline uint32_t *slot_of(const struct align *a, uint32_t shingle)
{
	uint32_t i = (uint32_t)(shingle * a->mix >> 32) & a->mask;

	while (a->slots[i] && a->shingles[a->slots[i] - 1] != shingle)
		i = (i + 1) & a->mask;
	return &a->slots[i];
}

static inline bool may_have(const struct align *a, uint32_t shingle)
{
	uint32_t bit = shingle & a->filter_mask;

	return a->filter[bit / 64] >> bit % 64 & 1;
}

int align_set(struct align *a, const struct fingerprint *fp)
{
	uint32_t n = fp->n_shingles, size = 64;

	while (size < 2 * n)
		size *= 2;
	if (room(&a->filter, &a->filter_room, size / 64 * FILTER_BITS, sizeof(*a->filter)) ||
	    room(&a->slots, &a->slots_room, size, sizeof(*a->slots)) || room(&a->next, &a->next_room, n, sizeof(*a->next)) ||
	    room(&a->stamp, &a->stamp_room, n, sizeof(*a->stamp)) || room(&a->covered, &a->covered_room, fp->n_words, 1))
		return -ENOMEM;
	memset(a->slots, 0, size * sizeof(*a->slots));
	memset(a->filter, 0, size / 64 * FILTER_BITS * sizeof(*a->filter));
	if (n)
		memset(a->stamp, 0, n * sizeof(*a->stamp));
	if (fp->n_words)
		memset(a->covered, 0, fp->n_words);
	a->mask = size - 1;
	a->filter_mask = size * FILTER_BITS - 1;
	a->shingles = fp->shingles;
	a->n_shingles = n;
	a->n_distinct = 0;
	a->stamps = 0;
	a->there_of = NULL;
	/* From the end, so that chains of equals run forward. */
	for (uint32_t i = n; i-- > 0;) {
		uint32_t *slot = slot_of(a, fp->shingles[i]), bit = fp->shingles[i] & a->filter_mask;
		a->filter[bit / 64] |= 1ull << bit % 64;
		a->n_distinct += *slot == 0;
		a->next[i] = *slot;
		*slot = i + 1;
	}
	return 0;
}

/* The shingles of the entry into there. */
static int unfold(struct align *a, const struct entry *e)
{
	if (a->there_of == e->codes)
		return 0;
	if (room(&a->there, &a->there_room, e->n_shingles, sizeof(*a->there)))
		return -ENOMEM;
	entry_shingles(e, a->there);
	a->there_of = e->codes;
	return 0;
}

/* The next place from j on whose shingle passes the filter; any between end the run. The hot loop: most shingles of most entries
 * are seen here only. */
static inline uint32_t next_shared(const struct align *a, const struct entry *e, uint32_t j, uint32_t *run)
{
	const uint64_t *filter = a->filter;
	uint32_t mask = a->filter_mask, n = e->n_shingles, from = j;

	for (; j < n; j++) {
		uint32_t bit = a->there[j] & mask;
		if (filter[bit / 64] >> bit % 64 & 1)
			break;
	}
	if (j > from)
		*run = 0;
	return j;
}

int align_shared(struct align *a, const struct entry *e, struct shared *ret)
{
	struct shared s = { 0, 0 };
	uint32_t run = 0, longest = 0, j = 0;
	int rc = unfold(a, e);

	*ret = s;
	if (rc || a->n_shingles == 0)
		return rc;
	a->stamps++;
	while ((j = next_shared(a, e, j, &run)) < e->n_shingles) {
		uint32_t first = *slot_of(a, a->there[j++]);
		if (!first) {
			run = 0;
			continue;
		}
		if (a->stamp[first - 1] != a->stamps) {
			a->stamp[first - 1] = a->stamps;
			s.common++;
		}
		if (++run > longest)
			longest = run;
	}
	s.run_words = longest ? longest + SHINGLE_WORDS - 1 : 0;
	*ret = s;
	return 0;
}

static uint32_t extend(const struct align *a, const struct entry *e, uint32_t i, uint32_t j)
{
	uint32_t n = 0;

	while (i + n < a->n_shingles && j + n < e->n_shingles && a->shingles[i + n] == a->there[j + n])
		n++;
	return n;
}

/* The longest run that starts at shingle j of the entry; of equals the one nearest behind `after`. */
static struct run longest_at(const struct align *a, const struct entry *e, uint32_t j, uint32_t after)
{
	struct run best = { 0, j, 0 };
	uint32_t shingle = a->there[j], at = may_have(a, shingle) ? *slot_of(a, shingle) : 0;

	for (int k = 0; at && k < OCCURRENCES; k++, at = a->next[at - 1]) {
		uint32_t n = extend(a, e, at - 1, j);
		if (n > best.words || (n == best.words && best.here < after)) {
			best.here = at - 1;
			best.words = n;
		}
	}
	return best;
}

static int collect(struct align *a, const struct entry *e, uint32_t min_words, size_t *ret_n)
{
	uint32_t j = 0, after = 0;
	size_t n = 0;
	int rc = unfold(a, e);

	if (rc)
		return rc;
	while (a->n_shingles && j < e->n_shingles) {
		struct run r = longest_at(a, e, j, after);
		if (r.words == 0) {
			j++;
			continue;
		}
		j += r.words;
		after = r.here + r.words;
		r.words += SHINGLE_WORDS - 1;
		if (r.words < min_words)
			continue;
		if (room(&a->runs, &a->runs_room, n + 1, sizeof(*a->runs)))
			return -ENOMEM;
		a->runs[n++] = r;
	}
	*ret_n = n;
	return 0;
}

static int longer_first(const void *x, const void *y)
{
	const struct run *a = x, *b = y;

	if (a->words != b->words)
		return a->words > b->words ? -1 : 1;
	return a->here < b->here ? -1 : a->here > b->here;
}

/* The longest stretch of the run that is not covered. */
static struct run uncovered(const struct align *a, struct run r)
{
	struct run best = { r.here, r.there, 0 };
	uint32_t start = 0;

	for (uint32_t k = 0; k <= r.words; k++) {
		if (k < r.words && !a->covered[r.here + k])
			continue;
		if (k - start > best.words)
			best = (struct run){ r.here + start, r.there + start, k - start };
		start = k + 1;
	}
	return best;
}

int align_place(struct align *a, const struct entry *e, uint32_t min_words, const struct run **ret, size_t *ret_n)
{
	size_t found, kept = 0;
	int rc = collect(a, e, min_words, &found);

	if (rc)
		return rc;
	if (found)
		qsort(a->runs, found, sizeof(*a->runs), longer_first);
	for (size_t i = 0; i < found; i++) {
		struct run r = uncovered(a, a->runs[i]);
		if (r.words < SHINGLE_WORDS)
			continue;
		memset(a->covered + r.here, 1, r.words);
		a->runs[kept++] = r;
	}
	*ret = a->runs;
	*ret_n = kept;
	return 0;
}

int align_peek(struct align *a, const struct entry *e, uint32_t min_words, const struct run **ret, size_t *ret_n)
{
	int rc = align_place(a, e, min_words, ret, ret_n);

	for (size_t i = 0; rc == 0 && i < *ret_n; i++)
		memset(a->covered + (*ret)[i].here, 0, (*ret)[i].words);
	return rc;
}
