#include "workers/claim/source.h"

#include <errno.h>

#include "workers/claim/gazetteer.h"
#include "workers/claim/lexicon.h"
#include "workers/claim/tag.h"

#define DEEPEST 48 /* mentions of one word that a look-up compares */
#define KINDS (LEX_GOV | LEX_MIL | LEX_ORG | LEX_MEDIA)

struct mention {
	struct range words;
	uint32_t next; /* with the same last word, index + 1 */
	bool person;
	struct range role; /* empty: none */
};

struct source_index {
	const struct text *x;
	struct mention *mentions;
	uint32_t n;
	uint32_t *buckets; /* by the last word, index + 1 of the first mention */
	uint32_t *tails;
	uint32_t n_buckets; /* power of two */
	struct source person, thing, group; /* the last of each, for pronouns … */
	uint32_t person_at, thing_at, group_at; /* … and the sentences they stood in */
};

static const struct token *tok(const struct text *x, uint32_t i)
{
	return &x->tokens[i];
}

/* "al-Assad" is also "Assad". */
static struct str bare(struct str s)
{
	bool article = s.len > 4 && (memcmp(s.data, "al-", 3) == 0 || memcmp(s.data, "el-", 3) == 0);
	return article ? str_cut(s, 3, s.len) : s;
}

static bool same_word(struct str a, struct str b)
{
	return str_eq(bare(a), bare(b));
}

static uint32_t hash(struct str word)
{
	struct str s = bare(word);
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.data[i]) * 16777619u;
	return h ^ h >> 15;
}

static struct str words_of(const struct text *x, struct range r)
{
	if (range_empty(r))
		return (struct str){ NULL, 0 };
	return text_bytes(x, (struct span){ tok(x, r.first)->span.start, tok(x, r.end - 1)->span.end });
}

static bool connector(const struct text *x, uint32_t i)
{
	return token_is(x, i, "of") || token_is(x, i, "for") || token_is(x, i, "de") || token_is(x, i, "bin") || token_is(x, i, "von") || token_is(x, i, "van") ||
	       token_is(x, i, "al") || token_is(x, i, "el");
}

/* "Bank of England", "Observatory for Human Rights", but not "Syria for Russia". */
static bool joins_name(const struct text *x, uint32_t i)
{
	if (token_is(x, i, "for"))
		return (tok(x, i - 1)->lex & (LEX_ORG | LEX_GOV | LEX_MIL | LEX_MEDIA)) != 0;
	return !token_is(x, i, "of") || !(tok(x, i - 1)->lex & (LEX_COUNTRY | LEX_ROLE));
}

static bool name_word(const struct token *t)
{
	return t->kind == TOKEN_WORD && t->pos == POS_NAME && !(t->lex & (LEX_WEEKDAY | LEX_MONTH));
}

/* The name that begins at i: capitalised words, "of" and "for" between them, then nouns such as "ministry". */
static struct range name_at(const struct text *x, uint32_t i, uint32_t end)
{
	uint32_t k = i + 1;
	while (k < end && k - i < 12) {
		if (name_word(tok(x, k)))
			k++;
		else if (k + 1 < end && connector(x, k) && name_word(tok(x, k + 1)) && joins_name(x, k))
			k += 2;
		else
			break;
	}
	while (k < end && k - i < 14 && tok(x, k)->pos == POS_NOUN && (tok(x, k)->lex & KINDS))
		k++;
	return (struct range){ i, k };
}

static bool organised(const struct text *x, struct range r)
{
	for (uint32_t i = r.first; i < r.end; i++)
		if (tok(x, i)->lex & (KINDS | LEX_COUNTRY | LEX_DOC) || connector(x, i))
			return true;
	return !range_empty(r) && (gazetteer_firm(tok(x, r.end - 1)->lower) || gazetteer_has(words_of(x, r)));
}

