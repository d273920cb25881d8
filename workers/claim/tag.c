#include "workers/claim/tag.h"

#include "workers/claim/lexicon.h"

struct view {
	struct token *t; /* of the sentence */
	uint32_t n;
	bool titled;
};

static bool is(const struct token *t, const char *z)
{
	return str_is(t->lower, z);
}

/* The word before i, adverbs and quotation marks left out; NULL at the start. */
static const struct token *word_before(const struct view *v, uint32_t i)
{
	for (uint32_t back = 0; i > 0 && back < 6; back++) {
		i--;
		uint8_t kind = v->t[i].kind;
		if (kind == TOKEN_QUOTE_OPEN || kind == TOKEN_QUOTE_CLOSE)
			continue;
		if (v->t[i].pos != POS_ADV && v->t[i].pos != POS_NEG)
			return &v->t[i];
	}
	return NULL;
}

static uint8_t before(const struct view *v, uint32_t i)
{
	const struct token *t = word_before(v, i);
	return t ? t->pos : POS_OTHER;
}

static const struct token *next_word(const struct view *v, uint32_t i)
{
	while (++i < v->n)
		if (v->t[i].kind != TOKEN_QUOTE_OPEN && !(v->t[i].lex & LEX_ADV && !(v->t[i].lex & LEX_PREP)))
			return &v->t[i];
	return NULL;
}

/* Is the word a noun phrase's beginning (or a clause's)? What stands behind a transitive verb. */
static bool begins_phrase(const struct token *t)
{
	if (!t)
		return false;
	if (t->kind == TOKEN_QUOTE_OPEN || t->kind == TOKEN_NUMBER)
		return true;
	return t->kind == TOKEN_WORD &&
	       ((t->lex & (LEX_DET | LEX_PRON | LEX_POSSPRON | LEX_THAT | LEX_TO | LEX_OBJPRON | LEX_NUMWORD)) || (t->flags & TOKEN_CAPITAL));
}

static bool ends_with(const struct token *t, const char *suffix)
{
	size_t n = strlen(suffix);
	return t->lower.len > n && memcmp(t->lower.data + t->lower.len - n, suffix, n) == 0;
}

/* A plural as far as its ending shows. */
static bool plural(const struct token *t)
{
	return (ends_with(t, "s") && !ends_with(t, "ss") && !ends_with(t, "us")) || is(t, "people") || is(t, "police") || is(t, "media");
}

/* after, before, since, until, as: with a finite verb before the next mark they begin a clause. */
static bool clause_ahead(const struct view *v, uint32_t i)
{
	uint32_t words = 0;
	for (uint32_t k = i + 1; k < v->n && k < i + 16; k++) {
		const struct token *t = &v->t[k];
		if (t->kind == TOKEN_PUNCT && !is(t, "-"))
			return false;
		if (t->lex & (LEX_REL | LEX_THAT))
			return false;
		if ((t->lex & LEX_COORD) && k + 1 < v->n && (v->t[k + 1].lex & LEX_PERSONAL))
			return false;
		if (words > 0 && ((t->lex & LEX_FINITE) || ((t->lex & LEX_PAST) && !(v->t[k - 1].lex & (LEX_DET | LEX_PREP)))))
			return !(k + 1 < v->n && is(&v->t[k + 1], "by"));
		if (t->lex & LEX_ING && words == 0)
			return false;
		words++;
	}
	return false;
}

/* A past form that may be a participle behind a noun ("a city captured in May has fallen"): another finite verb follows in the
 * same clause, so this one is not its verb. */
static bool verb_follows(const struct view *v, uint32_t i)
{
	for (uint32_t k = i + 1; k < v->n && k < i + 14; k++) {
		const struct token *t = &v->t[k];
		if ((t->kind == TOKEN_PUNCT || t->kind == TOKEN_QUOTE_OPEN) || (t->lex & (LEX_REL | LEX_THAT | LEX_SUBORD | LEX_PERSONAL | LEX_COORD)))
			return false;
		if (t->lex & LEX_FINITE)
			return true;
		if ((t->lex & LEX_PAST) && !(t->lex & LEX_PART) && !(v->t[k - 1].lex & LEX_DET))
			return true;
	}
	return false;
}

