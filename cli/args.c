#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/slips.h"

#define SERVICE_CONFIG "/etc/copytaster/copytaster.conf"

static const struct cli_option common_help = { "help", NULL, NULL, "this text" };
static const struct cli_option common_config = {
	"config", "FILE", NULL, "config file (copytaster.conf(5)); what stands on the command line goes before it"
};
static const struct cli_option common_json = { "json", NULL, NULL, "JSON, also on a terminal" };
static const struct cli_option common_human = { "human", NULL, NULL, "people's output, also into a pipe" };

/* ---- near misses ---- */

const char *cli_nearest(const char *typed, const char *const *candidates)
{
	const char *nearest = NULL;
	size_t least = 3; /* more than two slips is another word */
	size_t typed_len = strlen(typed);
	for (; *candidates; candidates++) {
		size_t d = slips(typed, *candidates);
		if (typed_len >= 3 && !strncmp(typed, *candidates, typed_len))
			d = 1;
		if (d < least && d < strlen(*candidates)) {
			least = d;
			nearest = *candidates;
		}
	}
	return nearest;
}

/* ---- messages ---- */

int cli_fail(const struct cli *c, int status, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fflush(stdout);
	fprintf(stderr, "copytaster %s: ", c->verb->name);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	return status;
}

static int usage(const struct verb *verb)
{
	fprintf(stderr, "`copytaster %s --help` tells more.\n", verb->name);
	return CLI_USAGE;
}

/* ---- parsing ---- */

/* All options of a verb, the common ones last. NULL behind the end. */
static const struct cli_option *option_at(const struct verb *verb, size_t i)
{
	size_t n = 0;
	while (verb->options[n].name)
		n++;
	if (i < n)
		return &verb->options[i];
	const struct cli_option *common[4];
	size_t n_common = 0;
	if (verb->config)
		common[n_common++] = &common_config;
	if (verb->output) {
		common[n_common++] = &common_json;
		common[n_common++] = &common_human;
	}
	common[n_common++] = &common_help;
	return i - n < n_common ? common[i - n] : NULL;
}

static const struct cli_option *find_option(const struct verb *verb, const char *name, size_t len)
{
	const struct cli_option *o;
	for (size_t i = 0; (o = option_at(verb, i)); i++)
		if (strlen(o->name) == len && !strncmp(o->name, name, len))
			return o;
	return NULL;
}

static int unknown_option(const struct verb *verb, const char *given, const char *name, size_t len)
{
	const char *names[32] = { NULL };
	char typed[64];
	const struct cli_option *o;
	for (size_t i = 0; i < 31 && (o = option_at(verb, i)); i++)
		names[i] = o->name;
	(void)snprintf(typed, sizeof(typed), "%.*s", (int)(len < 63 ? len : 63), name);
	const char *nearest = cli_nearest(typed, names);
	fprintf(stderr, "copytaster %s: unknown option %s", verb->name, given);
	if (nearest)
		fprintf(stderr, "; did you mean --%s?", nearest);
	fputc('\n', stderr);
	return usage(verb);
}

static void add_set(struct cli *c, const struct cli_option *o, const char *name, const char *value)
{
	c->sets[c->n_sets++] = (struct cli_set){ o, name, value };
}

/* --section.key=value: the name is cut off in argv itself, which is ours to write. */
static int parse_setting(struct cli *c, char *arg, const char *next, int *taken)
{
	char *name = arg + 2, *eq = strchr(name, '=');
	if (!eq && !next) {
		fprintf(stderr, "copytaster %s: %s needs a value: %s=VALUE\n", c->verb->name, arg, arg);
		return usage(c->verb);
	}
	if (eq)
		*eq = '\0';
	else
		*taken = 1;
	add_set(c, NULL, name, eq ? eq + 1 : next);
	return -1;
}

static int parse_option(struct cli *c, char *arg, const char *next, int *taken)
{
	const struct verb *verb = c->verb;
	bool shown = !strcmp(arg, "-h");
	const char *name = shown ? "help" : arg + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;
	const struct cli_option *o = shown || !strncmp(arg, "--", 2) ? find_option(verb, name, len) : NULL;
	if (!o && verb->config && !strncmp(arg, "--", 2) && memchr(name, '.', len))
		return parse_setting(c, arg, next, taken);
	if (!o)
		return unknown_option(verb, arg, name, len);
	if (o == &common_help) {
		cli_print_help(verb);
		return CLI_OK;
	}
	if (!o->value && value) {
		fprintf(stderr, "copytaster %s: --%s takes no value, but \"%s\" was given\n", verb->name, o->name, value);
		return usage(verb);
	}
	if (o->value && !value) {
		value = next;
		*taken = 1;
	}
	if (o->value && (!value || !*value)) {
		fprintf(stderr, "copytaster %s: --%s needs a value: --%s %s\n", verb->name, o->name, o->name, o->value);
		return usage(verb);
	}
	if (o == &common_config)
		c->config = value;
	add_set(c, o, o->name, value ? value : "");
	return -1;
}

