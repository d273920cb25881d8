/* What goes to people: colour, width, and bytes from outside made harmless.
 *
 * All output is built in a struct buf and written whole, so that nothing interleaves within a line. */
#ifndef COPYTASTER_CLI_TERM_H
#define COPYTASTER_CLI_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct term {
	bool tty;
	bool colour;     /* a terminal, TERM is not "dumb" and NO_COLOR is unset or empty */
	unsigned width;  /* columns, 40 … 200; 100 where there is no terminal */
};

enum style { STYLE_BOLD, STYLE_DIM, STYLE_SOURCE, STYLE_CUE, STYLE_COPY, STYLE_GOOD, STYLE_BAD };

void term_init(struct term *t, int fd);

/* Start and end of a style; nothing without colour. */
void term_on(struct buf *out, const struct term *t, enum style s);
void term_off(struct buf *out, const struct term *t);
void term_styled(struct buf *out, const struct term *t, enum style s, struct str text);

/* Untrusted text on one line: white space as one blank each, controls, bidirectional marks and invalid bytes as \xNN. */
void term_text(struct buf *out, struct str s);
/* The same, cut to `columns` with "…". */
void term_cut(struct buf *out, struct str s, unsigned columns);
/* The same, wrapped at the terminal's width; each line starts with indent blanks, the first one excepted, where
 * `used` columns stand already. Ends with a newline. */
void term_wrap(struct buf *out, const struct term *t, struct str s, unsigned indent, unsigned used);
unsigned term_columns(struct str s);
/* Blanks up to `columns` behind something that took `used` of them. */
void term_pad(struct buf *out, unsigned used, unsigned columns);

/* Writes and empties the buffer. 0 or -errno; -ENOMEM when the buffer had failed. */
int term_flush(struct buf *out, int fd) MUST_CHECK;
/* To stderr: when that fails there is nobody to tell. */
void term_say(struct buf *out);

#endif
