/* A folder of a test's own, gone when the test ends well. */
#ifndef COPYTASTER_TESTS_UNIT_SCRATCH_H
#define COPYTASTER_TESTS_UNIT_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

static char scratch[64];

static inline void scratch_make(void)
{
	(void)snprintf(scratch, sizeof(scratch), "/tmp/copytaster-test-XXXXXX");
	if (!mkdtemp(scratch))
		abort();
}

static inline int scratch_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline void scratch_remove(void)
{
	(void)nftw(scratch, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A path in it; the answer is good until the next but three calls. */
static inline const char *scratch_path(const char *name)
{
	static char paths[4][256];
	static int i;
	i = (i + 1) % 4;
	(void)snprintf(paths[i], sizeof(paths[i]), "%s/%s", scratch, name);
	return paths[i];
}

#endif
