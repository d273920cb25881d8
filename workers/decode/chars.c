#include "workers/decode/chars.h"

const uint8_t chars_classes[256] = {
	[0 ... 9] = CHARS_SPACE,
	['\n' ... '\r'] = CHARS_SPACE | CHARS_BREAK,
	[14 ... ' '] = CHARS_SPACE,
	['%'] = CHARS_KEY,
	['&'] = CHARS_KEY,
	['0' ... '9'] = CHARS_DIGIT,
	['@'] = CHARS_KEY,
	['A' ... 'Z'] = CHARS_UPPER,
	['a' ... 'z'] = CHARS_LOWER,
	['|'] = CHARS_KEY,
	[0x7f] = CHARS_SPACE,
	[0x80 ... 0xe1] = CHARS_HIGH,
	[0xe2] = CHARS_HIGH | CHARS_BREAK,
	[0xe3 ... 0xff] = CHARS_HIGH,
};

enum script chars_script_high(uint32_t c)
{
	if (c == 0xaa || c == 0xba || (c >= 0xc0 && c <= 0x24f && c != 0xd7 && c != 0xf7) || (c >= 0x1e00 && c <= 0x1eff))
		return SCRIPT_LATIN;
	if (c >= 0x400 && c <= 0x52f)
		return SCRIPT_CYRILLIC;
	if (c >= 0x5d0 && c <= 0x5f4)
		return SCRIPT_HEBREW;
	if ((c >= 0x620 && c <= 0x64a) || (c >= 0x66e && c <= 0x6d3) || (c >= 0xfb50 && c <= 0xfefc))
		return SCRIPT_ARABIC;
	if ((c >= 0x370 && c <= 0x3ff && c != 0x37e && c != 0x387) || (c >= 0x530 && c <= 0x58f) || (c >= 0x710 && c <= 0x1fff) ||
	    (c >= 0x3041 && c <= 0x318e) || (c >= 0x3400 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0x20000 && c <= 0x3ffff))
		return SCRIPT_OTHER;
	return SCRIPT_NONE;
}

bool chars_lower_high(uint32_t c)
{
	if (c >= 0xdf && c <= 0xff)
		return c != 0xf7;
	if (c >= 0x100 && c <= 0x17f)
		return (c >= 0x139 && c <= 0x148) || c >= 0x179 ? (c & 1) == 0 : (c & 1) == 1;
	return (c >= 0x430 && c <= 0x45f) || (c >= 0x3ac && c <= 0x3ce);
}

bool chars_upper_high(uint32_t c)
{
	if (c >= 0xc0 && c <= 0xde)
		return c != 0xd7;
	if (c >= 0x100 && c <= 0x17f)
		return !chars_lower_high(c);
	return (c >= 0x400 && c <= 0x42f) || (c >= 0x386 && c <= 0x3ab);
}

bool chars_space_high(uint32_t c)
{
	return c == 0x85 || c == 0xa0 || (c >= 0x2000 && c <= 0x200f) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x3000 || c == 0xfeff;
}

bool chars_same(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (chars_fold(a.data[i]) != chars_fold(b.data[i]))
			return false;
	return true;
}

bool chars_starts(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);
	return s.len >= n && chars_same(str_cut(s, 0, n), (struct str){ prefix, n });
}

size_t chars_find(struct str s, const char *needle)
{
	size_t n = strlen(needle);
	char first = needle[0], upper = chars_lower((unsigned char)first) ? (char)(first - ('a' - 'A')) : first;
	for (size_t i = 0; i + n <= s.len; i++)
		if ((s.data[i] == first || s.data[i] == upper) && chars_same(str_cut(s, i, i + n), (struct str){ needle, n }))
			return i;
	return s.len;
}

uint32_t chars_last(struct str s, size_t *ret_len)
{
	size_t at = s.len;
	*ret_len = 0;
	if (!s.len)
		return 0;
	do
		at--;
	while (at && s.len - at < 4 && ((unsigned char)s.data[at] & 0xc0) == 0x80);
	size_t pos = at;
	uint32_t code = utf8_next(s, &pos);
	*ret_len = pos == s.len ? s.len - at : 1;
	return pos == s.len ? code : 0xfffd;
}

struct str chars_trim(struct str s)
{
	size_t pos = 0, len;
	while (pos < s.len) {
		size_t next = pos;
		if (!chars_code_space(utf8_next(s, &next)))
			break;
		pos = next;
	}
	s = str_cut(s, pos, s.len);
	while (s.len && chars_code_space(chars_last(s, &len)))
		s.len -= len;
	return s;
}

size_t chars_key(struct str s, char *out, size_t size)
{
	size_t n = 0, pos = 0;
	unsigned gap = 0;
	while (pos < s.len && n + 6 < size) {
		uint8_t class = chars_class(s.data[pos]);
		if (class & CHARS_HIGH) {
			size_t at = pos;
			uint32_t c = utf8_next_long(s, &pos);
			bool kept = chars_script_high(c) != SCRIPT_NONE || c == 0xa9;
			if (c == 0x2019 || c == 0x2018)
				continue;
			out[n] = ' ';
			n += gap & kept;
			for (; kept && at < pos; at++)
				out[n++] = s.data[at];
			gap = !kept && n;
			continue;
		}
		/* Without a branch: the ends of words are not to be foretold. */
		unsigned kept = (class & (CHARS_ALNUM | CHARS_KEY)) != 0, dropped = s.data[pos] == '\'';
		out[n] = ' ';
		n += gap & kept;
		out[n] = (char)(s.data[pos++] | (class & CHARS_UPPER));
		n += kept;
		gap = (gap | !dropped) & !kept & (n != 0);
	}
	return n;
}
