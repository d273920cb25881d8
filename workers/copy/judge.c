#include "workers/copy/judge.h"

#include <errno.h>
#include <stdlib.h>

#include "workers/copy/align.h"
#include "workers/copy/candidates.h"
#include "workers/copy/rules.h"
#include "workers/copy/passages.h"

struct judge {
	struct align align;
	struct candidates candidates;
	struct passages passages;
	struct match matches[CANDIDATES];
	size_t n_matches;
	bool keep_all; /* also matches that say nothing */
};

struct judge *judge_new(void)
{
	struct judge *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	align_init(&j->align);
	passages_init(&j->passages);
	return j;
}

void judge_free(struct judge **j)
{
	if (!*j)
		return;
	align_release(&(*j)->align);
	passages_release(&(*j)->passages);
	free(*j);
	*j = NULL;
}

static uint64_t bounded_time(const struct judge_view *view, const struct copy_item *item)
{
	uint64_t latest = item->arrival_ms + view->clock_skew_ms;

	if (latest < item->arrival_ms)
		latest = UINT64_MAX;
	return item->time_ms < latest ? item->time_ms : latest;
}

int judge_notes(struct judge *j, const struct judge_view *view, const struct copy_item *item, struct judge_notes *ret)
{
	int rc = align_set(&j->align, item->fp);

	if (rc)
		return rc;
	sketch_make(item->fp, item->text, &ret->sketch, &ret->lead);
	ret->time_ms = bounded_time(view, item);
	ret->n_distinct = j->align.n_distinct;
	return 0;
}

static bool in_batch(const struct judge_view *view, const struct ulid *id)
{
	for (size_t i = 0; i < view->n_batch; i++)
		if (ulid_cmp(&view->batch[i].id, id) == 0)
			return true;
	return false;
}

/* May the item be compared with this entry at all? */
static bool comparable(const struct judge_view *view, const struct copy_item *item, uint64_t time_ms, uint64_t doc,
		       const struct entry *e, enum entry_state state, bool *ret_foreign)
{
	uint64_t apart = e->time_ms > time_ms ? e->time_ms - time_ms : time_ms - e->time_ms;
	bool own = doc >= view->own_from;

	if (apart > view->window_ms)
		return false;
	if (!ulid_is_zero(&item->id) && ulid_cmp(&e->id, &item->id) == 0)
		return false;
	if (state == ENTRY_PENDING && !own && in_batch(view, &e->id))
		return false;
	*ret_foreign = state == ENTRY_PENDING && !own;
	return true;
}

/* What the runs of a match say beyond their sum: the heads of a copy must meet, and what is shared must make passages, not
 * only be many small pieces. */
static int look_at_runs(struct judge *j, struct match *m)
{
	const struct run *runs;
	uint32_t words = 0;
	size_t n;
	int rc = align_peek(&j->align, &m->entry, SHINGLE_WORDS, &runs, &n);

	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)
		words += runs[i].words;
	if (m->loose && rules_heads_meet(m, runs, n))
		return 0;
	m->class = words < RULES_PARTIAL_WORDS ? CLASS_NONE : CLASS_PARTIAL;
	return 0;
}

static int measure(struct judge *j, const struct copy_item *item, const struct judge_notes *notes, struct match *m)
{
	struct shared shared;
	int rc = align_shared(&j->align, &m->entry, &shared);

	if (rc)
		return rc;
	m->common = shared.common;
	m->run_words = shared.run_words;
	rules_classify(m, item->fp, notes);
	return m->class == CLASS_PARTIAL || m->loose ? look_at_runs(j, m) : 0;
}

/* Reads and measures the candidates. */
static int verify(struct judge *j, const struct judge_view *view, const struct copy_item *item, const struct judge_notes *notes)
{
	bool is_short = item->fp->n_words < SHORT_WORDS;

	j->n_matches = 0;
	for (size_t i = 0; i < j->candidates.n_best; i++) {
		struct match *m = &j->matches[j->n_matches];
		struct str bytes;
		m->doc = j->candidates.best[i];
		int rc = view->ops->entry(view->backend, m->doc, &bytes, &m->state);
		if (rc == -ENOENT)
			continue;
		if (rc == 0)
			rc = entry_read(bytes, &m->entry);
		if (rc)
			return rc;
		if ((m->entry.n_words < SHORT_WORDS) != is_short ||
		    !comparable(view, item, notes->time_ms, m->doc, &m->entry, m->state, &m->foreign))
			continue;
		if ((rc = measure(j, item, notes, m)))
			return rc;
		if (j->keep_all ? m->class != CLASS_NONE || m->common : !rules_idle(m))
			j->n_matches++;
	}
	rules_sort(j->matches, j->n_matches);
	return 0;
}

/* The first of the sorted matches that is, or is not, another's pending one. */
static struct match *first(struct judge *j, bool foreign)
{
	for (size_t i = 0; i < j->n_matches; i++)
		if (j->matches[i].foreign == foreign)
			return &j->matches[i];
	return NULL;
}

