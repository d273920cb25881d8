/* copytaster run: everything on one machine. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/loop.h"
#include "cli/cli.h"
#include "cli/follow.h"
#include "cli/outcome.h"
#include "cli/supervise.h"
#include "cli/term.h"
#include "workers/copy/upkeep.h"

enum { FOLLOW_MS = 50, REST_TICKS = 5, PROGRESS_MS = 250, MOST_WORKERS = 256, VALUE_BYTES = 4200 };

/* timeout(1), for one, signals the process and then its whole group: that is one signal, not two. */
enum { SAME_SIGNAL_MS = 1000 };

struct run {
	const struct cli *cli;
	struct options options;
	bool once;
	unsigned workers;
	char **arguments; /* of the children; owned */
	struct loop *loop;
	struct supervisor *supervisor;
	struct follow *follow;
	bool follow_from_start;
	unsigned idle_ticks;
	uint64_t started_wall_ms, started_ms;
	struct term screen; /* stderr */
	uint64_t signal_ms; /* when the first signal came; 0: none did */
	bool stopping, finished, failed;
};

/* ---- what the children are told ---- */

static int add_argument(struct run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int add_argument(struct run *r, const char *fmt, ...)
{
	size_t n = 0;
	va_list ap;
	while (r->arguments && r->arguments[n])
		n++;
	char **grown = realloc(r->arguments, (n + 2) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	r->arguments = grown;
	grown[n] = grown[n + 1] = NULL;
	va_start(ap, fmt);
	int len = vasprintf(&grown[n], fmt, ap);
	va_end(ap);
	if (len < 0)
		grown[n] = NULL;
	return len < 0 ? -ENOMEM : 0;
}

/* The value as it is after defaults, file and command line: paths are absolute by then. */
static int add_row(struct run *r, const char *name)
{
	for (const struct conf_option *row = options_table; row->name; row++) {
		char value[VALUE_BYTES];
		if (strcmp(row->name, name))
			continue;
		int rc = conf_format(row, &r->options, value, sizeof(value));
		return rc ? rc : add_argument(r, "--%s=%s", name, value);
	}
	return -EINVAL;
}

static int make_arguments(struct run *r)
{
	const struct cli *c = r->cli;
	int rc = c->config ? add_argument(r, "--config=%s", c->config) : 0;
	/* What the children say below a warning would drown the claims; a config file or the command line has the last word. */
	if (rc == 0 && !c->config)
		rc = add_argument(r, "--log.level=warn");
	if (rc == 0)
		rc = add_row(r, "paths.drop");
	if (rc == 0)
		rc = add_row(r, "paths.out");
	for (size_t i = 0; i < c->n_sets && rc == 0; i++) {
		const struct cli_set *s = &c->sets[i];
		if (!s->option || s->option->conf)
			rc = add_row(r, s->option ? s->option->conf : s->name);
	}
	if (rc == 0 && r->once)
		rc = add_argument(r, "--ingest.once=yes");
	return rc;
}

/* ---- progress ---- */

static void clear_progress(const struct run *r)
{
	if (r->screen.tty)
		fputs("\r\033[K", stderr);
}

/* Ends with a return: whatever a child writes begins at the margin. */
static void show_progress(void *arg)
{
	const struct run *r = arg;
	struct follow_counts n = follow_counts(r->follow);
	uint64_t seconds = (clock_mono_ms() - r->started_ms) / 1000;
	struct buf line;
	buf_init(&line, 1024);
	buf_text(&line, "\r\033[K");
	term_on(&line, &r->screen, STYLE_DIM);
	buf_printf(&line, "%s%02llu:%02llu  articles %llu  claims %llu  workers %u of %u", r->stopping ? "draining  " : "",
		   (unsigned long long)(seconds / 60), (unsigned long long)(seconds % 60), (unsigned long long)n.articles,
		   (unsigned long long)n.claims, supervisor_workers_up(r->supervisor), r->workers);
	unsigned restarts = supervisor_restarts(r->supervisor);
	if (restarts)
		buf_printf(&line, "  restarts %u", restarts);
	term_off(&line, &r->screen);
	buf_char(&line, '\r');
	term_say(&line);
	buf_release(&line);
}

static void say_where(const struct run *r)
{
	const struct options *o = &r->options;
	fprintf(stderr,
		"copytaster run: %u worker%s on %s%s\n"
		"  claims    %s/claims-*.ndjson\n"
		"  articles  %s/articles-*.ndjson\n"
		"  spool     %s (receipts-%s.ndjson, done/, failed/)\n",
		r->workers, r->workers == 1 ? "" : "s", o->drop, r->once ? ", until all of it is done" : "; Ctrl-C drains and stops", o->out, o->out,
		o->spool, o->instance);
}

/* ---- events ---- */

static void stop(struct run *r)
{
	r->stopping = true;
	supervisor_drain(r->supervisor);
}

static void on_signal(int signo, void *arg)
{
	struct run *r = arg;
	if (signo != SIGINT && signo != SIGTERM && signo != SIGHUP)
		return;
	uint64_t now = clock_mono_ms();
	if (r->signal_ms && now - r->signal_ms < SAME_SIGNAL_MS)
		return;
	if (!r->signal_ms)
		r->signal_ms = now;
	clear_progress(r);
	if (r->stopping) {
		fputs("copytaster run: killing; what was not finished is taken up again at the next start\n", stderr);
		r->failed = true;
		supervisor_kill(r->supervisor);
		return;
	}
	fputs("copytaster run: draining; a second signal (after 1 s) kills\n", stderr);
	stop(r);
}

static void on_event(enum supervisor_event event, void *arg)
{
	struct run *r = arg;
	switch (event) {
	case SUPERVISOR_READY:
		return; /* the next tick finds the ledger */
	case SUPERVISOR_INGESTED:
		r->finished = r->once && !r->stopping;
		stop(r);
		return;
	case SUPERVISOR_FAILED:
		clear_progress(r);
		fprintf(stderr, "copytaster run: %s\n", supervisor_why(r->supervisor));
		r->failed = r->stopping = true;
		return;
	case SUPERVISOR_GONE:
		loop_stop(r->loop);
		return;
	}
}

static void follow_tick(void *arg)
{
	struct run *r = arg;
	struct err err = { 0 };
	if (r->idle_ticks > REST_TICKS * REST_TICKS && r->idle_ticks % REST_TICKS) {
		r->idle_ticks++;
		return;
	}
	int rc = follow_open(r->follow, r->follow_from_start, &err);
	if (rc)
		return;
	rc = follow_step(r->follow);
	r->idle_ticks = rc == 0 ? r->idle_ticks + 1 : 0;
	if (rc < 0 && !r->stopping) {
		clear_progress(r);
		fprintf(stderr, "copytaster run: standard output: %s; draining\n", strerror(-rc));
		stop(r);
	}
}

/* ---- life ---- */

static int parse_workers(const struct cli *c, unsigned *ret)
{
	const char *text = cli_value(c, "workers");
	unsigned n = 0;
	*ret = 2;
	if (!text)
		return 0;
	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9' || n > MOST_WORKERS)
			return -EINVAL;
		n = 10 * n + (unsigned)(*p - '0');
	}
	if (n < 1 || n > MOST_WORKERS)
		return -EINVAL;
	*ret = n;
	return 0;
}

static int start(struct run *r, struct err *err)
{
	int rc = file_mkdirs(r->options.drop, 0770, err);
	if (rc == 0)
		rc = file_mkdirs(r->options.out, 0770, err);
	/* Said once, rather than by every worker. */
	if (rc == 0)
		rc = upkeep_probe(r->options.state, r->options.map_bytes, err);
	if (rc)
		return rc;
	outcome_forget(&r->options);
	r->loop = loop_new();
	r->follow = follow_new(&r->options, r->cli->json, r->screen.tty);
	if (!r->loop || !r->follow || make_arguments(r))
		return err_set(err, -ENOMEM, "out of memory");
	if ((rc = loop_take_signals(r->loop, on_signal, r)))
		return err_set(err, rc, "cannot watch signals: %s", strerror(-rc));
	signal(SIGPIPE, SIG_IGN);
	/* What stands in the out folder from earlier runs is not news. Without a ledger there was none. */
	rc = follow_open(r->follow, false, err);
	if (rc && rc != -ENOENT)
		return rc;
	r->follow_from_start = rc == -ENOENT;
	struct supervisor_config config = { r->loop, r->arguments, r->workers, r->options.lease_ms, r->once, on_event, r };
	rc = supervisor_new(&config, &r->supervisor, err);
	if (rc)
		return rc;
	say_where(r);
	rc = supervisor_start(r->supervisor, err);
	if (rc == 0)
		rc = loop_add_timer(r->loop, FOLLOW_MS, FOLLOW_MS, follow_tick, r);
	if (rc >= 0 && r->screen.tty)
		rc = loop_add_timer(r->loop, 0, PROGRESS_MS, show_progress, r);
	return rc < 0 ? rc : 0;
}

/* The last records came while the workers closed their segments. Signals work again: a reader that hangs must not hold
 * this process. */
static void finish_following(struct run *r)
{
	sigset_t none;
	struct err err = { 0 };
	clear_progress(r);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	int rc = follow_open(r->follow, r->follow_from_start, &err);
	if (rc == 0)
		rc = follow_finish(r->follow);
	if (rc && rc != -ENOENT && rc != -EPIPE)
		fprintf(stderr, "copytaster run: standard output: %s\n", strerror(-rc));
}

/* Returns how many failed. */
static uint64_t print_totals(const struct run *r, const struct outcome_summary *s)
{
	fprintf(stderr, "copytaster run: %llu accepted, %llu published, %llu %s, %llu failed\n", (unsigned long long)s->accepted,
		(unsigned long long)s->published, (unsigned long long)s->copies, s->copies == 1 ? "copy" : "copies",
		(unsigned long long)s->failed);
	if (supervisor_restarts(r->supervisor))
		fputs("  (since ingest was started last; `copytaster audit` counts all)\n", stderr);
	return outcome_print_failed(&r->options, r->started_wall_ms);
}

/* The status of --once, with what there is to say. */
static int account(const struct run *r, const struct outcome_summary *total)
{
	struct outcome_summary s = *total;
	uint64_t active = outcome_active(&r->options);
	if (!s.found)
		return cli_fail(r->cli, CLI_FAILED, "ingest left no summary in %s: run `copytaster audit --drop %s --out %s`", r->options.spool,
				r->options.drop, r->options.out);
	uint64_t failed = print_totals(r, &s);
	if (s.left || active || s.accepted > s.published + s.copies + s.failed)
		return cli_fail(r->cli, CLI_FAILED, "not everything is accounted for: %llu left, %llu in active/; run it again, then `copytaster audit`",
				(unsigned long long)s.left, (unsigned long long)active);
	return s.failed || failed ? CLI_PARTLY : CLI_OK;
}

static int end(struct run *r)
{
	int status = r->failed ? CLI_FAILED : CLI_OK;
	finish_following(r);
	struct outcome_summary s = outcome_read(&r->options);
	if (r->once && r->finished)
		status = account(r, &s);
	else if (s.found)
		(void)print_totals(r, &s);
	if (r->once && !r->finished && !r->failed)
		status = cli_fail(r->cli, CLI_FAILED, "stopped before all was done; the rest is taken up at the next start");
	fprintf(stderr, "copytaster run: stopped. Claims lie in %s, finished files and receipts in %s\n", r->options.out, r->options.spool);
	return status;
}

static void release(struct run *r)
{
	supervisor_free(&r->supervisor);
	follow_free(&r->follow);
	loop_free(&r->loop);
	for (char **a = r->arguments; a && *a; a++)
		free(*a);
	free(r->arguments);
	options_release(&r->options);
}

static int run(const struct cli *c)
{
	struct run r = { .cli = c, .once = cli_value(c, "once") != NULL };
	struct err err = { 0 };
	if (parse_workers(c, &r.workers))
		return cli_fail(c, CLI_USAGE, "--workers is a number from 1 to %d, not \"%s\"", MOST_WORKERS, cli_value(c, "workers"));
	int wrong = cli_options(c, &r.options, &err);
	if (wrong)
		return cli_fail(c, wrong, "%s", err.text);
	r.once = r.once || r.options.once;
	r.started_wall_ms = clock_wall_ms();
	r.started_ms = clock_mono_ms();
	term_init(&r.screen, STDERR_FILENO);
	log_init("copytaster", LOG_LEVEL_WARN);
	int status = CLI_FAILED;
	int rc = start(&r, &err);
	if (rc)
		cli_fail(c, CLI_FAILED, "%s", err.text);
	else if ((rc = loop_run(r.loop)))
		cli_fail(c, CLI_FAILED, "the loop failed: %s", strerror(-rc));
	else
		status = end(&r);
	release(&r);
	return status;
}

static const struct cli_option options[] = {
	{ "drop", "DIR", "paths.drop", "the folder into which article files come (default ./drop)" },
	{ "out", "DIR", "paths.out", "the folder for claims and articles (default ./out)" },
	{ "workers", "N", NULL, "worker processes, 1 to 256 (default 2)" },
	{ "endpoint", "ADDRESS", "paths.endpoint", "where ingest and workers meet (default: a socket in the spool)" },
	{ "once", NULL, NULL, "work off what is in the folder, then stop" },
	{ 0 }
};

const struct verb verb_run = {
	.name = "run",
	.summary = "everything on one machine: watch a folder, print claims as they come",
	.usage = "copytaster run [--drop DIR] [--out DIR] [--workers N] [--once] [OPTION]...",
	.about = "Makes the folders, starts copytaster-ingest and the workers, starts again what dies, kills what\n"
		 "hangs. Claims are printed as they are published: as text on a terminal, with what was recognised as\n"
		 "a copy of what; as NDJSON into a pipe or with --json. Everything lies in OUT/claims-*.ndjson and\n"
		 "OUT/articles-*.ndjson too. Ctrl-C drains; a second one, a second later or more, kills, and nothing is\n"
		 "lost by that. An article counts as published when it has claims of its own, also when most of it is\n"
		 "a copy (NEAR, CONTAINED); as a copy when every sentence of it stood elsewhere before.",
	.options = options,
	.config = true,
	.output = true,
	.exits = "0  drained and stopped; with --once: every file was published or is a copy\n"
		 "1  a program could not run, or was killed by a second signal; with\n"
		 "   --once: something is unaccounted for, or it was interrupted\n"
		 "2  --once: some files failed; names and reasons are on stderr, the files in failed/\n"
		 "64 wrong usage    78 wrong config",
	.example = "copytaster run --drop ./drop --out ./out\n"
		   "cp story.txt drop/",
	.min_words = 0,
	.max_words = 0,
	.words = "no arguments",
	.run = run,
};
