#include "workers/claim/phrase.h"

#include "workers/claim/lexicon.h"
#include "workers/claim/tag.h"

static const struct token *tok(const struct text *x, uint32_t i)
{
	return &x->tokens[i];
}

static bool mark(const struct text *x, uint32_t i, const char *z)
{
	return tok(x, i)->kind == TOKEN_PUNCT && token_is(x, i, z);
}

/* The opening bracket of the one that closes at i, or lo - 1 … never below lo. */
static uint32_t bracket_before(const struct text *x, uint32_t lo, uint32_t i)
{
	for (uint32_t k = i; k > lo && i - k < 12; k--)
		if (mark(x, k - 1, "(") || mark(x, k - 1, "["))
			return k - 1;
	return i;
}

static bool premodifier(uint8_t pos)
{
	return pos == POS_ADJ || pos == POS_NUM || pos == POS_NOUN || pos == POS_NAME || pos == POS_DET || pos == POS_GEN;
}

static bool preposition(const struct text *x, uint32_t i)
{
	const struct token *t = tok(x, i);
	return t->pos == POS_PREP || (t->pos == POS_TO && i + 1 < x->n_tokens && tok(x, i + 1)->pos != POS_BASE);
}

static bool ends_phrase(const struct token *t)
{
	return pos_nominal(t->pos) || t->pos == POS_ADJ || (t->kind == TOKEN_PUNCT && str_is(t->lower, ")"));
}

struct back_scan {
	const struct text *x;
	uint32_t lo, end, at; /* the phrase so far is [at, end) */
	uint32_t coordinated; /* where the part behind the last "and" begins; 0: none */
	uint32_t tail;        /* where the part behind the first-met preposition begins; 0: none */
	bool closed;          /* a determiner was met: only a preposition may go on */
};

/* Takes the token left of the phrase if it belongs to it. */
static bool extend(struct back_scan *s)
{
	const struct text *x = s->x;
	uint32_t i = s->at - 1;
	const struct token *t = tok(x, i);
	if (t->kind == TOKEN_QUOTE_OPEN || t->kind == TOKEN_QUOTE_CLOSE)
		return false;
	if (mark(x, i, ")")) {
		uint32_t open = bracket_before(x, s->lo, i);
		bool ok = open < i && open > s->lo && !s->closed;
		s->at = ok ? open : s->at;
		return ok;
	}
	if (t->pos == POS_COORD && token_is(x, i, "and") && i > s->lo && ends_phrase(tok(x, i - 1))) {
		s->coordinated = s->at;
		s->closed = false;
		s->at = i;
		return true;
	}
	if (preposition(x, i)) {
		if (i == s->lo || !ends_phrase(tok(x, i - 1)))
			return false;
		s->tail = s->at;
		s->closed = false;
		s->at = i;
		return true;
	}
	if (s->closed || t->pos == POS_PRON)
		return false;
	if ((t->lex & LEX_TIME) && (t->flags & TOKEN_CAPITAL) && !(tok(x, s->at)->lex & LEX_MEDIA))
		return false;
	bool modifier = (t->pos == POS_PART || t->pos == POS_ING) && i > s->lo && premodifier(tok(x, i - 1)->pos);
	if (!premodifier(t->pos) && !modifier && t->pos != POS_PRON)
		return false;
	s->at = i;
	s->closed = t->pos == POS_DET || (t->pos == POS_GEN && !str_is(t->lower, "'s"));
	return true;
}

struct range phrase_before(const struct text *x, uint32_t lo, uint32_t end)
{
	struct range none = { end, end };
	if (end <= lo || (!ends_phrase(tok(x, end - 1)) && !(tok(x, end - 1)->lex & LEX_DET)))
		return none;
	if (tok(x, end - 1)->pos == POS_PRON || tok(x, end - 1)->pos == POS_DET)
		return (struct range){ end - 1, end };
	struct back_scan s = { .x = x, .lo = lo, .end = end, .at = end };
	while (s.at > lo && extend(&s))
		;
	if (s.at == end)
		return none;
	bool verb_left = s.at > lo && (pos_verb(tok(x, s.at - 1)->pos) || tok(x, s.at - 1)->pos == POS_TO);
	bool prep_left = s.at > lo && tok(x, s.at - 1)->pos == POS_PREP;
	if ((verb_left || prep_left) && s.coordinated)
		s.at = s.coordinated;
	while (s.at + 1 < end && tok(x, s.at)->pos == POS_COORD)
		s.at++;
	return (struct range){ s.at, end };
}

