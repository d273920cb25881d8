#include "workers/claim/attribute.h"

#include <errno.h>

#include "workers/claim/lexicon.h"
#include "workers/claim/tag.h"

struct scope {
	const struct text *x;
	uint32_t sentence, lo, hi; /* sentence, or the inside of the quotation around the cue */
	struct mark_list *list;
	uint32_t first; /* first mark of this sentence */
	struct arena *arena;
};

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
static uint32_t content_start(const struct scope *s, uint32_t before)
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

static struct mark mark_of(const struct scope *s, const struct cue *c, enum mark_form form)
{
	struct mark m = { .form = form, .sentence = s->sentence, .n_cue = 1, .lex = c->lex, .outer = -1, .past = c->past,
			  .lo = s->lo, .hi = s->hi, .negated = c->negated, .passive = c->passive, .left = c->at.first };
	m.cue[0] = c->at;
	return m;
}

static void part_add(struct mark *m, struct range r)
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

static int finish(struct scope *s, struct mark *m)
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
	return finish(s, m);
}

/* "C, S said" / "C," said S: `clause` is all that belongs to the attribution itself. */
static int final_mark(struct scope *s, const struct cue *c, struct range source, struct range clause)
{
	const struct text *x = s->x;
	uint32_t start = content_start(s, clause.first), end = clause.first;
	while (end > start && comma(x, end - 1))
		end--;
	struct mark m = mark_of(s, c, MARK_FINAL);
	m.source = source;
	m.left = clause.first;
	if (start >= end)
		return relay_mark(s, &m, clause);
	struct range before = { start, end };
	part_add(&m, before);
	m.region = clause;
	/* "…," he said, "until …": the content goes on behind the attribution. */
	uint32_t next = clause.end < s->hi && comma(x, clause.end) ? clause.end + 1 : clause.end;
	bool quoted = tok(x, end - 1)->kind == TOKEN_QUOTE_CLOSE;
	bool trailing = next > clause.end && next < s->hi && tok(x, next)->pos == POS_ING && !(tok(x, next)->lex & (LEX_SAY | LEX_QUOTE | LEX_THINK));
	if (trailing && !quoted) {
		part_add(&m, (struct range){ next, s->hi }); /* "…, officials said, inflicting …" */
	} else if (next < s->hi && tok(x, next)->kind == TOKEN_QUOTE_OPEN) {
		part_add(&m, (struct range){ next, s->hi });
	} else if (next > clause.end && next < s->hi && !quoted && finite_in(x, start, end) == end && finite_in(x, next, s->hi) < s->hi) {
		part_add(&m, (struct range){ next, s->hi });
	}
	m.fixed_end = true;
	return finish(s, &m);
}

/* Can [lo, at) be content: a quotation or a clause? at stands behind the comma or the closing mark. */
static bool content_before(const struct scope *s, uint32_t at)
{
	const struct text *x = s->x;
	if (at <= s->lo)
		return false;
	if (tok(x, at - 1)->kind == TOKEN_QUOTE_CLOSE)
		return true;
	uint32_t start = content_start(s, at);
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
static bool can_speak(const struct text *x, struct range r)
{
	uint64_t kinds = LEX_ROLE | LEX_GOV | LEX_MIL | LEX_ORG | LEX_MEDIA | LEX_DOC | LEX_GROUPN | LEX_UNNAMED | LEX_COUNTRY;
	for (uint32_t i = r.first; i < r.end; i++)
		if (tok(x, i)->pos == POS_NAME || tok(x, i)->pos == POS_PRON || (tok(x, i)->lex & kinds))
			return true;
	return false;
}

/* Its head can: "airstrikes by NATO" cannot. */
static bool head_can_speak(const struct text *x, struct range r)
{
	uint32_t end = r.first;
	while (end < r.end && tok(x, end)->kind != TOKEN_PUNCT && tok(x, end)->pos != POS_PREP)
		end++;
	return end > r.first && can_speak(x, (struct range){ end - 1, end });
}

/* "C," said S. Returns 1 when it was one, 0 when not, -ENOMEM. */
static int inverted(struct scope *s, const struct cue *c)
{
	const struct text *x = s->x;
	uint32_t first = c->at.first;
	if (!(c->lex & LEX_SAY) || (c->lex & LEX_TELL) || c->ing || !content_before(s, first))
		return 0;
	if (c->at.end - first > 1)
		return 0;
	struct range source = subject_behind(x, c->at.end, s->hi);
	if (!can_speak(x, source) || (source.end < s->hi && pos_verb(tok(x, source.end)->pos)))
		return 0;
	uint32_t end = skip_adjuncts(x, source.end, s->hi);
	if (end < s->hi && tok(x, end)->pos == POS_THAT)
		return 0;
	int r = final_mark(s, c, source, (struct range){ first, end });
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
	part_add(&m, content);
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
		part_add(&m, (struct range){ left - 1, left }); /* "which officials say were burnt" */
		content = (struct range){ c->at.end, s->hi };
		left--;
	}
	if (range_empty(content))
		return 0;
	m.source = source;
	m.left = left;
	part_add(&m, content);
	return finish(s, &m);
}

