/* What went wrong, for a person: what, where, what to do.
 * `code` is a negative errno. Functions that take a struct err fill it only on
 * failure and accept NULL. */
#ifndef COPYTASTER_BASE_ERR_H
#define COPYTASTER_BASE_ERR_H

struct err {
	int code;
	char text[768];
};

/* Sets both and returns code, so that `return err_set(err, -EINVAL, "…")` works. */
int err_set(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Puts "prefix: " before the text that is there. Returns the code that is there. */
int err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define MUST_CHECK __attribute__((warn_unused_result))

#endif
