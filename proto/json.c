#include "proto/json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "proto/convert.h"
#include "proto/enums.h"

/* ---- strings ---- */

enum byte_class { PLAIN = 0, ESCAPE, WIDE };

static enum byte_class class_of(unsigned char b)
{
	if (b >= 0x80)
		return WIDE;
	return b < 0x20 || b == '"' || b == '\\' ? ESCAPE : PLAIN;
}

static void put_escape(struct buf *out, unsigned char b)
{
	static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *s = shorts; *s; s += 2) {
		if ((unsigned char)*s == b) {
			buf_char(out, '\\');
			buf_char(out, s[1]);
			return;
		}
	}
	buf_printf(out, "\\u%04x", b);
}

/* One character of two bytes or more. JavaScript once took U+2028 and U+2029 for line ends. */
static void put_wide(struct buf *out, struct str s, size_t *at)
{
	size_t start = *at;
	uint32_t code = utf8_next(s, at);

	if (code == 0x2028 || code == 0x2029)
		buf_printf(out, "\\u%04x", (unsigned)code);
	else if (code == 0xfffd)
		buf_text(out, "\xef\xbf\xbd");
	else
		buf_append(out, s.data + start, *at - start);
}

void json_put_string(struct buf *out, struct str s)
{
	size_t at = 0;

	buf_char(out, '"');
	while (at < s.len) {
		size_t run = at;

		while (at < s.len && class_of((unsigned char)s.data[at]) == PLAIN)
			at++;
		if (at > run)
			buf_append(out, s.data + run, at - run);
		if (at == s.len)
			break;
		if (class_of((unsigned char)s.data[at]) == WIDE)
			put_wide(out, s, &at);
		else
			put_escape(out, (unsigned char)s.data[at++]);
	}
	buf_char(out, '"');
}

/* ---- values ---- */

/* The shortest form that reads back as the same double; whole numbers without exponent. */
static int put_double(struct buf *out, double v)
{
	char text[32], *comma;

	if (!isfinite(v))
		return -ERANGE;
	if (v == 0) {
		buf_char(out, '0');
		return 0;
	}
	if (fabs(v) < 1e15 && v == trunc(v)) {
		buf_printf(out, "%.0f", v);
		return 0;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	comma = strchr(text, ','); /* of some locales */
	if (comma)
		*comma = '.';
	buf_text(out, text);
	return 0;
}

/* printf is half the cost of a record otherwise: spans are all numbers. */
static void put_unsigned(struct buf *out, uint64_t v)
{
	char text[20];
	size_t at = sizeof(text);

	do
		text[--at] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	buf_append(out, text + at, sizeof(text) - at);
}

static void put_base64(struct buf *out, const ProtobufCBinaryData *b)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	buf_char(out, '"');
	for (size_t i = 0; i < b->len; i += 3) {
		size_t left = b->len - i;
		uint32_t v = (uint32_t)b->data[i] << 16 | (left > 1 ? (uint32_t)b->data[i + 1] << 8 : 0) |
			     (left > 2 ? b->data[i + 2] : 0);

		buf_char(out, letters[v >> 18]);
		buf_char(out, letters[v >> 12 & 63]);
		buf_char(out, left > 1 ? letters[v >> 6 & 63] : '=');
		buf_char(out, left > 2 ? letters[v & 63] : '=');
	}
	buf_char(out, '"');
}

/* A number that the schema has no name for goes out as the number, as in the proto3 mapping. */
static void put_enum(struct buf *out, const ProtobufCEnumDescriptor *d, int v)
{
	const char *name = enum_short_name(d, v);

	if (name) {
		buf_char(out, '"');
		buf_text(out, name);
		buf_char(out, '"');
	} else {
		buf_printf(out, "%d", v);
	}
}

static int put_message(struct buf *out, const ProtobufCMessage *m);

static int put_value(struct buf *out, const ProtobufCFieldDescriptor *f, const void *at)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		buf_printf(out, "%d", (int)*(const int32_t *)at);
		return 0;
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		put_unsigned(out, *(const uint32_t *)at);
		return 0;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		buf_printf(out, "\"%lld\"", (long long)*(const int64_t *)at);
		return 0;
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		buf_printf(out, "\"%llu\"", (unsigned long long)*(const uint64_t *)at);
		return 0;
	case PROTOBUF_C_TYPE_FLOAT:
		return put_double(out, *(const float *)at);
	case PROTOBUF_C_TYPE_DOUBLE:
		return put_double(out, *(const double *)at);
	case PROTOBUF_C_TYPE_BOOL:
		buf_text(out, *(const protobuf_c_boolean *)at ? "true" : "false");
		return 0;
	case PROTOBUF_C_TYPE_ENUM:
		put_enum(out, f->descriptor, *(const int *)at);
		return 0;
	case PROTOBUF_C_TYPE_STRING:
		json_put_string(out, str_of(*(const char *const *)at));
		return 0;
	case PROTOBUF_C_TYPE_BYTES:
		put_base64(out, at);
		return 0;
	case PROTOBUF_C_TYPE_MESSAGE:
		return put_message(out, *(const ProtobufCMessage *const *)at);
	}
	return -EINVAL;
}

