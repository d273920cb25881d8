/* What all daemons have in common: the command line, --help, --check, --version,
 * logging, systemd notification and the watchdog. */
#ifndef COPYTASTER_BASE_SERVICE_H
#define COPYTASTER_BASE_SERVICE_H

#include "base/loop.h"
#include "base/options.h"

struct service_about {
	const char *name;              /* "copytaster-ingest" */
	const char *summary;           /* one sentence */
	const char *example;           /* two lines */
	const char *const *sections;   /* options shown by --help */
};

/* Parses --config FILE, --check, --help, --version, --print-config, --section.key=value, --set section.key=value and the
 * short forms --drop, --spool, --state, --out, --endpoint and --once; sets up the log.
 * Returns -1 when the daemon shall run, else the exit status: 0 done (help, check passed),
 * 64 usage (what, where, what to do on stderr), 78 config error. */
int service_setup(const struct service_about *about, int argc, char **argv, struct options *ret_options);

/* READY=1, STOPPING=1, STATUS=…: to systemd, or to `copytaster run`, or to nobody. */
void service_ready(const char *status);
void service_stopping(const char *status);
void service_status(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Adds a timer that says WATCHDOG=1 at a third of WATCHDOG_USEC, when set. */
int service_watchdog(struct loop *l) MUST_CHECK;

extern const char copytaster_version[]; /* "0.1.0" */

#endif
