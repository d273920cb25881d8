/* copytaster check: is the config valid, and what does it amount to? */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/term.h"
#include "proto/json.h"
#include "workers/copy/upkeep.h"

enum { VALUE_BYTES = 4200 };

static void put_row(struct buf *out, const struct term *t, const struct conf_option *row, const char *value, bool first_in_section)
{
	size_t section = strcspn(row->name, ".");
	if (first_in_section)
		buf_printf(out, "%s[%.*s]\n", out->len ? "\n" : "", (int)section, row->name);
	bool changed = strcmp(value, row->fallback) != 0;
	if (changed)
		term_on(out, t, STYLE_BOLD);
	buf_printf(out, "%-18s = ", row->name + section + 1);
	term_text(out, str_of(value));
	if (changed)
		term_off(out, t);
	buf_char(out, '\n');
}

static void put_json(struct buf *out, const struct conf_option *row, const char *value, bool first)
{
	buf_char(out, first ? '{' : ',');
	json_put_string(out, str_of(row->name));
	buf_char(out, ':');
	json_put_string(out, str_of(value));
}

/* All effective values, in the syntax of a config file: what is printed can be read again. */
static int print_values(const struct cli *c, const struct options *o, struct buf *out)
{
	struct term term;
	const struct conf_option *before = NULL;
	term_init(&term, 1);
	for (const struct conf_option *row = options_table; row->name; row++) {
		char value[VALUE_BYTES];
		size_t section = strcspn(row->name, ".") + 1;
		int rc = conf_format(row, o, value, sizeof(value));
		if (rc)
			return rc;
		if (c->json)
			put_json(out, row, value, !before);
		else
			put_row(out, &term, row, value, !before || strncmp(before->name, row->name, section) != 0);
		before = row;
	}
	if (c->json)
		buf_text(out, "}\n");
	return term_flush(out, 1);
}

static int check(const struct cli *c)
{
	struct options o;
	struct err err = { 0 };
	const char *path;
	struct buf out;
	if (cli_value(c, "defaults")) {
		conf_print_file(options_table, stdout);
		return CLI_OK;
	}
	int wrong = cli_service_options(c, &o, &path, &err);
	if (wrong)
		return cli_fail(c, wrong, "%s", err.text);
	buf_init(&out, 0);
	int rc = print_values(c, &o, &out);
	int refused = upkeep_probe(o.state, o.map_bytes, &err);
	buf_release(&out);
	options_release(&o);
	if (rc)
		return cli_fail(c, CLI_FAILED, "cannot write the values: %s", strerror(-rc));
	fprintf(stderr, "%s: valid\n", path ? path : "no config file, defaults");
	return refused ? cli_fail(c, CLI_FAILED, "no worker will start: %s", err.text) : CLI_OK;
}

static const struct cli_option options[] = {
	{ "defaults", NULL, NULL, "print a commented config file with all defaults instead" },
	{ 0 }
};

const struct verb verb_check = {
	.name = "check",
	.summary = "check a config file and print the values that would be used",
	.usage = "copytaster check [--config FILE] [--section.key=value]...",
	.about = "Reads the config as the daemons do, /etc/copytaster/copytaster.conf when none is named, and prints\n"
		 "every option with its effective value, those that are not the default in bold on a terminal.\n"
		 "An unknown key or a value out of range is named with its line and what is allowed. Where there is\n"
		 "a ledger already, it says if a worker would refuse it or the copy index in it.",
	.options = options,
	.config = true,
	.output = true,
	.exits = "0  the config is valid\n"
		 "1  it is, but no worker will start with the ledger or copy index that is there\n"
		 "64 wrong usage    78 the config is not valid",
	.example = "copytaster check --config ./copytaster.conf\n"
		   "copytaster check --defaults > copytaster.conf",
	.min_words = 0,
	.max_words = 0,
	.words = "no arguments",
	.run = check,
};
