/* ULIDs: 48 bits of milliseconds, 80 random bits; 26 characters of Crockford
 * base 32, sorted like the bytes. Source: the ULID specification (ulid/spec).
 * An article's identity and rough order; never proof of order. */
#ifndef COPYTASTER_BASE_ULID_H
#define COPYTASTER_BASE_ULID_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

#define ULID_TEXT 26

struct ulid {
	uint8_t b[16];
};

/* Unique within the process and monotonic: same millisecond counts up. Random
 * bits from getrandom(2). */
struct ulid ulid_new(uint64_t wall_ms);
void ulid_format(const struct ulid *u, char out[ULID_TEXT + 1]);
/* Exactly 26 valid characters at s, upper case. 0 or -EINVAL. */
int ulid_parse(struct str s, struct ulid *ret_ulid) __attribute__((warn_unused_result));
uint64_t ulid_ms(const struct ulid *u);

static inline int ulid_cmp(const struct ulid *a, const struct ulid *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

static inline bool ulid_is_zero(const struct ulid *u)
{
	static const struct ulid zero;
	return ulid_cmp(u, &zero) == 0;
}

#endif
