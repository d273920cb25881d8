#include "base/clock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#define DAY_MS INT64_C(86400000)
#define LAST_MS UINT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

static int64_t mono_shift_ms, wall_shift_ms;

static uint64_t now_ns(clockid_t which)
{
	struct timespec t;

	(void)clock_gettime(which, &t); /* cannot fail for the two clocks used here */
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

uint64_t clock_mono_ns(void)
{
	return now_ns(CLOCK_MONOTONIC) + (uint64_t)mono_shift_ms * UINT64_C(1000000);
}

uint64_t clock_mono_ms(void)
{
	return clock_mono_ns() / 1000000;
}

uint64_t clock_wall_ms(void)
{
	return now_ns(CLOCK_REALTIME) / 1000000 + (uint64_t)wall_shift_ms;
}

void clock_shift(int64_t mono_ms, int64_t wall_ms)
{
	mono_shift_ms += mono_ms;
	wall_shift_ms += wall_ms;
}

/* Proleptic Gregorian calendar in eras of 400 years that start on 1 March, so that the leap
 * day is the last of its year. Source: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms. */
static int64_t days_from_civil(int64_t y, int m, int d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void civil_from_days(int64_t days, int *ret_y, int *ret_m, int *ret_d)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*ret_d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*ret_m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*ret_y = (int)(yoe + era * 400 + (*ret_m <= 2));
}

void clock_format(uint64_t wall_ms, char out[RFC3339_SIZE])
{
	int y, mon, d;
	unsigned rest, ms;

	if (wall_ms > LAST_MS)
		wall_ms = LAST_MS; /* RFC 3339 has four digits for the year */
	civil_from_days((int64_t)(wall_ms / (uint64_t)DAY_MS), &y, &mon, &d);
	rest = (unsigned)(wall_ms % (uint64_t)DAY_MS);
	ms = rest % 1000;
	rest /= 1000;
	if (ms)
		(void)snprintf(out, RFC3339_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)y % 10000, (unsigned)mon % 100,
			       (unsigned)d % 100, rest / 3600 % 100, rest / 60 % 60, rest % 60, ms);
	else
		(void)snprintf(out, RFC3339_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)y % 10000, (unsigned)mon % 100,
			       (unsigned)d % 100, rest / 3600 % 100, rest / 60 % 60, rest % 60);
}

struct reader {
	const char *p, *end;
};

/* Exactly n digits. */
static bool digits(struct reader *r, int n, int *ret)
{
	int v = 0;

	if (r->end - r->p < n)
		return false;
	for (int i = 0; i < n; i++) {
		char c = r->p[i];

		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	r->p += n;
	*ret = v;
	return true;
}

static bool one_of(struct reader *r, char a, char b)
{
	if (r->p == r->end || (*r->p != a && *r->p != b))
		return false;
	r->p++;
	return true;
}

/* "[.digits]": milliseconds, further digits are cut off. */
static bool fraction(struct reader *r, int *ret_ms)
{
	int ms = 0, n = 0;

	*ret_ms = 0;
	if (!one_of(r, '.', '.'))
		return true;
	for (; r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++, n++)
		if (n < 3)
			ms = ms * 10 + (*r->p - '0');
	if (n == 0)
		return false;
	for (; n < 3; n++)
		ms *= 10;
	*ret_ms = ms;
	return true;
}

static bool offset(struct reader *r, int *ret_minutes)
{
	int sign = 1, h, m;

	*ret_minutes = 0;
	if (one_of(r, 'Z', 'z'))
		return true;
	if (one_of(r, '-', '-'))
		sign = -1;
	else if (!one_of(r, '+', '+'))
		return false;
	if (!digits(r, 2, &h) || !one_of(r, ':', ':') || !digits(r, 2, &m) || h > 23 || m > 59)
		return false;
	*ret_minutes = sign * (h * 60 + m);
	return true;
}

static int days_in_month(int y, int m)
{
	static const signed char days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[m - 1] + (m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0));
}

int clock_parse(const char *text, size_t len, int64_t *ret_wall_ms)
{
	struct reader r = { text, text + len };
	int y, mon, d, h, min, s, ms, minutes;

	if (!digits(&r, 4, &y) || !one_of(&r, '-', '-') || !digits(&r, 2, &mon) || !one_of(&r, '-', '-') || !digits(&r, 2, &d))
		return -EINVAL;
	if (mon < 1 || mon > 12 || d < 1 || d > days_in_month(y, mon))
		return -EINVAL;
	if (!one_of(&r, 'T', 't') && !one_of(&r, ' ', ' '))
		return -EINVAL;
	if (!digits(&r, 2, &h) || !one_of(&r, ':', ':') || !digits(&r, 2, &min) || !one_of(&r, ':', ':') || !digits(&r, 2, &s))
		return -EINVAL;
	if (h > 23 || min > 59 || s > 60) /* 60: a leap second */
		return -EINVAL;
	if (!fraction(&r, &ms) || !offset(&r, &minutes) || r.p != r.end)
		return -EINVAL;
	*ret_wall_ms = days_from_civil(y, mon, d) * DAY_MS + ((int64_t)h * 3600 + min * 60 + s - (int64_t)minutes * 60) * 1000 + ms;
	return 0;
}
