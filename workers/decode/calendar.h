/* Months, weekdays and civil days of the proleptic Gregorian calendar; dates as English and ISO texts
 * write them. Pure. */
#ifndef COPYTASTER_WORKERS_DECODE_CALENDAR_H
#define COPYTASTER_WORKERS_DECODE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct date {
	int year;  /* 0: not said */
	int month; /* 1 … 12, 0: not said */
	int day;   /* 1 … 31, 0: not said */
};

/* 1 … 12 for "January", "Jan", "Jan.", "Sept."; 0 for anything else. Capitalised or all caps only. */
int calendar_month(struct str word);
/* 0 Monday … 6 Sunday for "Monday", "Mon."; -1 for anything else. */
int calendar_weekday(struct str word);

int calendar_month_days(int year, int month);
bool calendar_valid(struct date d); /* zeros allowed from the right or for the year */
/* Days since 1970-01-01, and back. */
int64_t calendar_days(struct date d);
struct date calendar_date(int64_t days);
int calendar_day_of_week(int64_t days); /* 0 Monday */

/* A date at the start of s: "March 3, 2016", "Mar 3", "3 March 2016", "2016-03-03", "03/27/2016", "27.03.2016". Bytes taken, 0
 * when there is none. The year may be missing in the word forms. Ambiguous figures (03/04/2016) are none. */
size_t calendar_parse(struct str s, struct date *ret);

#endif