/* "was quoted as saying": one cue; its subject is the source, a "by" names the relay. */
static int quoted_as(struct scope *s, const struct cue *c, struct range source, uint32_t left)
{
	const struct text *x = s->x;
	uint32_t i = c->at.end;
	struct range relay = { i, i };
	if (i < s->hi && token_is(x, i, "by")) {
		relay = phrase_behind(x, i + 1, s->hi);
		i = relay.end;
	}
	if (i + 1 >= s->hi || !token_is(x, i, "as") || !(tok(x, i + 1)->lex & LEX_ING))
		return 0;
	struct cue whole = *c;
	whole.lex |= LEX_SAY;
	whole.at.end = i + 2;
	struct range content = content_behind(x, &whole, i + 2, s->hi);
	uint32_t end = i + 2;
	bool final = range_empty(content) && content_before(s, left);
	if (range_empty(content) && !final)
		return 0;
	struct mark m = mark_of(s, &whole, final ? MARK_FINAL : MARK_PREFIX);
	if (!range_empty(relay)) {
		m.cue[0] = c->at;
		m.cue[m.n_cue++] = (struct range){ i, i + 2 };
	}
	m.source = source;
	m.left = left;
	part_add(&m, final ? (struct range){ content_start(s, left), left } : content);
	m.region = (struct range){ left, end };
	m.fixed_end = final;
	int r = finish(s, &m);
	if (r == 0 && !range_empty(relay)) {
		struct mark outer = mark_of(s, c, MARK_PREFIX);
		outer.cue[0] = (struct range){ c->at.end, c->at.end + 1 };
		outer.source = relay;
		outer.relay = true;
		r = finish(s, &outer);
		s->list->v[s->list->n - 2].outer = (int32_t)s->list->n - 1;
	}
	return r;
}

/* "RIA quoted Peskov as saying C" / "C, RIA quoted Peskov as saying": two attributions with one content. */
static int quotes_other(struct scope *s, const struct cue *c, struct range source, uint32_t left)
{
	const struct text *x = s->x;
	struct range inner = phrase_behind(x, c->at.end, s->hi);
	uint32_t i = inner.end;
	if (range_empty(inner) || i + 1 >= s->hi || !token_is(x, i, "as") || !(tok(x, i + 1)->lex & LEX_ING))
		return 0;
	struct cue saying = { .at = { i, i + 2 }, .verb = i + 1, .lex = tok(x, i + 1)->lex | LEX_SAY, .past = c->past };
	struct range content = content_behind(x, &saying, i + 2, s->hi);
	bool final = range_empty(content) && content_before(s, left);
	if (range_empty(content) && !final)
		return 0;
	if (final) {
		content = (struct range){ content_start(s, left), left };
		while (content.end > content.first && comma(x, content.end - 1))
			content.end--;
	}
	struct mark outer = mark_of(s, c, final ? MARK_FINAL : MARK_PREFIX), m = mark_of(s, &saying, outer.form);
	outer.source = source;
	outer.left = m.left = left;
	outer.relay = true;
	outer.fixed_end = m.fixed_end = final;
	outer.region = (struct range){ left, i + 2 };
	m.source = inner;
	part_add(&m, content);
	int r = finish(s, &outer);
	m.outer = (int32_t)s->list->n - 1;
	return r ? r : finish(s, &m);
}