static size_t element_size(ProtobufCType t)
{
	switch (t) {
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return 8;
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	default:
		return 4;
	}
}

/* ---- messages ---- */

/* snake_case to lowerCamelCase, as the proto3 mapping has it. */
static void put_name(struct buf *out, const char *snake)
{
	char text[80];
	size_t n = 0;

	text[n++] = '"';
	for (; *snake && n < sizeof(text) - 2; snake++) {
		if (*snake == '_' && snake[1] >= 'a' && snake[1] <= 'z')
			text[n++] = (char)(*++snake - 'a' + 'A');
		else if (*snake != '_')
			text[n++] = *snake;
	}
	text[n++] = '"';
	text[n++] = ':';
	buf_append(out, text, n);
}

static bool is_present(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	const char *base = (const char *)m;

	if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return *(const uint32_t *)(base + f->quantifier_offset) == f->id;
	if (f->label != PROTOBUF_C_LABEL_REPEATED && f->type == PROTOBUF_C_TYPE_MESSAGE)
		return *(const ProtobufCMessage *const *)(base + f->offset) != NULL;
	return true;
}

static int put_repeated(struct buf *out, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	size_t n = *(const size_t *)((const char *)m + f->quantifier_offset);
	const char *at = *(const char *const *)((const char *)m + f->offset);
	size_t step = element_size(f->type);

	buf_char(out, '[');
	for (size_t i = 0; i < n; i++) {
		int rc;

		if (i > 0)
			buf_char(out, ',');
		rc = put_value(out, f, at + i * step);
		if (rc)
			return rc;
	}
	buf_char(out, ']');
	return 0;
}

/* "name":value pairs of m, in the order of their numbers; first: nothing stands before them. */
static int put_fields(struct buf *out, const ProtobufCMessage *m, bool first)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		int rc;

		if (!is_present(m, f))
			continue;
		if (!first)
			buf_char(out, ',');
		first = false;
		put_name(out, f->name);
		if (f->label == PROTOBUF_C_LABEL_REPEATED)
			rc = put_repeated(out, m, f);
		else
			rc = put_value(out, f, (const char *)m + f->offset);
		if (rc)
			return rc;
	}
	return 0;
}

static int put_message(struct buf *out, const ProtobufCMessage *m)
{
	int rc;

	buf_char(out, '{');
	rc = put_fields(out, m, true);
	buf_char(out, '}');
	return rc;
}

static int finish(const struct buf *out, int rc)
{
	return !rc && out->failed ? -ENOMEM : rc;
}

/* ---- records ---- */

int json_claim(struct buf *out, const struct claim *c, struct arena *scratch)
{
	PB(Claim) *m;
	int rc = convert_claim(c, scratch, &m);

	return finish(out, rc ? rc : put_message(out, &m->base));
}

int json_article(struct buf *out, const struct article_record *a, struct arena *scratch)
{
	PB(ArticleRecord) *m;
	int rc = convert_article(a, scratch, &m);

	return finish(out, rc ? rc : put_message(out, &m->base));
}

int json_article_with_claims(struct buf *out, const struct article_record *a, const struct claim *claims, size_t n_claims,
			     struct arena *scratch)
{
	PB(ArticleRecord) *m;
	int rc = convert_article(a, scratch, &m);

	if (rc)
		return rc;
	buf_char(out, '{');
	rc = put_fields(out, &m->base, true);
	buf_text(out, ",\"claims\":[");
	for (size_t i = 0; !rc && i < n_claims; i++) {
		if (i > 0)
			buf_char(out, ',');
		rc = json_claim(out, &claims[i], scratch);
	}
	buf_text(out, "]}");
	return finish(out, rc);
}

int json_verdict(struct buf *out, struct str article_id, const struct verdict *v, struct arena *scratch)
{
	PB(Verdict) *m;
	int rc = convert_verdict(v, scratch, &m);

	if (rc)
		return rc;
	if (!utf8_valid(article_id))
		return -EILSEQ;
	buf_text(out, "{\"articleId\":");
	json_put_string(out, article_id);
	rc = put_fields(out, &m->base, false);
	buf_char(out, '}');
	return finish(out, rc);
}

int json_receipt(struct buf *out, const struct receipt *r, struct arena *scratch)
{
	PB(Receipt) *m;
	int rc = convert_receipt(r, scratch, &m);

	return finish(out, rc ? rc : put_message(out, &m->base));
}
