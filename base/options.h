/* Every option of Copytaster, in one struct and one table (options.c), so that one config
 * file serves all programs and an unknown key is always an error. */
#ifndef COPYTASTER_BASE_OPTIONS_H
#define COPYTASTER_BASE_OPTIONS_H

#include "base/conf.h"

enum file_format { FILE_NDJSON };

struct options {
	/* [paths] */
	char *drop;     /* the watched folder */
	char *spool;    /* "" : DROP/.copytaster */
	char *state;    /* ledger and copy index; "" : SPOOL/state */
	char *out;      /* segments of the file sink */
	char *endpoint; /* "" : ipc://SPOOL/ingest.sock */
	/* [ingest] */
	char *instance;
	uint64_t settle_ms, scan_settle_ms, rescan_ms;
	uint64_t max_active, max_article_bytes, min_article_bytes;
	uint64_t keep_done_ms;
	bool marker; /* wait for NAME.done */
	uint64_t lease_ms, ready_ms;
	uint64_t max_attempts;
	uint64_t receipts_rotate_bytes;
	bool once;
	/* [worker] */
	char *worker_name;
	uint64_t credit_messages, credit_bytes;
	uint64_t group_articles;
	uint64_t arena_bytes;
	uint64_t copy_window_ms, clock_skew_ms;
	uint64_t map_bytes; /* upper bound of the LMDB map */
	char *provider;     /* default provider name in records; "" none */
	/* [file] */
	int file_format;
	uint64_t segment_bytes, segment_age_ms;
	/* [log] */
	int log_level; /* index into "error|warn|info|debug" */
};

extern const struct conf_option options_table[];

/* Defaults for what is "" or auto (paths, endpoint, scan_settle) and checks across options. 0 or -EINVAL. worker_name
 * stays "": the worker makes one at its start. */
int options_finish(struct options *o, struct err *err) MUST_CHECK;
void options_release(struct options *o);

#endif
