/* The verbs of `copytaster`, one file each, and the command line they share.
 *
 * A verb is a row: its options, its help and its function stand together, so that --help cannot drift from
 * what is parsed. A struct cli lives from main to the end of the program; its strings are those of argv. */
#ifndef COPYTASTER_CLI_CLI_H
#define COPYTASTER_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/options.h"

enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,   /* the verb's work did not come out well; its help says what that means */
	CLI_PARTLY = 2,
	CLI_NOT_RUNNING = 3,
	CLI_USAGE = 64,   /* sysexits.h */
	CLI_NO_INPUT = 66,
	CLI_CONFIG = 78
};

struct cli_option {
	const char *name;     /* without the dashes */
	const char *value;    /* what stands for the value in the help; NULL: a flag */
	const char *conf;     /* the row of options_table that it sets; NULL: the verb reads it itself */
	const char *sentence;
};

struct cli;

struct verb {
	const char *name;
	const char *summary;  /* for the list of verbs: no capital, no full stop */
	const char *usage;    /* lines behind "copytaster " */
	const char *about;    /* paragraphs */
	const struct cli_option *options; /* ends with a row whose name is NULL */
	bool config;          /* takes --config FILE and --section.key=value */
	bool output;          /* takes --json and --human */
	const char *exits;
	const char *example;  /* two lines */
	size_t min_words, max_words;
	const char *words;    /* what the words are: "FILE" */
	int (*run)(const struct cli *c);
};

extern const struct verb verb_run, verb_extract, verb_copies, verb_compare, verb_status, verb_audit, verb_retry, verb_check, verb_index;

struct cli_set {
	const struct cli_option *option; /* NULL: name is "section.key" */
	const char *name;
	const char *value;
};

struct cli {
	const struct verb *verb;
	const char **words;
	size_t n_words;
	struct cli_set *sets; /* in the order of the command line */
	size_t n_sets;
	const char *config;   /* --config FILE */
	bool json;            /* JSON rather than people's output: asked for, or standard output is no terminal */
};

/* Parses what stands behind the verb. -1: run it; else the exit status (help was printed, or the usage was wrong
 * and stderr says how). */
int cli_parse(const struct verb *verb, int argc, char **argv, struct cli *ret);
void cli_release(struct cli *c);

/* The last value given, or NULL; for a flag "". */
const char *cli_value(const struct cli *c, const char *name);

/* Defaults, then the config file, then the command line. CLI_OK, or the exit status with err set: CLI_USAGE when a value
 * of one of the verb's own options is wrong, else CLI_CONFIG. */
int cli_options(const struct cli *c, struct options *ret, struct err *err) MUST_CHECK;
/* The same for the verbs that look at a service: without --config, --drop or --paths.… the host's own config file when
 * there is one. *ret_path is the file that was read, or NULL. */
int cli_service_options(const struct cli *c, struct options *ret, const char **ret_path, struct err *err) MUST_CHECK;

/* "copytaster VERB: text" on stderr; returns status. */
int cli_fail(const struct cli *c, int status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The candidate nearest to what was typed, NULL when none is near. Candidates end with NULL. */
const char *cli_nearest(const char *typed, const char *const *candidates);

void cli_print_help(const struct verb *verb);

#endif