static bool time_word(const struct token *t)
{
	return (t->lex & LEX_TIME) != 0;
}

/* A date that begins at i ("on Monday", "on March 27", "last week", "earlier in the day"): behind it, or i. */
static uint32_t time_end(const struct text *x, uint32_t i, uint32_t hi)
{
	uint32_t k = i, seen = 0;
	bool bare = i < hi && tok(x, i)->pos == POS_DET && !token_is(x, i, "this") && !token_is(x, i, "that");
	if (bare && (i + 1 >= hi || tok(x, i + 1)->pos != POS_ADJ))
		return i; /* "the year" can be what is talked about */
	while (k < hi && k - i < 10) {
		const struct token *t = tok(x, k);
		if (time_word(t)) {
			seen = k + 1;
		} else if (mark(x, k, ",") && seen == k && k + 1 < hi && tok(x, k + 1)->kind == TOKEN_NUMBER) {
			;
		} else if (t->kind == TOKEN_NUMBER) {
			if (seen == k || (seen && seen == k - 1 && mark(x, k - 1, ",")))
				seen = k + 1;
		} else if (!(t->pos == POS_PREP && (token_is(x, k, "on") || token_is(x, k, "in") || token_is(x, k, "at") || token_is(x, k, "of") ||
						   token_is(x, k, "during") || token_is(x, k, "since"))) &&
			   !(t->pos == POS_DET) && !(t->pos == POS_ADJ && !(t->flags & TOKEN_CAPITAL)) && t->pos != POS_NUM) {
			break;
		}
		k++;
	}
	return seen > i ? seen : i;
}

static bool setting(const struct token *t)
{
	static const char *const words[] = { "statement", "interview", "conference", "briefing", "speech", "letter", "tweet", "call", "address",
		"post", "email", "e-mail", "remarks", "twitter", "facebook", "television", "teleconference", "telephone", "phone", "message",
		"testimony", "memo", "blog", "comments", "reporters", "release", "broadcast", "video", "website", "rally", "reply", "response", "anonymity" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_is(t->lower, words[i]))
			return true;
	return false;
}

/* "in a statement", "at a news conference with …", "to reporters": behind it, or i. */
static uint32_t setting_end(const struct text *x, uint32_t i, uint32_t hi)
{
	if (!preposition(x, i))
		return i;
	struct range np = phrase_behind(x, i + 1, hi);
	for (uint32_t k = np.first; k < np.end; k++)
		if (setting(tok(x, k)))
			return np.end;
	return i;
}

static bool light_adverb(const struct token *t)
{
	return t->pos == POS_ADV && (str_is(t->lower, "also") || str_is(t->lower, "later") || str_is(t->lower, "earlier") || str_is(t->lower, "again") ||
				     str_is(t->lower, "repeatedly") || str_is(t->lower, "today") || str_is(t->lower, "yesterday") ||
				     str_is(t->lower, "recently") || str_is(t->lower, "early") || str_is(t->lower, "late"));
}

uint32_t skip_tails(const struct text *x, uint32_t first, uint32_t hi)
{
	uint32_t i = first;
	while (i < hi) {
		uint32_t next = skip_adjuncts(x, i, hi);
		if (next == i && preposition(x, i)) {
			struct range np = phrase_behind(x, i + 1, hi);
			next = range_empty(np) ? i : np.end;
		}
		if (next == i)
			break;
		i = next;
	}
	return i;
}

uint32_t skip_adjuncts(const struct text *x, uint32_t i, uint32_t hi)
{
	while (i < hi) {
		uint32_t next = time_end(x, i, hi);
		if (next == i && light_adverb(tok(x, i)))
			next = i + 1;
		if (next == i)
			next = setting_end(x, i, hi);
		if (next == i)
			break;
		i = next;
	}
	return i;
}

