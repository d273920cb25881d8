#include "workers/decode/charset.h"

#include <errno.h>
#include <iconv.h>

#include "base/utf8.h"
#include "workers/decode/chars.h"

#define MAX_HIGH_SHARE 4 /* at most a quarter of windows-1252 text is above ASCII */

size_t charset_line(struct str bytes, size_t at)
{
	size_t line = 1;
	for (size_t i = 0; i < at && i < bytes.len; i++)
		line += bytes.data[i] == '\n';
	return line;
}

static enum decode_result refuse(struct err *err, enum decode_result code, struct str bytes, size_t at, const char *what)
{
	err_set(err, -EILSEQ, "byte %zu (line %zu): %s", at, charset_line(bytes, at), what);
	return code;
}

/* Up to four bytes of output for two of input is the worst case (UTF-16); UTF-32 shrinks; windows-1252 makes three of one. */
static enum decode_result convert(struct str bytes, size_t skip, const char *from, struct arena *arena, struct str *ret, struct err *err)
{
	size_t in_left = bytes.len - skip, size = in_left * 3;
	char *in = (char *)bytes.data + skip, *data = arena_alloc(arena, size + 1), *out = data;
	if (!data) {
		err_set(err, -ENOMEM, "no memory left for the text in UTF-8 (%zu bytes from %s)", size, from);
		return DECODE_MEMORY;
	}
	iconv_t cd = iconv_open("UTF-8", from);
	if (cd == (iconv_t)-1) {
		err_set(err, -errno, "the converter from %s does not open; is the C library's gconv data installed?", from);
		return DECODE_CHARSET;
	}
	size_t out_left = size, failed = iconv(cd, &in, &in_left, &out, &out_left);
	iconv_close(cd);
	if (failed == (size_t)-1) {
		err_set(err, -EILSEQ, "byte %zu: not valid %s; send the file in UTF-8", (size_t)(in - bytes.data), from);
		return DECODE_CHARSET;
	}
	*ret = (struct str){ data, size - out_left };
	return DECODE_OK;
}

struct mark {
	const char *bytes;
	size_t len;
	const char *iconv_name, *name;
};

/* UTF-32LE before UTF-16LE: its mark begins with the other's. */
static const struct mark marks[] = {
	{ "\xff\xfe\0\0", 4, "UTF-32LE", "utf-32le" }, { "\0\0\xfe\xff", 4, "UTF-32BE", "utf-32be" },
	{ "\xff\xfe", 2, "UTF-16LE", "utf-16le" }, { "\xfe\xff", 2, "UTF-16BE", "utf-16be" },
};

/* Which half of most pairs is zero: 'L', 'B', or 0. */
static char zero_pattern(struct str b)
{
	size_t n = (b.len < 4096 ? b.len : 4096) / 2, even = 0, odd = 0;
	if (!memchr(b.data, 0, n * 2))
		return 0;
	for (size_t i = 0; i < n; i++) {
		even += b.data[2 * i] == 0;
		odd += b.data[2 * i + 1] == 0;
	}
	if (b.len % 2 || n < 2)
		return 0;
	if (odd * 2 > n && even * 50 <= n)
		return 'L';
	return even * 2 > n && odd * 50 <= n ? 'B' : 0;
}

/* Are the eight bytes at data all above the controls of ASCII? DEL and bytes above ASCII may count as controls. */
static bool no_controls(const char *data)
{
	uint64_t eight, top = UINT64_C(0x8080808080808080);
	memcpy(&eight, data, sizeof eight);
	return !((eight | (eight - UINT64_C(0x2020202020202020)) | (eight + UINT64_C(0x0101010101010101))) & top);
}

/* Control bytes that no text holds. A few stray ones (wire framing, ^Z) pass in a longer text; NUL never. */
static enum decode_result check_controls(struct str b, struct err *err)
{
	size_t found = 0, first = 0;
	for (size_t i = 0; i < b.len; i++) {
		while (b.len - i > 8 && no_controls(b.data + i))
			i += 8;
		unsigned char c = (unsigned char)b.data[i];
		if ((c >= 0x20 && c != 0x7f) || (c >= '\t' && c <= '\r'))
			continue;
		if (!found++)
			first = i;
		if (c == 0)
			return refuse(err, DECODE_BINARY, b, i, "a NUL byte: this is not text; send articles as plain text");
	}
	if (found > b.len / 500)
		return refuse(err, DECODE_BINARY, b, first, "control characters: this is not text; send articles as plain text");
	return DECODE_OK;
}

