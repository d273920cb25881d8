#include "workers/claim/modality.h"

#include "workers/claim/lexicon.h"
#include "workers/claim/tag.h"

struct view {
	const struct text *x;
	const struct range *parts;
	uint32_t n;
};

static const struct token *tok(const struct text *x, uint32_t i)
{
	return &x->tokens[i];
}

static bool in_list(struct str w, const char *const *list)
{
	for (; *list; list++)
		if (str_is(w, *list))
			return true;
	return false;
}

static const char *const estimating[] = { "estimate", "estimates", "estimated", "estimating", "predict", "predicts", "predicted", "predicting", "forecast",
					  "forecasts", "expect", "expects", "expected", "expecting", "projected", "projects", "anticipate", "anticipated", NULL };
static const char *const hedging[] = { "may", "might", "could", "possibly", "perhaps", "likely", "probably", "apparently", "allegedly", "reportedly",
				       "presumably", "suspected", "purportedly", "seemingly", "potentially", NULL };
static const char *const inferring[] = { "therefore", "suggesting", "suggests", "implies", "implying", "indicates", "indicating", "presumably", NULL };
static const char *const meaning[] = { "suggested", "suggest", "suggests", "indicated", "indicate", "indicates", "concluded", "concludes", "implied", "implies", "suggesting", "implying", "indicating", NULL };
static const char *const planning[] = { "plans", "plan", "planned", "planning", "intends", "intend", "intended", "wants", "want", "wanted", "aims", "aim", "hopes",
					"seeks", "decided", "decides", "threatened", "threatens", "offered", "prepares", NULL };
static const char *const believing[] = { "believe", "believes", "believed", "thinks", "think", "thought", "suspects", "suspect", "fears", "fear", "feared",
					 "assumes", "assume", "guess", "doubt", "doubts", NULL };
static const char *const judging[] = { "described", "describes", "describing", "hailed", "hails", "called", "calls", "calling", "branded", "labelled", "labeled",
				       "dubbed", "condemned", "condemns", "condemning", "praised", "praises", "welcomed", "welcomes", "criticised", "criticized",
				       "criticises", "criticizes", "denounced", "denounces", "deplored", "slammed", "characterised", "characterized", "blamed",
				       "lauded", "applauded", "commended", "ridiculed", "mocked", "regards", "considers", "considered", NULL };

static bool cue_in(const struct text *x, const struct mark *m, const char *const *list)
{
	if (!m)
		return false;
	for (uint32_t c = 0; c < m->n_cue; c++)
		for (uint32_t i = m->cue[c].first; i < m->cue[c].end; i++)
			if (in_list(tok(x, i)->lower, list))
				return true;
	return false;
}

static bool any(const struct view *v, const char *const *list)
{
	for (uint32_t p = 0; p < v->n; p++)
		for (uint32_t i = v->parts[p].first; i < v->parts[p].end; i++)
			if (in_list(tok(v->x, i)->lower, list) && !(tok(v->x, i)->lex & LEX_MONTH && tok(v->x, i)->pos != POS_MODAL))
				return true;
	return false;
}

/* "can only retreat", "must have left" */
static bool concluded(const struct view *v)
{
	for (uint32_t p = 0; p < v->n; p++)
		for (uint32_t i = v->parts[p].first; i + 1 < v->parts[p].end; i++)
			if ((token_is(v->x, i, "can") && token_is(v->x, i + 1, "only")) || (token_is(v->x, i, "must") && token_is(v->x, i + 1, "have")))
				return true;
	return false;
}

/* "did not know", "had not heard", "no information", "unclear": the absence of knowledge. */
static bool not_known(const struct view *v)
{
	static const char *const knowing[] = { "know", "known", "heard", "seen", "aware", "sure", "clear", "information", "details", "word", "comment",
					       "confirm", "confirmed", "verify", "verified", "evidence", "indication", "reports", NULL };
	static const char *const unknown[] = { "unclear", "unknown", "unconfirmed", "uncertain", NULL };
	for (uint32_t p = 0; p < v->n; p++)
		for (uint32_t i = v->parts[p].first; i < v->parts[p].end; i++) {
			const struct token *t = tok(v->x, i);
			if (in_list(t->lower, unknown))
				return true;
			if (!(t->lex & LEX_NEG))
				continue;
			for (uint32_t k = i + 1; k < v->parts[p].end && k < i + 4; k++)
				if (in_list(tok(v->x, k)->lower, knowing))
					return true;
		}
	return false;
}

/* The first will, would, shall of the main clause and whether its subject is the speaker. */
static bool future(const struct view *v, bool *ret_self, bool *ret_change)
{
	uint32_t first = v->parts[0].first;
	for (uint32_t p = 0; p < v->n; p++)
		for (uint32_t i = v->parts[p].first; i < v->parts[p].end; i++) {
			const struct token *t = tok(v->x, i);
			bool will = str_is(t->lower, "will") || str_is(t->lower, "would") || str_is(t->lower, "shall") || str_is(t->lower, "'ll") || str_is(t->lower, "won't");
			if (!will || t->pos != POS_MODAL) {
				if (pos_finite(t->pos) && i > first && p == 0)
					return false;
				continue;
			}
			const struct token *subject = i > first ? tok(v->x, i - 1) : t;
			*ret_self = str_is(subject->lower, "it") || str_is(subject->lower, "they") || str_is(subject->lower, "we") || str_is(subject->lower, "i") ||
				    str_is(subject->lower, "he") || str_is(subject->lower, "she");
			const struct token *verb = i + 1 < v->parts[p].end ? tok(v->x, i + 1) : t;
			*ret_change = !str_is(verb->lower, "continue") && !str_is(verb->lower, "become") && !str_is(verb->lower, "be") && !str_is(verb->lower, "launch");
			return true;
		}
	return false;
}

