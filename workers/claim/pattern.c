#include "workers/claim/pattern.h"

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

static bool stop(const struct text *x, uint32_t i)
{
	return tok(x, i)->kind == TOKEN_PUNCT && !token_is(x, i, "(") && !token_is(x, i, "-") && !token_is(x, i, "$");
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
	bool final = range_empty(content) && scope_content_before(s, left);
	if (range_empty(content) && !final)
		return 0;
	struct mark m = mark_of(s, &whole, final ? MARK_FINAL : MARK_PREFIX);
	if (!range_empty(relay)) {
		m.cue[0] = c->at;
		m.cue[m.n_cue++] = (struct range){ i, i + 2 };
	}
	m.source = source;
	m.left = left;
	mark_part(&m, final ? (struct range){ scope_content_start(s, left), left } : content);
	m.region = (struct range){ left, end };
	m.fixed_end = final;
	int r = mark_finish(s, &m);
	if (r == 0 && !range_empty(relay)) {
		struct mark outer = mark_of(s, c, MARK_PREFIX);
		outer.cue[0] = (struct range){ c->at.end, c->at.end + 1 };
		outer.source = relay;
		outer.relay = true;
		r = mark_finish(s, &outer);
		s->list->v[s->list->n - 2].outer = (int32_t)s->list->n - 1;
	}
	return r;
}

/* "RIA quoted Peskov as saying C" / "C, RIA quoted Peskov as saying": two attributions with one content. */
int pattern_quotes_other(struct scope *s, const struct cue *c, struct range source, uint32_t left)
{
	const struct text *x = s->x;
	struct range inner = phrase_behind(x, c->at.end, s->hi);
	if (!range_empty(inner) && inner.end + 1 < s->hi && comma(x, inner.end)) { /* "quoted the mayor, Ann Bly, as saying" */
		struct range more = phrase_behind(x, inner.end + 1, s->hi);
		if (!range_empty(more) && more.end + 1 < s->hi && comma(x, more.end) && token_is(x, more.end + 1, "as"))
			inner.end = more.end;
	}
	uint32_t i = inner.end;
	i += i < s->hi && comma(x, i);
	if (range_empty(inner) || i + 1 >= s->hi || !token_is(x, i, "as") || !(tok(x, i + 1)->lex & LEX_ING))
		return 0;
	struct cue saying = { .at = { i, i + 2 }, .verb = i + 1, .lex = tok(x, i + 1)->lex | LEX_SAY, .past = c->past };
	struct range content = content_behind(x, &saying, i + 2, s->hi);
	bool final = range_empty(content) && scope_content_before(s, left);
	if (range_empty(content) && !final)
		return 0;
	if (final) {
		content = (struct range){ scope_content_start(s, left), left };
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
	mark_part(&m, content);
	int r = mark_finish(s, &outer);
	m.outer = (int32_t)s->list->n - 1;
	return r ? r : mark_finish(s, &m);
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
		mark_part(&m, subject);
	}
	mark_part(&m, (struct range){ i, s->hi });
	m.left = range_empty(subject) ? c->at.first : subject.first;
	return mark_finish(s, &m);
}

/* "was criticised by S", "was described as C by S" */
int pattern_passive(struct scope *s, const struct cue *c, struct range subject, uint32_t left)
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
		mark_part(&m, subject);
		struct range rest = { m.source.end, s->hi };
		if (rest.first < rest.end && (token_is(x, rest.first, "as") || token_is(x, rest.first, "for") || token_is(x, rest.first, "of")))
			mark_part(&m, rest);
		return mark_finish(s, &m);
	}
	return hedge(s, c, subject);
}

/* "Television broadcast footage …, showing C" */
int pattern_broadcast(struct scope *s, const struct cue *c, struct range source, uint32_t left)
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
		mark_part(&m, (struct range){ i + 1, s->hi });
		return mark_finish(s, &m);
	}
	return 0;
}

int pattern_according(struct scope *s, const struct cue *c)
{
	const struct text *x = s->x;
	struct range source = subject_behind(x, c->at.end, s->hi);
	if (range_empty(source))
		return 0;
	uint32_t end = skip_adjuncts(x, source.end, s->hi);
	if (c->at.first > s->lo && scope_content_start(s, c->at.first) < c->at.first) {
		if (end + 1 < s->hi && comma(x, end) && tok(x, end + 1)->pos == POS_REL) {
			uint32_t k = end + 1; /* ", which monitors the war" belongs to the source's clause */
			while (k < s->hi && !stop(x, k))
				k++;
			end = k;
		}
		return scope_final(s, c, source, (struct range){ c->at.first, end });
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
	mark_part(&m, (struct range){ end, s->hi });
	return mark_finish(s, &m);
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
int pattern_noun(struct scope *s, const struct cue *c)
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
	mark_part(&m, (struct range){ c->at.end, end });
	m.fixed_end = true;
	return mark_finish(s, &m);
}

/* "reportedly", "allegedly" inside a clause: nobody is named. */
int pattern_adverb(struct scope *s, const struct cue *c)
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
	mark_part(&m, (struct range){ first, c->at.first });
	mark_part(&m, (struct range){ c->at.end, end });
	m.fixed_end = true;
	return m.n_parts ? mark_finish(s, &m) : 0;
}
