/* copytaster status: what a running ingest says of itself and its workers, and what lies in the folders. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include <zmq.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "cli/tally.h"
#include "cli/term.h"
#include "cli/value.h"
#include "proto/control.h"
#include "proto/json.h"
#include "workers/ledger.h"
#include "workers/store.h"

enum { ANSWER_MS = 1000, MOST_ANSWER_BYTES = 4 << 20, ARENA_BYTES = 32 << 20, NAME_COLUMNS = 34 };

struct status {
	const struct cli *cli;
	struct options options;
	struct arena *arena;
	struct ctl answer;
	bool running;
	json_t *details; /* of the answer */
	struct tally folders;
	struct store_stat store;
	uint64_t in_ledger[LEDGER_ABANDONED + 1];
	bool has_ledger;
	struct err ledger_err; /* code 0: there is none yet */
};

/* ---- asking ---- */

static int exchange(struct status *s, void *socket)
{
	struct ctl request = { .type = CTL_STATUS_REQUEST };
	struct buf frame;
	int linger = 0, wait = ANSWER_MS;
	int64_t most = MOST_ANSWER_BYTES;
	buf_init(&frame, 0);
	if (getrandom(&request.incarnation, sizeof(request.incarnation), 0) != sizeof(request.incarnation))
		return -EIO;
	zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof(linger));
	zmq_setsockopt(socket, ZMQ_RCVTIMEO, &wait, sizeof(wait));
	zmq_setsockopt(socket, ZMQ_SNDTIMEO, &wait, sizeof(wait));
	zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &most, sizeof(most));
	int rc = ctl_encode(&frame, &request, s->arena);
	if (rc == 0 && (zmq_connect(socket, s->options.endpoint) || zmq_send(socket, frame.data, frame.len, 0) < 0))
		rc = -errno;
	buf_release(&frame);
	zmq_msg_t m;
	zmq_msg_init(&m);
	if (rc == 0 && zmq_msg_recv(&m, socket, 0) < 0)
		rc = -errno;
	if (rc == 0) {
		struct str body = arena_str(s->arena, (struct str){ zmq_msg_data(&m), zmq_msg_size(&m) });
		rc = body.data ? ctl_decode(body, s->arena, &s->answer) : -ENOMEM;
	}
	zmq_msg_close(&m);
	return rc;
}

/* 0: it answered; -EAGAIN: nobody did. */
static int ask(struct status *s)
{
	const char *path = s->options.endpoint + 6;
	if (!strncmp(s->options.endpoint, "ipc://", 6) && access(path, F_OK))
		return -EAGAIN; /* no need to wait for nobody */
	void *ctx = zmq_ctx_new();
	void *socket = ctx ? zmq_socket(ctx, ZMQ_DEALER) : NULL;
	int rc = socket ? exchange(s, socket) : -errno;
	if (socket)
		zmq_close(socket);
	if (ctx)
		zmq_ctx_term(ctx);
	if (rc == 0 && s->answer.type != CTL_STATUS)
		rc = -EPROTO;
	if (rc == 0 && s->answer.status_json.len)
		s->details = json_loadb(s->answer.status_json.data, s->answer.status_json.len, 0, NULL);
	return rc;
}

static int take_entry(const struct ulid *id, const struct ledger_entry *e, void *arg)
{
	struct status *s = arg;
	(void)id;
	if (e->state <= LEDGER_ABANDONED)
		s->in_ledger[e->state]++;
	return 0;
}

static void look_at_ledger(struct status *s)
{
	struct store *store = NULL;
	struct ledger *ledger = NULL;
	struct err err = { 0 };
	int rc = store_open(s->options.state, s->options.map_bytes, true, &store, &err);
	if (rc == 0)
		rc = ledger_open(store, NULL, &ledger, &err);
	if (rc == 0 && (rc = ledger_each(ledger, take_entry, s)))
		err_set(&err, rc, "the ledger in %s cannot be read: %s", s->options.state, strerror(-rc));
	if (rc == 0 && (rc = store_stat(store, &s->store)))
		err_set(&err, rc, "%s: %s", s->options.state, strerror(-rc));
	s->has_ledger = rc == 0;
	if (rc && rc != -ENOENT)
		s->ledger_err = err;
	ledger_close(&ledger);
	store_close(&store);
}

/* ---- rows ---- */

struct row {
	const char *key, *what;
	uint64_t value;
};

enum { FOLDER_ROWS = 6, LEDGER_ROWS = 6 };

static void folder_rows(const struct status *s, struct row rows[FOLDER_ROWS])
{
	uint64_t in[4] = { 0 };
	static const uint32_t places[4] = { IN_ACTIVE, IN_DONE, IN_FAILED, IN_RETRY };
	for (size_t i = 0; i < s->folders.n; i++)
		for (size_t p = 0; p < 4; p++)
			in[p] += (s->folders.entries[i].places & places[p]) != 0;
	rows[0] = (struct row){ "drop", "waiting in the drop folder", s->folders.drop_files };
	rows[1] = (struct row){ "left", "left in place (no regular files)", s->folders.drop_left };
	rows[2] = (struct row){ "active", "in active/", in[0] };
	rows[3] = (struct row){ "retry", "in retry/", in[3] };
	rows[4] = (struct row){ "done", "in done/", in[1] };
	rows[5] = (struct row){ "failed", "in failed/", in[2] };
}

