/* Which words signal an attribution, and what may be their content. */
#include "workers/claim/attribute.h"
#include "workers/claim/lexicon.h"
#include "workers/claim/tag.h"

#define CUE_VERBS (LEX_SAY | LEX_TELL | LEX_THINK | LEX_PLAN | LEX_URGE | LEX_JUDGE | LEX_ASV | LEX_SHOW | LEX_QUOTE | LEX_AIR)

static const struct token *tok(const struct text *x, uint32_t i)
{
	return &x->tokens[i];
}

static bool group_word(const struct token *t)
{
	return t->pos == POS_AUX || t->pos == POS_MODAL || t->pos == POS_NEG || t->pos == POS_ADV ||
	       ((t->lex & (LEX_BE | LEX_HAVE)) && pos_verb(t->pos));
}

/* Takes auxiliaries, negation and the adverbs between them into the group of the verb at i. */
static void grow_group(const struct text *x, uint32_t i, uint32_t lo, struct cue *c)
{
	uint32_t at = i, k = i;
	while (k > lo && i - k < 7 && group_word(tok(x, k - 1))) {
		k--;
		if (tok(x, k)->pos != POS_ADV)
			at = k;
	}
	if (at < i && !pos_verb(tok(x, at)->pos) && tok(x, at)->pos != POS_AUX)
		at = i;
	for (k = at; k < i; k++) {
		const struct token *t = tok(x, k);
		c->negated |= (t->lex & LEX_NEG) != 0;
		c->past |= str_is(t->lower, "had") || str_is(t->lower, "was") || str_is(t->lower, "were") || str_is(t->lower, "did");
	}
	c->passive = at < i && tok(x, i)->pos == POS_PART && (tok(x, i)->lex & LEX_PART);
	if (c->passive) {
		bool be = false;
		for (k = at; k < i; k++)
			be |= (tok(x, k)->lex & LEX_BE) != 0;
		c->passive = be;
	}
	c->at = (struct range){ at, i + 1 };
}

static bool finite_group(const struct text *x, struct range at)
{
	return finite_in(x, at.first, at.end) < at.end;
}

/* "may know", "could tell": that is no statement. */
static bool able(const struct text *x, struct range group)
{
	for (uint32_t i = group.first; i + 1 < group.end; i++)
		if (tok(x, i)->pos == POS_MODAL && (tok(x, i)->lex & LEX_MODAL) && !token_is(x, i, "will") && !token_is(x, i, "would") && !token_is(x, i, "won't"))
			return true;
	return false;
}

static bool pointed_out(const struct text *x, uint32_t i, uint32_t hi)
{
	const struct str w = tok(x, i)->lower;
	return i + 1 < hi && token_is(x, i + 1, "out") && (str_is(w, "pointed") || str_is(w, "points") || str_is(w, "pointing"));
}

static bool verb_cue(const struct text *x, uint32_t i, uint32_t lo, uint32_t hi, struct cue *ret)
{
	const struct token *t = tok(x, i);
	if (!pos_verb(t->pos) || t->pos == POS_AUX || t->pos == POS_MODAL)
		return false;
	*ret = (struct cue){ .verb = i, .lex = t->lex, .past = (t->lex & LEX_PAST) && t->pos == POS_FIN };
	grow_group(x, i, lo, ret);
	if (able(x, ret->at))
		return false;
	ret->ing = t->pos == POS_ING && !finite_group(x, ret->at);
	if (ret->ing)
		ret->at.first = i;
	else if (!finite_group(x, ret->at))
		return false;
	/* The particle or preposition that makes it another verb. */
	bool call = str_is(t->lower, "called") || str_is(t->lower, "call") || str_is(t->lower, "calls") || str_is(t->lower, "calling");
	if (pointed_out(x, i, hi) || (call && i + 1 < hi && (token_is(x, i + 1, "for") || token_is(x, i + 1, "on"))))
		ret->at.end++;
	return true;
}