/* What stands in third articles, best first. */
static int take_thirds(struct judge *j, struct copy_item *item, const struct match *of)
{
	for (size_t i = 0; i < j->n_matches; i++) {
		const struct match *m = &j->matches[i];
		if (m == of || m->foreign || m->class == CLASS_TEMPLATE || m->run_words < RULES_THIRD_WORDS)
			continue;
		uint32_t least = m->differ ? RULES_THIRD_DIFFERENT_WORDS : RULES_THIRD_WORDS;
		int rc = passages_take(&j->passages, &j->align, item, &m->entry, least);
		if (rc)
			return rc;
	}
	return 0;
}

/* A pending match that is not the best may still carry what no published one does: enough for a verdict of its own, once it is
 * published. To be asked when all published ones have their passages. */
static int hidden_pending(struct judge *j, const struct match **ret)
{
	*ret = NULL;
	for (size_t i = 0; i < j->n_matches && !*ret; i++) {
		const struct match *m = &j->matches[i];
		const struct run *runs;
		uint32_t words = 0;
		size_t n;
		if (!m->foreign || m->class < CLASS_PARTIAL || m->run_words < RULES_THIRD_WORDS)
			continue;
		int rc = align_place(&j->align, &m->entry, RULES_THIRD_WORDS, &runs, &n);
		if (rc)
			return rc;
		for (size_t k = 0; k < n; k++)
			words += runs[k].words;
		if (words >= RULES_PARTIAL_WORDS)
			*ret = m;
	}
	return 0;
}

static void wait_for(struct copy_item *item, const struct match *m)
{
	memset(&item->verdict, 0, sizeof(item->verdict));
	item->must_wait = true;
	item->wait_for = m->entry.id;
}

static int decide(struct judge *j, struct copy_item *item)
{
	struct match *best = first(j, false), *pending = first(j, true), *of = NULL;
	uint32_t words, longest;
	int rc;

	const struct match *hidden;

	if (rules_must_wait(best, pending)) {
		wait_for(item, pending);
		return 0;
	}
	if ((rc = rules_verdict(best, item)))
		return rc;
	if (item->verdict.of.len) {
		of = best;
		if ((rc = passages_take(&j->passages, &j->align, item, &of->entry, SHINGLE_WORDS)))
			return rc;
		rules_revision(item, &of->entry, j->passages.pieces, j->passages.n);
	}
	if ((rc = take_thirds(j, item, of)) || (rc = hidden_pending(j, &hidden)))
		return rc;
	if (hidden) {
		wait_for(item, hidden);
		return 0;
	}
	if ((rc = passages_finish(&j->passages, item, &words, &longest)))
		return rc;
	if (of) {
		item->verdict.matched_words = words;
		item->verdict.longest_run = longest;
	}
	return 0;
}

int judge_pair(struct judge *j, const struct judge_view *view, struct copy_item *item, uint64_t doc)
{
	struct judge_notes notes;
	int rc = judge_notes(j, view, item, &notes);

	if (rc)
		return rc;
	memset(&item->verdict, 0, sizeof(item->verdict));
	passages_reset(&j->passages);
	j->candidates.best[0] = doc;
	j->candidates.n_best = 1;
	j->keep_all = true;
	rc = verify(j, view, item, &notes);
	j->keep_all = false;
	if (rc || (rc = decide(j, item)))
		return rc;
	if (item->verdict.of.len || j->n_matches == 0)
		return 0;
	/* An original, but the person who asks wants to see how far it is from being a copy. */
	const struct match *m = &j->matches[0];
	struct verdict *v = &item->verdict;
	v->containment = m->here;
	v->other_containment = m->there;
	v->jaccard = m->jaccard;
	passages_reset(&j->passages);
	if ((rc = align_set(&j->align, item->fp)) ||
	    (rc = passages_take(&j->passages, &j->align, item, &m->entry, SHINGLE_WORDS)))
		return rc;
	return passages_finish(&j->passages, item, &v->matched_words, &v->longest_run);
}

int judge_item(struct judge *j, const struct judge_view *view, struct copy_item *item, struct judge_notes *ret)
{
	const uint32_t *marks;
	uint32_t n_marks;
	int rc = judge_notes(j, view, item, ret);

	if (rc)
		return rc;
	memset(&item->verdict, 0, sizeof(item->verdict));
	item->must_wait = false;
	passages_reset(&j->passages);
	entry_marks_of(item->fp, &marks, &n_marks);
	rc = candidates_find(&j->candidates, view->postings, view->postings_arg, marks, n_marks);
	if (rc == 0)
		rc = verify(j, view, item, ret);
	if (rc == 0)
		rc = decide(j, item);
	return rc;
}

int judge_touched(struct judge *j, const struct judge_view *view, const struct copy_item *item, const struct judge_notes *notes,
		  int (*postings)(void *, uint32_t, uint64_t *, size_t *), void *arg, bool *ret)
{
	const uint32_t *marks;
	uint32_t n_marks;

	*ret = false;
	entry_marks_of(item->fp, &marks, &n_marks);
	int rc = candidates_find(&j->candidates, postings, arg, marks, n_marks);
	if (rc || j->candidates.n_best == 0)
		return rc;
	if ((rc = align_set(&j->align, item->fp)) || (rc = verify(j, view, item, notes)))
		return rc;
	*ret = j->n_matches > 0;
	return 0;
}