static void ledger_rows(const struct status *s, struct row rows[LEDGER_ROWS])
{
	rows[0] = (struct row){ "pending", "pending", s->in_ledger[LEDGER_PENDING] };
	rows[1] = (struct row){ "published", "published", s->in_ledger[LEDGER_PUBLISHED] };
	rows[2] = (struct row){ "copies", "copies", s->in_ledger[LEDGER_COPY] };
	rows[3] = (struct row){ "abandoned", "abandoned", s->in_ledger[LEDGER_ABANDONED] };
	rows[4] = (struct row){ "usedBytes", "bytes used", s->store.used_bytes };
	rows[5] = (struct row){ "mapBytes", "bytes it may grow to", s->store.map_bytes };
}

/* ---- JSON ---- */

static void json_rows(struct buf *out, const char *name, const struct row *rows, size_t n)
{
	buf_printf(out, ",\"%s\":{", name);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s\"%s\":%llu", i ? "," : "", rows[i].key, (unsigned long long)rows[i].value);
	buf_char(out, '}');
}

static void put_json(struct buf *out, const struct status *s, const struct row *folders, const struct row *ledger)
{
	buf_printf(out, "{\"running\":%s,\"endpoint\":", s->running ? "true" : "false");
	json_put_string(out, str_of(s->options.endpoint));
	buf_text(out, ",\"instance\":");
	json_put_string(out, str_of(s->options.instance));
	if (s->running) {
		buf_text(out, ",\"counters\":{");
		for (size_t i = 0; i < s->answer.n_counters; i++) {
			buf_text(out, i ? "," : "");
			json_put_string(out, s->answer.counters[i].name);
			buf_printf(out, ":%llu", (unsigned long long)s->answer.counters[i].value);
		}
		buf_char(out, '}');
	}
	if (s->details) {
		char *text = json_dumps(s->details, JSON_COMPACT);
		buf_text(out, ",\"ingest\":");
		buf_text(out, text ? text : "{}");
		free(text);
	}
	json_rows(out, "folders", folders, FOLDER_ROWS);
	if (s->has_ledger)
		json_rows(out, "ledger", ledger, LEDGER_ROWS);
	if (s->ledger_err.code) {
		buf_text(out, ",\"ledgerError\":");
		json_put_string(out, str_of(s->ledger_err.text));
	}
	buf_text(out, "}\n");
}

/* ---- people ---- */

static void put_rows(struct buf *out, const struct term *t, struct str head, const struct row *rows, size_t n)
{
	term_styled(out, t, STYLE_BOLD, head);
	buf_char(out, '\n');
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "  %-*s %12llu\n", NAME_COLUMNS, rows[i].what, (unsigned long long)rows[i].value);
}

/* Those that are not zero, besides the ones everybody looks for. */
static void put_counters(struct buf *out, const struct term *t, const struct ctl *m)
{
	static const char *const always[] = { "accepted", "active", "published", "copies", "failed", "workers" };
	term_styled(out, t, STYLE_BOLD, STR("since its start"));
	buf_char(out, '\n');
	for (size_t i = 0; i < m->n_counters; i++) {
		const struct ctl_counter *c = &m->counters[i];
		bool show = c->value != 0;
		for (size_t k = 0; k < sizeof(always) / sizeof(always[0]); k++)
			show = show || str_is(c->name, always[k]);
		if (!show)
			continue;
		buf_text(out, "  ");
		for (size_t k = 0; k < c->name.len; k++)
			buf_char(out, c->name.data[k] == '_' ? ' ' : c->name.data[k]);
		term_pad(out, (unsigned)c->name.len, NAME_COLUMNS);
		buf_printf(out, " %12llu\n", (unsigned long long)c->value);
	}
}

static void put_workers(struct buf *out, const struct term *t, const json_t *details)
{
	const json_t *w;
	size_t i;
	term_on(out, t, STYLE_BOLD);
	buf_printf(out, "%-24s %8s  %-8s %11s %13s %9s\n", "workers", "pid", "state", "outstanding", "bytes", "silent ms");
	term_off(out, t);
	json_array_foreach(json_object_get(details, "workers"), i, w) {
		struct str name = value_text(w, "name"), state = value_text(w, "state");
		bool silent = str_is(state, "SILENT");
		buf_text(out, "  ");
		term_cut(out, name, 22);
		term_pad(out, term_columns(name), 22);
		buf_printf(out, " %8llu  ", (unsigned long long)value_uint(w, "pid"));
		term_styled(out, t, silent ? STYLE_BAD : STYLE_GOOD, state);
		term_pad(out, (unsigned)state.len, 8);
		buf_printf(out, " %11llu %13llu %9llu\n", (unsigned long long)value_uint(w, "outstanding"),
			   (unsigned long long)value_uint(w, "outstandingBytes"), (unsigned long long)value_uint(w, "silentMs"));
	}
	if (i == 0)
		buf_text(out, "  none: articles wait until one is started\n");
}