/* "said in a statement that": the noun is where it was said, no cue of its own. */
static bool setting_of_cue(const struct text *x, uint32_t i, uint32_t lo)
{
	uint32_t k = i;
	while (k > lo && i - k < 8 && (tok(x, k - 1)->pos == POS_DET || tok(x, k - 1)->pos == POS_ADJ || tok(x, k - 1)->pos == POS_NOUN ||
				       tok(x, k - 1)->pos == POS_NAME || tok(x, k - 1)->pos == POS_GEN || tok(x, k - 1)->pos == POS_NUM))
		k--;
	if (k == lo || !(token_is(x, k - 1, "in") || token_is(x, k - 1, "through") || token_is(x, k - 1, "via") || token_is(x, k - 1, "during")))
		return false;
	for (uint32_t n = 0; k > lo && n < 16; k--, n++) {
		const struct token *t = tok(x, k - 1);
		if (t->kind == TOKEN_PUNCT)
			return false;
		if (pos_verb(t->pos))
			return (t->lex & (LEX_SAY | LEX_TELL)) != 0;
	}
	return false;
}

static bool noun_cue(const struct text *x, uint32_t i, uint32_t lo, uint32_t hi)
{
	const struct token *t = tok(x, i);
	if (!(t->lex & LEX_NCUE) || (t->pos != POS_NOUN && t->pos != POS_ADJ) || i + 1 >= hi)
		return false;
	uint8_t next = tok(x, i + 1)->pos;
	if (next == POS_THAT)
		return i + 2 < hi && clause_at(x, i + 2, hi) && !setting_of_cue(x, i, lo);
	/* "inspection reports of all ferries" are papers. */
	if ((t->lex & LEX_NOF) && token_is(x, i + 1, "of"))
		return i == lo || tok(x, i - 1)->pos != POS_NOUN || (tok(x, i - 1)->lex & (LEX_MEDIA | LEX_GOV | LEX_MIL | LEX_ORG | LEX_ROLE));
	return next == POS_TO && (t->lex & LEX_NPLAN) && i + 2 < hi && tok(x, i + 2)->pos == POS_BASE;
}

/* "Moscow's declared withdrawal" */
static bool adjective_cue(const struct text *x, uint32_t i, uint32_t lo, uint32_t hi)
{
	const struct token *t = tok(x, i);
	return (t->lex & (LEX_SAY | LEX_PLAN)) && (t->lex & LEX_PART) && (t->pos == POS_ADJ || t->pos == POS_PART) && i > lo && i + 1 < hi &&
	       tok(x, i - 1)->pos == POS_GEN && (tok(x, i + 1)->pos == POS_NOUN || tok(x, i + 1)->pos == POS_NUM || tok(x, i + 1)->pos == POS_ADJ);
}

/* "is aware that", "were willing to" */
static bool state_cue(const struct text *x, uint32_t i, uint32_t lo, uint32_t hi, struct cue *ret)
{
	const struct token *t = tok(x, i);
	if (!(t->lex & LEX_ADJCUE) || i == lo || i + 1 >= hi)
		return false;
	grow_group(x, i, lo, ret);
	bool be = false;
	for (uint32_t k = ret->at.first; k < i; k++)
		be |= (tok(x, k)->lex & LEX_BE) != 0;
	ret->lex = LEX_THINK | LEX_PLAN | LEX_ADJCUE;
	ret->passive = false;
	return be && finite_group(x, ret->at);
}

bool cue_at(const struct text *x, uint32_t i, uint32_t lo, uint32_t hi, struct cue *ret)
{
	const struct token *t = tok(x, i);
	if (t->kind != TOKEN_WORD)
		return false;
	*ret = (struct cue){ .verb = i, .lex = t->lex, .at = { i, i + 1 } };
	if (str_is(t->lower, "according") && i + 1 < hi && token_is(x, i + 1, "to")) {
		ret->at.end = i + 2;
		ret->lex = LEX_SAY;
		ret->according = true;
		return true;
	}
	if (str_is(t->lower, "reportedly") || str_is(t->lower, "allegedly")) {
		ret->adverb = true;
		ret->lex = LEX_HEDGEV;
		return true;
	}
	if (state_cue(x, i, lo, hi, ret))
		return true;
	*ret = (struct cue){ .verb = i, .lex = t->lex, .at = { i, i + 1 } };
	if (adjective_cue(x, i, lo, hi)) {
		ret->noun = true;
		return true;
	}
	if ((t->lex & CUE_VERBS) || pointed_out(x, i, hi)) {
		if (verb_cue(x, i, lo, hi, ret)) {
			if (!(ret->lex & CUE_VERBS))
				ret->lex |= LEX_SAY;
			return true;
		}
	}
	if (noun_cue(x, i, lo, hi)) {
		*ret = (struct cue){ .verb = i, .lex = t->lex, .at = { i, i + 1 }, .noun = true };
		return true;
	}
	return false;
}

