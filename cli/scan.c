#include "cli/scan.h"

#include <errno.h>
#include <string.h>

static size_t skip_space(struct str s, size_t at)
{
	while (at < s.len && (s.data[at] == ' ' || s.data[at] == '\t' || s.data[at] == '\r' || s.data[at] == '\n'))
		at++;
	return at;
}

/* From an opening quote to behind the closing one; s.len + 1 when there is none. */
static size_t skip_string(struct str s, size_t at)
{
	for (at++; at < s.len; at++) {
		const char *quote = memchr(s.data + at, '"', s.len - at);
		if (!quote)
			break;
		at = (size_t)(quote - s.data);
		size_t slashes = 0;
		while (s.data[at - 1 - slashes] == '\\')
			slashes++;
		if (slashes % 2 == 0)
			return at + 1;
	}
	return s.len + 1;
}

/* From the first byte of a value to behind it; beyond s.len when it is not whole. Nesting is counted, not followed. */
static size_t skip_value(struct str s, size_t at)
{
	size_t depth = 0;
	while (at < s.len) {
		char c = s.data[at];
		if (c == '"') {
			at = skip_string(s, at);
			if (depth == 0 || at > s.len)
				return at;
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			return at; /* behind a number or a word */
		if (c == '{' || c == '[')
			depth++;
		if (c == '}' || c == ']') {
			depth--;
			if (depth == 0)
				return at + 1;
		}
		at++;
	}
	return s.len + 1;
}

static void note(struct str key, struct str value, struct scan_member *members, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (key.len == strlen(members[i].key) + 2 && !memcmp(key.data + 1, members[i].key, key.len - 2))
			members[i].value = value;
}

int scan_object(struct str s, struct scan_member *members, size_t n)
{
	size_t at = skip_space(s, 0);
	for (size_t i = 0; i < n; i++)
		members[i].value = (struct str){ 0 };
	if (at == s.len || s.data[at] != '{')
		return -EBADMSG;
	at = skip_space(s, at + 1);
	if (at < s.len && s.data[at] == '}')
		return skip_space(s, at + 1) == s.len ? 0 : -EBADMSG;
	while (at < s.len && s.data[at] == '"') {
		size_t key = at, key_end = skip_string(s, at);
		at = key_end > s.len ? s.len : skip_space(s, key_end);
		if (at >= s.len || s.data[at] != ':')
			return -EBADMSG;
		size_t value = skip_space(s, at + 1), end = skip_value(s, value);
		if (end > s.len || end == value)
			return -EBADMSG;
		note(str_cut(s, key, key_end), str_cut(s, value, end), members, n);
		at = skip_space(s, end);
		if (at < s.len && s.data[at] == '}')
			return skip_space(s, at + 1) == s.len ? 0 : -EBADMSG;
		if (at >= s.len || s.data[at] != ',')
			return -EBADMSG;
		at = skip_space(s, at + 1);
	}
	return -EBADMSG;
}

struct str scan_string(struct str value)
{
	if (value.len < 2 || value.data[0] != '"' || memchr(value.data, '\\', value.len))
		return (struct str){ 0 };
	return str_cut(value, 1, value.len - 1);
}

bool scan_array_next(struct str array, size_t *at, struct str *ret)
{
	size_t start = *at;
	while (start < array.len && array.data[start] != '"')
		start++;
	size_t end = start < array.len ? skip_string(array, start) : array.len + 1;
	if (end > array.len)
		return false;
	*ret = scan_string(str_cut(array, start, end));
	*at = end;
	return true;
}
