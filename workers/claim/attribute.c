#include "workers/claim/attribute.h"

#include <errno.h>

#include "workers/claim/lexicon.h"
#include "workers/claim/pattern.h"
#include "workers/claim/tag.h"

#define SPEAKERS (LEX_ROLE | LEX_GOV | LEX_MIL | LEX_ORG | LEX_MEDIA | LEX_DOC | LEX_GROUPN | LEX_UNNAMED | LEX_COUNTRY)

static const struct token *tok(const struct text *x, uint32_t i)
{
	return &x->tokens[i];
}

int mark_add(struct mark_list *list, struct arena *arena, const struct mark *m)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? (size_t)list->cap * 2 : 32;
		struct mark *grown = arena_grow(arena, list->v, list->cap * sizeof(*list->v), cap * sizeof(*list->v));
		if (!grown)
			return -ENOMEM;
		list->v = grown;
		list->cap = (uint32_t)cap;
	}
	list->v[list->n++] = *m;
	return 0;
}

static bool comma(const struct text *x, uint32_t i)
{
	return tok(x, i)->kind == TOKEN_PUNCT && token_is(x, i, ",");
}

static bool stop(const struct text *x, uint32_t i)
{
	return tok(x, i)->kind == TOKEN_PUNCT && !token_is(x, i, "(") && !token_is(x, i, "-") && !token_is(x, i, "$");
}

/* Does a parenthetical attribution end at i: at a mark, a quotation, the end? */
static bool ends_at(const struct text *x, uint32_t i, uint32_t hi)
{
	return i >= hi || (stop(x, i) && !token_is(x, i, ":")) || tok(x, i)->kind == TOKEN_QUOTE_OPEN || tok(x, i)->pos == POS_COORD;
}

/* Where the content before a final attribution begins: behind the last attribution of that kind. */
uint32_t scope_content_start(const struct scope *s, uint32_t before)
{
	uint32_t at = s->lo;
	for (uint32_t i = s->first; i < s->list->n; i++) {
		const struct mark *m = &s->list->v[i];
		if (m->form == MARK_FINAL && m->lo == s->lo && m->region.end <= before && m->region.end > at)
			at = m->region.end;
	}
	while (at < before && (stop(s->x, at) || tok(s->x, at)->pos == POS_COORD || token_is(s->x, at, "while")))
		at++;
	return at;
}

struct mark mark_of(const struct scope *s, const struct cue *c, enum mark_form form)
{
	struct mark m = { .form = form, .sentence = s->sentence, .n_cue = 1, .lex = c->lex, .outer = -1, .past = c->past,
			  .lo = s->lo, .hi = s->hi, .negated = c->negated, .passive = c->passive, .left = c->at.first };
	m.cue[0] = c->at;
	return m;
}

void mark_part(struct mark *m, struct range r)
{
	if (m->n_parts < MARK_PARTS && !range_empty(r))
		m->part[m->n_parts++] = r;
}

static void widen(struct range *r, uint32_t first, uint32_t end)
{
	if (range_empty(*r))
		*r = (struct range){ first, end };
	r->first = first < r->first ? first : r->first;
	r->end = end > r->end ? end : r->end;
}

int mark_finish(struct scope *s, struct mark *m)
{
	for (uint32_t i = 0; i < m->n_cue; i++)
		widen(&m->region, m->cue[i].first, m->cue[i].end);
	if (!range_empty(m->source))
		widen(&m->region, m->source.first, m->source.end);
	for (uint32_t i = 0; i < m->n_parts; i++)
		widen(&m->region, m->part[i].first, m->part[i].end);
	m->region.first = m->left < m->region.first ? m->left : m->region.first;
	return mark_add(s->list, s->arena, m);
}

/* The final attribution that ends right before `at` (a comma between), or -1. */
static int32_t final_before(const struct scope *s, uint32_t at)
{
	for (uint32_t i = s->list->n; i > s->first; i--) {
		const struct mark *m = &s->list->v[i - 1];
		if (m->form == MARK_FINAL && m->lo == s->lo && m->region.end < at && at - m->region.end == 1 && comma(s->x, m->region.end))
			return (int32_t)i - 1;
	}
	return -1;
}

