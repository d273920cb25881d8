/* judge: one article against the index, for both backends.
 *
 * Marks give candidates, all shingles verify them, figures and names decide near the edges, the alignment gives
 * the passages. The work per article is bounded: postings per mark, candidates, places per shingle. Owns scratch memory
 * that it reuses. Not thread-safe. */
#ifndef COPYTASTER_WORKERS_COPY_JUDGE_H
#define COPYTASTER_WORKERS_COPY_JUDGE_H

#include "base/err.h"
#include "workers/copy/backend.h"
#include "workers/copy/entry.h"

struct judge;

/* What the judge sees of the index. */
struct judge_view {
	const struct backend_ops *ops;
	void *backend;
	uint64_t window_ms, clock_skew_ms;
	const struct copy_item *batch; /* pending entries of these are of the caller's own batch, in an earlier life: not seen */
	size_t n_batch;
	uint64_t own_from;             /* entries numbered so and higher were entered by the caller in this batch */
	int (*postings)(void *arg, uint32_t mark, uint64_t *docs, size_t *ret_n); /* as in ops, or what was looked up before */
	void *postings_arg;
};

/* What an entry of the article will need. */
struct judge_notes {
	uint64_t time_ms;
	uint32_t n_distinct;
	struct sketch sketch;
	struct sketch_lead lead;
};

struct judge *judge_new(void);
void judge_free(struct judge **j);
/* Fills item's out fields and *ret. 0, -ENOMEM, -EBADMSG (a damaged entry) or what the backend says. */
int judge_item(struct judge *j, const struct judge_view *view, struct copy_item *item, struct judge_notes *ret) MUST_CHECK;
/* The same against one entry, whatever its marks; measures and passages are set for an ORIGINAL, too. */
int judge_pair(struct judge *j, const struct judge_view *view, struct copy_item *item, uint64_t doc) MUST_CHECK;
/* May what the postings name change a verdict of the item that was found without it? They are held against the item one by one; when
 * none shares a run or is a match, the verdict stands. notes as judge_item left them. */
int judge_touched(struct judge *j, const struct judge_view *view, const struct copy_item *item, const struct judge_notes *notes,
		  int (*postings)(void *, uint32_t, uint64_t *, size_t *), void *arg, bool *ret) MUST_CHECK;
/* The notes alone, for an article that is not judged. */
int judge_notes(struct judge *j, const struct judge_view *view, const struct copy_item *item, struct judge_notes *ret) MUST_CHECK;

#endif
