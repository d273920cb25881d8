/* Datelines: "BEIRUT - ", "LONDON, March 3 (Reuters) - ", "Washington (AFP) – ", "(Reuters) - ". */
#ifndef COPYTASTER_WORKERS_DECODE_DATELINE_H
#define COPYTASTER_WORKERS_DECODE_DATELINE_H

#include "workers/decode/calendar.h"

struct dateline {
	size_t len;        /* bytes with the dash, without the white space behind it */
	struct str agency; /* "Reuters", or empty */
	struct date date;  /* zeros where nothing is said */
	bool strong;       /* has a date or an agency; else only a first paragraph should be believed */
};

/* At the start of a paragraph. Looks at its first 140 bytes. */
bool dateline_find(struct str paragraph, struct dateline *ret);
/* The whole of a short line: "BEIRUT, March 27 (Reuters)". */
bool dateline_line(struct str line, struct dateline *ret);

#endif
