#include "workers/copy/run.h"

#include <errno.h>
#include <string.h>
#include <xxhash.h>

/* A run, all numbers little-endian:
 *   0   1  format (RUN_FORMAT)   1 1 bits of the directory   2 2 zero
 *   4   4  postings
 *   8   4  number of its first entry in the bucket   12 4 number behind its last
 *  16   8  xxh3 of what stands behind, seeded with that of what stands before
 *  24      directory: 1 << bits and one places, 4 bytes each: where the keys begin that have these top bits
 *          keys: 4 bytes each, rising
 *          entries: 2 bytes each, counted from the first
 * To change it: raise RUN_FORMAT and INDEX_FORMAT (lmdb.c): an index of another format is refused and rebuilt. */
#define RUN_FORMAT 1
#define HEADER_BYTES 24
#define CELL_POSTINGS 16
#define MAX_BITS 16 /* RUN_POSTINGS / CELL_POSTINGS */

/* Compilers make one load of these. */
static inline uint32_t get16(const uint8_t *p) { return (uint32_t)p[0] | (uint32_t)p[1] << 8; }
static inline uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void set32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

static void set16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

int run_open(struct str s, struct run_view *ret)
{
	const uint8_t *p = (const uint8_t *)s.data;
	struct run_view r;

	if (s.len < HEADER_BYTES || p[0] != RUN_FORMAT || p[1] > MAX_BITS)
		return -EBADMSG;
	r.bits = p[1];
	r.n = get32(p + 4);
	r.first = get32(p + 8);
	r.behind = get32(p + 12);
	r.directory = p + HEADER_BYTES;
	r.keys = r.directory + 4 * ((1u << r.bits) + 1);
	r.docs = r.keys + 4 * (size_t)r.n;
	if (r.n > RUN_POSTINGS || r.behind < r.first || r.behind - r.first > RUN_DOCS ||
	    s.len != HEADER_BYTES + 4 * ((1u << r.bits) + 1) + 6 * (size_t)r.n)
		return -EBADMSG;
	*ret = r;
	return 0;
}

static uint32_t cell_of(const struct run_view *r, uint32_t key)
{
	return r->bits ? key >> (32 - r->bits) : 0;
}

/* The places lo to hi of a key's cell. */
static inline void cell(const struct run_view *r, uint32_t key, uint32_t *ret_lo, uint32_t *ret_hi)
{
	const uint8_t *p = r->directory + 4 * (size_t)cell_of(r, key);
	uint32_t hi = get32(p + 4);

	*ret_lo = get32(p);
	*ret_hi = hi <= r->n ? hi : r->n;
}

/* The first of n keys from lo on that is not less than key. */
static inline uint32_t first_from(const struct run_view *r, uint32_t lo, uint32_t n, uint64_t key)
{
	while (n > 0) {
		uint32_t half = n / 2;
		bool less = get32(r->keys + 4 * (size_t)(lo + half)) < key;
		lo += less ? half + 1 : 0;
		n = less ? n - half - 1 : half;
	}
	return lo;
}

uint32_t run_find(const struct run_view *r, uint32_t key, uint32_t *ret_n)
{
	uint32_t lo, hi;

	*ret_n = 0;
	cell(r, key, &lo, &hi);
	if (lo >= hi)
		return lo;
	lo = first_from(r, lo, hi - lo, key);
	if (lo < hi && get32(r->keys + 4 * (size_t)lo) == key)
		*ret_n = first_from(r, lo, hi - lo, (uint64_t)key + 1) - lo;
	return lo;
}

uint32_t run_key_at(const struct run_view *r, uint32_t i)
{
	return get32(r->keys + 4 * (size_t)i);
}

uint32_t run_doc_at(const struct run_view *r, uint32_t i)
{
	return r->first + get16(r->docs + 2 * (size_t)i);
}

void run_prefetch_cell(const struct run_view *r, uint32_t key)
{
	__builtin_prefetch(r->directory + 4 * (size_t)cell_of(r, key));
}

void run_prefetch_keys(const struct run_view *r, uint32_t key)
{
	uint32_t lo, hi;

	cell(r, key, &lo, &hi);
	if (lo < hi) {
		__builtin_prefetch(r->keys + 4 * (size_t)lo);
		__builtin_prefetch(r->keys + 4 * (size_t)(hi - 1));
	}
}

static uint64_t sum_of(const uint8_t *run, size_t len)
{
	return XXH3_64bits_withSeed(run + HEADER_BYTES, len - HEADER_BYTES, XXH3_64bits(run, 16));
}

