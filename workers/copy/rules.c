#include "workers/copy/rules.h"

#include <errno.h>
#include <stdlib.h>

#include "workers/copy/revision.h"

#define COPY_CONTAINMENT 0.60
#define NEAR_JACCARD 0.50
#define PARTIAL_CONTAINMENT 0.15
/* High agreement of figures and names makes a copy from here on … */
#define AGREED_CONTAINMENT 0.40
#define AGREED_FIGURES 0.83
#define AGREED_NAMES 0.80
#define AGREED_COUNT 5 /* … where there are so many of them */
/* Disagreement makes a template, unless next to nothing else differs. */
#define TEMPLATE_FIGURES 0.35
#define TEMPLATE_NAMES 0.50
#define UPDATE_CONTAINMENT 0.90
/* Below a copy, texts are alike in form when their skeletons share so much more than their words do. */
#define FORM_GAIN 0.10
#define FORM_SKELETON 0.25
#define FORM_AGREEMENT 0.75
/* A pending match must be so much better to be worth waiting for when a published one is a copy, too. */
#define WAIT_GAIN 0.10
/* A changed figure: so many words at most were replaced by as many. */
#define CHANGE_WORDS 4
#define CHANGE_CONTAINMENT 0.60

static bool agrees(const struct agreement *g)
{
	return (g->figures < 0 || g->figures >= AGREED_FIGURES) && (g->names < 0 || g->names >= AGREED_NAMES) &&
	       g->n_figures + g->n_names >= AGREED_COUNT;
}

static bool disagrees(const struct agreement *g)
{
	return (g->n_names >= 2 && g->names < TEMPLATE_NAMES) || (g->n_figures >= 3 && g->figures < TEMPLATE_FIGURES);
}

static bool same_form(const struct agreement *g, double jaccard)
{
	return g->skeleton >= FORM_SKELETON && g->skeleton >= jaccard + FORM_GAIN &&
	       ((g->n_figures >= 2 && g->figures < FORM_AGREEMENT) ||
						       (g->n_names >= 3 && g->names < FORM_AGREEMENT));
}

static enum match_class class_of(const struct match *m, double contained, const struct agreement *g)
{
	if (contained >= COPY_CONTAINMENT && (!m->differ || contained >= UPDATE_CONTAINMENT))
		return CLASS_COPY;
	if (contained >= AGREED_CONTAINMENT && agrees(g))
		return CLASS_COPY;
	if ((m->differ && contained >= COPY_CONTAINMENT) || same_form(g, m->jaccard))
		return CLASS_TEMPLATE;
	/* A first look; whether the words make passages is seen later. */
	if (contained >= PARTIAL_CONTAINMENT && m->common + SHINGLE_WORDS - 1 >= RULES_PARTIAL_WORDS / 2)
		return CLASS_PARTIAL;
	return CLASS_NONE;
}

void rules_classify(struct match *m, const struct fingerprint *fp, uint32_t n_distinct, const struct sketch *sketch)
{
	double a = n_distinct, b = m->entry.n_distinct, both = m->common;
	double least = a < b ? a : b;
	double contained = least > 0 ? both / least : 0;
	bool same = m->entry.whole == fp->whole && m->entry.n_words == fp->n_words;

	m->here = same ? 1 : a > 0 ? both / a : 0;
	m->there = same ? 1 : b > 0 ? both / b : 0;
	m->jaccard = same ? 1 : a + b > both ? both / (a + b - both) : 0;
	m->score = contained + m->jaccard;
	m->differ = false;
	if (same) {
		m->class = CLASS_EXACT;
	} else if (fp->n_words < SHORT_WORDS || m->entry.n_words < SHORT_WORDS) {
		m->class = CLASS_NONE;
	} else if (contained < PARTIAL_CONTAINMENT && m->run_words < RULES_THIRD_WORDS &&
		   sketch_forms(sketch, &m->entry.sketch) < FORM_SKELETON) {
		m->class = CLASS_NONE; /* as nearly all are: what figures and names say cannot change it */
	} else {
		struct agreement g = sketch_compare(sketch, &m->entry.sketch);
		m->differ = disagrees(&g);
		m->class = class_of(m, contained, &g);
	}
}

