#include "ingest/receipt_line.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct str text_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return (struct str){ json_string_value(v), json_string_length(v) };
}

/* 64 bits are strings in proto3 JSON; a number is taken as well. */
static uint64_t number_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	if (json_is_string(v))
		return strtoull(json_string_value(v), NULL, 10);
	return json_is_integer(v) && json_integer_value(v) > 0 ? (uint64_t)json_integer_value(v) : 0;
}

int receipt_line_parse(struct receipt_line *l, const char *data, size_t len)
{
	json_t *o = json_loadb(data, len, 0, NULL);
	struct receipt *r = &l->receipt;

	memset(l, 0, sizeof(*l));
	if (!json_is_object(o) || !json_is_string(json_object_get(o, "articleId"))) {
		json_decref(o);
		return -EINVAL;
	}
	l->json = o;
	l->outcome = text_of(o, "outcome");
	r->article_id = text_of(o, "articleId");
	r->file_name = text_of(o, "fileName");
	r->time = text_of(o, "time");
	r->bytes = number_of(o, "bytes");
	r->attempts = (uint32_t)number_of(o, "attempts");
	r->claims = (uint32_t)number_of(o, "claims");
	r->reason_code = text_of(o, "reasonCode");
	r->reason = text_of(o, "reason");
	r->next_article_id = text_of(o, "nextArticleId");
	r->generation = number_of(o, "generation");
	return 0;
}

void receipt_line_release(struct receipt_line *l)
{
	json_decref(l->json);
	memset(l, 0, sizeof(*l));
}
