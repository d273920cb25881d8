/* Where attributions that stand side by side end, which lies in which, and quotations that go on without a cue. */
#include "workers/claim/attribute.h"

#include "workers/claim/lexicon.h"
#include "workers/claim/tag.h"

static const struct token *tok(const struct text *x, uint32_t i)
{
	return &x->tokens[i];
}

static bool comma(const struct text *x, uint32_t i)
{
	return tok(x, i)->kind == TOKEN_PUNCT && token_is(x, i, ",");
}

static bool contrast(const struct text *x, uint32_t i)
{
	return token_is(x, i, "but") || token_is(x, i, "while") || token_is(x, i, "whereas") || token_is(x, i, "although") || token_is(x, i, "though");
}

/* Before the comma and the conjunction left of `at`, when a new main clause begins there; else UINT32_MAX. */
static uint32_t boundary_before(const struct text *x, uint32_t lo, uint32_t at)
{
	if (at <= lo + 1)
		return UINT32_MAX;
	const struct token *t = tok(x, at - 1);
	if (t->kind == TOKEN_PUNCT && str_is(t->lower, ";"))
		return at - 1;
	if (t->pos == POS_COORD || contrast(x, at - 1))
		return comma(x, at - 2) ? at - 2 : at - 1;
	return UINT32_MAX;
}

/* The last ", but" (or while, although) with a clause of its own between the two, or UINT32_MAX. */
static uint32_t contrast_between(const struct text *x, uint32_t first, uint32_t end)
{
	for (uint32_t i = end; i > first + 1; i--)
		if (contrast(x, i - 1) && comma(x, i - 2) && clause_at(x, i, end))
			return i - 2;
	return UINT32_MAX;
}

/* The closing mark of the quotation that opens at i, or hi. */
static uint32_t close_of(const struct text *x, uint32_t i, uint32_t hi)
{
	uint8_t level = tok(x, i)->level;
	for (uint32_t k = i + 1; k < hi; k++)
		if (tok(x, k)->kind == TOKEN_QUOTE_CLOSE && tok(x, k)->level == level)
			return k;
	return hi;
}

static bool sentence_mark(const struct token *t)
{
	return t->kind == TOKEN_PUNCT && (str_is(t->lower, ".") || str_is(t->lower, ",") || str_is(t->lower, "!") || str_is(t->lower, "?"));
}

/* ", but is still showing": the main clause goes on behind the content. */
static uint32_t resumption(const struct text *x, const struct mark *m, struct range r)
{
	if (!m->past)
		return r.end;
	for (uint32_t i = r.first + 3; i + 2 < r.end; i++)
		if (comma(x, i) && tok(x, i + 1)->pos == POS_COORD && (tok(x, i + 2)->lex & LEX_PRESENT) && pos_finite(tok(x, i + 2)->pos))
			return i;
	return r.end;
}

/* "which officials say were found in 2014, are …": the main clause goes on behind the comma. */
static uint32_t relative_end(const struct text *x, const struct mark *m, struct range r)
{
	bool relative = (m->left > m->lo && tok(x, m->left - 1)->pos == POS_REL) || tok(x, m->part[0].first)->pos == POS_REL;
	for (uint32_t i = r.first + 1; relative && i + 1 < r.end; i++)
		if (comma(x, i) && pos_finite(tok(x, i + 1)->pos))
			return i;
	return r.end;
}

/* Where k, which begins behind m's content has begun, cuts it off; UINT32_MAX: it lies inside. */
static uint32_t cut_by(const struct text *x, const struct mark *m, struct mark *k)
{
	if (k->lo != m->lo)
		return UINT32_MAX;
	uint32_t first = m->part[m->n_parts - 1].first;
	if (k->form == MARK_FINAL) {
		uint32_t p = contrast_between(x, first, k->region.first < k->left ? k->left : k->region.first);
		if (p != UINT32_MAX && p > first && k->part[0].first < p && k->left > p) {
			k->part[0].first = p + 2;
			k->region.first = p + 2;
			return p;
		}
		return k->left > first ? k->left : UINT32_MAX;
	}
	if (k->form == MARK_JOINED)
		return k->same_source ? k->left : UINT32_MAX;
	if (k->form == MARK_PREFIX && (k->lex & (LEX_SAY | LEX_JUDGE | LEX_PLAN | LEX_ASV | LEX_URGE)))
		return boundary_before(x, first, k->left);
	return UINT32_MAX;
}

