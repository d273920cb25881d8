/* number: one number in figures, words or both: "400", "2.5 mln", "4 hundred million", "twenty-five", "half a million", "two-thirds",
 * "one in five", "dozens", "tens of thousands". */
#ifndef COPYTASTER_WORKERS_CLAIM_NUMBER_H
#define COPYTASTER_WORKERS_CLAIM_NUMBER_H

#include "workers/claim/atom.h"

struct number {
	double value, upper;
	uint32_t next;   /* the atom behind it */
	double scale;    /* that was said: 1e6 for "2.5 mln", else 1 */
	bool has_upper;  /* "hundreds": 100 to 1000 */
	bool dozens;     /* "dozens": at least */
	bool fraction;   /* "a third": a share of what follows */
	bool words;      /* no figure in it */
	bool loose;      /* "hundreds", "dozens": said without a number before */
};

/* Can a number begin at atom i? For most words the answer is no, and cheap. */
bool number_begins(const struct atoms *a, uint32_t i);
/* At atom i. money: a currency stands before it, so that "m" and "b" are scales. */
bool number_read(const struct atoms *a, uint32_t i, bool money, struct number *ret);
/* A small number in a word ("three"); -1 for other words. */
double number_word(const struct atoms *a, uint32_t i);

#endif
