#include "workers/copy/marks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void marks_init(struct marks *m)
{
	memset(m, 0, sizeof(*m));
}

void marks_release(struct marks *m)
{
	free(m->slots);
	marks_init(m);
}

void marks_reset(struct marks *m)
{
	if (m->slots && m->n)
		memset(m->slots, 0, m->size * sizeof(*m->slots));
	m->n = 0;
}

/* 0 marks a free slot; that it meets another mark costs one judgement more. */
static uint32_t value(uint64_t mark)
{
	return (uint32_t)mark ? (uint32_t)mark : 1;
}

static uint32_t *slot_of(const struct marks *m, uint32_t v)
{
	size_t i = (v * 0x9E3779B1u) & (m->size - 1);

	while (m->slots[i] && m->slots[i] != v)
		i = (i + 1) & (m->size - 1);
	return &m->slots[i];
}

static int grow(struct marks *m, size_t want)
{
	struct marks bigger = { NULL, m->size ? m->size : 1024, m->n };

	if (m->size && 2 * want <= m->size)
		return 0;
	while (bigger.size < 2 * want)
		bigger.size *= 2;
	bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < m->size; i++)
		if (m->slots[i])
			*slot_of(&bigger, m->slots[i]) = m->slots[i];
	free(m->slots);
	*m = bigger;
	return 0;
}

int marks_add(struct marks *m, const uint64_t *marks, size_t n)
{
	if (grow(m, m->n + n))
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		uint32_t v = value(marks[i]), *slot = slot_of(m, v);
		m->n += *slot == 0;
		*slot = v;
	}
	return 0;
}

bool marks_any(const struct marks *m, const uint64_t *marks, size_t n)
{
	for (size_t i = 0; m->n && i < n; i++)
		if (*slot_of(m, value(marks[i])))
			return true;
	return false;
}
