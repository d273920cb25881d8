/* The file sink: NDJSON segments whose committed length stands in the ledger (segment.h). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "proto/json.h"
#include "sinks/segment.h"
#include "sinks/sink.h"

enum { RECOVER_MS = 5000, SCRATCH_BYTES = 64 << 20 };

enum { KEEP_BUFFER = 4 << 20 };

struct stream {
	struct buf buf; /* submitted, not yet written */
	uint64_t written;
	uint64_t committed;
};

struct file_sink {
	int dirfd;
	struct ledger *ledger;
	uint64_t segment_bytes, segment_age_ms;
	sink_done_fn *done;
	void *done_arg;
	struct segment segment; /* name "" while there is none */
	uint64_t opened_ms, recovered_ms;
	struct stream stream[SEGMENT_STREAMS];
	uint64_t articles, committed_articles;
	struct ledger_segment mark;
	struct arena *scratch; /* one record at a time */
	void **tags; /* of the items that wait for flush */
	size_t n_tags, room;
};

static int file_close(void *sink, struct err *err);

static bool has_segment(const struct file_sink *f)
{
	return f->segment.name[0] != '\0';
}

static const char *own_name(const struct file_sink *f)
{
	return has_segment(f) ? f->segment.name : NULL;
}

static int file_open(const struct options *o, struct ledger *ledger, sink_done_fn *done, void *done_arg, void **ret, struct err *err)
{
	int rc = file_mkdirs(o->out, 0750, err);
	if (rc)
		return err_prefix(err, "paths.out");
	struct file_sink *f = calloc(1, sizeof(*f));
	if (!f)
		return err_set(err, -ENOMEM, "out of memory");
	f->segment = (struct segment){ .fd = { -1, -1 } };
	f->ledger = ledger;
	f->segment_bytes = o->segment_bytes;
	f->segment_age_ms = o->segment_age_ms;
	f->done = done;
	f->done_arg = done_arg;
	for (int i = 0; i < SEGMENT_STREAMS; i++)
		buf_init(&f->stream[i].buf, 0);
	f->scratch = arena_new(o->arena_bytes ? o->arena_bytes : SCRATCH_BYTES);
	f->dirfd = open(o->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!f->scratch)
		rc = err_set(err, -ENOMEM, "out of memory");
	else if (f->dirfd < 0)
		rc = err_set(err, -errno, "cannot open paths.out %s: %s", o->out, strerror(errno));
	else if (faccessat(f->dirfd, ".", W_OK, AT_EACCESS))
		rc = err_set(err, -errno, "paths.out %s cannot be written: %s: give the service's user write access to it", o->out, strerror(errno));
	if (rc == 0)
		rc = segment_claim_folder(f->dirfd, o->out, ledger_identity(ledger), err);
	if (rc == 0)
		rc = segment_recover(f->dirfd, ledger, NULL, err);
	if (rc) {
		struct err ignored;
		(void)!file_close(f, &ignored);
		return rc;
	}
	*ret = f;
	return 0;
}

/* Ends the open segment at its committed length. */
static int end_segment(struct file_sink *f, struct err *err)
{
	if (!has_segment(f))
		return 0;
	char name[SEGMENT_NAME];
	memcpy(name, f->segment.name, sizeof(name));
	int rc = segment_finish(f->dirfd, &f->segment, f->stream[SEGMENT_CLAIMS].committed, f->stream[SEGMENT_ARTICLES].committed, err);
	f->segment = (struct segment){ .fd = { -1, -1 } };
	if (rc)
		return rc;
	for (int i = 0; i < SEGMENT_STREAMS; i++)
		f->stream[i].written = f->stream[i].committed = 0;
	f->articles = f->committed_articles = 0;
	rc = ledger_segment_remove(f->ledger, name);
	/* Busy: the row stays until the next recovery looks. */
	return rc && rc != -EAGAIN ? err_set(err, rc, "cannot update the ledger: %s", strerror(-rc)) : 0;
}

