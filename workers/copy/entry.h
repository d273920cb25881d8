/* One article as the copy index keeps it: enough to verify later articles against it and to point at its words, without its
 * text. Both backends keep the same bytes. Pure. */
#ifndef COPYTASTER_WORKERS_COPY_ENTRY_H
#define COPYTASTER_WORKERS_COPY_ENTRY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/ulid.h"
#include "workers/copy/backend.h"
#include "workers/copy/index.h"
#include "workers/copy/sketch.h"

#define SHORT_WORDS 12 /* fewer: an article is only ever EXACT or ORIGINAL */

/* Views into the bytes it was read from. */
struct entry {
	struct ulid id;
	uint64_t time_ms, whole;
	uint32_t n_words, n_shingles, n_distinct;
	struct span title;
	uint64_t title_hash;        /* 0: none */
	uint32_t version;           /* of the text, see verdict.revision; 0 for the first */
	struct str article_id;      /* empty: the text form of id */
	struct str story_id;        /* empty: the article's own */
	struct sketch sketch;
	const uint8_t *codes;       /* n_words * 2 bytes, little-endian, unaligned */
	const uint8_t *words;       /* packed offsets */
	uint32_t words_bytes;
};

struct entry_draft {
	const struct copy_item *item; /* with its verdict */
	uint64_t time_ms;             /* article time, clock skew bounded */
	uint32_t n_distinct;
	const struct sketch *sketch;
};

/* Appends to out; check out->failed. */
void entry_write(struct buf *out, const struct entry_draft *d);
/* 0 or -EBADMSG. */
int entry_read(struct str bytes, struct entry *ret) MUST_CHECK;
/* n_shingles of them into ret. */
void entry_shingles(const struct entry *e, uint32_t *ret);

/* n_words spans into ret. 0 or -EBADMSG. */
int entry_words(const struct entry *e, struct span *ret) MUST_CHECK;
/* In the arena; data NULL when it is full. */
struct str entry_article_id(const struct entry *e, struct arena *arena);
struct str entry_story_id(const struct entry *e, struct arena *arena);

/* The marks an article is posted and looked up under: its winnowed shingles, or one of the whole hash when it is short.
 * *one is room for that. */
void entry_marks_of(const struct fingerprint *fp, const uint32_t **ret_marks, uint32_t *ret_n);
/* The same from an entry. shingles holds n_shingles, ret_marks n_shingles + 1. Returns their number. */
uint32_t entry_marks(const struct entry *e, uint32_t *shingles, uint32_t *ret_marks);

/* The claims of an article, kept beside its entry. */
void claims_write(struct buf *out, struct str article_id, const struct copy_claim *claims, size_t n);
/* Calls fn for each; ids live in the arena. 0, -EBADMSG, -ENOMEM or what fn returned. */
int claims_read(struct str bytes, struct str article_id, struct arena *arena, int (*fn)(const struct copy_claim *, void *),
		void *arg) MUST_CHECK;

#endif
