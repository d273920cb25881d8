/* The control protocol between ingest (ROUTER) and workers (DEALER); PROTOCOL.md is
 * normative. One message = one frame: envelope (codec.h) with type = enum ctl_type, then
 * the protobuf of that type.
 *
 * Bytes in a struct ctl point into the frame or the arena they were decoded with. */
#ifndef COPYTASTER_PROTO_CONTROL_H
#define COPYTASTER_PROTO_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "base/ulid.h"
#include "proto/record.h"

#define CTL_PROTOCOL 1

enum ctl_type {
	/* worker to ingest */
	CTL_HELLO = 1,   /* who I am, the leases I hold */
	CTL_READY,       /* absolute credit; also the heartbeat */
	CTL_STARTED,     /* work on this lease begins now */
	CTL_RENEW,       /* still making progress on these */
	CTL_ACK,         /* settled, durable */
	CTL_DEFER,       /* hand back until another article is settled */
	CTL_RELEASE,     /* hand back, no fault of the article */
	CTL_ABANDONED,   /* the answer to ABANDON */
	CTL_LEAVING,     /* worker drains: send no more */
	CTL_STATUS_REQUEST, /* from `copytaster status` */
	/* ingest to worker */
	CTL_WELCOME = 32, /* the answer to HELLO: epoch, periods, which leases go on */
	CTL_DELIVERY,
	CTL_PROCEED,   /* STARTED has been noted: the answer when a delivery asked for it */
	CTL_ABANDON,   /* settle this id now, or mark it abandoned */
	CTL_INTRODUCE, /* I do not know you (or your epoch): say HELLO */
	CTL_STALE,     /* that lease is not yours any more: drop it */
	CTL_DRAIN,     /* finish what is started, release the rest, expect no more */
	CTL_REFUSED,   /* protocol version or limits do not fit: code and text */
	CTL_STATUS     /* the answer to STATUS_REQUEST */
};

struct ctl_lease {
	uint64_t lease;
	uint32_t attempt;
	struct ulid article;
	bool started;
};

enum ctl_release { RELEASE_DRAINING = 1, RELEASE_RETRY, RELEASE_OVER_LIMIT };

struct ctl_counter {
	struct str name; /* as in the metrics table */
	uint64_t value;
};

struct ctl {
	enum ctl_type type;
	uint64_t epoch;       /* of the ingest; 0: not known yet */
	uint64_t incarnation; /* of the worker */

	/* HELLO, WELCOME, RENEW, STARTED, ACK, DEFER, RELEASE, STALE, PROCEED, DELIVERY: */
	struct ctl_lease *leases;
	size_t n_leases;

	/* HELLO */
	uint32_t protocol;
	struct str name; /* of the worker; WELCOME: of the ingest instance */
	uint32_t pid;
	/* READY */
	uint32_t credit_messages;
	uint64_t credit_bytes;
	/* ACK, ABANDONED */
	enum outcome outcome; /* ABANDONED: FAILED means: marked abandoned */
	uint32_t claims;
	struct str reason_code, reason; /* ACK of FAILED; REFUSED */
	/* DEFER */
	struct ulid until;
	/* RELEASE */
	enum ctl_release release;
	/* WELCOME */
	uint64_t lease_ms, ready_ms;
	/* DELIVERY; ABANDON uses article and generation */
	struct ulid article;
	bool confirm; /* wait for PROCEED before the work */
	uint64_t generation;
	struct ulid floor; /* no unsettled id of this ingest is lower */
	struct str file_name; /* bytes, not UTF-8 */
	uint64_t received_ms;
	struct ulid supersedes; /* zero: none */
	struct str body;
	/* STATUS */
	struct ctl_counter *counters;
	size_t n_counters;
	struct str status_json; /* more, for people's output */
};

#define CTL_MAX_LEASES 65536

/* Appends the whole frame to out. -ENOMEM; -EINVAL: m lacks what its type needs (the same check as of ctl_decode);
 * -EILSEQ: a name or reason is no UTF-8. A DELIVERY names its article in leases[0] or in `article`; decoded it
 * stands in both. */
int ctl_encode(struct buf *out, const struct ctl *m, struct arena *scratch) MUST_CHECK;
/* -EPROTO, -EPROTONOSUPPORT, -EBADMSG as envelope_open; -EBADMSG also for broken protobuf, missing
 * fields, ids of a wrong length; -EILSEQ for text that is no UTF-8; -ENOMEM. */
int ctl_decode(struct str frame, struct arena *arena, struct ctl *ret) MUST_CHECK;
const char *ctl_name(enum ctl_type t);

#endif
