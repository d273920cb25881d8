/* modality: how a claim is held (fact, plan, promise, estimate, …) and whether it denies. By the words of the claim and its cue. */
#ifndef COPYTASTER_WORKERS_CLAIM_MODALITY_H
#define COPYTASTER_WORKERS_CLAIM_MODALITY_H

#include "workers/claim/attribute.h"

/* m NULL: narrated. */
enum modality modality_of(const struct text *x, const struct range *parts, uint32_t n, const struct mark *m);
enum polarity polarity_of(const struct text *x, const struct range *parts, uint32_t n, const struct mark *m);

#endif
