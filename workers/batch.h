/* A batch: articles that go through the stages and into the ledger together, so that one fsync serves many.
 *
 *   READ each ─> LOOK ─> RESERVE ─┬─> EXTRACT each ─> EMIT ─> SETTLE ─┐
 *                                 └────────── next wave <─────────────┘
 *
 * A wave takes the articles whose verdict leans on settled articles only; copies of an article in the same
 * batch come in the next wave, when its claims are known. Steps are short; between them the loop turns. */
#ifndef COPYTASTER_WORKERS_BATCH_H
#define COPYTASTER_WORKERS_BATCH_H

#include <stdbool.h>

#include "base/err.h"
#include "base/options.h"
#include "sinks/sink.h"
#include "workers/job.h"
#include "workers/ledger.h"
#include "workers/link.h"

struct batch;

struct batch_parts {
	const struct options *o;
	struct ledger *ledger;
	struct copy_index *index;
	struct link *link;
	const struct sink_ops *sink;
	void *sink_handle; /* or batch_set_sink, before the first step */
};

enum batch_step {
	BATCH_AGAIN,  /* call batch_step again, after the loop had a turn */
	BATCH_LATER,  /* the ledger's write lock is busy: in a millisecond */
	BATCH_WAITS,  /* for a sink: it is woken by batch_sink_done */
	BATCH_EMPTY   /* all is answered; jobs may be added */
};

struct batch_counts {
	uint64_t batches, published, copies, failed, deferred, released, claims;
};

int batch_open(const struct batch_parts *parts, struct batch **ret, struct err *err) MUST_CHECK;
void batch_close(struct batch **b); /* jobs in it stay the link's */

void batch_set_sink(struct batch *b, void *sink_handle);

bool batch_is_empty(const struct batch *b);
bool batch_is_full(const struct batch *b);
void batch_add(struct batch *b, struct job *j); /* only before its first step */
/* Works for a slice of time. < 0: nothing that is not acked may be trusted, the process must end; err says why. */
int batch_step(struct batch *b, enum batch_step *ret, struct err *err) MUST_CHECK;
/* Hands all of it back, whatever was begun: before the process ends for a reason that is none of theirs. */
void batch_give_back(struct batch *b);
/* The sink's callback; arg is the batch, tag the job. */
void batch_sink_done(void *tag, enum sink_verdict verdict, const char *why, void *arg);
const struct batch_counts *batch_counts(const struct batch *b);

#endif
