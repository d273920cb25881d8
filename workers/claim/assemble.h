/* assemble: one claim from a proposition, its attribution and what was found in the article. */
#ifndef COPYTASTER_WORKERS_CLAIM_ASSEMBLE_H
#define COPYTASTER_WORKERS_CLAIM_ASSEMBLE_H

#include "workers/claim/attribute.h"
#include "workers/claim/claim.h"
#include "workers/claim/source.h"
#include "workers/claim/split.h"

/* All that is known of one article while its claims are made. Lists are sorted by where they begin. */
struct workshop {
	const struct claim_input *in;
	struct arena *arena;
	struct text text;
	struct mark_list marks;
	struct source *sources; /* one per mark */
	struct quantity *quantities;
	size_t n_quantities;
	struct time_ref *times;
	size_t n_times;
	struct place *places;
	size_t n_places;
	bool *skipped, *carried; /* per sentence: stood elsewhere before; belongs to a quotation before */
	bool *speaks;  /* per mark: gives claims of its own */
	struct claim *claims;
	size_t n_claims, cap;
	size_t repeated; /* bytes that the claims so far take when they are written */
};

/* m < 0: narrated. 0 or -ENOMEM; a
 * claim whose sentences were all carried before is left out. before: the proposition in front, whose time it may share. */
int assemble(struct workshop *w, enum claim_kind kind, const struct proposition *p, int32_t m, const struct proposition *before) MUST_CHECK;

enum claim_kind assemble_kind(const struct workshop *w, const struct proposition *p, const struct mark *m);

#endif
