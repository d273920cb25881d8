#include "workers/claim/atom.h"

#include "base/utf8.h"
#include "workers/decode/chars.h"

#define DIGITS_MAX 25 /* more are no figure but a key or an account */

struct reader {
	struct str s; /* the text up to the end of the sentence */
	size_t pos;
};

static bool digit_at(struct str s, size_t i)
{
	return i < s.len && chars_digit((unsigned char)s.data[i]);
}

/* ",000" in the middle of a number: exactly three digits. */
static bool group_at(struct str s, size_t i)
{
	return i < s.len && s.data[i] == ',' && digit_at(s, i + 1) && digit_at(s, i + 2) && digit_at(s, i + 3) && !digit_at(s, i + 4);
}

static void read_number(struct reader *r, struct atom *x)
{
	struct str s = r->s;
	double value = 0, scale = 1;
	unsigned digits = 0, after = 0;
	size_t i = r->pos;
	for (; i < s.len; i++) {
		if (digit_at(s, i)) {
			value = value * 10 + (s.data[i] - '0');
			digits++;
		} else if (group_at(s, i) && digits && (x->grouped || digits <= 3)) {
			x->grouped = true;
		} else {
			break;
		}
	}
	if (i + 1 < s.len && s.data[i] == '.' && digit_at(s, i + 1))
		for (i++; digit_at(s, i); i++, after++)
			if (digits + after < DIGITS_MAX) {
				value = value * 10 + (s.data[i] - '0');
				scale *= 10;
			}
	x->kind = digits <= DIGITS_MAX ? ATOM_NUMBER : ATOM_WORD;
	x->value = value / scale;
	x->digits = (uint8_t)(digits < 99 ? digits : 99);
	x->decimals = after > 0;
	r->pos = i;
}

/* Letters with the apostrophes between them. */
static void read_word(struct reader *r, struct atom *x)
{
	size_t start = r->pos;
	x->kind = ATOM_WORD;
	while (r->pos < r->s.len && (chars_class(r->s.data[r->pos]) & CHARS_LETTER))
		r->pos++;
	if (r->pos > start)
		x->capital = chars_upper((unsigned char)r->s.data[start]);
	if (r->pos == r->s.len || (r->s.data[r->pos] != '\'' && !(chars_class(r->s.data[r->pos]) & CHARS_HIGH)))
		return;
	for (bool first = r->pos == start; r->pos < r->s.len; first = false) {
		size_t next = r->pos;
		uint32_t c = utf8_next(r->s, &next);
		if (chars_script(c) == SCRIPT_NONE) {
			size_t behind = next;
			bool mark = c == '\'' || c == 0x2019;
			if (!mark || next >= r->s.len || chars_script(utf8_next(r->s, &behind)) == SCRIPT_NONE)
				return;
		}
		if (first)
			x->capital = chars_code_upper(c);
		r->pos = next;
	}
}

static double vulgar_fraction(uint32_t c)
{
	switch (c) {
	case 0xbc: return 0.25;
	case 0xbd: return 0.5;
	case 0xbe: return 0.75;
	case 0x2153: return 1.0 / 3;
	case 0x2154: return 2.0 / 3;
	case 0x215b: return 0.125;
	default: return 0;
	}
}

static bool read_atom(struct reader *r, struct atom *x)
{
	size_t start = r->pos, next = start;
	uint32_t c = utf8_next(r->s, &next);
	if (chars_code_space(c)) {
		r->pos = next;
		return false;
	}
	bool point = c == '.' && digit_at(r->s, start + 1) && (start == 0 || r->s.data[start - 1] == ' ' || r->s.data[start - 1] == '$');
	if (digit_at(r->s, start) || point) {
		read_number(r, x);
	} else if (chars_script(c) != SCRIPT_NONE) {
		read_word(r, x);
	} else {
		r->pos = next;
		x->value = vulgar_fraction(c);
		x->kind = x->value > 0 ? ATOM_NUMBER : ATOM_SIGN;
		x->decimals = x->value > 0;
		x->code = c;
	}
	x->span = (struct span){ (uint32_t)start, (uint32_t)r->pos };
	return true;
}

struct atoms *atoms_new(const struct text *t, struct arena *arena)
{
	struct atoms *a = ARENA_NEW(arena, struct atoms);
	uint32_t longest = 1;
	for (uint32_t i = 0; i < t->n_sentences; i++) {
		uint32_t bytes = t->sentences[i].span.end - t->sentences[i].span.start;
		longest = bytes > longest ? bytes : longest;
	}
	if (!a)
		return NULL;
	a->size = longest < ATOMS_MAX ? longest : ATOMS_MAX; /* an atom has a byte at least */
	a->v = ARENA_ARRAY(arena, a->size, struct atom);
	return a->v ? a : NULL;
}

void atoms_read(struct atoms *a, const struct text *t, uint32_t first, uint32_t n)
{
	a->text = t;
	a->n = 0;
	if (!n)
		return;
	struct reader r = { str_cut(t->bytes, 0, t->tokens[first + n - 1].span.end), t->tokens[first].span.start };
	uint32_t token = first;
	bool glued = false;
	while (r.pos < r.s.len && a->n < a->size) {
		struct atom *x = &a->v[a->n];
		*x = (struct atom){ .glued = glued };
		glued = read_atom(&r, x);
		if (!glued)
			continue;
		while (token + 1 < first + n && t->tokens[token].span.end <= x->span.start)
			token++;
		const struct token *k = &t->tokens[token];
		x->token = token;
		x->lex = k->lex;
		x->pos = k->pos;
		if (x->kind == ATOM_WORD)
			x->word = word_of(t->bytes, x->span.start, x->span.end);
		a->n++;
	}
}

#define THREE(a, b, c) ((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16)

bool atom_calendar(const struct atoms *a, uint32_t i)
{
	if (i >= a->n || !a->v[i].capital)
		return false;
	switch (a->v[i].word.low & 0xffffff) {
	case THREE('j', 'a', 'n'):
	case THREE('f', 'e', 'b'):
	case THREE('m', 'a', 'r'):
	case THREE('a', 'p', 'r'):
	case THREE('m', 'a', 'y'):
	case THREE('j', 'u', 'n'):
	case THREE('j', 'u', 'l'):
	case THREE('a', 'u', 'g'):
	case THREE('s', 'e', 'p'):
	case THREE('o', 'c', 't'):
	case THREE('n', 'o', 'v'):
	case THREE('d', 'e', 'c'):
	case THREE('m', 'o', 'n'):
	case THREE('t', 'u', 'e'):
	case THREE('w', 'e', 'd'):
	case THREE('t', 'h', 'u'):
	case THREE('f', 'r', 'i'):
	case THREE('s', 'a', 't'):
	case THREE('s', 'u', 'n'):
		return true;
	default:
		return false;
	}
}
