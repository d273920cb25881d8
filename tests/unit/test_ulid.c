#include "base/ulid.h"

#include <criterion/criterion.h>
#include <sys/wait.h>
#include <unistd.h>

Test(ulid, text_goes_round_and_sorts_like_the_bytes)
{
	struct ulid before = { { 0 } };

	for (uint64_t ms = 1; ms < UINT64_C(1) << 48; ms = ms * 3 + 1) {
		struct ulid u = ulid_new(ms), back;
		char text[ULID_TEXT + 1], older[ULID_TEXT + 1];

		ulid_format(&u, text);
		cr_assert_eq(strlen(text), ULID_TEXT);
		cr_assert_eq(ulid_parse(str_of(text), &back), 0);
		cr_assert_eq(ulid_cmp(&u, &back), 0);
		cr_assert_eq(ulid_ms(&u), ms);
		ulid_format(&before, older);
		cr_assert_lt(ulid_cmp(&before, &u), 0);
		cr_assert_lt(strcmp(older, text), 0);
		before = u;
	}
}

Test(ulid, known_text)
{
	struct ulid u;
	char text[ULID_TEXT + 1];

	/* 1469922850259 is the time in the specification's example */
	cr_assert_eq(ulid_parse(STR("01ARZ3NDEKTSV4RRFFQ69G5FAV"), &u), 0);
	cr_expect_eq(ulid_ms(&u), UINT64_C(1469922850259));
	memset(u.b, 0xff, sizeof(u.b));
	ulid_format(&u, text);
	cr_expect_str_eq(text, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
	memset(u.b, 0, sizeof(u.b));
	cr_expect(ulid_is_zero(&u));
	ulid_format(&u, text);
	cr_expect_str_eq(text, "00000000000000000000000000");
}

Test(ulid, one_millisecond_counts_up_and_a_clock_set_back_too)
{
	struct ulid before = ulid_new(5000);

	for (int i = 0; i < 10000; i++) {
		struct ulid u = ulid_new(i % 2 ? 5000 : 10);

		cr_assert_gt(ulid_cmp(&u, &before), 0);
		before = u;
	}
}

Test(ulid, what_is_no_ulid_is_refused)
{
	static const char *const bad[] = {
		"", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVX", "81ARZ3NDEKTSV4RRFFQ69G5FAV",
		"01ARZ3NDEKTSV4RRFFQ69G5FAU", "01arz3ndektsv4rrffq69g5fav", "01ARZ3NDEKTSV4RRFFQ69G5FA-",
		"\xffZARZ3NDEKTSV4RRFFQ69G5FAV",
	};
	struct ulid u;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_lt(ulid_parse(str_of(bad[i]), &u), 0, "%s", bad[i]);
	cr_expect_lt(ulid_parse((struct str){ "01ARZ3NDEKTSV4RRFFQ69G5F\0V", 26 }, &u), 0);
}

Test(ulid, a_forked_child_makes_others)
{
	struct ulid mine, theirs;
	int fds[2];

	(void)ulid_new(5000);
	cr_assert_eq(pipe(fds), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct ulid u = ulid_new(5000);
		_exit(write(fds[1], u.b, sizeof(u.b)) == sizeof(u.b) ? 0 : 1);
	}
	mine = ulid_new(5000);
	cr_assert_eq(read(fds[0], theirs.b, sizeof(theirs.b)), sizeof(theirs.b));
	cr_assert_eq(waitpid(pid, NULL, 0), pid);
	cr_expect_neq(ulid_cmp(&mine, &theirs), 0);
}