uint32_t skip_back(const struct text *x, uint32_t lo, uint32_t end)
{
	uint32_t i = end;
	while (i > lo) {
		const struct token *t = tok(x, i - 1);
		if (t->pos == POS_ADV || t->pos == POS_NEG) {
			i--;
			continue;
		}
		uint32_t k = i;
		while (k > lo && i - k < 6 && (time_word(tok(x, k - 1)) || (tok(x, k - 1)->kind == TOKEN_NUMBER && k < i) ||
					       (tok(x, k - 1)->kind == TOKEN_NUMBER && k - 1 > lo && time_word(tok(x, k - 2)))))
			k--;
		if (k == i)
			break;
		if (k > lo && (tok(x, k - 1)->pos == POS_PREP || (tok(x, k - 1)->pos == POS_ADJ && !(tok(x, k - 1)->flags & TOKEN_CAPITAL))))
			k--;
		if (k == lo || !ends_phrase(tok(x, k - 1)))
			break; /* "On Monday said": the date is no adjunct of a subject before it */
		i = k;
	}
	return i;
}

uint32_t finite_in(const struct text *x, uint32_t first, uint32_t hi)
{
	for (uint32_t i = first; i < hi; i++)
		if (pos_finite(tok(x, i)->pos))
			return i;
	return hi;
}

/* As finite_in, but forms that may be participles ("a group based in Riga") do not count. */
static uint32_t sure_finite_in(const struct text *x, uint32_t first, uint32_t hi)
{
	for (uint32_t i = first; i < hi; i++)
		if (pos_finite(tok(x, i)->pos) && !(tok(x, i)->lex & LEX_PART))
			return i;
	return hi;
}

/* The start of the segment that ends at `end`: behind the comma before it, or lo. */
static uint32_t segment_start(const struct text *x, uint32_t lo, uint32_t end)
{
	uint32_t i = end;
	while (i > lo && !mark(x, i - 1, ",") && tok(x, i - 1)->kind != TOKEN_QUOTE_CLOSE && !mark(x, i - 1, ";"))
		i--;
	return i;
}

/* The subject ends with a comma: its last segments are apposition, age or relative clause. */
static struct range with_appositions(const struct text *x, uint32_t lo, uint32_t end, uint32_t *ret_left)
{
	struct range none = { end, end };
	uint32_t at = end - 1, source_end = at; /* tokens[at] is the comma */
	for (int segments = 0; segments < 7; segments++) {
		uint32_t start = segment_start(x, lo, at);
		if (start >= at)
			return none;
		uint8_t pos = tok(x, start)->pos;
		bool relative = pos == POS_REL || (pos == POS_PREP && start + 1 < at && tok(x, start + 1)->pos == POS_REL);
		bool clause = !relative && (pos == POS_DET ? sure_finite_in(x, start, at) : finite_in(x, start, at)) < at;
		bool head = start == lo || !mark(x, start - 1, ",");
		if (clause && !head)
			return none;
		if (head || (segments > 0 && (pos == POS_NAME || pos == POS_DET || pos == POS_GEN) && !relative)) {
			struct range np = phrase_before(x, start, at);
			if (range_empty(np) || (clause && sure_finite_in(x, np.first, at) < at))
				return none;
			if (segments == 0)
				return none; /* only one segment and a comma: that is no apposition */
			*ret_left = np.first;
			return (struct range){ np.first, source_end };
		}
		if (pos == POS_SUB || pos == POS_COORD)
			return none;
		if (relative || pos == POS_ING || pos == POS_PART)
			source_end = start - 1;
		at = start - 1;
	}
	return none;
}

struct range subject_before(const struct text *x, uint32_t lo, uint32_t verb, uint32_t *ret_left)
{
	uint32_t end = skip_back(x, lo, verb);
	*ret_left = end;
	if (end <= lo)
		return (struct range){ end, end };
	if (mark(x, end - 1, ",") && end - 1 > lo)
		return with_appositions(x, lo, end, ret_left);
	struct range r = phrase_before(x, lo, end);
	if (!range_empty(r))
		*ret_left = r.first;
	return r;
}

static bool closes_group(const struct token *t)
{
	return t->kind == TOKEN_QUOTE_OPEN || t->kind == TOKEN_QUOTE_CLOSE || t->pos == POS_THAT || t->pos == POS_REL || t->pos == POS_SUB || pos_verb(t->pos);
}