/* "is believed to", "was reported that": nobody says it; the subject belongs to the content. */
static int hedge(struct scope *s, const struct cue *c, struct range subject)
{
	const struct text *x = s->x;
	uint32_t i = skip_adjuncts(x, c->at.end, s->hi);
	bool to = i + 1 < s->hi && tok(x, i)->pos == POS_TO, that = i < s->hi && tok(x, i)->pos == POS_THAT;
	if (!(c->lex & (LEX_HEDGEV | LEX_SAY)) || (!to && !that))
		return 0;
	struct mark m = mark_of(s, c, MARK_HEDGE);
	if (to) {
		if (range_empty(subject))
			return 0;
		part_add(&m, subject);
	}
	part_add(&m, (struct range){ i, s->hi });
	m.left = range_empty(subject) ? c->at.first : subject.first;
	return finish(s, &m);
}

/* "was criticised by S", "was described as C by S" */
static int passive(struct scope *s, const struct cue *c, struct range subject, uint32_t left)
{
	const struct text *x = s->x;
	if (c->lex & LEX_QUOTE)
		return quoted_as(s, c, subject, left);
	uint32_t i = c->at.end;
	if ((c->lex & (LEX_JUDGE | LEX_ASV | LEX_URGE)) && i < s->hi && token_is(x, i, "by")) {
		struct mark m = mark_of(s, c, MARK_PREFIX);
		m.source = subject_behind(x, i + 1, s->hi);
		if (!head_can_speak(x, m.source) || range_empty(subject))
			return 0;
		m.left = left;
		part_add(&m, subject);
		struct range rest = { m.source.end, s->hi };
		if (rest.first < rest.end && (token_is(x, rest.first, "as") || token_is(x, rest.first, "for") || token_is(x, rest.first, "of")))
			part_add(&m, rest);
		return finish(s, &m);
	}
	return hedge(s, c, subject);
}

