/* Shared by index.c and repeats.c. */
#ifndef COPYTASTER_WORKERS_COPY_PRIVATE_H
#define COPYTASTER_WORKERS_COPY_PRIVATE_H

#include "base/buf.h"
#include "workers/copy/backend.h"
#include "workers/copy/index.h"
#include "workers/copy/judge.h"
#include "workers/copy/posted.h"

struct copy_index {
	struct copy_config config;
	const struct backend_ops *ops;
	void *backend;
	struct judge *judge;
	/* The last batch that copy_index_judge saw, and the number of the first entry it did not see. */
	bool judged;
	uint64_t judged_next, judged_batch;
	struct judge_notes *notes; /* of that batch, item by item */
	size_t notes_room;
	struct posted wanted, found; /* the marks of that batch, and what stands under them */
	struct posted recent; /* what was entered since, by others and by this batch */
	struct buf bytes; /* scratch: an entry on its way */
	uint32_t *shingles, *marks;
	size_t scratch_room;
};

struct copy_key copy_key_of_id(const struct ulid *id);
struct copy_key copy_key_of_text(struct str article_id);
/* The entry of an article by the name that passages give it; -ENOENT when it has left. */
int copy_entry_by_article(struct copy_index *x, struct str article_id, uint64_t *ret_doc) MUST_CHECK;

#endif