/* ---- what stands behind a cue ---- */

static bool at_that(const struct text *x, uint32_t i, uint32_t hi)
{
	return i < hi && tok(x, i)->pos == POS_THAT && i + 1 < hi;
}

/* Steps over ":" and over "," before a quotation. */
static uint32_t to_quote(const struct text *x, uint32_t i, uint32_t hi)
{
	if (i < hi && token_is(x, i, ":"))
		return i + 1;
	if (i + 1 < hi && token_is(x, i, ",") && tok(x, i + 1)->kind == TOKEN_QUOTE_OPEN)
		return i + 1;
	return i;
}

static bool infinitive(const struct text *x, uint32_t i, uint32_t hi)
{
	if (i + 1 >= hi)
		return false;
	if (tok(x, i)->pos == POS_NEG)
		i++;
	if (i + 1 >= hi || tok(x, i)->pos != POS_TO)
		return false;
	const struct token *verb = tok(x, i + 1);
	return verb->pos == POS_BASE || verb->pos == POS_ADV || verb->kind == TOKEN_QUOTE_OPEN ||
	       (verb->pos == POS_NOUN && (!verb->lex || (verb->lex & LEX_BASE) || (verb->lex & LEX_MONTH)));
}

static bool ends_here(const struct text *x, uint32_t i, uint32_t hi)
{
	return i >= hi || tok(x, i)->kind == TOKEN_PUNCT || tok(x, i)->kind == TOKEN_QUOTE_CLOSE;
}

/* "said during a rally in Ohio that …": behind the phrases when a content surely follows them, else where it was. */
static uint32_t over_tails(const struct text *x, uint32_t i, uint32_t hi)
{
	uint32_t next = to_quote(x, skip_tails(x, i, hi), hi);
	return next > i && (at_that(x, next, hi) || (next < hi && tok(x, next)->kind == TOKEN_QUOTE_OPEN)) ? next : i;
}

/* "told reporters that …", "urged Russia to …" */
static struct range addressed(const struct text *x, const struct cue *c, uint32_t from, uint32_t hi)
{
	struct range none = { from, from };
	struct range np = phrase_behind(x, from, hi);
	uint32_t i = range_empty(np) && from < hi && (tok(x, from)->lex & LEX_OBJPRON) ? from + 1 : np.end;
	i = skip_adjuncts(x, i, hi);
	i = to_quote(x, i, hi);
	if (i == from && !(c->lex & LEX_SAY))
		return none;
	i = over_tails(x, i, hi);
	if (at_that(x, i, hi) || (i < hi && tok(x, i)->kind == TOKEN_QUOTE_OPEN) || infinitive(x, i, hi))
		return (struct range){ i, hi };
	if ((c->lex & LEX_TELL) && i < hi && (clause_at(x, i, hi) || tok(x, i)->pos == POS_REL || token_is(x, i, "of") || token_is(x, i, "about")))
		return (struct range){ i, hi };
	/* "told officials said": the phrase was the clause's subject */
	return (c->lex & LEX_TELL) && clause_at(x, from, hi) && i < hi && pos_finite(tok(x, i)->pos) ? (struct range){ from, hi } : none;
}

static bool has_as(const struct text *x, uint32_t i, uint32_t hi)
{
	for (uint32_t k = i; k < hi && k - i < 30 && !token_is(x, k, ";"); k++)
		if (token_is(x, k, "as"))
			return true;
	return false;
}

