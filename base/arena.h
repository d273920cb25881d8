/* One article's memory: bump allocation, released all at once.
 *
 * Advantages: no free, no leak, no fragmentation, a hard cap on what one
 * article may take. Disadvantage: nothing can be given back before reset.
 *
 * Not thread-safe. The arena owns all it hands out; every pointer dies with
 * arena_reset or arena_free. Blocks are kept over a reset (up to 512 KiB), so a
 * warm arena does not call malloc. */
#ifndef COPYTASTER_BASE_ARENA_H
#define COPYTASTER_BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct arena;

/* cap_bytes: the most that may be live at once. NULL when out of memory. */
struct arena *arena_new(size_t cap_bytes);
void arena_free(struct arena **a);
void arena_reset(struct arena *a);

/* Zeroed memory, aligned for any type; NULL at the cap or when malloc fails
 * (then arena_failed is true until the reset). size 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);
/* count * size, checked for overflow. */
void *arena_array(struct arena *a, size_t count, size_t size);
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, count, type) ((type *)arena_array((a), (count), sizeof(type)))
/* Grows an array that came from this arena: in place when it was the last
 * allocation, else by copy. NULL as above; the old array stays valid. */
void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size);

/* Copies, NUL-terminated behind the end. data is NULL when out of memory. */
struct str arena_str(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

int arena_failed(const struct arena *a);
size_t arena_used(const struct arena *a);

#endif