/* Splits "Russian President Vladimir Putin" behind its last title; the lower-case title left of a name counts too. */
static void part_person(const struct text *x, uint32_t lo, struct mention *m)
{
	uint32_t first = m->words.first;
	for (uint32_t i = m->words.first; i + 1 < m->words.end; i++)
		if (tok(x, i)->lex & LEX_ROLE)
			first = i + 1;
	if (first > m->words.first) {
		uint32_t begin = m->words.first;
		while (begin > lo && (tok(x, begin - 1)->flags & TOKEN_CAPITAL) && tok(x, begin - 1)->pos == POS_ADJ)
			begin--;
		m->role = (struct range){ begin, first };
		m->words.first = first;
		m->person = true;
		return;
	}
	uint32_t left = m->words.first;
	bool full = m->words.end - left >= 2 && m->words.end - left <= 4 && !organised(x, m->words);
	bool title = left > lo && tok(x, left - 1)->pos != POS_NAME &&
		     ((tok(x, left - 1)->lex & LEX_ROLE) || (full && tok(x, left - 1)->pos == POS_NOUN && !(tok(x, left - 1)->lex & (KINDS | LEX_TIME))));
	if (title) {
		struct range np = phrase_before(x, lo, left);
		while (np.first < np.end && (tok(x, np.first)->pos == POS_DET || tok(x, np.first)->pos == POS_NUM))
			np.first++;
		m->role = np;
		m->person = true;
	}
}

static void enter(struct source_index *s, struct mention m)
{
	uint32_t b = hash(tok(s->x, m.words.end - 1)->lower) & (s->n_buckets - 1);
	s->mentions[s->n++] = m;
	if (s->buckets[b] == 0)
		s->buckets[b] = s->n;
	else
		s->mentions[s->tails[b] - 1].next = s->n;
	s->tails[b] = s->n;
}

/* "interior ministry", "military source": a common noun with what stands before it. */
static bool office(const struct text *x, uint32_t lo, uint32_t i, struct mention *ret)
{
	const struct token *t = tok(x, i);
	uint32_t first = i;
	if (t->pos != POS_NOUN || !(t->lex & (KINDS | LEX_UNNAMED)))
		return false;
	while (first > lo && i - first < 4 && (tok(x, first - 1)->pos == POS_NOUN || tok(x, first - 1)->pos == POS_ADJ))
		first--;
	*ret = (struct mention){ .words = { first, i + 1 } };
	return first < i;
}

static void collect(struct source_index *s, const struct sentence *sent)
{
	const struct text *x = s->x;
	uint32_t end = sent->first + sent->n;
	for (uint32_t i = sent->first; i < end; i++) {
		struct mention o;
		if (!name_word(tok(x, i))) {
			if (office(x, sent->first, i, &o))
				enter(s, o);
			continue;
		}
		struct mention m = { .words = name_at(x, i, end) };
		i = m.words.end - 1;
		part_person(x, sent->first, &m);
		if (!m.person && m.words.end - m.words.first >= 2 && m.words.end - m.words.first <= 4 && !organised(x, m.words))
			m.person = true;
		enter(s, m);
	}
}

int source_index_build(const struct text *x, struct arena *arena, struct source_index **ret)
{
	struct source_index *s = ARENA_NEW(arena, struct source_index);
	if (!s)
		return -ENOMEM;
	uint32_t names = 0;
	for (uint32_t i = 0; i < x->n_tokens; i++)
		names += name_word(tok(x, i)) || (tok(x, i)->lex & (KINDS | LEX_UNNAMED));
	s->x = x;
	s->n_buckets = 64;
	while (s->n_buckets < names)
		s->n_buckets *= 2;
	s->mentions = ARENA_ARRAY(arena, names, struct mention);
	s->buckets = ARENA_ARRAY(arena, s->n_buckets, uint32_t);
	s->tails = ARENA_ARRAY(arena, s->n_buckets, uint32_t);
	if (!s->mentions || !s->buckets || !s->tails)
		return -ENOMEM;
	for (uint32_t i = 0; i < x->n_sentences; i++)
		if (x->article->blocks[x->sentences[i].block].kind != BLOCK_TITLE)
			collect(s, &x->sentences[i]);
	*ret = s;
	return 0;
}