static int better(const void *x, const void *y)
{
	const struct match *a = x, *b = y;

	if (a->class != b->class)
		return a->class > b->class ? -1 : 1;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->doc < b->doc ? -1 : a->doc > b->doc;
}

void rules_sort(struct match *m, size_t n)
{
	if (n)
		qsort(m, n, sizeof(*m), better);
}

bool rules_must_wait(const struct match *best, const struct match *pending)
{
	if (!pending || pending->class < CLASS_PARTIAL)
		return false;
	if (!best || best->class < pending->class)
		return true;
	return best->class == pending->class && pending->score > best->score + WAIT_GAIN;
}

static enum verdict_kind copy_kind(const struct match *m)
{
	if (m->jaccard >= NEAR_JACCARD)
		return VERDICT_NEAR;
	return m->here >= m->there ? VERDICT_CONTAINED : VERDICT_CONTAINS;
}

int rules_verdict(const struct match *best, struct copy_item *item)
{
	struct verdict *v = &item->verdict;
	enum match_class class = best ? best->class : CLASS_NONE;

	v->kind = VERDICT_ORIGINAL;
	v->story_id = item->article_id;
	if (class < CLASS_PARTIAL) {
		v->reason = item->fp->n_words < SHORT_WORDS ? REASON_SHORT : class == CLASS_TEMPLATE ? REASON_TEMPLATE : REASON_UNSET;
		return 0;
	}
	v->of = entry_article_id(&best->entry, item->arena);
	if (!v->of.data)
		return -ENOMEM;
	v->containment = best->here;
	v->other_containment = best->there;
	v->jaccard = best->jaccard;
	v->kind = class == CLASS_EXACT ? VERDICT_EXACT : class == CLASS_COPY ? copy_kind(best) : VERDICT_PARTIAL;
	if (class > CLASS_PARTIAL)
		v->story_id = entry_story_id(&best->entry, item->arena);
	return v->story_id.data ? 0 : -ENOMEM;
}

/* Words [start, end) of the article hold a figure. */
static bool has_figure(const struct copy_item *item, uint32_t start, uint32_t end)
{
	for (uint32_t i = start; i < end; i++)
		if (sketch_is_figure(item->text, item->fp->words[i]))
			return true;
	return false;
}

/* Between two passages of the match stand as many words in both, few, with a figure among them. */
static bool figure_changed(const struct copy_item *item, const struct entry *of, const struct piece *pieces, size_t n)
{
	uint32_t here = 0, there = 0;

	for (size_t i = 0; i <= n; i++) {
		if (i < n && pieces[i].source != 0)
			continue;
		uint32_t here_next = i < n ? pieces[i].here : item->fp->n_words;
		uint32_t there_next = i < n ? pieces[i].there : of->n_words;
		uint32_t gap = here_next - here;
		if (gap >= 1 && gap <= CHANGE_WORDS && there_next >= there && there_next - there == gap &&
		    has_figure(item, here, here_next))
			return true;
		if (i < n) {
			here = here_next + pieces[i].words;
			there = there_next + pieces[i].words;
		}
	}
	return false;
}

void rules_revision(struct copy_item *item, const struct entry *of, const struct piece *pieces, size_t n)
{
	struct verdict *v = &item->verdict;
	uint32_t version;

	if (v->kind != VERDICT_NEAR && v->kind != VERDICT_CONTAINED && v->kind != VERDICT_CONTAINS)
		return;
	double contained = v->containment > v->other_containment ? v->containment : v->other_containment;
	if (!revision_marked(item->text, &version)) {
		if (contained < CHANGE_CONTAINMENT || !figure_changed(item, of, pieces, n))
			return;
	}
	v->revision.of = v->of;
	v->revision.version = version ? version : of->version + 1;
}
