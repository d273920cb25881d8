/* copytaster audit: do drop folder, spool, receipts, ledger and sinks tell one story? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/tally.h"
#include "cli/term.h"
#include "proto/json.h"
#include "workers/ledger.h"

enum { LOOK_AGAIN_S = 2, SHOWN = 50 };

enum finding_code {
	TWO_PLACES_FOUND = 1, TWO_RECEIPTS, NO_RECEIPT, FILE_MISSING, NOT_MOVED, REASON_MISSING, ARTICLE_MISSING, ARTICLE_TWICE,
	ARTICLE_UNEXPECTED, CLAIMS_DIFFER, CLAIMS_WITHOUT_ARTICLE, LEDGER_DIFFERS, RETRY_LOST
};

static const struct {
	const char *name, *sentence;
} finding_texts[] = {
	[TWO_PLACES_FOUND] = { "TWO_PLACES", "its file lies in two folders of the spool" },
	[TWO_RECEIPTS] = { "TWO_RECEIPTS", "two receipts say that it ended, with no retry between" },
	[NO_RECEIPT] = { "NO_RECEIPT", "it is not in active/ any more, but no receipt says how it ended" },
	[FILE_MISSING] = { "FILE_MISSING", "its receipt stands, but its file is neither where it belongs nor removed by ingest.keep_done" },
	[NOT_MOVED] = { "NOT_MOVED", "its receipt stands, but its file lies in another folder; ingest moves it at its next start" },
	[REASON_MISSING] = { "REASON_MISSING", "it failed, but failed/ has no reason.json for it" },
	[ARTICLE_MISSING] = { "ARTICLE_MISSING", "it is published, but the articles stream has no record of it" },
	[ARTICLE_TWICE] = { "ARTICLE_TWICE", "the articles stream has its record more than once" },
	[ARTICLE_UNEXPECTED] = { "ARTICLE_UNEXPECTED", "it did not end as published or copy, but its record is in the articles stream" },
	[CLAIMS_DIFFER] = { "CLAIMS_DIFFER", "the claims of its record, its receipt and the claims stream are not the same, each once" },
	[CLAIMS_WITHOUT_ARTICLE] = { "CLAIMS_WITHOUT_ARTICLE", "the claims stream has claims of it, the articles stream no record" },
	[LEDGER_DIFFERS] = { "LEDGER_DIFFERS", "its receipt and the ledger say different ends" },
	[RETRY_LOST] = { "RETRY_LOST", "it was to be tried again, but its file is nowhere in the spool" },
};

struct finding {
	struct ulid id;
	enum finding_code code;
};

struct findings {
	struct finding *list;
	size_t n, room;
};

/* Where each id stands, for the table. */
struct counts {
	uint64_t published, copies, failed, superseded, active, waiting_retry, files_removed;
};

static int add(struct findings *f, const struct tally_entry *e, enum finding_code code)
{
	if (f->n == f->room) {
		size_t room = f->room ? 2 * f->room : 64;
		struct finding *list = realloc(f->list, room * sizeof(*list));
		if (!list)
			return -ENOMEM;
		f->list = list;
		f->room = room;
	}
	f->list[f->n++] = (struct finding){ e->id, code };
	return 0;
}

/* ---- the rules, one id at a time ---- */

static bool kept(const struct options *o, const struct tally_entry *e, uint64_t now_ms)
{
	if (o->keep_done_ms == UINT64_MAX)
		return true;
	return e->receipt_ms > 0 && now_ms < (uint64_t)e->receipt_ms + o->keep_done_ms;
}

/* Its file, by its last receipt. 0: all is well. */
static enum finding_code check_file(const struct tally_entry *e, const struct options *o, uint64_t now_ms)
{
	bool failed = e->outcome == OUTCOME_FAILED;
	uint32_t place = failed ? IN_FAILED : IN_DONE;
	if (e->places & TWO_PLACES)
		return TWO_PLACES_FOUND;
	if (e->places & (WENT_ON | place))
		return failed && !(e->places & (WENT_ON | HAS_REASON)) ? REASON_MISSING : 0;
	if (failed && (e->places & IN_RETRY))
		return 0; /* put back, not taken up yet */
	if (e->places & (IN_ACTIVE | IN_DONE | IN_FAILED | IN_RETRY))
		return NOT_MOVED;
	if (failed && (e->places & FILE_IS_GONE))
		return 0;
	return kept(o, e, now_ms) ? FILE_MISSING : 0;
}