static bool contains(const struct text *x, struct range big, struct str word)
{
	for (uint32_t i = big.first; i < big.end; i++)
		if (same_word(tok(x, i)->lower, word))
			return true;
	return false;
}

/* The fullest mention that ends with the same word and has all the words of r. NULL: none is longer. */
static const struct mention *fullest(const struct source_index *s, struct range r, bool person)
{
	const struct text *x = s->x;
	struct str last = tok(x, r.end - 1)->lower;
	const struct mention *best = NULL;
	uint32_t depth = 0;
	for (uint32_t at = s->buckets[hash(last) & (s->n_buckets - 1)]; at && depth < DEEPEST; at = s->mentions[at - 1].next, depth++) {
		const struct mention *m = &s->mentions[at - 1];
		uint32_t len = m->words.end - m->words.first;
		if (!same_word(tok(x, m->words.end - 1)->lower, last) || m->person != person)
			continue;
		bool all = true;
		for (uint32_t i = r.first; i < r.end && all; i++)
			all = contains(x, m->words, tok(x, i)->lower);
		if (!all || len < r.end - r.first)
			continue;
		uint32_t best_len = best ? best->words.end - best->words.first : 0;
		if (len > best_len || (len == best_len && range_empty(best->role) && !range_empty(m->role)))
			best = m;
	}
	return best;
}

/* "the Observatory" for "Syrian Observatory for Human Rights": the word stands inside the longer name. Looks at the names that stand
 * before the source, nearest DEEPEST * 4 of the first ones. */
static const struct mention *inside(const struct source_index *s, struct str word)
{
	for (uint32_t i = 0; i < s->n && i < DEEPEST * 4; i++) {
		const struct mention *m = &s->mentions[i];
		if (!m->person && m->words.end - m->words.first >= 3 && contains(s->x, m->words, word))
			return m;
	}
	return NULL;
}

/* The first word behind which tails ("of …", "in …") begin, or the end. */
static uint32_t head_end(const struct text *x, struct range r)
{
	for (uint32_t i = r.first + 1; i < r.end; i++) {
		const struct token *t = tok(x, i);
		if (t->kind == TOKEN_PUNCT || t->pos == POS_REL)
			return i;
		if (t->pos == POS_PREP && !(connector(x, i) && tok(x, i - 1)->pos == POS_NAME && i + 1 < r.end && tok(x, i + 1)->pos == POS_NAME))
			return i;
	}
	return r.end;
}

static enum source_type type_of(const struct text *x, struct range head, bool named)
{
	uint64_t all = 0, last = tok(x, head.end - 1)->lex;
	for (uint32_t i = head.first; i < head.end; i++)
		all |= tok(x, i)->lex;
	if (last & LEX_MEDIA)
		return SOURCE_MEDIA;
	if ((last & LEX_UNNAMED) && !named)
		return SOURCE_UNNAMED;
	if ((last & LEX_ROLE) && !named)
		return SOURCE_PERSON;
	if ((last & LEX_GROUPN) && !(last & LEX_MIL))
		return SOURCE_GROUP;
	if (last & LEX_DOC)
		return SOURCE_DOCUMENT;
	if (last & LEX_GOV)
		return SOURCE_GOVERNMENT;
	if (last & LEX_MIL || (all & LEX_MIL && !(last & LEX_ORG)))
		return SOURCE_MILITARY;
	if (all & LEX_MEDIA)
		return SOURCE_MEDIA;
	if (last & LEX_ORG)
		return SOURCE_ORGANISATION;
	if (all & LEX_GOV)
		return SOURCE_GOVERNMENT;
	if (all & LEX_ORG)
		return SOURCE_ORGANISATION;
	if (last & LEX_COUNTRY || (all & LEX_COUNTRY && head.end - head.first == 1))
		return SOURCE_GOVERNMENT;
	return 0;
}

