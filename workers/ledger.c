#include "workers/ledger.h"
#include "workers/ledger_rebuild.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#define XXH_STATIC_LINKING_ONLY /* the streaming state on the stack */
#include <xxhash.h>

#include "base/buf.h"
#include "base/clock.h"
#include "proto/codec.h"

/* On disk, database "ledger": key = the article's ULID (16 bytes), value, little-endian:
 *   0  1  version, 1
 *   1  1  state (enum ledger_state)
 *   2  2  zero
 *   4  4  claims
 *   8  8  generation
 *  16  8  ingest instance (hash of its name)
 *  24  8  when it changed last, wall ms
 *  32  4  bytes of the tail
 *  36  4  low half of xxh3 over bytes 0 … 35 and the tail
 *  40  …  tail. PENDING: the verdict (protobuf). ABANDONED: u32 length, reason code, reason text. Else empty.
 * Database "segments": key = the segment's name, value:
 *   0  1  version, 1;  1  7  zero
 *   8  8  committed bytes of claims;  16  8  of articles;  24  8  article records
 *  32  8  xxh3 over bytes 0 … 31
 * To change either: a new version byte, the reader keeps the old case until a release that says it does not. */
#define RETRIED_KEEP_MS (7 * 24 * 3600000ull)
#define SETTLED_KEEP_MS (15 * 60000ull) /* longer than a worker can sleep before its watchdog kills it */
#define FOREIGN_KEEP_MS 3600000ull
#define PRUNE_SCAN 50000

enum { ENTRY_VERSION = 1, ENTRY_HEAD = 40, SEGMENT_VERSION = 1, SEGMENT_BYTES = 40 };

struct ledger {
	struct store *store;
	struct copy_index *index;
	MDB_dbi entries, segments;
	struct buf value;
	struct copy_item **picked; /* items that the index judges, in order */
	struct copy_item *items;
	size_t room;
	struct ulid prune_from; /* where the last walk ended before the floor */
};

