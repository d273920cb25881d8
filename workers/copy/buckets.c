#include "workers/copy/buckets.h"

#include <string.h>

void buckets_init(struct buckets *x)
{
	memset(x, 0, sizeof(*x));
	x->next = 1;
}

int buckets_of(const struct buckets *x, uint64_t doc)
{
	if (doc >= x->next)
		return NO_BUCKET;
	for (size_t i = x->n; i-- > 0;)
		if (doc >= x->b[i].first)
			return (int)i;
	return NO_BUCKET;
}

bool buckets_due(const struct buckets *x, uint64_t arrival_ms, uint64_t window_ms)
{
	uint64_t period = window_ms / (COPY_BUCKETS - 1) + 1;

	if (x->n == 0)
		return true;
	/* A clock that went back must not open bucket after bucket. */
	return arrival_ms > x->b[x->n - 1].start_ms && arrival_ms - x->b[x->n - 1].start_ms >= period;
}

void buckets_open(struct buckets *x, uint64_t arrival_ms)
{
	unsigned slot = x->n ? (x->b[x->n - 1].slot + 1) % COPY_BUCKETS : 0;

	x->b[x->n++] = (struct bucket){ x->next, arrival_ms, arrival_ms, slot };
}

bool buckets_expired(const struct buckets *x, uint64_t now_ms, uint64_t window_ms)
{
	return x->n && now_ms > x->b[0].last_ms && now_ms - x->b[0].last_ms > window_ms;
}

unsigned buckets_drop(struct buckets *x)
{
	unsigned slot = x->b[0].slot;

	x->n--;
	memmove(x->b, x->b + 1, x->n * sizeof(*x->b));
	return slot;
}

uint64_t buckets_enter(struct buckets *x, uint64_t arrival_ms)
{
	struct bucket *b = &x->b[x->n - 1];

	if (arrival_ms > b->last_ms)
		b->last_ms = arrival_ms;
	return x->next++;
}
