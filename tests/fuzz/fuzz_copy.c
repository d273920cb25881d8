/* Two texts, parted by a NUL byte, judged against each other: passages must hold the same words on both sides and lie in
 * order and apart. The same bytes, sealed anew, as an entry from a hostile disk: what is read must be fit for use. */
#undef NDEBUG /* the assertions are the test */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "workers/copy/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool side(struct copy_item *item, struct fingerprint *fp, struct str text, struct arena *arena)
{
	struct block whole = { BLOCK_PARAGRAPH, { 0, (uint32_t)text.len } };
	struct article a = { .text = text, .blocks = &whole, .n_blocks = 1 };

	if (fingerprint(&a, arena, fp))
		return false;
	*item = (struct copy_item){ .fp = fp, .text = text, .arena = arena };
	return true;
}

/* The words of the passage, as the fingerprint has them. */
static uint32_t word_at(const struct fingerprint *fp, uint32_t start)
{
	uint32_t i = 0;

	while (i < fp->n_words && fp->words[i].start < start)
		i++;
	assert(i < fp->n_words && fp->words[i].start == start);
	return i;
}

static void same_words(const struct copy_item *here, const struct copy_item *there, const struct passage *p)
{
	uint32_t i = word_at(here->fp, p->here.start), j = word_at(there->fp, p->there.start);

	for (; i < here->fp->n_words && here->fp->words[i].end <= p->here.end; i++, j++) {
		assert(j < there->fp->n_words && there->fp->words[j].end <= p->there.end);
		assert(here->fp->codes[i] == there->fp->codes[j]);
	}
	assert(here->fp->words[i - 1].end == p->here.end && there->fp->words[j - 1].end == p->there.end);
}

static void check_passages(const struct copy_item *here, const struct copy_item *there, const struct verdict *v)
{
	uint32_t end = 0;

	for (size_t i = 0; i < v->n_passages; i++) {
		const struct passage *p = &v->passages[i];
		assert(p->here.start >= end && p->here.end > p->here.start && p->here.end <= here->text.len);
		assert(p->there.end > p->there.start && p->there.end <= there->text.len);
		end = p->here.end;
		assert(copy_covers(v, here->fp, p->here));
		same_words(here, there, p);
	}
}

static void two_texts(const uint8_t *data, size_t size, struct arena *arena)
{
	const char *z = (const char *)data, *cut = memchr(z, 0, size);
	size_t n = cut ? (size_t)(cut - z) : size / 2;
	struct copy_item a, b;
	struct fingerprint fa, fb;
	struct verdict v;

	if (!side(&a, &fa, (struct str){ z, n }, arena) || !side(&b, &fb, (struct str){ z + n, size - n }, arena))
		return;
	a.article_id = STR("a");
	b.article_id = STR("b");
	if (copy_compare(&a, &b, &v))
		return;
	check_passages(&a, &b, &v);
	assert(v.containment >= 0 && v.containment <= 1 && v.other_containment >= 0 && v.other_containment <= 1);
	assert(copy_compare(&a, &a, &v) == 0);
	assert(fa.n_words == 0 || v.kind == VERDICT_EXACT);
}

static int claim_seen(const struct copy_claim *c, void *arg)
{
	size_t *n = arg;

	*n += c->id.len;
	return 0;
}

static void hostile_entry(const uint8_t *data, size_t size, struct arena *arena)
{
	size_t seen = 0;
	struct entry e;

	if (size < 16)
		return;
	char *bytes = malloc(size);
	assert(bytes);
	memcpy(bytes, data, size);
	uint32_t len = (uint32_t)size, sum;
	memcpy(bytes + 4, &len, 4);
	sum = (uint32_t)XXH3_64bits(bytes, size - 4);
	memcpy(bytes + size - 4, &sum, 4);
	struct str s = { bytes, size };
	if (entry_read(s, &e) == 0) {
		struct span *words = malloc(((size_t)e.n_words + 1) * sizeof(*words));
		uint32_t *shingles = malloc(((size_t)e.n_shingles + 1) * sizeof(*shingles));
		uint32_t *marks = malloc(((size_t)e.n_shingles + 1) * sizeof(*marks));
		assert(words && shingles && marks);
		(void)!entry_words(&e, words);
		assert(entry_marks(&e, shingles, marks) <= (size_t)e.n_shingles + 1);
		free(words);
		free(shingles);
		free(marks);
	}
	(void)!claims_read(s, STR("id"), arena, claim_seen, &seen);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(64 << 20);

	assert(arena);
	two_texts(data, size, arena);
	hostile_entry(data, size, arena);
	arena_free(&arena);
	return 0;
}
