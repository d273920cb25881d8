#include "workers/claim/claim.h"

#include <errno.h>
#include <stdlib.h>
#include <xxhash.h>

#include "workers/claim/assemble.h"
#include "workers/claim/lexicon.h"
#include "workers/claim/place.h"
#include "workers/claim/quantity.h"
#include "workers/claim/tag.h"
#include "workers/claim/time.h"

const char claim_extractor_version[] = "1";
const char claim_model_version[] = "rules";

static const struct token *tok(const struct workshop *w, uint32_t i)
{
	return &w->text.tokens[i];
}

static enum block_kind block_of(const struct workshop *w, uint32_t sentence)
{
	return w->in->article->blocks[w->text.sentences[sentence].block].kind;
}

static int analyse(struct workshop *w)
{
	const struct article *a = w->in->article;
	int r = text_analyse(a, w->arena, &w->text);
	if (r == 0)
		r = attribute_find(&w->text, w->arena, &w->marks);
	if (r == 0)
		r = quantity_find(&w->text, a, w->arena, &w->quantities, &w->n_quantities);
	if (r == 0)
		r = time_find(&w->text, a, w->arena, &w->times, &w->n_times);
	if (r == 0)
		r = place_find(&w->text, a, w->arena, &w->places, &w->n_places);
	return r;
}

static int resolve(struct workshop *w)
{
	struct source_index *index;
	int r = source_index_build(&w->text, w->arena, &index);
	if (r != 0)
		return r;
	w->sources = ARENA_ARRAY(w->arena, w->marks.n, struct source);
	w->speaks = ARENA_ARRAY(w->arena, w->marks.n, bool);
	if (!w->sources || !w->speaks)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->marks.n; i++) {
		const struct mark *m = &w->marks.v[i];
		const struct mark *prev = i ? &w->marks.v[i - 1] : NULL;
		bool same = prev && !range_empty(m->source) && prev->source.first == m->source.first && prev->source.end == m->source.end;
		w->sources[i] = same ? w->sources[i - 1] : source_resolve(index, m->source);
	}
	return 0;
}

/* Sentences whose quotation belongs to an attribution of a sentence before. */
static int find_carried(struct workshop *w)
{
	w->carried = ARENA_ARRAY(w->arena, w->text.n_sentences, bool);
	if (!w->carried)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->marks.n; i++) {
		const struct mark *m = &w->marks.v[i];
		for (uint32_t p = 0; p < m->n_parts; p++)
			for (uint32_t k = tok(w, m->part[p].first)->sentence; k <= tok(w, m->part[p].end - 1)->sentence; k++)
				w->carried[k] |= k != m->sentence;
	}
	return 0;
}

static int ask_skip(struct workshop *w, size_t *ret_n)
{
	w->skipped = ARENA_ARRAY(w->arena, w->text.n_sentences, bool);
	if (!w->skipped)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->text.n_sentences && w->in->skip; i++) {
		w->skipped[i] = w->in->skip(w->text.sentences[i].span, w->in->skip_arg);
		*ret_n += w->skipped[i];
	}
	return 0;
}

/* ---- attributed claims ---- */

struct siblings {
	uint32_t first, end; /* marks of one sentence */
};

/* How many words of r no attribution inside m takes; *total: how many there are. */
static uint32_t own_words(const struct workshop *w, struct siblings s, uint32_t m, struct range r, uint32_t *total)
{
	uint32_t words = 0;
	for (uint32_t i = r.first; i < r.end; i++) {
		const struct token *t = tok(w, i);
		if ((t->kind != TOKEN_WORD && t->kind != TOKEN_NUMBER) || t->pos == POS_THAT || t->pos == POS_COORD)
			continue;
		bool taken = false;
		(*total)++;
		for (uint32_t k = s.first; k < s.end && !taken; k++) {
			const struct mark *o = &w->marks.v[k];
			taken = o->outer == (int32_t)m && i >= o->region.first && i < o->region.end;
		}
		words += !taken;
	}
	return words;
}

