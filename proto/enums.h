/* Names of enum values, by their descriptors. */
#ifndef COPYTASTER_PROTO_ENUMS_H
#define COPYTASTER_PROTO_ENUMS_H

#include <protobuf-c/protobuf-c.h>

/* The name without the enum's prefix: "AT_LEAST"; NULL for a value the schema does not know. */
const char *enum_short_name(const ProtobufCEnumDescriptor *d, int v);

#endif
