/* What a text says about itself: that it is a new version of one sent before. Pure. */
#ifndef COPYTASTER_WORKERS_COPY_REVISION_H
#define COPYTASTER_WORKERS_COPY_REVISION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Looks at the head of the text for "UPDATE 2", "CORRECTED", "2nd Ld-Writethru", "(Adds …)" and the like, at head and foot for
 * "This story has been corrected" and the like.
 * *ret_version is the number it gives, 0 where it gives none. */
bool revision_marked(struct str text, uint32_t *ret_version);

#endif
