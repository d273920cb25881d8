/* What becomes of article i: an original, one of a form, or a change of earlier ones. */
#include <stdlib.h>
#include <string.h>

#include "wiregen.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define TRIES 64          /* draws until a source fits; article 0 always does */
#define EDIT_WORDS 20     /* between two edited words stand so many to three times as many */
#define MERGED_WORDS 45   /* each part of a merged text has at least so many: fewer are no reuse */

const char *const wire_kind_names[WIRE_KINDS] = { "ORIGINAL", "TEMPLATE", "RESEND", "CUT", "EXTENDED", "MERGED", "EDIT" };

/* What each stream of random numbers is for. */
enum salt { SALT_ROLE = 1, SALT_CHANGE, SALT_TEXT, SALT_FORM };

static uint64_t mix(uint64_t seed, uint64_t i, enum salt salt)
{
	struct rng r = { seed ^ (i * 0x9e3779b97f4a7c15u) ^ ((uint64_t)salt << 56) };

	rng_next(&r);
	return rng_next(&r);
}

static bool is_copy(const struct wire_options *o, uint64_t i)
{
	return i > 0 && mix(o->seed, i, SALT_ROLE) % 100 < o->copies;
}

static bool is_form(const struct wire_options *o, uint64_t i)
{
	return i > 0 && !is_copy(o, i) && mix(o->seed, i, SALT_ROLE) % 100 < o->copies + o->templates;
}

static unsigned form_of(const struct wire_options *o, uint64_t i)
{
	return (unsigned)(mix(o->seed, i, SALT_FORM) % WIRE_FORMS);
}

static void make_source(const struct wire_options *o, uint64_t i, struct story *ret)
{
	struct rng r = { mix(o->seed, i, SALT_TEXT) };

	if (is_form(o, i))
		wire_form(&r, form_of(o, i), ret);
	else
		wire_prose(&r, o->bytes, o->words, ret);
}

/* An earlier article that copies none, not `other`; 0 when the draws find nothing. */
static uint64_t draw_source(const struct wire_options *o, uint64_t i, bool prose, uint64_t other, struct rng *r)
{
	for (int t = 0; t < TRIES; t++) {
		uint64_t of = i - 1 - rng_below(r, i < o->distance ? i : o->distance);

		if (!is_copy(o, of) && !(prose && is_form(o, of)) && of != other)
			return of;
	}
	return 0;
}

static size_t story_words(const struct story *s, size_t n)
{
	size_t words = 0;

	for (size_t i = 0; i < n; i++)
		words += piece_words(s->paragraphs[i]);
	return words;
}

static unsigned percent(size_t part, size_t whole)
{
	return whole ? (unsigned)((100 * part + whole / 2) / whole) : 0;
}

static void add_source(struct wire_article *a, uint64_t of, size_t same, size_t here, size_t there)
{
	a->sources[a->n_sources++] = (struct wire_source){ of, percent(same, here), percent(same, there) };
}

/* From the bottom, as a desk that is short of room does it. */
static void cut(struct rng *r, struct wire_article *a, uint64_t of)
{
	struct story *s = &a->story;
	size_t whole = story_words(s, s->n);

	s->n = 1 + rng_below(r, s->n - 1);
	add_source(a, of, story_words(s, s->n), story_words(s, s->n), whole);
}

static void insert(struct story *s, size_t at, struct piece p)
{
	memmove(&s->paragraphs[at + 1], &s->paragraphs[at], (s->n - at) * sizeof(p));
	s->paragraphs[at] = p;
	s->n++;
}

/* The longer take: more at the end, some of it in between. */
static void extend(struct rng *r, struct wire_article *a, uint64_t of)
{
	struct story *s = &a->story;
	size_t before = story_words(s, s->n), more = 1 + rng_below(r, s->n + 1);

	for (; more && s->n < WIRE_PARAGRAPHS; more--) {
		size_t at = rng_below(r, 3) ? s->n : 1 + rng_below(r, s->n);
		insert(s, at, wire_paragraph(r, s, 0));
	}
	add_source(a, of, before, story_words(s, s->n), before);
}

/* So many paragraphs from the top that they have MERGED_WORDS. */
static size_t top_part(struct rng *r, const struct story *s)
{
	size_t n = 1 + rng_below(r, s->n);

	while (n < s->n && story_words(s, n) < MERGED_WORDS)
		n++;
	return n;
}

