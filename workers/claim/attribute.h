/* attribute: who says what. Finds the cue of each attribution, its source and its content, by rules over word classes.
 *
 * Cascade per sentence: cue.c finds verb groups and nouns that signal an attribution; attribute.c and pattern.c bind subject and
 * content by position (before, behind, inverted, parenthetical); link.c settles where neighbouring attributions end, nests them and
 * carries quotations on. Lives in the arena; linear, since sentences are bounded. */
#ifndef COPYTASTER_WORKERS_CLAIM_ATTRIBUTE_H
#define COPYTASTER_WORKERS_CLAIM_ATTRIBUTE_H

#include "base/arena.h"
#include "base/err.h"
#include "workers/claim/phrase.h"
#include "workers/claim/text.h"

enum mark_form {
	MARK_PREFIX = 1, /* S said C */
	MARK_FINAL,      /* C, S said; C, said S; C, according to S */
	MARK_JOINED,     /* … and said C; …, saying C: the source of another */
	MARK_NOUN,       /* S's announcement that C */
	MARK_HEDGE,      /* C is said to C; reportedly: no source */
	MARK_CARRIED     /* a quotation or a sentence without a cue of its own */
};

#define MARK_PARTS 4

struct mark {
	enum mark_form form;
	uint32_t sentence;
	struct range cue[2];
	uint32_t n_cue;
	struct range source; /* empty: none */
	struct range part[MARK_PARTS]; /* content, in order */
	uint32_t n_parts;
	struct range region; /* all that belongs to it, for what is narrated */
	uint32_t left;       /* where its clause begins: with its subject */
	uint64_t lex;        /* classes of the cue */
	int32_t outer;       /* the attribution around it, or -1 */
	uint32_t lo, hi;     /* its sentence, or the quotation it stands in */
	bool past, negated, passive, inherited, quoted, same_source, fixed_end, relay;
};

struct mark_list {
	struct mark *v;
	uint32_t n, cap;
};

/* All attributions, by where they begin in the text. 0 or -ENOMEM. */
int attribute_find(const struct text *x, struct arena *arena, struct mark_list *ret) MUST_CHECK;

/* ---- between cue.c, attribute.c and link.c ---- */

struct cue {
	struct range at;   /* verb group or noun, without adverbs at its edge */
	uint32_t verb;     /* the token that carries the meaning */
	uint64_t lex;
	bool past, negated, passive, ing, noun, adverb, according;
};

/* Is there a cue whose main word is token i? lo: its sentence or quotation. */
bool cue_at(const struct text *x, uint32_t i, uint32_t lo, uint32_t hi, struct cue *ret);

/* Behind a cue of these classes: the content that begins at or after `from`; empty when it cannot take what stands there. */
struct range content_behind(const struct text *x, const struct cue *c, uint32_t from, uint32_t hi);

/* Marks [first, list->n) are those of one sentence: settle ends and nesting. */
void link_sentence(const struct text *x, struct mark_list *list, uint32_t first);
/* The sentence, whose own marks are [first, list->n), may go on quoting without a cue; or the sentence before it belongs to
 * its speaker. Appends, inserts or extends. 0 or -ENOMEM. */
int link_carry(const struct text *x, uint32_t sentence, uint32_t first, struct arena *arena, struct mark_list *list) MUST_CHECK;
int mark_add(struct mark_list *list, struct arena *arena, const struct mark *m) MUST_CHECK;

#endif