static bool is_name(const struct view *v, uint32_t i)
{
	const struct token *t = &v->t[i];
	if (!(t->flags & TOKEN_CAPITAL) || t->kind != TOKEN_WORD)
		return false;
	if (v->titled)
		return !(t->lex & (LEX_VERB | LEX_DET | LEX_PREP | LEX_PRON | LEX_COORD | LEX_ADV | LEX_TO | LEX_POSSPRON | LEX_FINITE));
	uint64_t closed = LEX_DET | LEX_PRON | LEX_POSSPRON | LEX_PREP | LEX_COORD | LEX_SUBORD | LEX_REL | LEX_FINITE | LEX_ADV | LEX_TO | LEX_THAT;
	if (!(t->flags & TOKEN_FIRST))
		return (t->flags & TOKEN_ALLCAPS) || !(t->lex & (closed & ~(LEX_ADV | LEX_FINITE))) || (t->lex & (LEX_MONTH | LEX_MEDIA | LEX_ORG | LEX_COUNTRY));
	if (t->lex & (closed | LEX_GUESS | LEX_NUMWORD | LEX_ADJ))
		return (t->flags & TOKEN_ALLCAPS) && !(t->lex & LEX_DET);
	bool common = t->lex != 0 || plural(t);
	return !common || (t->lex & (LEX_COUNTRY | LEX_MEDIA)) || (i + 1 < v->n && (v->t[i + 1].flags & TOKEN_CAPITAL));
}

static uint8_t past_form(const struct view *v, uint32_t i)
{
	const struct token *t = &v->t[i], *next = i + 1 < v->n ? &v->t[i + 1] : NULL;
	uint8_t p = before(v, i), direct = i > 0 ? v->t[i - 1].pos : POS_OTHER;
	bool part = t->lex & LEX_PART, past = t->lex & LEX_PAST;
	const struct token *w = word_before(v, i);
	if (part && (p == POS_AUX || ((p == POS_BASE || p == POS_ING) && (w->lex & (LEX_BE | LEX_HAVE)))))
		return POS_PART;
	if (p == POS_PART && part && i > 0 && is(&v->t[i - 1], "been"))
		return POS_PART;
	bool object = begins_phrase(next) || (next && is(next, "$"));
	if (direct == POS_NUM && past && object)
		return POS_FIN; /* "the two raised $3 million" */
	if (direct == POS_DET || direct == POS_GEN || direct == POS_ADJ || direct == POS_NUM || direct == POS_PREP)
		return part ? POS_ADJ : POS_NOUN;
	if (p == POS_MODAL || p == POS_TO)
		return t->lex & LEX_BASE ? POS_BASE : POS_PART;
	if (part && (direct == POS_ING || direct == POS_PART) && !past)
		return POS_ADJ;
	if (part && next && is(next, "by") && p != POS_PRON)
		return POS_PART;
	bool particle = next && (is(next, "up") || is(next, "out") || is(next, "off") || is(next, "down") || is(next, "on"));
	if (!past || (part && particle && i + 2 < v->n && is(&v->t[i + 2], "by")))
		return POS_PART;
	if (i == 0 && part)
		return POS_PART;
	if (part && direct == POS_OTHER && i > 0 && is(&v->t[i - 1], ",") && next && (next->lex & LEX_TO))
		return POS_PART;
	bool behind_comma = direct == POS_OTHER && i > 0 && is(&v->t[i - 1], ",");
	if (part && behind_comma && next && (next->lex & LEX_PREP) && !(t->lex & (LEX_SAY | LEX_THINK)))
		return POS_PART; /* ", aimed at", ", based in" */
	if (part && p == POS_ING && !begins_phrase(next))
		return POS_ADJ;
	bool cue = t->lex & (LEX_SAY | LEX_THINK);
	if (part && !cue && (p == POS_NOUN || p == POS_NAME) && next && (next->lex & LEX_PREP) && verb_follows(v, i))
		return POS_PART;
	return POS_FIN;
}

