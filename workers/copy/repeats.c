/* Where the claims of earlier articles stand again. */
#include <errno.h>

#include "workers/copy/entry.h"
#include "workers/copy/private.h"

struct repeats {
	const struct fingerprint *fp;
	struct arena *arena;
	struct repeat *list;
	size_t n, room;
	/* The passage at hand, and the words of its other article. */
	const struct passage *passage;
	const struct span *there;
	uint32_t n_there, first_there, first_here;
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

/* The run is equal word by word: its k-th word there is its k-th here. */
static int take_claim(const struct copy_claim *c, void *arg)
{
	struct repeats *r = arg;
	struct span there = r->passage->there;

	if (c->span.start >= c->span.end)
		return 0;
	uint32_t first = word_at(r->there, r->n_there, c->span.start);
	uint32_t behind = word_at(r->there, r->n_there, c->span.end);
	if (behind < r->n_there && r->there[behind].start < c->span.end)
		behind++;
	if (first >= behind || r->there[first].start < there.start || r->there[behind - 1].end > there.end)
		return 0;
	uint64_t here = (uint64_t)r->first_here + (first - r->first_there), here_last = here + (behind - 1 - first);
	if (here_last >= r->fp->n_words || r->fp->words[here_last].end > r->passage->here.end)
		return 0;
	return append(r, c->id, (struct span){ r->fp->words[here].start, r->fp->words[here_last].end });
}

static int take_passage(struct copy_index *x, struct repeats *r, const struct passage *p)
{
	struct entry e;
	struct str bytes, claims;
	uint64_t doc;
	int rc = copy_entry_by_article(x, p->other_article_id, &doc);

	if (rc == 0)
		rc = x->ops->claims(x->backend, doc, &claims);
	if (rc == 0)
		rc = x->ops->entry(x->backend, doc, &bytes);
	if (rc)
		return rc == -ENOENT ? 0 : rc; /* left with its bucket, or made no claim */
	if ((rc = entry_read(bytes, &e)))
		return rc;
	struct span *words = ARENA_ARRAY(r->arena, e.n_words, struct span);
	if (!words)
		return -ENOMEM;
	if ((rc = entry_words(&e, words)))
		return rc;
	r->passage = p;
	r->there = words;
	r->n_there = e.n_words;
	r->first_there = word_at(words, e.n_words, p->there.start);
	r->first_here = word_at(r->fp->words, r->fp->n_words, p->here.start);
	return claims_read(claims, p->other_article_id, r->arena, take_claim, r);
}

int copy_index_repeats(struct copy_index *x, const struct verdict *v, const struct fingerprint *fp, struct arena *arena,
		       struct repeat **ret, size_t *ret_n)
{
	struct repeats r = { .fp = fp, .arena = arena };
	int rc = x->ops->begin(x->backend, NULL);

	if (rc)
		return rc;
	for (size_t i = 0; i < v->n_passages && rc == 0; i++)
		rc = take_passage(x, &r, &v->passages[i]);
	x->ops->end(x->backend);
	if (rc)
		return rc;
	*ret = r.list;
	*ret_n = r.n;
	return 0;
}
