/* Members of one JSON object on one line, found without building a tree: audit reads every record there is and needs
 * two or three members of each. */
#ifndef COPYTASTER_CLI_SCAN_H
#define COPYTASTER_CLI_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct scan_member {
	const char *key;
	struct str value; /* as it stands in the line, strings with their quotes; empty: not there */
};

/* Fills the values of those members that stand at the top level. -EBADMSG: no whole JSON object. */
int scan_object(struct str line, struct scan_member *members, size_t n) MUST_CHECK;
/* What a string holds; empty when it is none or has escapes, which no id has. */
struct str scan_string(struct str value);
/* The next string of an array; *at starts at 0. False: no more. */
bool scan_array_next(struct str array, size_t *at, struct str *ret);

#endif
