#include "workers/claim/split.h"

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

static bool number(const struct token *t)
{
	return t->pos == POS_NUM && (t->kind == TOKEN_NUMBER || (t->lex & LEX_NUMWORD));
}

static bool has_number(const struct text *x, struct range r)
{
	for (uint32_t i = r.first; i < r.end; i++)
		if (number(tok(x, i)) && !(i > r.first && (tok(x, i - 1)->lex & LEX_TIME)))
			return true;
	return false;
}

struct cutter {
	const struct text *x;
	uint32_t end;
	struct range main[PROPOSITION_PARTS]; /* of the main clause so far, relative clauses taken out */
	uint32_t n_main;
	uint32_t start; /* of what is not yet in main */
	struct proposition_list *out;
	struct proposition held[4]; /* relative clauses: they go out behind their main clause */
	uint32_t n_held;
};

static bool substantial(const struct text *x, struct range r)
{
	uint32_t words = 0;
	for (uint32_t i = r.first; i < r.end; i++)
		words += tok(x, i)->kind == TOKEN_WORD || tok(x, i)->kind == TOKEN_NUMBER;
	return words >= 2;
}

static void put(struct cutter *c, struct proposition p)
{
	if (p.n == 0)
		return;
	if (c->out->n < MOST_PROPOSITIONS) {
		c->out->v[c->out->n++] = p;
		return;
	}
	struct proposition *last = &c->out->v[MOST_PROPOSITIONS - 1];
	last->part[last->n - 1].end = p.part[p.n - 1].end > last->part[last->n - 1].end ? p.part[p.n - 1].end : last->part[last->n - 1].end;
}

static void keep(struct cutter *c, uint32_t upto)
{
	struct range r = trim(c->x, (struct range){ c->start, upto });
	if (range_empty(r))
		return;
	if (c->n_main < PROPOSITION_PARTS)
		c->main[c->n_main++] = r;
	else
		c->main[PROPOSITION_PARTS - 1].end = r.end;
}

/* Is the number at i one of a pair that counts two things ("400 fighters and 180 troops"), not "between 4 and 6"? */
static bool counts(const struct text *x, uint32_t i, uint32_t end)
{
	if (i + 1 >= end || !number(tok(x, i)))
		return false;
	uint32_t k = i + 1;
	while (k < end && (number(tok(x, k)) || tok(x, k)->pos == POS_ADJ || tok(x, k)->pos == POS_ADV || token_is(x, k, "%")))
		k++;
	return k < end && (tok(x, k)->pos == POS_NOUN || tok(x, k)->pos == POS_NAME) && !(tok(x, k)->lex & (LEX_TIME | LEX_MONTH));
}

/* Step over "about", "more than", "at least" before a number. */
static uint32_t to_number(const struct text *x, uint32_t i, uint32_t end)
{
	for (uint32_t k = i; k < end && k < i + 4; k++) {
		if (number(tok(x, k)))
			return k;
		uint8_t pos = tok(x, k)->pos;
		if (pos != POS_ADV && pos != POS_PREP && pos != POS_ADJ && pos != POS_DET)
			return end;
	}
	return end;
}

/* "A and B died" is "A … died" and "B died"; "killed A and B" is "killed A" and "killed … B". */
static bool put_pair(struct cutter *c, struct range r)
{
	const struct text *x = c->x;
	for (uint32_t i = r.first + 2; i + 2 < r.end; i++) {
		if (tok(x, i)->pos != POS_COORD || !token_is(x, i, "and") || (tok(x, i)->flags & TOKEN_QUOTED))
			continue;
		uint32_t right = to_number(x, i + 1, r.end), left = i;
		if (right == r.end || !counts(x, right, r.end) || !pos_nominal(tok(x, i - 1)->pos) || number(tok(x, i - 1)))
			continue;
		while (left > r.first && i - left < 12 && !number(tok(x, left)) && !pos_verb(tok(x, left)->pos))
			left--;
		if (!counts(x, left, i))
			continue;
		uint32_t verb = finite_in(x, r.first, r.end);
		struct proposition a = { .n = 1 }, b = { .n = 1 };
		if (verb > i && verb < r.end) {
			a.part[0] = (struct range){ r.first, i };
			a.part[a.n++] = (struct range){ verb, r.end };
			b.part[0] = (struct range){ i + 1, r.end };
		} else {
			while (left > r.first && (tok(x, left - 1)->pos == POS_ADV || token_is(x, left - 1, "than") || token_is(x, left - 1, "more") || token_is(x, left - 1, "least") || token_is(x, left - 1, "at")))
				left--;
			a.part[0] = (struct range){ r.first, i };
			b.part[0] = (struct range){ r.first, left };
			if (left == r.first)
				b.n = 0;
			b.part[b.n++] = (struct range){ i + 1, r.end };
		}
		put(c, a);
		put(c, b);
		return true;
	}
	return false;
}