/* "C, the ministry said, agencies reported": the second vouches only for the first. */
static int relay_mark(struct scope *s, struct mark *m, struct range clause)
{
	int32_t inner = final_before(s, clause.first);
	if (inner < 0)
		return 0;
	while (s->list->v[inner].outer >= 0)
		inner = s->list->v[inner].outer;
	m->relay = true;
	m->region = clause;
	m->fixed_end = true;
	s->list->v[inner].outer = (int32_t)s->list->n;
	return mark_finish(s, m);
}

/* "C, S said" / "C," said S: `clause` is all that belongs to the attribution itself. */
int scope_final(struct scope *s, const struct cue *c, struct range source, struct range clause)
{
	const struct text *x = s->x;
	uint32_t start = scope_content_start(s, clause.first), end = clause.first;
	while (end > start && comma(x, end - 1))
		end--;
	struct mark m = mark_of(s, c, MARK_FINAL);
	m.source = source;
	m.left = clause.first;
	if (start >= end)
		return relay_mark(s, &m, clause);
	struct range before = { start, end };
	mark_part(&m, before);
	m.region = clause;
	/* "…," he said, "until …": the content goes on behind the attribution. */
	uint32_t next = clause.end < s->hi && comma(x, clause.end) ? clause.end + 1 : clause.end;
	bool quoted = tok(x, end - 1)->kind == TOKEN_QUOTE_CLOSE;
	bool trailing = next > clause.end && next < s->hi && tok(x, next)->pos == POS_ING && !(tok(x, next)->lex & (LEX_SAY | LEX_QUOTE | LEX_THINK));
	if (trailing && !quoted) {
		mark_part(&m, (struct range){ next, s->hi }); /* "…, officials said, inflicting …" */
	} else if (next < s->hi && tok(x, next)->kind == TOKEN_QUOTE_OPEN) {
		mark_part(&m, (struct range){ next, s->hi });
	} else if (next > clause.end && next < s->hi && !quoted && finite_in(x, start, end) == end && finite_in(x, next, s->hi) < s->hi) {
		mark_part(&m, (struct range){ next, s->hi });
	}
	m.fixed_end = true;
	return mark_finish(s, &m);
}

/* Can [lo, at) be content: a quotation or a clause? at stands behind the comma or the closing mark. */
bool scope_content_before(const struct scope *s, uint32_t at)
{
	const struct text *x = s->x;
	if (at <= s->lo)
		return false;
	if (tok(x, at - 1)->kind == TOKEN_QUOTE_CLOSE)
		return true;
	uint32_t start = scope_content_start(s, at);
	if (final_before(s, at) >= 0)
		return true;
	return comma(x, at - 1) && at - start > 3 && finite_in(x, start, at) < at;
}

/* The addressee and adjuncts behind a cue. */
static uint32_t behind_cue(const struct scope *s, const struct cue *c)
{
	const struct text *x = s->x;
	uint32_t i = skip_adjuncts(x, c->at.end, s->hi);
	if (c->lex & LEX_TELL) {
		struct range np = phrase_behind(x, i, s->hi);
		if (!range_empty(np))
			i = np.end;
		else if (i < s->hi && (tok(x, i)->lex & LEX_OBJPRON))
			i++;
		i = skip_adjuncts(x, i, s->hi);
	}
	return i;
}

/* A name, a pronoun, or a noun for people, offices or papers. */
bool can_speak(const struct text *x, struct range r)
{
	for (uint32_t i = r.first; i < r.end; i++)
		if (tok(x, i)->pos == POS_NAME || tok(x, i)->pos == POS_PRON || (tok(x, i)->lex & SPEAKERS))
			return true;
	return false;
}

static uint32_t head_end(const struct text *x, struct range r)
{
	uint32_t end = r.first;
	while (end < r.end && tok(x, end)->kind != TOKEN_PUNCT && tok(x, end)->pos != POS_PREP)
		end++;
	return end;
}

/* Its head can: "airstrikes by NATO" cannot. */
bool head_can_speak(const struct text *x, struct range r)
{
	uint32_t end = head_end(x, r);
	return end > r.first && can_speak(x, (struct range){ end - 1, end });
}

