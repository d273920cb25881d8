/* quantity: how many, how much. Rules over atoms (atom.h): a number (number.h) that is a figure (figure.h), its unit or
 * what it counts (unit.h, counted.h), the qualifier before or behind it.
 *
 * The list is sorted by span.start; spans do not overlap. "Most", "several" … are VAGUE and have no value. */
#ifndef COPYTASTER_WORKERS_CLAIM_QUANTITY_H
#define COPYTASTER_WORKERS_CLAIM_QUANTITY_H

#include "base/arena.h"
#include "base/err.h"
#include "workers/claim/text.h"

/* Of the whole article. 0 or -ENOMEM (arena). */
int quantity_find(const struct text *t, const struct article *article, struct arena *arena, struct quantity **ret, size_t *ret_n) MUST_CHECK;

#endif
