/* Titles by article id: of the latest TITLES_MOST articles that were shown, or published into a folder by earlier runs.
 *
 * For people's output only: what cannot be read or kept is not there, and that is no error. The folder is read once, when
 * an id is asked for that is not known, its newest TITLES_READ_BYTES at most. One thread. */
#ifndef COPYTASTER_CLI_TITLES_H
#define COPYTASTER_CLI_TITLES_H

#include "base/str.h"

enum { TITLES_MOST = 10000, TITLES_READ_BYTES = 48 << 20 };

struct titles;

/* out_dir: the folder of the article records, outlives it; NULL: none. NULL when out of memory. */
struct titles *titles_new(const char *out_dir);
void titles_free(struct titles **t);
/* Does nothing for an id that is known, or without a title. */
void titles_add(struct titles *t, struct str id, struct str title);
/* Valid until the next call; empty: not known. */
struct str titles_find(struct titles *t, struct str id);

#endif
