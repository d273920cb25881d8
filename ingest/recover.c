/* What lies in active/ and retry/: the rest of intake. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "ingest/intake.h"

#define RETRY_BATCH 64

static DIR *open_list(int dirfd)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

/* ---- active/ at start ---- */

/* A crash between the claim of a marker and the claim of its article. */
static void put_marker_back(const struct intake *in, const char *entry, const char *marker)
{
	char from[SPOOL_PATH];

	snprintf(from, sizeof(from), "%.*s/%s", ULID_TEXT, entry, marker);
	if (file_rename_new(in->spool->active, from, in->spool->drop, marker) < 0)
		(void)unlinkat(in->spool->active, from, 0); /* a new marker lies there: this one is spent */
	(void)unlinkat(in->spool->active, entry, AT_REMOVEDIR);
}

static int recover_entry(struct intake *in, const char *entry)
{
	char quoted[300];
	struct spool_item item;
	struct job *j;
	int r;

	if (strncmp(entry, ".copytaster-probe-", 18) == 0) {
		(void)unlinkat(in->spool->active, entry, 0);
		return 0;
	}
	r = spool_item(in->spool->active, entry, &item);
	if (r == -ENOENT) {
		(void)unlinkat(in->spool->active, entry, AT_REMOVEDIR);
		return 0;
	}
	if (r == -ENODATA) {
		put_marker_back(in, entry, item.name);
		return 0;
	}
	if (r < 0 || !S_ISREG(item.st.st_mode)) {
		in->strange++;
		log_warn("CT1203", "something in active/ is no article of ours and stays there", "entry=%s",
			 log_quote(str_of(entry), quoted, sizeof(quoted)));
		return 0;
	}
	r = intake_enter(in, &item.id, item.name, item.folder, item.marker, &item.st, &j);
	if (r == -EEXIST) {
		in->strange++;
		log_warn("CT1204", "two entries of active/ have one id; the second stays there", "entry=%s",
			 log_quote(str_of(entry), quoted, sizeof(quoted)));
		return 0;
	}
	if (r < 0)
		return r;
	j->touched = true;
	in->recovered++;
	return 0;
}

static bool is_active(const struct ulid *id, void *arg)
{
	const struct intake *in = arg;

	return job_find(&in->desk->jobs, id) != NULL;
}

/* Later lines overwrite earlier ones: the last word on each id counts. */
static int replay_line(const struct ulid *id, const struct receipt *receipt, void *arg)
{
	struct intake *in = arg;
	struct job *j = job_find(&in->desk->jobs, id), *next = NULL;
	struct ulid next_id = { { 0 } };

	if (receipt->next_article_id.len > 0 && ulid_parse(receipt->next_article_id, &next_id) == 0)
		next = job_find(&in->desk->jobs, &next_id);
	if (next)
		next->supersedes = *id;
	if (!j)
		return 0;
	if (receipt->outcome == OUTCOME_RETRIED) {
		j->outcome = 0;
		job_set_generation(&in->desk->jobs, j, receipt->generation);
		if (in->last_generation < receipt->generation)
			in->last_generation = receipt->generation;
		return 0;
	}
	j->outcome = receipt->outcome;
	j->claims = receipt->claims;
	j->charges = receipt->attempts;
	j->next_id = next_id;
	return job_set_reason(j, receipt->reason_code, receipt->reason);
}

static void sort_out(struct intake *in, uint64_t hold_until)
{
	for (size_t i = 0; i < in->desk->jobs.ids.n; i++) {
		struct job *j = in->desk->jobs.ids.items[i];

		if (j->outcome != 0) {
			enum outcome outcome = j->outcome;

			desk_settle(in->desk, j, outcome, j->claims);
			job_list_leave(j);
			job_list_push(&in->replayed, j);
		} else {
			j->charges = 0;
			desk_hold(in->desk, j, hold_until);
		}
	}
}

