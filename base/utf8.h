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
/* The code point at *pos (pos < len), *pos moved behind it. Bytes that are not
 * valid give U+FFFD and move by one. */
uint32_t utf8_next(struct str s, size_t *pos);
/* 1 to 4 bytes written to out. */
size_t utf8_put(uint32_t code, char out[4]);

#endif
