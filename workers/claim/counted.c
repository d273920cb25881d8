#include "workers/claim/counted.h"

#include "workers/claim/lexicon.h"
#include "workers/claim/number.h"
#include "workers/decode/chars.h"

#define PHRASE_MAX 8
#define OUTCOME_LOOK 18

static bool nominal(const struct atom *x)
{
	return x->pos == POS_NOUN || x->pos == POS_NAME;
}

static bool function_word(const struct atom *x)
{
	return (x->lex & (LEX_DET | LEX_PRON | LEX_POSSPRON | LEX_PREP | LEX_TO | LEX_COORD | LEX_SUBORD | LEX_REL | LEX_THAT | LEX_BE | LEX_HAVE | LEX_DO |
			  LEX_MODAL | LEX_NEG)) != 0 || x->pos == POS_PREP || x->pos == POS_DET || x->pos == POS_SUB || x->pos == POS_COORD;
}

static bool is_determiner(const struct atoms *a, uint32_t i)
{
	static const char extra[][WORD_BYTES] = { "the", "a", "an", "its", "his", "her", "their", "our", "my", "your", "these", "those", "such", "all", "this",
					     "that", "other", "another", "more", "additional", "" };
	return atom_in(a, i, extra);
}

/* Can atom i stand in a noun phrase before its head or be it? */
static bool in_phrase(const struct atoms *a, uint32_t i, bool have_noun)
{
	if (!atom_word(a, i))
		return false;
	const struct atom *x = &a->v[i];
	bool next = atom_word(a, i + 1) && !function_word(&a->v[i + 1]) && (nominal(&a->v[i + 1]) || a->v[i + 1].pos == POS_ADJ);
	if (function_word(x) || number_word(a, i) >= 0)
		return false;
	if (nominal(x))
		return true;
	if (x->pos == POS_ADJ)
		return true;
	if (x->pos == POS_PART || x->pos == POS_ING)
		return !have_noun && (next || x->pos == POS_ING);
	/* "three most senior judges", "seven previously withheld paragraphs" */
	if (x->pos == POS_ADV && !have_noun && atom_word(a, i + 1))
		return next || a->v[i + 1].pos == POS_PART;
	/* The tagger takes "forces" and "flights" for verbs now and then: the first word behind a number is none. */
	struct str s = atom_str(a, i);
	return !have_noun && x->pos != POS_ADV && (!pos_finite(x->pos) || s.data[s.len - 1] == 's');
}

/* Through a hyphen or an apostrophe to the rest of the word. */
static uint32_t over_joint(const struct atoms *a, uint32_t i)
{
	return atom_hyphen(a, i) && atom_word(a, i + 1) ? i + 1 : i;
}

/* "84 aboard", "19 people ashore": where the counted are. */
static bool whereabouts(const struct atoms *a, uint32_t i)
{
	static const char words[][WORD_BYTES] = { "aboard", "ashore", "overboard", "afloat", "adrift", "onboard", "upside", "apart", "abroad", "overnight", "" };
	return atom_in(a, i, words);
}

static uint32_t phrase_end(const struct atoms *a, uint32_t i)
{
	bool have_noun = false;
	uint32_t end = i;
	for (uint32_t at = i; at < a->n && at - i < PHRASE_MAX;) {
		bool joined = at > i && atom_hyphen(a, at - 1);
		if (!joined && whereabouts(a, at))
			return at == i ? at + 1 : end;
		if (!joined && !in_phrase(a, at, have_noun))
			break;
		uint32_t next = over_joint(a, at + 1);
		have_noun |= nominal(&a->v[at]) && next == at + 1;
		if (a->v[at].pos != POS_ADJ || next == at + 1)
			end = at + 1;
		at = next;
	}
	return end;
}

struct phrase_at counted_phrase(const struct atoms *a, uint32_t i)
{
	if (atom_is(a, i, "of"))
		i++;
	for (int k = 0; k < 2 && is_determiner(a, i); k++)
		i++;
	struct phrase_at p = { i, phrase_end(a, i) };
	if (p.next == p.first)
		return p;
	if (atom_is(a, p.next, "and") && atom_word(a, p.next + 1) && !function_word(&a->v[p.next + 1]) && p.next - p.first < PHRASE_MAX) {
		uint32_t end = phrase_end(a, p.next + 1);
		/* Only when both together do something: "troops and militiamen died". */
		if (end > p.next + 1 && atom_word(a, end) && (pos_finite(a->v[end].pos) || a->v[end].pos == POS_COORD))
			p.next = end;
	} else if (atom_is(a, p.next, "of") && p.next == p.first + 1) {
		uint32_t end = phrase_end(a, p.next + 1);
		if (end > p.next + 1)
			p.next = end;
	}
	return p;
}

