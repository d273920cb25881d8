/* Logging to standard error (journald reads it there): one line an event.
 *
 *   log_info("CT1203", "claimed", "article=%s bytes=%zu", id, n);
 *
 * The first argument is a stable event id one can grep for (docs/EVENTS.md), the
 * second says it in words, the rest is key=value. Bytes from outside go through
 * log_quote first. Library code does not log above debug: the caller who
 * decides logs once. Not thread-safe but for single lines. */
#ifndef COPYTASTER_BASE_LOG_H
#define COPYTASTER_BASE_LOG_H

#include <stdbool.h>

#include "base/str.h"

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

/* ident must outlive the program. Under journald each line starts with <N>; on a terminal
 * with the time and the ident. */
void log_init(const char *ident, enum log_level level);
bool log_enabled(enum log_level level);
void log_line(enum log_level level, const char *event, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#define log_error(event, what, ...) log_line(LOG_LEVEL_ERROR, event, what, __VA_ARGS__)
#define log_warn(event, what, ...) log_line(LOG_LEVEL_WARN, event, what, __VA_ARGS__)
#define log_info(event, what, ...) log_line(LOG_LEVEL_INFO, event, what, __VA_ARGS__)
#define log_debug(event, what, ...) \
	do { if (log_enabled(LOG_LEVEL_DEBUG)) log_line(LOG_LEVEL_DEBUG, event, what, __VA_ARGS__); } while (0)

/* A quoted, escaped copy of hostile bytes (controls, quotes, invalid UTF-8 as \xNN),
 * cut to fit. Returns out. Eight of `size` >= 8 is the least. */
const char *log_quote(struct str s, char *out, size_t size);

/* Tests take the lines here instead; NULL puts standard error back. */
void log_set_hook(void (*hook)(enum log_level level, const char *line, void *arg), void *arg);

#endif
