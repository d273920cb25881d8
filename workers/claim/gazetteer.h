/* gazetteer: names of places that need no context to be known as such. */
#ifndef COPYTASTER_WORKERS_CLAIM_GAZETTEER_H
#define COPYTASTER_WORKERS_CLAIM_GAZETTEER_H

#include <stdbool.h>

#include "base/str.h"

/* Whole name, single spaces, any case. */
bool gazetteer_has(struct str name);
/* The table is in order: for the test. */
bool gazetteer_check(void);

#endif
