/* unit: what stands behind a number and measures it, and the currencies before one. Codes: ISO 4217, "%", UCUM. */
#ifndef COPYTASTER_WORKERS_CLAIM_UNIT_H
#define COPYTASTER_WORKERS_CLAIM_UNIT_H

#include "workers/claim/atom.h"

enum unit_kind { UNIT_NONE, UNIT_PERCENT, UNIT_MONEY, UNIT_TIME, UNIT_MEASURE };

struct unit {
	enum unit_kind kind;
	const char *code;   /* "" where there is none: "decades", "cents" */
	struct span words;  /* the unit as it stands there */
	uint32_t next;      /* the atom behind it */
};

/* At atom i, behind a number ("km", "-hour", "per cent", "Australian dollars", "sq ft"). */
bool unit_read(const struct atoms *a, uint32_t i, struct unit *ret);
/* A currency that ends right before atom i ("$", "US$", "USD", "Rs", "-$"): *ret_first is its first atom. NULL: none. */
const char *unit_currency_before(const struct atoms *a, uint32_t i, uint32_t *ret_first);
/* The table is in order: for the test. */
bool unit_check(void);

#endif
