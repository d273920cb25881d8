/* How a run ended: ingest's summary and the reasons of what failed. */
#ifndef COPYTASTER_CLI_OUTCOME_H
#define COPYTASTER_CLI_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/options.h"

struct outcome_summary {
	bool found;
	uint64_t accepted, published, copies, failed, left, redeliveries;
};

/* Takes the summary of an earlier run away, so that an old one is never read as new. */
void outcome_forget(const struct options *o);
struct outcome_summary outcome_read(const struct options *o);
/* Names and reasons on stderr of what failed since then, a bounded list. Returns how many there were. */
uint64_t outcome_print_failed(const struct options *o, uint64_t since_wall_ms);
/* Entries that lie in active/ still; UINT64_MAX when that cannot be read. */
uint64_t outcome_active(const struct options *o);

#endif