static bool segment_is_due(const struct file_sink *f)
{
	uint64_t claims = f->stream[SEGMENT_CLAIMS].committed, articles = f->stream[SEGMENT_ARTICLES].committed;
	return has_segment(f) && f->committed_articles &&
	       (claims >= f->segment_bytes || articles >= f->segment_bytes || clock_mono_ms() - f->opened_ms >= f->segment_age_ms);
}

static int begin_segment(struct file_sink *f, struct err *err)
{
	if (has_segment(f))
		return 0;
	int rc = segment_create(f->dirfd, &f->segment, err);
	if (rc)
		f->segment = (struct segment){ .fd = { -1, -1 } };
	f->opened_ms = clock_mono_ms();
	return rc;
}

static int remember(struct file_sink *f, void *tag)
{
	if (f->n_tags == f->room) {
		size_t room = f->room ? 2 * f->room : 64;
		void **tags = realloc(f->tags, room * sizeof(*tags));
		if (!tags)
			return -ENOMEM;
		f->tags = tags;
		f->room = room;
	}
	f->tags[f->n_tags++] = tag;
	return 0;
}

/* All records of one article into the buffers, or none. */
static int write_item(struct file_sink *f, const struct sink_item *item)
{
	struct buf *claims = &f->stream[SEGMENT_CLAIMS].buf, *articles = &f->stream[SEGMENT_ARTICLES].buf;
	size_t claims_before = claims->len, articles_before = articles->len;
	int rc = 0;
	for (size_t i = 0; i < item->n_claims && rc == 0; i++) {
		arena_reset(f->scratch);
		rc = json_claim(claims, &item->claims[i], f->scratch);
		buf_char(claims, '\n');
	}
	arena_reset(f->scratch);
	if (rc == 0)
		rc = json_article(articles, item->article, f->scratch);
	buf_char(articles, '\n');
	if (rc == 0 && (claims->failed || articles->failed))
		rc = -ENOMEM;
	if (rc == 0)
		rc = remember(f, item->tag);
	if (rc) {
		claims->failed = articles->failed = false;
		buf_truncate(claims, claims_before);
		buf_truncate(articles, articles_before);
	}
	return rc;
}

static int file_submit(void *sink, const struct sink_item *items, size_t n, struct err *err)
{
	struct file_sink *f = sink;
	/* Between groups only: what is in the buffers is counted for the segment that is open. */
	int rc = f->n_tags == 0 && segment_is_due(f) ? end_segment(f, err) : 0;
	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++) {
		rc = write_item(f, &items[i]);
		if (rc == -ENOMEM && arena_failed(f->scratch))
			f->done(items[i].tag, SINK_REJECT, "one of its records needs more than worker.arena_bytes: raise it, or split the file", f->done_arg);
		else if (rc == -ENOMEM)
			f->done(items[i].tag, SINK_RETRY, "out of memory while the records were written", f->done_arg);
		else if (rc)
			f->done(items[i].tag, SINK_REJECT, strerror(-rc), f->done_arg);
		else
			f->articles++;
	}
	return 0;
}

static void answer_all(struct file_sink *f, enum sink_verdict verdict, const char *why)
{
	size_t n = f->n_tags;
	f->n_tags = 0;
	for (size_t i = 0; i < n; i++)
		f->done(f->tags[i], verdict, why, f->done_arg);
}

/* What one huge article took is not kept for the next. */
static void empty(struct buf *b)
{
	size_t cap = b->cap;
	if (b->size <= KEEP_BUFFER) {
		buf_reset(b);
		return;
	}
	buf_release(b);
	buf_init(b, cap);
}