static enum finding_code check_claims(const struct tally_entry *e)
{
	if (e->seen && !e->articles)
		return CLAIMS_WITHOUT_ARTICLE;
	if (e->articles != 1)
		return 0;
	if (e->seen != e->listed || e->seen_sum != e->listed_sum)
		return CLAIMS_DIFFER;
	bool receipt = e->outcome == OUTCOME_PUBLISHED || e->outcome == OUTCOME_COPY;
	return receipt && e->receipt_claims != e->listed ? CLAIMS_DIFFER : 0;
}

static enum finding_code check_ledger(const struct tally_entry *e)
{
	bool settled = e->ledger == LEDGER_PUBLISHED || e->ledger == LEDGER_COPY;
	switch (e->outcome) {
	case OUTCOME_PUBLISHED:
		return e->ledger && e->ledger != LEDGER_PUBLISHED ? LEDGER_DIFFERS : 0;
	case OUTCOME_COPY:
		return e->ledger && e->ledger != LEDGER_COPY ? LEDGER_DIFFERS : 0;
	case OUTCOME_FAILED:
		return settled ? LEDGER_DIFFERS : 0;
	default:
		return 0;
	}
}

static enum finding_code check_article(const struct tally_entry *e)
{
	bool published = e->outcome == OUTCOME_PUBLISHED || e->outcome == OUTCOME_COPY;
	bool settled = e->ledger == LEDGER_PUBLISHED || e->ledger == LEDGER_COPY;
	if (e->articles > 1)
		return ARTICLE_TWICE;
	if ((published || settled) && !e->articles)
		return ARTICLE_MISSING;
	return e->outcome == OUTCOME_FAILED && e->articles ? ARTICLE_UNEXPECTED : 0;
}

/* An id without a final receipt must still be on its way. */
static enum finding_code check_open(const struct tally_entry *e)
{
	if (e->places & TWO_PLACES)
		return TWO_PLACES_FOUND;
	if (e->places & (IN_ACTIVE | IN_RETRY))
		return 0;
	return e->outcome == OUTCOME_RETRIED ? RETRY_LOST : NO_RECEIPT;
}

static int check_entry(const struct tally_entry *e, const struct options *o, uint64_t now_ms, struct findings *f)
{
	bool final = e->outcome && e->outcome != OUTCOME_RETRIED;
	enum finding_code found[5] = {
		final ? check_file(e, o, now_ms) : check_open(e), check_article(e), check_claims(e), check_ledger(e),
		e->places & RECEIPT_TWICE ? TWO_RECEIPTS : 0
	};
	int rc = 0;
	for (size_t i = 0; i < 5 && rc == 0; i++)
		if (found[i])
			rc = add(f, e, found[i]);
	return rc;
}

static void count(const struct tally_entry *e, struct counts *c)
{
	bool went_on = e->places & WENT_ON;
	switch (e->outcome) {
	case OUTCOME_PUBLISHED:
		c->published++;
		break;
	case OUTCOME_COPY:
		c->copies++;
		break;
	case OUTCOME_FAILED:
		c->failed += !went_on;
		break;
	default:
		c->active += (e->places & IN_ACTIVE) != 0;
		break;
	}
	c->waiting_retry += (e->places & IN_RETRY) != 0;
	c->superseded += went_on;
	c->files_removed += (e->outcome == OUTCOME_PUBLISHED || e->outcome == OUTCOME_COPY) && !went_on && !(e->places & IN_DONE);
}

static int judge(const struct tally *t, const struct options *o, struct findings *f, struct counts *c)
{
	uint64_t now_ms = clock_wall_ms();
	int rc = 0;
	*c = (struct counts){ 0 };
	f->n = 0;
	for (size_t i = 0; i < t->n && rc == 0; i++) {
		count(&t->entries[i], c);
		rc = check_entry(&t->entries[i], o, now_ms, f);
	}
	return rc;
}

/* ---- twice ---- */

static int by_id(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int c = ulid_cmp(&x->id, &y->id);
	return c ? c : (int)x->code - (int)y->code;
}

