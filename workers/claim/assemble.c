#include "workers/claim/assemble.h"

#include <errno.h>
#include <xxhash.h>

#include "workers/claim/modality.h"
#include "workers/claim/tag.h"

#define DEEPEST_CHAIN 8 /* attributions around one another */

#define MOST_CLAIMS 16384  /* of one article: bounds its memory */

/* What the claims of one article may repeat of it, in bytes: a made-up text of nested attributions could say every sentence a hundred
 * times. News stays under a third. */
#define CLAIM_BYTES 768 /* names, ids, spans and numbers of one claim */
#define MOST_REPEATED(text_bytes) (48 * (size_t)(text_bytes) + 16384)

static const struct token *tok(const struct workshop *w, uint32_t i)
{
	return &w->text.tokens[i];
}

static struct span span_of(const struct workshop *w, struct range r)
{
	return (struct span){ tok(w, r.first)->span.start, tok(w, r.end - 1)->span.end };
}

static bool within(struct span s, const struct span *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s.start >= list[i].start && s.end <= list[i].end)
			return true;
	return false;
}

/* ---- quantities, times, places ---- */

/* The first of n records of `size` bytes, each beginning with its span, that begins at or behind `at`. */
static size_t first_at(const void *list, size_t n, size_t size, uint32_t at)
{
	size_t lo = 0, hi = n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct span *s = (const void *)((const char *)list + mid * size);
		if (s->start < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

_Static_assert(offsetof(struct quantity, span) == 0 && offsetof(struct time_ref, span) == 0 && offsetof(struct place, span) == 0,
	       "first_at reads the span first");

static int take_quantities(struct workshop *w, struct claim *c)
{
	struct span hull = { c->content[0].start, c->content[c->n_content - 1].end };
	size_t first = first_at(w->quantities, w->n_quantities, sizeof(*w->quantities), hull.start), n = 0;
	for (size_t i = first; i < w->n_quantities && w->quantities[i].span.start < hull.end; i++)
		n += within(w->quantities[i].span, c->content, c->n_content);
	if (n == 0)
		return 0;
	c->quantities = ARENA_ARRAY(w->arena, n, struct quantity);
	if (!c->quantities)
		return -ENOMEM;
	for (size_t i = first; i < w->n_quantities && w->quantities[i].span.start < hull.end; i++)
		if (within(w->quantities[i].span, c->content, c->n_content))
			c->quantities[c->n_quantities++] = w->quantities[i];
	return 0;
}

static int take_places(struct workshop *w, struct claim *c)
{
	struct span hull = { c->content[0].start, c->content[c->n_content - 1].end };
	size_t first = first_at(w->places, w->n_places, sizeof(*w->places), hull.start), n = 0;
	for (size_t i = first; i < w->n_places && w->places[i].span.start < hull.end; i++)
		n += within(w->places[i].span, c->content, c->n_content);
	if (n == 0)
		return 0;
	c->places = ARENA_ARRAY(w->arena, n, struct place);
	if (!c->places)
		return -ENOMEM;
	for (size_t i = first; i < w->n_places && w->places[i].span.start < hull.end; i++)
		if (within(w->places[i].span, c->content, c->n_content))
			c->places[c->n_places++] = w->places[i];
	return 0;
}

static bool in_parts(const struct workshop *w, const struct mark *m, struct span s)
{
	for (uint32_t i = 0; i < m->n_parts; i++) {
		struct span part = span_of(w, m->part[i]);
		if (s.start >= part.start && s.end <= part.end)
			return true;
	}
	return false;
}

static bool around(const struct workshop *w, const struct mark *m, const struct mark *k)
{
	for (int depth = 0; m->outer >= 0 && depth < DEEPEST_CHAIN; depth++) {
		m = &w->marks.v[m->outer];
		if (m == k)
			return true;
	}
	return false;
}

/* No other clause between the time and the attribution it may belong to. */
static bool beside(const struct workshop *w, const struct mark *m, struct span s)
{
	uint32_t first = text_token_at(&w->text, s.start), end = text_token_at(&w->text, s.end);
	if (end <= m->region.first)
		return finite_in(&w->text, end, m->region.first) == m->region.first;
	if (first >= m->region.end)
		return finite_in(&w->text, m->region.end, first) == first;
	return true;
}

/* Is this time of the saying and not of what was said: in the sentence of the cue, in no attribution's content? */
static bool of_utterance(const struct workshop *w, const struct mark *m, struct span s)
{
	const struct sentence *sent = &w->text.sentences[m->sentence];
	if (m->n_cue == 0 || s.start < sent->span.start || s.end > sent->span.end || !beside(w, m, s))
		return false;
	uint32_t i = (uint32_t)(m - w->marks.v), first = i;
	while (first > 0 && w->marks.v[first - 1].sentence == m->sentence)
		first--;
	for (uint32_t k = first; k < w->marks.n && w->marks.v[k].sentence == m->sentence; k++) {
		const struct mark *o = &w->marks.v[k];
		if (around(w, m, o))
			continue;
		struct span region = span_of(w, o->region);
		if (in_parts(w, o, s) || (k != i && o->outer < 0 && m->outer < 0 && s.start >= region.start && s.end <= region.end))
			return false;
	}
	return true;
}

struct time_pick {
	const struct claim *c;
	const struct mark *m;
	const struct span *shared; /* of the proposition before, whose time this one shares */
	size_t n_shared;
};

/* 0: not of this claim; else its role. */
static enum time_role role_in(const struct workshop *w, const struct time_pick *p, const struct time_ref *t)
{
	struct span s = t->span;
	if (within(s, p->c->content, p->c->n_content) || within(s, p->shared, p->n_shared))
		return t->role == TIME_ROLE_UTTERANCE || t->role == 0 ? TIME_ROLE_EVENT : t->role;
	return p->m && of_utterance(w, p->m, s) ? TIME_ROLE_UTTERANCE : 0;
}

static bool has_time(const struct workshop *w, const struct claim *c)
{
	for (size_t i = first_at(w->times, w->n_times, sizeof(*w->times), c->content[0].start);
	     i < w->n_times && w->times[i].span.start < c->content[c->n_content - 1].end; i++)
		if (within(w->times[i].span, c->content, c->n_content))
			return true;
	return false;
}

static bool clause(const struct workshop *w, const struct proposition *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (finite_in(&w->text, p->part[i].first, p->part[i].end) < p->part[i].end)
			return true;
	return false;
}

static int take_times(struct workshop *w, struct claim *c, const struct proposition *p, const struct mark *m, const struct proposition *before)
{
	struct span shared[PROPOSITION_PARTS];
	struct time_pick pick = { .c = c, .m = m, .shared = shared };
	/* "made 40 flights during the day, striking 117 targets": without a verb of its own it happened then, too. */
	if (before && !clause(w, p) && !has_time(w, c))
		for (uint32_t i = 0; i < before->n; i++)
			shared[pick.n_shared++] = span_of(w, before->part[i]);
	size_t first = first_at(w->times, w->n_times, sizeof(*w->times), c->sentence.start), n = 0;
	for (size_t i = first; i < w->n_times && w->times[i].span.start < c->sentence.end; i++)
		n += role_in(w, &pick, &w->times[i]) != 0;
	if (n == 0)
		return 0;
	c->times = ARENA_ARRAY(w->arena, n, struct time_ref);
	if (!c->times)
		return -ENOMEM;
	for (size_t i = first; i < w->n_times && w->times[i].span.start < c->sentence.end; i++) {
		enum time_role role = role_in(w, &pick, &w->times[i]);
		if (!role)
			continue;
		c->times[c->n_times] = w->times[i];
		c->times[c->n_times++].role = role;
	}
	return 0;
}

/* ---- attribution ---- */

static int cues(struct workshop *w, const struct mark *m, struct text_span **ret, size_t *ret_n)
{
	*ret = ARENA_ARRAY(w->arena, m->n_cue, struct text_span);
	if (!*ret)
		return -ENOMEM;
	for (uint32_t i = 0; i < m->n_cue; i++) {
		struct span s = span_of(w, m->cue[i]);
		(*ret)[i] = (struct text_span){ s, text_bytes(&w->text, s) };
	}
	*ret_n = m->n_cue;
	return 0;
}

static struct str attribution_id(struct workshop *w, const struct mark *m)
{
	uint32_t at = m->n_cue ? tok(w, m->cue[0].first)->span.start : tok(w, m->part[0].first)->span.start;
	return arena_printf(w->arena, "%.*s-a%u", STR_ARGS(w->in->article_id), at);
}

static int via(struct workshop *w, const struct mark *m, struct attribution *a)
{
	size_t n = 0;
	int32_t o = m->outer;
	while (o >= 0 && n < DEEPEST_CHAIN) {
		n++;
		o = w->marks.v[o].outer;
	}
	if (n == 0)
		return 0;
	a->via = ARENA_ARRAY(w->arena, n, struct via);
	if (!a->via)
		return -ENOMEM;
	o = m->outer;
	for (; a->n_via < n; o = w->marks.v[o].outer) {
		const struct mark *k = &w->marks.v[o];
		struct via *v = &a->via[a->n_via++];
		if (w->speaks[o]) {
			v->attribution_id = attribution_id(w, k);
			if (!v->attribution_id.data)
				return -ENOMEM;
		}
		if (!range_empty(k->source)) {
			v->has_source = true;
			v->source = span_of(w, k->source);
			v->source_text = text_bytes(&w->text, v->source);
			v->source_name = w->sources[o].name;
			v->source_type = w->sources[o].type;
		}
		if (cues(w, k, &v->cue, &v->n_cue) != 0)
			return -ENOMEM;
	}
	return 0;
}

static int attribute(struct workshop *w, int32_t at, struct attribution *a)
{
	const struct mark *m = &w->marks.v[at];
	a->id = attribution_id(w, m);
	if (!a->id.data || cues(w, m, &a->cue, &a->n_cue) != 0)
		return -ENOMEM;
	a->inherited = m->inherited;
	if (!range_empty(m->source)) {
		a->has_source = true;
		a->source = span_of(w, m->source);
		a->source_text = text_bytes(&w->text, a->source);
		a->source_name = w->sources[at].name;
		a->source_role = w->sources[at].role;
		a->source_type = w->sources[at].type;
	}
	return via(w, m, a);
}

/* ---- the claim ---- */

struct digest {
	unsigned char bytes[4 * (3 + 2 * (PROPOSITION_PARTS + 2 + 1))]; /* kind, counts; content, cue and source spans */
	size_t n;
};

static void put32(struct digest *d, uint32_t v)
{
	for (int i = 0; i < 4 && d->n < sizeof(d->bytes); i++)
		d->bytes[d->n++] = (unsigned char)(v >> 8 * i);
}

static void put_span(struct digest *d, struct span s)
{
	put32(d, s.start);
	put32(d, s.end);
}

/* Kind, content, cue and source spans: what makes it this claim, whoever extracts it. */
static struct str claim_id(struct workshop *w, const struct claim *c)
{
	struct digest d = { .n = 0 };
	put32(&d, c->kind);
	put32(&d, (uint32_t)c->n_content);
	for (size_t i = 0; i < c->n_content; i++)
		put_span(&d, c->content[i]);
	put32(&d, (uint32_t)c->attribution.n_cue);
	for (size_t i = 0; i < c->attribution.n_cue; i++)
		put_span(&d, c->attribution.cue[i].span);
	if (c->attribution.has_source)
		put_span(&d, c->attribution.source);
	return arena_printf(w->arena, "%.*s-%016llx", STR_ARGS(w->in->article_id), (unsigned long long)XXH3_64bits(d.bytes, d.n));
}

static int say(struct workshop *w, struct claim *c)
{
	static const char gap[] = " \xE2\x80\xA6 ";
	if (c->n_content == 1) {
		c->text = text_bytes(&w->text, c->content[0]);
		return 0;
	}
	size_t len = 0;
	for (size_t i = 0; i < c->n_content; i++)
		len += c->content[i].end - c->content[i].start + (i ? sizeof(gap) - 1 : 0);
	char *out = arena_alloc(w->arena, len);
	if (!out)
		return -ENOMEM;
	c->text = (struct str){ out, len };
	for (size_t i = 0; i < c->n_content; i++) {
		if (i) {
			memcpy(out, gap, sizeof(gap) - 1);
			out += sizeof(gap) - 1;
		}
		struct str s = text_bytes(&w->text, c->content[i]);
		memcpy(out, s.data, s.len);
		out += s.len;
	}
	return 0;
}

/* Parts that were not carried before, in order, without overlap. */
static int contents(struct workshop *w, const struct proposition *p, struct claim *c)
{
	c->content = ARENA_ARRAY(w->arena, p->n, struct span);
	if (!c->content)
		return -ENOMEM;
	for (uint32_t i = 0; i < p->n; i++) {
		struct span s = span_of(w, p->part[i]);
		bool behind = c->n_content == 0 || s.start >= c->content[c->n_content - 1].end;
		if (behind && !w->skipped[tok(w, p->part[i].first)->sentence])
			c->content[c->n_content++] = s;
	}
	return 0;
}

static void frame(struct workshop *w, struct claim *c, const struct mark *m)
{
	const struct article *a = w->in->article;
	uint32_t first = text_sentence_at(&w->text, c->content[0].start), last = text_sentence_at(&w->text, c->content[c->n_content - 1].end - 1);
	if (m && m->n_cue && !w->skipped[m->sentence]) {
		first = m->sentence < first ? m->sentence : first;
		last = m->sentence > last ? m->sentence : last;
	}
	c->sentence = (struct span){ w->text.sentences[first].span.start, w->text.sentences[last].span.end };
	c->sentence_text = text_bytes(&w->text, c->sentence);
	c->article_id = w->in->article_id;
	c->status = CLAIM_ACTIVE;
	c->title = a->title;
	c->article_time = a->time;
	c->provider = a->provider;
	c->file_name = w->in->file_name;
	c->language = a->language;
	c->story_id = w->in->story_id;
	c->extractor_version = str_of(claim_extractor_version);
	c->model_version = str_of(claim_model_version);
}

enum claim_kind assemble_kind(const struct workshop *w, const struct proposition *p, const struct mark *m)
{
	uint8_t base = m && m->n_cue ? tok(w, m->cue[0].first)->level : 0;
	bool all = true, some = false;
	for (uint32_t i = 0; i < p->n; i++) {
		for (uint32_t k = p->part[i].first; k < p->part[i].end; k++) {
			bool quoted = tok(w, k)->level > base;
			all = all && quoted;
			some = some || quoted;
		}
	}
	return all ? CLAIM_DIRECT : some ? CLAIM_MIXED : CLAIM_INDIRECT;
}

static struct claim *grow(struct workshop *w)
{
	if (w->n_claims == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 64;
		struct claim *grown = arena_grow(w->arena, w->claims, w->cap * sizeof(*grown), cap * sizeof(*grown));
		if (!grown)
			return NULL;
		w->claims = grown;
		w->cap = cap;
	}
	return &w->claims[w->n_claims];
}

static size_t repeats(const struct claim *c)
{
	size_t n = CLAIM_BYTES + c->text.len + c->sentence_text.len + c->title.len + c->attribution.source_text.len + c->attribution.source_name.len;
	for (size_t i = 0; i < c->attribution.n_via; i++)
		n += 256 + c->attribution.via[i].source_text.len + c->attribution.via[i].source_name.len;
	for (size_t i = 0; i < c->n_quantities; i++)
		n += 192 + c->quantities[i].text.len + c->quantities[i].what.len;
	return n + 128 * (c->n_times + c->n_places);
}

int assemble(struct workshop *w, enum claim_kind kind, const struct proposition *p, int32_t m, const struct proposition *before)
{
	struct claim c = { .kind = kind };
	const struct mark *k = m >= 0 ? &w->marks.v[m] : NULL;
	if (w->n_claims >= MOST_CLAIMS)
		return 0;
	if (contents(w, p, &c) != 0)
		return -ENOMEM;
	if (c.n_content == 0)
		return 0;
	frame(w, &c, k);
	c.modality = modality_of(&w->text, p->part, p->n, k);
	c.polarity = polarity_of(&w->text, p->part, p->n, k);
	if ((k && attribute(w, m, &c.attribution) != 0) || say(w, &c) != 0 || take_quantities(w, &c) != 0 || take_places(w, &c) != 0 ||
	    take_times(w, &c, p, k, before) != 0)
		return -ENOMEM;
	w->repeated += repeats(&c);
	if (w->repeated > MOST_REPEATED(w->text.bytes.len))
		return 0;
	c.id = claim_id(w, &c);
	struct claim *slot = grow(w);
	if (!c.id.data || !slot)
		return -ENOMEM;
	*slot = c;
	w->n_claims++;
	return 0;
}