/* "brokers", "a shopkeeper": a noun by its ending for those who do something; "groups": more than one who can speak. */
static bool does_work(const struct text *x, struct range r)
{
	static const char *const endings[] = { "er", "or", "ist", "man", "men", "ian", "tant", "dent", "gent", "ee", "idate", "egate", "ocate", "general" };
	uint32_t end = head_end(x, r);
	if (end == r.first)
		return false;
	struct str w = tok(x, end - 1)->lower;
	size_t len = w.len && w.data[w.len - 1] == 's' ? w.len - 1 : w.len;
	if (lexicon_find(str_cut(w, 0, len)) & SPEAKERS)
		return true;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t n = strlen(endings[i]);
		if (len > n + 2 && memcmp(w.data + len - n, endings[i], n) == 0)
			return true;
	}
	return false;
}

/* "exports supported wheat": a verb of judging with a bare object needs somebody who judges. */
static bool judges(const struct text *x, const struct cue *c, struct range source, struct range content)
{
	if (!(c->lex & LEX_JUDGE) || (c->lex & (LEX_SAY | LEX_TELL | LEX_THINK | LEX_PLAN | LEX_URGE | LEX_ASV | LEX_SHOW)) || range_empty(source) || has_quote(x, content))
		return true;
	return head_can_speak(x, source) || does_work(x, source);
}

/* "C," said S. Returns 1 when it was one, 0 when not, -ENOMEM. */
static int inverted(struct scope *s, const struct cue *c)
{
	const struct text *x = s->x;
	uint32_t first = c->at.first;
	if (!(c->lex & LEX_SAY) || (c->lex & LEX_TELL) || c->ing || !scope_content_before(s, first))
		return 0;
	if (c->at.end - first > 1)
		return 0;
	struct range source = subject_behind(x, c->at.end, s->hi);
	if (!can_speak(x, source) || (source.end < s->hi && pos_verb(tok(x, source.end)->pos)))
		return 0;
	uint32_t end = skip_adjuncts(x, source.end, s->hi);
	if (end < s->hi && tok(x, end)->pos == POS_THAT)
		return 0;
	int r = scope_final(s, c, source, (struct range){ first, end });
	return r < 0 ? r : 1;
}

/* The attribution whose source a cue without a subject shares: the last one in this scope before it. */
static const struct mark *neighbour(const struct scope *s, uint32_t at)
{
	for (uint32_t i = s->list->n; i > s->first; i--) {
		const struct mark *m = &s->list->v[i - 1];
		if (m->lo == s->lo && m->cue[0].end <= at && m->form != MARK_NOUN && m->form != MARK_HEDGE && m->n_cue)
			return m;
	}
	return NULL;
}

/* "…, saying C", "… and said C" */
static int joined(struct scope *s, const struct cue *c, uint32_t left)
{
	const struct text *x = s->x;
	struct range content = content_behind(x, c, c->at.end, s->hi);
	if (range_empty(content))
		return 0;
	const struct mark *n = neighbour(s, left);
	struct mark m = mark_of(s, c, MARK_JOINED);
	if (n && !range_empty(n->source)) {
		m.source = n->source;
		m.same_source = true;
	} else {
		m.source = clause_subject(x, s->lo, left);
	}
	if (range_empty(m.source))
		return 0;
	m.left = left;
	mark_part(&m, content);
	m.region = (struct range){ left, content.end };
	return mark_add(s->list, s->arena, &m);
}

/* "who said", "which claims": the noun before the pronoun is the source. */
static struct range antecedent(const struct scope *s, uint32_t rel)
{
	uint32_t end = rel > s->lo && comma(s->x, rel - 1) ? rel - 1 : rel;
	return phrase_before(s->x, s->lo, end);
}

static int prefix_mark(struct scope *s, const struct cue *c, struct range source, uint32_t left)
{
	struct range content = content_behind(s->x, c, c->at.end, s->hi);
	if (range_empty(content) && (c->lex & LEX_ASV) && left > s->lo && (tok(s->x, left - 1)->pos == POS_REL || tok(s->x, left - 1)->pos == POS_THAT) &&
	    token_is(s->x, c->at.end, "as"))
		content = (struct range){ c->at.end, s->hi };
	struct mark m = mark_of(s, c, MARK_PREFIX);
	if (range_empty(content) && (c->lex & (LEX_SAY | LEX_THINK)) && left > s->lo && tok(s->x, left - 1)->pos == POS_REL && c->at.end < s->hi &&
	    pos_finite(tok(s->x, c->at.end)->pos)) {
		mark_part(&m, (struct range){ left - 1, left }); /* "which officials say were burnt" */
		content = (struct range){ c->at.end, s->hi };
		left--;
	}
	if (range_empty(content) || !judges(s->x, c, source, content))
		return 0;
	m.source = source;
	m.left = left;
	mark_part(&m, content);
	return mark_finish(s, &m);
}

