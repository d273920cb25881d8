#include "workers/claim/qualifier.h"

#include "workers/decode/chars.h"

#define CLAUSE_LOOK 14

struct phrase {
	const char *words; /* before the last one, separated by single spaces */
	char last[WORD_BYTES];
	enum qualifier means;
};

/* Longer ones first where one ends in another. */
static const struct phrase before[] = {
	{ "no fewer", "than", QUALIFIER_AT_LEAST }, { "no less", "than", QUALIFIER_AT_LEAST }, { "not less", "than", QUALIFIER_AT_LEAST },
	{ "not fewer", "than", QUALIFIER_AT_LEAST }, { "no more", "than", QUALIFIER_UP_TO }, { "not more", "than", QUALIFIER_UP_TO },
	{ "as many", "as", QUALIFIER_UP_TO }, { "as much", "as", QUALIFIER_UP_TO }, { "as few", "as", QUALIFIER_AT_LEAST },
	{ "as little", "as", QUALIFIER_AT_LEAST }, { "as high", "as", QUALIFIER_UP_TO }, { "more", "than", QUALIFIER_MORE_THAN },
	{ "greater", "than", QUALIFIER_MORE_THAN }, { "higher", "than", QUALIFIER_MORE_THAN }, { "larger", "than", QUALIFIER_MORE_THAN },
	{ "longer", "than", QUALIFIER_MORE_THAN }, { "better", "than", QUALIFIER_MORE_THAN }, { "over", "than", QUALIFIER_MORE_THAN },
	{ "fewer", "than", QUALIFIER_LESS_THAN }, { "less", "than", QUALIFIER_LESS_THAN }, { "lower", "than", QUALIFIER_LESS_THAN },
	{ "smaller", "than", QUALIFIER_LESS_THAN }, { "shorter", "than", QUALIFIER_LESS_THAN }, { "at", "least", QUALIFIER_AT_LEAST },
	{ "a minimum", "of", QUALIFIER_AT_LEAST }, { "minimum", "of", QUALIFIER_AT_LEAST }, { "at", "most", QUALIFIER_UP_TO },
	{ "at the", "most", QUALIFIER_UP_TO }, { "a maximum", "of", QUALIFIER_UP_TO }, { "maximum", "of", QUALIFIER_UP_TO },
	{ "up", "to", QUALIFIER_UP_TO }, { "", "upto", QUALIFIER_UP_TO }, { "just", "under", QUALIFIER_LESS_THAN },
	{ "", "under", QUALIFIER_LESS_THAN }, { "", "below", QUALIFIER_LESS_THAN }, { "", "sub", QUALIFIER_LESS_THAN },
	{ "just", "over", QUALIFIER_MORE_THAN }, { "well", "over", QUALIFIER_MORE_THAN }, { "", "over", QUALIFIER_MORE_THAN },
	{ "", "above", QUALIFIER_MORE_THAN }, { "", "exceeding", QUALIFIER_MORE_THAN }, { "", "exceeded", QUALIFIER_MORE_THAN },
	{ "", "exceeds", QUALIFIER_MORE_THAN }, { "", "exceed", QUALIFIER_MORE_THAN }, { "", "surpassed", QUALIFIER_MORE_THAN },
	{ "", "topped", QUALIFIER_MORE_THAN }, { "in excess", "of", QUALIFIER_MORE_THAN }, { "upwards", "of", QUALIFIER_MORE_THAN },
	{ "upward", "of", QUALIFIER_MORE_THAN }, { "north", "of", QUALIFIER_MORE_THAN }, { "just", "about", QUALIFIER_ABOUT },
	{ "", "about", QUALIFIER_ABOUT }, { "", "around", QUALIFIER_ABOUT }, { "", "roughly", QUALIFIER_ABOUT },
	{ "", "approximately", QUALIFIER_ABOUT }, { "", "approx", QUALIFIER_ABOUT }, { "", "circa", QUALIFIER_ABOUT },
	{ "", "some", QUALIFIER_ABOUT }, { "an", "estimated", QUALIFIER_ABOUT }, { "", "estimated", QUALIFIER_ABOUT },
	{ "", "averaged", QUALIFIER_ABOUT }, { "", "averaging", QUALIFIER_ABOUT }, { "", "maybe", QUALIFIER_ABOUT },
	{ "", "perhaps", QUALIFIER_ABOUT }, { "", "possibly", QUALIFIER_ABOUT }, { "", "barely", QUALIFIER_ABOUT },
	{ "close", "to", QUALIFIER_NEARLY }, { "", "nearly", QUALIFIER_NEARLY }, { "", "almost", QUALIFIER_NEARLY },
	{ "not", "quite", QUALIFIER_NEARLY }, { "just short", "of", QUALIFIER_NEARLY }, { "", "near", QUALIFIER_NEARLY },
	{ "", "virtually", QUALIFIER_NEARLY },
};

