#include "workers/claim/place.h"

#include <errno.h>

#include "workers/claim/atom.h"
#include "workers/claim/gazetteer.h"
#include "workers/claim/lexicon.h"
#include "workers/decode/chars.h"

#define NAME_ATOMS 9

struct places {
	struct place *list;
	size_t n, size;
};

static int push(struct places *p, const struct place *x, struct arena *arena)
{
	if (p->n == p->size) {
		size_t more = p->size ? p->size * 2 : 32;
		struct place *grown = arena_grow(arena, p->list, p->size * sizeof *grown, more * sizeof *grown);
		if (!grown)
			return -ENOMEM;
		p->list = grown;
		p->size = more;
	}
	p->list[p->n++] = *x;
	return 0;
}

/* A word of a name, without its genitive: "Syria's". */
static struct str bare(const struct atoms *a, uint32_t i, bool *ret_genitive)
{
	struct str s = atom_str(a, i);
	*ret_genitive = false;
	if (s.len > 2 && s.data[s.len - 1] == 's' && s.data[s.len - 2] == '\'') {
		*ret_genitive = true;
		s.len -= 2;
	} else if (s.len > 4 && s.data[s.len - 1] == 's' && memcmp(s.data + s.len - 4, "\xe2\x80\x99", 3) == 0) {
		*ret_genitive = true;
		s.len -= 4;
	}
	return s;
}

/* Does this name stand at atom i, in any case? The atom behind it, or 0. */
static uint32_t name_at(const struct atoms *a, uint32_t i, const char *name)
{
	for (uint32_t at = i; at < a->n && at - i < NAME_ATOMS; at++) {
		bool genitive;
		if (at > i && !a->v[at].glued && *name++ != ' ')
			return 0;
		struct str s = atom_str(a, at), end = a->v[at].kind == ATOM_WORD ? bare(a, at, &genitive) : s;
		size_t n = 0;
		while (n < s.len && name[n] && name[n] == chars_fold(s.data[n]))
			n++;
		if (!name[n] && n == end.len)
			return at + 1;
		if (n < s.len)
			return 0;
		name += n;
	}
	return 0;
}

/* The longest name of the table that begins at atom i: the atom behind it, or 0. */
static uint32_t known_name(const struct atoms *a, uint32_t i)
{
	bool genitive;
	uint32_t end, first, next = 0;
	if (!atom_word(a, i) || !a->v[i].capital)
		return 0;
	first = gazetteer_first(bare(a, i, &genitive), &end);
	/* A name comes behind those that it begins with. */
	while (end > first && !next)
		next = name_at(a, i, gazetteer_name(--end));
	return next;
}

/* "U.S.", "UK", "US", "UAE" where they stand as nouns. */
static uint32_t short_name(const struct atoms *a, uint32_t i)
{
	if (!atom_word(a, i))
		return 0;
	struct str s = atom_str(a, i);
	if (str_is(s, "UK") || str_is(s, "UAE") || str_is(s, "USA") || str_is(s, "US"))
		return i + 1;
	bool dots = (str_is(s, "U") && atom_sign(a, i + 1, '.') && atom_word(a, i + 2) && atom_glued(a, i + 2) && atom_sign(a, i + 3, '.') &&
		     (str_is(atom_str(a, i + 2), "S") || str_is(atom_str(a, i + 2), "K")));
	return dots ? i + 4 : 0;
}

/* Part of a longer name or of a word that is no place: "Michael Jordan", "Washington Post", "Britain-based". */
static bool swallowed(const struct atoms *a, uint32_t first, uint32_t next, bool headline)
{
	static const char sides[][WORD_BYTES] = { "north", "south", "east", "west", "northern", "southern", "eastern", "western", "central", "greater", "upper", "" };
	if (next < a->n && (atom_hyphen(a, next) || (a->v[next].kind == ATOM_WORD && a->v[next].glued)))
		return true;
	if (first && atom_hyphen(a, first - 1) && !atom_is(a, first - 1, "in"))
		return !(first > 1 && (atom_is(a, first - 2, "mid") || atom_is(a, first - 2, "anti")));
	if (headline)
		return false;
	bool genitive = false;
	bare(a, next - 1, &genitive);
	if (!genitive && atom_word(a, next) && a->v[next].capital && !(a->v[next].lex & (LEX_TIME | LEX_PREP | LEX_COORD)) && a->v[next].pos == POS_NAME)
		return true;
	if (!first || !atom_word(a, first - 1) || !a->v[first - 1].capital)
		return false;
	const struct atom *p = &a->v[first - 1];
	bool opener = (a->text->tokens[p->token].flags & TOKEN_FIRST) || (p->lex & (LEX_PREP | LEX_DET | LEX_COORD | LEX_SUBORD | LEX_ADV));
	return !opener && p->pos == POS_NAME && !atom_in(a, first - 1, sides);
}

/* A run of words with capitals, with "al-", "ez-", "de" between: the atom behind it, or i. */
static uint32_t name_run(const struct atoms *a, uint32_t i)
{
	static const char joints[][WORD_BYTES] = { "al", "el", "ez", "as", "ar", "ad", "ash", "an", "bin", "de", "la", "del", "" };
	uint32_t end = i;
	while (end < a->n && end - i < 8 && atom_word(a, end)) {
		bool joint = atom_in(a, end, joints) && (atom_hyphen(a, end + 1) || (end > i && atom_word(a, end + 1) && a->v[end + 1].capital));
		if (!a->v[end].capital && !joint)
			break;
		if (!joint && (a->v[end].lex & (LEX_TIME | LEX_DET | LEX_PRON | LEX_POSSPRON)))
			break;
		bool genitive;
		bare(a, end, &genitive);
		if (genitive)
			return end + 1;
		if (joint && atom_hyphen(a, end + 1))
			end += 2;
		else if (atom_hyphen(a, end + 1) && atom_word(a, end + 2) && a->v[end + 2].capital)
			end += 2;
		else
			end++;
	}
	return end;
}

