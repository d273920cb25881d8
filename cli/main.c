/* `copytaster`: one program for people, one file per verb. */
#include <stdio.h>
#include <string.h>

#include "base/service.h"
#include "cli/cli.h"

static const struct verb *const verbs[] = {
	&verb_run, &verb_extract, &verb_copies, &verb_compare, &verb_status, &verb_audit, &verb_retry, &verb_index, &verb_check, NULL
};

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; verbs[i]; i++)
		if (!strcmp(verbs[i]->name, name))
			return verbs[i];
	return NULL;
}

static void print_verbs(FILE *out)
{
	fputs("copytaster: recognises copies of wire articles and extracts their claims\n\n"
	      "Usage:\n  copytaster VERB [OPTION]... [ARGUMENT]...\n\nVerbs:\n", out);
	for (size_t i = 0; verbs[i]; i++)
		fprintf(out, "  %-9s %s\n", verbs[i]->name, verbs[i]->summary);
	fputs("\n`copytaster VERB --help` explains one; `copytaster --version` prints the version.\n\n"
	      "Example:\n"
	      "  copytaster run --drop ./drop --out ./out\n"
	      "  copytaster extract story.txt\n", out);
}

static int unknown_verb(const char *name)
{
	const char *names[sizeof(verbs) / sizeof(verbs[0])] = { NULL };
	for (size_t i = 0; verbs[i]; i++)
		names[i] = verbs[i]->name;
	const char *nearest = cli_nearest(name, names);
	fprintf(stderr, "copytaster: there is no verb \"%s\"", name);
	if (nearest)
		fprintf(stderr, "; did you mean `copytaster %s`?", nearest);
	fputs("\n`copytaster help` lists them.\n", stderr);
	return CLI_USAGE;
}

static int help(int argc, char **argv)
{
	const struct verb *verb = argc ? find_verb(argv[0]) : NULL;
	if (argc && !verb)
		return unknown_verb(argv[0]);
	if (verb)
		cli_print_help(verb);
	else
		print_verbs(stdout);
	return CLI_OK;
}

/* A full disk behind `> file` shows at the last flush, not before. */
static int finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fputs("copytaster: cannot write to standard output\n", stderr);
	return status == CLI_OK ? CLI_FAILED : status;
}

int main(int argc, char **argv)
{
	struct cli c;
	if (argc < 2) {
		print_verbs(stderr);
		return CLI_USAGE;
	}
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return finish(help(argc - 2, argv + 2));
	if (!strcmp(argv[1], "--version")) {
		printf("copytaster %s\n", copytaster_version);
		return finish(CLI_OK);
	}
	const struct verb *verb = find_verb(argv[1]);
	if (!verb)
		return unknown_verb(argv[1]);
	int status = cli_parse(verb, argc - 2, argv + 2, &c);
	if (status < 0) {
		status = verb->run(&c);
		cli_release(&c);
	}
	return finish(status);
}
