#include "workers/copy/entry.h"

#include <errno.h>
#include <xxhash.h>

/* An entry, all numbers little-endian:
 *   0   1  format (ENTRY_FORMAT)
 *   1   1  figures   2 1 names   3 1 skeleton
 *   4   4  length of all of it
 *   8   2  version of the text
 *  10   2  bytes of the article id, 0: the text form of id
 *  12   2  bytes of the story id, 0: the article's own
 *  14   2  zero
 *  16  16  id
 *  32   8  article time, ms
 *  40   8  hash of the whole folded text
 *  48   4  words
 *  52   4  distinct shingles
 *  56   4  bytes of packed words
 *  60   8  hash of the folded title, 0: none
 *  68   4  title: start   72 4 end
 *  76      article id, story id
 *          figures, names, skeleton: 2 bytes each
 *          codes of the words: 2 bytes each
 *          packed words
 *   …   4  xxh3 of what stands before
 *
 * A packed word is the gap to the word before and its length, in half-bytes, the low one first:
 *   1 … 14      gap 1, this length
 *   15, 1 … 14  gap 2, this length
 *   0           gap and length follow, three bits in each half-byte, low ones first, 8 added where more follow
 * The last half-byte may be left over; it is 0.
 *
 * To change it: raise ENTRY_FORMAT and INDEX_FORMAT (lmdb.c): an index of another format is refused and rebuilt. */
#define ENTRY_FORMAT 2
#define HEADER_BYTES 76
#define SUM_BYTES 4
#define MAX_ID_BYTES 512

static uint32_t get16(const uint8_t *p) { return (uint32_t)p[0] | (uint32_t)p[1] << 8; }
static uint32_t get32(const uint8_t *p) { return get16(p) | get16(p + 2) << 16; }
static uint64_t get64(const uint8_t *p) { return get32(p) | (uint64_t)get32(p + 4) << 32; }

static void put16(struct buf *b, uint32_t v)
{
	buf_char(b, (char)(v & 255));
	buf_char(b, (char)(v >> 8 & 255));
}

static void put_set(struct buf *b, const uint16_t *set, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		put16(b, set[i]);
}

/* Half-bytes on their way. */
struct halves {
	struct buf *out;
	unsigned low;
	bool half; /* low waits for its other half */
};

static void put_half(struct halves *h, unsigned v)
{
	if (h->half)
		buf_char(h->out, (char)(h->low | v << 4));
	h->low = v;
	h->half = !h->half;
}

static void put_number(struct halves *h, uint32_t v)
{
	for (; v > 7; v >>= 3)
		put_half(h, (v & 7) | 8);
	put_half(h, v);
}

static void put_words(struct buf *b, const struct fingerprint *fp)
{
	struct halves h = { b, 0, false };
	uint32_t before = 0;

	for (uint32_t i = 0; i < fp->n_words; i++) {
		uint32_t gap = fp->words[i].start - before, len = fp->words[i].end - fp->words[i].start;
		before = fp->words[i].end;
		if (gap < 1 || gap > 2 || len < 1 || len > 14) {
			put_half(&h, 0);
			put_number(&h, gap);
			put_number(&h, len);
			continue;
		}
		if (gap == 2)
			put_half(&h, 15);
		put_half(&h, len);
	}
	if (h.half)
		put_half(&h, 0);
}

static void put_codes(struct buf *b, const struct fingerprint *fp)
{
	uint8_t *p = buf_reserve(b, 2 * (size_t)fp->n_words);

	for (uint32_t i = 0; p && i < fp->n_words; i++, p += 2) {
		p[0] = (uint8_t)fp->codes[i];
		p[1] = (uint8_t)(fp->codes[i] >> 8);
	}
}

static void patch32(struct buf *b, size_t at, uint32_t v)
{
	if (b->failed)
		return;
	for (int i = 0; i < 4; i++)
		b->data[at + (size_t)i] = (char)(v >> 8 * i & 255);
}

static bool is_text_of(struct str text, const struct ulid *id)
{
	char form[ULID_TEXT + 1];

	ulid_format(id, form);
	return text.len == ULID_TEXT && memcmp(text.data, form, ULID_TEXT) == 0;
}

/* An id is at most what the protocol lets through; a longer one would only fail to be found. */
static struct str bounded(struct str id)
{
	return id.len > MAX_ID_BYTES ? str_cut(id, 0, MAX_ID_BYTES) : id;
}

