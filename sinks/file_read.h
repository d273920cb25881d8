/* Reads what the file sink has published: closed segments whole, open ones up to the committed length
 * that stands in the ledger, never beyond. Claims come before the articles they belong to. */
#ifndef COPYTASTER_SINKS_FILE_READ_H
#define COPYTASTER_SINKS_FILE_READ_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "workers/ledger.h"

struct file_reader;

enum file_stream { FILE_CLAIMS, FILE_ARTICLES };

/* from_start false: only what is published from now on. The ledger must outlive the reader. */
int file_reader_open(const char *out_dir, struct ledger *ledger, bool from_start, struct file_reader **ret, struct err *err) MUST_CHECK;
/* One record without its newline, valid until the next call. -EAGAIN: nothing new now; -EIO and others: could not be read. */
int file_reader_next(struct file_reader *r, enum file_stream *ret_stream, struct str *ret_line) MUST_CHECK;
void file_reader_close(struct file_reader **r);

#endif
