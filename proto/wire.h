/* Protobuf bytes from outside, checked before they are unpacked.
 *
 * protobuf-c takes invalid UTF-8 and NULs in strings, merges fields that stand twice and spends some 60 bytes
 * on each field of two. wire_check refuses all that by the message's descriptor: what passes unpacks into at
 * most a fixed multiple of its own length. Pure, linear, recursion bounded by the schema (which has no cycles). */
#ifndef COPYTASTER_PROTO_WIRE_H
#define COPYTASTER_PROTO_WIRE_H

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* max_fields: of all messages in it together, unknown ones too. -EBADMSG: broken, a singular field twice, too many
 * fields; -EILSEQ: a string that is no UTF-8 or holds a NUL. */
int wire_check(const ProtobufCMessageDescriptor *d, struct str bytes, size_t max_fields) MUST_CHECK;

/* Checks, then unpacks into the arena. As above; -ENOMEM: the arena is full. */
int wire_unpack(const ProtobufCMessageDescriptor *d, struct str bytes, size_t max_fields, struct arena *arena,
		ProtobufCMessage **ret) MUST_CHECK;

#endif
