/* claims: who says what, how many, where, when.
 *
 *   text.h     tokens, sentences, quotations
 *   attribute.h  cue, source, content of each attribution
 *   quantity.h, time.h, source.h, place.h, modality.h: one reason each
 *   split.h    content to propositions
 *   extract.c  puts them together
 *   lexicon.h  the words all of them go by
 *
 * Pure; lives in the arena; linear in the length. An article gives at most 16,384 claims, from its first 300,000
 * tokens (about 1.6 MB). */
#ifndef COPYTASTER_WORKERS_CLAIM_CLAIM_H
#define COPYTASTER_WORKERS_CLAIM_CLAIM_H

#include "base/arena.h"
#include "base/err.h"
#include "proto/record.h"
#include "workers/decode/decode.h"

struct claim_input {
	const struct article *article;
	struct str article_id;
	struct str file_name; /* escaped to UTF-8 */
	struct str story_id;
	/* Sentences for which this says true give no claims (an earlier article carried them). NULL: all give. */
	bool (*skip)(struct span sentence, void *arg);
	void *skip_arg;
};

struct claim_set {
	struct claim *claims;
	size_t n;
	size_t skipped_sentences;
};

/* Every field of a claim that can be filled is. 0 or -ENOMEM. */
int claim_extract(const struct claim_input *in, struct arena *arena, struct claim_set *ret) MUST_CHECK;

extern const char claim_extractor_version[]; /* in every record */
extern const char claim_model_version[];     /* "rules" while there is no model */

#endif
