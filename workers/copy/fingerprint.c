#include "workers/copy/fingerprint.h"

#include <errno.h>
#include <stdlib.h>

#define XXH_INLINE_ALL /* one hash of 40 bytes per word: a call would cost as much as the hash */
#include <xxhash.h>

#include "workers/copy/fold.h"
#include "workers/copy/nontext.h"

/* Words beyond this count for the whole hash only: what they say is never taken for a copy of something unless the whole
 * article is. 131,072 words are some 800 KB of prose. */
#define MAX_WORDS (1u << 17)
#define FEW_MARKS 48

struct filler {
	struct fingerprint *fp;
	uint32_t room;
	uint64_t beyond; /* chained hash of the words that found no room */
};

static void take_words(struct filler *f, struct str text, size_t pos, size_t end)
{
	struct fingerprint *fp = f->fp;
	struct fold_word w;

	while (fold_next(text, &pos, end, &w)) {
		if (fp->n_words == f->room) {
			uint64_t pair[2] = { f->beyond, w.hash };
			f->beyond = XXH3_64bits(pair, sizeof(pair));
			continue;
		}
		fp->words[fp->n_words] = w.span;
		fp->word_hashes[fp->n_words++] = w.hash;
	}
}

/* Line by line, since sign-offs are lines. */
static void take_block(struct filler *f, struct str text, struct span block)
{
	size_t pos = nontext_skip(text, block);

	while (pos < block.end) {
		const char *nl = memchr(text.data + pos, '\n', block.end - pos);
		size_t end = nl ? (size_t)(nl - text.data) : block.end;
		if (!nontext_line(str_cut(text, pos, end)))
			take_words(f, text, pos, end);
		pos = end + 1;
	}
}

static enum block_kind body_kind(const struct article *a)
{
	for (size_t i = 0; i < a->n_blocks; i++)
		if (a->blocks[i].kind == BLOCK_PARAGRAPH)
			return BLOCK_PARAGRAPH;
	return BLOCK_TITLE;
}

static void make_shingles(struct fingerprint *fp)
{
	uint64_t four = 0;

	fp->n_shingles = fp->n_words < SHINGLE_WORDS ? 0 : fp->n_words - SHINGLE_WORDS + 1;
	for (uint32_t i = 0; i < fp->n_words; i++) {
		fp->codes[i] = (uint16_t)(fp->word_hashes[i] >> 48);
		if (i >= SHINGLE_WORDS - 1)
			fp->shingles[i - SHINGLE_WORDS + 1] = shingle_of(four, fp->codes[i]);
		four = four << 16 | fp->codes[i];
	}
}

static int cmp_mark(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Most articles have few: in place, without a call per comparison. */
static void sort_few(uint32_t *marks, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		uint32_t m = marks[i], j = i;
		for (; j > 0 && marks[j - 1] > m; j--)
			marks[j] = marks[j - 1];
		marks[j] = m;
	}
}

static uint32_t sort_unique(uint32_t *marks, uint32_t n)
{
	uint32_t kept = 0;

	if (n <= FEW_MARKS)
		sort_few(marks, n);
	else
		qsort(marks, n, sizeof(*marks), cmp_mark);
	for (uint32_t i = 0; i < n; i++)
		if (kept == 0 || marks[kept - 1] != marks[i])
			marks[kept++] = marks[i];
	return kept;
}

/* Robust winnowing: of each window the least, of equals the rightmost, and the one kept before as long as
 * it is still a least of the window, so that runs of one repeated word give few marks. */
uint32_t fingerprint_winnow(const uint32_t *shingles, uint32_t n, uint32_t *ret_marks)
{
	uint32_t window = n < WINNOW_WINDOW ? n : WINNOW_WINDOW, count = 0, least = UINT32_MAX;

	if (n == 0)
		return 0;
	for (uint32_t end = window; end <= n; end++) {
		uint32_t start = end - window;
		if (least != UINT32_MAX && least >= start) {
			if (shingles[end - 1] >= shingles[least])
				continue;
			least = end - 1;
		} else {
			least = start;
			for (uint32_t i = start + 1; i < end; i++)
				if (shingles[i] <= shingles[least])
					least = i;
		}
		if (count == 0 || ret_marks[count - 1] != shingles[least])
			ret_marks[count++] = shingles[least];
	}
	return sort_unique(ret_marks, count);
}

static int make_marks(struct fingerprint *fp, struct arena *arena)
{
	uint32_t *marks = ARENA_ARRAY(arena, (size_t)fp->n_shingles + 2, uint32_t);

	if (!marks)
		return -ENOMEM;
	fp->n_marks = fingerprint_winnow(fp->shingles, fp->n_shingles, marks);
	marks[fp->n_marks] = fingerprint_whole_mark(fp->whole);
	fp->marks = marks;
	return 0;
}

/* The first title block, where the body is not made of titles itself. */
static void take_title(struct fingerprint *fp, const struct article *a)
{
	for (size_t i = 0; i < a->n_blocks; i++) {
		struct span block = a->blocks[i].span;
		size_t pos = block.start;
		uint64_t hash = 0;
		struct fold_word w;
		if (a->blocks[i].kind != BLOCK_TITLE)
			continue;
		while (fold_next(a->text, &pos, block.end, &w)) {
			uint64_t pair[2] = { hash, w.hash };
			hash = XXH3_64bits(pair, sizeof(pair));
		}
		fp->title = block;
		fp->title_hash = hash;
		return;
	}
}

int fingerprint(const struct article *a, struct arena *arena, struct fingerprint *ret)
{
	enum block_kind kind = body_kind(a);
	struct fingerprint fp = { 0 };
	struct filler f = { &fp, 0, 0 };
	size_t bytes = 0;

	for (size_t i = 0; i < a->n_blocks; i++)
		if (a->blocks[i].kind == kind)
			bytes += a->blocks[i].span.end - a->blocks[i].span.start;
	/* Prose needs far fewer; a text of nothing but signs may run over, see MAX_WORDS. */
	f.room = bytes / 2 + 16 < MAX_WORDS ? (uint32_t)(bytes / 2 + 16) : MAX_WORDS;
	fp.words = ARENA_ARRAY(arena, f.room, struct span);
	fp.word_hashes = ARENA_ARRAY(arena, f.room, uint64_t);
	if (!fp.words || !fp.word_hashes)
		return -ENOMEM;
	if (kind == BLOCK_PARAGRAPH)
		take_title(&fp, a);
	for (size_t i = 0; i < a->n_blocks; i++)
		if (a->blocks[i].kind == kind)
			take_block(&f, a->text, a->blocks[i].span);
	fp.codes = ARENA_ARRAY(arena, (size_t)fp.n_words + 1, uint16_t);
	fp.shingles = ARENA_ARRAY(arena, (size_t)fp.n_words + 1, uint32_t);
	if (!fp.codes || !fp.shingles)
		return -ENOMEM;
	make_shingles(&fp);
	if (fp.n_words)
		fp.whole = XXH3_64bits_withSeed(fp.word_hashes, fp.n_words * sizeof(uint64_t), f.beyond);
	if (make_marks(&fp, arena) < 0)
		return -ENOMEM;
	*ret = fp;
	return 0;
}