/* The content as propositions; a quotation is one. */
static void propose(const struct workshop *w, const struct mark *m, struct proposition_list *ret)
{
	struct proposition whole = { .n = m->n_parts };
	for (uint32_t i = 0; i < m->n_parts; i++)
		whole.part[i] = m->part[i];
	if (m->n_parts == 1 && assemble_kind(w, &whole, m) != CLAIM_DIRECT && !(m->lex & LEX_ASV && !(m->lex & LEX_SAY))) {
		split(&w->text, m->part[0], ret);
		return;
	}
	ret->v[0] = whole;
	ret->n = 1;
}

static bool spoken(const struct workshop *w, struct siblings s, uint32_t m, const struct proposition *p)
{
	uint32_t words = 0, own = 0;
	if (assemble_kind(w, p, &w->marks.v[m]) == CLAIM_DIRECT)
		return true;
	for (uint32_t i = 0; i < p->n; i++)
		own += own_words(w, s, m, p->part[i], &words);
	return own >= 3 || own == words || own * 2 >= words;
}

static bool has_verb(const struct workshop *w, const struct proposition *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (finite_in(&w->text, p->part[i].first, p->part[i].end) < p->part[i].end)
			return true;
	return false;
}

/* A clause in the present inside a report in the past is the narrator's. */
static bool narrator(const struct mark *m, const struct proposition *p)
{
	return p->relative && p->present && m->past && m->form == MARK_PREFIX;
}

static void decide_speakers(struct workshop *w, struct siblings s)
{
	for (uint32_t i = s.first; i < s.end; i++) {
		const struct mark *m = &w->marks.v[i];
		struct proposition_list list = { .n = 0 };
		if (m->relay || m->n_parts == 0)
			continue;
		propose(w, m, &list);
		for (uint32_t k = 0; k < list.n; k++)
			w->speaks[i] |= spoken(w, s, i, &list.v[k]) && !narrator(m, &list.v[k]);
	}
}

static int attributed(struct workshop *w, struct siblings s, uint32_t at)
{
	const struct mark *m = &w->marks.v[at];
	struct proposition_list list = { .n = 0 };
	const struct proposition *before = NULL; /* the last with a verb of its own */
	bool title = block_of(w, m->sentence) == BLOCK_TITLE;
	if (!w->speaks[at])
		return 0;
	propose(w, m, &list);
	for (uint32_t k = 0; k < list.n; k++) {
		if (!spoken(w, s, at, &list.v[k]))
			continue;
		bool aside = narrator(m, &list.v[k]);
		enum claim_kind kind = title ? CLAIM_HEADLINE : aside ? CLAIM_NARRATED : assemble_kind(w, &list.v[k], m);
		int r = assemble(w, kind, &list.v[k], aside ? -1 : (int32_t)at, before);
		if (r != 0)
			return r;
		before = has_verb(w, &list.v[k]) ? &list.v[k] : before;
	}
	return 0;
}

/* ---- narrated claims ---- */

static bool is_word(const struct token *t)
{
	return t->kind == TOKEN_WORD || t->kind == TOKEN_NUMBER;
}

static uint32_t words_in(const struct workshop *w, const struct proposition *p)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < p->n; i++)
		for (uint32_t k = p->part[i].first; k < p->part[i].end; k++)
			n += is_word(tok(w, k));
	return n;
}

/* What is left before an attribution ("…, an advance that"): without the noun that the attribution takes up. */
static struct range without_antecedent(const struct workshop *w, struct range r)
{
	uint8_t last = tok(w, r.end - 1)->pos;
	if (last != POS_THAT && last != POS_REL)
		return r;
	uint32_t i = r.end;
	while (i > r.first && !(tok(w, i - 1)->kind == TOKEN_PUNCT && token_is(&w->text, i - 1, ",")))
		i--;
	return (struct range){ r.first, i > r.first ? i : r.first };
}

