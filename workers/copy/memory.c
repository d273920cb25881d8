/* The copy index of one process: everything on the heap, bucket by bucket. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "workers/copy/backend.h"
#include "workers/copy/buckets.h"

#define NONE UINT32_MAX

struct record {
	char *bytes; /* NULL: removed */
	size_t len;
	enum entry_state state;
	char *claims;
	size_t claims_len;
};

/* Postings of one mark: a chain through the pool. */
struct mark_slot {
	uint32_t mark, oldest, newest;
	uint32_t n; /* 0: free */
};

struct chain_link {
	uint32_t doc; /* counted from the bucket's first */
	uint32_t newer, older;
};

struct key_slot {
	struct copy_key key;
	uint64_t doc; /* 0: free */
	bool gone;    /* was removed; the search goes on */
};

struct part {
	struct record *records;
	size_t n_records, records_room;
	struct mark_slot *marks;
	size_t n_marks, marks_size;
	struct chain_link *pool;
	size_t n_pool, pool_room;
	struct key_slot *keys;
	size_t n_keys, keys_size;
};

struct memory {
	uint64_t window_ms;
	struct buckets buckets;
	struct part parts[COPY_BUCKETS];
};

void *memory_backend_new(uint64_t window_ms)
{
	struct memory *m = calloc(1, sizeof(*m));

	if (m) {
		m->window_ms = window_ms;
		buckets_init(&m->buckets);
	}
	return m;
}

static void part_release(struct part *p)
{
	for (size_t i = 0; i < p->n_records; i++) {
		free(p->records[i].bytes);
		free(p->records[i].claims);
	}
	free(p->records);
	free(p->marks);
	free(p->pool);
	free(p->keys);
	memset(p, 0, sizeof(*p));
}

static void memory_free(void *b)
{
	struct memory *m = b;

	for (size_t i = 0; i < COPY_BUCKETS; i++)
		part_release(&m->parts[i]);
	free(m);
}

static int memory_begin(void *b, struct store_txn *txn)
{
	(void)b;
	(void)txn;
	return 0;
}

static void memory_end(void *b)
{
	(void)b;
}

static int memory_flush(void *b)
{
	(void)b;
	return 0;
}

static uint64_t memory_next(void *b)
{
	return ((struct memory *)b)->buckets.next;
}

/* Where a mark is, or the free slot for it. */
static struct mark_slot *mark_slot(struct mark_slot *slots, size_t size, uint32_t mark)
{
	size_t i = (mark * 0x9E3779B1u) & (size - 1);

	while (slots[i].n && slots[i].mark != mark)
		i = (i + 1) & (size - 1);
	return &slots[i];
}

static int memory_postings(void *b, uint32_t mark, uint64_t *docs, size_t *ret_n)
{
	struct memory *m = b;
	size_t n = 0;

	for (size_t i = 0; i < m->buckets.n; i++) {
		const struct bucket *bucket = &m->buckets.b[i];
		const struct part *p = &m->parts[bucket->slot];
		if (p->marks_size == 0)
			continue;
		const struct mark_slot *s = mark_slot(p->marks, p->marks_size, mark);
		uint32_t old = s->n < POSTING_CAP ? s->n : POSTING_CAP / 2, new = s->n < POSTING_CAP ? 0 : POSTING_CAP / 2, at = s->oldest;
		for (; old > 0; old--, at = p->pool[at].newer)
			docs[n++] = bucket->first + p->pool[at].doc;
		for (at = s->newest; new > 0; new--, at = p->pool[at].older)
			docs[n++] = bucket->first + p->pool[at].doc;
	}
	*ret_n = n;
	return 0;
}

static struct record *record_of(struct memory *m, uint64_t doc)
{
	int i = buckets_of(&m->buckets, doc);

	if (i == NO_BUCKET)
		return NULL;
	const struct bucket *bucket = &m->buckets.b[i];
	struct part *p = &m->parts[bucket->slot];
	size_t at = (size_t)(doc - bucket->first);
	return at < p->n_records && p->records[at].bytes ? &p->records[at] : NULL;
}

