/* A job: one article that ingest answers for, from the claim to the end of its receipt. Only
 * what is known about it; its bytes stay in the file until they are delivered.
 *
 *             ┌────────── release(retry), recovered, unknown `until` ─────────┐
 *             v                                                               │
 *   claim ─> QUEUED ── deliver ──> LEASED ── ack ──────────────> SETTLED ──> (receipt, moved, gone)
 *             ^ ^                   │ │ └── defer ──> DEFERRED      ^
 *             │ └── until settled ──┼─┼──────────────────┘          │
 *             └── release, death ───┘ └── charged too often ──> ABANDONING ── abandoned ──┘
 *
 * The table owns its jobs and finds them by id; `ids` keeps them in order, retried ones last, so that its top is the
 * lowest unsettled id of a first life. A job stands in at most one list at a time. */
#ifndef COPYTASTER_INGEST_JOB_H
#define COPYTASTER_INGEST_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/ulid.h"
#include "ingest/heap.h"
#include "proto/record.h"

enum job_state { JOB_QUEUED, JOB_WAITING, JOB_DEFERRED, JOB_LEASED, JOB_ABANDONING, JOB_SETTLED };

struct job;
struct worker;

struct job_list {
	struct job *first, *last;
	size_t n;
};

/* What a file was when it was last looked at. */
struct file_mark {
	uint64_t dev, ino, size;
	struct timespec mtime;
};

#define JOB_HISTORY 8
struct job_charge {
	uint64_t wall_ms;
	bool overran; /* else: its worker died */
	uint32_t pid;
	char worker[40];
};

struct job {
	struct ulid id;
	char *name;  /* of the file; bytes, NUL-terminated */
	bool folder; /* lies in <ULID>/name: too long for the prefix, or with its marker */
	bool marker; /* name.done lies beside it */
	uint64_t bytes;
	struct file_mark mark;
	uint64_t received_ms, generation;
	struct ulid supersedes;

	enum job_state state;
	bool alone;   /* travels alone: was in the hands of a worker that died */
	bool touched; /* was delivered, or may have been before the start */
	bool needs_idle; /* larger than any worker's credit: waits for one that has nothing */
	bool in_lone;    /* which of the two queues it stands in */
	bool started;
	bool vanished; /* the file is gone */
	uint64_t lease, started_seq;
	uint64_t hello; /* the last introduction that listed it */
	uint32_t charges, retries, deliveries;
	struct worker *worker; /* LEASED: holder; ABANDONING: who was asked */
	uint64_t when;         /* deadline of the state, monotonic ms; 0: none */
	struct ulid until;
	struct job_list waiters; /* deferred until this one is settled */
	struct job_charge history[JOB_HISTORY];
	uint32_t n_history;

	enum outcome outcome;
	uint32_t claims;
	char *code, *reason;
	struct ulid next_id; /* the file had grown: goes on under this id */

	struct job_list *list;
	struct job *prev, *next;
	struct job *hash_next;
	size_t pos_id, pos_ready, pos_when;
};

struct job_table {
	struct job **buckets;
	size_t n, n_buckets;
	uint64_t seed;
	struct heap ids;
};

int job_table_init(struct job_table *t) MUST_CHECK;
void job_table_release(struct job_table *t); /* frees the jobs too */
struct job *job_find(const struct job_table *t, const struct ulid *id);
/* A new job in state WAITING, in no list. -EEXIST, -ENOMEM. */
int job_add(struct job_table *t, const struct ulid *id, const char *name, struct job **ret) MUST_CHECK;
/* Must be in no list and no other heap. */
void job_remove(struct job_table *t, struct job *j);
void job_set_generation(struct job_table *t, struct job *j, uint64_t generation);
int job_set_reason(struct job *j, struct str code, struct str reason) MUST_CHECK;

void job_list_push(struct job_list *l, struct job *j);
void job_list_leave(struct job *j); /* whichever list it is in, if any */

void file_mark_set(struct file_mark *m, const struct stat *st);
bool file_mark_same(const struct file_mark *m, const struct stat *st);

#endif
