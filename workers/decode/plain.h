/* The plain-text decoder: scraped pages and wire copy without markup. */
#ifndef COPYTASTER_WORKERS_DECODE_PLAIN_H
#define COPYTASTER_WORKERS_DECODE_PLAIN_H

#include "workers/decode/decode.h"

enum decode_result plain_decode(const struct decode_input *in, struct arena *arena, struct article *ret, struct err *err);

#endif
