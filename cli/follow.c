#include "cli/follow.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "cli/show.h"
#include "sinks/file_read.h"
#include "workers/ledger.h"
#include "workers/store.h"

enum { STEP_LINES = 512, MOST_BUFFERED = 1 << 20 };

struct follow {
	const struct options *options;
	bool json, progress;
	struct store *store;
	struct ledger *ledger;
	struct file_reader *reader;
	struct show show;
	struct buf out;
	size_t written; /* of out */
	struct follow_counts counts;
	bool complained;
};

struct follow *follow_new(const struct options *o, bool json, bool progress)
{
	struct follow *f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->options = o;
	f->json = json;
	f->progress = progress;
	show_init(&f->show, STDOUT_FILENO, true);
	f->show.out_dir = o->out;
	buf_init(&f->out, 0);
	return f;
}

void follow_free(struct follow **f)
{
	if (!*f)
		return;
	file_reader_close(&(*f)->reader);
	ledger_close(&(*f)->ledger);
	store_close(&(*f)->store);
	show_release(&(*f)->show);
	buf_release(&(*f)->out);
	free(*f);
	*f = NULL;
}

int follow_open(struct follow *f, bool from_start, struct err *err)
{
	if (f->reader)
		return 0;
	int rc = store_open(f->options->state, f->options->map_bytes, true, &f->store, err);
	if (rc == 0)
		rc = ledger_open(f->store, NULL, &f->ledger, err);
	if (rc == 0)
		rc = file_reader_open(f->options->out, f->ledger, from_start, &f->reader, err);
	if (rc) {
		ledger_close(&f->ledger);
		store_close(&f->store);
	}
	return rc;
}

struct follow_counts follow_counts(const struct follow *f)
{
	return f->counts;
}

/* ---- out ---- */

/* As much as the reader takes without waiting; a pipe that says it is writable takes PIPE_BUF bytes. */
static int write_some(struct follow *f, bool wait)
{
	if (f->progress && f->out.len)
		fputs("\r\033[K", stderr);
	while (f->written < f->out.len) {
		struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };
		size_t n = f->out.len - f->written;
		if (poll(&p, 1, wait ? -1 : 0) < 0 && errno != EINTR)
			return -errno;
		if (!(p.revents & (POLLOUT | POLLERR | POLLHUP)) && !wait)
			return 0;
		ssize_t got = write(STDOUT_FILENO, f->out.data + f->written, n > PIPE_BUF ? PIPE_BUF : n);
		if (got < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		f->written += got > 0 ? (size_t)got : 0;
	}
	buf_reset(&f->out);
	f->written = 0;
	return 0;
}

/* ---- in ---- */

static int take(struct follow *f, enum file_stream stream, struct str line)
{
	int rc = 0;
	if (stream == FILE_CLAIMS)
		f->counts.claims++;
	else
		f->counts.articles++;
	if (!f->json)
		rc = stream == FILE_CLAIMS ? show_claim(&f->show, &f->out, line) : show_article(&f->show, &f->out, line);
	else if (stream == FILE_CLAIMS) {
		buf_str(&f->out, line);
		buf_char(&f->out, '\n');
	}
	return rc ? rc : f->out.failed ? -ENOMEM : 0;
}

/* What cannot be read is complained of once; the service itself goes on. */
static int complain(struct follow *f, int rc)
{
	if (!f->complained)
		log_warn("CT4010", "cannot show what was published", "out=%s why=\"%s\"", f->options->out, strerror(-rc));
	f->complained = true;
	return 0;
}

static int read_some(struct follow *f)
{
	for (int i = 0; i < STEP_LINES && f->out.len < MOST_BUFFERED; i++) {
		enum file_stream stream;
		struct str line;
		int rc = file_reader_next(f->reader, &stream, &line);
		if (rc == -EAGAIN)
			return 0;
		if (rc == 0)
			rc = take(f, stream, line);
		if (rc)
			return complain(f, rc);
	}
	return 1;
}

int follow_step(struct follow *f)
{
	if (!f->reader)
		return 0;
	int rc = write_some(f, false);
	if (rc || f->out.len)
		return rc;
	int more = read_some(f);
	rc = write_some(f, false);
	return rc ? rc : more;
}

int follow_finish(struct follow *f)
{
	int more = 1, rc = 0;
	while (f->reader && more && rc == 0) {
		more = read_some(f);
		rc = write_some(f, true);
	}
	return rc;
}
