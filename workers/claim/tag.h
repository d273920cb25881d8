/* tag: parts of speech, as far as attribution needs them: who is a noun, which verb makes a clause.
 *
 * By word classes and the neighbours, left to right, one pass per sentence; no model. */
#ifndef COPYTASTER_WORKERS_CLAIM_TAG_H
#define COPYTASTER_WORKERS_CLAIM_TAG_H

#include "workers/claim/text.h"

enum pos {
	POS_OTHER, /* marks, signs */
	POS_NOUN,
	POS_NAME, /* capitalised */
	POS_PRON, /* can be a subject */
	POS_DET,
	POS_GEN, /* 's, his, their */
	POS_NUM,
	POS_ADJ,
	POS_PREP,
	POS_TO,
	POS_COORD,
	POS_SUB,  /* while, although; after, since … before a clause */
	POS_REL,  /* which, who, where */
	POS_THAT,
	POS_ADV,
	POS_NEG,
	POS_AUX,   /* finite be, have, do */
	POS_MODAL, /* will, could */
	POS_FIN,   /* other finite verb */
	POS_BASE,  /* after to and modals */
	POS_ING,
	POS_PART  /* past participle, in a verb group or alone */
};

/* titled: capitals say nothing here (a headline in title case). */
void tag_sentence(struct token *tokens, uint32_t first, uint32_t n, bool titled);

/* Makes a clause: auxiliary, modal or finite verb. */
static inline bool pos_finite(uint8_t pos)
{
	return pos == POS_AUX || pos == POS_MODAL || pos == POS_FIN;
}

static inline bool pos_verb(uint8_t pos)
{
	return pos >= POS_AUX;
}

static inline bool pos_nominal(uint8_t pos)
{
	return pos == POS_NOUN || pos == POS_NAME || pos == POS_PRON || pos == POS_NUM;
}

#endif
