/* copytaster index check: is the copy index whole? */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/index.h"
#include "cli/term.h"
#include "proto/json.h"
#include "workers/copy/upkeep.h"

enum { PROGRESS_MS = 200 };

struct progress {
	bool tty;
	uint64_t shown_ms;
};

static void show_progress(uint64_t done, uint64_t all, void *arg)
{
	struct progress *p = arg;
	uint64_t now = clock_mono_ms();
	if (!p->tty || now - p->shown_ms < PROGRESS_MS)
		return;
	p->shown_ms = now;
	fprintf(stderr, "\r\033[Kentries %" PRIu64 " of %" PRIu64, done, all);
	fflush(stderr);
}

static void put_json(struct buf *out, const struct upkeep_report *r)
{
	bool first = true;
	buf_printf(out, "{\"whole\":%s,\"entries\":%" PRIu64 ",\"living\":%" PRIu64 ",\"postings\":%" PRIu64 ",\"runs\":%" PRIu64 ",\"claimLists\":%" PRIu64
		   ",\"faults\":%" PRIu64 ",\"list\":[", r->n ? "false" : "true", r->entries, r->living, r->postings, r->runs, r->claims, r->n);
	for (enum upkeep_fault f = 0; f < UPKEEP_FAULTS; f++) {
		if (!r->faults[f].n)
			continue;
		buf_printf(out, "%s{\"code\":\"%s\",\"count\":%" PRIu64 ",\"message\":", first ? "" : ",", upkeep_fault_name(f), r->faults[f].n);
		json_put_string(out, str_of(upkeep_fault_sentence(f)));
		buf_text(out, ",\"first\":");
		json_put_string(out, str_of(r->faults[f].first));
		buf_char(out, '}');
		first = false;
	}
	buf_text(out, "]}\n");
}

/* What repairs it, by what is broken. */
static const char *remedy(const struct upkeep_report *r)
{
	if (r->faults[UPKEEP_FORMAT].n)
		return "Use the program that wrote it, or stop the workers and run `copytaster index rebuild`.";
	if (r->faults[UPKEEP_PAGES].n)
		return "Stop the workers and run `copytaster index rebuild`; if LMDB cannot remove the index, add --new-ledger.";
	return "Stop the workers and run `copytaster index rebuild`: it makes the index anew from what is published.";
}

static void put_people(struct buf *out, const struct term *t, const struct options *o, const struct upkeep_report *r)
{
	term_styled(out, t, r->n ? STYLE_BAD : STYLE_GOOD, r->n ? STR("Damaged") : STR("Whole"));
	buf_text(out, ": the copy index in ");
	term_text(out, str_of(o->state));
	buf_printf(out, "; read: entries %" PRIu64 " (living %" PRIu64 "), postings %" PRIu64 ", runs %" PRIu64 ", lists of claims %" PRIu64 "\n", r->entries,
		   r->living, r->postings, r->runs, r->claims);
	for (enum upkeep_fault f = 0; f < UPKEEP_FAULTS; f++) {
		if (!r->faults[f].n)
			continue;
		buf_printf(out, "  %10" PRIu64 " × %s: %s; first: ", r->faults[f].n, upkeep_fault_name(f), upkeep_fault_sentence(f));
		term_text(out, str_of(r->faults[f].first));
		buf_char(out, '\n');
	}
	if (r->n)
		buf_printf(out, "%s\n", remedy(r));
}

/* Where the store itself cannot be opened it is damaged, too; the rest could not be read. */
static int look(const struct options *o, struct upkeep_report *ret, struct err *err)
{
	struct progress p = { .tty = isatty(STDERR_FILENO) };
	struct store *store = NULL;
	int rc = store_open(o->state, o->map_bytes, true, &store, err);
	if (rc)
		return rc;
	rc = upkeep_check(store, show_progress, &p, ret, err);
	if (p.shown_ms)
		fputs("\r\033[K", stderr);
	store_close(&store);
	return rc;
}

int index_check(const struct cli *c, const struct options *o)
{
	struct upkeep_report report;
	struct err err = { 0 };
	struct term term;
	struct buf out;
	int rc = look(o, &report, &err);
	if (rc)
		return cli_fail(c, rc == -EBADMSG || rc == -EPROTONOSUPPORT ? CLI_FAILED : CLI_PARTLY, "%s", err.text);
	term_init(&term, STDOUT_FILENO);
	buf_init(&out, 0);
	if (c->json)
		put_json(&out, &report);
	else
		put_people(&out, &term, o, &report);
	rc = term_flush(&out, STDOUT_FILENO);
	buf_release(&out);
	if (rc)
		return cli_fail(c, CLI_PARTLY, "cannot write to standard output: %s", strerror(-rc));
	if (report.n && c->json)
		fprintf(stderr, "copytaster index: the copy index is damaged. %s\n", remedy(&report));
	return report.n ? CLI_FAILED : CLI_OK;
}