/* How many sentences a pronoun reaches back. */
#define PERSON_REACH 5
#define SUBJECT_REACH 2
#define THING_REACH 2
#define POSSESSIVE_REACH 1

static struct range role_words(const struct text *x, struct range r)
{
	while (r.first < r.end && (tok(x, r.first)->pos == POS_DET || (tok(x, r.first)->lex & LEX_POSSPRON) || tok(x, r.first)->kind == TOKEN_PUNCT))
		r.first++;
	while (r.end > r.first && tok(x, r.end - 1)->kind == TOKEN_PUNCT && !token_is(x, r.end - 1, ")"))
		r.end--;
	return r;
}

/* How many mentions stand before a token; they are in text order. */
static uint32_t mentions_before(const struct source_index *s, uint32_t token)
{
	uint32_t lo = 0, hi = s->n;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (s->mentions[mid].words.first < token)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Does a title ("Mrs", "spokesman") speak against the pronoun? */
static bool other_sex(struct str role, bool she)
{
	static const char *const women[] = { "Mrs", "Ms", "Miss", "woman", "Lady", "Queen", "wife", "mother", "daughter", "sister" };
	static const char *const men[] = { "Mr", "Sir", "man", "Lord", "King", "husband", "father", "son", "brother" };
	const char *const *list = she ? men : women;
	size_t n = she ? sizeof(men) / sizeof(men[0]) : sizeof(women) / sizeof(women[0]), end = role.len;
	while (end && (role.data[end - 1] == '.' || role.data[end - 1] == ' '))
		end--;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(list[i]);
		bool ends = end >= len && memcmp(role.data + end - len, list[i], len) == 0;
		bool woman = she && end > len + 1 && memcmp(role.data + end - len - 2, "wo", 2) == 0;
		bool whole = end == len || (ends && role.data[end - len - 1] == ' ') || str_is((struct str){ list[i], len }, "man") ||
			     str_is((struct str){ list[i], len }, "woman");
		if (ends && whole && !woman)
			return true;
	}
	return false;
}

static struct source person_of(const struct source_index *s, const struct mention *m)
{
	const struct mention *full = fullest(s, m->words, true);
	struct range role = !range_empty(m->role) ? m->role : full ? full->role : m->role;
	return (struct source){ words_of(s->x, full ? full->words : m->words), words_of(s->x, role_words(s->x, role)), SOURCE_PERSON };
}

/* "Gregor Tamm switched it off. … he said": the subject of a narrated sentence that stands nearer than the last person who spoke. */
static bool subject_person(const struct source_index *s, uint32_t token, bool she, struct source *ret)
{
	const struct text *x = s->x;
	uint32_t n = mentions_before(s, token), at = tok(x, token)->sentence;
	for (uint32_t i = n; i > 0 && n - i < DEEPEST; i--) {
		const struct mention *m = &s->mentions[i - 1];
		uint32_t first = x->sentences[tok(x, m->words.first)->sentence].first, sentence = tok(x, m->words.first)->sentence;
		if (at - sentence > SUBJECT_REACH || (s->person.type && sentence <= s->person_at))
			return false;
		if (!m->person || (tok(x, m->words.first)->flags & TOKEN_QUOTED) || (tok(x, m->words.first)->lex & LEX_SAY) || finite_in(x, first, m->words.first) < m->words.first ||
		    (m->words.end < x->n_tokens && token_is(x, m->words.end, "'s")) || (m->words.first > first && tok(x, m->words.first - 1)->pos == POS_PREP))
			continue;
		struct source p = person_of(s, m);
		if (other_sex(p.role, she))
			continue;
		*ret = p;
		return true;
	}
	return false;
}

