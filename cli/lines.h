/* Lines of a descriptor with a bound on their length. */
#ifndef COPYTASTER_CLI_LINES_H
#define COPYTASTER_CLI_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct lines {
	int fd; /* the caller's */
	size_t max_bytes;
	struct buf data;
	size_t taken;    /* of data, by lines handed out */
	size_t searched; /* of data, without a newline behind taken */
	bool at_end;
	bool torn;       /* the line handed out last had no newline: the file ends with it */
	uint64_t number; /* of the line handed out last, from 1 */
};

void lines_init(struct lines *l, int fd, size_t max_bytes);
void lines_release(struct lines *l);
/* The next line without its newline, valid until the next call. 1: at the end; -EFBIG: it is longer than
 * allowed and was passed over; others: reading failed. */
int lines_next(struct lines *l, struct str *ret) MUST_CHECK;
/* A whole line is in memory: lines_next will not wait. */
bool lines_ready(const struct lines *l);

#endif
