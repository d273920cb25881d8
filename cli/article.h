/* One article on the command line: from bytes to what its record needs, or to an error line. Shared by the
 * verbs that work without daemons. */
#ifndef COPYTASTER_CLI_ARTICLE_H
#define COPYTASTER_CLI_ARTICLE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "cli/input.h"

struct cli_error {
	struct str article_id;
	const char *code;
	const char *message;
	uint64_t line; /* of the input, or within the file where one line is at fault; 0: the whole file */
};

/* {"articleId","error":{"code","message","line"}} and a newline. */
void article_error(struct buf *out, const struct cli_error *e);

/* A whole file, "-" for standard input, at most max_bytes of it. 0 or -errno with *ret_code
 * ("TOO_LARGE", "UNREADABLE") and text. Pipes and devices are read like files: the caller named them. */
int article_read_file(const char *path, uint64_t max_bytes, struct buf *out, const char **ret_code, struct err *err) MUST_CHECK;

/* The last component of a path. */
struct str article_base_name(const char *path);

#endif