static void put64(unsigned char *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static uint64_t get64(const unsigned char *p)
{
	uint64_t v = 0;
	for (int i = 7; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

static void put32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static uint32_t get32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

const char *ledger_state_name(enum ledger_state s)
{
	static const char *const names[] = { "UNKNOWN", "PENDING", "PUBLISHED", "COPY", "ABANDONED" };
	return (unsigned)s < sizeof(names) / sizeof(*names) ? names[s] : "?";
}

uint64_t ledger_instance(struct str name)
{
	return XXH3_64bits(name.data, name.len);
}

int ledger_open(struct store *store, struct copy_index *index, struct ledger **ret, struct err *err)
{
	struct ledger *l = calloc(1, sizeof(*l));
	if (!l)
		return err_set(err, -ENOMEM, "out of memory");
	*l = (struct ledger){ .store = store, .index = index };
	buf_init(&l->value, 64 << 20);
	int rc = store_dbi(store, "ledger", 0, &l->entries);
	if (rc == 0)
		rc = store_dbi(store, "segments", 0, &l->segments);
	if (rc) {
		ledger_close(&l);
		return err_set(err, rc, "cannot open the ledger: %s", strerror(-rc));
	}
	*ret = l;
	return 0;
}

void ledger_close(struct ledger **l)
{
	if (!*l)
		return;
	buf_release(&(*l)->value);
	free((*l)->picked);
	free((*l)->items);
	free(*l);
	*l = NULL;
}

uint64_t ledger_identity(const struct ledger *l)
{
	return store_identity(l->store);
}

/* ---- entries ---- */

static uint32_t entry_sum(const unsigned char *p, size_t tail)
{
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	XXH3_64bits_update(&state, p, ENTRY_HEAD - 4);
	XXH3_64bits_update(&state, p + ENTRY_HEAD, tail);
	return (uint32_t)XXH3_64bits_digest(&state);
}

/* ret_tail points into the map: valid while the transaction is. */
static int entry_read(struct ledger *l, struct store_txn *t, const struct ulid *id, struct ledger_entry *ret, struct str *ret_tail)
{
	MDB_val key = { sizeof(id->b), (void *)id->b }, v;
	*ret = (struct ledger_entry){ .state = LEDGER_UNKNOWN };
	*ret_tail = (struct str){ 0 };
	int rc = mdb_get(t->mdb, l->entries, &key, &v);
	if (rc == MDB_NOTFOUND)
		return 0;
	if (rc)
		return store_errno(rc);
	const unsigned char *p = v.mv_data;
	if (v.mv_size < ENTRY_HEAD || p[0] != ENTRY_VERSION || p[1] > LEDGER_ABANDONED || get32(p + 32) != v.mv_size - ENTRY_HEAD ||
	    get32(p + 36) != entry_sum(p, v.mv_size - ENTRY_HEAD))
		return -EBADMSG;
	ret->state = p[1];
	ret->claims = get32(p + 4);
	ret->generation = get64(p + 8);
	ret->instance = get64(p + 16);
	*ret_tail = (struct str){ (const char *)p + ENTRY_HEAD, v.mv_size - ENTRY_HEAD };
	return 0;
}

/* The tail stands in l->value already, behind ENTRY_HEAD bytes of room. */
static int entry_write(struct ledger *l, struct store_txn *t, const struct ulid *id, const struct ledger_entry *e)
{
	if (l->value.failed)
		return -ENOMEM;
	unsigned char *p = (unsigned char *)l->value.data;
	size_t tail = l->value.len - ENTRY_HEAD;
	memset(p, 0, ENTRY_HEAD);
	p[0] = ENTRY_VERSION;
	p[1] = (unsigned char)e->state;
	put32(p + 4, e->claims);
	put64(p + 8, e->generation);
	put64(p + 16, e->instance);
	put64(p + 24, clock_wall_ms());
	put32(p + 32, (uint32_t)tail);
	put32(p + 36, entry_sum(p, tail));
	MDB_val key = { sizeof(id->b), (void *)id->b }, v = { l->value.len, p };
	return store_errno(mdb_put(t->mdb, l->entries, &key, &v, 0));
}

static void tail_begin(struct ledger *l)
{
	buf_reset(&l->value);
	(void)buf_reserve(&l->value, ENTRY_HEAD);
}

static void tail_reason(struct ledger *l, struct str code, struct str reason)
{
	buf_u32le(&l->value, (uint32_t)code.len);
	buf_str(&l->value, code);
	buf_str(&l->value, reason);
}

static int read_reason(struct str tail, struct arena *arena, struct ledger_entry *e)
{
	if (tail.len < 4 || get32((const unsigned char *)tail.data) > tail.len - 4)
		return -EBADMSG;
	size_t n = get32((const unsigned char *)tail.data);
	e->reason_code = arena_str(arena, str_cut(tail, 4, 4 + n));
	e->reason = arena_str(arena, str_cut(tail, 4 + n, tail.len));
	return arena_failed(arena) ? -ENOMEM : 0;
}

int ledger_get(struct ledger *l, const struct ulid *id, struct arena *arena, struct ledger_entry *ret)
{
	struct store_txn t;
	struct ledger_entry e;
	struct str tail;
	int rc = store_read(l->store, &t);
	if (rc)
		return rc;
	rc = entry_read(l, &t, id, &e, &tail);
	if (rc == 0 && e.state == LEDGER_ABANDONED && arena)
		rc = read_reason(tail, arena, &e);
	store_abort(&t);
	if (rc == 0)
		*ret = e;
	return rc;
}

/* ---- reserve ---- */

static bool is_settled(const struct ledger_entry *e, uint64_t generation)
{
	return e->state == LEDGER_PUBLISHED || e->state == LEDGER_COPY ||
	       (e->state == LEDGER_ABANDONED && e->generation >= generation);
}

/* Everything that the verdict leans on is published. */
static int leans_on_published(struct ledger *l, struct store_txn *t, const struct verdict *v, bool *ret)
{
	struct ledger_entry e;
	struct str tail;
	*ret = false;
	for (size_t i = 0; i <= v->n_passages; i++) {
		struct str other = i < v->n_passages ? v->passages[i].other_article_id : v->of;
		if (i < v->n_passages && i > 0 && str_eq(other, v->passages[i - 1].other_article_id))
			continue;
		struct ulid id;
		if (other.len == 0)
			continue;
		if (ulid_parse(other, &id))
			return 0;
		int rc = entry_read(l, t, &id, &e, &tail);
		if (rc)
			return rc;
		if (e.state != LEDGER_PUBLISHED)
			return 0;
	}
	*ret = true;
	return 0;
}

/* Sets item->state for what needs no judging: settled, or pending with a verdict that still holds. */
static int classify(struct ledger *l, struct store_txn *t, struct ledger_reserve *item)
{
	struct ledger_entry e;
	struct str tail;
	item->state = LEDGER_UNKNOWN;
	int rc = entry_read(l, t, &item->copy.id, &e, &tail);
	if (rc)
		return rc;
	if (is_settled(&e, item->generation)) {
		item->state = e.state;
		item->claims = e.claims;
		return 0;
	}
	if (e.state != LEDGER_PENDING || e.generation != item->generation)
		return 0;
	struct verdict v;
	bool holds = false;
	rc = codec_unpack_verdict(tail, item->copy.arena, &v);
	if (rc == 0)
		rc = leans_on_published(l, t, &v, &holds);
	if (rc == -EBADMSG || rc == -EILSEQ)
		return 0; /* judge anew rather than stop at an old verdict */
	if (rc == 0 && holds) {
		item->copy.verdict = v;
		item->copy.must_wait = false;
		item->state = LEDGER_PENDING;
	}
	return rc;
}

static int make_room(struct ledger *l, size_t n)
{
	if (n <= l->room)
		return 0;
	struct copy_item *items = realloc(l->items, n * sizeof(*items));
	if (items)
		l->items = items;
	struct copy_item **picked = realloc(l->picked, n * sizeof(*picked));
	if (picked)
		l->picked = picked;
	if (!items || !picked)
		return -ENOMEM;
	l->room = n;
	return 0;
}

/* Those of state UNKNOWN, copied side by side as the index wants them. */
static size_t pick(struct ledger *l, struct ledger_reserve *items, size_t n)
{
	size_t m = 0;
	for (size_t i = 0; i < n; i++) {
		if (items[i].state != LEDGER_UNKNOWN)
			continue;
		l->picked[m] = &items[i].copy;
		l->items[m++] = items[i].copy;
	}
	return m;
}

static void put_back(struct ledger *l, size_t m)
{
	for (size_t i = 0; i < m; i++)
		*l->picked[i] = l->items[i];
}

static int classify_all(struct ledger *l, struct store_txn *t, struct ledger_reserve *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int rc = classify(l, t, &items[i]);
		if (rc)
			return rc;
	}
	return 0;
}

int ledger_look(struct ledger *l, struct ledger_reserve *items, size_t n)
{
	struct store_txn t;
	int rc = make_room(l, n);
	if (rc || (rc = store_read(l->store, &t)))
		return rc;
	rc = classify_all(l, &t, items, n);
	store_abort(&t);
	if (rc)
		return rc;
	size_t m = pick(l, items, n);
	rc = m ? copy_index_judge(l->index, l->items, m) : 0;
	if (rc == 0)
		put_back(l, m);
	return rc;
}

static int write_pending(struct ledger *l, struct store_txn *t, struct ledger_reserve *item)
{
	tail_begin(l);
	int rc = codec_pack_verdict(&l->value, &item->copy.verdict, item->copy.arena);
	if (rc)
		return rc;
	struct ledger_entry e = { .state = LEDGER_PENDING, .generation = item->generation, .instance = item->instance };
	return entry_write(l, t, &item->copy.id, &e);
}

static int reserve_in(struct ledger *l, struct store_txn *t, struct ledger_reserve *items, size_t n)
{
	int rc = classify_all(l, t, items, n);
	if (rc)
		return rc;
	size_t m = pick(l, items, n);
	if (m == 0)
		return 0;
	if ((rc = copy_index_reserve(l->index, t, l->items, m)))
		return rc;
	put_back(l, m);
	for (size_t i = 0; i < n && rc == 0; i++) {
		if (items[i].state != LEDGER_UNKNOWN || items[i].copy.must_wait)
			continue;
		if ((rc = write_pending(l, t, &items[i])) == 0)
			items[i].state = LEDGER_PENDING;
	}
	return rc;
}

int ledger_reserve(struct ledger *l, struct ledger_reserve *items, size_t n)
{
	struct store_txn t;
	int rc = make_room(l, n);
	if (rc || (rc = store_write(l->store, &t)))
		return rc;
	rc = reserve_in(l, &t, items, n);
	if (rc == 0)
		return store_commit(&t);
	store_abort(&t);
	return rc;
}

/* ---- settle ---- */

static int segment_write(struct ledger *l, struct store_txn *t, const struct ledger_segment *s)
{
	unsigned char p[SEGMENT_BYTES] = { SEGMENT_VERSION };
	put64(p + 8, s->claims_bytes);
	put64(p + 16, s->articles_bytes);
	put64(p + 24, s->articles);
	put64(p + 32, XXH3_64bits(p, 32));
	MDB_val key = { strlen(s->name), (void *)s->name }, v = { sizeof(p), p };
	return store_errno(mdb_put(t->mdb, l->segments, &key, &v, 0));
}

static int settle_one(struct ledger *l, struct store_txn *t, struct ledger_settle *item)
{
	struct ledger_entry e;
	struct str tail;
	int rc = entry_read(l, t, &item->id, &e, &tail);
	if (rc)
		return rc;
	/* Records are published from PENDING only: an id that is gone was settled and pruned while this worker slept. */
	if (item->state == LEDGER_ABANDONED)
		item->lost = is_settled(&e, item->generation) || (e.state == LEDGER_PENDING && e.generation > item->generation);
	else
		item->lost = e.state != LEDGER_PENDING || e.generation != item->generation;
	item->found = e.state;
	item->found_claims = e.claims;
	if (item->lost)
		return 0;
	tail_begin(l);
	if (item->state == LEDGER_ABANDONED)
		tail_reason(l, item->reason_code, item->reason);
	e = (struct ledger_entry){ .state = item->state, .generation = item->generation, .instance = item->instance,
				   .claims = item->own_claims };
	rc = entry_write(l, t, &item->id, &e);
	if (rc == 0)
		rc = copy_index_settle(l->index, t, &item->id, item->state == LEDGER_PUBLISHED, item->claims, item->n_claims);
	return rc;
}

int ledger_settle(struct ledger *l, struct ledger_settle *items, size_t n, const struct ledger_segment *segment)
{
	struct store_txn t;
	bool lost = false;
	int rc = store_write(l->store, &t);
	if (rc)
		return rc;
	for (size_t i = 0; i < n && rc == 0; i++) {
		rc = settle_one(l, &t, &items[i]);
		lost = lost || items[i].lost;
	}
	if (rc == 0 && !lost && segment)
		rc = segment_write(l, &t, segment);
	if (rc == 0 && !lost)
		return store_commit(&t);
	store_abort(&t);
	return rc ? rc : -ESTALE;
}

int ledger_abandon(struct ledger *l, const struct ulid *id, uint64_t generation, uint64_t instance, struct str code, struct str reason,
		   enum ledger_state *ret, uint32_t *ret_claims)
{
	struct ledger_settle item = { .id = *id, .state = LEDGER_ABANDONED, .generation = generation, .instance = instance,
				      .reason_code = code, .reason = reason };
	int rc = ledger_settle(l, &item, 1, NULL);
	if (rc == -ESTALE) {
		*ret = item.found;
		*ret_claims = item.found_claims;
		return 0;
	}
	if (rc == 0) {
		*ret = LEDGER_ABANDONED;
		*ret_claims = 0;
	}
	return rc;
}

/* ---- segments and walks ---- */

static int segment_parse(const MDB_val *key, const MDB_val *v, struct ledger_segment *ret)
{
	const unsigned char *p = v->mv_data;
	if (v->mv_size != SEGMENT_BYTES || p[0] != SEGMENT_VERSION || get64(p + 32) != XXH3_64bits(p, 32) ||
	    key->mv_size >= sizeof(ret->name))
		return -EBADMSG;
	*ret = (struct ledger_segment){ .claims_bytes = get64(p + 8), .articles_bytes = get64(p + 16), .articles = get64(p + 24) };
	memcpy(ret->name, key->mv_data, key->mv_size);
	return 0;
}

int ledger_segment_get(struct ledger *l, const char *name, struct ledger_segment *ret)
{
	struct store_txn t;
	int rc = store_read(l->store, &t);
	if (rc)
		return rc;
	MDB_val key = { strlen(name), (void *)name }, v;
	rc = store_errno(mdb_get(t.mdb, l->segments, &key, &v));
	if (rc == 0)
		rc = segment_parse(&key, &v, ret);
	store_abort(&t);
	return rc;
}

int ledger_segment_remove(struct ledger *l, const char *name)
{
	struct store_txn t;
	int rc = store_write(l->store, &t);
	if (rc)
		return rc;
	MDB_val key = { strlen(name), (void *)name };
	rc = mdb_del(t.mdb, l->segments, &key, NULL);
	if (rc == 0)
		return store_commit(&t);
	store_abort(&t);
	return rc == MDB_NOTFOUND ? 0 : store_errno(rc);
}

/* Calls fn for each pair; a non-zero answer ends the walk and is returned. */
static int walk(struct ledger *l, MDB_dbi dbi, int (*fn)(const MDB_val *, const MDB_val *, void *), void *arg)
{
	struct store_txn t;
	MDB_cursor *c;
	MDB_val key, v;
	int rc = store_read(l->store, &t);
	if (rc)
		return rc;
	rc = store_errno(mdb_cursor_open(t.mdb, dbi, &c));
	if (rc == 0) {
		int code;
		while (rc == 0 && (code = mdb_cursor_get(c, &key, &v, MDB_NEXT)) != MDB_NOTFOUND)
			rc = code ? store_errno(code) : fn(&key, &v, arg);
		mdb_cursor_close(c);
	}
	store_abort(&t);
	return rc;
}

struct segment_walk {
	int (*fn)(const struct ledger_segment *, void *);
	void *arg;
};

static int segment_visit(const MDB_val *key, const MDB_val *v, void *arg)
{
	struct segment_walk *w = arg;
	struct ledger_segment s;
	int rc = segment_parse(key, v, &s);
	return rc ? rc : w->fn(&s, w->arg);
}

int ledger_segment_each(struct ledger *l, int (*fn)(const struct ledger_segment *, void *), void *arg)
{
	struct segment_walk w = { fn, arg };
	return walk(l, l->segments, segment_visit, &w);
}

struct entry_walk {
	int (*fn)(const struct ulid *, const struct ledger_entry *, void *);
	void *arg;
};

static int entry_visit(const MDB_val *key, const MDB_val *v, void *arg)
{
	struct entry_walk *w = arg;
	const unsigned char *p = v->mv_data;
	struct ulid id;
	if (key->mv_size != sizeof(id.b) || v->mv_size < ENTRY_HEAD || p[0] != ENTRY_VERSION)
		return -EBADMSG;
	memcpy(id.b, key->mv_data, sizeof(id.b));
	struct ledger_entry e = { .state = p[1], .claims = get32(p + 4), .generation = get64(p + 8), .instance = get64(p + 16) };
	return w->fn(&id, &e, w->arg);
}

int ledger_each(struct ledger *l, int (*fn)(const struct ulid *, const struct ledger_entry *, void *), void *arg)
{
	struct entry_walk w = { fn, arg };
	return walk(l, l->entries, entry_visit, &w);
}

/* ---- prune ---- */

enum prune { PRUNE_KEEP, PRUNE_DELETE, PRUNE_STOP };

static enum prune prune_verdict(const unsigned char *p, uint64_t instance, uint64_t now_ms)
{
	uint64_t age_ms = now_ms > get64(p + 24) ? now_ms - get64(p + 24) : 0;
	/* Another instance's pending one that nobody brings on must not make others wait for ever. */
	if (get64(p + 16) != instance)
		return p[1] == LEDGER_PENDING && age_ms > FOREIGN_KEEP_MS ? PRUNE_DELETE : PRUNE_KEEP;
	/* A retried id lies below the floor though it is under way. */
	if (get64(p + 8))
		return age_ms > RETRIED_KEEP_MS ? PRUNE_DELETE : PRUNE_KEEP;
	return age_ms > SETTLED_KEEP_MS ? PRUNE_DELETE : PRUNE_STOP;
}

/* One entry. Pending ones below the floor are delivered by nobody any more: theirs leaves the copy index, too. */
static int prune_one(struct ledger *l, struct store_txn *t, MDB_cursor *c, const MDB_val *key, const MDB_val *v, uint64_t instance,
		     uint64_t now_ms, enum prune *ret)
{
	const unsigned char *p = v->mv_data;
	struct ulid id;
	if (key->mv_size != sizeof(id.b) || v->mv_size < ENTRY_HEAD)
		return -EBADMSG;
	*ret = prune_verdict(p, instance, now_ms);
	if (*ret != PRUNE_DELETE)
		return 0;
	memcpy(id.b, key->mv_data, sizeof(id.b));
	int rc = p[1] == LEDGER_PENDING ? copy_index_settle(l->index, t, &id, false, NULL, 0) : 0;
	return rc ? rc : store_errno(mdb_cursor_del(c, 0));
}

static int prune_walk(struct ledger *l, struct store_txn *t, MDB_cursor *c, uint64_t instance, const struct ulid *floor, uint64_t now_ms,
		      size_t max)
{
	struct ulid from = l->prune_from;
	MDB_val key = { sizeof(from.b), from.b }, v;
	enum prune verdict = PRUNE_KEEP;
	int rc = store_errno(mdb_cursor_get(c, &key, &v, MDB_SET_RANGE));
	for (size_t seen = 0; rc == 0 && max && verdict != PRUNE_STOP; seen++) {
		if (key.mv_size == sizeof(floor->b) && memcmp(key.mv_data, floor->b, sizeof(floor->b)) >= 0)
			break;
		if (seen == PRUNE_SCAN) {
			memcpy(l->prune_from.b, key.mv_data, sizeof(l->prune_from.b));
			return 0;
		}
		rc = prune_one(l, t, c, &key, &v, instance, now_ms, &verdict);
		max -= rc == 0 && verdict == PRUNE_DELETE;
		if (rc == 0)
			rc = store_errno(mdb_cursor_get(c, &key, &v, MDB_NEXT));
	}
	memset(&l->prune_from, 0, sizeof(l->prune_from));
	return rc == -ENOENT ? 0 : rc;
}

static int prune_in(struct ledger *l, struct store_txn *t, uint64_t instance, const struct ulid *floor, uint64_t now_ms, size_t max)
{
	MDB_cursor *c;
	int rc = store_errno(mdb_cursor_open(t->mdb, l->entries, &c));
	if (rc)
		return rc;
	rc = prune_walk(l, t, c, instance, floor, now_ms, max);
	mdb_cursor_close(c);
	return rc;
}

int ledger_prune(struct ledger *l, uint64_t instance, const struct ulid *floor, uint64_t now_ms, size_t max)
{
	struct store_txn t;
	int rc = store_write(l->store, &t);
	if (rc)
		return rc;
	rc = prune_in(l, &t, instance, floor, now_ms, max);
	if (rc == 0)
		rc = copy_index_expire(l->index, &t, now_ms);
	if (rc == 0)
		return store_commit(&t);
	store_abort(&t);
	return rc;
}

/* ---- rebuild ---- */

static int forget_walk(MDB_cursor *c, uint64_t *n)
{
	MDB_val key, v;
	int code;
	while ((code = mdb_cursor_get(c, &key, &v, MDB_NEXT)) == 0) {
		const unsigned char *p = v.mv_data;
		if (v.mv_size < ENTRY_HEAD)
			return -EBADMSG;
		if (p[1] != LEDGER_PENDING)
			continue;
		if ((code = mdb_cursor_del(c, 0)))
			return store_errno(code);
		++*n;
	}
	return code == MDB_NOTFOUND ? 0 : store_errno(code);
}

int ledger_forget_pending(struct ledger *l, struct store_txn *t, uint64_t *ret_n)
{
	MDB_cursor *c;
	uint64_t n = 0;
	int rc = store_errno(mdb_cursor_open(t->mdb, l->entries, &c));
	if (rc)
		return rc;
	rc = forget_walk(c, &n);
	mdb_cursor_close(c);
	if (rc == 0)
		*ret_n = n;
	return rc;
}

int ledger_restore(struct ledger *l, struct store_txn *t, const struct ulid *id, const struct ledger_entry *e)
{
	tail_begin(l);
	return entry_write(l, t, id, e);
}

int ledger_restore_segment(struct ledger *l, struct store_txn *t, const struct ledger_segment *segment)
{
	return segment_write(l, t, segment);
}
