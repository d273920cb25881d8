/* The whole daemon: what main.c runs and status.c reports on. */
#ifndef COPYTASTER_INGEST_INGEST_H
#define COPYTASTER_INGEST_INGEST_H

#include "base/loop.h"
#include "ingest/dispatch.h"
#include "ingest/finish.h"
#include "ingest/retention.h"
#include "ingest/watch.h"

struct ingest {
	struct options options;
	struct loop *loop;
	struct spool spool;
	struct receipts receipts;
	struct desk desk;
	struct intake intake;
	struct finish finish;
	struct watch watch;
	struct dispatch dispatch;
	struct retention retention;
	int timer;
	uint64_t timer_at;   /* UINT64_MAX: not set */
	int no_space;        /* why finishing waits: -ENOSPC, -EDQUOT */
	uint64_t no_space_until;
	bool draining, failed;
	uint64_t drain_until;
	uint64_t reported_at, logged_at, logged_sum;
	char told[256];      /* the last service_status */
};

/* Opens everything; err says what to do. ingest_close also after a failure. */
int ingest_open(struct ingest *g, struct err *err) MUST_CHECK;
/* Until it is drained, once is over, or something broke. The exit status. */
int ingest_run(struct ingest *g);
void ingest_close(struct ingest *g);

/* status.c */
void ingest_status(struct ctl *status, struct arena *arena, void *ingest);
/* The line for systemd, when it has changed; once a minute the log. */
void ingest_report(struct ingest *g, uint64_t now);
/* Files that have reached no end: in active/, or left in the drop folder. */
uint64_t ingest_left(const struct ingest *g);
/* SPOOL/summary-<instance>.json and a line in the log. */
void ingest_summary(struct ingest *g);

#endif
