/* A published article as the copy index needs it, out of its record and its claims: what the worker knew when it settled it. */
#ifndef COPYTASTER_CLI_INDEX_ARTICLE_H
#define COPYTASTER_CLI_INDEX_ARTICLE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ulid.h"
#include "workers/copy/restore.h"
#include "workers/ledger.h"

struct index_article {
	struct copy_restore restore;
	struct fingerprint fp;
	enum ledger_state outcome; /* PUBLISHED or COPY */
	uint32_t own_claims;       /* that its record names … */
	uint32_t missing_claims;   /* … and of which there is no record */
};

/* From the line of its record and the lines of its claims; ret must stay where it is, all else lives in the arena. -EBADMSG with *ret_why:
 * it is no whole record of this article; -ENOMEM. */
int index_article_read(struct str line, struct str claims, const struct ulid *id, struct arena *arena, struct index_article *ret,
		       const char **ret_why) MUST_CHECK;

#endif
