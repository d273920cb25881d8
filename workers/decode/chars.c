#include "workers/decode/chars.h"

#include "base/utf8.h"

enum script chars_script(uint32_t c)
{
	if (c < 0x80)
		return chars_lower((unsigned char)c) || chars_upper((unsigned char)c) ? SCRIPT_LATIN : SCRIPT_NONE;
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

bool chars_code_lower(uint32_t c)
{
	if (c < 0x80)
		return chars_lower((unsigned char)c);
	if (c >= 0xdf && c <= 0xff)
		return c != 0xf7;
	if (c >= 0x100 && c <= 0x17f)
		return (c >= 0x139 && c <= 0x148) || c >= 0x179 ? (c & 1) == 0 : (c & 1) == 1;
	return (c >= 0x430 && c <= 0x45f) || (c >= 0x3ac && c <= 0x3ce);
}

bool chars_code_upper(uint32_t c)
{
	if (c < 0x80)
		return chars_upper((unsigned char)c);
	if (c >= 0xc0 && c <= 0xde)
		return c != 0xd7;
	if (c >= 0x100 && c <= 0x17f)
		return !chars_code_lower(c);
	return (c >= 0x400 && c <= 0x42f) || (c >= 0x386 && c <= 0x3ab);
}

bool chars_code_space(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 || (c >= 0x2000 && c <= 0x200f) || c == 0x2028 || c == 0x2029 ||
	       c == 0x202f || c == 0x3000 || c == 0xfeff || (c < 0x20) || c == 0x7f;
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
	for (size_t i = 0; i + n <= s.len; i++)
		if (chars_fold(s.data[i]) == needle[0] && chars_same(str_cut(s, i, i + n), (struct str){ needle, n }))
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

static bool key_char(uint32_t c)
{
	return c < 0x80 ? chars_alnum((unsigned char)c) || c == '%' || c == '|' || c == '@' || c == '&' : chars_script(c) != SCRIPT_NONE || c == 0xa9;
}

size_t chars_key(struct str s, char *out, size_t size)
{
	size_t n = 0, pos = 0;
	bool gap = false;
	while (pos < s.len && n + 6 < size) {
		uint32_t c = utf8_next(s, &pos);
		if (c == '\'' || c == 0x2019 || c == 0x2018)
			continue;
		if (!key_char(c)) {
			gap = n > 0;
			continue;
		}
		if (gap)
			out[n++] = ' ';
		gap = false;
		if (c < 0x80)
			out[n++] = chars_fold((char)c);
		else
			n += utf8_put(c, out + n);
	}
	return n;
}