int intake_recover(struct intake *in, uint64_t hold_until, struct err *err)
{
	DIR *dir = open_list(in->spool->active);
	const struct dirent *e;
	int r = 0;

	if (!dir)
		return err_set(err, -errno, "cannot list active/%s: %s", in->options->instance, strerror(errno));
	while (r == 0 && (e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = recover_entry(in, e->d_name);
	closedir(dir);
	if (r < 0)
		return err_set(err, r, "cannot take over active/%s: %s", in->options->instance, strerror(-r));
	if (in->recovered == 0)
		return 0;
	r = receipts_replay(in->receipts, ulid_ms(desk_oldest(in->desk)), is_active, replay_line, in, err);
	if (r == 0)
		sort_out(in, hold_until);
	return r;
}

/* ---- retry/ ---- */

struct retried {
	char entry[NAME_MAX + 1];
	struct spool_item item;
	uint64_t generation;
};

static bool fit_for_retry(struct intake *in, const char *entry, struct spool_item *item)
{
	char quoted[300];
	const char *why = NULL;
	int r = spool_item(in->spool->retry, entry, item);

	if (r == -ENOENT)
		return false; /* a folder that is just being filled */
	if (r < 0)
		why = "its name is no ULID and a name";
	else if (!S_ISREG(item->st.st_mode))
		why = "it is no regular file";
	else if (job_find(&in->desk->jobs, &item->id))
		why = "its id is active";
	if (!why)
		return true;
	log_debug("CT1205", "an entry of retry/ stays there", "entry=%s why=\"%s\"",
		  log_quote(str_of(entry), quoted, sizeof(quoted)), why);
	return false;
}

static int note(struct intake *in, struct retried *t)
{
	uint64_t now = clock_wall_ms();
	struct buf name;
	char id[ULID_TEXT + 1];
	struct receipt receipt = { .outcome = OUTCOME_RETRIED, .bytes = (uint64_t)t->item.st.st_size };
	int r;

	t->generation = now > in->last_generation ? now : in->last_generation + 1;
	in->last_generation = t->generation;
	ulid_format(&t->item.id, id);
	buf_init(&name, 4096);
	receipt_file_name(&name, str_of(t->item.name));
	receipt.article_id = str_of(id);
	receipt.file_name = buf_view(&name);
	receipt.generation = t->generation;
	r = receipts_add(in->receipts, &receipt);
	buf_release(&name);
	return r;
}

static void take_up(struct intake *in, const struct retried *t)
{
	char id[ULID_TEXT + 1], reason[ULID_TEXT + 16], quoted[300];
	struct job *j = NULL;
	int r = file_rename_new(in->spool->retry, t->entry, in->spool->active, t->entry);

	if (r == 0)
		r = intake_enter(in, &t->item.id, t->item.name, t->item.folder, t->item.marker, &t->item.st, &j);
	if (r < 0) {
		log_warn("CT1206", "a file could not be tried again", "entry=%s error=%s",
			 log_quote(str_of(t->entry), quoted, sizeof(quoted)), strerror(-r));
		return;
	}
	job_set_generation(&in->desk->jobs, j, t->generation);
	job_list_push(&in->claimed, j);
	ulid_format(&t->item.id, id);
	snprintf(reason, sizeof(reason), "%s.reason.json", id);
	(void)unlinkat(in->spool->failed, reason, 0);
	log_info("CT1207", "a failed file is tried again", "entry=%s", log_quote(str_of(t->entry), quoted, sizeof(quoted)));
}

static size_t list_retry(struct intake *in, struct retried *list, size_t max, bool *ret_more)
{
	DIR *dir = open_list(in->spool->retry);
	const struct dirent *e;
	size_t n = 0;

	*ret_more = false;
	if (!dir)
		return 0;
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		if (n == max) {
			*ret_more = true;
			break;
		}
		if (!fit_for_retry(in, e->d_name, &list[n].item))
			continue;
		snprintf(list[n].entry, sizeof(list[n].entry), "%s", e->d_name);
		n++;
	}
	closedir(dir);
	return n;
}

int intake_retry(struct intake *in, bool *ret_more, struct err *err)
{
	static struct retried list[RETRY_BATCH];
	size_t room = in->options->max_active - (intake_full(in) ? in->options->max_active : in->desk->jobs.n);
	size_t n = list_retry(in, list, room < RETRY_BATCH ? room : RETRY_BATCH, ret_more);
	int r = 0;

	if (n == 0) {
		*ret_more = false;
		return 0;
	}
	for (size_t i = 0; r == 0 && i < n; i++)
		r = note(in, &list[i]);
	if (r == 0)
		r = receipts_flush(in->receipts, err);
	else
		err_set(err, r, "out of memory");
	for (size_t i = 0; r == 0 && i < n; i++)
		take_up(in, &list[i]);
	if (r < 0)
		*ret_more = false;
	return r;
}
