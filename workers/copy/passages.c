#include "workers/copy/passages.h"

#include <errno.h>
#include <stdlib.h>

void passages_init(struct passages *p)
{
	memset(p, 0, sizeof(*p));
}

void passages_release(struct passages *p)
{
	free(p->pieces);
	free(p->spans);
	passages_init(p);
}

void passages_reset(struct passages *p)
{
	p->n = 0;
	p->n_sources = 0;
	p->words = p->longest = 0;
	p->title = (struct span){ 0, 0 };
}

static int by_place(const void *x, const void *y)
{
	const struct piece *a = x, *b = y;

	return a->here < b->here ? -1 : a->here > b->here;
}

static int pieces_room(struct passages *p, size_t more)
{
	size_t n = p->room ? p->room : 64;

	while (n < p->n + more)
		n *= 2;
	if (n == p->room)
		return 0;
	struct piece *grown = realloc(p->pieces, n * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	p->pieces = grown;
	p->room = n;
	return 0;
}

static int read_spans(struct passages *p, const struct entry *e)
{
	if (e->n_words > p->spans_room) {
		struct span *grown = realloc(p->spans, e->n_words * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		p->spans = grown;
		p->spans_room = e->n_words;
	}
	return entry_words(e, p->spans);
}

/* A short article has no shingles; as an exact copy it is one run. */
static const struct run *whole_run(const struct copy_item *item, const struct entry *e, struct run *room, size_t *ret_n)
{
	if (item->fp->n_words != e->n_words || item->fp->whole != e->whole || e->n_words == 0)
		return NULL;
	*room = (struct run){ 0, 0, e->n_words };
	*ret_n = 1;
	return room;
}

int passages_take(struct passages *p, struct align *a, const struct copy_item *item, const struct entry *e, uint32_t min_words)
{
	const struct run *runs;
	struct run whole;
	size_t n, first = p->n;
	int rc;

	if (p->n_sources == PASSAGE_SOURCES)
		return 0;
	runs = p->n_sources == 0 ? whole_run(item, e, &whole, &n) : NULL;
	if (runs)
		memset(a->covered, 1, item->fp->n_words);
	else if ((rc = align_place(a, e, min_words, &runs, &n)))
		return rc;
	if (p->n_sources == 0 && e->title_hash && e->title_hash == item->fp->title_hash)
		p->title = e->title;
	if (n == 0 && p->n_sources)
		return 0;
	if ((rc = read_spans(p, e)) || (rc = pieces_room(p, n)))
		return rc;
	for (size_t i = 0; i < n; i++) {
		struct piece *q = &p->pieces[p->n++];
		*q = (struct piece){ runs[i].here, runs[i].there, runs[i].words, p->n_sources, { 0, 0 } };
		q->other = (struct span){ p->spans[q->there].start, p->spans[q->there + q->words - 1].end };
		if (p->n_sources == 0) {
			p->words += q->words;
			p->longest = q->words > p->longest ? q->words : p->longest;
		}
	}
	if (n)
		qsort(p->pieces + first, n, sizeof(*p->pieces), by_place);
	p->ids[p->n_sources] = entry_article_id(e, item->arena);
	return p->ids[p->n_sources++].data ? 0 : -ENOMEM;
}

int passages_finish(struct passages *p, struct copy_item *item)
{
	const struct fingerprint *fp = item->fp;
	bool title = p->title.end > p->title.start;
	struct passage *out = ARENA_ARRAY(item->arena, p->n + 1, struct passage);
	size_t n = 0;

	if (!out)
		return -ENOMEM;
	if (p->n)
		qsort(p->pieces, p->n, sizeof(*p->pieces), by_place);
	for (size_t i = 0; i < p->n; i++) {
		const struct piece *q = &p->pieces[i];
		struct span here = { fp->words[q->here].start, fp->words[q->here + q->words - 1].end };
		if (title && fp->title.start < here.start) {
			out[n++] = (struct passage){ fp->title, p->ids[0], p->title };
			title = false;
		}
		out[n++] = (struct passage){ here, p->ids[q->source], q->other };
	}
	if (title)
		out[n++] = (struct passage){ fp->title, p->ids[0], p->title };
	item->verdict.passages = out;
	item->verdict.n_passages = n;
	return 0;
}
