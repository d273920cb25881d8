#include "ingest/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

#define CHANGED_MS 200
#define SCARCE_MS 1000

bool intake_full(const struct intake *in)
{
	return in->desk->jobs.n >= in->options->max_active;
}

int intake_enter(struct intake *in, const struct ulid *id, const char *name, bool folder, bool marker, const struct stat *st,
		 struct job **ret)
{
	struct job *j;
	int r = desk_add(in->desk, id, name, &j);

	if (r < 0)
		return r;
	j->folder = folder;
	j->marker = marker;
	j->bytes = (uint64_t)st->st_size;
	file_mark_set(&j->mark, st);
	j->received_ms = ulid_ms(id);
	*ret = j;
	return 0;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	struct file_mark m;

	file_mark_set(&m, a);
	return file_mark_same(&m, b);
}

int intake_claim(struct intake *in, const char *name, bool marker, const struct stat *seen)
{
	bool folder = marker || spool_long_name(name);
	struct ulid id;
	char file[SPOOL_PATH];
	struct stat st;
	struct job *j = NULL;
	int r;

	if (intake_full(in))
		return -ENOBUFS;
	id = ulid_new(clock_wall_ms());
	r = spool_claim(in->spool, &id, name, folder, marker);
	if (r < 0)
		return r;
	spool_file(&id, name, folder, file);
	if (fstatat(in->spool->active, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode) || !same_file(seen, &st))
		r = -EAGAIN;
	else
		r = intake_enter(in, &id, name, folder, marker, &st, &j);
	if (r == 0) {
		job_list_push(&in->claimed, j);
		return 0;
	}
	if (spool_unclaim(in->spool, &id, name, folder, marker) < 0) {
		char quoted[300];

		/* Its name was taken meanwhile: it stays in active/ and is found there at the next start. */
		log_warn("CT1202", "a claimed file could not be put back", "file=%s",
			 log_quote(str_of(name), quoted, sizeof(quoted)));
		in->strange++;
	}
	return r;
}

/* What can be said of a file without reading it. */
static const char *unfit(const struct intake *in, uint64_t bytes, char *reason, size_t size)
{
	if (bytes == 0 || bytes < in->options->min_article_bytes) {
		snprintf(reason, size, "the file has %llu bytes, an article has at least %llu", (unsigned long long)bytes,
			 (unsigned long long)(in->options->min_article_bytes > 0 ? in->options->min_article_bytes : 1));
		return "EMPTY";
	}
	if (bytes > in->options->max_article_bytes) {
		snprintf(reason, size, "the file has %llu bytes, ingest.max_article_bytes allows %llu", (unsigned long long)bytes,
			 (unsigned long long)in->options->max_article_bytes);
		return "TOO_LARGE";
	}
	return NULL;
}

/* Into the queue, or straight to its failure. */
static void admit(struct intake *in, struct job *j)
{
	char reason[160];
	const char *code = unfit(in, j->bytes, reason, sizeof(reason));

	job_list_leave(j);
	if (code)
		desk_fail(in->desk, j, code, reason);
	else
		desk_queue(in->desk, j);
}

int intake_commit(struct intake *in, struct err *err)
{
	int r;

	if (in->claimed.n == 0)
		return 0;
	/* Else a power cut after the publication would put the file back into the drop folder, to be published again. */
	r = file_sync_dir(in->spool->active);
	if (r < 0)
		return err_set(err, r, "cannot make active/%s durable: %s", in->options->instance, strerror(-r));
	while (in->claimed.first)
		admit(in, in->claimed.first);
	return 0;
}

static void read_failed(struct intake *in, struct job *j, int error, uint64_t now)
{
	char reason[160];

	switch (-error) {
	case EAGAIN: /* it changed while it was read */
		desk_hold(in->desk, j, now + CHANGED_MS);
		return;
	case ENOMEM:
	case EMFILE:
	case ENFILE:
		desk_hold(in->desk, j, now + SCARCE_MS);
		return;
	case ENOENT:
		j->vanished = true;
		desk_fail(in->desk, j, "VANISHED", "the claimed file is not in active/ any more");
		return;
	case EFBIG:
		desk_fail(in->desk, j, "TOO_LARGE", "the file grew beyond ingest.max_article_bytes");
		return;
	case ELOOP:
	case EPIPE:
	case EISDIR:
	case EXDEV:
		desk_fail(in->desk, j, "NOT_A_FILE", "it is no regular file");
		return;
	default:
		snprintf(reason, sizeof(reason), "the file cannot be read: %s", strerror(-error));
		desk_fail(in->desk, j, "UNREADABLE", reason);
	}
}

int intake_read(struct intake *in, struct job *j, struct buf *out, uint64_t now)
{
	char reason[160];
	const char *code;
	struct stat st;
	int r = spool_read(in->spool, j, in->options->max_article_bytes, out, &st);

	if (r < 0) {
		bool later = r == -EAGAIN || r == -ENOMEM || r == -EMFILE || r == -ENFILE;

		read_failed(in, j, r, now);
		return later ? -EAGAIN : -ECANCELED;
	}
	j->bytes = (uint64_t)st.st_size;
	file_mark_set(&j->mark, &st);
	code = unfit(in, j->bytes, reason, sizeof(reason));
	if (!code)
		return 0;
	desk_fail(in->desk, j, code, reason);
	return -ECANCELED;
}