/* No finite verb before it in the sentence and none that is sure behind it. */
static bool only_verb(const struct view *v, uint32_t i)
{
	for (uint32_t k = 0; k < v->n; k++)
		if (k < i ? pos_finite(v->t[k].pos) : k > i && ((v->t[k].lex & LEX_FINITE) || ((v->t[k].lex & LEX_PAST) && !(v->t[k].lex & LEX_PART))))
			return false;
	return true;
}

/* Third person or base: verb or noun? */
static uint8_t present_form(const struct view *v, uint32_t i)
{
	const struct token *t = &v->t[i], *next = next_word(v, i);
	uint8_t p = before(v, i), direct = i > 0 ? v->t[i - 1].pos : POS_OTHER;
	bool third = t->lex & LEX_THIRD, base = t->lex & LEX_BASE, verb_only = is(t, "says") || is(t, "say") || is(t, "tells") || is(t, "believes") || is(t, "goes") || is(t, "becomes") || is(t, "seems");
	if (base && (p == POS_TO || p == POS_MODAL))
		return POS_BASE;
	if (base && p == POS_AUX && i > 0 && !(v->t[i - 1].lex & (LEX_BE | LEX_HAVE)))
		return direct == POS_AUX || direct == POS_NEG || direct == POS_ADV ? POS_BASE : POS_NOUN;
	if (p == POS_TO && third)
		return POS_NOUN;
	if (verb_only && p != POS_DET)
		return POS_FIN;
	if (direct == POS_DET || direct == POS_ADJ || direct == POS_GEN || direct == POS_NUM || direct == POS_PREP || p == POS_AUX || p == POS_ING)
		return POS_NOUN;
	if (p == POS_PRON || p == POS_REL) {
		const struct token *w = word_before(v, i);
		bool adverbial = is(w, "where") || is(w, "when") || is(w, "how") || is(w, "why"); /* "where forces have …" */
		return adverbial ? POS_NOUN : POS_FIN;
	}
	if (p != POS_NOUN && p != POS_NAME)
		return third && p == POS_COORD && begins_phrase(next) ? POS_FIN : POS_NOUN;
	const struct token *subject = &v->t[i - 1];
	for (uint32_t k = i; k > 0 && k + 4 > i && (subject->pos == POS_ADV || subject->pos == POS_NEG); k--)
		subject = &v->t[k - 1];
	bool agrees = third ? !plural(subject) || p == POS_NAME : plural(subject);
	if (!agrees)
		return POS_NOUN;
	if (begins_phrase(next) || (direct == POS_ADV && (t->lex & (LEX_SAY | LEX_THINK | LEX_PLAN))))
		return POS_FIN;
	bool marked = next && (next->kind == TOKEN_QUOTE_OPEN || is(next, ":"));
	if (base && next && next->kind == TOKEN_WORD && !(next->lex & (LEX_VERB | LEX_PREP | LEX_COORD)) && only_verb(v, i))
		return POS_FIN; /* "Rescue teams carry stretchers" */
	return marked || (v->titled && third) ? POS_FIN : POS_NOUN;
}

static uint8_t ing_form(const struct view *v, uint32_t i)
{
	uint8_t p = before(v, i), direct = i > 0 ? v->t[i - 1].pos : POS_OTHER;
	if (p == POS_AUX || (p == POS_PART && is(&v->t[i - 1], "been")))
		return POS_ING;
	return direct == POS_DET || direct == POS_ADJ || direct == POS_GEN ? POS_NOUN : POS_ING;
}

static uint8_t auxiliary(const struct view *v, uint32_t i)
{
	const struct token *t = &v->t[i];
	if (t->lex & LEX_FINITE) {
		uint8_t p = before(v, i);
		if ((t->lex & (LEX_HAVE | LEX_DO)) && (p == POS_TO || p == POS_MODAL))
			return POS_BASE;
		return t->lex & LEX_MODAL ? POS_MODAL : POS_AUX;
	}
	if (is(t, "be"))
		return POS_BASE;
	return is(t, "been") || is(t, "done") ? POS_PART : POS_ING;
}

/* 's behind a pronoun or before a participle is "is" or "has". */
static uint8_t clitic(const struct view *v, uint32_t i)
{
	if (!is(&v->t[i], "'s") || i == 0)
		return is(&v->t[i], "'ll") || is(&v->t[i], "'d") ? POS_MODAL : POS_AUX;
	const struct token *prev = &v->t[i - 1];
	return (prev->pos == POS_PRON && !is(prev, "one")) || prev->pos == POS_REL || prev->pos == POS_THAT || is(prev, "let") ? POS_AUX : POS_GEN;
}

