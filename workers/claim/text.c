#include "workers/claim/text.h"

#include <errno.h>

#include "workers/claim/lexicon.h"
#include "workers/claim/quote.h"
#include "workers/claim/sentence.h"
#include "workers/claim/tag.h"
#include "workers/claim/token.h"

/* About 1.6 MB of text. What lies behind these gives no claims: bounds the memory that one article can ask for. */
#define MOST_TOKENS 300000u

static bool speaks(const struct block *b)
{
	return b->kind == BLOCK_TITLE || b->kind == BLOCK_PARAGRAPH || b->kind == BLOCK_CAPTION;
}

struct block_range {
	uint32_t block, first, end; /* tokens */
};

/* "UPDATE 1-Ferry sinks", "CORRECTED-…", "RPT-WRAPUP 2-…": the agency's label of the take is no part of the headline. Where that begins. */
static uint32_t behind_slugs(struct str text, struct span s)
{
	static const char *const slugs[] = { "UPDATE", "WRAPUP", "CORRECTED", "CORRECTION", "OFFICIAL CORRECTION", "REFILE", "RPT", "REPEAT", "RECASTS", "WRITETHRU",
					     "EXCLUSIVE", "ANALYSIS", "FACTBOX", "TIMELINE", "INSIGHT", "BRIEF", "NEWSMAKER", "PREVIEW", "FEATURE", "ADVISORY", "URGENT" };
	uint32_t at = s.start;
	for (size_t i = 0, left = 4; i < sizeof(slugs) / sizeof(slugs[0]) && left; i++) {
		size_t len = strlen(slugs[i]), k = at + len;
		if (s.end - at <= len || memcmp(text.data + at, slugs[i], len) != 0)
			continue;
		if (text.data[k] == ' ')
			for (k++; k < s.end && text.data[k] >= '0' && text.data[k] <= '9'; k++)
				;
		if (k + 1 >= s.end || text.data[k] != '-' || text.data[k - 1] == ' ' || text.data[k + 1] == ' ')
			continue;
		at = (uint32_t)k + 1;
		left--;
		i = SIZE_MAX; /* "RPT-UPDATE 2-": from the first slug again */
	}
	return at;
}

static int tokenise(const struct article *a, struct arena *arena, struct token_list *l, struct block_range *ranges, uint32_t *n)
{
	*n = 0;
	l->n = 0;
	for (uint32_t b = 0; b < a->n_blocks; b++) {
		const struct span *s = &a->blocks[b].span;
		if (!speaks(&a->blocks[b]) || s->start >= s->end || s->end > a->text.len)
			continue;
		uint32_t first = l->n;
		struct span words = *s;
		if (a->blocks[b].kind == BLOCK_TITLE)
			words.start = behind_slugs(a->text, words);
		if (token_block(a->text, words, arena, l) != 0)
			return -ENOMEM;
		if (l->v && l->n > l->cap)
			l->n = l->cap;
		if (ranges && l->n > first)
			ranges[(*n)++] = (struct block_range){ b, first, l->n };
	}
	return 0;
}

/* A headline in title case or in capitals: capitals in it say nothing. */
static bool titled(const struct token *t, uint32_t first, uint32_t end)
{
	uint32_t words = 0, capitals = 0;
	for (uint32_t i = first; i < end; i++) {
		if (t[i].kind != TOKEN_WORD || t[i].lower.len < 4)
			continue;
		words++;
		capitals += (t[i].flags & TOKEN_CAPITAL) != 0;
	}
	return words > 2 && capitals * 5 >= words * 4;
}

static void mark_first(struct token *t, uint32_t first, uint32_t end)
{
	bool starting = true;
	for (uint32_t i = first; i < end; i++) {
		if (t[i].kind == TOKEN_QUOTE_OPEN || (t[i].kind == TOKEN_PUNCT && (str_is(t[i].lower, ".") || str_is(t[i].lower, "?"))))
			starting = true;
		else if (starting && (t[i].kind == TOKEN_WORD || t[i].kind == TOKEN_NUMBER)) {
			t[i].flags |= TOKEN_FIRST;
			starting = false;
		}
	}
}

