/* The files of the file sink: OUT/claims-<ULID>.ndjson and OUT/articles-<ULID>.ndjson make one segment. While it is
 * written both end in ".open" and its writer holds an flock on both. This module names, lists,
 * locks, recovers and closes them; file.c writes, file_read.c reads.
 *
 * Closing: cut both to the committed length, fsync, rename claims then articles, fsync the folder, then
 * remove the ledger's row. A crash between leaves what segment_recover finishes. */
#ifndef COPYTASTER_SINKS_SEGMENT_H
#define COPYTASTER_SINKS_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ulid.h"
#include "workers/ledger.h"

#define SEGMENT_NAME (ULID_TEXT + 1)
#define SEGMENT_FILE 64

enum { SEGMENT_CLAIMS, SEGMENT_ARTICLES, SEGMENT_STREAMS };

struct segment {
	char name[SEGMENT_NAME];
	int fd[SEGMENT_STREAMS]; /* -1: none */
};

void segment_file(char out[SEGMENT_FILE], const char *name, int stream, bool open);
/* Is it a file of a segment? Fills name, stream, open. */
bool segment_parse(const char *file, char ret_name[SEGMENT_NAME], int *ret_stream, bool *ret_open);

/* Makes and locks both files of a new segment; the folder is synced. */
int segment_create(int dirfd, struct segment *ret, struct err *err) MUST_CHECK;
/* Ends a segment at these lengths, whose lock the caller holds: an empty one is removed, else
 * both files get their final names. fds are closed. The ledger's row is the caller's. */
int segment_finish(int dirfd, struct segment *s, uint64_t claims_bytes, uint64_t articles_bytes, struct err *err) MUST_CHECK;

/* Closes segments whose writer is gone, cut to what the ledger has. own: the caller's open segment or NULL.
 * Their ledger rows go when the write lock is free, else next time. */
int segment_recover(int dirfd, struct ledger *ledger, const char *own, struct err *err) MUST_CHECK;

/* OUT/.ledger holds the identity of the ledger that publishes here. Makes it in an empty folder; -EUCLEAN when another
 * ledger stands there: its committed lengths are unknown to this one. */
int segment_claim_folder(int dirfd, const char *path, uint64_t identity, struct err *err) MUST_CHECK;
/* Whose it is; -ENOENT: nobody's yet, -EBADMSG. And for a new ledger that knows all that is published there: from now on its. */
int segment_folder_owner(int dirfd, uint64_t *ret_identity) MUST_CHECK;
int segment_give_folder(int dirfd, uint64_t identity, struct err *err) MUST_CHECK;

#endif
