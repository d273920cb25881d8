/* gazetteer: names of places that need no context to be known as such. */
#ifndef COPYTASTER_WORKERS_CLAIM_GAZETTEER_H
#define COPYTASTER_WORKERS_CLAIM_GAZETTEER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define GAZETTEER_BYTES 32

/* The names that begin with this word (any case), in order: the index of the first; *ret_end behind the last. None: both the
 * same. */
uint32_t gazetteer_first(struct str word, uint32_t *ret_end);
/* Lower case, its words with single spaces between, zeros behind up to GAZETTEER_BYTES. */
const char *gazetteer_name(uint32_t i);
/* Whole name, single spaces, any case. */
bool gazetteer_has(struct str name);
/* The table is in order: for the test. */
bool gazetteer_check(void);
/* Does a capitalised name that ends with this word (in lower case) belong to a firm: "Blue Strait Lines", "Norring Mutual"? */
bool gazetteer_firm(struct str word);

#endif
