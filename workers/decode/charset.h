/* Bytes to UTF-8.
 *
 * Order: byte order marks; UTF-16 without one by its pattern of zeros; valid UTF-8; windows-1252 where its
 * letters stand where letters stand. Text that is UTF-8 but for a few broken bytes is refused, not guessed at: half a
 * file or a mixture would else be published with wrong words. */
#ifndef COPYTASTER_WORKERS_DECODE_CHARSET_H
#define COPYTASTER_WORKERS_DECODE_CHARSET_H

#include "workers/decode/decode.h"

/* *ret_text: a copy in the arena, the bytes unchanged where they are UTF-8. *ret_name: "utf-8", "utf-16le",
 * "utf-16be", "utf-32le", "utf-32be", "windows-1252". */
enum decode_result charset_to_utf8(struct str bytes, struct arena *arena, struct str *ret_text, struct str *ret_name, struct err *err);

/* Line of a byte, from 1. */
size_t charset_line(struct str bytes, size_t at);

#endif
