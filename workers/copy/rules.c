#include "workers/copy/rules.h"

#include <errno.h>
#include <stdlib.h>

#include "workers/copy/revision.h"

#define COPY_CONTAINMENT 0.60
#define NEAR_JACCARD 0.50
#define NEAR_LENGTHS 0.67 /* of a copy that is less than COPY_CONTAINMENT: the shorter to the longer */
#define PARTIAL_CONTAINMENT 0.15
/* Below that, the less is shared the more of figures and names must agree … */
#define AGREED_CONTAINMENT 0.40
#define AGREED_SUM 1.25 /* containment and agreement together */
#define AGREED_COUNT 5  /* … where there are so many of them */
/* … and down to here under the same headline, or when the lengths are alike. */
#define AGREED_HEADLINE 0.30
#define AGREED_JACCARD 0.19
/* A copy shares words of the first HEAD_WORDS, too, unless next to nothing differs; follow-ups share background, press releases
 * what stands under each of them. */
#define HEAD_WORDS 48
#define HEAD_SHARED 8
/* Disagreement makes a template, unless next to nothing else differs. */
#define TEMPLATE_FIGURES 0.35
#define TEMPLATE_NAMES 0.50
#define TEMPLATE_COUNT 3
#define TEMPLATE_BOTH 0.60
#define TEMPLATE_BOTH_COUNT 8
#define UPDATE_CONTAINMENT 0.90
/* About somebody else: few of its first names are known there, and figures or names disagree somewhat. */
#define OTHER_LEAD 0.34
#define OTHER_AGREEMENT 0.87
/* One of a daily series: the same form and names, other figures, so long after. */
#define SERIES_MS (18 * 3600 * 1000ull)
#define SERIES_FIGURES 0.90
#define SERIES_SKELETON 0.50
/* Texts are alike in form when their skeletons share so much more than their words do; the greater where that alone counts. */
#define FORM_GAIN 0.10
#define FORM_CLEAR_GAIN 0.22
#define FORM_SKELETON 0.25
#define FORM_AGREEMENT 0.75
/* A pending match must be so much better to be worth waiting for when a published one is a copy, too. */
#define WAIT_GAIN 0.10
/* A changed figure: so many words at most were replaced, by nearly as many (what stands between two figures is often no run). */
#define CHANGE_WORDS 8
#define CHANGE_LENGTH 3
#define CHANGE_CONTAINMENT 0.60

/* What the rules look at. */
struct evidence {
	struct agreement g;
	double contained, jaccard;
	double both;  /* share of figures and names together, 1 where there are none */
	double about; /* sketch_about */
	bool headline;
	uint64_t apart_ms;
};

static double both_share(const struct agreement *g)
{
	unsigned n = g->n_figures + g->n_names;
	double figures = g->n_figures ? g->figures * g->n_figures : 0, names = g->n_names ? g->names * g->n_names : 0;

	return n ? (figures + names) / n : 1;
}

static bool clear_form(const struct evidence *e)
{
	return e->g.skeleton >= e->jaccard + FORM_CLEAR_GAIN;
}

static bool agrees(const struct evidence *e)
{
	if (e->g.n_figures + e->g.n_names < AGREED_COUNT || clear_form(e))
		return false;
	if (e->contained >= AGREED_CONTAINMENT)
		return e->both >= AGREED_SUM - e->contained;
	return e->both >= AGREED_SUM - AGREED_CONTAINMENT &&
	       (e->jaccard >= AGREED_JACCARD || (e->headline && e->contained >= AGREED_HEADLINE));
}

static bool one_of_series(const struct evidence *e)
{
	return e->apart_ms >= SERIES_MS && e->g.n_figures >= TEMPLATE_COUNT && e->g.figures < SERIES_FIGURES &&
	       e->g.skeleton >= SERIES_SKELETON && clear_form(e);
}

static bool differs(const struct evidence *e)
{
	return (e->both < TEMPLATE_BOTH && e->g.n_names + e->g.n_figures >= TEMPLATE_BOTH_COUNT) ||
	       (e->g.n_names >= TEMPLATE_COUNT && e->g.names < TEMPLATE_NAMES) ||
	       (e->g.n_figures >= TEMPLATE_COUNT && e->g.figures < TEMPLATE_FIGURES) ||
	       (e->about >= 0 && e->about < OTHER_LEAD && e->both < OTHER_AGREEMENT) || one_of_series(e);
}

static bool alike_in_form(const struct evidence *e)
{
	return e->g.skeleton >= FORM_SKELETON && e->g.skeleton >= e->jaccard + FORM_GAIN;
}

static bool same_form(const struct evidence *e)
{
	return alike_in_form(e) &&
	       ((e->g.n_figures >= 2 && e->g.figures < FORM_AGREEMENT) || (e->g.n_names >= 3 && e->g.names < FORM_AGREEMENT));
}

/* Next to nothing differs, and an update says it of the same people. */
static bool is_update(const struct evidence *e)
{
	return e->contained >= UPDATE_CONTAINMENT && !(e->g.n_names >= 2 && e->g.names < TEMPLATE_NAMES && e->both < TEMPLATE_BOTH);
}

