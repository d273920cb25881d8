#include "proto/wire.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_LENGTH = 2, WIRE_32 = 5 };

#define WIRE_MAX_DEPTH 8

struct reader {
	const uint8_t *at, *end;
};

static int read_varint(struct reader *r, uint64_t *ret)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 70; shift += 7) {
		uint8_t b;

		if (r->at == r->end)
			return -EBADMSG;
		b = *r->at++;
		if (shift == 63 && b > 1)
			return -EBADMSG;
		v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80)) {
			*ret = v;
			return 0;
		}
	}
	return -EBADMSG;
}

/* The value behind a tag; only WIRE_LENGTH has bytes one may look into. */
static int read_value(struct reader *r, unsigned wire_type, struct str *ret)
{
	uint64_t n = 0;
	int rc = 0;

	if (wire_type == WIRE_VARINT) {
		rc = read_varint(r, &n);
		n = 0;
	} else if (wire_type == WIRE_64) {
		n = 8;
	} else if (wire_type == WIRE_32) {
		n = 4;
	} else if (wire_type == WIRE_LENGTH) {
		rc = read_varint(r, &n);
	} else {
		rc = -EBADMSG;
	}
	if (rc)
		return rc;
	if (n > (uint64_t)(r->end - r->at))
		return -EBADMSG;
	*ret = (struct str){ (const char *)r->at, (size_t)n };
	r->at += n;
	return 0;
}

static unsigned wire_type_of(ProtobufCType t)
{
	switch (t) {
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return WIRE_32;
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return WIRE_64;
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		return WIRE_LENGTH;
	default:
		return WIRE_VARINT;
	}
}

static int check_message(const ProtobufCMessageDescriptor *d, struct str bytes, size_t *budget, unsigned depth);

static int check_known(const ProtobufCMessageDescriptor *d, const ProtobufCFieldDescriptor *f, unsigned wire_type,
		       struct str value, uint64_t *seen, size_t *budget, unsigned depth)
{
	size_t index = (size_t)(f - d->fields);

	/* Our schemas have no repeated scalars, so nothing is ever packed. */
	if (wire_type != wire_type_of(f->type))
		return -EBADMSG;
	if (f->label != PROTOBUF_C_LABEL_REPEATED) {
		if (index >= 64 || (*seen & UINT64_C(1) << index))
			return -EBADMSG;
		*seen |= UINT64_C(1) << index;
	}
	if (f->type == PROTOBUF_C_TYPE_STRING && value.len > 0 &&
	    (memchr(value.data, 0, value.len) || !utf8_valid(value)))
		return -EILSEQ;
	if (f->type == PROTOBUF_C_TYPE_MESSAGE)
		return check_message(f->descriptor, value, budget, depth + 1);
	return 0;
}

static int check_message(const ProtobufCMessageDescriptor *d, struct str bytes, size_t *budget, unsigned depth)
{
	struct reader r = { (const uint8_t *)bytes.data, (const uint8_t *)bytes.data + bytes.len };
	uint64_t seen = 0;

	if (depth > WIRE_MAX_DEPTH)
		return -EBADMSG;
	while (r.at < r.end) {
		const ProtobufCFieldDescriptor *f;
		struct str value;
		uint64_t tag;
		int rc;

		if ((*budget)-- == 0)
			return -EBADMSG;
		rc = read_varint(&r, &tag);
		if (rc)
			return rc;
		if (tag > UINT32_MAX || tag >> 3 == 0)
			return -EBADMSG;
		rc = read_value(&r, tag & 7, &value);
		if (rc)
			return rc;
		f = protobuf_c_message_descriptor_get_field(d, (unsigned)(tag >> 3));
		if (f)
			rc = check_known(d, f, tag & 7, value, &seen, budget, depth);
		if (rc)
			return rc;
	}
	return 0;
}

int wire_check(const ProtobufCMessageDescriptor *d, struct str bytes, size_t max_fields)
{
	size_t budget = max_fields;

	if (bytes.len == 0)
		return 0;
	return check_message(d, bytes, &budget, 0);
}

static void *from_arena(void *arena, size_t size)
{
	return arena_alloc(arena, size);
}

static void to_arena(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

int wire_unpack(const ProtobufCMessageDescriptor *d, struct str bytes, size_t max_fields, struct arena *arena,
		ProtobufCMessage **ret)
{
	ProtobufCAllocator allocator = { from_arena, to_arena, arena };
	ProtobufCMessage *m;
	int rc = wire_check(d, bytes, max_fields);

	if (rc)
		return rc;
	m = protobuf_c_message_unpack(d, &allocator, bytes.len, (const uint8_t *)bytes.data);
	if (!m)
		return arena_failed(arena) ? -ENOMEM : -EBADMSG;
	*ret = m;
	return 0;
}