/* The tops of two stories under the title of the first. */
static void merge(struct rng *r, struct wire_article *a, uint64_t of, uint64_t with)
{
	struct story *s = &a->story, *t = &a->other;
	size_t whole = story_words(s, s->n), others = story_words(t, t->n), part, other;

	s->n = top_part(r, s);
	t->n = top_part(r, t);
	part = story_words(s, s->n);
	other = story_words(t, t->n);
	for (size_t i = 0; i < t->n && s->n < WIRE_PARAGRAPHS; i++)
		s->paragraphs[s->n++] = t->paragraphs[i];
	add_source(a, of, part, part + other, whole);
	add_source(a, with, other, part + other, others);
}

static bool is_plain(struct piece w)
{
	for (size_t i = 0; i < w.len; i++)
		if (w.data[i] < 'a' || w.data[i] > 'z')
			return false;
	return w.len >= 4;
}

static bool is_figure(struct piece w)
{
	return w.len && w.data[0] >= '1' && w.data[0] <= '9';
}

/* The word at p, which ends before a blank. */
static struct piece word_at(struct piece p, size_t at)
{
	size_t end = at;

	while (end < p.len && p.data[end] != ' ' && p.data[end] != '\n')
		end++;
	return (struct piece){ p.data + at, end - at };
}

struct edit {
	struct rng *r;
	size_t changed;    /* words that are others now */
	size_t until_next; /* words to the next edit; SIZE_MAX: none */
	size_t figure;     /* figures to the one that changes; SIZE_MAX: none */
	bool figure_done;
};

/* Another figure; now and then another word, or one more before it. */
static void edit_word(struct edit *e, struct text *t, struct piece w)
{
	if (is_figure(w) && e->figure != SIZE_MAX && e->figure-- == 0) {
		char digit = (char)('1' + ((unsigned)(w.data[0] - '1') + 1 + rng_below(e->r, 8)) % 9);

		text_put(t, &digit, 1);
		text_put(t, w.data + 1, w.len - 1);
		e->changed++;
		e->figure = SIZE_MAX;
		e->figure_done = true;
		return;
	}
	if (e->until_next && e->until_next != SIZE_MAX)
		e->until_next--;
	if (e->until_next || !is_plain(w)) {
		text_put(t, w.data, w.len);
		return;
	}
	e->until_next = EDIT_WORDS + rng_below(e->r, 2 * EDIT_WORDS);
	if (rng_below(e->r, 4)) {
		wire_expand(e->r, t, "$j");
		e->changed++;
	} else {
		wire_expand(e->r, t, "$j ");
		text_put(t, w.data, w.len);
	}
}

static struct piece edit_paragraph(struct edit *e, struct text *t, struct piece p)
{
	size_t begin = t->len;

	for (size_t at = 0; at < p.len;) {
		struct piece w = word_at(p, at);
		edit_word(e, t, w);
		at += w.len;
		if (at < p.len)
			text_put(t, p.data + at++, 1);
	}
	return (struct piece){ t->data + begin, t->len - begin };
}

static size_t count_figures(const struct story *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		for (size_t at = 0; at < s->paragraphs[i].len;) {
			struct piece w = word_at(s->paragraphs[i], at);
			n += is_figure(w);
			at += w.len + 1;
		}
	return n;
}

/* A few words; in every second one a figure. Where a form is edited only the figure: its words are the form's. */
static void edit(struct rng *r, struct wire_article *a, uint64_t of)
{
	struct story *s = &a->story;
	size_t words = story_words(s, s->n), figures = count_figures(s);
	struct edit e = { r, 0, a->form ? SIZE_MAX : rng_below(r, 2 * EDIT_WORDS), SIZE_MAX, false };

	if (figures && (a->form || rng_below(r, 2)))
		e.figure = rng_below(r, figures);
	for (size_t i = 0; i < s->n; i++)
		s->paragraphs[i] = edit_paragraph(&e, &s->store, s->paragraphs[i]);
	a->figure = e.figure_done;
	add_source(a, of, words - e.changed, words, words);
}

static void put_line(struct rng *r, struct text *t, const char *pattern)
{
	wire_expand(r, t, pattern);
	text_string(t, "\n\n");
}

