/* `copytaster index rebuild`, in parts: index_rebuild.c (from records to entries), index_ledger.c (a new ledger where the old one is
 * lost), index_report.c (what is said about it). */
#ifndef COPYTASTER_CLI_INDEX_REBUILD_H
#define COPYTASTER_CLI_INDEX_REBUILD_H

#include "cli/cli.h"
#include "cli/index_article.h"
#include "cli/index_records.h"
#include "cli/term.h"
#include "workers/ledger.h"
#include "workers/store.h"

/* An article that a delivery may still bring, and the ingest it belongs to. */
struct index_active {
	struct ulid id;
	uint64_t instance;
};

struct rebuild {
	const struct cli *cli;
	const struct options *o;
	struct term screen; /* stderr */
	bool dry_run, new_ledger;
	int taken;          /* paths.state is ours alone; -1: it is not */
	char state[4096];   /* paths.state without slashes at its end */
	char made[4096];    /* where the new ledger is made, until it takes its place */
	char aside[4096];   /* where the old one went */
	struct store *store;
	struct ledger *ledger;
	struct copy_index *index;
	struct arena *arena;
	struct records records;
	struct index_active *active; /* by id; with new_ledger */
	size_t n_active;
	uint64_t from_ms;   /* earlier arrivals are behind the window */
	/* A group on its way into one transaction. */
	struct index_article *group;
	const struct record_ref **group_refs;
	struct copy_restore *items;
	size_t n_group;
	struct ulid last; /* that was read */
	uint64_t shown_ms;
	/* For the summary. */
	uint64_t in_window, entered, claims, missing_claims, copies, no_entry, unreadable, duplicates, forgotten, taken_ids, cut;
};

/* index_rebuild.c: all records, in the order of arrival. */
int rebuild_enter_all(struct rebuild *r, struct err *err) MUST_CHECK;

/* index_ledger.c. Opens a new, empty store beside paths.state. */
int ledger_make(struct rebuild *r, struct err *err) MUST_CHECK;
/* What of the records that no ledger vouches for counts as published: open segments end behind the last article that is whole with all its
 * claims, and before records that stand elsewhere, too, if nothing behind them was ever acknowledged. */
int ledger_judge_records(struct rebuild *r, struct err *err) MUST_CHECK;
uint64_t ledger_instance_of(const struct rebuild *r, const struct ulid *id);
/* The committed lengths of open segments, in the last transaction. */
int ledger_put_segments(struct rebuild *r, struct store_txn *t) MUST_CHECK;
/* The new store is whole and closed: the out folder and paths.state become its. */
int ledger_take_place(struct rebuild *r, uint64_t identity, struct err *err) MUST_CHECK;

/* index_report.c. */
void rebuild_progress(struct rebuild *r, const char *what, uint64_t done, uint64_t all);
void rebuild_clear(const struct rebuild *r);
int rebuild_report(const struct rebuild *r);
/* The store cannot be used: what --new-ledger would do. */
void rebuild_offer(struct rebuild *r);

#endif
