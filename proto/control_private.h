/* What control.c, control_encode.c and control_decode.c share. */
#ifndef COPYTASTER_PROTO_CONTROL_PRIVATE_H
#define COPYTASTER_PROTO_CONTROL_PRIVATE_H

#include "proto/control.h"
#include "proto/generated.h"

/* What a type must carry, on both sides of the wire. */
enum ctl_need {
	NEED_EPOCH = 1 << 0,
	NEED_INCARNATION = 1 << 1,
	NEED_ONE_LEASE = 1 << 2,
	NEED_LEASES = 1 << 3, /* one or more */
	MAY_LEASES = 1 << 4,
	NEED_ARTICLE = 1 << 5,
	NEED_OUTCOME = 1 << 6, /* PUBLISHED, COPY or FAILED */
	NEED_UNTIL = 1 << 7,
	NEED_RELEASE = 1 << 8,
	NEED_PROTOCOL = 1 << 9,
	NEED_PERIODS = 1 << 10,
	NEED_NAME = 1 << 11,
	NEED_CODE = 1 << 12,
};

/* What every message begins with. */
struct ctl_head {
	ProtobufCMessage base;
	uint64_t epoch, incarnation;
};

struct ctl_type_row {
	const char *name;
	const ProtobufCMessageDescriptor *descriptor;
	unsigned needs;
};

/* NULL for a number that is no type. */
const struct ctl_type_row *ctl_row(uint8_t type);
/* Does m carry what its type needs, and only what is allowed? */
bool ctl_complete(const struct ctl *m, const struct ctl_type_row *row);

#endif
