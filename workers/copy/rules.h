/* What makes a copy: the thresholds, in one place. Pure. */
#ifndef COPYTASTER_WORKERS_COPY_RULES_H
#define COPYTASTER_WORKERS_COPY_RULES_H

#include "base/err.h"
#include "workers/copy/entry.h"
#include "workers/copy/judge.h"
#include "workers/copy/passages.h"

#define RULES_PARTIAL_WORDS 40 /* matched words from which reuse is PARTIAL */
/* The shortest run that counts as standing in an article this one is no copy of; set phrases are shorter. The longer one where
 * figures or names disagree: then the same sentence may well speak of something else. */
#define RULES_THIRD_WORDS 16
#define RULES_THIRD_DIFFERENT_WORDS 20

/* In rising order of what they say. */
enum match_class { CLASS_NONE, CLASS_TEMPLATE, CLASS_PARTIAL, CLASS_COPY, CLASS_EXACT };

/* A candidate after verification. */
struct match {
	uint64_t doc;
	struct entry entry;
	enum entry_state state;
	bool foreign; /* pending, of another batch */
	uint32_t common, run_words; /* struct shared */
	double here, there, jaccard; /* |A∩B| / |A|, / |B|, / |A∪B| */
	bool differ; /* in figures or names, or one of a series */
	bool agreed; /* a copy only because figures and names agree */
	bool loose;  /* a copy that rules_heads_meet has to confirm */
	enum match_class class;
	double score; /* within a class */
};

/* Needs entry, common and run_words; sets the rest. Of a match of CLASS_NONE without a run of RULES_THIRD_WORDS differ is not set. */
void rules_classify(struct match *m, const struct fingerprint *fp, const struct judge_notes *notes);
/* Do the runs of a loose match reach into the heads of the texts, of both when it is agreed? If not, they share background or
 * what stands under every text of a sender. */
bool rules_heads_meet(const struct match *m, const struct run *runs, size_t n);
/* Neither class nor runs: nothing of it can be in a verdict. */
static inline bool rules_idle(const struct match *m)
{
	return m->class == CLASS_NONE && (m->foreign || m->run_words < RULES_THIRD_WORDS);
}

/* Best first; of equals the one entered first, so that the choice is stable. */
void rules_sort(struct match *m, size_t n);
/* Either may be NULL: the best match that may be named, the best that is pending elsewhere. */
bool rules_must_wait(const struct match *best, const struct match *pending);
/* Kind, reason, of, story and measures of item's verdict; best NULL: nothing matched. 0 or -ENOMEM. */
int rules_verdict(const struct match *best, struct copy_item *item) MUST_CHECK;
/* Sets verdict.revision where the text says that it is one, or where a figure was changed in place. pieces as in struct passages, those
 * of the match first. */
void rules_revision(struct copy_item *item, const struct entry *of, const struct piece *pieces, size_t n);

#endif