static bool shares_subject(const struct text *x, uint32_t lo, uint32_t end)
{
	return end > lo && (tok(x, end - 1)->pos == POS_COORD || (comma(x, end - 1) && end - 1 > lo && tok(x, end - 2)->kind != TOKEN_QUOTE_CLOSE));
}

static int finite_cue(struct scope *s, const struct cue *c)
{
	const struct text *x = s->x;
	uint32_t left, first = c->at.first;
	int r = c->passive ? 0 : inverted(s, c);
	if (r != 0)
		return r < 0 ? r : 0;
	uint32_t back = skip_back(x, s->lo, first);
	if (shares_subject(x, s->lo, back) && tok(x, back - 1)->pos == POS_COORD)
		return c->passive ? 0 : joined(s, c, back - 1);
	struct range source = subject_before(x, s->lo, first, &left);
	if (range_empty(source) && back > s->lo && tok(x, back - 1)->pos == POS_REL) {
		left = back - 1;
		source = antecedent(s, left);
	}
	if (c->passive)
		return pattern_passive(s, c, source, left);
	if (range_empty(source))
		return 0;
	if (c->lex & LEX_QUOTE && !(c->lex & LEX_SAY)) {
		r = pattern_quotes_other(s, c, source, left);
		if (r < 0 || (s->list->n && s->list->v[s->list->n - 1].cue[0].first >= first))
			return r;
		if (can_speak(x, phrase_behind(x, c->at.end, s->hi)))
			return 0; /* "cited a guard": whom, not what */
	}
	if ((c->lex & LEX_AIR) && !(c->lex & LEX_SHOW))
		return pattern_broadcast(s, c, source, left);
	uint32_t end = behind_cue(s, c);
	bool parenthetical = (c->lex & (LEX_SAY | LEX_THINK)) && ends_at(x, end, s->hi) && scope_content_before(s, left);
	if (!parenthetical && (c->lex & LEX_SAY) && left > s->lo + 1 && end < s->hi && comma(x, left - 1) && comma(x, end) && end == c->at.end)
		parenthetical = finite_in(x, scope_content_start(s, left), left) == left && tok(x, end + 1)->kind != TOKEN_QUOTE_OPEN &&
				finite_in(x, end, s->hi) < s->hi; /* "To win, he said, they must run" */
	if (!parenthetical && (c->lex & LEX_SAY) && left > s->lo && tok(x, left - 1)->kind == TOKEN_QUOTE_CLOSE) {
		end = skip_tails(x, end, s->hi);
		parenthetical = ends_at(x, end, s->hi) || tok(x, end)->pos == POS_SUB || tok(x, end)->pos == POS_ING;
	}
	if (parenthetical && !(end < s->hi && comma(x, end) && end + 1 < s->hi && tok(x, end + 1)->kind == TOKEN_QUOTE_OPEN &&
			       tok(x, left - 1)->kind != TOKEN_QUOTE_CLOSE))
		return scope_final(s, c, source, (struct range){ left, end });
	return prefix_mark(s, c, source, left);
}

/* ", saying C" and "S saying C" */
static int participle(struct scope *s, const struct cue *c)
{
	const struct text *x = s->x;
	uint32_t back = skip_back(x, s->lo, c->at.first), left;
	if (back == s->lo || !(c->lex & (LEX_SAY | LEX_TELL | LEX_THINK | LEX_JUDGE | LEX_ASV | LEX_AIR | LEX_URGE)))
		return 0;
	if (comma(x, back - 1) || tok(x, back - 1)->pos == POS_COORD || tok(x, back - 1)->kind == TOKEN_QUOTE_CLOSE)
		return joined(s, c, back - 1);
	if (!(c->lex & LEX_SAY))
		return 0;
	struct range source = subject_before(x, s->lo, c->at.first, &left);
	struct range content = content_behind(x, c, c->at.end, s->hi);
	if (range_empty(source) || range_empty(content))
		return 0;
	uint8_t begins = tok(x, content.first)->pos;
	bool clause = (begins == POS_PRON || begins == POS_DET || begins == POS_NAME) && clause_at(x, content.first, s->hi);
	if (begins != POS_THAT && tok(x, content.first)->kind != TOKEN_QUOTE_OPEN && !clause)
		return 0;
	return prefix_mark(s, c, source, left);
}

