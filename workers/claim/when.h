/* when: expressions of time in a sentence, as they are written; time.c says which day they mean. */
#ifndef COPYTASTER_WORKERS_CLAIM_WHEN_H
#define COPYTASTER_WORKERS_CLAIM_WHEN_H

#include "workers/claim/atom.h"
#include "workers/decode/calendar.h"

enum when_kind {
	WHEN_DATE = 1, /* "March 27, 2016", "May 2015", "2014"; zeros where nothing is said */
	WHEN_YEARS,    /* "2014-15" */
	WHEN_DECADE,   /* "1980s" */
	WHEN_CENTURY,  /* "19th century": date.year is 1800 */
	WHEN_WEEKDAY,  /* "Monday", "last Monday" */
	WHEN_DAYS,     /* "today", "yesterday": count days from the article's */
	WHEN_PERIOD,   /* "last week", "this year", "last August", "last summer" */
	WHEN_AGO,      /* "two weeks ago", "three months after" */
	WHEN_PAST,     /* "the last 24 hours"; the next ones when count < 0 */
	WHEN_WEEKEND,
	WHEN_CLOCK,    /* "10:30 a.m." */
	WHEN_LOOSE     /* "in recent months": no date */
};

enum when_unit { WHEN_HOUR = 1, WHEN_DAY, WHEN_WEEK, WHEN_MONTH, WHEN_YEAR, WHEN_TEN_YEARS, WHEN_HUNDRED_YEARS, WHEN_SEASON, WHEN_NO_UNIT };

struct when {
	enum when_kind kind;
	uint32_t first, next; /* atoms */
	struct date date;
	enum when_unit unit;
	int count;   /* of units or days; for a period -1 last, 0 this, 1 next */
	int weekday; /* 0 Monday */
	bool said;   /* with "last" or "next": weekday and month names take count */
};

/* The expression that begins at atom i. */
bool when_read(const struct atoms *a, uint32_t i, struct when *ret);

#endif
