/* Reading members of foreign JSON: what is absent or of another type is empty or zero, never an error. */
#ifndef COPYTASTER_CLI_VALUE_H
#define COPYTASTER_CLI_VALUE_H

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct str value_text(const json_t *object, const char *key);
/* Numbers, and numbers as strings (proto3 JSON writes 64 bits so). */
uint64_t value_uint(const json_t *object, const char *key);
/* A small JSON file, an object. 0 or -errno; -EBADMSG: no JSON object. */
int value_read_file(int dirfd, const char *name, json_t **ret) MUST_CHECK;

#endif
