#include "ingest/finish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "proto/json.h"

/* ---- receipts ---- */

/* Has the file changed since it was read? Then what is in it now goes on under a new id. */
static void look_again(const struct finish *f, struct job *j)
{
	struct stat st;
	int r = spool_stat(f->spool, j, &st);

	if (r == -ENOENT)
		j->vanished = true;
	if (r == 0 && S_ISREG(st.st_mode) && !file_mark_same(&j->mark, &st))
		j->next_id = ulid_new(clock_wall_ms());
}

static int add_receipt(struct finish *f, struct job *j)
{
	char id[ULID_TEXT + 1], next[ULID_TEXT + 1];
	struct receipt r = { .outcome = j->outcome, .bytes = j->mark.size, .attempts = j->charges, .claims = j->claims };
	struct buf name;
	int code;

	buf_init(&name, 4096);
	receipt_file_name(&name, str_of(j->name));
	ulid_format(&j->id, id);
	r.article_id = str_of(id);
	r.file_name = buf_view(&name);
	if (j->outcome == OUTCOME_FAILED) {
		r.reason_code = str_of(j->code && j->code[0] ? j->code : "FAILED");
		r.reason = str_of(j->reason);
	}
	if (!ulid_is_zero(&j->next_id)) {
		ulid_format(&j->next_id, next);
		r.next_article_id = str_of(next);
	}
	code = name.failed ? -ENOMEM : receipts_add(f->receipts, &r);
	buf_release(&name);
	return code;
}

bool finish_take(struct finish *f)
{
	struct job *j;

	while ((j = f->desk->settled.first)) {
		look_again(f, j);
		if (add_receipt(f, j) < 0)
			break; /* no memory: later */
		job_list_leave(j);
		job_list_push(&f->pending, j);
		f->pending_failed += j->outcome == OUTCOME_FAILED;
	}
	return f->pending.n >= FINISH_GROUP || f->pending_failed >= FINISH_GROUP_FAILED;
}

/* ---- reason.json ---- */

static const char *what_to_do(const char *code)
{
	static const struct {
		const char *code, *advice;
	} table[] = {
		{ "EMPTY", "Have the feed send the article again under another name; an empty file can be deleted." },
		{ "TOO_LARGE", "Raise ingest.max_article_bytes (and worker.credit_bytes with it), then `copytaster retry` the id." },
		{ "UNREADABLE", "Give the ingest user read permission on the file, then `copytaster retry` the id." },
		{ "NOT_A_FILE", "Something replaced the claimed file; remove it and have the feed send the article again." },
		{ "VANISHED", "Something removed the claimed file from active/; nothing but ingest may write there." },
		{ "CRASHED_WORKER", "Look for the crash in the workers' log and report it with this file; `copytaster retry` the id after an update." },
		{ "OVERRAN", "Raise ingest.lease when the machine was merely slow, then `copytaster retry` the id; else report it with this file." },
	};

	for (size_t i = 0; code && i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].code, code) == 0)
			return table[i].advice;
	return "Correct what the reason names, then `copytaster retry` the id.";
}

static void json_member(struct buf *out, const char *key, struct str value)
{
	buf_printf(out, ",\n  \"%s\": ", key);
	json_put_string(out, value);
}

static void write_history(struct buf *out, const struct job *j)
{
	char when[RFC3339_SIZE];

	buf_text(out, ",\n  \"history\": [");
	for (uint32_t i = 0; i < j->n_history; i++) {
		const struct job_charge *c = &j->history[i];

		clock_format(c->wall_ms, when);
		buf_printf(out, "%s\n    {\"time\": \"%s\", \"what\": \"%s\", \"pid\": %u, \"worker\": ", i > 0 ? "," : "", when,
			   c->overran ? "OVERRAN" : "DIED", c->pid);
		json_put_string(out, str_of(c->worker));
		buf_char(out, '}');
	}
	buf_text(out, j->n_history > 0 ? "\n  ]" : "]");
}

