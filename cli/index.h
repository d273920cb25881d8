/* The three words of `copytaster index`. Each runs in a process of its own, since LMDB may crash on broken pages. */
#ifndef COPYTASTER_CLI_INDEX_H
#define COPYTASTER_CLI_INDEX_H

#include "cli/cli.h"

/* They return the exit status. */
int index_stat(const struct cli *c, const struct options *o);
int index_check(const struct cli *c, const struct options *o);
int index_rebuild(const struct cli *c, const struct options *o);

#endif
