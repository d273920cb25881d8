/* Passages at work: which sentences stood elsewhere. */
#include "workers/copy/index.h"

/* The first word that starts at or behind at. */
static uint32_t word_from(const struct fingerprint *fp, uint32_t at)
{
	uint32_t lo = 0, hi = fp->n_words;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (fp->words[mid].start < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The first passage that ends behind at. */
static size_t passage_from(const struct verdict *v, uint32_t at)
{
	size_t lo = 0, hi = v->n_passages;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (v->passages[mid].here.end <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool copy_covers(const struct verdict *v, const struct fingerprint *fp, struct span span)
{
	uint32_t i = word_from(fp, span.start);
	size_t k = passage_from(v, span.start);

	/* A headline has no words in the fingerprint; its passage is all of it. */
	if (fp->title_hash && span.start >= fp->title.start && span.end <= fp->title.end)
		return k < v->n_passages && v->passages[k].here.start == fp->title.start && v->passages[k].here.end == fp->title.end;

	/* A span that begins or ends within a word holds that word, too. */
	if (i > 0 && fp->words[i - 1].end > span.start)
		i--;
	if (i == fp->n_words || fp->words[i].start >= span.end || k == v->n_passages)
		return false;
	uint32_t last = word_from(fp, span.end) - 1;
	/* By one passage: between two of them a word was left out there, "not" as well as any, or they come from two places. */
	return v->passages[k].here.start <= fp->words[i].start && v->passages[k].here.end >= fp->words[last].end;
}