static bool full_stop(const struct text *x, uint32_t i)
{
	return tok(x, i)->kind == TOKEN_PUNCT && (token_is(x, i, ".") || token_is(x, i, "?") || token_is(x, i, "!") || token_is(x, i, ";"));
}

/* The sentence inside the quotation around token i, or the sentence; moves *q along. */
static void scope_of(struct scope *s, uint32_t i, const struct sentence *sent, uint32_t *q)
{
	const struct text *x = s->x;
	while (*q < x->n_quotations && x->quotations[*q].close < i)
		(*q)++;
	s->lo = sent->first;
	s->hi = sent->first + sent->n;
	if (*q < x->n_quotations && x->quotations[*q].open < i) {
		const struct quotation *u = &x->quotations[*q];
		s->lo = u->open + 1 > s->lo ? u->open + 1 : s->lo;
		s->hi = u->close < s->hi ? u->close : s->hi;
		if (i < s->lo || i >= s->hi)
			return;
		for (uint32_t k = i; k > s->lo; k--)
			if (full_stop(x, k - 1)) {
				s->lo = k;
				break;
			}
		for (uint32_t k = i + 1; k < s->hi; k++)
			if (full_stop(x, k)) {
				s->hi = k;
				break;
			}
	}
}

/* "Nobody wanted to hear it", "They will write …" inside somebody's speech: nobody is known by such a subject, and what is said to be
 * meant is the speaker's own claim. */
static bool empty_intent(const struct scope *s, const struct mark *m)
{
	const struct text *x = s->x;
	uint32_t verb = m->cue[0].end - 1, n = m->source.end - m->source.first;
	if (!m->n_cue || !(tok(x, verb)->flags & TOKEN_QUOTED) || n == 0 || n > 2)
		return false;
	const struct token *t = tok(x, m->source.first);
	bool known = str_is(t->lower, "i") || str_is(t->lower, "we") || str_is(t->lower, "he") || str_is(t->lower, "she");
	bool vague = (n == 1 && t->pos == POS_PRON && !known) || (t->lex & LEX_NEG);
	bool plan = (m->lex & (LEX_PLAN | LEX_COMMIT)) && !(m->lex & LEX_SAY);
	for (uint32_t i = m->cue[0].first; i < verb; i++)
		plan |= tok(x, i)->pos == POS_MODAL;
	return vague && plan;
}

static int one(struct scope *s, const struct cue *c)
{
	if (c->according)
		return pattern_according(s, c);
	if (c->adverb)
		return pattern_adverb(s, c);
	if (c->noun)
		return pattern_noun(s, c);
	return c->ing ? participle(s, c) : finite_cue(s, c);
}

static int sentence(struct scope *s, uint32_t *q)
{
	const struct sentence *sent = &s->x->sentences[s->sentence];
	s->first = s->list->n;
	uint32_t end = sent->first + sent->n;
	for (uint32_t i = sent->first; i < end; i++) {
		struct cue c;
		scope_of(s, i, sent, q);
		if (i < s->lo || i >= s->hi || !cue_at(s->x, i, s->lo, s->hi, &c))
			continue;
		uint32_t before = s->list->n;
		int r = one(s, &c);
		if (r < 0)
			return r;
		if (s->list->n == before + 1 && empty_intent(s, &s->list->v[before]))
			s->list->n = before;
		if (s->list->n > before) { /* its words are no other cue */
			const struct mark *m = &s->list->v[s->list->n - 1];
			uint32_t last = m->cue[m->n_cue - 1].end - 1;
			i = last > i ? last : i;
		}
	}
	link_sentence(s->x, s->list, s->first);
	return link_carry(s->x, s->sentence, s->first, s->arena, s->list);
}

int attribute_find(const struct text *x, struct arena *arena, struct mark_list *ret)
{
	*ret = (struct mark_list){ 0 };
	struct scope s = { .x = x, .list = ret, .arena = arena };
	uint32_t q = 0;
	for (s.sentence = 0; s.sentence < x->n_sentences; s.sentence++) {
		int r = sentence(&s, &q);
		if (r < 0)
			return r;
	}
	return 0;
}
