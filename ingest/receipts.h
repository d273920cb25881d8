/* The receipts: one NDJSON file per instance, appended, fsynced in groups. A receipt that is
 * durable is the truth about its article; moving the file is only tidying up.
 *
 *   receipts-<instance>.ndjson          the current file
 *   receipts-<instance>-<ULID>.ndjson   full ones, in order of their names
 *
 * Format: one proto3-JSON Receipt a line (proto/copytaster/v1/receipt.proto). To change it: add fields; readers ignore
 * those they do not know. A torn last line is cut at the start. One thread. */
#ifndef COPYTASTER_INGEST_RECEIPTS_H
#define COPYTASTER_INGEST_RECEIPTS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/ulid.h"
#include "proto/record.h"

#define RECEIPT_LINE 65536 /* no line of ours is longer */

struct receipts {
	int dirfd, fd;
	char name[128], instance[72];
	uint64_t size; /* durable bytes */
	uint64_t rotate_bytes, lines;
	struct buf group;
	size_t pending;
	struct arena *scratch;
};

/* dirfd stays the caller's. Cuts a torn tail. -EBADMSG: damaged beyond a torn tail. */
int receipts_open(struct receipts *r, int dirfd, const char *instance, uint64_t rotate_bytes, struct err *err) MUST_CHECK;
void receipts_close(struct receipts *r);
/* Into the group; time is set here. -ENOMEM. */
int receipts_add(struct receipts *r, const struct receipt *receipt) MUST_CHECK;
/* Makes the group durable. -ENOSPC, -EDQUOT: nothing was stored and the group is kept, try again later. Anything else: the
 * process must end, so that the next one reads what is really there. */
int receipts_flush(struct receipts *r, struct err *err) MUST_CHECK;

/* What a line says, for replay at start; strings live in the line's JSON until the callback returns. */
typedef int receipts_fn(const struct ulid *id, const struct receipt *receipt, void *arg);

/* Calls fn for each receipt of this instance, oldest first, that was written at or after since_ms, as far as files can tell
 * (whole files are left out by their mtime), and for which wanted(id) or wanted(next id) is true. Bounded memory. */
int receipts_replay(const struct receipts *r, uint64_t since_ms, bool (*wanted)(const struct ulid *id, void *arg), receipts_fn *fn,
		    void *arg, struct err *err) MUST_CHECK;

/* Bytes of a file name as UTF-8: what is invalid, a control or a backslash becomes \xNN. */
void receipt_file_name(struct buf *out, struct str name);

#endif
