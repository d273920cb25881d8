/* Where the claims of earlier articles stand again. */
#include <errno.h>
#include <stdlib.h>

#include "workers/copy/entry.h"
#include "workers/copy/passages.h"
#include "workers/copy/private.h"

#define SEVERAL 4 /* passages that may lie over one another in the other article */

struct repeats {
	const struct fingerprint *fp;
	struct arena *arena;
	struct repeat *list;
	size_t n, room;
	/* The other article at hand: its words, and the passages that come from it, by their place there. */
	const struct span *there;
	uint32_t n_there;
	const struct passage **passages;
	size_t n_passages;
	struct span title; /* of the other article */
};

/* The first word that ends behind at. */
static uint32_t word_at(const struct span *words, uint32_t n, uint32_t at)
{
	uint32_t lo = 0, hi = n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (words[mid].end <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int append(struct repeats *r, struct str claim_id, struct span here)
{
	if (r->n == r->room) {
		size_t room = r->room ? 2 * r->room : 16;
		struct repeat *grown = arena_grow(r->arena, r->list, r->room * sizeof(*grown), room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		r->list = grown;
		r->room = room;
	}
	r->list[r->n++] = (struct repeat){ claim_id, here };
	return 0;
}

/* The run is equal word by word: its k-th word there is its k-th here. first and last are words of the other article. */
static int carry_over(struct repeats *r, const struct passage *p, struct str claim_id, uint32_t first, uint32_t last)
{
	if (r->there[first].start < p->there.start || r->there[last].end > p->there.end)
		return 0;
	uint64_t here = (uint64_t)word_at(r->fp->words, r->fp->n_words, p->here.start) + first -
			word_at(r->there, r->n_there, p->there.start);
	uint64_t here_last = here + last - first;
	if (here_last >= r->fp->n_words || r->fp->words[here_last].end > p->here.end)
		return 0;
	return append(r, claim_id, (struct span){ r->fp->words[here].start, r->fp->words[here_last].end });
}

/* The claims of a headline stand in the headline that is alike. */
static int take_title(struct repeats *r, const struct copy_claim *c)
{
	for (size_t i = 0; i < r->n_passages; i++)
		if (r->passages[i]->there.start == r->title.start && r->passages[i]->there.end == r->title.end)
			return append(r, c->id, r->passages[i]->here);
	return 0;
}

static int take_claim(const struct copy_claim *c, void *arg)
{
	struct repeats *r = arg;
	size_t lo = 0, hi = r->n_passages;

	if (c->span.start >= c->span.end)
		return 0;
	if (c->span.start >= r->title.start && c->span.end <= r->title.end)
		return take_title(r, c);
	uint32_t first = word_at(r->there, r->n_there, c->span.start);
	uint32_t behind = word_at(r->there, r->n_there, c->span.end);
	if (behind < r->n_there && r->there[behind].start < c->span.end)
		behind++;
	if (first >= behind)
		return 0;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (r->passages[mid]->there.start <= r->there[first].start)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (size_t k = 0; k < SEVERAL && lo-- > 0; k++) {
		int rc = carry_over(r, r->passages[lo], c->id, first, behind - 1);
		if (rc)
			return rc;
	}
	return 0;
}

static int by_there(const void *x, const void *y)
{
	const struct passage *a = *(const struct passage *const *)x, *b = *(const struct passage *const *)y;

	return a->there.start < b->there.start ? -1 : a->there.start > b->there.start;
}

/* The passages of one article; none stands before `from`. */
static void gather(struct repeats *r, const struct verdict *v, size_t from)
{
	r->n_passages = 0;
	for (size_t i = from; i < v->n_passages; i++)
		if (str_eq(v->passages[i].other_article_id, v->passages[from].other_article_id))
			r->passages[r->n_passages++] = &v->passages[i];
	qsort(r->passages, r->n_passages, sizeof(*r->passages), by_there);
}

static int take_article(struct copy_index *x, struct repeats *r, struct str article_id)
{
	enum entry_state state;
	struct entry e;
	struct str bytes, claims;
	uint64_t doc;
	int rc = copy_entry_by_article(x, article_id, &doc);

	if (rc == 0)
		rc = x->ops->claims(x->backend, doc, &claims);
	if (rc == 0)
		rc = x->ops->entry(x->backend, doc, &bytes, &state);
	if (rc)
		return rc == -ENOENT ? 0 : rc; /* left with its bucket, or made no claim */
	if ((rc = entry_read(bytes, &e)))
		return rc;
	struct span *words = ARENA_ARRAY(r->arena, e.n_words, struct span);
	if (!words)
		return -ENOMEM;
	if ((rc = entry_words(&e, words)))
		return rc;
	r->there = words;
	r->n_there = e.n_words;
	r->title = e.title;
	return claims_read(claims, article_id, r->arena, take_claim, r);
}

static int take_all(struct copy_index *x, struct repeats *r, const struct verdict *v)
{
	struct str done[PASSAGE_SOURCES];
	size_t n_done = 0;

	for (size_t i = 0; i < v->n_passages; i++) {
		struct str id = v->passages[i].other_article_id;
		size_t k = 0;
		while (k < n_done && !str_eq(done[k], id))
			k++;
		if (k < n_done || n_done == PASSAGE_SOURCES)
			continue;
		done[n_done++] = id;
		gather(r, v, i);
		int rc = take_article(x, r, id);
		if (rc)
			return rc;
	}
	return 0;
}

int copy_index_repeats(struct copy_index *x, const struct verdict *v, const struct fingerprint *fp, struct arena *arena,
		       struct repeat **ret, size_t *ret_n)
{
	struct repeats r = { .fp = fp, .arena = arena };
	int rc;

	r.passages = ARENA_ARRAY(arena, v->n_passages, const struct passage *);
	if (!r.passages)
		return -ENOMEM;
	if ((rc = x->ops->begin(x->backend, NULL)))
		return rc;
	rc = take_all(x, &r, v);
	x->ops->end(x->backend);
	if (rc)
		return rc;
	*ret = r.list;
	*ret_n = r.n;
	return 0;
}
