/* What stands in a paragraph and is no text: the dateline before it, wire notes ("(Adds quotes)"), sign-offs
 * ("REUTER", "MORE", "-30-"), bylines and slugs. It differs from outlet to outlet and take to take, so it must not count
 * when texts are compared. Pure; bounded look-ahead. */
#ifndef COPYTASTER_WORKERS_COPY_NONTEXT_H
#define COPYTASTER_WORKERS_COPY_NONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "proto/record.h"

/* Where the text of this paragraph starts: behind dateline and notes; para.end when nothing of it is text. */
size_t nontext_skip(struct str text, struct span para);
/* A line of a paragraph (no newline in it) that is a sign-off. */
bool nontext_line(struct str line);

#endif
