#include "base/utf8.h"

#include <string.h>

/* Length of the valid sequence at p (n bytes are there, n > 0), 0 when there is none. The
 * bounds of the second byte are those of RFC 3629, section 4. */
static size_t sequence(const unsigned char *p, size_t n)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n < len)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

size_t utf8_valid_prefix(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.data;
	size_t i = 0;

	while (i < s.len) {
		uint64_t eight;
		size_t len;

		while (s.len - i >= sizeof(eight)) {
			memcpy(&eight, p + i, sizeof(eight));
			if (eight & UINT64_C(0x8080808080808080))
				break;
			i += sizeof(eight);
		}
		if (i == s.len)
			break;
		len = sequence(p + i, s.len - i);
		if (!len)
			break;
		i += len;
	}
	return i;
}

bool utf8_valid(struct str s)
{
	return utf8_valid_prefix(s) == s.len;
}

size_t utf8_count(struct str s)
{
	size_t n = 0, i = 0;
	uint64_t eight;

	for (; s.len - i >= sizeof(eight); i += sizeof(eight)) {
		memcpy(&eight, s.data + i, sizeof(eight));
		n += sizeof(eight);
		/* Continuation bytes: the top bit set, the next one not; the product adds the marks up. */
		if (eight & UINT64_C(0x8080808080808080))
			n -= ((eight & ~(eight << 1) & UINT64_C(0x8080808080808080)) >> 7) * UINT64_C(0x0101010101010101) >> 56;
	}
	for (; i < s.len; i++)
		n += ((unsigned char)s.data[i] & 0xc0) != 0x80;
	return n;
}

uint32_t utf8_next_long(struct str s, size_t *pos)
{
	static const unsigned char lead_bits[5] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	const unsigned char *p = (const unsigned char *)s.data + *pos;
	size_t len = sequence(p, s.len - *pos);
	uint32_t code;

	if (!len) {
		*pos += 1;
		return 0xfffd;
	}
	code = p[0] & lead_bits[len];
	for (size_t i = 1; i < len; i++)
		code = code << 6 | (p[i] & 0x3f);
	*pos += len;
	return code;
}

size_t utf8_put(uint32_t code, char out[4])
{
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		code = 0xfffd;
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}
