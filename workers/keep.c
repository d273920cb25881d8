#include "workers/keep.h"

#include "base/clock.h"

uint64_t keep_time(struct str time, uint64_t received_ms)
{
	int64_t ms;
	if (time.len == 0 || clock_parse(time.data, time.len, &ms) || ms < 0)
		return received_ms;
	return (uint64_t)ms;
}

struct elsewhere {
	const struct verdict *verdict;
	const struct fingerprint *fp;
};

static bool stood_elsewhere(struct span sentence, void *arg)
{
	const struct elsewhere *e = arg;
	return copy_covers(e->verdict, e->fp, sentence);
}

int keep_extract(const struct article *a, struct str article_id, struct str file_name, const struct verdict *v,
		 const struct fingerprint *fp, struct arena *arena, struct claim_set *ret)
{
	struct elsewhere e = { v, fp };
	struct claim_input in = { .article = a, .article_id = article_id, .file_name = file_name, .story_id = v->story_id };
	if (v->n_passages) {
		in.skip = stood_elsewhere;
		in.skip_arg = &e;
	}
	return claim_extract(&in, arena, ret);
}

enum ledger_state keep_outcome(size_t own_claims, size_t skipped_sentences)
{
	return own_claims == 0 && skipped_sentences > 0 ? LEDGER_COPY : LEDGER_PUBLISHED;
}

struct span keep_span(const struct span *content, size_t n)
{
	return n ? (struct span){ content[0].start, content[n - 1].end } : (struct span){ 0, 0 };
}

void keep_repeats(struct copy_claim *list, size_t n_own, const struct repeat *repeats, size_t n_repeats)
{
	for (size_t i = 0; i < n_repeats; i++)
		list[n_own + i] = (struct copy_claim){ .id = repeats[i].claim_id, .span = repeats[i].span };
}
