/* Which language a text is in, by its script and its most frequent function words. */
#ifndef COPYTASTER_WORKERS_DECODE_LANGUAGE_H
#define COPYTASTER_WORKERS_DECODE_LANGUAGE_H

#include "proto/record.h"
#include "workers/decode/chars.h"

/* "en", "de", "fr", "es", "it", "pt", "nl", "ru", "he", "ar" or "und". Looks at the first 16 KB at most,
 * at less where the answer is plain. */
struct str language_guess(struct str text);
/* The script that most letters of the first 64 KB are in; SCRIPT_NONE without letters. */
enum script language_script(struct str text);

#endif