static void cut_block(struct text *x, const struct block_range *r, uint32_t q_first)
{
	uint32_t q_at = q_first;
	bool title = x->article->blocks[r->block].kind == BLOCK_TITLE && titled(x->tokens, r->first, r->end);
	for (uint32_t at = r->first; at < r->end;) {
		uint32_t next = sentence_end(x->tokens, at, r->end, x->quotations, x->n_quotations, &q_at);
		struct sentence *s = &x->sentences[x->n_sentences];
		*s = (struct sentence){ { x->tokens[at].span.start, x->tokens[next - 1].span.end }, at, next - at, r->block };
		for (uint32_t i = at; i < next; i++)
			x->tokens[i].sentence = x->n_sentences;
		mark_first(x->tokens, at, next);
		tag_sentence(x->tokens, at, next - at, title);
		x->n_sentences++;
		at = next;
	}
}

/* An upper bound of sentences and of quotation marks, so that their arrays are made once. */
static void count(const struct text *x, uint32_t blocks, uint32_t *ret_sentences, uint32_t *ret_marks)
{
	/* Of sentences that were cut for their bytes, every second one begins LONGEST_SENTENCE_BYTES further on. */
	uint32_t sentences = blocks + x->n_tokens / LONGEST_SENTENCE + 1, marks = 1;
	sentences += 2 * ((uint32_t)(x->bytes.len / LONGEST_SENTENCE_BYTES) + 1);
	for (uint32_t i = 0; i < x->n_tokens; i++) {
		const struct token *t = &x->tokens[i];
		unsigned char c = (unsigned char)t->lower.data[0];
		sentences += (t->flags & TOKEN_ABBREV) || (t->kind == TOKEN_PUNCT && (c == '.' || c == '!' || c == '?' || c == 0xE2));
		marks += quote_mark(t);
	}
	*ret_sentences = sentences;
	*ret_marks = marks;
}

int text_analyse(const struct article *a, struct arena *arena, struct text *ret)
{
	struct text x = { .bytes = a->text, .article = a };
	struct token_list l = { 0 };
	uint32_t n_ranges;
	if (tokenise(a, arena, &l, NULL, &n_ranges) != 0)
		return -ENOMEM;
	l.cap = l.n > MOST_TOKENS ? MOST_TOKENS : l.n;
	struct block_range *ranges = ARENA_ARRAY(arena, a->n_blocks, struct block_range);
	l.v = ARENA_ARRAY(arena, l.cap, struct token);
	if (!ranges || !l.v || tokenise(a, arena, &l, ranges, &n_ranges) != 0)
		return -ENOMEM;
	x.tokens = l.v;
	x.n_tokens = l.n;
	uint32_t most_sentences, most_marks;
	count(&x, n_ranges, &most_sentences, &most_marks);
	x.sentences = ARENA_ARRAY(arena, most_sentences, struct sentence);
	x.quotations = ARENA_ARRAY(arena, most_marks, struct quotation);
	struct quotation *scratch = ARENA_ARRAY(arena, most_marks, struct quotation);
	if (!x.sentences || !x.quotations || !scratch)
		return -ENOMEM;
	for (uint32_t r = 0; r < n_ranges; r++) {
		uint32_t q_first = x.n_quotations;
		bool next_opens = r + 1 < n_ranges && a->blocks[ranges[r + 1].block].kind == BLOCK_PARAGRAPH &&
				  quote_opens(x.tokens, ranges[r + 1].first, ranges[r + 1].end);
		quote_block(x.tokens, ranges[r].first, ranges[r].end, next_opens, scratch, x.quotations, &x.n_quotations);
		cut_block(&x, &ranges[r], q_first);
	}
	*ret = x;
	return 0;
}

uint32_t text_token_at(const struct text *t, uint32_t at)
{
	uint32_t lo = 0, hi = t->n_tokens;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (t->tokens[mid].span.end <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint32_t text_sentence_at(const struct text *t, uint32_t at)
{
	uint32_t lo = 0, hi = t->n_sentences;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (t->sentences[mid].span.end <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < t->n_sentences && t->sentences[lo].span.start <= at ? lo : t->n_sentences;
}
