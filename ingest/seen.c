#include "ingest/seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define FIRST_SLOTS 256

static uint64_t mix(uint64_t h)
{
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	return h ^ h >> 32;
}

/* FNV-1a over the bytes, then mixed: names are short, and the seed keeps strangers from choosing collisions. */
static uint64_t hash_name(const struct seen *s, const char *name)
{
	uint64_t h = s->seed;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3u;
	h = mix(h ^ s->seed);
	return h ? h : 1;
}

int seen_init(struct seen *s)
{
	memset(s, 0, sizeof(*s));
	if (getrandom(&s->seed, sizeof(s->seed), GRND_NONBLOCK) != sizeof(s->seed))
		s->seed = 0xcbf29ce484222325u;
	s->slots = calloc(FIRST_SLOTS, sizeof(*s->slots));
	if (!s->slots)
		return -ENOMEM;
	s->n_slots = FIRST_SLOTS;
	return 0;
}

void seen_release(struct seen *s)
{
	free(s->slots);
	memset(s, 0, sizeof(*s));
}

/* The slot of this name, or the free one where it would go; the table is never full. */
static struct seen_entry *slot_of(struct seen_entry *slots, size_t n_slots, uint64_t name)
{
	size_t i = (size_t)name & (n_slots - 1);

	while (slots[i].name != 0 && slots[i].name != name)
		i = (i + 1) & (n_slots - 1);
	return &slots[i];
}

struct seen_entry *seen_find(const struct seen *s, const char *name)
{
	struct seen_entry *e = slot_of(s->slots, s->n_slots, hash_name(s, name));

	return e->name != 0 ? e : NULL;
}

static int resize(struct seen *s, size_t n_slots, uint16_t pass, bool all)
{
	struct seen_entry *slots = calloc(n_slots, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	s->n = 0;
	for (size_t i = 0; i < s->n_slots; i++) {
		const struct seen_entry *e = &s->slots[i];

		if (e->name == 0 || (!all && e->pass != pass && !(e->flags & SEEN_QUEUED)))
			continue;
		*slot_of(slots, n_slots, e->name) = *e;
		s->n++;
	}
	free(s->slots);
	s->slots = slots;
	s->n_slots = n_slots;
	return 0;
}

struct seen_entry *seen_get(struct seen *s, const char *name)
{
	uint64_t h = hash_name(s, name);
	struct seen_entry *e = slot_of(s->slots, s->n_slots, h);

	if (e->name != 0)
		return e;
	if (4 * (s->n + 1) > 3 * s->n_slots) {
		if (s->n_slots >= SEEN_MOST_SLOTS || resize(s, 2 * s->n_slots, 0, true) < 0)
			return NULL;
		e = slot_of(s->slots, s->n_slots, h);
	}
	memset(e, 0, sizeof(*e));
	e->name = h;
	s->n++;
	return e;
}

void seen_sweep(struct seen *s, uint16_t pass)
{
	size_t keep = 0, n_slots = FIRST_SLOTS;

	for (size_t i = 0; i < s->n_slots; i++)
		keep += s->slots[i].name != 0 && (s->slots[i].pass == pass || (s->slots[i].flags & SEEN_QUEUED));
	if (keep == s->n)
		return;
	while (2 * keep > n_slots)
		n_slots *= 2;
	(void)!resize(s, n_slots, pass, false); /* without memory the old entries stay a while longer */
}

uint64_t seen_identity(const struct stat *st)
{
	return mix((uint64_t)st->st_ino ^ mix((uint64_t)st->st_dev));
}

uint64_t seen_look(const struct stat *st)
{
	uint64_t h = seen_identity(st);

	h = mix(h ^ (uint64_t)st->st_size);
	h = mix(h ^ (uint64_t)st->st_mtim.tv_sec) ^ (uint64_t)st->st_mtim.tv_nsec;
	return mix(mix(h) ^ (uint64_t)st->st_ctim.tv_sec) ^ (uint64_t)st->st_ctim.tv_nsec;
}