static struct source pronoun(struct source_index *s, uint32_t token)
{
	struct source none = { .type = 0 };
	const struct token *t = tok(s->x, token);
	struct str w = t->lower;
	uint32_t at = t->sentence, reach = t->pos == POS_GEN ? POSSESSIVE_REACH : THING_REACH;
	bool she = str_is(w, "she") || str_is(w, "her"), he = str_is(w, "he") || str_is(w, "his");
	struct source near;
	if ((he || she) && subject_person(s, token, she, &near)) {
		s->person = near;
		s->person_at = at;
		return near;
	}
	if (he || she || str_is(w, "i"))
		return at - s->person_at <= PERSON_REACH && !((he || she) && other_sex(s->person.role, she)) ? s->person : none;
	if ((str_is(w, "they") || str_is(w, "we") || str_is(w, "their")) && s->group.type && at - s->group_at <= reach)
		return s->group;
	bool thing = str_is(w, "it") || str_is(w, "its") || str_is(w, "they") || str_is(w, "we") || str_is(w, "their");
	return thing && at - s->thing_at <= reach ? s->thing : none;
}

/* The capitalised words that end the head, or empty. */
static struct range trailing_name(const struct text *x, struct range head)
{
	uint32_t i = head.end;
	while (i > head.first && (tok(x, i - 1)->pos == POS_NAME || (i < head.end && i - 1 > head.first && connector(x, i - 1) && tok(x, i - 2)->pos == POS_NAME)))
		i--;
	return (struct range){ i, head.end };
}

static bool has_role(const struct text *x, struct range r)
{
	for (uint32_t i = r.first; i < r.end && tok(x, i)->pos != POS_REL; i++)
		if ((tok(x, i)->lex & LEX_ROLE) && tok(x, i)->pos != POS_PREP)
			return true;
	return false;
}

/* "the director of the group, Rami Rahman": the name stands in the apposition, the title before it. */
static bool named_behind(const struct source_index *s, struct range r, struct range head, struct source *ret)
{
	const struct text *x = s->x;
	uint32_t comma = head.end;
	while (comma < r.end && !token_is(x, comma, ","))
		comma++;
	struct range name = trailing_name(x, (struct range){ comma, r.end });
	if (comma == r.end || name.first != comma + 1 || name.end - name.first > 4 || organised(x, name) || !has_role(x, (struct range){ r.first, comma }))
		return false;
	*ret = (struct source){ words_of(x, name), words_of(x, role_words(x, (struct range){ r.first, comma })), SOURCE_PERSON };
	return true;
}

/* A person by title, by apposition, by an earlier full name, or because the name looks like one. */
static bool person(const struct source_index *s, struct range r, struct range head, struct source *ret)
{
	const struct text *x = s->x;
	struct mention m = { .words = trailing_name(x, head) };
	if (range_empty(m.words) && head.end - head.first == 1 && (tok(x, head.first)->flags & TOKEN_CAPITAL) && !tok(x, head.first)->lex)
		m.words = head; /* "Ozols said": the first word of a sentence looks like a plural */
	if (range_empty(m.words))
		return named_behind(s, r, head, ret);
	part_person(x, head.first, &m);
	struct range apposition = role_words(x, (struct range){ head.end, r.end });
	bool titled = m.person, apposed = head.end < r.end && token_is(x, head.end, ",") && has_role(x, apposition) && !organised(x, m.words);
	const struct mention *full = fullest(s, m.words, true);
	bool plain = m.words.end - m.words.first >= 2 && m.words.end - m.words.first <= 4 && !organised(x, m.words) && m.words.first == head.first;
	bool known = full && (titled || !organised(x, m.words)) && (full->words.end - full->words.first > 1 || !range_empty(full->role));
	if (!titled && !apposed && !plain && !known)
		return false;
	if (!titled && organised(x, m.words) && !known)
		return false;
	struct range name = full ? full->words : m.words;
	struct range role = titled ? role_words(x, m.role) : apposed ? apposition : full ? role_words(x, full->role) : (struct range){ 0, 0 };
	*ret = (struct source){ words_of(x, name), words_of(x, role), SOURCE_PERSON };
	return true;
}

