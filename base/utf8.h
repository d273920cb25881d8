/* UTF-8 over untrusted bytes (RFC 3629: no surrogates, no overlong forms). */
#ifndef COPYTASTER_BASE_UTF8_H
#define COPYTASTER_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Offset of the first invalid byte, or s.len when all is valid. */
size_t utf8_valid_prefix(struct str s);
bool utf8_valid(struct str s);
/* Code points of valid text. */
size_t utf8_count(struct str s);

/* As utf8_next; for what is not ASCII. */
uint32_t utf8_next_long(struct str s, size_t *pos);

/* The code point at *pos (pos < len), *pos moved behind it. Bytes that are not
 * valid give U+FFFD and move by one. Inline: most text is ASCII, and the call would cost more than the work. */
static inline uint32_t utf8_next(struct str s, size_t *pos)
{
	unsigned char c = (unsigned char)s.data[*pos];

	if (c >= 0x80)
		return utf8_next_long(s, pos);
	*pos += 1;
	return c;
}

/* 1 to 4 bytes written to out. */
size_t utf8_put(uint32_t code, char out[4]);

#endif