static int write_reason(const struct finish *f, const struct job *j)
{
	char id[ULID_TEXT + 1], file[ULID_TEXT + 16], now[RFC3339_SIZE];
	struct buf out, name;
	int r;

	ulid_format(&j->id, id);
	clock_format(clock_wall_ms(), now);
	snprintf(file, sizeof(file), "%s.reason.json", id);
	buf_init(&out, 1 << 20);
	buf_init(&name, 4096);
	receipt_file_name(&name, str_of(j->name));
	buf_printf(&out, "{\n  \"articleId\": \"%s\"", id);
	json_member(&out, "fileName", buf_view(&name));
	json_member(&out, "outcome", STR("FAILED"));
	json_member(&out, "code", str_of(j->code && j->code[0] ? j->code : "FAILED"));
	json_member(&out, "reason", str_of(j->reason ? j->reason : ""));
	json_member(&out, "whatToDo", str_of(what_to_do(j->code)));
	json_member(&out, "time", str_of(now));
	buf_printf(&out, ",\n  \"bytes\": %llu,\n  \"attempts\": %u", (unsigned long long)j->mark.size, j->charges);
	write_history(&out, j);
	buf_text(&out, "\n}\n");
	r = out.failed || name.failed ? -ENOMEM : file_replace(f->spool->failed, file, out.data, out.len, 0640, NULL);
	buf_release(&out);
	buf_release(&name);
	return r;
}

/* ---- moves ---- */

static int go_on(struct finish *f, struct job *j)
{
	char file[SPOOL_PATH];
	struct stat st;
	struct job *next;
	int r = spool_renumber(f->spool, j, &j->next_id);

	if (r < 0)
		return r;
	spool_file(&j->next_id, j->name, j->folder, file);
	if (fstatat(f->spool->active, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	r = intake_enter(f->intake, &j->next_id, j->name, j->folder, j->marker, &st, &next);
	if (r < 0)
		return r; /* it lies under its new name and is found at the next start */
	next->supersedes = j->id;
	job_list_push(&f->intake->claimed, next);
	return 0;
}

static int move(struct finish *f, struct job *j)
{
	bool failed = j->outcome == OUTCOME_FAILED;
	int r;

	if (!ulid_is_zero(&j->next_id))
		return go_on(f, j);
	r = failed ? write_reason(f, j) : 0;
	return r < 0 ? r : spool_finish(f->spool, j, failed);
}

static void count(struct finish *f, const struct job *j)
{
	struct desk_counters *c = &f->desk->counters;

	if (!ulid_is_zero(&j->next_id))
		c->superseded++;
	if (j->outcome == OUTCOME_PUBLISHED)
		c->published++;
	else if (j->outcome == OUTCOME_COPY)
		c->copies++;
	else if (ulid_is_zero(&j->next_id))
		c->failed++;
	else
		c->accepted--; /* the file was no failure in the end: it is counted under its new id */
}

static void log_end(const struct job *j)
{
	char id[ULID_TEXT + 1], name[300], reason[400];

	ulid_format(&j->id, id);
	if (j->outcome == OUTCOME_FAILED)
		log_warn("CT1401", "an article failed", "article=%s file=%s code=%s reason=%s", id,
			 log_quote(str_of(j->name), name, sizeof(name)), j->code ? j->code : "FAILED",
			 log_quote(str_of(j->reason), reason, sizeof(reason)));
	else
		log_debug("CT1402", "an article is finished", "article=%s file=%s outcome=%s claims=%u", id,
			  log_quote(str_of(j->name), name, sizeof(name)), name_outcome(j->outcome), j->claims);
}

static void log_unmoved(const struct job *j, int error)
{
	char id[ULID_TEXT + 1], name[300];

	ulid_format(&j->id, id);
	if (error == -ENOENT && j->vanished && j->outcome == OUTCOME_FAILED)
		return; /* its failure says so */
	log_error("CT1403", "a finished article's file could not be moved; its receipt stands", "article=%s file=%s outcome=%s error=%s",
		  id, log_quote(str_of(j->name), name, sizeof(name)), name_outcome(j->outcome), strerror(-error));
}

static int move_all(struct finish *f)
{
	struct job *j;

	while ((j = f->moving.first)) {
		int r = move(f, j);

		if (r == -ENOSPC || r == -EDQUOT || r == -ENOMEM)
			return r == -ENOMEM ? -ENOSPC : r;
		if (r < 0) {
			f->stuck += r != -ENOENT;
			log_unmoved(j, r);
		}
		count(f, j);
		log_end(j);
		desk_remove(f->desk, j);
	}
	return 0;
}

int finish_flush(struct finish *f, struct err *err)
{
	int r = receipts_flush(f->receipts, err);

	if (r < 0)
		return r;
	while (f->pending.first) {
		struct job *j = f->pending.first;

		job_list_leave(j);
		job_list_push(&f->moving, j);
	}
	f->pending_failed = 0;
	r = move_all(f);
	return r < 0 ? err_set(err, r, "no space to finish files in the spool %s", f->spool->spool_path) : 0;
}

bool finish_idle(const struct finish *f)
{
	return f->desk->settled.n == 0 && f->pending.n == 0 && f->moving.n == 0;
}