int run_check(struct str bytes)
{
	struct run_view r;
	uint64_t sum = 0;

	if (run_open(bytes, &r))
		return -EBADMSG;
	for (int i = 7; i >= 0; i--)
		sum = sum << 8 | (uint8_t)bytes.data[16 + i];
	if (sum != sum_of((const uint8_t *)bytes.data, bytes.len))
		return -EBADMSG;
	for (uint32_t i = 0; i < r.n; i++) {
		uint32_t lo, hi, key = run_key_at(&r, i);
		cell(&r, key, &lo, &hi);
		if (i < lo || i >= hi || run_doc_at(&r, i) >= r.behind)
			return -EBADMSG;
		/* The mark of a whole text may happen to be one of its shingles': then its entry stands there twice. */
		if (i && (run_key_at(&r, i - 1) > key || (run_key_at(&r, i - 1) == key && run_doc_at(&r, i - 1) > run_doc_at(&r, i))))
			return -EBADMSG;
	}
	return 0;
}

/* ---- writing ---- */

struct writer {
	uint8_t *directory, *keys, *docs;
	uint32_t n, room, first, cell, cells;
	unsigned bits;
};

/* Room for n postings; NULL in directory: out of memory. */
static struct writer writer_begin(struct buf *out, uint32_t n, uint32_t first)
{
	struct writer w = { .room = n, .first = first };

	while (w.bits < MAX_BITS && n >> w.bits > CELL_POSTINGS)
		w.bits++;
	w.cells = 1u << w.bits;
	uint8_t *p = buf_reserve(out, HEADER_BYTES + 4 * ((size_t)w.cells + 1) + 6 * (size_t)n);
	if (p) {
		w.directory = p + HEADER_BYTES;
		w.keys = w.directory + 4 * ((size_t)w.cells + 1);
		w.docs = w.keys + 4 * (size_t)n;
	}
	return w;
}

static void writer_put(struct writer *w, uint32_t key, uint32_t doc)
{
	uint32_t cell = w->bits ? key >> (32 - w->bits) : 0;

	while (w->cell <= cell)
		set32(w->directory + 4 * (size_t)w->cell++, w->n);
	set32(w->keys + 4 * (size_t)w->n, key);
	set16(w->docs + 2 * (size_t)w->n++, doc - w->first);
}

/* What was left out leaves room between keys and entries: it is closed. */
static void writer_end(struct writer *w, struct buf *out, uint32_t behind)
{
	uint8_t *p = w->directory - HEADER_BYTES;
	size_t len = 4 * ((size_t)w->cells + 1) + 6 * (size_t)w->n;

	while (w->cell <= w->cells)
		set32(w->directory + 4 * (size_t)w->cell++, w->n);
	if (w->n < w->room) {
		memmove(w->keys + 4 * (size_t)w->n, w->docs, 2 * (size_t)w->n);
		out->len -= 6 * (size_t)(w->room - w->n);
	}
	memset(p, 0, HEADER_BYTES);
	p[0] = RUN_FORMAT;
	p[1] = (uint8_t)w->bits;
	set32(p + 4, w->n);
	set32(p + 8, w->first);
	set32(p + 12, behind);
	uint64_t sum = sum_of(p, HEADER_BYTES + len);
	set32(p + 16, (uint32_t)sum);
	set32(p + 20, (uint32_t)(sum >> 32));
}

void run_write(struct buf *out, const struct run_posting *p, uint32_t n, uint32_t first, uint32_t behind)
{
	struct writer w = writer_begin(out, n, first);

	if (!w.directory)
		return;
	for (uint32_t i = 0; i < n; i++)
		writer_put(&w, p[i].key, p[i].doc);
	writer_end(&w, out, behind);
}

/* A run and how far it has been read. Of equal keys the earlier run comes first, and with it the lower number. */
struct head {
	uint64_t next; /* key << 32 | place in the list of runs; all ones: read */
	uint32_t at;
};

static void head_set(struct head *h, const struct run_view *r, size_t place)
{
	h->next = h->at < r->n ? (uint64_t)run_key_at(r, h->at) << 32 | place : UINT64_MAX;
}

void run_merge(struct buf *out, const struct run_view *runs, size_t n, const uint8_t *gone)
{
	struct head heads[RUN_MERGE];
	uint32_t total = 0;

	for (size_t i = 0; i < n; i++) {
		total += runs[i].n;
		heads[i].at = 0;
		head_set(&heads[i], &runs[i], i);
	}
	struct writer w = writer_begin(out, total, runs[0].first);
	if (!w.directory)
		return;
	for (uint32_t k = 0; k < total; k++) {
		size_t least = 0;
		for (size_t i = 1; i < n; i++)
			if (heads[i].next < heads[least].next)
				least = i;
		const struct run_view *r = &runs[least];
		uint32_t doc = run_doc_at(r, heads[least].at);
		if (doc < runs[n - 1].behind && !gone[doc - runs[0].first])
			writer_put(&w, run_key_at(r, heads[least].at), doc);
		heads[least].at++;
		head_set(&heads[least], r, least);
	}
	writer_end(&w, out, runs[n - 1].behind);
}
