#include "ingest/heap.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void heap_init(struct heap *h, int (*compare)(const void *a, const void *b), size_t pos_offset)
{
	memset(h, 0, sizeof(*h));
	h->compare = compare;
	h->pos_offset = pos_offset;
}

void heap_release(struct heap *h)
{
	free(h->items);
	h->items = NULL;
	h->n = h->size = 0;
}

int heap_reserve(struct heap *h, size_t n)
{
	size_t size = h->size > 0 ? h->size : 64;
	void **items;

	if (n <= h->size)
		return 0;
	while (size < n)
		size *= 2;
	items = realloc(h->items, size * sizeof(*items));
	if (!items)
		return -ENOMEM;
	h->items = items;
	h->size = size;
	return 0;
}

/* Places count from 1; 0 says: in no heap. */
static size_t *place(const struct heap *h, void *item)
{
	return (size_t *)(void *)((char *)item + h->pos_offset);
}

static void put(struct heap *h, size_t i, void *item)
{
	h->items[i] = item;
	*place(h, item) = i + 1;
}

static void sift_up(struct heap *h, size_t i, void *item)
{
	while (i > 0) {
		size_t parent = (i - 1) / 2;

		if (h->compare(h->items[parent], item) <= 0)
			break;
		put(h, i, h->items[parent]);
		i = parent;
	}
	put(h, i, item);
}

static void sift_down(struct heap *h, size_t i, void *item)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= h->n)
			break;
		if (child + 1 < h->n && h->compare(h->items[child + 1], h->items[child]) < 0)
			child++;
		if (h->compare(item, h->items[child]) <= 0)
			break;
		put(h, i, h->items[child]);
		i = child;
	}
	put(h, i, item);
}

static void sift(struct heap *h, size_t i, void *item)
{
	if (i > 0 && h->compare(item, h->items[(i - 1) / 2]) < 0)
		sift_up(h, i, item);
	else
		sift_down(h, i, item);
}

void heap_push(struct heap *h, void *item)
{
	assert(h->n < h->size);
	assert(*place(h, item) == 0);
	h->n++;
	sift_up(h, h->n - 1, item);
}

void heap_fix(struct heap *h, void *item)
{
	size_t pos = *place(h, item);

	if (pos > 0)
		sift(h, pos - 1, item);
}

void heap_remove(struct heap *h, void *item)
{
	size_t pos = *place(h, item);
	void *last;

	if (pos == 0)
		return;
	assert(h->items[pos - 1] == item);
	*place(h, item) = 0;
	last = h->items[--h->n];
	if (last != item)
		sift(h, pos - 1, last);
}

bool heap_has(const struct heap *h, const void *item)
{
	size_t pos = *(const size_t *)(const void *)((const char *)item + h->pos_offset);

	return pos > 0;
}
