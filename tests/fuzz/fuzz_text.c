/* The small readers of foreign bytes: UTF-8, times, ULIDs, and the quoting of log lines. */
#undef NDEBUG /* the assertions are the test */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/ulid.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_utf8(struct str s)
{
	size_t valid = utf8_valid_prefix(s), pos = 0;

	assert(valid <= s.len && utf8_valid(s) == (valid == s.len));
	while (pos < s.len) {
		size_t start = pos;
		uint32_t code = utf8_next(s, &pos);
		char out[4];
		size_t n = utf8_put(code, out);

		assert(pos > start && pos <= s.len && code <= 0x10ffff);
		if (start < valid)
			assert(pos <= valid && n == pos - start && memcmp(out, s.data + start, n) == 0);
		else if (start == valid)
			assert(code == 0xfffd && pos == start + 1);
	}
}

static void check_time(struct str s)
{
	char text[RFC3339_SIZE];
	int64_t ms, again;

	if (clock_parse(s.data, s.len, &ms) < 0 || ms < 0 || ms > INT64_C(253402300799999))
		return;
	clock_format((uint64_t)ms, text);
	assert(clock_parse(text, strlen(text), &again) == 0 && again == ms);
}

static void check_ulid(struct str s)
{
	char text[ULID_TEXT + 1];
	struct ulid u;

	if (ulid_parse(s, &u) < 0)
		return;
	ulid_format(&u, text);
	assert(str_is(s, text));
}

static void check_quote(struct str s)
{
	char out[64];
	struct str quoted = str_of(log_quote(s, out, sizeof(out)));

	assert(utf8_valid(quoted) && quoted.len >= 2 && quoted.data[0] == '"' && quoted.data[quoted.len - 1] == '"');
	for (size_t i = 0; i < quoted.len; i++)
		assert((unsigned char)quoted.data[i] >= 0x20 && quoted.data[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = { (const char *)data, size };

	check_utf8(s);
	check_time(s);
	check_ulid(s);
	check_quote(s);
	return 0;
}