static int memory_look_up(void *b, const struct posted *wanted, size_t most, struct posted *found)
{
	uint64_t docs[POSTING_CAP * COPY_BUCKETS];
	int rc = 0;

	for (size_t i = 0; i < wanted->n && rc == 0; i++) {
		uint32_t mark = wanted->all[i].mark;
		size_t n = 0;
		if (i && wanted->all[i - 1].mark == mark)
			continue;
		rc = memory_postings(b, mark, docs, &n);
		if (found->n + n > most)
			return -E2BIG;
		for (size_t k = 0; k < n && rc == 0; k++)
			rc = posted_add(found, docs[k], &mark, 1);
	}
	return rc;
}

static int memory_entry(void *b, uint64_t doc, struct str *ret, enum entry_state *ret_state)
{
	const struct record *r = record_of(b, doc);

	if (!r)
		return -ENOENT;
	*ret = (struct str){ r->bytes, r->len };
	*ret_state = r->state;
	return 0;
}

static int memory_claims(void *b, uint64_t doc, struct str *ret)
{
	const struct record *r = record_of(b, doc);

	if (!r || !r->claims)
		return -ENOENT;
	*ret = (struct str){ r->claims, r->claims_len };
	return 0;
}

static struct key_slot *key_slot(struct key_slot *slots, size_t size, const struct copy_key *key)
{
	/* Ids of one moment count up: they must not lie in a row. */
	size_t i = (size_t)XXH3_64bits(key->b, sizeof(key->b)) & (size - 1);

	while ((slots[i].doc || slots[i].gone) && (slots[i].gone || memcmp(slots[i].key.b, key->b, sizeof(key->b)) != 0))
		i = (i + 1) & (size - 1);
	return &slots[i];
}

static int memory_find(void *b, const struct copy_key *key, uint64_t *ret_doc)
{
	struct memory *m = b;

	for (size_t i = m->buckets.n; i-- > 0;) {
		const struct part *p = &m->parts[m->buckets.b[i].slot];
		const struct key_slot *s = p->keys_size ? key_slot(p->keys, p->keys_size, key) : NULL;
		if (s && s->doc) {
			*ret_doc = s->doc;
			return 0;
		}
	}
	return -ENOENT;
}

static int marks_room(struct part *p, size_t more)
{
	size_t size = p->marks_size ? p->marks_size : 1024;

	if (p->marks_size && 2 * (p->n_marks + more) <= p->marks_size)
		return 0;
	while (size < 2 * (p->n_marks + more))
		size *= 2;
	struct mark_slot *slots = calloc(size, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < p->marks_size; i++)
		if (p->marks[i].n)
			*mark_slot(slots, size, p->marks[i].mark) = p->marks[i];
	free(p->marks);
	p->marks = slots;
	p->marks_size = size;
	return 0;
}

