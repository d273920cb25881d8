/* The passages of a verdict under way: runs of words become spans of both texts. Owns heap scratch that it reuses. */
#ifndef COPYTASTER_WORKERS_COPY_PASSAGES_H
#define COPYTASTER_WORKERS_COPY_PASSAGES_H

#include "base/err.h"
#include "workers/copy/align.h"
#include "workers/copy/entry.h"

#define PASSAGE_SOURCES 9 /* the match and eight third articles */

struct piece {
	uint32_t here, there, words; /* in words */
	uint32_t source;
};

struct passages {
	struct piece *pieces; /* those of one source in order */
	size_t n, room;
	const struct entry *entries[PASSAGE_SOURCES];
	struct str ids[PASSAGE_SOURCES];
	uint32_t n_sources;
	struct span title;  /* of the first source with the same headline; empty: none has it */
	uint32_t title_source;
	struct span *spans; /* scratch: the words of an entry */
	struct span *others; /* scratch: bytes of the other text, piece by piece */
	size_t spans_room, others_room;
};

void passages_init(struct passages *p);
void passages_release(struct passages *p);
void passages_reset(struct passages *p);
/* Adds what the entry shares with the article and no source before it does. The entry must live until passages_finish. 0 or -ENOMEM. */
int passages_take(struct passages *p, struct align *a, const struct copy_item *item, const struct entry *e, uint32_t min_words) MUST_CHECK;
/* Writes item->verdict.passages, in order, and how much of them is of the first source: words in all, and in the longest. 0, -ENOMEM,
 * -EBADMSG. */
int passages_finish(struct passages *p, struct copy_item *item, uint32_t *ret_words, uint32_t *ret_longest) MUST_CHECK;

#endif
