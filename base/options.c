#include "base/options.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define AT(field) offsetof(struct options, field)
#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define PATH_BYTES 4095
#define NAME_CHARS "A-Za-z0-9_-"

/* The kernel's limit for the path of a socket: sizeof(sun_path) - 1. */
#define IPC_PATH_BYTES 107

const struct conf_option options_table[] = {
	{ "paths.drop", CONF_PATH, AT(drop), 1, PATH_BYTES, "drop", NULL, "",
	  "The folder that is watched: every article file that is complete is taken from here." },
	{ "paths.spool", CONF_PATH, AT(spool), 0, PATH_BYTES, "", NULL, "",
	  "Where claimed files live (active, done, failed) with the receipts; empty means DROP/.copytaster. It must lie "
	  "on the same file system as the drop folder, because files are claimed by renaming them." },
	{ "paths.state", CONF_PATH, AT(state), 0, PATH_BYTES, "", NULL, "",
	  "The folder of the ledger and the copy index, shared by all workers; empty means SPOOL/state." },
	{ "paths.out", CONF_PATH, AT(out), 1, PATH_BYTES, "out", NULL, "",
	  "The folder into which the file sink writes claims-* and articles-*." },
	{ "paths.endpoint", CONF_TEXT, AT(endpoint), 0, PATH_BYTES, "", NULL, "",
	  "Where ingest and workers meet, as ipc:///path/of/a/socket; empty means a socket in the spool. The path may have "
	  "107 bytes at most." },

	{ "ingest.instance", CONF_TEXT, AT(instance), 1, 64, "main", NAME_CHARS, "",
	  "The name of this ingest: its files stand in active/INSTANCE, and only one process may own that folder." },
	{ "ingest.settle", CONF_DURATION, AT(settle_ms), 1, HOUR, "200ms", NULL, "ms",
	  "After its writer closed it, a file must look the same twice, this far apart, before it counts as complete." },
	{ "ingest.scan_settle", CONF_DURATION, AT(scan_settle_ms), 1, DAY, "auto", NULL, "ms",
	  "The same wait for a file whose close nobody saw, for example after a restart; auto is 60s, and 2s with --once." },
	{ "ingest.rescan", CONF_DURATION, AT(rescan_ms), 100, DAY, "30s", NULL, "ms",
	  "How often the whole drop folder is read again, since the kernel's notices are only hints." },
	{ "ingest.max_active", CONF_NUMBER, AT(max_active), 1, 65536, "4096", NULL, "files",
	  "How many files may be claimed at a time; the rest waits in the drop folder." },
	{ "ingest.max_article_bytes", CONF_SIZE, AT(max_article_bytes), KIB, 256 * MIB, "8M", NULL, "bytes",
	  "A larger file goes to failed/ unread; raise worker.credit_bytes and worker.arena_bytes with it." },
	{ "ingest.min_article_bytes", CONF_SIZE, AT(min_article_bytes), 0, MIB, "1", NULL, "bytes",
	  "A smaller file goes to failed/ as empty." },
	{ "ingest.keep_done", CONF_DURATION, AT(keep_done_ms), 0, UINT64_MAX, "7d", NULL, "ms",
	  "How long finished files stay in done/: a duration, none (removed at once) or forever." },
	{ "ingest.marker", CONF_BOOL, AT(marker), 0, 1, "no", NULL, "",
	  "Take a file only when NAME.done stands beside it, for writers that can say when they are ready." },
	{ "ingest.lease", CONF_DURATION, AT(lease_ms), SECOND, HOUR, "30s", NULL, "ms",
	  "A worker that shows no progress on an article for this long loses it to another worker." },
	{ "ingest.ready", CONF_DURATION, AT(ready_ms), 100, MINUTE, "1s", NULL, "ms",
	  "How often a worker reports its free credit; three silent periods and it counts as lost." },
	{ "ingest.max_attempts", CONF_NUMBER, AT(max_attempts), 1, 100, "3", NULL, "attempts",
	  "How many workers may die or overrun on one article before its file goes to failed/." },
	{ "ingest.receipts_rotate", CONF_SIZE, AT(receipts_rotate_bytes), 64 * KIB, 64 * GIB, "64M", NULL, "bytes",
	  "The receipts file is closed and a new one begun at this size." },
	{ "ingest.once", CONF_BOOL, AT(once), 0, 1, "no", NULL, "",
	  "Stop when the drop folder is empty and every file has reached its end, instead of watching on." },

	{ "worker.name", CONF_TEXT, AT(worker_name), 0, 64, "", "A-Za-z0-9_.@-", "",
	  "How this worker is called in logs and in the status; empty means host name and process id." },
	{ "worker.credit_messages", CONF_NUMBER, AT(credit_messages), 1, 65536, "128", NULL, "articles",
	  "How many articles ingest may send ahead to one worker." },
	{ "worker.credit_bytes", CONF_SIZE, AT(credit_bytes), KIB, 4 * GIB, "16M", NULL, "bytes",
	  "How many bytes ingest may send ahead to one worker; at least one article of full size." },
	{ "worker.group_articles", CONF_NUMBER, AT(group_articles), 1, 4096, "64", NULL, "articles",
	  "How many articles share one commit at most; a group closes earlier when nothing more is waiting." },
	{ "worker.arena_bytes", CONF_SIZE, AT(arena_bytes), MIB, 4 * GIB, "64M", NULL, "bytes",
	  "The most memory that one article may take while it is worked on; beyond it the article fails." },
	{ "worker.copy_window", CONF_DURATION, AT(copy_window_ms), MINUTE, 366 * DAY, "96h", NULL, "ms",
	  "Articles further apart than this are not compared: an old text that comes again is new." },
	{ "worker.clock_skew", CONF_DURATION, AT(clock_skew_ms), 0, DAY, "1h", NULL, "ms",
	  "An article dated further in the future than this counts as one of now." },
	{ "worker.map_bytes", CONF_SIZE, AT(map_bytes), 16 * MIB, 1024 * GIB, "16G", NULL, "bytes",
	  "The size to which the ledger's database may grow; it takes address space, and disk only as it fills." },
	{ "worker.provider", CONF_TEXT, AT(provider), 0, 256, "", NULL, "",
	  "The provider that records name when the article itself names none." },

	{ "file.format", CONF_CHOICE, AT(file_format), 0, 0, "ndjson", "ndjson", "",
	  "How the file sink writes records: ndjson is one JSON object a line." },
	{ "file.segment_bytes", CONF_SIZE, AT(segment_bytes), 64 * KIB, 64 * GIB, "256M", NULL, "bytes",
	  "A segment is closed and a new one begun when either of its files has this size." },
	{ "file.segment_age", CONF_DURATION, AT(segment_age_ms), SECOND, 366 * DAY, "1h", NULL, "ms",
	  "A segment is closed at this age, so that readers of closed files wait no longer." },

	{ "log.level", CONF_CHOICE, AT(log_level), 0, 0, "info", "error|warn|info|debug", "",
	  "The least important kind of line that is logged." },
	{ 0 },
};

