/* What the file sink has written, found again article by article: where its record stands and where its claims do.
 *
 * Segments are mapped, never loaded; an article takes 64 bytes. Claims stand in the segment of their article, side by side. Lines that
 * cannot be understood are counted and named, and passed over. */
#ifndef COPYTASTER_CLI_INDEX_RECORDS_H
#define COPYTASTER_CLI_INDEX_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/ulid.h"
#include "sinks/segment.h"
#include "workers/ledger.h"

enum { RECORDS_NAMED = 20, RECORDS_MAPPED = 64 };

struct record_ref {
	struct ulid id;       /* its time is that of the article's arrival */
	uint64_t article_at, claims_at, claims_len;
	uint32_t article_len, segment;
	uint32_t n_claims;    /* lines */
	bool dropped;         /* stands elsewhere, too, or behind one that does */
};

struct record_segment {
	char name[SEGMENT_NAME];
	bool open;
	uint64_t bytes[SEGMENT_STREAMS]; /* published; where no ledger says it, what there is */
	uint64_t written_ms;             /* when it was written to last */
};

struct records {
	int dirfd;
	struct record_segment *segments; /* by name */
	size_t n_segments, segments_room;
	struct record_ref *refs; /* by id */
	size_t n, room;
	uint64_t newest_ms;      /* arrival, not later than now */
	uint64_t lines, damaged; /* damaged: lines of both streams */
	char named[RECORDS_NAMED][160];
	struct {
		uint32_t segment; /* + 1 */
		struct str stream[SEGMENT_STREAMS];
	} mapped[RECORDS_MAPPED];
};

/* ledger: what it says is published; NULL: all that is whole. span_ms: articles that came longer before the newest one may be left out;
 * 0: none are. */
int records_gather(struct records *r, const char *out_dir, struct ledger *ledger, uint64_t span_ms, struct err *err) MUST_CHECK;
void records_release(struct records *r);

/* The line of an article and its lines of claims; valid until some calls later. -EIO…: the segment cannot be read. */
int records_read(struct records *r, const struct record_ref *ref, struct str *ret_article, struct str *ret_claims) MUST_CHECK;
/* Counts and names damage found later, in the record of an article. */
void records_damaged(struct records *r, const struct record_ref *ref, const char *what);
/* The next line of lines; *at starts at 0. False: no more. A last line without its newline is none. */
bool records_line(struct str lines, size_t *at, struct str *ret);

#endif