/* "Television broadcast footage …, showing C" */
static int broadcast(struct scope *s, const struct cue *c, struct range source, uint32_t left)
{
	const struct text *x = s->x;
	bool media = false;
	for (uint32_t i = source.first; i < source.end; i++)
		media |= (tok(x, i)->lex & LEX_MEDIA) != 0;
	for (uint32_t i = c->at.end; media && i + 1 < s->hi; i++) {
		if (!token_is(x, i, "showing"))
			continue;
		struct mark m = mark_of(s, c, MARK_PREFIX);
		m.cue[m.n_cue++] = (struct range){ i, i + 1 };
		m.source = source;
		m.left = left;
		part_add(&m, (struct range){ i + 1, s->hi });
		return finish(s, &m);
	}
	return 0;
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
		return passive(s, c, source, left);
	if (range_empty(source))
		return 0;
	if (c->lex & LEX_QUOTE && !(c->lex & LEX_SAY)) {
		r = quotes_other(s, c, source, left);
		if (r < 0 || (s->list->n && s->list->v[s->list->n - 1].cue[0].first >= first))
			return r;
		if (can_speak(x, phrase_behind(x, c->at.end, s->hi)))
			return 0; /* "cited a guard": whom, not what */
	}
	if ((c->lex & LEX_AIR) && !(c->lex & LEX_SHOW))
		return broadcast(s, c, source, left);
	uint32_t end = behind_cue(s, c);
	bool parenthetical = (c->lex & (LEX_SAY | LEX_THINK)) && ends_at(x, end, s->hi) && content_before(s, left);
	if (!parenthetical && (c->lex & LEX_SAY) && left > s->lo + 1 && end < s->hi && comma(x, left - 1) && comma(x, end) && end == c->at.end)
		parenthetical = finite_in(x, content_start(s, left), left) == left && tok(x, end + 1)->kind != TOKEN_QUOTE_OPEN &&
				finite_in(x, end, s->hi) < s->hi; /* "To win, he said, they must run" */
	if (!parenthetical && (c->lex & LEX_SAY) && left > s->lo && tok(x, left - 1)->kind == TOKEN_QUOTE_CLOSE) {
		end = skip_tails(x, end, s->hi);
		parenthetical = ends_at(x, end, s->hi) || tok(x, end)->pos == POS_SUB || tok(x, end)->pos == POS_ING;
	}
	if (parenthetical && !(end < s->hi && comma(x, end) && end + 1 < s->hi && tok(x, end + 1)->kind == TOKEN_QUOTE_OPEN &&
			       tok(x, left - 1)->kind != TOKEN_QUOTE_CLOSE))
		return final_mark(s, c, source, (struct range){ left, end });
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

static int according(struct scope *s, const struct cue *c)
{
	const struct text *x = s->x;
	struct range source = subject_behind(x, c->at.end, s->hi);
	if (range_empty(source))
		return 0;
	uint32_t end = skip_adjuncts(x, source.end, s->hi);
	if (c->at.first > s->lo && content_start(s, c->at.first) < c->at.first) {
		if (end + 1 < s->hi && comma(x, end) && tok(x, end + 1)->pos == POS_REL) {
			uint32_t k = end + 1; /* ", which monitors the war" belongs to the source's clause */
			while (k < s->hi && !stop(x, k))
				k++;
			end = k;
		}
		return final_mark(s, c, source, (struct range){ c->at.first, end });
	}
	struct mark m = mark_of(s, c, MARK_PREFIX);
	m.source = source;
	if (end < s->hi && comma(x, end))
		end++;
	if (end < s->hi && tok(x, end)->pos == POS_REL) { /* "According to S, which …, C" */
		while (end < s->hi && !comma(x, end))
			end++;
		end += end < s->hi;
	}
	part_add(&m, (struct range){ end, s->hi });
	return finish(s, &m);
}

/* Content of a noun ends at a comma, or before the main clause's verb ("the threat to leave | angered the council"). */
static uint32_t noun_content_end(const struct scope *s, uint32_t first)
{
	const struct text *x = s->x;
	uint32_t verbs = 0;
	for (uint32_t i = first; i < s->hi; i++) {
		const struct token *t = tok(x, i);
		if (t->flags & TOKEN_QUOTED && !(tok(x, first)->flags & TOKEN_QUOTED))
			continue;
		if (t->kind == TOKEN_PUNCT && (token_is(x, i, ",") || token_is(x, i, ";")))
			return i;
		if (t->pos == POS_THAT || t->pos == POS_REL || t->pos == POS_SUB) {
			verbs++;
		} else if (pos_finite(t->pos) && i > first && !pos_finite(tok(x, i - 1)->pos) && tok(x, i - 1)->pos != POS_COORD) {
			if (verbs == 0)
				return i;
			verbs--;
		}
	}
	return s->hi;
}

/* "Russia's announcement that C" */
static int noun(struct scope *s, const struct cue *c)
{
	const struct text *x = s->x;
	uint32_t i = c->at.first;
	struct mark m = mark_of(s, c, MARK_NOUN);
	while (i > s->lo && (tok(x, i - 1)->pos == POS_ADJ || tok(x, i - 1)->pos == POS_NUM))
		i--;
	if (i > s->lo && tok(x, i - 1)->pos == POS_GEN) {
		struct range owner = phrase_before(x, s->lo, i - 1);
		m.source = token_is(x, i - 1, "'s") ? (struct range){ owner.first, i } : (struct range){ i - 1, i };
		if (token_is(x, i - 1, "'s") && range_empty(owner))
			m.source = (struct range){ i, i };
	}
	m.left = range_empty(m.source) ? c->at.first : m.source.first;
	uint32_t end = noun_content_end(s, c->at.end);
	part_add(&m, (struct range){ c->at.end, end });
	m.fixed_end = true;
	return finish(s, &m);
}

/* "reportedly", "allegedly" inside a clause: nobody is named. */
static int adverb(struct scope *s, const struct cue *c)
{
	const struct text *x = s->x;
	uint32_t first = c->at.first, end = c->at.end;
	while (first > s->lo && !stop(x, first - 1) && tok(x, first - 1)->pos != POS_THAT && tok(x, first - 1)->pos != POS_REL && tok(x, first - 1)->pos != POS_SUB)
		first--;
	if (end < s->hi && comma(x, end))
		end++;
	while (end < s->hi && !stop(x, end))
		end++;
	struct mark m = mark_of(s, c, MARK_HEDGE);
	part_add(&m, (struct range){ first, c->at.first });
	part_add(&m, (struct range){ c->at.end, end });
	m.fixed_end = true;
	return m.n_parts ? finish(s, &m) : 0;
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

static int one(struct scope *s, const struct cue *c)
{
	if (c->according)
		return according(s, c);
	if (c->adverb)
		return adverb(s, c);
	if (c->noun)
		return noun(s, c);
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
