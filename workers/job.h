/* One delivered article in a worker, from the frame it came in to its ack. The stages of
 * workers/ run over it; it owns their memory. */
#ifndef COPYTASTER_WORKERS_JOB_H
#define COPYTASTER_WORKERS_JOB_H

#include <zmq.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/options.h"
#include "proto/control.h"
#include "workers/claim/claim.h"
#include "workers/copy/fingerprint.h"
#include "workers/decode/decode.h"
#include "workers/ledger.h"

enum job_state {
	JOB_QUEUED,   /* delivered, not begun */
	JOB_ASKING,   /* STARTED was sent, waits for PROCEED */
	JOB_ALLOWED,  /* PROCEED came: it goes alone */
	JOB_READ,     /* decoded and fingerprinted */
	JOB_BAD,      /* cannot be taken: to be settled as abandoned */
	JOB_RESERVED, /* pending in the ledger, its verdict is known */
	JOB_EXTRACTED,/* its record is complete */
	JOB_DURABLE,  /* the sinks have it; the ledger is next */
	JOB_DONE      /* settled or handed back */
};

struct job {
	struct job *prev, *next;  /* link.c: those that hold a lease */
	struct job *queue_next;   /* main.c: those that wait for a batch */
	enum job_state state;
	bool orphan;             /* its lease is gone: finish without an ack */
	zmq_msg_t frame;         /* the delivery points into it */
	bool has_frame;
	struct arena *arena;
	struct ctl ctl;          /* the delivery */
	struct ctl_lease lease;
	char id[ULID_TEXT + 1];  /* lease.article as text */

	struct article article;
	struct fingerprint fp;
	struct verdict *verdict; /* once reserved */
	struct claim_set claims;
	struct article_record record;
	struct copy_claim *copy_claims; /* its own claims and its repeats, for the copy index */
	size_t n_copy_claims;
	const char *reason_code; /* JOB_BAD */
	struct err why;
};

/* NULL when out of memory. */
struct job *job_new(size_t arena_bytes);
void job_free(struct job **j);
void job_reset(struct job *j);

/* Stage: bytes to text, blocks and fingerprint. State becomes JOB_READ or JOB_BAD; -ENOMEM: hand it back. */
int job_read(struct job *j, const struct options *o) MUST_CHECK;
/* Stage: sentences, claims, record, from the verdict. State becomes JOB_EXTRACTED or JOB_BAD (it needs more memory than
 * worker.arena_bytes allows); -ENOMEM: hand it back. */
int job_extract(struct job *j, struct copy_index *index, const struct options *o) MUST_CHECK;

/* After -ENOMEM: true when its own memory is used up, so that another try would end the same way; it is JOB_BAD then. */
bool job_is_too_complex(struct job *j, const struct options *o);

/* What the ledger shall hold of it, by its state. */
enum ledger_state job_outcome(const struct job *j);

#endif
