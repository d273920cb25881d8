#include "workers/claim/atom.h"

#include "base/utf8.h"
#include "workers/decode/chars.h"

#define DIGITS_MAX 25 /* more are no figure but a key or an account */

struct reader {
	struct atoms *a;
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
	x->kind = ATOM_WORD;
	for (bool first = true; r->pos < r->s.len; first = false) {
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

void atoms_read(struct atoms *a, const struct text *t, uint32_t first, uint32_t n)
{
	a->text = t;
	a->n = 0;
	if (!n)
		return;
	struct reader r = { a, str_cut(t->bytes, 0, t->tokens[first + n - 1].span.end), t->tokens[first].span.start };
	uint32_t token = first;
	bool glued = false;
	while (r.pos < r.s.len && a->n < ATOMS_MAX) {
		struct atom x = { .glued = glued };
		glued = read_atom(&r, &x);
		if (!glued)
			continue;
		while (token + 1 < first + n && t->tokens[token].span.end <= x.span.start)
			token++;
		const struct token *k = &t->tokens[token];
		x.token = token;
		x.whole = k->span.start == x.span.start && k->span.end == x.span.end;
		x.lex = k->lex;
		x.pos = k->pos;
		a->v[a->n++] = x;
	}
}

struct str atom_str(const struct atoms *a, uint32_t i)
{
	return text_bytes(a->text, a->v[i].span);
}

bool atom_is(const struct atoms *a, uint32_t i, const char *lower)
{
	return atom_word(a, i) && chars_same(atom_str(a, i), str_of(lower));
}

bool atom_in(const struct atoms *a, uint32_t i, const char *const *list)
{
	if (!atom_word(a, i))
		return false;
	struct str s = atom_str(a, i);
	for (; *list; list++)
		if ((*list)[0] == chars_fold(s.data[0]) && chars_same(s, str_of(*list)))
			return true;
	return false;
}

bool atom_sign(const struct atoms *a, uint32_t i, uint32_t code)
{
	return i < a->n && a->v[i].kind == ATOM_SIGN && a->v[i].code == code;
}

bool atom_hyphen(const struct atoms *a, uint32_t i)
{
	if (i == 0 || i + 1 >= a->n || a->v[i].kind != ATOM_SIGN || !a->v[i].glued || !a->v[i + 1].glued)
		return false;
	uint32_t c = a->v[i].code;
	return c == '-' || c == 0x2010 || c == 0x2011 || c == 0x2013;
}