/* "which flew 40 sorties, hitting 158 targets and killing 100 men" is three. */
static void put_figures(struct cutter *c, struct proposition p)
{
	const struct text *x = c->x;
	struct range r = p.part[0];
	for (uint32_t i = r.first + 1; i + 2 < r.end; i++) {
		bool joint = (mark(x, i, ",") || token_is(x, i, "and")) && tok(x, i + 1)->pos == POS_ING && !(tok(x, i)->flags & TOKEN_QUOTED);
		if (!joint || !has_number(x, (struct range){ r.first, i }) || !has_number(x, (struct range){ i + 1, r.end }))
			continue;
		p.part[0] = (struct range){ r.first, i };
		put(c, p);
		r.first = i + 1;
	}
	p.part[0] = r;
	put(c, p);
}

/* The main clause so far becomes a proposition; the relative clauses held back follow it. */
static void flush(struct cutter *c, uint32_t upto)
{
	keep(c, upto);
	struct proposition p = { .n = 0 };
	for (uint32_t i = 0; i < c->n_main; i++)
		p.part[p.n++] = c->main[i];
	if (p.n == 1 && put_pair(c, p.part[0]))
		;
	else if (p.n > 0)
		put(c, p);
	for (uint32_t i = 0; i < c->n_held; i++)
		put_figures(c, c->held[i]);
	c->n_main = c->n_held = 0;
}

static bool relative_at(const struct text *x, uint32_t i, uint32_t end)
{
	if (i >= end)
		return false;
	if (tok(x, i)->pos == POS_REL)
		return !token_is(x, i, "what") && !token_is(x, i, "how") && !token_is(x, i, "why");
	return i + 1 < end && tok(x, i)->pos == POS_PREP && tok(x, i + 1)->pos == POS_REL;
}

/* The end of the relative clause that begins at i: the comma behind which the main verb or a new clause comes. */
static uint32_t relative_end(const struct text *x, uint32_t i, uint32_t end)
{
	for (uint32_t k = i + 2; k + 1 < end; k++) {
		if (tok(x, k)->flags & TOKEN_QUOTED)
			continue;
		if (mark(x, k, ";"))
			return k;
		if (!mark(x, k, ","))
			continue;
		uint8_t next = tok(x, k + 1)->pos;
		if (pos_finite(next) && finite_in(x, i, k) < k)
			return k;
		if ((next == POS_COORD || token_is(x, k + 1, "while")) && clause_at(x, k + 2, end))
			return k;
	}
	return end;
}

/* A relative clause at i: held back, the main clause goes on behind it. Returns where. */
static uint32_t take_relative(struct cutter *c, uint32_t from, uint32_t i)
{
	uint32_t end = relative_end(c->x, i, c->end), verb = finite_in(c->x, i, end);
	struct range r = trim(c->x, (struct range){ i, end });
	if (verb >= end || !substantial(c->x, r) || c->n_held >= 4)
		return from;
	keep(c, from);
	struct proposition p = { .n = 1, .relative = true, .present = (tok(c->x, verb)->lex & (LEX_PRESENT | LEX_THIRD)) != 0 };
	p.part[0] = r;
	c->held[c->n_held++] = p;
	c->start = end;
	return end;
}

/* Left of a conjunction at i: a finite verb since start, and no subordinate clause behind it. */
static bool clause_left(const struct cutter *c, uint32_t i)
{
	uint32_t verb = finite_in(c->x, c->start, i);
	bool found = verb < i || c->n_main > 0;
	bool subordinate = false; /* a comma ends the clause that "after" began */
	for (uint32_t k = verb; k < i; k++)
		subordinate = tok(c->x, k)->pos == POS_SUB || (subordinate && !mark(c->x, k, ","));
	return found && !subordinate;
}

