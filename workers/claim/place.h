/* place: where. Names of the gazetteer, and names that the words before or behind call a place ("the town of …", "… province",
 * "in …"). Demonyms are no places. Sorted by span.start. */
#ifndef COPYTASTER_WORKERS_CLAIM_PLACE_H
#define COPYTASTER_WORKERS_CLAIM_PLACE_H

#include "base/arena.h"
#include "base/err.h"
#include "workers/claim/text.h"

/* Of the whole article. 0 or -ENOMEM (arena). */
int place_find(const struct text *t, const struct article *article, struct arena *arena, struct place **ret, size_t *ret_n) MUST_CHECK;

#endif
