/* One line of a receipts file, parsed: the only user of jansson here. */
#ifndef COPYTASTER_INGEST_RECEIPT_LINE_H
#define COPYTASTER_INGEST_RECEIPT_LINE_H

#include "base/err.h"
#include "proto/record.h"

struct receipt_line {
	void *json; /* owns the strings */
	struct receipt receipt;
	struct str outcome; /* by name; receipt.outcome is not set */
};

/* 0, or -EINVAL when it is no JSON object with an article id. */
int receipt_line_parse(struct receipt_line *l, const char *data, size_t len) MUST_CHECK;
void receipt_line_release(struct receipt_line *l);

#endif
