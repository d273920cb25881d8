/* Shared by watch.c and scan.c only. */
#ifndef COPYTASTER_INGEST_WATCH_INTERNAL_H
#define COPYTASTER_INGEST_WATCH_INTERNAL_H

#include "ingest/watch.h"

/* Names that are left alone without a word. */
bool watch_ignores(const char *name);
/* ".done" at the end: where markers are used, it is one. */
bool watch_is_marker(const char *name);
bool watch_has_marker(const struct watch *w, const char *name);
/* Claims what is complete. e (may be NULL) is the name's entry. False: intake takes nothing more now. */
bool watch_claim(struct watch *w, const char *name, const struct stat *st, uint64_t now);
/* Says once that this is left in place, and why. */
void watch_leave(struct watch *w, const char *name, const struct stat *st, const char *why);
/* Another pass soon. */
void watch_rescan(struct watch *w, uint64_t when);
/* Begins or continues the pass; how many entries were looked at. */
size_t scan_step(struct watch *w, uint64_t now, size_t max);

#endif