static int check_words(const struct cli *c)
{
	const struct verb *verb = c->verb;
	if (c->n_words >= verb->min_words && c->n_words <= verb->max_words)
		return -1;
	if (verb->max_words == 0)
		fprintf(stderr, "copytaster %s: unexpected argument %s\n", verb->name, c->words[0]);
	else if (verb->min_words == verb->max_words)
		fprintf(stderr, "copytaster %s: needs %zu argument%s (%s), %zu given\n", verb->name, verb->min_words, verb->min_words == 1 ? "" : "s", verb->words, c->n_words);
	else
		fprintf(stderr, "copytaster %s: needs %s\n", verb->name, verb->words);
	return usage(verb);
}

int cli_parse(const struct verb *verb, int argc, char **argv, struct cli *ret)
{
	struct cli c = { .verb = verb };
	c.words = calloc((size_t)argc + 1, sizeof(*c.words));
	c.sets = calloc((size_t)argc + 1, sizeof(*c.sets));
	int status = c.words && c.sets ? -1 : cli_fail(&c, CLI_FAILED, "out of memory");
	bool only_words = false;
	for (int i = 0; i < argc && status < 0; i++) {
		int taken = 0;
		if (only_words || argv[i][0] != '-' || !argv[i][1])
			c.words[c.n_words++] = argv[i];
		else if (!strcmp(argv[i], "--"))
			only_words = true;
		else
			status = parse_option(&c, argv[i], i + 1 < argc ? argv[i + 1] : NULL, &taken);
		i += taken;
	}
	if (status < 0)
		status = check_words(&c);
	c.json = verb->output && !cli_value(&c, "human") && (cli_value(&c, "json") || !isatty(STDOUT_FILENO));
	if (status >= 0)
		cli_release(&c);
	else
		*ret = c;
	return status;
}

void cli_release(struct cli *c)
{
	free(c->words);
	free(c->sets);
	*c = (struct cli){ .verb = c->verb };
}

const char *cli_value(const struct cli *c, const char *name)
{
	for (size_t i = c->n_sets; i > 0; i--)
		if (c->sets[i - 1].option && !strcmp(c->sets[i - 1].name, name))
			return c->sets[i - 1].value;
	return NULL;
}

/* ---- config ---- */

static int load(const struct cli *c, const char *config, struct options *ret, struct err *err)
{
	struct options o = { 0 };
	int status = CLI_CONFIG;
	int rc = conf_defaults(options_table, &o, err);
	if (rc == 0 && config)
		rc = conf_read(options_table, &o, config, err);
	for (size_t i = 0; i < c->n_sets && rc == 0; i++) {
		const struct cli_set *s = &c->sets[i];
		if (s->option && !s->option->conf)
			continue;
		rc = conf_set(options_table, &o, s->option ? s->option->conf : s->name, s->value, err);
		/* --section.key stands in the message already; an option of the verb's own is a matter of usage. */
		if (rc && s->option) {
			status = CLI_USAGE;
			(void)err_prefix(err, "--%s", s->name);
		}
	}
	if (rc == 0)
		rc = options_finish(&o, err);
	if (rc)
		options_release(&o);
	else
		*ret = o;
	return rc ? status : CLI_OK;
}

int cli_options(const struct cli *c, struct options *ret, struct err *err)
{
	return load(c, c->config, ret, err);
}

int cli_service_options(const struct cli *c, struct options *ret, const char **ret_path, struct err *err)
{
	const char *path = c->config ? c->config : SERVICE_CONFIG;
	for (size_t i = 0; i < c->n_sets && !c->config; i++) {
		const char *row = c->sets[i].option ? c->sets[i].option->conf : c->sets[i].name;
		if (row && !strncmp(row, "paths.", 6))
			path = NULL;
	}
	if (path && !c->config && access(path, F_OK))
		path = NULL;
	*ret_path = path;
	return load(c, path, ret, err);
}

/* ---- help ---- */

static void print_indented(const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		printf("  %.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

void cli_print_help(const struct verb *verb)
{
	const struct cli_option *o;
	printf("copytaster %s: %s\n\nUsage:\n", verb->name, verb->summary);
	print_indented(verb->usage);
	printf("\n%s\n\nOptions:\n", verb->about);
	for (size_t i = 0; (o = option_at(verb, i)); i++) {
		char head[40];
		(void)snprintf(head, sizeof(head), "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
		printf("  %-20s %s\n", head, o->sentence);
	}
	if (verb->config)
		printf("  %-20s %s\n", "--SECTION.KEY=VALUE", "any option of copytaster.conf(5); `copytaster check --defaults` lists them");
	printf("\nExit status:\n");
	print_indented(verb->exits);
	printf("\nExample:\n");
	print_indented(verb->example);
}