void entry_write(struct buf *out, const struct entry_draft *d)
{
	const struct copy_item *it = d->item;
	const struct sketch *s = d->sketch;
	size_t at = out->len, words_at;
	struct str article = is_text_of(it->article_id, &it->id) ? STR("") : bounded(it->article_id);
	struct str story = it->verdict.story_id;

	story = str_eq(story, it->article_id) ? STR("") : bounded(story);
	buf_char(out, ENTRY_FORMAT);
	buf_char(out, (char)s->n_figures);
	buf_char(out, (char)s->n_names);
	buf_char(out, (char)s->n_skeleton);
	buf_u32le(out, 0);
	put16(out, it->verdict.revision.version < UINT16_MAX ? it->verdict.revision.version : UINT16_MAX);
	put16(out, (uint32_t)article.len);
	put16(out, (uint32_t)story.len);
	put16(out, 0);
	buf_append(out, it->id.b, sizeof(it->id.b));
	buf_u64le(out, d->time_ms);
	buf_u64le(out, it->fp->whole);
	buf_u32le(out, it->fp->n_words);
	buf_u32le(out, d->n_distinct);
	buf_u32le(out, 0);
	buf_u64le(out, it->fp->title_hash);
	buf_u32le(out, it->fp->title.start);
	buf_u32le(out, it->fp->title.end);
	buf_str(out, article);
	buf_str(out, story);
	put_set(out, s->figures, s->n_figures);
	put_set(out, s->names, s->n_names);
	put_set(out, s->skeleton, s->n_skeleton);
	put_codes(out, it->fp);
	words_at = out->len;
	put_words(out, it->fp);
	patch32(out, at + 56, (uint32_t)(out->len - words_at));
	patch32(out, at + 4, (uint32_t)(out->len - at + SUM_BYTES));
	if (!out->failed)
		buf_u32le(out, (uint32_t)XXH3_64bits(out->data + at, out->len - at));
}

static bool sum_fits(struct str s)
{
	return get32((const uint8_t *)s.data + s.len - SUM_BYTES) == (uint32_t)XXH3_64bits(s.data, s.len - SUM_BYTES);
}

static const uint8_t *take_set(const uint8_t *p, uint16_t *set, unsigned n)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	memcpy(set, p, 2 * (size_t)n);
#else
	for (unsigned i = 0; i < n; i++)
		set[i] = (uint16_t)get16(p + 2 * (size_t)i);
#endif
	return p + 2 * (size_t)n;
}

int entry_read(struct str bytes, struct entry *ret)
{
	const uint8_t *p = (const uint8_t *)bytes.data;
	struct entry e;

	if (bytes.len < HEADER_BYTES + SUM_BYTES || p[0] != ENTRY_FORMAT || get32(p + 4) != bytes.len || !sum_fits(bytes))
		return -EBADMSG;
	if (p[1] > SKETCH_FIGURES || p[2] > SKETCH_NAMES || p[3] > SKETCH_SKELETON)
		return -EBADMSG;
	e.sketch.n_figures = p[1];
	e.sketch.n_names = p[2];
	e.sketch.n_skeleton = p[3];
	e.version = get16(p + 8);
	e.article_id.len = get16(p + 10);
	e.story_id.len = get16(p + 12);
	memcpy(e.id.b, p + 16, sizeof(e.id.b));
	e.time_ms = get64(p + 32);
	e.whole = get64(p + 40);
	e.n_words = get32(p + 48);
	e.n_shingles = e.n_words < SHINGLE_WORDS ? 0 : e.n_words - SHINGLE_WORDS + 1;
	e.n_distinct = get32(p + 52);
	e.words_bytes = get32(p + 56);
	e.title_hash = get64(p + 60);
	e.title = (struct span){ get32(p + 68), get32(p + 72) };
	uint64_t need = HEADER_BYTES + SUM_BYTES + (uint64_t)e.article_id.len + e.story_id.len +
			2u * ((uint64_t)p[1] + p[2] + p[3]) + 2 * (uint64_t)e.n_words + e.words_bytes;
	if (need != bytes.len)
		return -EBADMSG;
	p += HEADER_BYTES;
	e.article_id.data = (const char *)p;
	e.story_id.data = (const char *)p + e.article_id.len;
	p = take_set(p + e.article_id.len + e.story_id.len, e.sketch.figures, e.sketch.n_figures);
	p = take_set(p, e.sketch.names, e.sketch.n_names);
	e.codes = take_set(p, e.sketch.skeleton, e.sketch.n_skeleton);
	e.words = e.codes + 2 * (size_t)e.n_words;
	*ret = e;
	return 0;
}

void entry_shingles(const struct entry *e, uint32_t *ret)
{
	uint64_t four = 0;

	for (uint32_t i = 0; i < e->n_words; i++) {
		uint16_t code = (uint16_t)get16(e->codes + 2 * (size_t)i);
		if (i >= SHINGLE_WORDS - 1)
			ret[i - SHINGLE_WORDS + 1] = shingle_of(four, code);
		four = four << 16 | code;
	}
}

/* Half-bytes as they are read; behind the end it says 0 and spent. */
struct source {
	const uint8_t *p, *end;
	bool half, spent;
};

static inline unsigned take_half(struct source *s)
{
	if (s->p == s->end) {
		s->spent = true;
		return 0;
	}
	unsigned v = s->half ? *s->p++ >> 4 : *s->p & 15;
	s->half = !s->half;
	return v;
}

static uint64_t take_number(struct source *s)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 33; shift += 3) {
		unsigned h = take_half(s);
		v |= (uint64_t)(h & 7) << shift;
		if (h < 8)
			return v;
	}
	s->spent = true;
	return 0;
}