static bool naming(const struct text *x, uint32_t verb)
{
	static const char *const verbs[] = { "called", "calls", "calling", "call", "dubbed", "labelled", "labeled", "branded", "termed", "considers", "considered" };
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (token_is(x, verb, verbs[i]))
			return true;
	return false;
}

static bool bare_object(const struct text *x, uint32_t i, uint32_t hi)
{
	uint8_t pos = tok(x, i)->pos;
	return i < hi && (pos == POS_DET || pos == POS_GEN || pos == POS_NAME || pos == POS_NOUN || pos == POS_ADJ || pos == POS_NUM || pos == POS_PRON || pos == POS_ING ||
			  (tok(x, i)->lex & LEX_OBJPRON) || tok(x, i)->kind == TOKEN_QUOTE_OPEN || pos == POS_REL);
}

/* A bare object ends where the circumstances of the saying begin: a date, "at a press conference", "after …". */
static uint32_t object_end(const struct text *x, uint32_t first, uint32_t hi)
{
	bool plain = true; /* no other verb or mark so far to which a date could belong */
	for (uint32_t i = first + 1; i < hi; i++) {
		const struct token *t = tok(x, i);
		if (t->flags & TOKEN_QUOTED)
			continue;
		bool comma = t->kind == TOKEN_PUNCT && str_is(t->lower, ",");
		if (t->pos == POS_PREP && skip_adjuncts(x, i, hi) == i && skip_adjuncts(x, i + 1, hi) > i + 1) {
			i = skip_adjuncts(x, i + 1, hi) - 1; /* "a report within two weeks" */
			continue;
		}
		if (t->pos == POS_SUB || (comma && clause_at(x, i + 1, hi)) || (plain && skip_adjuncts(x, i, hi) > i))
			return i;
		plain = plain && !comma && !pos_verb(t->pos) && t->pos != POS_REL && t->pos != POS_THAT;
	}
	return hi;
}

struct range content_behind(const struct text *x, const struct cue *c, uint32_t from, uint32_t hi)
{
	struct range none = { from, from };
	uint32_t i = to_quote(x, skip_adjuncts(x, from, hi), hi);
	if (i >= hi)
		return none;
	if (c->lex & (LEX_SAY | LEX_THINK))
		i = over_tails(x, i, hi);
	struct range all = { i, hi };
	if (at_that(x, i, hi) && (c->lex & (LEX_SAY | LEX_THINK | LEX_SHOW | LEX_TELL | LEX_JUDGE)))
		return all;
	if (tok(x, i)->kind == TOKEN_QUOTE_OPEN)
		return all;
	if (ends_here(x, i, hi))
		return none;
	if ((c->lex & (LEX_PLAN | LEX_COMMIT)) && infinitive(x, i, hi))
		return all;
	if (c->lex & (LEX_TELL | LEX_URGE)) {
		struct range r = addressed(x, c, i, hi);
		if (!range_empty(r))
			return r;
	}
	if ((c->lex & LEX_URGE) && c->at.end > c->verb + 1)
		return all; /* called for, called on */
	if ((c->lex & LEX_ASV) && bare_object(x, i, hi) && (naming(x, c->verb) || has_as(x, i, hi)))
		return all;
	if ((c->lex & (LEX_SAY | LEX_THINK)) && clause_at(x, i, hi))
		return all;
	uint8_t begins = tok(x, i)->pos;
	if ((c->lex & LEX_SHOW) && (begins == POS_DET || begins == POS_PRON || begins == POS_NAME) && clause_at(x, i, hi))
		return all;
	if ((c->lex & (LEX_SAY | LEX_THINK)) && tok(x, i)->pos == POS_REL && hi - i > 2)
		return all;
	if ((c->lex & LEX_JUDGE) && bare_object(x, i, hi))
		return (struct range){ i, object_end(x, i, hi) };
	bool topic = (c->lex & (LEX_JUDGE | LEX_ADJCUE)) && (token_is(x, i, "of") || token_is(x, i, "about") || token_is(x, i, "against"));
	return topic ? all : none;
}
