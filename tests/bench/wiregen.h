/* One article of synthetic wire, and the truth about it.
 *
 * Article i is made from seed and i alone: a copy of j makes j again and changes it, so nothing is kept in memory and any part of a
 * run can be made by itself. Not thread-safe. */
#ifndef COPYTASTER_TESTS_BENCH_WIREGEN_H
#define COPYTASTER_TESTS_BENCH_WIREGEN_H

#include "wiretext.h"

enum wire_kind { WIRE_ORIGINAL, WIRE_TEMPLATE, WIRE_RESEND, WIRE_CUT, WIRE_EXTENDED, WIRE_MERGED, WIRE_EDIT, WIRE_KINDS };
extern const char *const wire_kind_names[WIRE_KINDS];

struct wire_options {
	uint64_t seed, distance, bytes, words; /* words 0: bytes count */
	uint64_t copies, templates;            /* percent */
};

/* Of one article that another copies: which, and what share of the words stands in the other, in percent. */
struct wire_source {
	uint64_t of;
	unsigned here, there; /* of the words of the copy, of the words of the source */
};

struct wire_article {
	struct text text;
	enum wire_kind kind;
	const char *form; /* of a TEMPLATE and of its copies, or NULL */
	struct wire_source sources[2];
	unsigned n_sources;
	bool furniture; /* slug, headline, byline, dateline, note, MORE or sign-off were changed */
	bool figure;    /* a figure was changed */
	struct story story, other;
};

void wire_article_init(struct wire_article *a);
void wire_article_release(struct wire_article *a);
void wire_make(const struct wire_options *o, uint64_t i, struct wire_article *ret);

#endif
