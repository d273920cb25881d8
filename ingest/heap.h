/* A binary min-heap of pointers in which every element knows its place, so that it can be
 * removed or moved in O(log n).
 *
 * The heap owns its array only. Each element holds a size_t at `pos_offset`, 0 when it is in no heap;
 * the caller zeroes it before the first push. Room is reserved beforehand, so that a push never fails. */
#ifndef COPYTASTER_INGEST_HEAP_H
#define COPYTASTER_INGEST_HEAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct heap {
	void **items;
	size_t n, size;
	size_t pos_offset;
	int (*compare)(const void *a, const void *b);
};

void heap_init(struct heap *h, int (*compare)(const void *a, const void *b), size_t pos_offset);
void heap_release(struct heap *h);
/* Room for n elements in all. 0 or -ENOMEM. */
int heap_reserve(struct heap *h, size_t n) MUST_CHECK;
void heap_push(struct heap *h, void *item);
/* After the key of an element that may or may not be in the heap has changed. */
void heap_fix(struct heap *h, void *item);
/* One that is not in the heap is no error. */
void heap_remove(struct heap *h, void *item);
bool heap_has(const struct heap *h, const void *item);

static inline void *heap_top(const struct heap *h)
{
	return h->n > 0 ? h->items[0] : NULL;
}

#endif
