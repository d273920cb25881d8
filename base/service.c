#include "base/service.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "base/log.h"

#define EXIT_USAGE 64  /* as in sysexits.h */
#define EXIT_CONFIG 78
#define VALUE_BYTES 4200

const char copytaster_version[] = COPYTASTER_VERSION;

/* Short forms, the same in all daemons. */
static const struct {
	const char *flag, *option;
	const char *value; /* NULL: it takes one */
} aliases[] = {
	{ "drop", "paths.drop", NULL },	    { "spool", "paths.spool", NULL },	      { "state", "paths.state", NULL },
	{ "out", "paths.out", NULL },	    { "endpoint", "paths.endpoint", NULL },   { "once", "ingest.once", "yes" },
};
#define N_ALIASES (sizeof(aliases) / sizeof(aliases[0]))

struct command_line {
	const struct service_about *about;
	int argc;
	char **argv;
	int at; /* the argument that is looked at */
	bool check;
	struct options *options;
};

static void print_help(const struct service_about *about)
{
	printf("%s: %s\n\n", about->name, about->summary);
	printf("Usage: %s [--config FILE] [--check] [OPTION…]\n\n", about->name);
	printf("Example:\n%s\n\n", about->example);
	puts("  --config FILE          read options from an INI file first\n"
	     "  --set SECTION.KEY=VALUE, --SECTION.KEY=VALUE\n"
	     "                         set one option; the command line wins over the file\n"
	     "  --check                print the options as they would be used, and stop\n"
	     "  --print-config         print a commented config file with all defaults, and stop\n"
	     "  --help, --version\n"
	     "\n"
	     "Short forms:\n"
	     "  --drop, --spool, --state, --out, --endpoint   for --paths.drop and so on\n"
	     "  --once                                        for --ingest.once=yes\n"
	     "\n"
	     "Options (sizes take K, M, G; durations take ms, s, m, h, d):");
	conf_print_help(options_table, about->sections, stdout);
}

/* "--name=value": the value is NULL where there is no '='. */
static bool split(const char *arg, char *name, size_t size, const char **ret_value)
{
	const char *equals;
	size_t len;

	if (strncmp(arg, "--", 2) != 0)
		return false;
	arg += 2;
	equals = strchr(arg, '=');
	len = equals ? (size_t)(equals - arg) : strlen(arg);
	if (len == 0 || len >= size)
		return false;
	memcpy(name, arg, len);
	name[len] = '\0';
	*ret_value = equals ? equals + 1 : NULL;
	return true;
}

static int usage(const struct service_about *about, const char *text)
{
	fprintf(stderr, "%s: %s\nTry '%s --help'.\n", about->name, text, about->name);
	return EXIT_USAGE;
}

static int usage_arg(const struct service_about *about, const char *arg, const char *what)
{
	char shown[128], text[256];

	(void)snprintf(text, sizeof(text), "%s %s", log_quote(str_of(arg), shown, sizeof(shown)), what);
	return usage(about, text);
}

/* The value of an option that needs one: behind '=', or the next argument. */
static const char *value_of(struct command_line *c, const char *value)
{
	if (value)
		return value;
	if (c->at + 1 >= c->argc)
		return NULL;
	return c->argv[++c->at];
}

static bool is_bool(const char *option)
{
	for (const struct conf_option *row = options_table; row->name; row++)
		if (strcmp(row->name, option) == 0)
			return row->type == CONF_BOOL;
	return false;
}

static int set_option(struct command_line *c, const char *option, const char *value)
{
	struct err err = { 0 };

	if (conf_set(options_table, c->options, option, value, &err) < 0)
		return usage(c->about, err.text);
	return -1;
}

static int set_pair(struct command_line *c, const char *pair)
{
	const char *equals = strchr(pair, '=');
	char name[128];

	if (!equals || (size_t)(equals - pair) >= sizeof(name))
		return usage_arg(c->about, pair, "is not understood; --set takes SECTION.KEY=VALUE");
	memcpy(name, pair, (size_t)(equals - pair));
	name[equals - pair] = '\0';
	return set_option(c, name, equals + 1);
}

