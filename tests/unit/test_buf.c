#include "base/buf.h"
#include "base/err.h"

#include <criterion/criterion.h>
#include <errno.h>

Test(buf, appends_and_stays_terminated)
{
	struct buf b;

	buf_init(&b, 0);
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%d,", i);
	buf_char(&b, 'x');
	buf_text(&b, "yz");
	buf_str(&b, STR("!"));
	buf_str(&b, (struct str){ NULL, 0 });
	cr_expect_not(b.failed);
	cr_expect_eq(b.len, strlen(b.data));
	cr_expect_eq(strncmp(b.data, "0,1,2,3,", 8), 0);
	cr_expect_str_eq(b.data + b.len - 8, "999,xyz!");
	buf_truncate(&b, 3);
	cr_expect_str_eq(b.data, "0,1");
	buf_truncate(&b, 100);
	cr_expect_eq(buf_view(&b).len, 3);
	buf_release(&b);
	cr_expect_null(b.data);
}

Test(buf, the_first_failure_sticks_until_reset)
{
	struct buf b;

	buf_init(&b, 10);
	buf_text(&b, "0123456789");
	cr_expect_not(b.failed);
	buf_char(&b, 'a');
	cr_expect(b.failed);
	buf_truncate(&b, 2);
	buf_char(&b, 'a');
	cr_expect(b.failed);
	cr_expect_str_eq(b.data, "01");
	cr_expect_null(buf_reserve(&b, 1));
	buf_reset(&b);
	buf_text(&b, "ok");
	cr_expect_not(b.failed);
	cr_expect_str_eq(b.data, "ok");
	cr_expect_null(buf_reserve(&b, SIZE_MAX));
	cr_expect(b.failed);
	buf_release(&b);
}

Test(buf, numbers_are_little_endian)
{
	struct buf b;

	buf_init(&b, 0);
	buf_u32le(&b, 0x01020304);
	buf_u64le(&b, UINT64_C(0x1112131415161718));
	cr_assert_eq(b.len, 12);
	cr_expect_eq(memcmp(b.data, "\x04\x03\x02\x01\x18\x17\x16\x15\x14\x13\x12\x11", 12), 0);
	buf_release(&b);
}

Test(buf, reserve_gives_room_that_counts)
{
	struct buf b;

	buf_init(&b, 0);
	char *p = buf_reserve(&b, 5);
	cr_assert_not_null(p);
	memcpy(p, "abcde", 5);
	buf_char(&b, 'f');
	cr_expect_str_eq(b.data, "abcdef");
	buf_release(&b);
}

Test(err, set_and_prefix)
{
	struct err err;

	cr_expect_eq(err_set(&err, -ENOENT, "no %s", "file"), -ENOENT);
	cr_expect_str_eq(err.text, "no file");
	cr_expect_eq(err_prefix(&err, "line %d", 3), -ENOENT);
	cr_expect_str_eq(err.text, "line 3: no file");
	cr_expect_eq(err_set(NULL, -EIO, "x"), -EIO);
}

Test(err, long_texts_are_cut)
{
	struct err err;
	char huge[2000];

	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	cr_expect_eq(err_set(&err, -EIO, "%s", huge), -EIO);
	cr_expect_eq(strlen(err.text), sizeof(err.text) - 1);
	cr_expect_eq(err_prefix(&err, "%s", huge), -EIO);
	cr_expect_eq(strlen(err.text), sizeof(err.text) - 1);
}
