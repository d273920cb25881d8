/* Articles as NDJSON lines: {"id", "time", "text"}; other fields are ignored.
 *
 * A line has a bound; what is longer is passed over to its end and answered as a bad line. Empty lines
 * count, but give nothing. Views in a line live until the next call. */
#ifndef COPYTASTER_CLI_INPUT_H
#define COPYTASTER_CLI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct input;

struct input_line {
	uint64_t number; /* from 1 */
	struct str id;   /* empty in a bad line that does not tell it */
	struct str time; /* RFC 3339, checked; empty when there is none */
	struct str text; /* any bytes, NUL included */
	const char *code; /* of a bad line: "BAD_INPUT", "TOO_LARGE" */
};

enum input_result {
	INPUT_LINE,
	INPUT_BAD,   /* err says why; the next call goes on with the next line */
	INPUT_END,
	INPUT_ERROR  /* reading failed */
};

/* fd stays the caller's. NULL when out of memory. */
struct input *input_new(int fd, uint64_t max_article_bytes);
void input_free(struct input **in);
enum input_result input_next(struct input *in, struct input_line *ret, struct err *err);
/* The next line is in memory: input_next will not wait for it. */
bool input_ready(const struct input *in);

#endif
