/* A copy index made anew from articles that are published already (`copytaster index rebuild`).
 *
 *   copy_index_renew ─> copy_index_restore, group by group in the order of arrival ─> copy_index_renewed
 *
 * Between first and last copy_index_open refuses the index (-EUCLEAN), also after a crash. The caller is alone in the store. */
#ifndef COPYTASTER_WORKERS_COPY_RESTORE_H
#define COPYTASTER_WORKERS_COPY_RESTORE_H

#include "workers/copy/index.h"

/* Is an article kept with this verdict? Not one without words, which can match nothing. Not an exact copy, unless its headline is its own: whatever
 * matches it matches what it equals, which covers all of it. */
bool copy_has_entry(const struct copy_item *item);

/* An article as it was settled: item with the verdict of its record, of which story and version are kept. */
struct copy_restore {
	struct copy_item item;
	const struct copy_claim *claims; /* as in copy_index_settle */
	size_t n_claims;
};

/* Drops the index that is there, damaged or of another format, and opens an empty one. */
int copy_index_renew(struct store *store, const struct copy_config *config, struct copy_index **ret, struct err *err) MUST_CHECK;
/* Enters n articles as published, in order; *ret_n of them, since exact copies and articles without words have no entry. */
int copy_index_restore(struct copy_index *x, struct store_txn *txn, struct copy_restore *items, size_t n, size_t *ret_n) MUST_CHECK;
/* All are in. */
int copy_index_renewed(struct copy_index *x, struct store_txn *txn) MUST_CHECK;

#endif
