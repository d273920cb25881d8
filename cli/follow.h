/* `copytaster run`: what is published, as it is published, to standard output: claims as NDJSON into a pipe, both
 * streams as text for people.
 *
 * Writing never blocks the loop: a slow reader makes the following slow, not the service. */
#ifndef COPYTASTER_CLI_FOLLOW_H
#define COPYTASTER_CLI_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/options.h"

struct follow;

struct follow_counts {
	uint64_t articles, claims;
};

/* options outlive it. progress: a progress line stands on stderr, to be cleared before anything is printed. NULL when out
 * of memory. */
struct follow *follow_new(const struct options *o, bool json, bool progress);
void follow_free(struct follow **f);

/* Begins to follow, from now or from the start. -ENOENT: there is no ledger yet, try again later. Open already: 0. */
int follow_open(struct follow *f, bool from_start, struct err *err) MUST_CHECK;
/* One bounded step. 1: there may be more; 0: nothing new, or standard output takes no more now; -EPIPE: its reader is gone. */
int follow_step(struct follow *f) MUST_CHECK;
/* All that is left, waiting for the reader. */
int follow_finish(struct follow *f) MUST_CHECK;

struct follow_counts follow_counts(const struct follow *f);

#endif
