/* A set of marks, on the heap, reused. Not thread-safe. */
#ifndef COPYTASTER_WORKERS_COPY_MARKS_H
#define COPYTASTER_WORKERS_COPY_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct marks {
	uint32_t *slots; /* 0: free */
	size_t size, n;
};

void marks_init(struct marks *m);
void marks_release(struct marks *m);
void marks_reset(struct marks *m);
int marks_add(struct marks *m, const uint64_t *marks, size_t n) MUST_CHECK; /* 0 or -ENOMEM */
/* Is any of these in the set? */
bool marks_any(const struct marks *m, const uint64_t *marks, size_t n);

#endif