struct fate {
	char word[WORD_BYTES];
	const char *means;
	bool active; /* "killing 12" */
	bool state;  /* "12 dead", "12 were killed" */
};

/* Sorted by bytes (counted_check). */
static const struct fate outcomes[] = {
	{ "abducted", "abducted", 1, 1 }, { "abducting", "abducted", 1, 0 }, { "arrested", "arrested", 1, 1 }, { "arresting", "arrested", 1, 0 },
	{ "beheaded", "beheaded", 1, 1 }, { "captured", "captured", 1, 1 }, { "capturing", "captured", 1, 0 }, { "damaged", "damaged", 1, 1 },
	{ "damaging", "damaged", 1, 0 }, { "dead", "killed", 0, 1 }, { "destroyed", "destroyed", 1, 1 }, { "destroying", "destroyed", 1, 0 },
	{ "detained", "detained", 1, 1 }, { "detaining", "detained", 1, 0 }, { "die", "killed", 0, 1 }, { "died", "killed", 0, 1 },
	{ "displaced", "displaced", 1, 1 }, { "displacing", "displaced", 1, 0 }, { "drowned", "drowned", 0, 1 }, { "dying", "killed", 0, 1 },
	{ "evacuated", "evacuated", 1, 1 }, { "evacuating", "evacuated", 1, 0 }, { "executed", "executed", 1, 1 }, { "executing", "executed", 1, 0 },
	{ "freed", "freed", 1, 1 }, { "freeing", "freed", 1, 0 }, { "hit", "hit", 1, 1 }, { "hitting", "hit", 1, 0 },
	{ "hospitalised", "hospitalised", 0, 1 }, { "hospitalized", "hospitalized", 0, 1 }, { "hurt", "injured", 1, 1 },
	{ "hurting", "injured", 1, 0 }, { "injured", "injured", 1, 1 }, { "injuring", "injured", 1, 0 }, { "kidnapped", "kidnapped", 1, 1 },
	{ "kidnapping", "kidnapped", 1, 0 }, { "kill", "killed", 1, 0 }, { "killed", "killed", 1, 1 }, { "killing", "killed", 1, 0 },
	{ "kills", "killed", 1, 0 }, { "losing", "lost", 1, 0 }, { "lost", "lost", 1, 1 }, { "missing", "missing", 0, 1 },
	{ "murdered", "killed", 1, 1 }, { "murdering", "killed", 1, 0 }, { "perished", "killed", 0, 1 }, { "rescued", "rescued", 1, 1 },
	{ "rescuing", "rescued", 1, 0 }, { "slain", "killed", 0, 1 }, { "striking", "struck", 1, 0 }, { "struck", "struck", 1, 1 },
	{ "trapped", "trapped", 1, 1 }, { "wound", "wounded", 1, 0 }, { "wounded", "wounded", 1, 1 }, { "wounding", "wounded", 1, 0 },
};

#define COUNT (sizeof outcomes / sizeof *outcomes)

static const struct fate *find_outcome(const struct atoms *a, uint32_t i)
{
	if (!atom_word(a, i))
		return NULL;
	size_t k = word_search(a->v[i].word, outcomes, COUNT, sizeof *outcomes);
	return k < COUNT ? &outcomes[k] : NULL;
}

bool counted_check(void)
{
	for (size_t i = 1; i < COUNT; i++)
		if (strncmp(outcomes[i - 1].word, outcomes[i].word, WORD_BYTES) >= 0)
			return false;
	return true;
}

/* Words that may stand between the counted and what became of them. */
static bool between(const struct atoms *a, uint32_t i)
{
	static const char words[][WORD_BYTES] = {
		"were", "was", "are", "is", "have", "has", "had", "been", "being", "be", "also", "so", "far", "reportedly", "known", "believed", "feared", "to",
		"confirmed", "left", "who", "thought", "reported", "said", "others", "later", "then", "both", "all", "and", "or", "already", "now", "still",
		"presumed", "remain", "remained", "go", "gone", "went", "found", "may", "might", "could", "would", "will", "not", ""
	};
	return atom_in(a, i, words);
}

const char *counted_outcome(const struct atoms *a, uint32_t first, uint32_t next)
{
	const struct fate *o = first ? find_outcome(a, first - 1) : NULL;
	if (o && o->active)
		return o->means;
	/* "and 400 fighters were killed": what is counted beside it shares its fate. */
	bool listed = false, verb = false;
	for (uint32_t i = next; i < a->n && i - next < OUTCOME_LOOK; i++) {
		const struct atom *x = &a->v[i];
		o = find_outcome(a, i);
		if (o)
			return o->state && (!listed || verb || !o->active) ? o->means : NULL;
		if (atom_sign(a, i, ',') || atom_is(a, i, "and")) {
			if (verb)
				return NULL;
			listed = true;
		} else if (between(a, i)) {
			verb |= pos_finite(x->pos) || x->pos >= POS_AUX;
		} else if (!(listed && !verb && (x->kind == ATOM_NUMBER || number_word(a, i) >= 0 || nominal(x) || x->pos == POS_ADJ || x->pos == POS_NUM ||
						 atom_hyphen(a, i) || is_determiner(a, i)))) {
			return NULL;
		}
	}
	return NULL;
}

