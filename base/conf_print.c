/* The table as a commented config file and as rows of --help. */
#include <string.h>

#include "base/conf_internal.h"

#define COLUMNS 79
#define HELP_INDENT 6

/* text in lines of at most COLUMNS, each begun with prefix. */
static void print_wrapped(const char *text, const char *prefix, FILE *out)
{
	size_t room = COLUMNS - strlen(prefix), used = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (used && used + 1 + word > room) {
			fputc('\n', out);
			used = 0;
		}
		if (used)
			used += (size_t)fprintf(out, " %.*s", (int)word, text);
		else {
			fputs(prefix, out);
			used = (size_t)fprintf(out, "%.*s", (int)word, text);
		}
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

/* "Default 200ms; 1ms to 1h." */
static void print_facts(const struct conf_option *row, const char *prefix, FILE *out)
{
	char range[160], line[320];

	conf_format_range(row, range, sizeof(range));
	if (!row->fallback[0])
		(void)snprintf(line, sizeof(line), "Default: empty%s%s.", range[0] ? "; allowed: " : "", range);
	else
		(void)snprintf(line, sizeof(line), "Default: %s%s%s.", row->fallback, range[0] ? "; allowed: " : "", range);
	print_wrapped(line, prefix, out);
}

static bool new_section(const struct conf_option *table, const struct conf_option *row)
{
	return row == table || !conf_in_section(row - 1, row->name, strcspn(row->name, "."));
}

void conf_print_file(const struct conf_option *table, FILE *out)
{
	fputs("# Every option with its default. Take away the '#' before a key to change it.\n"
	      "# Sizes: K, M, G (1024). Durations: ms, s, m, h, d.\n", out);
	for (const struct conf_option *row = table; row->name; row++) {
		if (new_section(table, row))
			fprintf(out, "\n[%.*s]\n", (int)strcspn(row->name, "."), row->name);
		fputc('\n', out);
		print_wrapped(row->sentence, "# ", out);
		print_facts(row, "# ", out);
		fprintf(out, "#%s = %s\n", conf_key(row->name), row->fallback);
	}
}

static const char *kind_of_value(const struct conf_option *row)
{
	switch (row->type) {
	case CONF_TEXT:
		return "TEXT";
	case CONF_PATH:
		return "PATH";
	case CONF_BOOL:
		return "yes|no";
	case CONF_NUMBER:
		return "N";
	case CONF_SIZE:
		return "SIZE";
	case CONF_DURATION:
		return "DURATION";
	case CONF_CHOICE:
		return row->choices;
	}
	return "";
}

static bool wanted(const struct conf_option *row, const char *const *sections)
{
	for (; *sections; sections++)
		if (conf_in_section(row, *sections, strlen(*sections)))
			return true;
	return false;
}

void conf_print_help(const struct conf_option *table, const char *const *sections, FILE *out)
{
	char indent[HELP_INDENT + 1];

	memset(indent, ' ', HELP_INDENT);
	indent[HELP_INDENT] = '\0';
	for (const struct conf_option *row = table; row->name; row++) {
		if (!wanted(row, sections))
			continue;
		fprintf(out, "  --%s=%s\n", row->name, kind_of_value(row));
		print_wrapped(row->sentence, indent, out);
		print_facts(row, indent, out);
	}
}
