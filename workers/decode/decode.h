/* decode: bytes of a file to text and labelled blocks.
 *
 * For a plain UTF-8 file `text` is the file's bytes unchanged (a leading byte order mark stays
 * outside all blocks). Other charsets are turned into UTF-8. Cleaning labels blocks, it never rewrites
 * text. Pure: all results live in the arena, cost linear in the length.
 *
 * Decoders stand behind one table, chosen by content (decode.c); plain text is the first. */
#ifndef COPYTASTER_WORKERS_DECODE_DECODE_H
#define COPYTASTER_WORKERS_DECODE_DECODE_H

#include "base/arena.h"
#include "base/err.h"
#include "proto/record.h"

struct decode_input {
	struct str bytes;
	struct str file_name;    /* for hints only; bytes, never trusted */
	struct str input_time;   /* RFC 3339 from the input line, or empty */
};

struct article {
	struct str text;
	struct str media_type, charset, language; /* "text/plain", "utf-8", "en" */
	struct str time;                          /* RFC 3339, or empty */
	enum time_source time_source;
	struct str title, byline, provider, supplier_id, pub_status;
	uint32_t supplier_version;
	struct block *blocks; /* in order, not overlapping; white space between them */
	size_t n_blocks;
};

enum decode_result {
	DECODE_OK,
	DECODE_EMPTY,     /* no text in it */
	DECODE_BINARY,    /* not a text of any kind we read */
	DECODE_CHARSET,   /* text, but no charset fits */
	DECODE_TOO_COMPLEX, /* over a limit of the decoder */
	DECODE_MEMORY     /* arena full: another try may help */
};

/* On other than DECODE_OK err says what, where (line or byte), and what to do. */
enum decode_result decode(const struct decode_input *in, struct arena *arena, struct article *ret, struct err *err);
/* "EMPTY", "BINARY", … as they stand in receipts. */
const char *decode_result_name(enum decode_result r);

#endif