/* One argument of the command line but --config, which was read before. -1 to go on, else the exit status. */
static int one_argument(struct command_line *c)
{
	const char *arg = c->argv[c->at], *option, *value;
	char name[128];

	if (!split(arg, name, sizeof(name), &value))
		return usage_arg(c->about, arg, "is not understood");
	option = name;
	if (strcmp(name, "check") == 0 && !value) {
		c->check = true;
		return -1;
	}
	for (size_t i = 0; i < N_ALIASES; i++)
		if (strcmp(name, aliases[i].flag) == 0) {
			option = aliases[i].option;
			if (!value)
				value = aliases[i].value;
		}
	if (!value && is_bool(option))
		value = "yes";
	value = value_of(c, value);
	if (!value)
		return usage_arg(c->about, arg, "needs a value");
	if (strcmp(name, "config") == 0)
		return -1;
	if (strcmp(name, "set") == 0)
		return set_pair(c, value);
	if (!strchr(option, '.'))
		return usage_arg(c->about, arg, "is no option");
	return set_option(c, option, value);
}

/* What only prints wins over all other arguments; --config is read before them. */
static int first_pass(struct command_line *c)
{
	const char *config = NULL, *value;
	char name[128];
	struct err err = { 0 };

	for (c->at = 1; c->at < c->argc; c->at++) {
		if (!split(c->argv[c->at], name, sizeof(name), &value))
			continue;
		if (strcmp(name, "help") == 0) {
			print_help(c->about);
			return 0;
		}
		if (strcmp(name, "print-config") == 0) {
			conf_print_file(options_table, stdout);
			return 0;
		}
		if (strcmp(name, "version") == 0) {
			printf("%s %s\n", c->about->name, copytaster_version);
			return 0;
		}
		if (strcmp(name, "config") != 0)
			continue;
		config = value_of(c, value);
		if (!config)
			return usage(c->about, "--config needs the name of a file");
	}
	if (config && conf_read(options_table, c->options, config, &err) < 0) {
		fprintf(stderr, "%s: %s\n", c->about->name, err.text);
		return EXIT_CONFIG;
	}
	return -1;
}

static int print_check(const struct options *o)
{
	char value[VALUE_BYTES];
	const char *section = "";
	size_t section_len = 0;

	for (const struct conf_option *row = options_table; row->name; row++) {
		size_t len = strcspn(row->name, ".");

		if (len != section_len || strncmp(row->name, section, len) != 0)
			printf("%s[%.*s]\n", section_len ? "\n" : "", (int)len, row->name);
		section = row->name;
		section_len = len;
		if (conf_format(row, o, value, sizeof(value)) < 0)
			return EXIT_CONFIG;
		printf("%s = %s\n", row->name + len + 1, value);
	}
	puts("\n# configuration is valid");
	return fflush(stdout) == 0 ? 0 : EXIT_FAILURE;
}

static int parse(struct command_line *c)
{
	struct err err = { 0 };
	int status = first_pass(c);

	for (c->at = 1; status < 0 && c->at < c->argc; c->at++)
		status = one_argument(c);
	if (status >= 0)
		return status;
	if (options_finish(c->options, &err) < 0) {
		fprintf(stderr, "%s: %s\n", c->about->name, err.text);
		return EXIT_CONFIG;
	}
	return c->check ? print_check(c->options) : -1;
}

int service_setup(const struct service_about *about, int argc, char **argv, struct options *ret_options)
{
	static const enum log_level levels[] = { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
	struct options options;
	struct command_line c = { .about = about, .argc = argc, .argv = argv, .options = &options };
	struct err err = { 0 };
	int status;

	if (conf_defaults(options_table, &options, &err) < 0) {
		fprintf(stderr, "%s: %s\n", about->name, err.text);
		return EXIT_CONFIG;
	}
	status = parse(&c);
	if (status >= 0) {
		options_release(&options);
		return status;
	}
	log_init(about->name, levels[options.log_level]);
	*ret_options = options;
	return -1;
}

/* Nobody listening is no error, and a listener that went away must not stop the work. */
void service_ready(const char *status)
{
	(void)sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void service_stopping(const char *status)
{
	(void)sd_notifyf(0, "STOPPING=1\nSTATUS=%s", status);
}

void service_status(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)sd_notifyf(0, "STATUS=%s", text);
}

static void feed_watchdog(void *arg)
{
	(void)arg;
	(void)sd_notify(0, "WATCHDOG=1");
}

int service_watchdog(struct loop *l)
{
	uint64_t usec, period_ms;
	int r = sd_watchdog_enabled(0, &usec);

	if (r <= 0)
		return r;
	period_ms = usec / 3000;
	r = loop_add_timer(l, 0, period_ms ? period_ms : 1, feed_watchdog, NULL);
	return r < 0 ? r : 0;
}