struct range phrase_behind(const struct text *x, uint32_t first, uint32_t hi)
{
	uint32_t i = first;
	bool head = false;
	while (i < hi) {
		const struct token *t = tok(x, i);
		if (closes_group(t))
			break;
		if (t->pos == POS_PRON) {
			if (!head) {
				i++;
				head = true;
			}
			break;
		}
		if (head && t->pos == POS_DET)
			break;
		if (mark(x, i, "(")) {
			uint32_t k = i;
			while (k < hi && k - i < 10 && !mark(x, k, ")"))
				k++;
			if (k >= hi || !mark(x, k, ")"))
				break;
			i = k + 1;
			continue;
		}
		if (t->pos == POS_COORD) {
			if (!head || i + 1 >= hi || !premodifier(tok(x, i + 1)->pos) || token_is(x, i, "but"))
				break;
			head = false;
			i++;
			continue;
		}
		if (preposition(x, i)) {
			if (!head || i + 1 >= hi || (!premodifier(tok(x, i + 1)->pos) && tok(x, i + 1)->pos != POS_PRON) || time_end(x, i, hi) > i)
				break;
			head = false;
			i++;
			continue;
		}
		if (!premodifier(t->pos) && t->pos != POS_ADV)
			break;
		if (head && (t->lex & LEX_TIME) && !(tok(x, i - 1)->flags & TOKEN_CAPITAL && t->flags & TOKEN_CAPITAL && !(t->lex & LEX_WEEKDAY)))
			break;
		if (t->pos == POS_ADV && head)
			break;
		head = head || pos_nominal(t->pos) || t->pos == POS_ADJ;
		i++;
	}
	while (i > first && (tok(x, i - 1)->pos == POS_PREP || tok(x, i - 1)->pos == POS_COORD || tok(x, i - 1)->pos == POS_TO || tok(x, i - 1)->pos == POS_ADV))
		i--;
	return (struct range){ first, i };
}

struct range subject_behind(const struct text *x, uint32_t first, uint32_t hi)
{
	struct range np = phrase_behind(x, first, hi);
	if (range_empty(np))
		return np;
	while (np.end + 1 < hi && mark(x, np.end, ",")) {
		uint32_t next = np.end + 1;
		uint8_t pos = tok(x, next)->pos;
		if (pos == POS_REL || (pos != POS_DET && pos != POS_NOUN && pos != POS_ADJ && pos != POS_NUM && pos != POS_GEN && pos != POS_NAME))
			break;
		struct range more = phrase_behind(x, next, hi);
		bool ends = more.end >= hi || tok(x, more.end)->kind == TOKEN_PUNCT || tok(x, more.end)->kind == TOKEN_QUOTE_OPEN;
		if (range_empty(more) || !ends)
			break;
		np.end = more.end;
	}
	return np;
}

struct range clause_subject(const struct text *x, uint32_t lo, uint32_t at)
{
	uint32_t verb = finite_in(x, lo, at), left;
	struct range r = { lo, lo };
	if (verb < at)
		r = subject_before(x, lo, verb, &left);
	return r;
}

bool clause_at(const struct text *x, uint32_t first, uint32_t hi)
{
	uint32_t i = first, nouns = 0;
	if (first < hi && tok(x, first)->pos == POS_COORD)
		return false;
	while (i < hi && i - first < 40) {
		const struct token *t = tok(x, i);
		bool stops = t->kind == TOKEN_PUNCT && (str_is(t->lower, ";") || str_is(t->lower, ":") || str_is(t->lower, ".") || str_is(t->lower, "?") || str_is(t->lower, "!"));
		if (stops || t->pos == POS_REL || t->pos == POS_THAT || (t->pos == POS_SUB && nouns == 0))
			return false;
		if (pos_finite(t->pos))
			return nouns > 0;
		if (t->pos == POS_TO && nouns == 0)
			return false;
		nouns += pos_nominal(t->pos) || t->pos == POS_DET || t->pos == POS_ING;
		i++;
	}
	return false;
}

bool has_quote(const struct text *x, struct range r)
{
	for (uint32_t i = r.first; i < r.end; i++)
		if (tok(x, i)->flags & TOKEN_QUOTED)
			return true;
	return false;
}

/* A mark that may fall away at the end of a span: no bracket, no sign of money or percent, none of a quotation. */
static bool edge(const struct token *t)
{
	if (t->kind != TOKEN_PUNCT || (t->flags & TOKEN_QUOTED))
		return false;
	unsigned char c = (unsigned char)t->lower.data[0];
	if (c == 0xE2)
		return (unsigned char)t->lower.data[1] == 0x80;
	return c < 0x80 && !strchr("()[]$%#&+@", c);
}

struct range trim(const struct text *x, struct range r)
{
	while (r.first < r.end && edge(tok(x, r.first)))
		r.first++;
	while (r.end > r.first && edge(tok(x, r.end - 1)))
		r.end--;
	return r;
}
