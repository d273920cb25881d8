/* What the three files of conf share: conf.c (values), conf_read.c (files), conf_print.c (people). */
#ifndef COPYTASTER_BASE_CONF_INTERNAL_H
#define COPYTASTER_BASE_CONF_INTERNAL_H

#include "base/conf.h"

/* "1ms to 1h", "yes or no", "error|warn": what a value may be. Empty where anything goes. */
void conf_format_range(const struct conf_option *row, char *out, size_t size);
const struct conf_option *conf_find(const struct conf_option *table, const char *name);
/* "section.key" begins with "section."? */
bool conf_in_section(const struct conf_option *row, const char *section, size_t len);
const char *conf_key(const char *name);

/* The text of a config file instead of its path, for conf_read and the fuzz target. */
int conf_read_text(const struct conf_option *table, void *target, const char *text, size_t len, const char *shown_path,
		   struct err *err) MUST_CHECK;

#endif
