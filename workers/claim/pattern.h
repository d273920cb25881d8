/* pattern: the shapes of attribution besides "S said C": quoting others, passives, nouns, hedges. Private to attribute.c. */
#ifndef COPYTASTER_WORKERS_CLAIM_PATTERN_H
#define COPYTASTER_WORKERS_CLAIM_PATTERN_H

#include "workers/claim/attribute.h"

struct scope {
	const struct text *x;
	uint32_t sentence, lo, hi; /* sentence, or the inside of the quotation around the cue */
	struct mark_list *list;
	uint32_t first; /* first mark of this sentence */
	struct arena *arena;
};

/* ---- attribute.c ---- */

struct mark mark_of(const struct scope *s, const struct cue *c, enum mark_form form);
void mark_part(struct mark *m, struct range r);
/* Sets the region and appends it to the list. 0 or -ENOMEM, as all that follow. */
int mark_finish(struct scope *s, struct mark *m);
/* Where the content before a final attribution begins: behind the last attribution of that kind. */
uint32_t scope_content_start(const struct scope *s, uint32_t before);
/* Can [lo, at) be content: a quotation or a clause? at stands behind the comma or the closing mark. */
bool scope_content_before(const struct scope *s, uint32_t at);
/* "C, S said": `clause` is all that belongs to the attribution itself. */
int scope_final(struct scope *s, const struct cue *c, struct range source, struct range clause);
/* A name, a pronoun, or a noun for people, offices or papers; the second looks at the head only. */
bool can_speak(const struct text *x, struct range r);
bool head_can_speak(const struct text *x, struct range r);

/* ---- pattern.c ---- */

int pattern_quotes_other(struct scope *s, const struct cue *c, struct range source, uint32_t left);
int pattern_passive(struct scope *s, const struct cue *c, struct range subject, uint32_t left);
int pattern_broadcast(struct scope *s, const struct cue *c, struct range source, uint32_t left);
int pattern_according(struct scope *s, const struct cue *c);
int pattern_noun(struct scope *s, const struct cue *c);
int pattern_adverb(struct scope *s, const struct cue *c);

#endif
