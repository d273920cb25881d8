#include "workers/copy/posted.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "workers/copy/run.h"

#define FIRST_SLOTS 1024
#define DIGIT_BITS 11 /* three passes sort 32 bits */
#define DIGITS (1u << DIGIT_BITS)

void posted_init(struct posted *p)
{
	memset(p, 0, sizeof(*p));
}

void posted_release(struct posted *p)
{
	free(p->all);
	free(p->spare);
	free(p->slots);
	posted_init(p);
}

void posted_reset(struct posted *p)
{
	/* One great batch must not make all later ones clear its room. */
	if (p->size / 16 > p->used + FIRST_SLOTS) {
		free(p->slots);
		p->slots = NULL;
		p->size = 0;
	} else if (p->used) {
		memset(p->slots, 0, p->size * sizeof(*p->slots));
	}
	p->n = p->used = 0;
}

/* The slot of a mark: its own or the free one where it would go. */
static struct posted_slot *slot_of(const struct posted *p, uint32_t mark)
{
	size_t i = (mark * 0x9E3779B97F4A7C15u >> 32) & (p->size - 1);

	while (p->slots[i].head && p->all[p->slots[i].head - 1].mark != mark)
		i = (i + 1) & (p->size - 1);
	return &p->slots[i];
}

static int array_room(struct posting **array, size_t *room, size_t want)
{
	size_t n = *room ? *room : FIRST_SLOTS;

	if (want <= *room)
		return 0;
	while (n < want)
		n *= 2;
	struct posting *grown = realloc(*array, n * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	*array = grown;
	*room = n;
	return 0;
}

static int slots_room(struct posted *p, size_t more)
{
	struct posted bigger = *p;

	if (p->size && 2 * (p->used + more) <= p->size)
		return 0;
	bigger.size = p->size ? p->size : FIRST_SLOTS;
	while (bigger.size < 2 * (p->used + more))
		bigger.size *= 2;
	bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < p->size; i++)
		if (p->slots[i].head)
			*slot_of(&bigger, p->all[p->slots[i].head - 1].mark) = p->slots[i];
	free(p->slots);
	*p = bigger;
	return 0;
}

int posted_add(struct posted *p, uint64_t doc, const uint32_t *marks, size_t n)
{
	if (p->n + n >= UINT32_MAX || array_room(&p->all, &p->room, p->n + n) || slots_room(p, n))
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct posted_slot *slot = slot_of(p, marks[i]);
		p->all[p->n++] = (struct posting){ doc, marks[i], 0 };
		if (slot->head) {
			p->all[slot->tail - 1].next = (uint32_t)p->n;
		} else {
			slot->head = (uint32_t)p->n;
			p->used++;
		}
		slot->tail = (uint32_t)p->n;
	}
	return 0;
}

void posted_get(const struct posted *p, uint32_t mark, size_t most, uint64_t *docs, size_t *n)
{
	uint32_t at = p->n ? slot_of(p, mark)->head : 0;

	for (size_t k = 0; at && k < most; k++, at = p->all[at - 1].next)
		docs[(*n)++] = p->all[at - 1].doc;
}

int posted_sort(struct posted *p)
{
	if (array_room(&p->spare, &p->spare_room, p->n))
		return -ENOMEM;
	for (unsigned shift = 0; shift < 32; shift += DIGIT_BITS) {
		size_t start[DIGITS + 1] = { 0 };
		for (size_t i = 0; i < p->n; i++)
			start[(run_key(p->all[i].mark) >> shift & (DIGITS - 1)) + 1]++;
		for (size_t d = 0; d < DIGITS; d++)
			start[d + 1] += start[d];
		for (size_t i = 0; i < p->n; i++)
			p->spare[start[run_key(p->all[i].mark) >> shift & (DIGITS - 1)]++] = p->all[i];
		struct posting *sorted = p->spare;
		size_t room = p->spare_room;
		p->spare = p->all;
		p->spare_room = p->room;
		p->all = sorted;
		p->room = room;
	}
	return 0;
}
