/* qualifier: "nearly", "at least", "or more": how a number is meant, and "so far". */
#ifndef COPYTASTER_WORKERS_CLAIM_QUALIFIER_H
#define COPYTASTER_WORKERS_CLAIM_QUALIFIER_H

#include "workers/claim/atom.h"

/* Before atom first: *ret_first is where the qualifier begins (first when there is none). QUALIFIER_EXACT: none. */
enum qualifier qualifier_before(const struct atoms *a, uint32_t first, uint32_t *ret_first);
/* Behind atom next - 1 ("or more", "+"): *ret_next moves behind it. QUALIFIER_EXACT: none. */
enum qualifier qualifier_behind(const struct atoms *a, uint32_t next, uint32_t *ret_next);
/* "so far", "to date" in the same clause. */
bool qualifier_so_far(const struct atoms *a, uint32_t first, uint32_t next);

#endif
