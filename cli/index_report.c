/* What index rebuild says: how far it is, what came of it, and what --new-ledger would do. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/index_rebuild.h"
#include "proto/json.h"

enum { PROGRESS_MS = 200 };

void rebuild_clear(const struct rebuild *r)
{
	if (r->screen.tty && r->shown_ms)
		fputs("\r\033[K", stderr);
}

void rebuild_progress(struct rebuild *r, const char *what, uint64_t done, uint64_t all)
{
	uint64_t now = clock_mono_ms();
	if (!r->screen.tty || now - r->shown_ms < PROGRESS_MS)
		return;
	r->shown_ms = now;
	fprintf(stderr, "\r\033[K%s %" PRIu64 " of %" PRIu64, what, done, all);
	fflush(stderr);
}

void rebuild_offer(struct rebuild *r)
{
	struct records all;
	struct err err = { 0 };
	uint64_t n = 0;
	fputs("Nothing was changed.", stderr);
	if (records_gather(&all, r->o->out, NULL, 0, &err) == 0)
		for (size_t i = 0; i < all.n; i++)
			n += i == 0 || ulid_cmp(&all.refs[i - 1].id, &all.refs[i].id) != 0;
	records_release(&all);
	fprintf(stderr, " With --new-ledger\n"
		"  %s is moved aside, to a name that ends in .damaged and the time; nothing in it is deleted;\n"
		"  a new ledger is made, in which the %" PRIu64 " articles in %s count as published, as far as they are whole;\n"
		"  what is not there is published when ingest delivers it again.\n", r->o->state, n, r->o->out);
}

/* ---- the summary ---- */

struct row {
	const char *key;
	uint64_t value;
};

static void put_json(struct buf *out, const struct rebuild *r)
{
	char from[RFC3339_SIZE], to[RFC3339_SIZE];
	const struct row rows[] = {
		{ "articlesInWindow", r->in_window }, { "entered", r->entered }, { "copies", r->copies }, { "withoutEntry", r->no_entry },
		{ "unreadable", r->unreadable }, { "claims", r->claims }, { "missingClaims", r->missing_claims },
		{ "damagedRecords", r->records.damaged }, { "duplicates", r->duplicates }, { "pendingForgotten", r->forgotten },
		{ "takenAsPublished", r->taken_ids }, { "cut", r->cut },
	};
	clock_format(r->from_ms, from);
	clock_format(r->records.newest_ms, to);
	buf_printf(out, "{\"dryRun\":%s,\"newLedger\":%s,\"from\":\"%s\",\"to\":\"%s\"", r->dry_run ? "true" : "false",
		   r->new_ledger ? "true" : "false", from, to);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		buf_printf(out, ",\"%s\":%" PRIu64, rows[i].key, rows[i].value);
	if (r->aside[0]) {
		buf_text(out, ",\"oldState\":");
		json_put_string(out, str_of(r->aside));
	}
	buf_text(out, ",\"damaged\":[");
	for (size_t i = 0; i < r->records.damaged && i < RECORDS_NAMED; i++) {
		buf_text(out, i ? "," : "");
		json_put_string(out, str_of(r->records.named[i]));
	}
	buf_text(out, "]}\n");
}

static void put_line(struct buf *out, uint64_t n, const char *what)
{
	if (n)
		buf_printf(out, "  %10" PRIu64 "  %s\n", n, what);
}

static void put_damage(struct buf *out, const struct rebuild *r)
{
	for (size_t i = 0; i < r->records.damaged && i < RECORDS_NAMED; i++) {
		buf_text(out, "              ");
		term_text(out, str_of(r->records.named[i]));
		buf_char(out, '\n');
	}
	if (r->records.damaged > RECORDS_NAMED)
		buf_printf(out, "              … and %" PRIu64 " more\n", r->records.damaged - RECORDS_NAMED);
}

static void put_people(struct buf *out, const struct term *t, const struct rebuild *r)
{
	char from[RFC3339_SIZE], to[RFC3339_SIZE];
	clock_format(r->from_ms, from);
	clock_format(r->records.newest_ms, to);
	term_styled(out, t, r->records.damaged ? STYLE_COPY : STYLE_GOOD, r->dry_run ? STR("Would be rebuilt") : STR("Rebuilt"));
	buf_printf(out, ": %" PRIu64 " of %" PRIu64 " articles that came from %s to %s\n", r->entered, r->in_window, from, to);
	put_line(out, r->copies, "without an entry: all they say stood elsewhere before");
	put_line(out, r->no_entry, "without an entry: exact copies with a headline of their own, or no words");
	put_line(out, r->claims, "claims, own ones");
	put_line(out, r->missing_claims, "claims without a record: copies will not point at them");
	put_line(out, r->duplicates, "second records of an article, passed over");
	put_line(out, r->forgotten, "pending articles, which will be judged anew");
	put_line(out, r->taken_ids, "articles count as published in the new ledger");
	put_line(out, r->cut, "records at the end of open segments are not whole or stand elsewhere: workers cut them off");
	put_line(out, r->records.damaged, "damaged records, passed over:");
	put_damage(out, r);
	if (r->aside[0]) {
		buf_text(out, "The old ledger lies in ");
		term_text(out, str_of(r->aside));
		buf_text(out, "; remove it when nobody wants to look at it any more.\n");
	}
}

int rebuild_report(const struct rebuild *r)
{
	struct term term;
	struct buf out;
	term_init(&term, STDOUT_FILENO);
	buf_init(&out, 0);
	if (r->cli->json)
		put_json(&out, r);
	else
		put_people(&out, &term, r);
	int rc = term_flush(&out, STDOUT_FILENO);
	buf_release(&out);
	if (rc)
		return cli_fail(r->cli, CLI_FAILED, "cannot write to standard output: %s", strerror(-rc));
	if (!r->cli->json || r->records.damaged == 0)
		return r->records.damaged ? CLI_PARTLY : CLI_OK;
	fprintf(stderr, "copytaster index: %" PRIu64 " damaged records were passed over, first: %s\n", r->records.damaged, r->records.named[0]);
	return CLI_PARTLY;
}
