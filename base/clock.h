/* Time, replaceable in tests. Durations and deadlines use the monotonic clock
 * only; the wall clock names things and dates records. */
#ifndef COPYTASTER_BASE_CLOCK_H
#define COPYTASTER_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

uint64_t clock_mono_ns(void);
uint64_t clock_mono_ms(void);
uint64_t clock_wall_ms(void); /* since 1970, UTC */

/* Tests: add to either clock. */
void clock_shift(int64_t mono_ms, int64_t wall_ms);

#define RFC3339_SIZE 32
/* "2016-03-27T14:29:00Z", with ".123" when there are milliseconds. */
void clock_format(uint64_t wall_ms, char out[RFC3339_SIZE]);
/* Any RFC 3339 time, any offset. 0 or -EINVAL. */
int clock_parse(const char *text, size_t len, int64_t *ret_wall_ms) __attribute__((warn_unused_result));

#endif