static void put_ledger_error(struct buf *out, const struct term *t, const char *why)
{
	term_styled(out, t, STYLE_BAD, STR("The ledger cannot be read"));
	buf_text(out, ": ");
	term_text(out, str_of(why));
	buf_char(out, '\n');
}

static void put_people(struct buf *out, const struct term *t, const struct status *s, const struct row *folders, const struct row *ledger)
{
	if (s->running) {
		struct str state = value_text(s->details, "state");
		buf_printf(out, "ingest \"%s\" ", s->options.instance);
		term_styled(out, t, str_is(state, "RUNNING") ? STYLE_GOOD : STYLE_COPY, state.len ? state : STR("RUNNING"));
		buf_text(out, " on ");
		term_text(out, str_of(s->options.drop));
		buf_char(out, '\n');
		put_counters(out, t, &s->answer);
		put_workers(out, t, s->details);
	} else {
		term_styled(out, t, STYLE_BAD, STR("No ingest answers"));
		buf_text(out, " at ");
		term_text(out, str_of(s->options.endpoint));
		buf_text(out, "; this is what lies in the folders.\n");
	}
	put_rows(out, t, STR("folders"), folders, FOLDER_ROWS);
	if (s->has_ledger)
		put_rows(out, t, STR("ledger: entries kept (older ones are pruned)"), ledger, LEDGER_ROWS);
	else if (s->ledger_err.code)
		put_ledger_error(out, t, s->ledger_err.text);
	else
		buf_text(out, "There is no ledger yet: no worker has run.\n");
}

static int report(const struct status *s)
{
	struct row folders[FOLDER_ROWS], ledger[LEDGER_ROWS];
	struct term term;
	struct buf out;
	folder_rows(s, folders);
	ledger_rows(s, ledger);
	term_init(&term, STDOUT_FILENO);
	buf_init(&out, 0);
	if (s->cli->json)
		put_json(&out, s, folders, ledger);
	else
		put_people(&out, &term, s, folders, ledger);
	int rc = term_flush(&out, STDOUT_FILENO);
	buf_release(&out);
	if (rc)
		return cli_fail(s->cli, CLI_FAILED, "cannot write to standard output: %s", strerror(-rc));
	return s->running ? CLI_OK : CLI_NOT_RUNNING;
}

static int status(const struct cli *c)
{
	struct status s = { .cli = c };
	struct err err = { 0 };
	const char *path;
	int result = CLI_FAILED;
	int wrong = cli_service_options(c, &s.options, &path, &err);
	if (wrong)
		return cli_fail(c, wrong, "%s", err.text);
	s.arena = arena_new(ARENA_BYTES);
	int rc = s.arena ? ask(&s) : -ENOMEM;
	s.running = rc == 0;
	if (rc && rc != -EAGAIN)
		cli_fail(c, CLI_FAILED, "%s: the answer is not understood: %s: is it the same version?", s.options.endpoint, strerror(-rc));
	else if (tally_folders(&s.folders, &s.options, &err))
		cli_fail(c, CLI_FAILED, "%s", err.text);
	else {
		look_at_ledger(&s);
		result = report(&s);
	}
	json_decref(s.details);
	tally_release(&s.folders);
	arena_free(&s.arena);
	options_release(&s.options);
	return result;
}

static const struct cli_option options[] = {
	{ "drop", "DIR", "paths.drop", "the drop folder (default ./drop, or that of the config)" },
	{ "endpoint", "ADDRESS", "paths.endpoint", "where ingest listens (default: a socket in the spool)" },
	{ 0 }
};

const struct verb verb_status = {
	.name = "status",
	.summary = "what a running service does, and what lies in its folders",
	.usage = "copytaster status [--drop DIR] [--endpoint ADDRESS] [--config FILE]",
	.about = "Asks ingest for its counters and workers (for a second at most), and counts what lies in the\n"
		 "folders and in the ledger. Without --drop and --config the host's own config is used,\n"
		 "/etc/copytaster/copytaster.conf, when there is one.",
	.options = options,
	.config = true,
	.output = true,
	.exits = "0  ingest runs and answered\n"
		 "1  the folders could not be read, or the answer was not understood\n"
		 "3  no ingest runs there; the folders are counted all the same\n"
		 "64 wrong usage    78 wrong config",
	.example = "copytaster status --drop ./drop\n"
		   "watch -t copytaster status --human --config /etc/copytaster/copytaster.conf",
	.min_words = 0,
	.max_words = 0,
	.words = "no arguments",
	.run = status,
};