/* "were driven", "is still burning": no copula. */
static bool passive_at(const struct view *v, uint32_t p, uint32_t i)
{
	while (++i < v->parts[p].end && (tok(v->x, i)->pos == POS_ADV || tok(v->x, i)->pos == POS_NEG))
		;
	return i < v->parts[p].end && (tok(v->x, i)->pos == POS_PART || tok(v->x, i)->pos == POS_ING);
}

/* A copula or "amounts to", "turned" before a word of judgement, in the main clause. */
static bool evaluates(const struct view *v)
{
	static const char *const superlative[] = { "biggest", "largest", "heaviest", "worst", "best", "greatest", NULL };
	for (uint32_t p = 0; p < v->n; p++) {
		bool copula = false;
		for (uint32_t i = v->parts[p].first; i < v->parts[p].end; i++) {
			const struct token *t = tok(v->x, i);
			if (i > v->parts[p].first + 25)
				break;
			if (t->pos == POS_SUB || t->pos == POS_REL)
				break;
			copula |= ((t->lex & LEX_BE) && !passive_at(v, p, i)) || str_is(t->lower, "amounts") || str_is(t->lower, "amounted") || str_is(t->lower, "turned") || str_is(t->lower, "become") ||
				  str_is(t->lower, "seems") || str_is(t->lower, "remains") || str_is(t->lower, "as");
			if (copula && (in_list(t->lower, superlative) || ((t->lex & LEX_EVAL) && t->pos != POS_NAME)))
				return true;
		}
	}
	return false;
}

/* "is expected to", "were estimated at" */
static bool reckoned(const struct view *v)
{
	for (uint32_t p = 0; p < v->n; p++)
		for (uint32_t i = v->parts[p].first + 1; i + 1 < v->parts[p].end; i++)
			if (in_list(tok(v->x, i)->lower, estimating) && tok(v->x, i)->pos == POS_PART &&
			    (tok(v->x, i + 1)->pos == POS_TO || tok(v->x, i + 1)->pos == POS_PREP))
				return true;
	return false;
}

static bool believed(const struct view *v)
{
	for (uint32_t p = 0; p < v->n; p++)
		for (uint32_t i = v->parts[p].first + 1; i < v->parts[p].end; i++)
			if ((tok(v->x, i)->lex & LEX_HEDGEV) && (tok(v->x, i)->lex & LEX_THINK) && i + 1 < v->parts[p].end && tok(v->x, i + 1)->pos == POS_TO)
				return !str_is(tok(v->x, i)->lower, "known");
	return false;
}

enum modality modality_of(const struct text *x, const struct range *parts, uint32_t n, const struct mark *m)
{
	struct view v = { x, parts, n };
	bool self = false, change = false;
	if (n == 0)
		return MODALITY_ASSERTED;
	if (m && m->n_cue && (m->lex & LEX_COMMIT))
		return MODALITY_COMMITMENT;
	if (not_known(&v))
		return MODALITY_NOT_KNOWN;
	if (cue_in(x, m, estimating))
		return MODALITY_ESTIMATE;
	if (cue_in(x, m, planning))
		return MODALITY_INTENT;
	if (cue_in(x, m, judging))
		return MODALITY_EVALUATION;
	if ((m && m->form == MARK_HEDGE) || cue_in(x, m, believing) || believed(&v))
		return MODALITY_HEDGED;
	if (future(&v, &self, &change))
		return self && change ? MODALITY_COMMITMENT : MODALITY_INTENT;
	if (any(&v, hedging))
		return MODALITY_HEDGED;
	if (concluded(&v) || any(&v, inferring) || cue_in(x, m, meaning))
		return MODALITY_INFERENCE;
	if (reckoned(&v))
		return MODALITY_ESTIMATE;
	return evaluates(&v) ? MODALITY_EVALUATION : MODALITY_ASSERTED;
}

enum polarity polarity_of(const struct text *x, const struct range *parts, uint32_t n, const struct mark *m)
{
	static const char *const denying[] = { "denied", "denies", "deny", "denying", "denial", "refuted", "refutes", NULL };
	static const char *const negating[] = { "not", "no", "never", "none", "neither", "nobody", NULL };
	bool negative = false;
	for (uint32_t p = 0; p < n && !negative; p++) {
		for (uint32_t i = parts[p].first; i < parts[p].end; i++) {
			const struct token *t = tok(x, i);
			if (i > parts[p].first + 3 && (t->pos == POS_REL || t->pos == POS_SUB))
				break;
			size_t len = t->lower.len;
			bool contracted = len > 3 && memcmp(t->lower.data + len - 3, "n't", 3) == 0;
			bool only = i + 1 < parts[p].end && token_is(x, i + 1, "only");
			if (contracted || (in_list(t->lower, negating) && !only)) {
				negative = true;
				break;
			}
		}
	}
	return negative != cue_in(x, m, denying) ? POLARITY_NEGATIVE : POLARITY_POSITIVE;
}
