/* The folders of the spool and every move between them.
 *
 *   DROP/story.txt ─> active/<instance>/<ULID>-story.txt ─> done/… or failed/… (+ failed/<ULID>.reason.json)
 *
 * An article whose name is too long for the prefix, or that came with its marker, has a folder of its own, <ULID>/name,
 * which moves as a whole. Names are bytes. One thread; the spool owns its descriptors. */
#ifndef COPYTASTER_INGEST_SPOOL_H
#define COPYTASTER_INGEST_SPOOL_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/options.h"
#include "base/ulid.h"
#include "ingest/job.h"

#define SPOOL_MARKER ".done"
#define SPOOL_PATH (NAME_MAX + ULID_TEXT + 2)

struct spool {
	const char *drop_path, *spool_path; /* the options' */
	int drop, root, active, done, failed, retry;
	int active_lock, endpoint_lock;
	dev_t dev;
	ino_t ino; /* of root: it may lie within the drop folder under any name */
	bool keep_done;
};

/* Makes the folders, takes the lock on active/<instance>, proves that renames work. err says what to do. */
int spool_open(struct spool *s, const struct options *o, struct err *err) MUST_CHECK;
void spool_close(struct spool *s);
/* For an ipc endpoint: the lock beside it (a second bind would steal the path). */
int spool_lock_endpoint(struct spool *s, const char *endpoint, struct err *err) MUST_CHECK;

/* Would this name need a folder of its own? */
bool spool_long_name(const char *name);
/* The entry that is renamed, and the file: "<ULID>-name" both, or "<ULID>" and "<ULID>/name". */
void spool_entry(const struct ulid *id, const char *name, bool folder, char out[SPOOL_PATH]);
void spool_file(const struct ulid *id, const char *name, bool folder, char out[SPOOL_PATH]);

/* From the drop folder into active/; with its marker when marker. -errno: nothing was moved. */
int spool_claim(const struct spool *s, const struct ulid *id, const char *name, bool folder, bool marker) MUST_CHECK;
/* Back, as long as the name is free there. */
int spool_unclaim(const struct spool *s, const struct ulid *id, const char *name, bool folder, bool marker) MUST_CHECK;
int spool_stat(const struct spool *s, const struct job *j, struct stat *ret) MUST_CHECK;
/* As file_open_beneath and file_read_all. */
int spool_read(const struct spool *s, const struct job *j, uint64_t max_bytes, struct buf *out, struct stat *ret) MUST_CHECK;
/* To done/ (or away, as configured) or failed/. -ENOENT: it is not in active/ any more. */
int spool_finish(const struct spool *s, const struct job *j, bool failed) MUST_CHECK;
/* Under a new id, within active/. */
int spool_renumber(const struct spool *s, const struct job *j, const struct ulid *id) MUST_CHECK;

/* One entry of active/ or retry/. */
struct spool_item {
	struct ulid id;
	char name[NAME_MAX + 1];
	bool folder, marker;
	struct stat st; /* of the file, not followed */
};

/* Reads an entry's name and looks at what lies there. -EINVAL: no name of ours. -ENOENT: gone or an empty folder; -ENODATA: a
 * folder with a marker only, whose name is in ret. */
int spool_item(int dirfd, const char *entry, struct spool_item *ret) MUST_CHECK;

#endif