static bool concessive(const struct text *x, uint32_t i)
{
	return token_is(x, i, "while") || token_is(x, i, "whereas") || token_is(x, i, "although") || token_is(x, i, "though");
}

/* Where the next proposition begins when the conjunction at i parts two; 0: it does not. */
static uint32_t conjunction(const struct cutter *c, uint32_t i)
{
	const struct text *x = c->x;
	uint32_t next = i + 1;
	bool and_like = tok(x, i)->pos == POS_COORD && !token_is(x, i, "or") && !token_is(x, i, "nor");
	if (next + 1 >= c->end || (!and_like && !concessive(x, i)))
		return 0;
	if (and_like && tok(x, next)->pos == POS_THAT)
		return next;
	if (and_like && tok(x, next)->pos == POS_ING && has_number(x, (struct range){ c->start, i }) && has_number(x, (struct range){ next, c->end }))
		return next;
	if (!clause_left(c, i))
		return 0;
	if (concessive(x, i))
		return mark(x, i - 1, ",") && clause_at(x, next, c->end) ? next : 0;
	if (clause_at(x, next, c->end))
		return next;
	while (next + 1 < c->end && tok(x, next)->pos == POS_ADV)
		next++;
	uint8_t pos = tok(x, next)->pos;
	struct range left = { c->start, i }, right = { next, c->end };
	if ((pos == POS_AUX || pos == POS_MODAL) && next + 2 < c->end)
		return i + 1;
	return pos == POS_FIN && has_number(x, left) && has_number(x, right) ? i + 1 : 0;
}

/* ", striking 117 targets" with a figure on both sides. */
static bool figure_participle(const struct cutter *c, uint32_t i)
{
	const struct text *x = c->x;
	if (!mark(x, i, ",") || i + 2 >= c->end || tok(x, i + 1)->pos != POS_ING)
		return false;
	uint32_t end = i + 2;
	while (end < c->end && !mark(x, end, ","))
		end++;
	return has_number(x, (struct range){ c->start, i }) && has_number(x, (struct range){ i + 1, end });
}

/* "Although A, B": behind the comma, when the stretch begins so. */
static void leading(struct cutter *c)
{
	const struct text *x = c->x;
	if (c->start + 1 < c->end && token_is(x, c->start, "even"))
		c->start++;
	if (c->start + 3 >= c->end || !concessive(x, c->start))
		return;
	for (uint32_t i = c->start + 2; i + 2 < c->end; i++) {
		if (!mark(x, i, ",") || (tok(x, i)->flags & TOKEN_QUOTED))
			continue;
		if (finite_in(x, c->start, i) < i && clause_at(x, i + 1, c->end)) {
			c->start++;
			flush(c, i);
			c->start = i + 1;
		}
		return;
	}
}

void split(const struct text *x, struct range r, struct proposition_list *ret)
{
	struct cutter c = { .x = x, .start = r.first, .end = r.end, .out = ret };
	ret->n = 0;
	leading(&c);
	uint32_t depth = 0;
	for (uint32_t i = c.start + 1; i + 1 < c.end; i++) {
		depth += mark(x, i, "(");
		depth -= mark(x, i, ")") && depth;
		if ((tok(x, i)->flags & TOKEN_QUOTED) || depth)
			continue;
		uint32_t next = 0;
		if (mark(x, i, ";")) {
			next = i + 1;
		} else if (mark(x, i, ",") && relative_at(x, i + 1, c.end)) {
			uint32_t at = take_relative(&c, i, i + 1);
			i = at > i ? at - 1 : i;
			continue;
		} else if (token_is(x, i, "whose") && pos_nominal(tok(x, i - 1)->pos)) {
			uint32_t at = take_relative(&c, i, i);
			i = at > i ? at - 1 : i;
			continue;
		} else if (figure_participle(&c, i)) {
			next = i + 1;
		} else if (i > c.start) {
			next = conjunction(&c, i);
		}
		if (next == 0)
			continue;
		flush(&c, i);
		c.start = next;
		i = next;
	}
	flush(&c, c.end);
}
