/* What `copytaster index rebuild` changes in a ledger. It is alone in the store; all within its transaction. */
#ifndef COPYTASTER_WORKERS_LEDGER_REBUILD_H
#define COPYTASTER_WORKERS_LEDGER_REBUILD_H

#include "workers/ledger.h"

/* Forgets what is pending: it is judged anew when it is delivered again, since its entry has left the copy index. */
int ledger_forget_pending(struct ledger *l, struct store_txn *t, uint64_t *ret_n) MUST_CHECK;
/* Enters a settled id (PUBLISHED or COPY), or the committed lengths of a segment, as if they had been settled now. */
int ledger_restore(struct ledger *l, struct store_txn *t, const struct ulid *id, const struct ledger_entry *e) MUST_CHECK;
int ledger_restore_segment(struct ledger *l, struct store_txn *t, const struct ledger_segment *segment) MUST_CHECK;

#endif
