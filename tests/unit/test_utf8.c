#include "base/utf8.h"

#include <criterion/criterion.h>

Test(utf8, valid_prefix_stops_at_the_first_bad_byte)
{
	static const struct {
		struct str s;
		size_t good;
	} cases[] = {
		{ { "", 0 }, 0 },
		{ { NULL, 0 }, 0 },
		{ { "plain text, more than eight bytes", 33 }, 33 },
		{ { "a\0b", 3 }, 3 },
		{ { "caf\xc3\xa9", 5 }, 5 },
		{ { "\xe2\x82\xac", 3 }, 3 },
		{ { "\xf0\x9f\x93\xb0", 4 }, 4 },
		{ { "\xf4\x8f\xbf\xbf", 4 }, 4 },
		{ { "12345678\xff", 9 }, 8 },
		{ { "1234567\xc3", 8 }, 7 },
		{ { "x\x80", 2 }, 1 },             /* lone continuation */
		{ { "x\xc0\xaf", 3 }, 1 },         /* overlong '/' */
		{ { "x\xc1\xbf", 3 }, 1 },
		{ { "x\xe0\x9f\xbf", 4 }, 1 },     /* overlong, three bytes */
		{ { "x\xf0\x8f\xbf\xbf", 5 }, 1 }, /* overlong, four bytes */
		{ { "x\xed\xa0\x80", 4 }, 1 },     /* surrogate */
		{ { "x\xf4\x90\x80\x80", 5 }, 1 }, /* above U+10FFFF */
		{ { "x\xf5\x80\x80\x80", 5 }, 1 },
		{ { "x\xe2\x82", 3 }, 1 },         /* cut off */
		{ { "x\xf0\x9f\x93", 4 }, 1 },
		{ { "x\xe2\x28\xa1", 4 }, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_eq(utf8_valid_prefix(cases[i].s), cases[i].good, "case %zu", i);
		cr_expect_eq(utf8_valid(cases[i].s), cases[i].good == cases[i].s.len, "case %zu", i);
	}
}

Test(utf8, every_code_point_goes_round)
{
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		char out[4];
		size_t n = utf8_put(c, out), pos = 0;

		if (c >= 0xd800 && c <= 0xdfff) {
			cr_assert_eq(n, 3);
			cr_assert_eq(utf8_next((struct str){ out, n }, &pos), 0xfffd);
			continue;
		}
		cr_assert_eq(utf8_next((struct str){ out, n }, &pos), c);
		cr_assert_eq(pos, n);
		cr_assert(utf8_valid((struct str){ out, n }));
	}
}

Test(utf8, bad_bytes_count_one_each)
{
	struct str s = { "\xe2\x82x\xff", 4 };
	size_t pos = 0;

	cr_expect_eq(utf8_next(s, &pos), 0xfffd);
	cr_expect_eq(pos, 1);
	cr_expect_eq(utf8_next(s, &pos), 0xfffd);
	cr_expect_eq(utf8_next(s, &pos), 'x');
	cr_expect_eq(utf8_next(s, &pos), 0xfffd);
	cr_expect_eq(pos, 4);
}

Test(utf8, counts_code_points_at_every_offset)
{
	static const char text[] = "abcdefgh\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 \xd1\x8f\xd1\x8f\xd1\x8f\xd1\x8f\xd1\x8f\xd1\x8f zzzzzzzzz\xe2\x80\x99";
	struct str s = STR(text);

	for (size_t start = 0; start < s.len; start++) {
		struct str rest = str_cut(s, start, s.len);
		size_t n = 0;

		if (((unsigned char)rest.data[0] & 0xc0) == 0x80)
			continue;
		for (size_t pos = 0; pos < rest.len; n++)
			utf8_next(rest, &pos);
		cr_assert_eq(utf8_count(rest), n, "from byte %zu", start);
	}
	cr_assert_eq(utf8_count(s), 29);
}