int entry_words(const struct entry *e, struct span *ret)
{
	struct source s = { e->words, e->words + e->words_bytes, false, false };
	uint64_t at = 0;

	for (uint32_t i = 0; i < e->n_words; i++) {
		uint64_t gap = 1, len = take_half(&s);
		if (len == 15) {
			gap = 2;
			len = take_half(&s);
		} else if (len == 0) {
			gap = take_number(&s);
			len = take_number(&s);
		}
		at += gap;
		if (s.spent || at + len > UINT32_MAX)
			return -EBADMSG;
		ret[i] = (struct span){ (uint32_t)at, (uint32_t)(at + len) };
		at += len;
	}
	if (s.half && take_half(&s) != 0)
		return -EBADMSG;
	return s.p == s.end ? 0 : -EBADMSG;
}

struct str entry_article_id(const struct entry *e, struct arena *arena)
{
	char form[ULID_TEXT + 1];

	if (e->article_id.len)
		return arena_str(arena, e->article_id);
	ulid_format(&e->id, form);
	return arena_str(arena, str_of(form));
}

struct str entry_story_id(const struct entry *e, struct arena *arena)
{
	return e->story_id.len ? arena_str(arena, e->story_id) : entry_article_id(e, arena);
}

/* The mark of the whole text finds equal texts among many of one form; short articles have no other. A chance meeting is told
 * apart by the whole hash. */
void entry_marks_of(const struct fingerprint *fp, const uint32_t **ret_marks, uint32_t *ret_n)
{
	bool is_short = fp->n_words < SHORT_WORDS;

	*ret_marks = is_short ? fp->marks + fp->n_marks : fp->marks;
	*ret_n = fp->n_words == 0 ? 0 : is_short ? 1 : fp->n_marks + 1;
}

uint32_t entry_marks(const struct entry *e, uint32_t *shingles, uint32_t *ret_marks)
{
	uint32_t n = 0;

	if (e->n_words >= SHORT_WORDS) {
		entry_shingles(e, shingles);
		n = fingerprint_winnow(shingles, e->n_shingles, ret_marks);
	}
	ret_marks[n] = fingerprint_whole_mark(e->whole);
	return n + 1;
}

/* Claims of an article:
 *   0   1  format (CLAIMS_FORMAT)   1  3  zero
 *   4   4  claims
 *   8      each: start 4, end 4, bytes of the id 2 (high bit: the article id stands before them), the id
 *   …   4  xxh3 of what stands before
 * To change it: as above. */
#define CLAIMS_FORMAT 1
#define CLAIM_PREFIXED 0x8000u

void claims_write(struct buf *out, struct str article_id, const struct copy_claim *claims, size_t n)
{
	size_t at = out->len;

	buf_u32le(out, CLAIMS_FORMAT);
	buf_u32le(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		struct str id = bounded(claims[i].id);
		uint32_t flag = 0;
		if (article_id.len && id.len > article_id.len && memcmp(id.data, article_id.data, article_id.len) == 0) {
			id = str_cut(id, article_id.len, id.len);
			flag = CLAIM_PREFIXED;
		}
		buf_u32le(out, claims[i].span.start);
		buf_u32le(out, claims[i].span.end);
		put16(out, (uint32_t)id.len | flag);
		buf_str(out, id);
	}
	if (!out->failed)
		buf_u32le(out, (uint32_t)XXH3_64bits(out->data + at, out->len - at));
}

static struct str claim_id(struct str article_id, bool prefixed, struct str rest, struct arena *arena)
{
	return prefixed ? arena_printf(arena, "%.*s%.*s", STR_ARGS(article_id), STR_ARGS(rest)) : arena_str(arena, rest);
}

int claims_read(struct str bytes, struct str article_id, struct arena *arena, int (*fn)(const struct copy_claim *, void *), void *arg)
{
	const uint8_t *p = (const uint8_t *)bytes.data;

	if (bytes.len < 8 + SUM_BYTES || get32(p) != CLAIMS_FORMAT || !sum_fits(bytes))
		return -EBADMSG;
	const uint8_t *end = p + bytes.len - SUM_BYTES;
	uint32_t n = get32(p + 4);
	p += 8;
	for (uint32_t i = 0; i < n; i++) {
		struct copy_claim c;
		if (end - p < 10)
			return -EBADMSG;
		uint32_t len = get16(p + 8) & (CLAIM_PREFIXED - 1);
		bool prefixed = (get16(p + 8) & CLAIM_PREFIXED) != 0;
		if ((size_t)(end - p - 10) < len)
			return -EBADMSG;
		c.span = (struct span){ get32(p), get32(p + 4) };
		c.id = claim_id(article_id, prefixed, (struct str){ (const char *)p + 10, len }, arena);
		if (!c.id.data)
			return -ENOMEM;
		int rc = fn(&c, arg);
		if (rc)
			return rc;
		p += 10 + len;
	}
	return p == end ? 0 : -EBADMSG;
}