/* Does the phrase end right before atom at? Its first atom, or at. */
static uint32_t ends_with(const struct atoms *a, uint32_t at, const struct phrase *p)
{
	if (!atom_same(a, at - 1, p->last))
		return at;
	const char *words = p->words;
	size_t end = strlen(words);
	uint32_t i = at - 1;
	while (end) {
		size_t start = end;
		while (start && words[start - 1] != ' ')
			start--;
		if (!i || a->v[i - 1].kind != ATOM_WORD || !chars_same(atom_str(a, i - 1), (struct str){ words + start, end - start }))
			return at;
		i--;
		end = start ? start - 1 : 0;
	}
	return i;
}

static enum qualifier sign_before(const struct atoms *a, uint32_t at)
{
	if (!at || a->v[at - 1].kind != ATOM_SIGN)
		return QUALIFIER_EXACT;
	switch (a->v[at - 1].code) {
	case '~':
	case 0x2248:
		return QUALIFIER_ABOUT;
	case '>':
		return QUALIFIER_MORE_THAN;
	case '<':
		return QUALIFIER_LESS_THAN;
	case 0x2265:
		return QUALIFIER_AT_LEAST;
	case 0x2264:
		return QUALIFIER_UP_TO;
	default:
		return QUALIFIER_EXACT;
	}
}

enum qualifier qualifier_before(const struct atoms *a, uint32_t first, uint32_t *ret_first)
{
	static const char fillers[][WORD_BYTES] = { "a", "an", "the", "another", "additional", "further", "total", "of", "its", "their", "his", "her", "only",
					       "just", "" };
	uint32_t at = first;
	*ret_first = first;
	for (int skipped = 0; skipped < 4; skipped++) {
		enum qualifier q = sign_before(a, at);
		if (q != QUALIFIER_EXACT) {
			*ret_first = at - 1;
			return q;
		}
		uint32_t joint = at && skipped == 0 && atom_hyphen(a, at - 1) ? at - 1 : at;
		for (size_t k = 0; atom_word(a, joint - 1) && k < sizeof before / sizeof *before; k++) {
			uint32_t i = ends_with(a, joint, &before[k]);
			if (i < joint) {
				*ret_first = i;
				return before[k].means;
			}
		}
		if (!at || !atom_in(a, at - 1, fillers))
			break;
		/* "over the past three years" and "under the 2010 deal" compare nothing. */
		if (atom_is(a, at - 1, "the") || atom_is(a, at - 1, "its") || atom_is(a, at - 1, "their"))
			break;
		at--;
	}
	return QUALIFIER_EXACT;
}

enum qualifier qualifier_behind(const struct atoms *a, uint32_t next, uint32_t *ret_next)
{
	*ret_next = next;
	if (atom_sign(a, next, '+') && atom_glued(a, next)) {
		*ret_next = next + 1;
		return QUALIFIER_AT_LEAST;
	}
	if (!atom_is(a, next, "or") && !atom_is(a, next, "and"))
		return QUALIFIER_EXACT;
	static const char more[][WORD_BYTES] = { "more", "higher", "greater", "longer", "above", "over", "older", "up", "" };
	static const char less[][WORD_BYTES] = { "less", "fewer", "lower", "under", "younger", "below", "" };
	*ret_next = next + 2;
	if (atom_in(a, next + 1, more))
		return QUALIFIER_AT_LEAST;
	if (atom_in(a, next + 1, less))
		return QUALIFIER_UP_TO;
	if (atom_is(a, next, "or") && (atom_is(a, next + 1, "so") || atom_is(a, next + 1, "thereabouts")))
		return QUALIFIER_ABOUT;
	*ret_next = next;
	return QUALIFIER_EXACT;
}

static bool so_far_at(const struct atoms *a, uint32_t i)
{
	if (atom_is(a, i, "so") || atom_is(a, i, "thus"))
		return atom_is(a, i + 1, "far") && !atom_is(a, i + 2, "as") && !atom_is(a, i + 2, "from");
	if (atom_is(a, i, "to"))
		return atom_is(a, i + 1, "date");
	if (atom_is(a, i, "until") || atom_is(a, i, "till"))
		return atom_is(a, i + 1, "now");
	return atom_is(a, i, "and") && atom_is(a, i + 1, "counting");
}

static bool clause_end(const struct atoms *a, uint32_t i)
{
	if (a->v[i].kind == ATOM_NUMBER)
		return true;
	return a->v[i].kind == ATOM_SIGN && (a->v[i].code == ',' || a->v[i].code == ';' || a->v[i].code == ':' || a->v[i].code == 0x2014);
}

bool qualifier_so_far(const struct atoms *a, uint32_t first, uint32_t next)
{
	for (uint32_t i = next; i < a->n && i < next + CLAUSE_LOOK; i++) {
		bool comma = atom_sign(a, i, ',') && so_far_at(a, i + 1);
		if (so_far_at(a, i) || comma)
			return true;
		if (clause_end(a, i))
			break;
	}
	for (uint32_t i = first, k = 0; i && k < CLAUSE_LOOK; i--, k++) {
		/* "So far, 40 have been found." */
		bool opener = i >= 3 && atom_sign(a, i - 1, ',') && so_far_at(a, i - 3);
		if (so_far_at(a, i - 1) || opener)
			return true;
		if (clause_end(a, i - 1))
			break;
	}
	return false;
}
