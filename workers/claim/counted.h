/* counted: what a number counts. The noun phrase behind it, what became of people ("militants killed"), per what, and which way
 * it moved. */
#ifndef COPYTASTER_WORKERS_CLAIM_COUNTED_H
#define COPYTASTER_WORKERS_CLAIM_COUNTED_H

#include "base/arena.h"
#include "workers/claim/unit.h"

struct phrase_at {
	uint32_t first, next; /* atoms; first == next: none */
};

/* The noun phrase that begins at atom i, determiners and "of" left out. */
struct phrase_at counted_phrase(const struct atoms *a, uint32_t i);
/* "killed", "wounded", "missing" … for a number between first and next, or NULL. */
const char *counted_outcome(const struct atoms *a, uint32_t first, uint32_t next);
/* "per day", "a barrel", "daily" at atom i: the noun, *ret_next behind it. Empty: none. */
struct str counted_per(const struct atoms *a, uint32_t i, bool money, uint32_t *ret_next);
/* CHANGE_UP or CHANGE_DOWN by the words before first and behind next. */
enum change counted_change(const struct atoms *a, uint32_t first, uint32_t next, enum unit_kind kind);
/* The table is in order: for the test. */
bool counted_check(void);

#endif