static bool letter_1252(unsigned char c)
{
	return chars_lower(c) || chars_upper(c) || (c >= 0xc0 && c != 0xd7 && c != 0xf7) || c == 0x8a || c == 0x8c || c == 0x8e || c == 0x9a || c == 0x9c ||
	       c == 0x9e || c == 0x9f;
}

/* Does this byte make sense as windows-1252 where it stands? */
static bool plausible_1252(struct str b, size_t i)
{
	unsigned char c = (unsigned char)b.data[i];
	unsigned char before = i ? (unsigned char)b.data[i - 1] : ' ', after = i + 1 < b.len ? (unsigned char)b.data[i + 1] : ' ';
	if (c == 0x81 || c == 0x8d || c == 0x8f || c == 0x90 || c == 0x9d)
		return false;
	if (!letter_1252(c))
		return true;
	if (chars_lower(before) || chars_upper(before) || chars_lower(after) || chars_upper(after))
		return true;
	/* One-letter words: à, é, è, ó, ô. */
	return before <= ' ' && after <= ' ' && strchr("\xe0\xc0\xe8\xc8\xe9\xc9\xf3\xd3\xf4", c);
}

struct counts {
	size_t broken; /* runs of bytes that are not UTF-8 */
	size_t whole;  /* characters of more than one byte that are */
	size_t high, odd;
};

static struct counts count_1252(struct str b)
{
	struct counts n = { 0 };
	bool in_run = false;
	for (size_t i = 0; i < b.len;) {
		size_t next = i;
		utf8_next(b, &next);
		bool high = (unsigned char)b.data[i] >= 0x80, bad = high && next == i + 1;
		n.whole += high && !bad;
		n.broken += bad && !in_run;
		in_run = bad;
		for (; i < next; i++)
			if ((unsigned char)b.data[i] >= 0x80) {
				n.high++;
				n.odd += !plausible_1252(b, i);
			}
	}
	return n;
}

static enum decode_result legacy(struct str b, struct arena *arena, struct str *ret, struct err *err)
{
	size_t at = utf8_valid_prefix(b);
	struct counts n = count_1252(b);
	if (n.whole && n.whole >= n.broken)
		return refuse(err, DECODE_CHARSET, b, at, "broken UTF-8 (a file cut short, or two charsets in one); send it whole, in UTF-8");
	if (n.high * MAX_HIGH_SHARE > b.len || n.odd * 5 > n.high)
		return refuse(err, DECODE_CHARSET, b, at, "neither UTF-8 nor windows-1252; send the file in UTF-8");
	enum decode_result r = convert(b, 0, "WINDOWS-1252", arena, ret, NULL);
	if (r == DECODE_CHARSET)
		r = convert(b, 0, "ISO-8859-1", arena, ret, err);
	return r;
}

static enum decode_result wide(struct str b, size_t skip, const char *from, struct arena *arena, struct str *ret, struct err *err)
{
	enum decode_result r = convert(b, skip, from, arena, ret, err);
	return r == DECODE_OK ? check_controls(*ret, err) : r;
}

enum decode_result charset_to_utf8(struct str b, struct arena *arena, struct str *ret_text, struct str *ret_name, struct err *err)
{
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (b.len >= marks[i].len && memcmp(b.data, marks[i].bytes, marks[i].len) == 0) {
			*ret_name = str_of(marks[i].name);
			return wide(b, marks[i].len, marks[i].iconv_name, arena, ret_text, err);
		}
	char pattern = zero_pattern(b);
	if (pattern) {
		*ret_name = pattern == 'L' ? STR("utf-16le") : STR("utf-16be");
		return wide(b, 0, pattern == 'L' ? "UTF-16LE" : "UTF-16BE", arena, ret_text, err);
	}
	enum decode_result r = check_controls(b, err);
	if (r != DECODE_OK)
		return r;
	if (!utf8_valid(b)) {
		*ret_name = STR("windows-1252");
		return legacy(b, arena, ret_text, err);
	}
	*ret_name = STR("utf-8");
	*ret_text = arena_str(arena, b);
	if (!ret_text->data) {
		err_set(err, -ENOMEM, "no memory left for a text of %zu bytes", b.len);
		return DECODE_MEMORY;
	}
	return DECODE_OK;
}
