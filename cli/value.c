#include "cli/value.h"

#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

enum { MOST_BYTES = 1 << 20 };

struct str value_text(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);
	return json_is_string(v) ? (struct str){ json_string_value(v), json_string_length(v) } : (struct str){ 0 };
}

static uint64_t digits(struct str s)
{
	uint64_t v = 0;
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] < '0' || s.data[i] > '9' || __builtin_mul_overflow(v, UINT64_C(10), &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.data[i] - '0'), &v))
			return 0;
	return v;
}

uint64_t value_uint(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);
	if (json_is_string(v))
		return digits(value_text(object, key));
	json_int_t n = json_integer_value(v);
	return n > 0 ? (uint64_t)n : 0;
}

int value_read_file(int dirfd, const char *name, json_t **ret)
{
	struct stat st;
	struct buf data;
	int fd;
	int rc = file_open_beneath(dirfd, name, &fd, &st);
	if (rc)
		return rc;
	buf_init(&data, 0);
	rc = file_read_all(fd, MOST_BYTES, &data, &st);
	close(fd);
	json_t *v = rc == 0 && data.len ? json_loadb(data.data, data.len, 0, NULL) : NULL;
	buf_release(&data);
	if (rc == 0 && !json_is_object(v)) {
		json_decref(v);
		rc = -EBADMSG;
	}
	if (rc == 0)
		*ret = v;
	return rc;
}