static void sort(struct findings *f)
{
	if (f->n)
		qsort(f->list, f->n, sizeof(*f->list), by_id);
}

/* Keeps in f only what stands in both. */
static void intersect(struct findings *f, const struct findings *again)
{
	size_t kept_n = 0, j = 0;
	for (size_t i = 0; i < f->n; i++) {
		while (j < again->n && by_id(&again->list[j], &f->list[i]) < 0)
			j++;
		if (j < again->n && by_id(&again->list[j], &f->list[i]) == 0)
			f->list[kept_n++] = f->list[i];
	}
	f->n = kept_n;
}

static int look(const struct options *o, struct tally *t, struct findings *f, struct counts *c, struct err *err)
{
	tally_release(t);
	int rc = tally_gather(t, o, err);
	if (rc == 0 && (rc = judge(t, o, f, c)))
		(void)err_set(err, rc, "out of memory");
	sort(f);
	return rc;
}

/* A running service moves between two looks at it: only what is wrong twice is wrong. */
static int look_twice(const struct options *o, struct tally *t, struct findings *f, struct counts *c, struct err *err)
{
	struct findings again = { 0 };
	int rc = look(o, t, f, c, err);
	bool doubt = rc == -EBADMSG || rc == -EIO || f->n || t->broken_lines;
	if ((rc && rc != -EBADMSG && rc != -EIO) || !doubt)
		return rc;
	bool first_failed = rc != 0;
	(void)sleep(LOOK_AGAIN_S);
	rc = look(o, t, &again, c, err);
	if (rc == 0 && first_failed) {
		free(f->list);
		*f = again;
		return 0;
	}
	if (rc == 0)
		intersect(f, &again);
	free(again.list);
	return rc;
}

/* ---- out ---- */

static void put_row(struct buf *out, const char *what, uint64_t n, const char *note)
{
	buf_printf(out, "  %-34s %12llu%s%s\n", what, (unsigned long long)n, note ? "  " : "", note ? note : "");
}

static void put_table(struct buf *out, const struct term *term, const struct options *o, const struct tally *t, const struct counts *c)
{
	term_styled(out, term, STYLE_BOLD, STR("files"));
	buf_text(out, "  ");
	term_text(out, str_of(o->spool));
	buf_char(out, '\n');
	put_row(out, "waiting in the drop folder", t->drop_files, NULL);
	put_row(out, "in active/", c->active, NULL);
	put_row(out, "in retry/", c->waiting_retry, NULL);
	put_row(out, "published", c->published, NULL);
	put_row(out, "copies", c->copies, NULL);
	put_row(out, "failed", c->failed, NULL);
	put_row(out, "went on under a new id", c->superseded, NULL);
	put_row(out, "removed from done/", c->files_removed, NULL);
	put_row(out, "strange names in the spool", t->strange_files, t->strange_files ? t->first_strange : NULL);
	term_styled(out, term, STYLE_BOLD, STR("receipts"));
	buf_char(out, '\n');
	put_row(out, "lines", t->receipts, t->torn_receipts ? "and one that is being written" : NULL);
	put_row(out, "retries", t->retried, NULL);
	term_styled(out, term, STYLE_BOLD, STR("ledger"));
	buf_char(out, '\n');
	put_row(out, "entries", t->ledger_entries, NULL);
	term_styled(out, term, STYLE_BOLD, STR("sinks"));
	buf_text(out, "  ");
	term_text(out, str_of(o->out));
	buf_char(out, '\n');
	put_row(out, "article records", t->articles, NULL);
	put_row(out, "claim records", t->claims, NULL);
	put_row(out, "broken lines", t->broken_lines, t->broken_lines ? t->first_broken : NULL);
}

static void put_findings(struct buf *out, const struct term *term, const struct findings *f)
{
	char id[ULID_TEXT + 1];
	if (f->n == 0) {
		term_styled(out, term, STYLE_GOOD, STR("All reconciled: nothing is lost, nothing is there twice."));
		buf_char(out, '\n');
		return;
	}
	term_on(out, term, STYLE_BAD);
	buf_printf(out, "%zu discrepanc%s", f->n, f->n == 1 ? "y" : "ies");
	term_off(out, term);
	buf_char(out, '\n');
	for (size_t i = 0; i < f->n && i < SHOWN; i++) {
		ulid_format(&f->list[i].id, id);
		buf_printf(out, "  %s  %s: %s\n", id, finding_texts[f->list[i].code].name, finding_texts[f->list[i].code].sentence);
	}
	if (f->n > SHOWN)
		buf_printf(out, "  … and %zu more\n", f->n - SHOWN);
}

