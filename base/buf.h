/* A growable byte buffer on the heap with a cap.
 *
 * Appends never fail in place: the first failure (cap or malloc) sets `failed`,
 * later appends do nothing, and the user checks once at the end. data is always
 * NUL-terminated once something was appended. */
#ifndef COPYTASTER_BASE_BUF_H
#define COPYTASTER_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct buf {
	char *data;
	size_t len;
	size_t size;
	size_t cap; /* 0: no cap but SIZE_MAX / 4 */
	bool failed;
};

void buf_init(struct buf *b, size_t cap);
void buf_release(struct buf *b);
void buf_reset(struct buf *b); /* keeps the memory, clears failed */

void buf_append(struct buf *b, const void *data, size_t len);
void buf_str(struct buf *b, struct str s);
void buf_text(struct buf *b, const char *z);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_u32le(struct buf *b, uint32_t v);
void buf_u64le(struct buf *b, uint64_t v);
/* len bytes to be filled by the caller, NULL when failed. */
void *buf_reserve(struct buf *b, size_t len);
void buf_truncate(struct buf *b, size_t len);

static inline struct str buf_view(const struct buf *b)
{
	return (struct str){ b->data, b->len };
}

#endif
