/* text: tokens, sentences and quotations of an article.
 *
 * Only blocks that can give claims are cut up (TITLE, PARAGRAPH, CAPTION); the others have no tokens. No
 * sentence and no quotation span crosses a block. Everything lives in the arena; cost and memory are linear
 * in the length. No locale is asked.
 *
 * Tokens: possessive "'s" and the short verbs "'re", "'ve", "'ll", "'d", "'m" are tokens of their own (WORD,
 * lower "'s"); "isn't", abbreviations ("U.S.", "Gen.", "a.m.") and words with hyphens ("US-led", "three-week")
 * are one. A token that begins with a digit is a NUMBER, with all that is joined to it: "2,000", "2.5", "10:30", "1/2", "20th", "1980s", "2014-15",
 * "2,000-year-old", "100km". Signs ("%", "$", "£", "–") are PUNCT, one each; "..." is one. */
#ifndef COPYTASTER_WORKERS_CLAIM_TEXT_H
#define COPYTASTER_WORKERS_CLAIM_TEXT_H

#include "base/arena.h"
#include "base/err.h"
#include "proto/record.h"
#include "workers/decode/decode.h"

enum token_kind { TOKEN_WORD = 1, TOKEN_NUMBER, TOKEN_PUNCT, TOKEN_QUOTE_OPEN, TOKEN_QUOTE_CLOSE };

enum token_flag {
	TOKEN_CAPITAL = 1 << 0,  /* first letter upper case */
	TOKEN_ALLCAPS = 1 << 1,  /* two letters or more, all upper case */
	TOKEN_SPACE = 1 << 2,    /* white space before it */
	TOKEN_FIRST = 1 << 3,    /* first word of its sentence: a capital says nothing */
	TOKEN_ABBREV = 1 << 4,   /* ends with a full stop that is its own */
	TOKEN_QUOTED = 1 << 5    /* inside a quotation (its marks included) */
};

struct token {
	struct span span;
	/* ASCII lower case, curly apostrophes as "'", other letters unchanged. Compare with str_is. */
	struct str lower;
	uint8_t kind;      /* enum token_kind */
	uint8_t flags;     /* enum token_flag */
	uint8_t pos;       /* enum pos (tag.h) */
	uint8_t level;     /* of quotation: 0 outside */
	uint32_t sentence; /* index */
	uint64_t lex;      /* word classes (lexicon.h) */
};

struct sentence {
	struct span span;  /* from its first token to its last */
	uint32_t first, n; /* tokens[first … first + n - 1]; n ≥ 1 */
	uint32_t block;    /* index into article->blocks */
};

/* One pair of double quotation marks (or single ones outside them). */
struct quotation {
	uint32_t open, close; /* token indexes; unclosed: close is the last token of its block */
	struct span span;     /* marks included */
	bool closed;          /* false: runs on in the next paragraph, or the closing mark is missing */
};

struct text {
	struct str bytes; /* article->text */
	const struct article *article;
	struct token *tokens;
	uint32_t n_tokens;
	struct sentence *sentences;
	uint32_t n_sentences;
	struct quotation *quotations; /* outermost ones, in order */
	uint32_t n_quotations;
};

/* Tokens, quotations, sentences, word classes and parts of speech. 0 or -ENOMEM (arena). */
int text_analyse(const struct article *a, struct arena *arena, struct text *ret) MUST_CHECK;

static inline struct str text_bytes(const struct text *t, struct span s)
{
	return str_cut(t->bytes, s.start, s.end);
}

/* The first token that ends behind `at`, or n_tokens. */
uint32_t text_token_at(const struct text *t, uint32_t at);
/* The sentence that holds byte `at`, or n_sentences. */
uint32_t text_sentence_at(const struct text *t, uint32_t at);

#endif
