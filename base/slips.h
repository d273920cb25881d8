/* How many slips of the finger lie between two words, for "did you mean". */
#ifndef COPYTASTER_BASE_SLIPS_H
#define COPYTASTER_BASE_SLIPS_H

#include <stddef.h>

#define SLIPS_LONGEST 64

/* Levenshtein's distance in bytes; words longer than SLIPS_LONGEST are that far apart. */
size_t slips(const char *a, const char *b);

#endif
