#include "workers/copy/candidates.h"

#include <errno.h>
#include <string.h>

static void count(struct candidates *c, uint64_t doc, uint32_t weight)
{
	uint32_t i = (uint32_t)(doc * 0x9E3779B97F4A7C15u >> 40) % CANDIDATE_SLOTS;

	while (c->slots[i].doc && c->slots[i].doc != doc)
		i = (i + 1) % CANDIDATE_SLOTS;
	if (!c->slots[i].doc) {
		if (c->n_used == CANDIDATE_DOCS)
			return;
		c->slots[i].doc = doc;
		c->used[c->n_used++] = (uint16_t)i;
	}
	c->slots[i].marks += weight;
}

static void offer(struct candidates *c, uint64_t doc, uint32_t marks)
{
	size_t i = c->n_best;

	while (i > 0 && (c->best_marks[i - 1] < marks || (c->best_marks[i - 1] == marks && c->best[i - 1] > doc)))
		i--;
	if (i == CANDIDATES)
		return;
	size_t tail = (c->n_best < CANDIDATES ? c->n_best : CANDIDATES - 1) - i;
	memmove(c->best + i + 1, c->best + i, tail * sizeof(*c->best));
	memmove(c->best_marks + i + 1, c->best_marks + i, tail * sizeof(*c->best_marks));
	c->best[i] = doc;
	c->best_marks[i] = marks;
	c->n_best += c->n_best < CANDIDATES;
}

static void settle(struct candidates *c)
{
	c->n_best = 0;
	for (size_t i = 0; i < c->n_used; i++) {
		uint16_t at = c->used[i];
		offer(c, c->slots[at].doc, c->slots[at].marks);
		c->slots[at].doc = 0;
		c->slots[at].marks = 0;
	}
	c->n_used = 0;
}

int candidates_find(struct candidates *c, int (*postings)(void *, uint32_t, uint64_t *, size_t *), void *arg, const uint32_t *marks,
		    uint32_t n_marks)
{
	uint64_t docs[POSTING_CAP * COPY_BUCKETS];
	uint32_t step = n_marks / CANDIDATE_MARKS + 1;
	int rc = 0;

	/* The last mark is of the whole text: who shares it is verified whoever else is. */
	for (uint32_t i = n_marks; rc == 0 && i > 0; i = i > step ? i - step : 0) {
		size_t n = 0;
		rc = postings(arg, marks[i - 1], docs, &n);
		for (size_t k = 0; k < n; k++)
			count(c, docs[k], i == n_marks ? n_marks : 1);
	}
	settle(c);
	return rc;
}
