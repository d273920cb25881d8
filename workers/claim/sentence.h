/* sentence: tokens of one block to sentences. A quotation that fits in LONGEST_QUOTED tokens is not cut, so that a
 * speech stays with its speaker; a sentence never has more than LONGEST_SENTENCE tokens, nor more than
 * LONGEST_SENTENCE_BYTES when it has two or more, which bounds every later step and what claims repeat of it. */
#ifndef COPYTASTER_WORKERS_CLAIM_SENTENCE_H
#define COPYTASTER_WORKERS_CLAIM_SENTENCE_H

#include "workers/claim/text.h"

#define LONGEST_QUOTED 160
#define LONGEST_SENTENCE 400
#define LONGEST_SENTENCE_BYTES 4096

/* The token behind the sentence that begins at first; the block ends at end. q: the block's quotations from *q_at on,
 * which is moved along. */
uint32_t sentence_end(const struct token *t, uint32_t first, uint32_t end, const struct quotation *q, uint32_t n_q, uint32_t *q_at);

#endif