static void settle_end(const struct text *x, struct mark_list *list, uint32_t first, struct mark *m)
{
	struct range *r = &m->part[m->n_parts - 1];
	uint32_t end = r->end;
	bool direct = tok(x, r->first)->kind == TOKEN_QUOTE_OPEN;
	if (direct) {
		uint32_t close = close_of(x, r->first, end);
		if (close < end && sentence_mark(tok(x, close - 1)))
			end = close + 1;
	}
	for (uint32_t i = first; i < list->n; i++) {
		struct mark *k = &list->v[i];
		if (k == m || !k->n_cue || k->cue[0].first < r->first || (int32_t)i == m->outer || k->outer == (int32_t)(m - list->v))
			continue;
		uint32_t at = cut_by(x, m, k);
		if (at < end && at > r->first)
			end = at;
	}
	/* A cut behind a preposition would leave it without its noun. */
	while (end < r->end && end > r->first + 1 && tok(x, end - 1)->pos == POS_PREP && tok(x, end)->kind == TOKEN_WORD)
		end--;
	if (!direct)
		end = relative_end(x, m, (struct range){ r->first, resumption(x, m, (struct range){ r->first, end }) });
	if (m->region.end == r->end || m->region.end > end)
		m->region.end = end > m->cue[m->n_cue - 1].end ? end : m->cue[m->n_cue - 1].end;
	r->end = end;
}

static bool holds(const struct mark *k, uint32_t token)
{
	for (uint32_t i = 0; i < k->n_parts; i++)
		if (token >= k->part[i].first && token < k->part[i].end)
			return true;
	return false;
}

static uint32_t width(const struct mark *k)
{
	uint32_t w = 0;
	for (uint32_t i = 0; i < k->n_parts; i++)
		w += k->part[i].end - k->part[i].first;
	return w;
}

static void nest(struct mark_list *list, uint32_t first)
{
	for (uint32_t i = first; i < list->n; i++) {
		struct mark *m = &list->v[i];
		uint32_t best = UINT32_MAX;
		if (m->outer >= 0 || m->relay || !m->n_cue)
			continue;
		for (uint32_t j = first; j < list->n; j++) {
			const struct mark *k = &list->v[j];
			if (j == i || k->form == MARK_HEDGE || !holds(k, m->cue[0].first) || holds(m, k->cue[0].first) || width(k) >= best)
				continue;
			best = width(k);
			m->outer = (int32_t)j;
		}
	}
	/* A relay takes the place of the attribution it relays: what is around that is around it. */
	for (uint32_t i = first; i < list->n; i++) {
		struct mark *m = &list->v[i];
		if (m->relay || m->outer < (int32_t)first || !list->v[m->outer].relay || list->v[m->outer].outer >= 0)
			continue;
		struct mark *relay = &list->v[m->outer];
		for (uint32_t j = first; j < list->n; j++)
			if (j != i && (int32_t)j != m->outer && list->v[j].form != MARK_HEDGE && holds(&list->v[j], relay->cue[0].first) && list->v[j].outer != (int32_t)i)
				relay->outer = (int32_t)j;
	}
}

/* "said it believed C": one attribution with two cues. */
static void merge_belief(const struct text *x, struct mark_list *list, uint32_t first)
{
	for (uint32_t i = first; i < list->n; i++) {
		struct mark *m = &list->v[i];
		if (m->outer < 0 || m->form != MARK_PREFIX || !(m->lex & LEX_THINK) || (m->lex & LEX_SAY) || m->source.end - m->source.first != 1 ||
		    !(tok(x, m->source.first)->lex & LEX_PERSONAL) || m->n_parts != 1)
			continue;
		struct mark *o = &list->v[m->outer];
		uint32_t begins = o->n_parts ? o->part[0].first : 0;
		bool clause = tok(x, m->part[0].first)->pos == POS_THAT || clause_at(x, m->part[0].first, m->part[0].end);
		if (!clause || o->form != MARK_PREFIX || !(o->lex & LEX_SAY) || o->n_cue != 1 || o->n_parts != 1 || o->quoted ||
		    (m->source.first != begins && !(m->source.first == begins + 1 && tok(x, begins)->pos == POS_THAT)))
			continue;
		o->cue[o->n_cue++] = m->cue[0];
		o->part[0] = m->part[0];
		m->relay = true;
		m->n_parts = 0;
		for (uint32_t k = first; k < list->n; k++)
			if (list->v[k].outer == (int32_t)i)
				list->v[k].outer = m->outer;
		m->outer = -1;
	}
}

void link_sentence(const struct text *x, struct mark_list *list, uint32_t first)
{
	for (uint32_t i = first; i < list->n; i++) {
		struct mark *m = &list->v[i];
		if (m->n_parts && !m->fixed_end)
			settle_end(x, list, first, m);
		for (uint32_t p = 0; p < m->n_parts; p++)
			m->part[p] = trim(x, m->part[p]);
		uint32_t kept = 0;
		for (uint32_t p = 0; p < m->n_parts; p++)
			if (!range_empty(m->part[p]))
				m->part[kept++] = m->part[p];
		m->n_parts = kept;
		for (uint32_t p = 0; p < m->n_parts; p++)
			m->quoted |= tok(x, m->part[p].first)->kind == TOKEN_QUOTE_OPEN;
	}
	nest(list, first);
	merge_belief(x, list, first);
}