/* A free stretch without its loose ends; empty when there is nothing in it. */
static struct range stretch(const struct workshop *w, struct range r, bool attribution_follows)
{
	r = trim(&w->text, r);
	while (r.first < r.end && tok(w, r.first)->pos == POS_COORD)
		r = trim(&w->text, (struct range){ r.first + 1, r.end });
	return range_empty(r) || !attribution_follows ? r : trim(&w->text, without_antecedent(w, r));
}

/* subject: a stretch before an attribution that lacks a verb, when r begins with one ("The cracks … are wide"); else empty. */
static int narrate(struct workshop *w, struct range subject, struct range r)
{
	const struct text *x = &w->text;
	struct proposition_list list = { .n = 1 };
	struct proposition *whole = &list.v[0];
	const struct proposition *before = NULL;
	if (finite_in(x, r.first, r.end) >= r.end)
		return 0;
	*whole = (struct proposition){ .part = { r }, .n = 1 };
	bool quoted = assemble_kind(w, whole, NULL) == CLAIM_DIRECT;
	if (!quoted)
		split(x, r, &list);
	if (!range_empty(subject) && whole->n < PROPOSITION_PARTS) {
		memmove(whole->part + 1, whole->part, whole->n * sizeof(whole->part[0]));
		whole->part[0] = subject;
		whole->n++;
	}
	for (uint32_t k = 0; k < list.n; k++) {
		if (words_in(w, &list.v[k]) < 3)
			continue;
		int e = assemble(w, quoted ? CLAIM_DIRECT : CLAIM_NARRATED, &list.v[k], -1, before);
		if (e != 0)
			return e;
		before = has_verb(w, &list.v[k]) ? &list.v[k] : before;
	}
	return 0;
}

/* "The threat to leave angered the council": the noun is part of what is narrated. */
static bool part_of_clause(const struct workshop *w, const struct mark *m)
{
	return m->form == MARK_NOUN && m->region.end < w->text.n_tokens && tok(w, m->region.end)->kind == TOKEN_WORD;
}

/* The outermost attribution that covers token i, or -1. Marks of one sentence only. */
static int32_t cover(const struct workshop *w, struct siblings s, uint32_t i)
{
	for (uint32_t k = s.first; k < s.end; k++) {
		const struct mark *m = &w->marks.v[k];
		if (i >= m->region.first && i < m->region.end && !part_of_clause(w, m))
			return (int32_t)k;
	}
	return -1;
}

static int narrated(struct workshop *w, uint32_t sentence, struct siblings s)
{
	const struct sentence *sent = &w->text.sentences[sentence];
	uint32_t end = sent->first + sent->n, start = sent->first;
	struct range none = { start, start }, subject = none;
	if (token_is(&w->text, end - 1, "?"))
		return 0;
	for (uint32_t i = sent->first; i <= end; i++) {
		int32_t k = i < end ? cover(w, s, i) : -1;
		if (i < end && k < 0)
			continue;
		struct range r = stretch(w, (struct range){ start, i }, i < end);
		if (!range_empty(r)) {
			bool verb = finite_in(&w->text, r.first, r.end) < r.end;
			int e = narrate(w, pos_finite(tok(w, r.first)->pos) ? subject : none, r);
			if (e != 0)
				return e;
			subject = verb ? none : r;
		}
		if (i < end && w->marks.v[k].region.end > i)
			i = w->marks.v[k].region.end - 1;
		start = i + 1;
	}
	return 0;
}

/* ---- headlines and captions ---- */

/* "(AFP / …)" at the end of a caption. */
static struct range without_credit(const struct workshop *w, struct range r)
{
	r = trim(&w->text, r);
	while (r.end > r.first + 2 && token_is(&w->text, r.end - 1, ")")) {
		uint32_t open = r.end - 1;
		while (open > r.first && !token_is(&w->text, open, "("))
			open--;
		if (open <= r.first)
			break;
		r = trim(&w->text, (struct range){ r.first, open });
	}
	return r;
}

