/* What stays of an article that goes out, in ledger and copy index: the worker and `copytaster index rebuild` go by the same rules. */
#ifndef COPYTASTER_WORKERS_KEEP_H
#define COPYTASTER_WORKERS_KEEP_H

#include "base/arena.h"
#include "base/err.h"
#include "proto/record.h"
#include "workers/claim/claim.h"
#include "workers/copy/fingerprint.h"
#include "workers/copy/index.h"
#include "workers/decode/decode.h"
#include "workers/ledger.h"

/* The time that articles are compared by: that of the record, or arrival where it has none. */
uint64_t keep_time(struct str time, uint64_t received_ms);

/* The claims of its sentences but those that its verdict says stood elsewhere. file_name as in records. 0 or -ENOMEM. */
int keep_extract(const struct article *a, struct str article_id, struct str file_name, const struct verdict *v,
		 const struct fingerprint *fp, struct arena *arena, struct claim_set *ret) MUST_CHECK;

/* COPY: it has nothing of its own to say, because others said it before. Else PUBLISHED. */
enum ledger_state keep_outcome(size_t own_claims, size_t skipped_sentences);

/* From the first to the last byte of a claim's content. */
struct span keep_span(const struct span *content, size_t n);
/* What later articles need to point at its claims, and through it at those that it carries again: own first, n_own of them, which
 * the caller has put at the head of a list that has room for all. */
void keep_repeats(struct copy_claim *list, size_t n_own, const struct repeat *repeats, size_t n_repeats);

#endif