/* The last attribution that can speak on: near, with a source. */
static struct mark *speaker(const struct text *x, struct mark_list *list, uint32_t sentence)
{
	uint32_t block = x->sentences[sentence].block;
	for (uint32_t i = list->n; i > 0 && list->n - i < 12; i--) {
		struct mark *m = &list->v[i - 1];
		uint32_t last = m->n_parts ? tok(x, m->part[m->n_parts - 1].end - 1)->sentence : m->sentence;
		last = last > m->sentence ? last : m->sentence;
		if (m->sentence == sentence || m->relay || m->form == MARK_HEDGE || m->form == MARK_NOUN || range_empty(m->source) || !(m->lex & (LEX_SAY | LEX_TELL | LEX_URGE)))
			continue;
		if (sentence - last > 2 || block - x->sentences[last].block > 3)
			return NULL;
		return m->outer < 0 || !(list->v[m->outer].n_cue) || list->v[m->outer].relay || range_empty(list->v[m->outer].source) ? m : &list->v[m->outer];
	}
	return NULL;
}

static bool is_quotation(const struct text *x, const struct sentence *s)
{
	uint32_t last = s->first + s->n - 1;
	if (tok(x, s->first)->kind != TOKEN_QUOTE_OPEN)
		return false;
	uint32_t close = close_of(x, s->first, last + 1);
	return close + 1 >= last;
}

static struct mark carried(const struct text *x, const struct sentence *s, const struct mark *m)
{
	struct range all = trim(x, (struct range){ s->first, s->first + s->n });
	return (struct mark){ .form = MARK_CARRIED, .sentence = (uint32_t)(s - x->sentences), .source = m->source, .part = { all }, .n_parts = 1,
			      .region = all, .left = all.first, .lex = m->lex, .outer = -1, .lo = s->first, .hi = s->first + s->n, .inherited = true };
}

/* "A happened. B also happened, the Observatory said": the first of the two is hers as well. */
static int carry_back(const struct text *x, uint32_t sentence, uint32_t first, struct arena *arena, struct mark_list *list)
{
	const struct mark *m = &list->v[first];
	const struct sentence *s = &x->sentences[sentence];
	if (sentence == 0 || first >= list->n || m->form != MARK_FINAL || !(m->lex & LEX_SAY) || m->quoted || m->n_parts == 0 || m->relay ||
	    (first > 0 && list->v[first - 1].sentence + 1 >= sentence) || x->sentences[sentence - 1].block != s->block ||
	    x->article->blocks[s->block].kind != BLOCK_PARAGRAPH)
		return 0;
	bool also = false;
	for (uint32_t i = m->part[0].first; i < m->part[0].end && i < m->part[0].first + 12; i++)
		also |= token_is(x, i, "also");
	const struct sentence *before = s - 1;
	if (!also || finite_in(x, before->first, before->first + before->n) == before->first + before->n)
		return 0;
	struct mark c = carried(x, before, m);
	int r = mark_add(list, arena, &c);
	if (r != 0)
		return r;
	for (uint32_t i = list->n - 1; i > first; i--) {
		list->v[i] = list->v[i - 1];
		list->v[i].outer += list->v[i].outer >= (int32_t)first;
	}
	list->v[first] = c;
	return 0;
}

/* Attributions inside a quotation that goes on belong to its speaker. */
static void adopt(struct mark_list *list, uint32_t first, uint32_t end, uint32_t outer)
{
	for (uint32_t i = first; i < end; i++)
		if (list->v[i].outer < 0)
			list->v[i].outer = (int32_t)outer;
}

int link_carry(const struct text *x, uint32_t sentence, uint32_t first, struct arena *arena, struct mark_list *list)
{
	const struct sentence *s = &x->sentences[sentence];
	bool outside = false;
	for (uint32_t i = first; i < list->n; i++)
		outside |= list->v[i].n_cue && !(tok(x, list->v[i].cue[0].first)->flags & TOKEN_QUOTED);
	if (outside)
		return carry_back(x, sentence, first, arena, list);
	if (!is_quotation(x, s) || x->article->blocks[s->block].kind != BLOCK_PARAGRAPH)
		return 0;
	struct mark *m = speaker(x, list, sentence);
	if (!m)
		return 0;
	struct mark c = carried(x, s, m);
	bool same_block = x->sentences[m->sentence].block == s->block;
	if (same_block && m->quoted && m->n_parts) {
		if (m->n_parts < MARK_PARTS)
			m->part[m->n_parts++] = c.region;
		else
			m->part[m->n_parts - 1].end = c.region.end;
		adopt(list, first, list->n, (uint32_t)(m - list->v));
		return 0;
	}
	c.quoted = true;
	adopt(list, first, list->n, list->n);
	return mark_add(list, arena, &c);
}