static void put_json(struct buf *out, const struct tally *t, const struct counts *c, const struct findings *f)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ "waiting", t->drop_files }, { "active", c->active }, { "retry", c->waiting_retry }, { "published", c->published },
		{ "copies", c->copies }, { "failed", c->failed }, { "superseded", c->superseded }, { "removed", c->files_removed },
		{ "strangeFiles", t->strange_files }, { "receipts", t->receipts }, { "retries", t->retried },
		{ "ledgerEntries", t->ledger_entries }, { "articles", t->articles }, { "claims", t->claims }, { "brokenLines", t->broken_lines },
		{ "discrepancies", f->n },
	};
	char id[ULID_TEXT + 1];
	buf_printf(out, "{\"reconciled\":%s", f->n || t->broken_lines ? "false" : "true");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		buf_printf(out, ",\"%s\":%llu", rows[i].name, (unsigned long long)rows[i].value);
	buf_text(out, ",\"list\":[");
	for (size_t i = 0; i < f->n && i < SHOWN; i++) {
		ulid_format(&f->list[i].id, id);
		buf_printf(out, "%s{\"articleId\":\"%s\",\"code\":\"%s\",\"message\":\"%s\"}", i ? "," : "", id, finding_texts[f->list[i].code].name,
			   finding_texts[f->list[i].code].sentence);
	}
	buf_text(out, "]}\n");
}

static int audit(const struct cli *c)
{
	struct options o;
	struct err err = { 0 };
	struct tally t = { 0 };
	struct findings f = { 0 };
	struct counts counts;
	struct term term;
	struct buf out;
	const char *path;
	int wrong = cli_service_options(c, &o, &path, &err);
	if (wrong)
		return cli_fail(c, wrong, "%s", err.text);
	int rc = look_twice(&o, &t, &f, &counts, &err);
	int status = rc ? cli_fail(c, CLI_PARTLY, "%s", err.text) : f.n || t.broken_lines ? CLI_FAILED : CLI_OK;
	buf_init(&out, 0);
	term_init(&term, STDOUT_FILENO);
	if (rc == 0 && c->json) {
		put_json(&out, &t, &counts, &f);
	} else if (rc == 0) {
		put_table(&out, &term, &o, &t, &counts);
		put_findings(&out, &term, &f);
	}
	if ((rc = term_flush(&out, STDOUT_FILENO)))
		status = cli_fail(c, CLI_PARTLY, "cannot write to standard output: %s", strerror(-rc));
	buf_release(&out);
	free(f.list);
	tally_release(&t);
	options_release(&o);
	return status;
}

static const struct cli_option options[] = {
	{ "drop", "DIR", "paths.drop", "the drop folder (default ./drop, or that of the config)" },
	{ "out", "DIR", "paths.out", "the folder of the file sink (default ./out, or that of the config)" },
	{ 0 }
};

const struct verb verb_audit = {
	.name = "audit",
	.summary = "reconcile folders, receipts, ledger and sinks",
	.usage = "copytaster audit [--drop DIR] [--out DIR] [--config FILE]",
	.about = "Reads the drop folder, the spool, all receipts, the ledger and the segments of the file sink, and\n"
		 "checks that every accepted file has exactly one end, that each published article stands in the\n"
		 "articles stream exactly once, and each of its claims in the claims stream exactly once. Changes\n"
		 "nothing and may run beside the service: what looks wrong is looked at again after two seconds.\n"
		 "All segments must still be there. An entry that the ledger no longer keeps is no discrepancy.",
	.options = options,
	.config = true,
	.output = true,
	.exits = "0  all reconciled\n"
		 "1  discrepancies were found\n"
		 "2  something could not be read\n"
		 "64 wrong usage    78 wrong config",
	.example = "copytaster audit --drop ./drop --out ./out\n"
		   "copytaster audit --config /etc/copytaster/copytaster.conf --json | jq .reconciled",
	.min_words = 0,
	.max_words = 0,
	.words = "no arguments",
	.run = audit,
};
