/* figure: which numbers count or measure something, and which only name or date: "Boeing 737", "Section 42", "COVID-19", "in 2014",
 * "March 27", "10:30", "2-1", telephone numbers, list items. */
#ifndef COPYTASTER_WORKERS_CLAIM_FIGURE_H
#define COPYTASTER_WORKERS_CLAIM_FIGURE_H

#include "workers/claim/number.h"

/* Is the number at atom i no figure? *ret_next: the atom to go on with (behind all of a date or score). headline: capitals
 * say nothing. */
bool figure_is_name(const struct atoms *a, uint32_t i, bool headline, uint32_t *ret_next);
/* Is atom i a month, written as one? "may" in lower case and "March" before "on" are verbs. */
bool figure_month(const struct atoms *a, uint32_t i);

#endif
