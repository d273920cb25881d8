#include "workers/claim/quote.h"

#define LONGEST_SINGLE 80 /* tokens between two single marks: more are two apostrophes */

static bool one_of(const struct token *t, const char *a, const char *b)
{
	return str_is(t->lower, a) || (b && str_is(t->lower, b));
}

static bool is_double(const struct token *t)
{
	return t->kind == TOKEN_PUNCT && (one_of(t, "\"", "''") || str_is(t->lower, "``"));
}

static bool is_single(const struct token *t)
{
	return t->kind == TOKEN_PUNCT && (one_of(t, "'", "\xE2\x80\x98") || str_is(t->lower, "\xE2\x80\x99"));
}

bool quote_mark(const struct token *t)
{
	return t->kind == TOKEN_QUOTE_OPEN || t->kind == TOKEN_QUOTE_CLOSE || is_double(t) || is_single(t);
}

static bool space_behind(const struct token *t, uint32_t i, uint32_t end)
{
	return i + 1 >= end || (t[i + 1].flags & TOKEN_SPACE);
}

static bool word(const struct token *t)
{
	return t->kind == TOKEN_WORD || t->kind == TOKEN_NUMBER;
}

/* The straight mark by its surroundings: opening when a space stands before and none behind, and so on. */
static bool looks_open(const struct token *t, uint32_t first, uint32_t i, uint32_t end, bool inside)
{
	bool before = i == first || (t[i].flags & TOKEN_SPACE) || (t[i - 1].kind == TOKEN_PUNCT && one_of(&t[i - 1], "(", "["));
	bool behind = space_behind(t, i, end);
	if (before && !behind)
		return true;
	if (!before && behind)
		return false;
	return !inside;
}

bool quote_opens(const struct token *t, uint32_t first, uint32_t end)
{
	return first < end && (t[first].kind == TOKEN_QUOTE_OPEN || is_double(&t[first]));
}

/* The end of the sentence that an unclosed quotation begins in. */
static uint32_t repair_end(const struct token *t, uint32_t open, uint32_t end)
{
	for (uint32_t i = open + 1; i + 1 < end; i++)
		if (t[i].kind == TOKEN_PUNCT && (t[i + 1].flags & TOKEN_SPACE) && (one_of(&t[i], ".", "!") || str_is(t[i].lower, "?")))
			return i;
	return end - 1;
}

static void record(struct token *t, uint32_t open, uint32_t close, bool closed, struct quotation *ret, uint32_t *n)
{
	for (uint32_t i = open; i <= close; i++) {
		t[i].flags |= TOKEN_QUOTED;
		if (t[i].level < UINT8_MAX)
			t[i].level++;
	}
	ret[(*n)++] = (struct quotation){ open, close, { t[open].span.start, t[close].span.end }, closed };
}

static void pair_doubles(struct token *t, uint32_t first, uint32_t end, bool next_opens, struct quotation *ret, uint32_t *n)
{
	uint32_t open = UINT32_MAX;
	for (uint32_t i = first; i < end; i++) {
		if (is_double(&t[i]))
			t[i].kind = looks_open(t, first, i, end, open != UINT32_MAX) ? TOKEN_QUOTE_OPEN : TOKEN_QUOTE_CLOSE;
		if (t[i].kind == TOKEN_QUOTE_OPEN) {
			if (open != UINT32_MAX && i > open + 1) /* the mark between them is missing */
				record(t, open, repair_end(t, open, i), true, ret, n);
			open = i;
		} else if (t[i].kind == TOKEN_QUOTE_CLOSE && open != UINT32_MAX) {
			record(t, open, i, true, ret, n);
			open = UINT32_MAX;
		}
	}
	if (open != UINT32_MAX && open + 1 < end)
		record(t, open, next_opens ? end - 1 : repair_end(t, open, end), !next_opens, ret, n);
}

/* Single marks outside double ones make quotations of their own; inside they only lose their ambiguity. */
static void pair_singles(struct token *t, uint32_t first, uint32_t end, struct quotation *ret, uint32_t *n)
{
	uint32_t open = UINT32_MAX;
	for (uint32_t i = first; i < end; i++) {
		if (!is_single(&t[i]))
			continue;
		bool left = i == first || (t[i].flags & TOKEN_SPACE) || t[i - 1].kind == TOKEN_QUOTE_OPEN;
		bool right = space_behind(t, i, end) || !word(&t[i + 1]);
		if (left && !right && !str_is(t[i].lower, "\xE2\x80\x99")) {
			open = i;
			continue;
		}
		if (left || !right || open == UINT32_MAX || i - open > LONGEST_SINGLE || t[i].level != t[open].level)
			continue;
		t[open].kind = TOKEN_QUOTE_OPEN;
		t[i].kind = TOKEN_QUOTE_CLOSE;
		if (t[i].level == 0)
			record(t, open, i, true, ret, n);
		open = UINT32_MAX;
	}
}

/* in[0, n) are two ordered runs, doubles then singles. What lies inside another is left out. */
static uint32_t merge(const struct quotation *in, uint32_t doubles, uint32_t n, struct quotation *out)
{
	uint32_t a = 0, b = doubles, kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		const struct quotation *q = b >= n || (a < doubles && in[a].open < in[b].open) ? &in[a++] : &in[b++];
		if (kept == 0 || q->open > out[kept - 1].close)
			out[kept++] = *q;
	}
	return kept;
}

void quote_block(struct token *tokens, uint32_t first, uint32_t end, bool next_opens, struct quotation *scratch,
		 struct quotation *ret, uint32_t *n)
{
	uint32_t found = 0;
	pair_doubles(tokens, first, end, next_opens, scratch, &found);
	uint32_t doubles = found;
	pair_singles(tokens, first, end, scratch, &found);
	*n += merge(scratch, doubles, found, ret + *n);
}
