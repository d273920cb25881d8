/* Folding: text to words that compare equal whatever the outlet did to case, accents, quotes,
 * dashes and layout.
 *
 * A word is a run of letters and digits, lower-cased, accents of Latin letters removed, apostrophes and soft
 * hyphens dropped ("don't", "dont"). Numbers are words: "1,500" equals "1500", "2.5" and "-5" keep what
 * makes them differ from "25" and "5". Abbreviations lose their points ("U.S.", "US"). A currency or per cent sign is a
 * word of its own, so is each CJK character. Pure; any bytes are taken. */
#ifndef COPYTASTER_WORKERS_COPY_FOLD_H
#define COPYTASTER_WORKERS_COPY_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "proto/record.h"

struct fold_word {
	struct span span; /* its bytes in the text */
	uint64_t hash;    /* xxh3 of the folded word */
};

/* The next word that starts in text[*pos, end); *pos moves behind it. end at most UINT32_MAX. */
bool fold_next(struct str text, size_t *pos, size_t end, struct fold_word *ret);

#endif
