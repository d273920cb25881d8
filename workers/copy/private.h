/* Shared by index.c, repeats.c and restore.c. */
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

/* Without a backend. NULL when out of memory. */
struct copy_index *copy_index_make(const struct copy_config *config, const struct backend_ops *ops);
struct judge_view copy_view(struct copy_index *x, const struct copy_item *batch, size_t n, uint64_t own_from);
/* Between begin and end. */
int copy_enter(struct copy_index *x, struct copy_item *item, const struct judge_notes *notes, enum entry_state state) MUST_CHECK;
/* The keys an entry is found by. Returns their number. An id that is its ULID's text form is found by the ULID. */
size_t copy_keys_of(const struct ulid *id, struct str article_id, struct copy_key keys[2]);
struct copy_key copy_key_of_id(const struct ulid *id);
struct copy_key copy_key_of_text(struct str article_id);
/* The entry of an article by the name that passages give it; -ENOENT when it has left. */
int copy_entry_by_article(struct copy_index *x, struct str article_id, uint64_t *ret_doc) MUST_CHECK;

#endif