/* An empty *field becomes a/b. */
static int default_path(char **field, const char *prefix, const char *dir, const char *rest, struct err *err)
{
	char *made;

	if (**field)
		return 0;
	if (asprintf(&made, "%s%s%s%s", prefix, dir, strcmp(dir, "/") == 0 ? "" : "/", rest) < 0)
		return err_set(err, -ENOMEM, "out of memory");
	free(*field);
	*field = made;
	return 0;
}

static int check_endpoint(const char *endpoint, struct err *err)
{
	const char *path = endpoint + strlen("ipc://");
	char quoted[256];

	(void)log_quote(str_of(endpoint), quoted, sizeof(quoted));
	if (strncmp(endpoint, "tcp://", 6) == 0)
		return err_set(err, -EINVAL,
			       "paths.endpoint: %s: tcp needs CURVE keys, which this version does not have; use ipc://", quoted);
	if (strncmp(endpoint, "ipc://", 6) != 0)
		return err_set(err, -EINVAL, "paths.endpoint: %s is not understood; write ipc:///path/of/a/socket", quoted);
	if (path[0] != '/')
		return err_set(err, -EINVAL,
			       "paths.endpoint: %s: the path of the socket must begin with '/'; write ipc:///path/of/a/socket",
			       quoted);
	if (strlen(path) > IPC_PATH_BYTES)
		return err_set(err, -EINVAL,
			       "paths.endpoint: the path of the socket has %zu bytes, the system allows %d: %s; choose a shorter "
			       "one, for example --endpoint=ipc:///run/copytaster/ingest.sock, the same for ingest and workers",
			       strlen(path), IPC_PATH_BYTES, quoted);
	return 0;
}

/* The value of an option as a config file has it, for messages. */
struct shown {
	char text[64];
};

static struct shown show(const struct options *o, const char *name)
{
	struct shown s = { "?" };

	for (const struct conf_option *row = options_table; row->name; row++)
		if (strcmp(row->name, name) == 0 && conf_format(row, o, s.text, sizeof(s.text)) < 0)
			break;
	return s;
}

static int check_relations(const struct options *o, struct err *err)
{
	if (o->settle_ms > o->scan_settle_ms)
		return err_set(err, -EINVAL,
			       "ingest.scan_settle is %s and must not be below ingest.settle, %s: a file whose close nobody saw needs "
			       "the longer wait",
			       show(o, "ingest.scan_settle").text, show(o, "ingest.settle").text);
	if (o->lease_ms < 3 * o->ready_ms)
		return err_set(err, -EINVAL,
			       "ingest.lease is %s and must be at least three times ingest.ready, %s: a worker that misses one report "
			       "must not lose its articles",
			       show(o, "ingest.lease").text, show(o, "ingest.ready").text);
	if (o->credit_bytes < o->max_article_bytes)
		return err_set(err, -EINVAL,
			       "worker.credit_bytes is %s and must not be below ingest.max_article_bytes, %s: the largest article could "
			       "never be sent",
			       show(o, "worker.credit_bytes").text, show(o, "ingest.max_article_bytes").text);
	if (o->min_article_bytes > o->max_article_bytes)
		return err_set(err, -EINVAL, "ingest.min_article_bytes is %s, above ingest.max_article_bytes, %s",
			       show(o, "ingest.min_article_bytes").text, show(o, "ingest.max_article_bytes").text);
	if (strcmp(o->out, o->drop) == 0)
		return err_set(err, -EINVAL,
			       "paths.out is the drop folder itself: what the sink writes would be taken as articles; choose another "
			       "folder");
	return 0;
}

int options_finish(struct options *o, struct err *err)
{
	int r = default_path(&o->spool, "", o->drop, ".copytaster", err);

	if (r == 0)
		r = default_path(&o->state, "", o->spool, "state", err);
	if (r == 0)
		r = default_path(&o->endpoint, "ipc://", o->spool, "ingest.sock", err);
	if (r < 0)
		return r;
	if (o->scan_settle_ms == 0) { /* auto */
		o->scan_settle_ms = o->once ? 2 * SECOND : 60 * SECOND;
		if (o->scan_settle_ms < o->settle_ms)
			o->scan_settle_ms = o->settle_ms;
	}
	r = check_endpoint(o->endpoint, err);
	return r < 0 ? r : check_relations(o, err);
}

void options_release(struct options *o)
{
	conf_release(options_table, o);
}
