#include "base/clock.h"

#include <criterion/criterion.h>
#include <string.h>

static int parse(const char *z, int64_t *ret)
{
	return clock_parse(z, strlen(z), ret);
}

Test(clock, known_times)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "2016-03-27T14:29:00Z", INT64_C(1459088940000) },
		{ "2016-03-27T14:29:00.5Z", INT64_C(1459088940500) },
		{ "2016-03-27T14:29:00.1239999999999999999999Z", INT64_C(1459088940123) },
		{ "2016-03-27T16:29:00+02:00", INT64_C(1459088940000) },
		{ "2016-03-27t08:59:00-05:30", INT64_C(1459088940000) },
		{ "2016-03-27 14:29:00z", INT64_C(1459088940000) },
		{ "2000-02-29T00:00:00Z", INT64_C(951782400000) },
		{ "2016-12-31T23:59:60Z", INT64_C(1483228800000) },
		{ "9999-12-31T23:59:59.999Z", INT64_C(253402300799999) },
		{ "0000-01-01T00:00:00Z", INT64_C(-62167219200000) },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ms = 4711;

		cr_assert_eq(parse(cases[i].text, &ms), 0, "%s", cases[i].text);
		cr_expect_eq(ms, cases[i].ms, "%s: %lld", cases[i].text, (long long)ms);
	}
}

Test(clock, what_is_no_time_is_refused)
{
	static const char *const bad[] = {
		"", "2016", "2016-03-27", "2016-03-27T14:29Z", "2016-03-27T14:29:00", "2016-13-01T00:00:00Z", "2016-00-01T00:00:00Z",
		"2016-02-30T00:00:00Z", "2015-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2016-03-00T00:00:00Z",
		"2016-03-27T24:00:00Z", "2016-03-27T14:60:00Z", "2016-03-27T14:29:61Z", "2016-03-27T14:29:00.Z",
		"2016-03-27T14:29:00+24:00", "2016-03-27T14:29:00+01", "2016-03-27T14:29:00Zx", "2016-3-27T14:29:00Z",
		"+016-03-27T14:29:00Z", "2016-03-27X14:29:00Z", "2016/03/27T14:29:00Z",
	};
	int64_t ms;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_lt(parse(bad[i], &ms), 0, "%s", bad[i]);
	cr_expect_lt(clock_parse("2016-03-27T14:29:00Z", 19, &ms), 0);
}

Test(clock, format_goes_round)
{
	char text[RFC3339_SIZE];
	int64_t back;

	clock_format(UINT64_C(1459088940000), text);
	cr_expect_str_eq(text, "2016-03-27T14:29:00Z");
	clock_format(UINT64_C(1459088940007), text);
	cr_expect_str_eq(text, "2016-03-27T14:29:00.007Z");
	for (uint64_t ms = 1; ms < UINT64_C(253402300800000); ms += UINT64_C(86399999) * 17) {
		clock_format(ms, text);
		cr_assert_eq(parse(text, &back), 0, "%s", text);
		cr_assert_eq((uint64_t)back, ms, "%s", text);
	}
	clock_format(UINT64_MAX, text);
	cr_expect_str_eq(text, "9999-12-31T23:59:59.999Z");
}

Test(clock, shift_moves_either_clock)
{
	uint64_t mono = clock_mono_ms(), wall = clock_wall_ms();

	clock_shift(3600000, -86400000);
	cr_expect_geq(clock_mono_ms(), mono + 3600000);
	cr_expect_lt(clock_mono_ms(), mono + 3660000);
	cr_expect_lt(clock_wall_ms(), wall - 86300000);
	clock_shift(-3600000, 86400000);
	cr_expect_lt(clock_mono_ms(), mono + 60000);
	cr_expect_geq(clock_wall_ms(), wall);
}
