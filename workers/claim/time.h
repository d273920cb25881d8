/* time: when. Expressions of when.h with the day they mean, in EDTF level 1, and their role.
 *
 * Full dates always have an iso. What is relative ("Sunday", "last year", "March 27") is counted from the article's own
 * date, where the dateline, metadata or the input line gives one; else the span goes out without. The list
 * is sorted by span.start. */
#ifndef COPYTASTER_WORKERS_CLAIM_TIME_H
#define COPYTASTER_WORKERS_CLAIM_TIME_H

#include "base/arena.h"
#include "base/err.h"
#include "workers/claim/text.h"

/* Of the whole article. 0 or -ENOMEM (arena). */
int time_find(const struct text *t, const struct article *article, struct arena *arena, struct time_ref **ret, size_t *ret_n) MUST_CHECK;

#endif
