#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_BYTES 64

void buf_init(struct buf *b, size_t cap)
{
	*b = (struct buf){ .cap = cap };
}

void buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ .cap = b->cap };
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->data)
		b->data[0] = '\0';
}

static bool make_room(struct buf *b, size_t extra)
{
	size_t cap = b->cap ? b->cap : SIZE_MAX / 4;
	size_t need, size;
	char *data;

	if (b->failed)
		return false;
	if (b->len > cap || extra > cap - b->len)
		goto fail;
	need = b->len + extra + 1;
	if (need <= b->size)
		return true;
	size = b->size < LEAST_BYTES ? LEAST_BYTES : b->size + b->size / 2;
	if (size < need)
		size = need;
	data = realloc(b->data, size);
	if (!data)
		goto fail;
	b->data = data;
	b->size = size;
	return true;
fail:
	b->failed = true;
	return false;
}

void *buf_reserve(struct buf *b, size_t len)
{
	char *p;

	if (!make_room(b, len))
		return NULL;
	p = b->data + b->len;
	b->len += len;
	b->data[b->len] = '\0';
	return p;
}

void buf_append(struct buf *b, const void *data, size_t len)
{
	char *p = buf_reserve(b, len);

	if (p && len)
		memcpy(p, data, len);
}

void buf_str(struct buf *b, struct str s)
{
	buf_append(b, s.data, s.len);
}

void buf_text(struct buf *b, const char *z)
{
	buf_append(b, z, strlen(z));
}

void buf_char(struct buf *b, char c)
{
	buf_append(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->failed = true;
		return;
	}
	p = buf_reserve(b, (size_t)n);
	if (!p)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
}

void buf_u32le(struct buf *b, uint32_t v)
{
	uint8_t bytes[4];

	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(v >> (8 * i));
	buf_append(b, bytes, sizeof(bytes));
}

void buf_u64le(struct buf *b, uint64_t v)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(v >> (8 * i));
	buf_append(b, bytes, sizeof(bytes));
}

void buf_truncate(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->data[len] = '\0';
}
