/* quote: pairs quotation marks within one block.
 *
 * Directed marks pair as they stand; the straight double mark is read by the spaces around it; single marks pair only
 * when both sides look like marks and not like apostrophes. A quotation left open runs to the end of its block when the next
 * block goes on with an opening mark (a speech over paragraphs), else to the end of its sentence. Linear. */
#ifndef COPYTASTER_WORKERS_CLAIM_QUOTE_H
#define COPYTASTER_WORKERS_CLAIM_QUOTE_H

#include "base/arena.h"
#include "base/err.h"
#include "workers/claim/text.h"

/* Tokens [first, end) are one block. Sets kinds and levels, appends outermost pairs in order to ret. scratch and ret
 * have room for one per quote_mark. */
void quote_block(struct token *tokens, uint32_t first, uint32_t end, bool next_opens, struct quotation *scratch,
		 struct quotation *ret, uint32_t *n);

/* Does a block that begins with this token begin with an opening mark? */
bool quote_opens(const struct token *tokens, uint32_t first, uint32_t end);

/* Could this token be a quotation mark? */
bool quote_mark(const struct token *t);

#endif
