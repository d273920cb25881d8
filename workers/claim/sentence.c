#include "workers/claim/sentence.h"

#include "workers/claim/lexicon.h"

static bool is(const struct token *t, const char *z)
{
	return str_is(t->lower, z);
}

static bool dots(const struct token *t)
{
	return t->kind == TOKEN_PUNCT && (is(t, "\xE2\x80\xA6") || (t->lower.len >= 2 && t->lower.data[0] == '.'));
}

static bool terminal(const struct token *t)
{
	return t->kind == TOKEN_PUNCT && (is(t, ".") || is(t, "!") || is(t, "?") || dots(t));
}

/* "U.S. The talks": an abbreviation that may end a sentence, and a word that often begins one. Titles and
 * initials never end one. */
static bool abbreviation_ends(const struct token *t, const struct token *next)
{
	if (!(t->flags & TOKEN_ABBREV) || (t->lex & LEX_ROLE) || t->lower.len <= 2 || !(next->flags & TOKEN_SPACE))
		return false;
	uint64_t starters = LEX_DET | LEX_PRON | LEX_PREP | LEX_COORD | LEX_SUBORD | LEX_ADV | LEX_POSSPRON;
	return (next->flags & TOKEN_CAPITAL) && !(next->flags & TOKEN_ALLCAPS) && (next->lex & starters);
}

/* “Why?” Smith asked: a verb of saying soon behind a question or a cry keeps both together; behind a full stop only when
 * the sentence ends with it. */
static bool speaker_follows(const struct token *t, uint32_t i, uint32_t end, bool cry)
{
	for (uint32_t k = i; k < end && k < i + 9; k++) {
		if (t[k].kind == TOKEN_PUNCT && !is(&t[k], ","))
			return false;
		if ((t[k].lex & LEX_SAY) && (t[k].lex & (LEX_PAST | LEX_THIRD)))
			return cry || k + 1 == end || (t[k + 1].kind == TOKEN_PUNCT && is(&t[k + 1], "."));
		if (t[k].lex & (LEX_FINITE | LEX_PAST))
			return false;
	}
	return false;
}

/* Can the token at i begin a sentence? Lower case cannot. */
static bool starts(const struct token *t)
{
	if (!(t->flags & TOKEN_SPACE))
		return false;
	if (t->kind != TOKEN_WORD)
		return t->kind == TOKEN_NUMBER || t->kind == TOKEN_QUOTE_OPEN || is(t, "(") || is(t, "[") || is(t, "$") || t->lower.len > 1;
	unsigned char c = (unsigned char)t->lower.data[0];
	return (t->flags & TOKEN_CAPITAL) || c >= 0x80 || c < 'a' || c > 'z';
}

uint32_t sentence_end(const struct token *t, uint32_t first, uint32_t end, const struct quotation *q, uint32_t n_q, uint32_t *q_at)
{
	uint32_t bound = end - first > LONGEST_SENTENCE ? first + LONGEST_SENTENCE : end;
	while (bound > first + 1 && t[bound - 1].span.end - t[first].span.start > LONGEST_SENTENCE_BYTES)
		bound--;
	for (uint32_t i = first; i < bound; i++) {
		while (*q_at < n_q && q[*q_at].close < i)
			(*q_at)++;
		if (*q_at < n_q && q[*q_at].open == i && q[*q_at].close - i <= LONGEST_QUOTED && q[*q_at].close < bound)
			i = q[*q_at].close > i + 1 ? q[*q_at].close - 1 : i; /* its last token decides */
		uint32_t next = i + 1;
		if (next >= bound)
			return bound;
		if (next < end && abbreviation_ends(&t[i], &t[next]))
			return next;
		if (!terminal(&t[i]))
			continue;
		while (next < end && (t[next].kind == TOKEN_QUOTE_CLOSE || ((is(&t[next], ")") || is(&t[next], "]")) && !(t[next].flags & TOKEN_SPACE))))
			next++;
		if (next >= bound)
			return bound;
		bool quoted = next > i + 1 && t[i + 1].kind == TOKEN_QUOTE_CLOSE;
		if (starts(&t[next]) && !(quoted && speaker_follows(t, next, end, !is(&t[i], "."))))
			return next;
	}
	return bound;
}
