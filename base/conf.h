/* Options as a table: one row names, bounds, defaults and explains an option, and
 * the row makes the config parser, the command line, --help, --check and the
 * commented copytaster.conf.
 *
 * A config file is INI: "[section]" and "key = value"; an option "ingest.settle" is key
 * settle in section ingest. On the command line it is --ingest.settle=200ms. Sizes take K, M, G
 * (1024); durations take ms, s, m, h, d. */
#ifndef COPYTASTER_BASE_CONF_H
#define COPYTASTER_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum conf_type {
	CONF_TEXT,     /* char * (heap), min/max bound its length in bytes */
	CONF_PATH,     /* char *, as CONF_TEXT; relative to the working directory, made absolute */
	CONF_BOOL,     /* bool: yes/no, true/false, on/off, 1/0 */
	CONF_NUMBER,   /* uint64_t */
	CONF_SIZE,     /* uint64_t bytes */
	CONF_DURATION, /* uint64_t ms; "forever" is UINT64_MAX and "none" is 0 where max is UINT64_MAX;
			* "auto" is 0 where the fallback is "auto": the program chooses */
	CONF_CHOICE    /* int: index into choices, "a|b|c" */
};

struct conf_option {
	const char *name;    /* "section.key" */
	enum conf_type type;
	size_t offset;       /* into the struct that is filled */
	uint64_t min, max;
	const char *fallback; /* the default, in the syntax of a config file */
	const char *choices; /* CONF_CHOICE: "a|b|c"; CONF_TEXT: its characters, "A-Za-z0-9_-"; NULL: all but controls */
	const char *unit;    /* for people: "ms", "bytes", "" */
	const char *sentence;
};

/* All tables end with a row whose name is NULL. */

/* Fills every field from its default. 0 or -errno. */
int conf_defaults(const struct conf_option *table, void *target, struct err *err) MUST_CHECK;
/* Unknown section or key, a bad value, a value out of range: -EINVAL with file, line, what was
 * found, what is allowed and, for a near miss, the name that was meant. */
int conf_read(const struct conf_option *table, void *target, const char *path, struct err *err) MUST_CHECK;
/* One "section.key" and value, as from --set or --section.key=value. */
int conf_set(const struct conf_option *table, void *target, const char *name, const char *value, struct err *err) MUST_CHECK;
void conf_release(const struct conf_option *table, void *target);
/* The commented config file with all defaults. */
void conf_print_file(const struct conf_option *table, FILE *out);
/* Rows for --help; only those whose section is in sections (NULL-terminated). */
void conf_print_help(const struct conf_option *table, const char *const *sections, FILE *out);
/* The value as a config file has it, for --check and for children's command lines. */
int conf_format(const struct conf_option *row, const void *target, char *out, size_t size) MUST_CHECK;

#endif