static int show(struct workshop *w, uint32_t sentence, enum claim_kind kind)
{
	const struct sentence *sent = &w->text.sentences[sentence];
	struct range r = { sent->first, sent->first + sent->n };
	r = kind == CLAIM_CAPTION ? without_credit(w, r) : trim(&w->text, r);
	struct proposition p = { .part = { r }, .n = 1 };
	bool verb = kind == CLAIM_HEADLINE;
	for (uint32_t i = r.first; i < r.end; i++)
		verb |= pos_verb(tok(w, i)->pos);
	if (range_empty(r) || !verb || words_in(w, &p) < 3)
		return 0;
	return assemble(w, kind, &p, -1, NULL);
}

/* Titles and captions stand twice in scraped pages. seen: a table of hashes, all of it from the arena. */
struct seen {
	uint64_t *slots;
	size_t n; /* power of two */
};

static bool repeated(struct seen *s, struct str text)
{
	uint64_t h = XXH3_64bits(text.data, text.len);
	h += h == 0;
	for (size_t i = h & (s->n - 1);; i = (i + 1) & (s->n - 1)) {
		if (s->slots[i] == h)
			return true;
		if (s->slots[i] == 0) {
			s->slots[i] = h;
			return false;
		}
	}
}

static int seen_init(struct workshop *w, struct seen *s)
{
	s->n = 16;
	while (s->n < (size_t)w->text.n_sentences * 2)
		s->n *= 2;
	s->slots = ARENA_ARRAY(w->arena, s->n, uint64_t);
	return s->slots ? 0 : -ENOMEM;
}

/* ---- all ---- */

static int sentence_claims(struct workshop *w, uint32_t sentence, struct siblings s, struct seen *seen)
{
	enum block_kind kind = block_of(w, sentence);
	int r = 0;
	if (kind != BLOCK_PARAGRAPH && repeated(seen, text_bytes(&w->text, w->text.sentences[sentence].span)))
		return 0;
	if (kind == BLOCK_CAPTION)
		return show(w, sentence, CLAIM_CAPTION);
	decide_speakers(w, s);
	size_t before = w->n_claims;
	for (uint32_t i = s.first; i < s.end && r == 0; i++)
		r = attributed(w, s, i);
	if (r != 0)
		return r;
	if (kind == BLOCK_TITLE)
		return w->n_claims == before ? show(w, sentence, CLAIM_HEADLINE) : 0;
	return w->carried[sentence] ? 0 : narrated(w, sentence, s);
}

static int in_order(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	if (x->content[0].start != y->content[0].start)
		return x->content[0].start < y->content[0].start ? -1 : 1;
	uint32_t xe = x->content[x->n_content - 1].end, ye = y->content[y->n_content - 1].end;
	if (xe != ye)
		return xe < ye ? 1 : -1; /* the outer one first */
	size_t n = x->id.len < y->id.len ? x->id.len : y->id.len;
	return memcmp(x->id.data, y->id.data, n);
}

int claim_extract(const struct claim_input *in, struct arena *arena, struct claim_set *ret)
{
	struct workshop w = { .in = in, .arena = arena };
	struct claim_set set = { .n = 0 };
	struct seen seen;
	int r = analyse(&w);
	if (r == 0)
		r = resolve(&w);
	if (r == 0)
		r = find_carried(&w);
	if (r == 0)
		r = ask_skip(&w, &set.skipped_sentences);
	if (r == 0)
		r = seen_init(&w, &seen);
	uint32_t m = 0;
	for (uint32_t i = 0; i < w.text.n_sentences && r == 0; i++) {
		struct siblings s = { m, m };
		while (s.end < w.marks.n && w.marks.v[s.end].sentence == i)
			s.end++;
		m = s.end;
		r = sentence_claims(&w, i, s, &seen);
	}
	if (r != 0)
		return r;
	if (w.n_claims > 1)
		qsort(w.claims, w.n_claims, sizeof(*w.claims), in_order);
	set.claims = w.claims;
	set.n = w.n_claims;
	*ret = set;
	return 0;
}
