/* The interface of every way out. One file per sink; sinks/table.c lists them.
 *
 * Life of a batch:  submit ─> done callbacks (each item once) ─> commit or discard
 *
 *   submit   takes records of whole articles; the sink copies or sends them before it returns or keeps them
 *            until done. It may answer some items at once.
 *   flush    makes what was submitted durable; calls done for each item.
 *   mark     what must enter the ledger's transaction with the outcomes (the file sink's committed lengths).
 *   commit   the ledger has it: the records are published.
 *   discard  the ledger refused: forget everything since the last commit.
 *   close    ends in order; close after a failed flush is allowed.
 *
 * Verdicts per item: OK durable; RETRY not now, hand the article back; REJECT never, this record is the
 * reason. -errno of submit and flush means the sink itself failed: the process must stop, restart and
 * recover; nothing since the last commit may be acknowledged. One thread: that of the loop. */
#ifndef COPYTASTER_SINKS_SINK_H
#define COPYTASTER_SINKS_SINK_H

#include "base/arena.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/options.h"
#include "proto/record.h"

enum sink_verdict { SINK_OK, SINK_RETRY, SINK_REJECT };

struct sink_item {
	const struct article_record *article;
	const struct claim *claims;
	size_t n_claims;
	struct arena *arena; /* scratch: the article's own */
	void *tag;           /* the submitter's */
};

typedef void sink_done_fn(void *tag, enum sink_verdict verdict, const char *why, void *arg);

struct ledger; /* workers/ledger.h: sinks read their committed lengths there */
struct ledger_segment;

struct sink_ops {
	const char *name;
	const char *sentence; /* for --help */
	int (*open)(const struct options *o, struct ledger *ledger, sink_done_fn *done, void *done_arg, void **ret, struct err *err);
	int (*submit)(void *sink, const struct sink_item *items, size_t n, struct err *err);
	int (*flush)(void *sink, struct err *err);
	const struct ledger_segment *(*mark)(void *sink); /* NULL: nothing to store */
	void (*commit)(void *sink);
	int (*discard)(void *sink, struct err *err);
	int (*idle)(void *sink, struct err *err); /* rotation, recovery of others' leftovers; may be NULL */
	int (*close)(void *sink, struct err *err);
};

extern const struct sink_ops *const sink_table[]; /* NULL-terminated */

#endif
