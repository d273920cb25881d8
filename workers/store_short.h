/* A database file that ends before what it should hold: LMDB maps it all the same, and whoever reads there gets SIGBUS. */
#ifndef COPYTASTER_WORKERS_STORE_SHORT_H
#define COPYTASTER_WORKERS_STORE_SHORT_H

#include <lmdb.h>

#include "base/err.h"

/* An open environment of folder dir: are pages missing that are in use? Free ones at the end may never have been written. 0: none;
 * -EBADMSG: there are; others: it could not be found out, which says nothing about the file. */
int store_is_short(MDB_env *env, const char *dir) MUST_CHECK;

#endif
