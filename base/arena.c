#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

#define ALIGN ((size_t)16)
#define FIRST_BLOCK ((size_t)32 << 10)
#define LARGEST_BLOCK ((size_t)256 << 10)
#define KEEP_BYTES ((size_t)512 << 10)

struct block {
	struct block *next;
	size_t size; /* bytes behind this header */
	size_t used;
	size_t unused; /* keeps the header a multiple of ALIGN */
};

_Static_assert(sizeof(struct block) % 16 == 0, "data behind a block header must stay aligned");

struct arena {
	size_t cap, used;
	bool failed;
	struct block *first, *current;
	struct block *large; /* one allocation each, freed at every reset */
	size_t next_block;
};

static char *block_data(struct block *b)
{
	return (char *)(b + 1);
}

static struct block *block_new(size_t size)
{
	struct block *b = malloc(sizeof(*b) + size);

	if (!b)
		return NULL;
	b->next = NULL;
	b->size = size;
	b->used = 0;
	ASAN_POISON_MEMORY_REGION(block_data(b), size);
	return b;
}

static void block_free(struct block *b)
{
	ASAN_UNPOISON_MEMORY_REGION(block_data(b), b->size);
	free(b);
}

static void chain_free(struct block *b)
{
	while (b) {
		struct block *next = b->next;

		block_free(b);
		b = next;
	}
}

struct arena *arena_new(size_t cap_bytes)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->cap = cap_bytes;
	a->next_block = FIRST_BLOCK;
	return a;
}

void arena_free(struct arena **a)
{
	if (!*a)
		return;
	chain_free((*a)->first);
	chain_free((*a)->large);
	free(*a);
	*a = NULL;
}

void arena_reset(struct arena *a)
{
	size_t kept = 0;
	struct block **link = &a->first;

	chain_free(a->large);
	a->large = NULL;
	while (*link && kept + (*link)->size <= KEEP_BYTES) {
		struct block *b = *link;

		kept += b->size;
		b->used = 0;
		ASAN_POISON_MEMORY_REGION(block_data(b), b->size);
		link = &b->next;
	}
	chain_free(*link);
	*link = NULL;
	a->current = a->first;
	a->used = 0;
	a->failed = false;
}

static void *fail(struct arena *a)
{
	a->failed = true;
	return NULL;
}

/* size with the padding that keeps the next allocation aligned; 0 when over the cap. */
static size_t charge(const struct arena *a, size_t size)
{
	size_t need;

	if (size > a->cap || size > SIZE_MAX / 2)
		return 0;
	need = size ? (size + ALIGN - 1) & ~(ALIGN - 1) : ALIGN;
	return need > a->cap - a->used ? 0 : need;
}

static void *take(struct block *b, size_t size, size_t need)
{
	char *p = block_data(b) + b->used;

	b->used += need;
	/* Only what was asked for: the padding stays poisoned and catches overruns. */
	ASAN_UNPOISON_MEMORY_REGION(p, size);
	return p;
}

/* A block of the chain with room for need bytes. */
static struct block *block_with_room(struct arena *a, size_t need)
{
	struct block *b = a->current;

	while (b && b->size - b->used < need && b->next)
		b = b->next;
	if (b && b->size - b->used >= need)
		return a->current = b;
	struct block *fresh = block_new(a->next_block);
	if (!fresh)
		return NULL;
	if (a->next_block < LARGEST_BLOCK)
		a->next_block *= 2;
	if (b)
		b->next = fresh;
	else
		a->first = fresh;
	return a->current = fresh;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t need = charge(a, size);
	struct block *b;
	void *p;

	if (!need)
		return fail(a);
	if (need > FIRST_BLOCK / 2) {
		b = block_new(need);
		if (!b)
			return fail(a);
		b->next = a->large;
		a->large = b;
	} else {
		b = block_with_room(a, need);
		if (!b)
			return fail(a);
	}
	a->used += need;
	p = take(b, size, need);
	memset(p, 0, size);
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		return fail(a);
	return arena_alloc(a, total);
}

/* Grows the last allocation of the current block where it stands. */
static bool grow_in_place(struct arena *a, char *old, size_t old_size, size_t new_size)
{
	struct block *b = a->current;
	size_t had = old_size ? (old_size + ALIGN - 1) & ~(ALIGN - 1) : ALIGN;
	size_t need;

	if (!b || b->used < had || block_data(b) + (b->used - had) != old)
		return false;
	if (new_size > a->cap)
		return false;
	need = (new_size + ALIGN - 1) & ~(ALIGN - 1);
	if (need - had > b->size - b->used || need - had > a->cap - a->used)
		return false;
	b->used += need - had;
	a->used += need - had;
	ASAN_UNPOISON_MEMORY_REGION(old, new_size);
	memset(old + old_size, 0, new_size - old_size);
	return true;
}

void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size)
{
	void *p;

	if (old && new_size <= old_size)
		return old;
	if (old && grow_in_place(a, old, old_size, new_size))
		return old;
	p = arena_alloc(a, new_size);
	if (p && old_size)
		memcpy(p, old, old_size);
	return p;
}

struct str arena_str(struct arena *a, struct str s)
{
	char *p = s.len == SIZE_MAX ? fail(a) : arena_alloc(a, s.len + 1);

	if (!p)
		return (struct str){ NULL, 0 };
	if (s.len)
		memcpy(p, s.data, s.len);
	return (struct str){ p, s.len };
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = n < 0 ? fail(a) : arena_alloc(a, (size_t)n + 1);
	if (!p)
		return (struct str){ NULL, 0 };
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (struct str){ p, (size_t)n };
}

int arena_failed(const struct arena *a)
{
	return a->failed;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}