static int keys_room(struct part *p, size_t more)
{
	size_t size = p->keys_size ? p->keys_size : 256;

	if (p->keys_size && 2 * (p->n_keys + more) <= p->keys_size)
		return 0;
	while (size < 2 * (p->n_keys + more))
		size *= 2;
	struct key_slot *slots = calloc(size, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	p->n_keys = 0;
	for (size_t i = 0; i < p->keys_size; i++) {
		if (!p->keys[i].doc)
			continue;
		*key_slot(slots, size, &p->keys[i].key) = p->keys[i];
		p->n_keys++;
	}
	free(p->keys);
	p->keys = slots;
	p->keys_size = size;
	return 0;
}

static int array_room(void *array, size_t *room, size_t want, size_t item)
{
	void **a = array;
	size_t n = *room ? *room : 256;

	if (want <= *room)
		return 0;
	while (n < want)
		n *= 2;
	void *grown = realloc(*a, n * item);
	if (!grown)
		return -ENOMEM;
	*a = grown;
	*room = n;
	return 0;
}

static int reserve_room(struct part *p, size_t n_marks, size_t n_keys)
{
	int rc = array_room(&p->records, &p->records_room, p->n_records + 1, sizeof(*p->records));

	if (rc == 0)
		rc = array_room(&p->pool, &p->pool_room, p->n_pool + n_marks, sizeof(*p->pool));
	if (rc == 0)
		rc = marks_room(p, n_marks);
	return rc ? rc : keys_room(p, n_keys);
}

static void post(struct part *p, uint32_t mark, uint32_t doc)
{
	struct mark_slot *s = mark_slot(p->marks, p->marks_size, mark);
	uint32_t at = (uint32_t)p->n_pool++;

	p->pool[at] = (struct chain_link){ doc, NONE, NONE };
	if (s->n) {
		p->pool[at].older = s->newest;
		p->pool[s->newest].newer = at;
		s->newest = at;
		s->n++;
	} else {
		p->n_marks++;
		*s = (struct mark_slot){ mark, at, at, 1 };
	}
}

static void drop_oldest(struct memory *m)
{
	part_release(&m->parts[buckets_drop(&m->buckets)]);
}

static int memory_expire(void *b, uint64_t now_ms)
{
	struct memory *m = b;

	while (buckets_expired(&m->buckets, now_ms, m->window_ms))
		drop_oldest(m);
	return 0;
}

static int memory_insert(void *b, const struct backend_entry *e)
{
	struct memory *m = b;

	if (buckets_due(&m->buckets, e->arrival_ms, m->window_ms)) {
		memory_expire(m, e->arrival_ms);
		if (m->buckets.n == COPY_BUCKETS)
			drop_oldest(m);
		buckets_open(&m->buckets, e->arrival_ms);
	}
	const struct bucket *bucket = &m->buckets.b[m->buckets.n - 1];
	struct part *p = &m->parts[bucket->slot];
	char *bytes = malloc(e->bytes.len);
	if (!bytes || reserve_room(p, e->n_marks, e->n_keys)) {
		free(bytes);
		return -ENOMEM;
	}
	memcpy(bytes, e->bytes.data, e->bytes.len);
	uint64_t doc = buckets_enter(&m->buckets, e->arrival_ms);
	uint32_t at = (uint32_t)(doc - bucket->first);
	p->records[p->n_records++] = (struct record){ bytes, e->bytes.len, e->state, NULL, 0 };
	for (size_t i = 0; i < e->n_marks; i++)
		post(p, e->marks[i], at);
	for (size_t i = 0; i < e->n_keys; i++) {
		struct key_slot *s = key_slot(p->keys, p->keys_size, &e->keys[i]);
		p->n_keys += s->doc == 0;
		*s = (struct key_slot){ e->keys[i], doc, false };
	}
	return 0;
}

static int memory_publish(void *b, uint64_t doc)
{
	struct record *r = record_of(b, doc);

	if (!r)
		return -ENOENT;
	r->state = ENTRY_PUBLISHED;
	return 0;
}

static int memory_put_claims(void *b, uint64_t doc, struct str claims)
{
	struct record *r = record_of(b, doc);

	if (!r)
		return -ENOENT;
	char *copy = malloc(claims.len);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, claims.data, claims.len);
	free(r->claims);
	r->claims = copy;
	r->claims_len = claims.len;
	return 0;
}

/* Its postings stay and lead nowhere. */
static int memory_remove(void *b, uint64_t doc, const struct copy_key *keys, size_t n_keys)
{
	struct memory *m = b;
	struct record *r = record_of(m, doc);

	if (!r)
		return -ENOENT;
	const struct bucket *bucket = &m->buckets.b[buckets_of(&m->buckets, doc)];
	struct part *p = &m->parts[bucket->slot];
	for (size_t i = 0; i < n_keys; i++) {
		struct key_slot *s = key_slot(p->keys, p->keys_size, &keys[i]);
		if (s->doc == doc) {
			s->doc = 0;
			s->gone = true;
		}
	}
	free(r->bytes);
	free(r->claims);
	*r = (struct record){ 0 };
	return 0;
}

const struct backend_ops memory_backend = {
	.begin = memory_begin,
	.end = memory_end,
	.next = memory_next,
	.postings = memory_postings,
	.look_up = memory_look_up,
	.entry = memory_entry,
	.find = memory_find,
	.claims = memory_claims,
	.insert = memory_insert,
	.publish = memory_publish,
	.put_claims = memory_put_claims,
	.remove = memory_remove,
	.expire = memory_expire,
	.flush = memory_flush,
	.free = memory_free,
};