/* "a mediator", "the pathologist": one who does something. */
static bool agent(const struct token *t)
{
	static const char *const endings[] = { "er", "or", "ist", "man", "woman", "ian" };
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t n = strlen(endings[i]);
		if (t->pos == POS_NOUN && t->lower.len > n + 2 && memcmp(t->lower.data + t->lower.len - n, endings[i], n) == 0)
			return true;
	}
	return false;
}

static struct source thing(const struct source_index *s, struct range head)
{
	const struct text *x = s->x;
	struct range name = head;
	while (name.first + 1 < name.end && (tok(x, name.first)->pos == POS_DET || (tok(x, name.first)->pos == POS_GEN && !token_is(x, name.first, "'s"))))
		name.first++;
	if (name.end > name.first + 1 && token_is(x, name.end - 1, "'s"))
		name.end--;
	struct source r = { .type = type_of(x, name, false) };
	const struct token *last = tok(x, name.end - 1);
	const struct mention *full = (last->lex & (KINDS | LEX_UNNAMED)) || (last->pos == POS_NAME && !(last->lex & LEX_COUNTRY)) ? fullest(s, name, false) : NULL;
	if (name.end - name.first == 1 && (last->lex & KINDS) && (!full || full->words.end - full->words.first == 1))
		full = inside(s, last->lower);
	r.name = words_of(x, full ? full->words : name);
	if (r.type == 0 && full)
		r.type = type_of(x, full->words, true);
	if (r.type == 0 && last->pos == POS_NAME && gazetteer_has(r.name))
		r.type = SOURCE_GOVERNMENT; /* "Estonia said" */
	if (r.type == 0)
		r.type = last->lex & LEX_ROLE || agent(last) ? SOURCE_PERSON : last->pos != POS_NAME && last->lower.data[last->lower.len - 1] == 's' ? SOURCE_GROUP : SOURCE_ORGANISATION;
	return r;
}

/* "the minister": the last person whose title ends with the word. */
static bool office_holder(struct source_index *s, struct range head, struct source *ret)
{
	const struct text *x = s->x;
	const struct token *last = tok(x, head.end - 1);
	if (head.end - head.first != 2 || !token_is(x, head.first, "the") || !(last->lex & LEX_ROLE) || (last->lex & (LEX_UNNAMED | LEX_GROUPN)))
		return false;
	uint32_t n = mentions_before(s, head.first);
	for (uint32_t i = n; i > 0 && n - i < DEEPEST * 4; i--) {
		const struct mention *m = &s->mentions[i - 1];
		if (m->person && !range_empty(m->role) && str_eq(tok(x, m->role.end - 1)->lower, last->lower)) {
			*ret = person_of(s, m);
			return true;
		}
	}
	return false;
}

struct source source_resolve(struct source_index *s, struct range r)
{
	struct source found = { .type = 0 };
	if (range_empty(r))
		return found;
	const struct token *first = tok(s->x, r.first);
	if (r.end - r.first == 1 && (first->pos == POS_PRON || first->pos == POS_GEN || (first->lex & LEX_PERSONAL)))
		return pronoun(s, r.first);
	struct range head = { r.first, head_end(s->x, r) };
	if (head.end > head.first + 1 && token_is(s->x, head.end - 1, "'s"))
		head.end--;
	if (!person(s, r, head, &found) && !office_holder(s, head, &found))
		found = thing(s, head);
	if (found.type == SOURCE_PERSON) {
		s->person = found;
		s->person_at = first->sentence;
	} else if (found.type != 0) {
		s->thing = found;
		s->thing_at = first->sentence;
	}
	if (found.type == SOURCE_GROUP || found.type == SOURCE_UNNAMED) {
		s->group = found;
		s->group_at = first->sentence;
	}
	return found;
}
