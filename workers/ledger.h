/* The ledger: what became of each article id, and what the sinks hold of it.
 *
 *   (unknown) ── reserve ──> PENDING ── settle ──> PUBLISHED | COPY
 *        └──────── abandon ────┴── abandon ─────> ABANDONED ── reserve with a higher generation ──> PENDING
 *
 * PUBLISHED, COPY and ABANDONED are settled: an id is settled once, whoever tries. The transaction of
 * settle is the only point of publication: it stores the outcome and the committed length of each sink segment together.
 * Promises outcomes, not transactions: an implementation on another store may reach them otherwise.
 * Embedded default: LMDB (store.h), which the copy index shares.
 *
 * All write calls return -EAGAIN when the write lock is busy: nothing was done, try again from a timer. */
#ifndef COPYTASTER_WORKERS_LEDGER_H
#define COPYTASTER_WORKERS_LEDGER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ulid.h"
#include "proto/record.h"
#include "workers/copy/index.h"
#include "workers/store.h"

enum ledger_state { LEDGER_UNKNOWN, LEDGER_PENDING, LEDGER_PUBLISHED, LEDGER_COPY, LEDGER_ABANDONED };

struct ledger;

/* Both must outlive the ledger. index NULL: read only (status, audit). */
int ledger_open(struct store *store, struct copy_index *index, struct ledger **ret, struct err *err) MUST_CHECK;
void ledger_close(struct ledger **l);
/* Tells one ledger from another (store.h). */
uint64_t ledger_identity(const struct ledger *l);

struct ledger_entry {
	enum ledger_state state;
	uint64_t generation;
	uint64_t instance; /* hash of the ingest instance's name */
	uint32_t claims;
	struct str reason_code, reason; /* ABANDONED */
};

/* One id; arena for the texts. UNKNOWN is no error. */
int ledger_get(struct ledger *l, const struct ulid *id, struct arena *arena, struct ledger_entry *ret) MUST_CHECK;

/* One article of a batch on its way to pending. */
struct ledger_reserve {
	struct copy_item copy; /* in and out: the verdict, or must_wait */
	uint64_t generation, instance;
	enum ledger_state state; /* out: PENDING: go on; PUBLISHED, COPY, ABANDONED: settled before; UNKNOWN: must_wait */
	uint32_t claims;         /* out, when settled before */
};

/* The long part, without a lock: sets state for ids that are settled already, looks the others up in the copy index. */
int ledger_look(struct ledger *l, struct ledger_reserve *items, size_t n) MUST_CHECK;
/* After ledger_look with the same items: judges again against what came in since, and enters them as pending, in order. A pending
 * id is taken up again, with its stored verdict as long as all that it depends on is published. Durable when 0. */
int ledger_reserve(struct ledger *l, struct ledger_reserve *items, size_t n) MUST_CHECK;

struct ledger_settle {
	struct ulid id;
	enum ledger_state state;     /* PUBLISHED, COPY or ABANDONED */
	uint64_t generation, instance;
	uint32_t own_claims;         /* records that go out */
	struct copy_claim *claims;   /* PUBLISHED: those, and the earlier ones that stand here again */
	size_t n_claims;
	struct str reason_code, reason; /* ABANDONED */
	bool lost;                   /* out: another settled it first … */
	enum ledger_state found;     /* … as this: UNKNOWN when it was pruned since */
	uint32_t found_claims;
};

/* The committed length of the two streams of a file sink segment. */
struct ledger_segment {
	char name[64];
	uint64_t claims_bytes, articles_bytes;
	uint64_t articles; /* records */
};

/* All or nothing: -ESTALE when any item was settled by another (its lost is set, nothing was stored). segment may be NULL. */
int ledger_settle(struct ledger *l, struct ledger_settle *items, size_t n, const struct ledger_segment *segment) MUST_CHECK;

/* Settles one id as abandoned unless it is settled already; *ret is the state it has now. */
int ledger_abandon(struct ledger *l, const struct ulid *id, uint64_t generation, uint64_t instance, struct str code, struct str reason,
		   enum ledger_state *ret, uint32_t *ret_claims) MUST_CHECK;

int ledger_segment_get(struct ledger *l, const char *name, struct ledger_segment *ret) MUST_CHECK; /* -ENOENT */
int ledger_segment_remove(struct ledger *l, const char *name) MUST_CHECK; /* when its files are closed for good */
int ledger_segment_each(struct ledger *l, int (*fn)(const struct ledger_segment *, void *arg), void *arg) MUST_CHECK;
int ledger_each(struct ledger *l, int (*fn)(const struct ulid *id, const struct ledger_entry *, void *arg), void *arg) MUST_CHECK;

/* Removes settled entries of this instance below floor (their receipts are confirmed), at most max of them, abandons
 * pending ones there (nobody will deliver them again), expires the copy window. Settled ones stay a quarter of an hour,
 * so that a worker that wakes up late finds them; retried ones, which are below the floor while they are under way, a week. */
int ledger_prune(struct ledger *l, uint64_t instance, const struct ulid *floor, uint64_t now_ms, size_t max) MUST_CHECK;

const char *ledger_state_name(enum ledger_state s);
uint64_t ledger_instance(struct str name); /* the hash used above */

#endif
