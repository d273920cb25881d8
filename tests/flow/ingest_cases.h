/* The cases of ingest_flow, by what goes wrong. */
#ifndef COPYTASTER_TESTS_INGEST_CASES_H
#define COPYTASTER_TESTS_INGEST_CASES_H

#include "ingest_rig.h"

#define SPOOL "drop/.copytaster"
#define ACTIVE SPOOL "/active/main"
#define DONE SPOOL "/done"
#define FAILED SPOOL "/failed"
#define RECEIPTS SPOOL "/receipts-main.ndjson"

extern const char *const quick[]; /* short periods */

/* The next delivery must be of this file (NULL: any). */
struct ctl_lease take(struct fake *f, const char *name);
/* Open, hello, ready. */
void join(struct fake *f, const struct rig *r, uint32_t credit);
char *receipts(const struct rig *r);
char *read_reason(const struct rig *r); /* the one reason.json in failed/ */

void case_death(struct rig *r);
void case_crash_loop(struct rig *r);
void case_abandon_published(struct rig *r);
void case_silence(struct rig *r);
void case_overrun(struct rig *r);
void case_lies(struct rig *r);
void case_garbage(struct rig *r);
void case_introduces_itself(struct rig *r);
void case_recovered(struct rig *r);
void case_replay(struct rig *r);
void case_last_words(struct rig *r);

void case_left_in_place(struct rig *r);
void case_unfit(struct rig *r);
void case_long_name(struct rig *r);
void case_slow_writer(struct rig *r);
void case_marker(struct rig *r);
void case_bound(struct rig *r);
void case_retry(struct rig *r);
void case_once(struct rig *r);
void case_drain(struct rig *r);
void case_second_one(struct rig *r);
void case_rotation(struct rig *r);
void case_keep_done(struct rig *r);

#endif