static enum match_class class_of(struct match *m, const struct evidence *e)
{
	if (e->contained >= COPY_CONTAINMENT && (!m->differ || is_update(e)))
		return CLASS_COPY;
	m->agreed = !m->differ && agrees(e);
	if (m->agreed)
		return CLASS_COPY;
	/* Where the form is not alike, other names and figures stand in paragraphs of their own: a merger, or background. */
	if ((m->differ && e->contained >= COPY_CONTAINMENT && alike_in_form(e)) || same_form(e))
		return CLASS_TEMPLATE;
	/* A first look; whether the words make passages is seen later. */
	if (e->contained >= PARTIAL_CONTAINMENT && m->common + SHINGLE_WORDS - 1 >= RULES_PARTIAL_WORDS / 2)
		return CLASS_PARTIAL;
	return CLASS_NONE;
}

static void look_closely(struct match *m, const struct fingerprint *fp, const struct judge_notes *notes, double contained)
{
	struct evidence e = { .g = sketch_compare(&notes->sketch, &m->entry.sketch), .contained = contained, .jaccard = m->jaccard };

	e.both = both_share(&e.g);
	e.about = sketch_about(&notes->lead, &m->entry.sketch);
	e.headline = fp->title_hash && fp->title_hash == m->entry.title_hash;
	e.apart_ms = notes->time_ms > m->entry.time_ms ? notes->time_ms - m->entry.time_ms : m->entry.time_ms - notes->time_ms;
	m->differ = differs(&e);
	m->class = class_of(m, &e);
	m->loose = m->class == CLASS_COPY && contained < UPDATE_CONTAINMENT;
}

void rules_classify(struct match *m, const struct fingerprint *fp, const struct judge_notes *notes)
{
	double a = notes->n_distinct, b = m->entry.n_distinct, both = m->common;
	double least = a < b ? a : b;
	double contained = least > 0 ? both / least : 0;
	bool same = m->entry.whole == fp->whole && m->entry.n_words == fp->n_words;

	m->here = same ? 1 : a > 0 ? both / a : 0;
	m->there = same ? 1 : b > 0 ? both / b : 0;
	m->jaccard = same ? 1 : a + b > both ? both / (a + b - both) : 0;
	m->score = contained + m->jaccard;
	m->differ = m->agreed = m->loose = false;
	if (same)
		m->class = CLASS_EXACT;
	else if (fp->n_words < SHORT_WORDS || m->entry.n_words < SHORT_WORDS)
		m->class = CLASS_NONE;
	else if (contained < PARTIAL_CONTAINMENT && m->run_words < RULES_THIRD_WORDS &&
		 sketch_forms(&notes->sketch, &m->entry.sketch) < FORM_SKELETON)
		m->class = CLASS_NONE; /* as nearly all are: what figures and names say cannot change it */
	else
		look_closely(m, fp, notes, contained);
}

static uint32_t within_head(uint32_t start, uint32_t words)
{
	return start >= HEAD_WORDS ? 0 : start + words > HEAD_WORDS ? HEAD_WORDS - start : words;
}

bool rules_heads_meet(const struct match *m, const struct run *runs, size_t n)
{
	uint32_t here = 0, there = 0;

	for (size_t i = 0; i < n; i++) {
		here += within_head(runs[i].here, runs[i].words);
		there += within_head(runs[i].there, runs[i].words);
	}
	/* New paragraphs on top push down the head of one, so one is enough where most words are shared. */
	return m->agreed ? here >= HEAD_SHARED && there >= HEAD_SHARED : here >= HEAD_SHARED || there >= HEAD_SHARED;
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
	double least = m->here < m->there ? m->here : m->there, most = m->here < m->there ? m->there : m->here;

	/* What was written anew sentence by sentence is not contained in anything. */
	if (m->jaccard >= NEAR_JACCARD || (m->agreed && least >= NEAR_LENGTHS * most))
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

static bool small_change(uint32_t here, uint32_t there)
{
	return here >= 1 && here <= CHANGE_WORDS && there <= CHANGE_WORDS && here <= there + CHANGE_LENGTH && there <= here + CHANGE_LENGTH;
}

/* Between two passages of the match stand a few words in both, with a figure among them here. */
static bool figure_changed(const struct copy_item *item, const struct entry *of, const struct piece *pieces, size_t n)
{
	uint32_t here = 0, there = 0;

	for (size_t i = 0; i <= n; i++) {
		if (i < n && pieces[i].source != 0)
			continue;
		uint32_t here_next = i < n ? pieces[i].here : item->fp->n_words;
		uint32_t there_next = i < n ? pieces[i].there : of->n_words;
		if (there_next > there && small_change(here_next - here, there_next - there) && has_figure(item, here, here_next))
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
	if (revision_marked(item->text, &version)) {
		if (version && version < of->version)
			return; /* an older one came late */
	} else if (contained < CHANGE_CONTAINMENT || !figure_changed(item, of, pieces, n)) {
		return;
	}
	v->revision.of = v->of;
	v->revision.version = version ? version : of->version + 1;
}
