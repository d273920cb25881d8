#include "cli/input.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/lines.h"

enum { MOST_ID_BYTES = 1024 };

struct input {
	struct lines lines;
	uint64_t max_article_bytes;
	json_t *line; /* the views of the last line point into it */
	char id[32];  /* of an id that is a number */
};

struct input *input_new(int fd, uint64_t max_article_bytes)
{
	struct input *in = calloc(1, sizeof(*in));
	if (!in)
		return NULL;
	in->max_article_bytes = max_article_bytes;
	/* Each byte may stand there as \u00NN; the rest is for the other fields. */
	lines_init(&in->lines, fd, (size_t)max_article_bytes * 6 + 64 * 1024);
	return in;
}

void input_free(struct input **in)
{
	if (!*in)
		return;
	json_decref((*in)->line);
	lines_release(&(*in)->lines);
	free(*in);
	*in = NULL;
}

bool input_ready(const struct input *in)
{
	return lines_ready(&in->lines);
}

/* ---- fields ---- */

static int take_id(struct input *in, const json_t *v, struct input_line *line, struct err *err)
{
	if (json_is_integer(v)) {
		(void)snprintf(in->id, sizeof(in->id), "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		line->id = str_of(in->id);
	} else if (json_is_real(v)) {
		(void)snprintf(in->id, sizeof(in->id), "%.17g", json_real_value(v));
		line->id = str_of(in->id);
	} else if (json_is_string(v)) {
		line->id = (struct str){ json_string_value(v), json_string_length(v) };
	} else {
		return err_set(err, -EINVAL, v ? "\"id\" must be a string or a number" : "\"id\" is missing");
	}
	if (line->id.len == 0 || line->id.len > MOST_ID_BYTES || memchr(line->id.data, '\0', line->id.len)) {
		line->id = (struct str){ 0 };
		return err_set(err, -EINVAL, "\"id\" must have 1 to %d bytes and no NUL", MOST_ID_BYTES);
	}
	return 0;
}

static int take_time(const json_t *v, struct input_line *line, struct err *err)
{
	int64_t ms;
	if (!v || json_is_null(v))
		return 0;
	if (!json_is_string(v))
		return err_set(err, -EINVAL, "\"time\" must be a string, RFC 3339 like \"2016-03-27T14:29:00Z\"");
	line->time = (struct str){ json_string_value(v), json_string_length(v) };
	if (line->time.len && clock_parse(line->time.data, line->time.len, &ms)) {
		line->time = (struct str){ 0 };
		return err_set(err, -EINVAL, "\"time\" is not RFC 3339: it must look like \"2016-03-27T14:29:00Z\"");
	}
	return 0;
}

static int take_fields(struct input *in, struct input_line *line, struct err *err)
{
	const json_t *text = json_object_get(in->line, "text");
	line->code = "BAD_INPUT";
	int rc = take_id(in, json_object_get(in->line, "id"), line, err);
	if (rc == 0)
		rc = take_time(json_object_get(in->line, "time"), line, err);
	if (rc)
		return rc;
	if (!json_is_string(text))
		return err_set(err, -EINVAL, text ? "\"text\" must be a string" : "\"text\" is missing");
	line->text = (struct str){ json_string_value(text), json_string_length(text) };
	if (line->text.len > in->max_article_bytes) {
		line->code = "TOO_LARGE";
		return err_set(err, -EFBIG, "the text has %zu bytes, ingest.max_article_bytes allows %llu", line->text.len,
			       (unsigned long long)in->max_article_bytes);
	}
	line->code = NULL;
	return 0;
}

static int parse(struct input *in, struct str s, struct input_line *line, struct err *err)
{
	json_error_t why;
	in->line = json_loadb(s.data, s.len, JSON_ALLOW_NUL, &why);
	line->code = "BAD_INPUT";
	if (!in->line)
		return err_set(err, -EINVAL, "not JSON at byte %d: %s", why.position, why.text);
	if (!json_is_object(in->line))
		return err_set(err, -EINVAL, "each line must be an object: {\"id\": …, \"time\": …, \"text\": …}");
	return take_fields(in, line, err);
}

static struct str trim(struct str s, bool first_line)
{
	if (first_line && s.len >= 3 && !memcmp(s.data, "\xef\xbb\xbf", 3))
		s = str_cut(s, 3, s.len);
	while (s.len && strchr(" \t\r", s.data[0]) && s.data[0])
		s = str_cut(s, 1, s.len);
	while (s.len && strchr(" \t\r", s.data[s.len - 1]) && s.data[s.len - 1])
		s.len--;
	return s;
}

enum input_result input_next(struct input *in, struct input_line *ret, struct err *err)
{
	struct str s = { 0 };
	int rc;
	json_decref(in->line);
	in->line = NULL;
	do {
		rc = lines_next(&in->lines, &s);
		if (rc == 0)
			s = trim(s, in->lines.number == 1);
	} while (rc == 0 && s.len == 0);
	if (rc == 1)
		return INPUT_END;
	struct input_line line = { .number = in->lines.number };
	if (rc == -EFBIG) {
		line.code = "TOO_LARGE";
		(void)err_set(err, rc, "the line is longer than %zu bytes", in->lines.max_bytes);
	} else if (rc) {
		(void)err_set(err, rc, "cannot read the input: %s", strerror(-rc));
		return INPUT_ERROR;
	} else {
		rc = parse(in, s, &line, err);
	}
	*ret = line;
	return rc ? INPUT_BAD : INPUT_LINE;
}
