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
	free(p->others);
	passages_init(p);
}

void passages_reset(struct passages *p)
{
	p->n = 0;
	p->n_sources = 0;
	p->title = (struct span){ 0, 0 };
}

static int by_place(const void *x, const void *y)
{
	const struct piece *a = x, *b = y;

	return a->here < b->here ? -1 : a->here > b->here;
}

static int room(void *array, size_t *have, size_t want, size_t item)
{
	void **p = array;
	size_t n = *have ? *have : 64;

	if (want <= *have)
		return 0;
	while (n < want)
		n *= 2;
	void *grown = realloc(*p, n * item);
	if (!grown)
		return -ENOMEM;
	*p = grown;
	*have = n;
	return 0;
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
	bool title = p->title.end == p->title.start && e->title_hash && e->title_hash == item->fp->title_hash;
	if (n == 0 && p->n_sources && !title)
		return 0;
	if (title) {
		p->title = e->title;
		p->title_source = p->n_sources;
	}
	if ((rc = room(&p->pieces, &p->room, p->n + n, sizeof(*p->pieces))))
		return rc;
	for (size_t i = 0; i < n; i++)
		p->pieces[p->n++] = (struct piece){ runs[i].here, runs[i].there, runs[i].words, p->n_sources };
	if (n)
		qsort(p->pieces + first, n, sizeof(*p->pieces), by_place);
	p->entries[p->n_sources] = e;
	p->ids[p->n_sources] = entry_article_id(e, item->arena);
	return p->ids[p->n_sources++].data ? 0 : -ENOMEM;
}

static bool sentence_opens(const struct copy_item *item, uint32_t word)
{
	const struct span *w = item->fp->words + word;

	return sketch_opens_sentence(item->text, w[-1].end, w->start);
}

static uint16_t code_of(const struct entry *e, uint32_t word)
{
	const uint8_t *p = e->codes + 2 * (size_t)word;

	return (uint16_t)(p[0] | p[1] << 8);
}

/* Where two pieces meet, the first words of what follows are often those that followed there, too ("The"), and went to the
 * longer piece: the border goes to the nearest end of a sentence that suits both, so that a sentence lies in one piece. */
static void settle_border(const struct passages *p, const struct copy_item *item, struct piece *left, struct piece *right)
{
	const struct entry *a = p->entries[left->source], *b = p->entries[right->source];
	uint32_t at = right->here, follows = left->there + left->words, back = 0, on = 0;
	const uint16_t *codes = item->fp->codes;
	bool found = sentence_opens(item, at);

	if (found)
		return;
	while (!found && back + 1 < left->words && back < right->there && code_of(b, right->there - back - 1) == codes[at - back - 1])
		found = sentence_opens(item, at - ++back);
	if (found) {
		left->words -= back;
		right->here -= back;
		right->there -= back;
		right->words += back;
		return;
	}
	while (!found && on + 1 < right->words && follows + on < a->n_words && code_of(a, follows + on) == codes[at + on])
		found = sentence_opens(item, at + ++on);
	if (found) {
		left->words += on;
		right->here += on;
		right->there += on;
		right->words -= on;
	}
}

static void settle_borders(struct passages *p, const struct copy_item *item)
{
	for (size_t i = 0; i + 1 < p->n; i++)
		if (p->pieces[i].here + p->pieces[i].words == p->pieces[i + 1].here)
			settle_border(p, item, &p->pieces[i], &p->pieces[i + 1]);
}

/* Fills others. */
static int find_others(struct passages *p)
{
	int rc = room(&p->others, &p->others_room, p->n, sizeof(*p->others));

	for (uint32_t source = 0; rc == 0 && source < p->n_sources; source++) {
		const struct entry *e = p->entries[source];
		if ((rc = room(&p->spans, &p->spans_room, e->n_words, sizeof(*p->spans))) || (rc = entry_words(e, p->spans)))
			break;
		for (size_t i = 0; i < p->n; i++) {
			const struct piece *q = &p->pieces[i];
			if (q->source == source)
				p->others[i] = (struct span){ p->spans[q->there].start, p->spans[q->there + q->words - 1].end };
		}
	}
	return rc;
}

int passages_finish(struct passages *p, struct copy_item *item, uint32_t *ret_words, uint32_t *ret_longest)
{
	const struct fingerprint *fp = item->fp;
	bool title = p->title.end > p->title.start;
	struct passage *out = ARENA_ARRAY(item->arena, p->n + 1, struct passage);
	size_t n = 0;

	*ret_words = *ret_longest = 0;
	if (!out)
		return -ENOMEM;
	if (p->n)
		qsort(p->pieces, p->n, sizeof(*p->pieces), by_place);
	settle_borders(p, item);
	int rc = find_others(p);
	if (rc)
		return rc;
	for (size_t i = 0; i < p->n; i++) {
		const struct piece *q = &p->pieces[i];
		struct span here = { fp->words[q->here].start, fp->words[q->here + q->words - 1].end };
		if (title && fp->title.start < here.start) {
			out[n++] = (struct passage){ fp->title, p->ids[p->title_source], p->title };
			title = false;
		}
		out[n++] = (struct passage){ here, p->ids[q->source], p->others[i] };
		if (q->source == 0) {
			*ret_words += q->words;
			*ret_longest = q->words > *ret_longest ? q->words : *ret_longest;
		}
	}
	if (title)
		out[n++] = (struct passage){ fp->title, p->ids[p->title_source], p->title };
	item->verdict.passages = out;
	item->verdict.n_passages = n;
	return 0;
}
