/* Records for people, read from their JSON lines, so that what is shown is what consumers get. */
#ifndef COPYTASTER_CLI_SHOW_H
#define COPYTASTER_CLI_SHOW_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "cli/article.h"
#include "cli/term.h"
#include "cli/titles.h"

/* Claims come before their article and copies after what they copy: this remembers whose claims stand on
 * the screen and the latest titles; older ones it looks up in the out folder. */
struct show {
	struct term term;
	bool times;      /* the time of day before each article: for what arrives live */
	char *last;      /* article id of the header that was printed last */
	const char *out_dir; /* where earlier runs published; NULL: nowhere; outlives this */
	struct titles *titles;
};

void show_init(struct show *s, int fd, bool times);
void show_release(struct show *s);

/* All take one JSON line and append to out; -EBADMSG when it is no JSON object.
 *
 * A claim under its article's header: source, cue, text, figures. */
int show_claim(struct show *s, struct buf *out, struct str json) MUST_CHECK;
/* What became of an article: whose copy it is; its claims too when the record carries them. */
int show_article(struct show *s, struct buf *out, struct str json) MUST_CHECK;
/* One line: id, title, kind, of, figures. */
int show_verdict(struct show *s, struct buf *out, struct str json, struct str title) MUST_CHECK;
void show_error(struct show *s, struct buf *out, const struct cli_error *e);

#endif
