/* copytaster index: how large the copy index is, whether it is whole, and how it is made anew. */
#include "cli/index.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct word {
	const char *name;
	int (*run)(const struct cli *c, const struct options *o);
} words[] = {
	{ "stat", index_stat }, { "check", index_check }, { "rebuild", index_rebuild }
};

enum { WORDS = sizeof(words) / sizeof(words[0]) };

static const struct word *find_word(const char *name)
{
	for (size_t i = 0; i < WORDS; i++)
		if (!strcmp(words[i].name, name))
			return &words[i];
	return NULL;
}

static int unknown_word(const struct cli *c, const char *name)
{
	const char *names[WORDS + 1] = { NULL };
	for (size_t i = 0; i < WORDS; i++)
		names[i] = words[i].name;
	const char *nearest = cli_nearest(name, names);
	if (nearest)
		return cli_fail(c, CLI_USAGE, "there is no \"%s\"; did you mean `copytaster index %s`?", name, nearest);
	return cli_fail(c, CLI_USAGE, "there is no \"%s\": stat, check or rebuild", name);
}

/* ---- a process of its own ---- */

static void apart(const struct cli *c, const struct options *o, const struct word *w, pid_t parent)
{
	struct rlimit none = { 0, 0 };
	/* Whoever ends the parent ends this; a crash is reported, not dumped. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent || setrlimit(RLIMIT_CORE, &none))
		_exit(CLI_FAILED);
	int status = w->run(c, o);
	if (fflush(stdout))
		status = status == CLI_OK ? CLI_FAILED : status;
	fflush(stderr);
	/* exit, not _exit: what looks for leaks does it there. */
	exit(status);
}

static int crashed(const struct cli *c, const struct options *o, int signal)
{
	if (signal == SIGINT || signal == SIGTERM || signal == SIGKILL)
		return cli_fail(c, CLI_FAILED, "interrupted");
	return cli_fail(c, CLI_FAILED, "%s is damaged so badly that LMDB crashed on it (%s): restore it, or make a new ledger from what is published with "
			"`copytaster index rebuild --new-ledger`", o->state, strsignal(signal));
}

static int run_apart(const struct cli *c, const struct options *o, const struct word *w)
{
	int status;
	fflush(stdout);
	fflush(stderr);
	pid_t parent = getpid(), pid = fork();
	if (pid == 0)
		apart(c, o, w, parent);
	if (pid < 0)
		return cli_fail(c, CLI_FAILED, "cannot start a process: %s", strerror(errno));
	/* Ctrl-C reaches both; this one waits for what the other says. */
	signal(SIGINT, SIG_IGN);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return cli_fail(c, CLI_FAILED, "cannot wait for a process: %s", strerror(errno));
	return WIFSIGNALED(status) ? crashed(c, o, WTERMSIG(status)) : WEXITSTATUS(status);
}

static int run(const struct cli *c)
{
	struct options o;
	struct err err = { 0 };
	const char *path;
	const struct word *w = find_word(c->words[0]);
	if (!w)
		return unknown_word(c, c->words[0]);
	bool rebuild = w->run == index_rebuild;
	if (!rebuild && (cli_value(c, "dry-run") || cli_value(c, "new-ledger")))
		return cli_fail(c, CLI_USAGE, "--dry-run and --new-ledger belong to `copytaster index rebuild`");
	int wrong = cli_service_options(c, &o, &path, &err);
	if (wrong)
		return cli_fail(c, wrong, "%s", err.text);
	int status = run_apart(c, &o, w);
	options_release(&o);
	return status;
}

static const struct cli_option options[] = {
	{ "drop", "DIR", "paths.drop", "the drop folder (default ./drop, or that of the config)" },
	{ "out", "DIR", "paths.out", "the folder of the file sink (default ./out, or that of the config)" },
	{ "dry-run", NULL, NULL, "rebuild: say what would come of it, change nothing" },
	{ "new-ledger", NULL, NULL, "rebuild: the ledger is lost, too; make a new one from what is published" },
	{ 0 }
};

const struct verb verb_index = {
	.name = "index",
	.summary = "look at the copy index, check it, make it anew",
	.usage = "copytaster index stat|check [--drop DIR] [--config FILE]\n"
		 "copytaster index rebuild [--drop DIR] [--out DIR] [--config FILE] [--dry-run] [--new-ledger]",
	.about = "The copy index remembers which words stood where, for the copy window. It lies beside the ledger in\n"
		 "paths.state and holds nothing that is not published as well: it can be lost, and be made anew.\n"
		 "\n"
		 "stat     how many articles and postings it holds, from when, and the bytes they take\n"
		 "check    reads all of it and says what is damaged; nothing is changed\n"
		 "rebuild  drops it, in whatever state and format it is, and enters every article that was published\n"
		 "         within the window (counted back from the newest one) from the records in the out folder, so\n"
		 "         that later copies get the same verdicts and repeats as if nothing had happened\n"
		 "\n"
		 "stat and check work beside running workers. For rebuild stop them first; ingest may go on.\n"
		 "A worker that refuses to start because the index is damaged, or of another format, needs rebuild.\n"
		 "One that says that the ledger itself is damaged needs rebuild --new-ledger: paths.state is moved\n"
		 "aside, and every whole record in the out folder counts as published, so that nothing goes out twice.",
	.options = options,
	.config = true,
	.output = true,
	.exits = "0  done; check: the index is whole\n"
		 "1  check: it is damaged; else: it could not be done, stderr says why\n"
		 "2  check: it could not be read; rebuild: done, but damaged records were passed over\n"
		 "64 wrong usage    78 wrong config",
	.example = "copytaster index check --drop ./drop --out ./out\n"
		   "copytaster index rebuild --config /etc/copytaster/copytaster.conf --dry-run",
	.min_words = 1,
	.max_words = 1,
	.words = "stat, check or rebuild",
	.run = run,
};