/* "UPDATE 2-" and "(Adds …)" only where something was changed: a plain resend is no revision. */
static void put_head(struct rng *r, struct text *t, struct wire_article *a)
{
	static const char *const slugs[] = { "BC-$U", "BC-$U-$U", "$U/$U", "$U-$U" };
	static const char *const datelines[] = {
		"$U (Testwire) -- ", "$U, March $y (Otherwire) - ", "$U, $n (OTW) - ", "$U -- ", "$U, March $y - ", "$U/$U, March $y (Otherwire) - "
	};
	bool changed = a->kind != WIRE_RESEND;

	if (rng_below(r, 3) == 0)
		put_line(r, t, slugs[rng_below(r, LEN(slugs))]);
	if (changed && rng_below(r, 2))
		wire_expand(r, t, a->kind == WIRE_EDIT ? "[CORRECTED-|REFILE-|UPDATE 1-]" : "[UPDATE 1-|UPDATE 2-|WRAPUP 1-]");
	if (rng_below(r, 2)) {
		put_line(r, t, "^$c");
	} else {
		text_put(t, a->story.title.data, a->story.title.len);
		text_string(t, "\n\n");
	}
	if (rng_below(r, 2))
		put_line(r, t, "By $p");
	if (changed && rng_below(r, 3) == 0)
		put_line(r, t, a->kind == WIRE_EDIT ? "([Corrects figure|Fixes spelling|Updates])" : "(Adds [quotes|details|background, $n])");
	if (rng_below(r, 3))
		wire_expand(r, t, datelines[rng_below(r, LEN(datelines))]);
	else
		text_put(t, a->story.dateline.data, a->story.dateline.len);
}

static void put_story(struct wire_article *a, struct rng *r)
{
	static const char *const ends[] = {
		"TESTWIRE", "-30-", "END", "ENDS", "(Reporting by $p; Editing by $p)", "(Reporting by $p in $n; editing by $p)", "-0-", "MORE", "REUTER"
	};
	struct text *t = &a->text;
	struct story *s = &a->story;
	size_t more = a->furniture && s->n > 1 && rng_below(r, 3) == 0 ? 1 + rng_below(r, s->n - 1) : SIZE_MAX;

	t->len = 0;
	if (a->furniture) {
		put_head(r, t, a);
	} else {
		text_put(t, s->title.data, s->title.len);
		text_string(t, "\n\n");
		text_put(t, s->dateline.data, s->dateline.len);
	}
	for (size_t i = 0; i < s->n; i++) {
		if (i)
			text_string(t, "\n");
		if (i == more)
			put_line(r, t, "[MORE|(MORE)|-MORE-]");
		text_put(t, s->paragraphs[i].data, s->paragraphs[i].len);
		text_string(t, "\n");
	}
	if (a->furniture && rng_below(r, 3)) {
		text_string(t, "\n");
		wire_expand(r, t, ends[rng_below(r, LEN(ends))]);
		text_string(t, "\n");
	}
}

/* A story of one paragraph cannot be cut, and one cannot be merged with itself: it is resent. */
static void make_copy(const struct wire_options *o, uint64_t i, struct wire_article *a)
{
	struct rng r = { mix(o->seed, i, SALT_CHANGE) };
	enum wire_kind kind = WIRE_RESEND + (enum wire_kind)rng_below(&r, WIRE_KINDS - WIRE_RESEND);
	bool prose = kind != WIRE_RESEND && kind != WIRE_EDIT;
	uint64_t of = draw_source(o, i, prose, i, &r), with = of;

	make_source(o, of, &a->story);
	a->form = is_form(o, of) ? wire_form_names[form_of(o, of)] : NULL;
	if (kind == WIRE_MERGED)
		with = draw_source(o, i, prose, of, &r);
	if ((kind == WIRE_CUT && a->story.n < 2) || (kind == WIRE_MERGED && with == of))
		kind = WIRE_RESEND;
	a->kind = kind;
	a->furniture = rng_below(&r, 2);
	switch (kind) {
	case WIRE_CUT: cut(&r, a, of); break;
	case WIRE_EXTENDED: extend(&r, a, of); break;
	case WIRE_MERGED:
		make_source(o, with, &a->other);
		merge(&r, a, of, with);
		break;
	case WIRE_EDIT: edit(&r, a, of); break;
	default: add_source(a, of, 1, 1, 1); break; /* no word changes */
	}
	put_story(a, &r);
}

void wire_article_init(struct wire_article *a)
{
	*a = (struct wire_article){ .text = text_new(), .story.store = text_new(), .other.store = text_new() };
}

void wire_article_release(struct wire_article *a)
{
	free(a->text.data);
	free(a->story.store.data);
	free(a->other.store.data);
}

void wire_make(const struct wire_options *o, uint64_t i, struct wire_article *ret)
{
	ret->n_sources = 0;
	ret->furniture = ret->figure = false;
	ret->form = NULL;
	if (is_copy(o, i)) {
		make_copy(o, i, ret);
		return;
	}
	make_source(o, i, &ret->story);
	ret->kind = is_form(o, i) ? WIRE_TEMPLATE : WIRE_ORIGINAL;
	ret->form = is_form(o, i) ? wire_form_names[form_of(o, i)] : NULL;
	put_story(ret, NULL);
}