struct str counted_per(const struct atoms *a, uint32_t i, bool money, uint32_t *ret_next)
{
	static const char spans[][WORD_BYTES] = { "day", "week", "month", "year", "hour", "minute", "second", "night", "quarter", "annum", "capita", "" };
	static const struct {
		char word[WORD_BYTES];
		struct str per;
	} daily[] = { { "daily", { "day", 3 } }, { "hourly", { "hour", 4 } }, { "weekly", { "week", 4 } }, { "monthly", { "month", 5 } },
		      { "annually", { "year", 4 } }, { "yearly", { "year", 4 } }, { "nightly", { "night", 5 } } };
	for (size_t k = 0; k < sizeof daily / sizeof *daily; k++)
		if (atom_same(a, i, daily[k].word)) {
			*ret_next = i + 1;
			return daily[k].per;
		}
	bool per = atom_is(a, i, "per") || (atom_sign(a, i, '/') && atom_glued(a, i) && atom_glued(a, i + 1));
	bool each = atom_is(a, i, "each") || atom_is(a, i, "every");
	bool article = atom_is(a, i, "a") || atom_is(a, i, "an");
	uint32_t at = i + 1;
	if (atom_hyphen(a, i) && (atom_is(a, i + 1, "a") || atom_is(a, i + 1, "per")) && atom_hyphen(a, i + 2)) {
		article = true;
		at = i + 3;
	}
	if (!atom_word(a, at) || !(per || each || article))
		return (struct str){ 0 };
	static const char other[][WORD_BYTES] = { "earlier", "ago", "later", "before", "after", "previously", "prior", "" };
	bool span = atom_in(a, at, spans) && !atom_in(a, at + 1, other);
	bool share = money && article && nominal(&a->v[at]) && !a->v[at].capital && !pos_finite(a->v[at].pos);
	if (!span && !per && !share)
		return (struct str){ 0 };
	if (atom_is(a, at, "cent"))
		return (struct str){ 0 };
	*ret_next = at + 1;
	return atom_str(a, at);
}

static const char ups[][WORD_BYTES] = {
	"up", "rose", "risen", "rise", "rises", "rising", "gained", "gain", "gains", "climbed", "climb", "jumped", "jump", "increased", "increase", "increases",
	"increasing", "grew", "grown", "grow", "growth", "surged", "surge", "soared", "added", "advanced", "raised", "higher", "boosted", "boost", "upward", ""
};
static const char downs[][WORD_BYTES] = {
	"down", "fell", "fallen", "fall", "falls", "falling", "dropped", "drop", "drops", "dropping", "declined", "decline", "declines", "decreased",
	"decrease", "lost", "slid", "slipped", "plunged", "plummeted", "plummeting", "tumbled", "sank", "shrank", "cut", "cuts", "reduced", "lower", "eased",
	"shed", "dipped", "slumped", "downward", ""
};

static enum change direction(const struct atoms *a, uint32_t i)
{
	if (atom_in(a, i, ups))
		return CHANGE_UP;
	return atom_in(a, i, downs) ? CHANGE_DOWN : CHANGE_NONE;
}

enum change counted_change(const struct atoms *a, uint32_t first, uint32_t next, enum unit_kind kind)
{
	static const char fillers[][WORD_BYTES] = { "by", "of", "a", "an", "another", "some", "as", "much", "further", "the", "only", "just", "" };
	bool by = false;
	uint32_t at = first;
	for (int k = 0; k < 3 && at && atom_in(a, at - 1, fillers); k++) {
		at--;
		by |= atom_is(a, at, "by");
	}
	enum change c = at ? direction(a, at - 1) : CHANGE_NONE;
	if (c != CHANGE_NONE && (kind == UNIT_PERCENT || kind == UNIT_MONEY || by)) {
		bool loss = kind == UNIT_MONEY && !by && (atom_is(a, at - 1, "lost") || atom_is(a, at - 1, "raised") || atom_is(a, at - 1, "cut"));
		return loss ? CHANGE_NONE : c;
	}
	if (kind == UNIT_PERCENT)
		for (uint32_t i = next; i < next + 2; i++)
			if (!atom_is(a, i, "up") && !atom_is(a, i, "down") && !atom_is(a, i, "lost") && direction(a, i) != CHANGE_NONE)
				return direction(a, i);
	return CHANGE_NONE;
}
