/* Labels units by what they say (chrome.h) and where they stand: head, body, tail. */
#ifndef COPYTASTER_WORKERS_DECODE_LABEL_H
#define COPYTASTER_WORKERS_DECODE_LABEL_H

#include "workers/decode/dateline.h"
#include "workers/decode/units.h"

struct labels {
	size_t title;            /* index, or the number of units */
	size_t first, last;      /* body, from its first to its last paragraph; first > last: none */
	struct dateline dateline; /* of the first paragraph that has one */
};

/* 0 or -ENOMEM. */
int label_units(struct str text, struct units *us, struct arena *arena, struct labels *ret) MUST_CHECK;

#endif
