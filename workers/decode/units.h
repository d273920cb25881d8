/* Lines to units: a unit is one paragraph-like piece of a plain text, a line or a group of hard-wrapped lines.
 *
 * A first pass measures the layout (do lines end because they are full?), the second builds the units. Both
 * are linear; memory is one struct unit per piece, bounded by UNITS_MAX. */
#ifndef COPYTASTER_WORKERS_DECODE_UNITS_H
#define COPYTASTER_WORKERS_DECODE_UNITS_H

#include "base/arena.h"
#include "workers/decode/chars.h"
#include "workers/decode/decode.h"

#define UNITS_MAX 262144

struct unit {
	struct span span;   /* trimmed, not empty */
	uint64_t hash;      /* of its folded letters and digits */
	uint64_t core;      /* the same without (…) at the end */
	uint32_t words, chars, letters, digits;
	uint32_t foreign;   /* letters outside the text's main script */
	uint32_t cut;       /* dateline: the paragraph proper starts here; 0 none */
	uint32_t tail;      /* sign-off: the paragraph proper ends here; 0 none */
	uint16_t indent;
	uint8_t blanks;     /* empty lines before it, at most 255 */
	uint8_t kind;       /* enum block_kind, 0 while not known */
	bool ends;          /* ends like a sentence */
	bool caps;          /* letters, and none of them lower case */
	bool bullet, table, wrapped;
	bool weak;          /* labelled by its place only */
	bool closes;        /* page furniture that stands behind articles only */
};

struct units {
	struct unit *all;
	size_t n;
	bool wrapped; /* the text is hard-wrapped */
};

enum decode_result units_build(struct str text, struct arena *arena, struct units *ret, struct err *err);

/* Does the text end like a sentence: . ! ? … with closing quotes and brackets behind? */
bool units_sentence_end(struct str s);

#endif