static uint8_t closed_class(const struct view *v, uint32_t i)
{
	const struct token *t = &v->t[i];
	uint64_t c = t->lex;
	if (c & LEX_THAT)
		return i > 0 && v->t[i - 1].pos == POS_PREP ? POS_DET : POS_THAT;
	if ((c & LEX_SUBORD) && (c & (LEX_PREP | LEX_ADV)))
		return clause_ahead(v, i) ? POS_SUB : c & LEX_PREP ? POS_PREP : POS_ADV;
	if (c & LEX_REL)
		return POS_REL;
	if (c & LEX_SUBORD)
		return POS_SUB;
	if (c & LEX_COORD)
		return POS_COORD;
	if (c & LEX_TO)
		return POS_TO;
	if (c & (LEX_BE | LEX_HAVE | LEX_DO | LEX_MODAL))
		return auxiliary(v, i);
	if ((c & LEX_NEG) && (is(t, "not") || is(t, "never")))
		return POS_NEG;
	if (c & LEX_POSSPRON)
		return POS_GEN;
	if ((c & LEX_PRON) && !(c & LEX_NUMWORD))
		return POS_PRON;
	if (c & LEX_DET)
		return POS_DET;
	if (c & LEX_PREP)
		return POS_PREP;
	return POS_OTHER;
}

static bool manner(const struct token *t)
{
	return ends_with(t, "ly") && t->lower.len > 4 && !is(t, "family") && !is(t, "supply") && !is(t, "assembly") && !is(t, "monopoly");
}

static uint8_t open_class(const struct view *v, uint32_t i)
{
	struct token *t = &v->t[i];
	if (t->lex & LEX_NUMWORD)
		return POS_NUM;
	if ((t->lex & LEX_TIME) && !(t->lex & LEX_ADV))
		return POS_NOUN;
	if (!t->lex && before(v, i) == POS_TO && !(t->flags & TOKEN_CAPITAL) && !plural(t) && begins_phrase(next_word(v, i)))
		return POS_BASE;
	if (!t->lex && t->lower.len > 4 && !(t->flags & TOKEN_CAPITAL)) {
		if (ends_with(t, "ed"))
			t->lex = LEX_VERB | LEX_PAST | LEX_PART | LEX_GUESS;
		else if (ends_with(t, "ing") && t->lower.len > 5)
			t->lex = LEX_VERB | LEX_ING | LEX_GUESS;
	}
	if (t->lex & LEX_VERB) {
		uint8_t p = before(v, i);
		if ((t->lex & LEX_BASE) && (p == POS_TO || p == POS_MODAL))
			return POS_BASE;
		if (t->lex & (LEX_PAST | LEX_PART))
			return past_form(v, i);
		if (t->lex & LEX_ING)
			return ing_form(v, i);
		return present_form(v, i);
	}
	if (t->lex & LEX_ADV)
		return POS_ADV;
	bool noun = i > 0 && v->t[i - 1].pos == POS_DET && (t->lex & (LEX_MEDIA | LEX_ORG));
	if (manner(t) && !noun)
		return POS_ADV;
	return t->lex & LEX_ADJ ? POS_ADJ : POS_NOUN;
}

static uint8_t one(const struct view *v, uint32_t i)
{
	const struct token *t = &v->t[i];
	if (t->kind == TOKEN_NUMBER)
		return POS_NUM;
	if (t->kind != TOKEN_WORD)
		return is(t, "$") ? POS_NUM : POS_OTHER;
	if (t->lower.data[0] == '\'')
		return clitic(v, i);
	if (is_name(v, i))
		return POS_NAME;
	uint8_t pos = closed_class(v, i);
	return pos != POS_OTHER ? pos : open_class(v, i);
}

void tag_sentence(struct token *tokens, uint32_t first, uint32_t n, bool titled)
{
	struct view v = { tokens + first, n, titled };
	for (uint32_t i = 0; i < n; i++)
		v.t[i].pos = one(&v, i);
}