/* Forgets what was submitted or written since the last commit. */
static int file_discard(void *sink, struct err *err)
{
	struct file_sink *f = sink;
	for (int i = 0; i < SEGMENT_STREAMS; i++) {
		struct stream *s = &f->stream[i];
		empty(&s->buf);
		if (s->written != s->committed && ftruncate(f->segment.fd[i], (off_t)s->committed))
			return err_set(err, -errno, "cannot cut a segment back: %s", strerror(errno));
		s->written = s->committed;
	}
	f->articles = f->committed_articles;
	f->n_tags = 0;
	return 0;
}

static int write_streams(struct file_sink *f)
{
	for (int i = 0; i < SEGMENT_STREAMS; i++) {
		struct stream *s = &f->stream[i];
		int rc = file_pwrite_all(f->segment.fd[i], s->buf.data, s->buf.len, (off_t)s->written);
		if (rc)
			return rc;
		s->written += s->buf.len;
	}
	return 0;
}

static int sync_streams(struct file_sink *f)
{
	for (int i = 0; i < SEGMENT_STREAMS; i++) {
		int rc = f->stream[i].buf.len ? file_sync(f->segment.fd[i]) : 0;
		if (rc)
			return rc;
		empty(&f->stream[i].buf);
	}
	return 0;
}

/* A full disk hands the articles back; a failed fsync ends the process, since nobody knows what the disk holds. */
static int file_flush(void *sink, struct err *err)
{
	struct file_sink *f = sink;
	if (f->n_tags == 0)
		return 0;
	int rc = begin_segment(f, err);
	if (rc == 0)
		rc = write_streams(f);
	if (rc == -ENOSPC || rc == -EDQUOT) {
		void **tags = f->tags;
		size_t n = f->n_tags;
		if ((rc = file_discard(f, err)))
			return rc;
		for (size_t i = 0; i < n; i++)
			f->done(tags[i], SINK_RETRY, "No space left in the out folder: free some, work goes on by itself", f->done_arg);
		return 0;
	}
	if (rc)
		return err && err->code == rc ? rc : err_set(err, rc, "cannot write to the out folder: %s", strerror(-rc));
	if ((rc = sync_streams(f)))
		return err_set(err, rc, "cannot sync a segment: %s", strerror(-rc));
	answer_all(f, SINK_OK, NULL);
	return 0;
}

static const struct ledger_segment *file_mark(void *sink)
{
	struct file_sink *f = sink;
	if (!has_segment(f))
		return NULL;
	f->mark = (struct ledger_segment){ .claims_bytes = f->stream[SEGMENT_CLAIMS].written,
					   .articles_bytes = f->stream[SEGMENT_ARTICLES].written, .articles = f->articles };
	memcpy(f->mark.name, f->segment.name, SEGMENT_NAME);
	return &f->mark;
}

static void file_commit(void *sink)
{
	struct file_sink *f = sink;
	for (int i = 0; i < SEGMENT_STREAMS; i++)
		f->stream[i].committed = f->stream[i].written;
	f->committed_articles = f->articles;
}

static int file_idle(void *sink, struct err *err)
{
	struct file_sink *f = sink;
	int rc = segment_is_due(f) ? end_segment(f, err) : 0;
	uint64_t now = clock_mono_ms();
	if (rc || now - f->recovered_ms < RECOVER_MS)
		return rc;
	f->recovered_ms = now;
	return segment_recover(f->dirfd, f->ledger, own_name(f), err);
}

static int file_close(void *sink, struct err *err)
{
	struct file_sink *f = sink;
	int rc = end_segment(f, err);
	for (int i = 0; i < SEGMENT_STREAMS; i++)
		buf_release(&f->stream[i].buf);
	if (f->dirfd >= 0)
		close(f->dirfd);
	arena_free(&f->scratch);
	free(f->tags);
	free(f);
	return rc;
}

const struct sink_ops sink_file = {
	.name = "file",
	.sentence = "NDJSON segments in paths.out, published when the ledger has them",
	.open = file_open,
	.submit = file_submit,
	.flush = file_flush,
	.mark = file_mark,
	.commit = file_commit,
	.discard = file_discard,
	.idle = file_idle,
	.close = file_close,
};