static const char kinds[][WORD_BYTES] = {
	"city", "town", "village", "province", "district", "port", "island", "region", "state", "suburb", "neighbourhood", "neighborhood", "governorate",
	"county", "municipality", "oasis", "peninsula", "capital", "camp", "settlement", "enclave", ""
};
static const char many_kinds[][WORD_BYTES] = {
	"cities", "towns", "villages", "provinces", "districts", "islands", "regions", "states", "suburbs", "neighbourhoods", "neighborhoods", "counties", ""
};

/* Does what stands before atom i call it a place? */
static bool called_place(const struct atoms *a, uint32_t i, bool in_list)
{
	static const char no_places[][WORD_BYTES] = { "islamic", "congress", "parliament", "english", "arabic", "god", "house", "senate", "i", "christ",
						 "facebook", "twitter", "nature", "science", "" };
	if (!i || atom_in(a, i, no_places))
		return false;
	if (in_list)
		return true;
	if (i > 1 && atom_is(a, i - 1, "of") && (atom_in(a, i - 2, kinds) || atom_in(a, i - 2, many_kinds)))
		return true;
	if (atom_in(a, i - 1, kinds) || atom_in(a, i - 1, many_kinds))
		return i > 1 && !atom_is(a, i - 1, "state");
	bool prep = atom_is(a, i - 1, "in") || atom_is(a, i - 1, "near") || atom_is(a, i - 1, "outside");
	const struct token *t = &a->text->tokens[a->v[i].token];
	return prep && !(t->flags & TOKEN_ALLCAPS) && (a->v[i].pos == POS_NAME || atom_is(a, i, "al"));
}

/* Behind "in" a name may still be that of a person or a club: those have a genitive or a capital word of another kind behind. */
static bool named_place(const struct atoms *a, uint32_t i, uint32_t next)
{
	bool genitive = false, behind = atom_in(a, next, kinds) || atom_is(a, next, "airport") || atom_is(a, next, "airbase");
	bare(a, next - 1, &genitive);
	bool of = i > 1 && atom_is(a, i - 1, "of");
	for (uint32_t at = i; at < next && !of; at++)
		if (a->v[at].lex & (LEX_ORG | LEX_GOV | LEX_MEDIA | LEX_DOC | LEX_ROLE | LEX_MIL))
			return false;
	return behind || of || (!genitive && !atom_hyphen(a, next));
}

static uint32_t place_at(const struct atoms *a, uint32_t i, bool headline, bool in_list)
{
	uint32_t next = known_name(a, i);
	if (next && !swallowed(a, i, next, headline))
		return next;
	next = short_name(a, i);
	if (next)
		return atom_word(a, next) && !(a->v[next].lex & (LEX_PREP | LEX_COORD | LEX_BE | LEX_HAVE | LEX_MODAL)) && !pos_finite(a->v[next].pos) ? 0
			: atom_hyphen(a, next) ? 0 : next;
	if (headline || !atom_word(a, i) || !(a->v[i].capital || atom_is(a, i, "al")) || !called_place(a, i, in_list))
		return 0;
	next = name_run(a, i);
	return next > i && next - i <= 8 && named_place(a, i, next) ? next : 0;
}

/* "the towns of X, Y and Z": the names behind a comma or "and" belong to the list. */
static bool list_goes_on(const struct atoms *a, uint32_t i, uint32_t list_at)
{
	if (!list_at || i <= list_at || i - list_at > 2)
		return false;
	for (uint32_t at = list_at; at < i; at++)
		if (!atom_sign(a, at, ',') && !atom_is(a, at, "and"))
			return false;
	return true;
}

static int find_in_sentence(const struct atoms *a, bool headline, struct places *list, struct arena *arena)
{
	uint32_t list_at = 0;
	for (uint32_t i = 0; i < a->n;) {
		if (!a->v[i].capital && !atom_is(a, i, "al")) {
			i++;
			continue;
		}
		bool in_list = list_goes_on(a, i, list_at);
		uint32_t next = place_at(a, i, headline, in_list);
		if (!next) {
			i++;
			continue;
		}
		bool genitive = false, opens = i > 1 && atom_is(a, i - 1, "of") && atom_in(a, i - 2, many_kinds);
		struct span span = { a->v[i].span.start, a->v[next - 1].span.end };
		if (a->v[next - 1].kind == ATOM_WORD) {
			struct str last = bare(a, next - 1, &genitive);
			span.end = a->v[next - 1].span.start + (uint32_t)last.len;
		}
		struct place x = { span, text_bytes(a->text, span) };
		if (push(list, &x, arena))
			return -ENOMEM;
		list_at = opens || in_list ? next : 0;
		i = next;
	}
	return 0;
}

int place_find(const struct text *t, const struct article *article, struct arena *arena, struct place **ret, size_t *ret_n)
{
	struct atoms *a = atoms_new(t, arena);
	struct places list = { 0 };
	if (!a)
		return -ENOMEM;
	for (uint32_t s = 0; s < t->n_sentences; s++) {
		atoms_read(a, t, t->sentences[s].first, t->sentences[s].n);
		int r = find_in_sentence(a, article->blocks[t->sentences[s].block].kind == BLOCK_TITLE, &list, arena);
		if (r)
			return r;
	}
	*ret = list.list;
	*ret_n = list.n;
	return 0;
}
