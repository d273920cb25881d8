/* A length-counted view of bytes. It owns nothing: whoever made the bytes
 * (an arena, a buffer, a literal) says how long they live. */
#ifndef COPYTASTER_BASE_STR_H
#define COPYTASTER_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
	const char *data; /* not NUL-terminated; NULL only where len is 0 */
	size_t len;
};

#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })
#define STR_ARGS(s) (int)(s).len, (s).data /* for "%.*s" */

static inline struct str str_of(const char *z)
{
	return (struct str){ z, z ? strlen(z) : 0 };
}

static inline struct str str_cut(struct str s, size_t start, size_t end)
{
	return (struct str){ s.data + start, end - start };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool str_is(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

#endif
