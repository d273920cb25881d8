/* Is the copy index whole? Bucket by bucket: the states, then the runs, then the entries in order, each held against its state, its
 * keys and the run its postings stand in; then what stands there without an entry. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "workers/copy/entry.h"
#include "workers/copy/private.h"
#include "workers/copy/run.h"
#include "workers/copy/upkeep.h"

enum { PROGRESS_ENTRIES = 4096, CLAIMS_BYTES = 256 << 20, STATE_UNKNOWN = 255 };

/* A row of states, where it lies in the snapshot: a forged number of entries takes no memory. */
struct checked_chunk {
	uint32_t number;
	const uint8_t *states;
};

struct checked_run {
	struct run_view view;
	bool good;
	uint64_t found; /* postings that the entries of this run should have, and have */
};

struct check {
	struct upkeep u;
	struct upkeep_report *report;
	upkeep_progress_fn *progress;
	void *progress_arg;
	uint64_t done, all;
	struct arena *arena; /* ids of claims */
	/* of the bucket at hand */
	unsigned slot;
	uint64_t entries;
	struct checked_chunk *chunks; /* rising */
	size_t n_chunks, chunks_room;
	struct checked_run *runs;
	size_t n_runs, runs_room, run; /* run: the one that the entries are at */
	uint64_t keys;                 /* of living entries, found */
	/* scratch of one entry */
	uint32_t *shingles, *marks;
	struct span *words;
	size_t room;
};

static const struct {
	const char *name, *sentence;
} texts[UPKEEP_FAULTS] = {
	[UPKEEP_FORMAT] = { "FORMAT", "description of another format than this program reads" },
	[UPKEEP_META] = { "META", "description that cannot be read" },
	[UPKEEP_UNFINISHED] = { "UNFINISHED", "rebuild that was interrupted" },
	[UPKEEP_PAGES] = { "PAGES", "database that LMDB itself cannot read to its end" },
	[UPKEEP_BLOCK] = { "BLOCK", "block of entries whose table is damaged" },
	[UPKEEP_ENTRY_MISSING] = { "ENTRY_MISSING", "entry that is not there" },
	[UPKEEP_ENTRY] = { "ENTRY", "entry that is damaged" },
	[UPKEEP_STATE] = { "STATE", "state of entries that is missing or no state" },
	[UPKEEP_ID] = { "ID", "entry that is not found by its id" },
	[UPKEEP_ID_STRAY] = { "ID_STRAY", "id that points at no living entry" },
	[UPKEEP_RUN] = { "RUN", "run of postings that is damaged or missing" },
	[UPKEEP_POSTING] = { "POSTING_MISSING", "posting of a living entry that is not there" },
	[UPKEEP_POSTING_STRAY] = { "POSTING_STRAY", "posting that its entry does not have" },
	[UPKEEP_CLAIMS] = { "CLAIMS", "list of claims that is damaged" },
	[UPKEEP_LEFTOVER] = { "LEFTOVER", "row of a bucket or entry that is gone" },
};

const char *upkeep_fault_name(enum upkeep_fault f)
{
	return texts[f].name;
}

const char *upkeep_fault_sentence(enum upkeep_fault f)
{
	return texts[f].sentence;
}

/* ---- findings ---- */

static void fault(struct check *c, enum upkeep_fault f, uint64_t n, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void fault(struct check *c, enum upkeep_fault f, uint64_t n, const char *fmt, ...)
{
	va_list ap;

	if (n && c->report->faults[f].n == 0) {
		va_start(ap, fmt);
		(void)vsnprintf(c->report->faults[f].first, sizeof(c->report->faults[f].first), fmt, ap);
		va_end(ap);
	}
	c->report->faults[f].n += n;
	c->report->n += n;
}

/* The end of a walk. Where LMDB cannot go on, that is one fault, and the next database is looked at. */
static int walked(struct check *c, enum lmdb_kind kind, MDB_cursor *cursor, int code)
{
	char name[LMDB_NAME];

	if (cursor)
		mdb_cursor_close(cursor);
	int rc = code == MDB_NOTFOUND ? 0 : store_errno(code);
	if (rc != -EBADMSG)
		return rc;
	lmdb_name(name, kind, c->slot);
	fault(c, UPKEEP_PAGES, 1, "%s: %s", name, mdb_strerror(code));
	return 0;
}

/* ---- states ---- */

static int add_chunk(struct check *c, uint32_t number, const uint8_t *states)
{
	if (c->n_chunks == c->chunks_room) {
		size_t room = c->chunks_room ? 2 * c->chunks_room : 64;
		struct checked_chunk *grown = realloc(c->chunks, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		c->chunks = grown;
		c->chunks_room = room;
	}
	c->chunks[c->n_chunks++] = (struct checked_chunk){ number, states };
	return 0;
}

/* Numbers rise, as keys do, unless LMDB's own pages are broken: then no row may be taken twice. */
static int take_states(struct check *c, const MDB_val *key, const MDB_val *v)
{
	uint64_t at = key->mv_size == 4 ? (uint64_t)get_be32(key->mv_data) * STATE_CHUNK : UINT64_MAX;
	const uint8_t *states = v->mv_data;

	if (at >= c->entries || v->mv_size != STATE_CHUNK || (c->n_chunks && at / STATE_CHUNK <= c->chunks[c->n_chunks - 1].number)) {
		fault(c, UPKEEP_STATE, 1, "copy.state.%u, a chunk of %zu bytes", c->slot, v->mv_size);
		return 0;
	}
	for (size_t i = 0; i < STATE_CHUNK && at + i < c->entries; i++)
		if (states[i] > ENTRY_PUBLISHED)
			fault(c, UPKEEP_STATE, 1, "copy.state.%u, entry %llu", c->slot, (unsigned long long)(at + i));
	return add_chunk(c, (uint32_t)(at / STATE_CHUNK), states);
}

/* The first number without a chunk, of those that must be there. */
static bool lacks_chunk(const struct check *c, uint64_t *ret)
{
	size_t i = 0;

	while (i < c->n_chunks && c->chunks[i].number == i)
		i++;
	*ret = i;
	return (uint64_t)i * STATE_CHUNK < c->entries;
}

static int read_states(struct check *c)
{
	MDB_cursor *cursor = NULL;
	MDB_val key, v;
	uint64_t lacking;
	int code, rc = 0;

	c->n_chunks = 0;
	while (rc == 0 && (code = upkeep_next(&c->u, KIND_STATE, c->slot, &cursor, &key, &v)) == 0)
		rc = take_states(c, &key, &v);
	if (rc == 0 && lacks_chunk(c, &lacking) && c->report->faults[UPKEEP_STATE].n == 0)
		fault(c, UPKEEP_STATE, 1, "copy.state.%u, entries from %llu", c->slot, (unsigned long long)lacking * STATE_CHUNK);
	int end = walked(c, KIND_STATE, cursor, rc ? MDB_NOTFOUND : code);
	return rc ? rc : end;
}

static unsigned state_of(const struct check *c, uint64_t at)
{
	uint64_t number = at / STATE_CHUNK;
	size_t lo = 0, hi = c->n_chunks;

	if (at >= c->entries)
		return STATE_UNKNOWN;
	/* Where none is missing each stands at its number. */
	if (number < hi && c->chunks[number].number == number)
		lo = hi = (size_t)number;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (c->chunks[mid].number < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < c->n_chunks && c->chunks[lo].number == number ? c->chunks[lo].states[at % STATE_CHUNK] : STATE_UNKNOWN;
}

static bool lives(const struct check *c, uint64_t at)
{
	unsigned state = state_of(c, at);

	return state == ENTRY_PENDING || state == ENTRY_PUBLISHED;
}

/* ---- runs ---- */

static int add_run(struct check *c, const struct run_view *view, bool good)
{
	if (c->n_runs == c->runs_room) {
		size_t room = c->runs_room ? 2 * c->runs_room : 64;
		struct checked_run *grown = realloc(c->runs, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		c->runs = grown;
		c->runs_room = room;
	}
	c->runs[c->n_runs++] = (struct checked_run){ *view, good, 0 };
	return 0;
}

/* behind: that of the run before. */
static int take_run(struct check *c, const MDB_val *key, const MDB_val *v, uint32_t *behind)
{
	struct str bytes = { v->mv_data, v->mv_size };
	uint32_t at = key->mv_size == 4 ? get_be32(key->mv_data) : UINT32_MAX;
	struct run_view view;

	c->report->runs++;
	if (run_open(bytes, &view) || view.first != at || view.first < *behind || view.behind > c->entries) {
		fault(c, UPKEEP_RUN, 1, "copy.run.%u, the run from entry %u", c->slot, at);
		return 0;
	}
	if (view.first > *behind)
		fault(c, UPKEEP_RUN, 1, "copy.run.%u, there is none of entries %u to %u", c->slot, *behind, view.first - 1);
	*behind = view.behind;
	bool good = run_check(bytes) == 0;
	if (!good)
		fault(c, UPKEEP_RUN, 1, "copy.run.%u, the run from entry %u", c->slot, at);
	c->report->postings += view.n;
	return add_run(c, &view, good);
}

static int read_runs(struct check *c)
{
	MDB_cursor *cursor = NULL;
	MDB_val key, v;
	uint32_t behind = 0;
	int code, rc = 0;

	c->n_runs = c->run = 0;
	while (rc == 0 && (code = upkeep_next(&c->u, KIND_RUN, c->slot, &cursor, &key, &v)) == 0)
		rc = take_run(c, &key, &v, &behind);
	if (rc == 0 && behind < c->entries)
		fault(c, UPKEEP_RUN, 1, "copy.run.%u, there is none of entries %u to %llu", c->slot, behind, (unsigned long long)c->entries - 1);
	int end = walked(c, KIND_RUN, cursor, rc ? MDB_NOTFOUND : code);
	return rc ? rc : end;
}

/* The run that holds an entry's postings; entries come in order. NULL: there is none that can be trusted. */
static struct checked_run *run_of(struct check *c, uint64_t at)
{
	while (c->run < c->n_runs && c->runs[c->run].view.behind <= at)
		c->run++;
	if (c->run == c->n_runs || c->runs[c->run].view.first > at || !c->runs[c->run].good)
		return NULL;
	return &c->runs[c->run];
}

static bool run_has(const struct run_view *r, uint32_t key, uint64_t at)
{
	uint32_t n, lo = run_find(r, key, &n), hi = lo + n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (run_doc_at(r, mid) == at)
			return true;
		if (run_doc_at(r, mid) < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* Postings of living entries that none of them has. Those of entries that have left stay until they are merged away. */
static void check_strays(struct check *c)
{
	for (size_t k = 0; k < c->n_runs; k++) {
		const struct run_view *r = &c->runs[k].view;
		uint64_t living = 0;
		for (uint32_t i = 0; i < r->n && c->runs[k].good; i++)
			living += lives(c, run_doc_at(r, i));
		if (living > c->runs[k].found)
			fault(c, UPKEEP_POSTING_STRAY, living - c->runs[k].found, "copy.run.%u, the run from entry %u", c->slot, r->first);
	}
}

/* ---- entries ---- */

static int make_room(struct check *c, uint32_t words)
{
	size_t room = (size_t)words + 256;

	if (words < c->room)
		return 0;
	free(c->shingles);
	free(c->marks);
	free(c->words);
	c->shingles = malloc(room * sizeof(*c->shingles));
	c->marks = malloc((room + 8) * sizeof(*c->marks));
	c->words = malloc(room * sizeof(*c->words));
	c->room = c->shingles && c->marks && c->words ? room : 0;
	return c->room ? 0 : -ENOMEM;
}

static void check_keys(struct check *c, const struct entry *e, uint64_t at)
{
	struct copy_key keys[2];
	char form[ULID_TEXT + 1];

	ulid_format(&e->id, form);
	size_t n = copy_keys_of(&e->id, e->article_id.len ? e->article_id : str_of(form), keys);
	for (size_t i = 0; i < n; i++) {
		MDB_val key = { sizeof(keys[i].b), keys[i].b }, v;
		int rc = c->u.has[KIND_ID][c->slot] ? mdb_get(c->u.txn, c->u.dbi[KIND_ID][c->slot], &key, &v) : MDB_NOTFOUND;
		if (rc == 0 && v.mv_size == 4 && get_be32(v.mv_data) == at)
			c->keys++;
		else
			fault(c, UPKEEP_ID, 1, "copy.id.%u, entry %llu, %s", c->slot, (unsigned long long)at, form);
	}
}

static void check_postings(struct check *c, const struct entry *e, uint64_t at)
{
	struct checked_run *run = run_of(c, at);
	uint32_t n = run ? entry_marks(e, c->shingles, c->marks) : 0;

	for (uint32_t i = 0; i < n; i++) {
		if (run_has(&run->view, run_key(c->marks[i]), at))
			run->found++;
		else
			fault(c, UPKEEP_POSTING, 1, "copy.run.%u, entry %llu", c->slot, (unsigned long long)at);
	}
}

static int check_entry(struct check *c, const struct lmdb_block *b, uint32_t i)
{
	uint64_t at = (uint64_t)b->first + i;
	struct str bytes;
	struct entry e;

	c->report->entries++;
	if (c->progress && ++c->done % PROGRESS_ENTRIES == 0)
		c->progress(c->done, c->all, c->progress_arg);
	int rc = lmdb_block_entry(b, i, &bytes) || entry_read(bytes, &e) ? -EBADMSG : make_room(c, e.n_words);
	if (rc == 0)
		rc = entry_words(&e, c->words);
	if (rc == -ENOMEM)
		return rc;
	if (rc) {
		fault(c, UPKEEP_ENTRY, 1, "copy.block.%u, entry %llu", c->slot, (unsigned long long)at);
	} else if (lives(c, at)) {
		c->report->living++;
		check_keys(c, &e, at);
		check_postings(c, &e, at);
	}
	return 0;
}

/* next: the entry that must come now. */
static int check_block(struct check *c, const MDB_val *key, const MDB_val *v, uint64_t *next)
{
	struct lmdb_block b;
	int rc = 0;

	if (lmdb_block_open(&b, (int)c->slot, key, v) || b.first < *next || b.first + (uint64_t)b.n > c->entries) {
		fault(c, UPKEEP_BLOCK, 1, "copy.block.%u, the block at or behind entry %llu", c->slot, (unsigned long long)*next);
		return 0;
	}
	if (b.first > *next)
		fault(c, UPKEEP_ENTRY_MISSING, b.first - *next, "copy.block.%u, entry %llu", c->slot, (unsigned long long)*next);
	for (uint32_t i = 0; i < b.n && rc == 0; i++)
		rc = check_entry(c, &b, i);
	*next = b.first + (uint64_t)b.n;
	return rc;
}

static int check_blocks(struct check *c)
{
	MDB_cursor *cursor = NULL;
	MDB_val key, v;
	uint64_t next = 0;
	int code, rc = 0;

	while (rc == 0 && (code = upkeep_next(&c->u, KIND_BLOCK, c->slot, &cursor, &key, &v)) == 0)
		rc = check_block(c, &key, &v, &next);
	if (rc == 0 && next < c->entries)
		fault(c, UPKEEP_ENTRY_MISSING, c->entries - next, "copy.block.%u, entry %llu", c->slot, (unsigned long long)next);
	int end = walked(c, KIND_BLOCK, cursor, rc ? MDB_NOTFOUND : code);
	return rc ? rc : end;
}

/* ---- ids and claims ---- */

static int check_ids(struct check *c)
{
	MDB_cursor *cursor = NULL;
	MDB_val key, v;
	uint64_t rows = 0, stray = 0;
	int code;

	while ((code = upkeep_next(&c->u, KIND_ID, c->slot, &cursor, &key, &v)) == 0) {
		bool good = key.mv_size == sizeof(struct copy_key) && v.mv_size == 4 && lives(c, get_be32(v.mv_data));
		rows++;
		stray += !good;
		if (!good)
			fault(c, UPKEEP_ID_STRAY, 1, "copy.id.%u, row %llu", c->slot, (unsigned long long)rows);
	}
	/* Those that point at a living entry which has another id. Entries that cannot be read have none. */
	if (rows - stray > c->keys && c->report->faults[UPKEEP_ENTRY].n + c->report->faults[UPKEEP_ENTRY_MISSING].n +
	    c->report->faults[UPKEEP_BLOCK].n == 0)
		fault(c, UPKEEP_ID_STRAY, rows - stray - c->keys, "copy.id.%u", c->slot);
	return walked(c, KIND_ID, cursor, code);
}

static int any_claim(const struct copy_claim *claim, void *arg)
{
	(void)arg;
	return claim->span.start <= claim->span.end ? 0 : -EBADMSG;
}

static int check_claim(struct check *c, const MDB_val *key, const MDB_val *v)
{
	uint64_t at = key->mv_size == 4 ? get_be32(key->mv_data) : UINT64_MAX;

	c->report->claims++;
	arena_reset(c->arena);
	int rc = claims_read((struct str){ v->mv_data, v->mv_size }, STR(""), c->arena, any_claim, NULL);
	if (rc == -ENOMEM)
		return rc;
	if (rc || key->mv_size != 4)
		fault(c, UPKEEP_CLAIMS, 1, "copy.claim.%u, entry %llu", c->slot, (unsigned long long)at);
	else if (at >= c->entries || state_of(c, at) == ENTRY_GONE)
		fault(c, UPKEEP_LEFTOVER, 1, "copy.claim.%u, entry %llu", c->slot, (unsigned long long)at);
	return 0;
}

static int check_claims(struct check *c)
{
	MDB_cursor *cursor = NULL;
	MDB_val key, v;
	int code, rc = 0;

	while (rc == 0 && (code = upkeep_next(&c->u, KIND_CLAIM, c->slot, &cursor, &key, &v)) == 0)
		rc = check_claim(c, &key, &v);
	int end = walked(c, KIND_CLAIM, cursor, rc ? MDB_NOTFOUND : code);
	return rc ? rc : end;
}

/* ---- all ---- */

static int check_bucket(struct check *c, size_t i)
{
	c->slot = c->u.buckets.b[i].slot;
	c->entries = upkeep_entries(&c->u, i);
	c->keys = 0;
	int rc = c->entries > UINT32_MAX ? -EBADMSG : read_states(c);

	if (rc == -EBADMSG) {
		fault(c, UPKEEP_META, 1, "copy.meta, bucket %zu has %llu entries", i, (unsigned long long)c->entries);
		return 0;
	}
	if (rc == 0)
		rc = read_runs(c);
	if (rc == 0)
		rc = check_blocks(c);
	if (rc == 0)
		check_strays(c);
	if (rc == 0)
		rc = check_ids(c);
	return rc ? rc : check_claims(c);
}

/* Slots that no bucket has must be empty. */
static void check_leftovers(struct check *c)
{
	for (unsigned slot = 0; slot < COPY_BUCKETS; slot++) {
		bool used = false;
		for (size_t i = 0; i < c->u.buckets.n; i++)
			used = used || c->u.buckets.b[i].slot == slot;
		for (unsigned k = 0; k < LMDB_KINDS && !used; k++) {
			MDB_stat s;
			char name[LMDB_NAME];
			lmdb_name(name, (enum lmdb_kind)k, slot);
			if (c->u.has[k][slot] && mdb_stat(c->u.txn, c->u.dbi[k][slot], &s) == 0)
				fault(c, UPKEEP_LEFTOVER, s.ms_entries, "%s", name);
		}
	}
}

static int check_all(struct check *c)
{
	int rc = lmdb_meta_read(c->u.txn, c->u.meta, &c->u.buckets);

	if (rc == -EPROTONOSUPPORT || rc == -EBADMSG) {
		fault(c, rc == -EBADMSG ? UPKEEP_META : UPKEEP_FORMAT, 1, "copy.meta");
		return 0;
	}
	if (rc == 0 && (rc = lmdb_is_renewed(c->u.txn, c->u.meta)) == -EUCLEAN) {
		fault(c, UPKEEP_UNFINISHED, 1, "copy.meta");
		rc = 0;
	}
	for (size_t i = 0; i < c->u.buckets.n; i++)
		c->all += upkeep_entries(&c->u, i);
	for (size_t i = 0; i < c->u.buckets.n && rc == 0; i++)
		rc = check_bucket(c, i);
	if (rc == 0)
		check_leftovers(c);
	return rc;
}

int upkeep_check(struct store *store, upkeep_progress_fn *progress, void *arg, struct upkeep_report *ret, struct err *err)
{
	struct check c = { .report = ret, .progress = progress, .progress_arg = arg, .arena = arena_new(CLAIMS_BYTES) };
	int rc = c.arena ? upkeep_open(store, &c.u) : -ENOMEM;

	*ret = (struct upkeep_report){ 0 };
	if (rc == 0)
		rc = check_all(&c);
	upkeep_close(&c.u);
	arena_free(&c.arena);
	free(c.chunks);
	free(c.runs);
	free(c.shingles);
	free(c.marks);
	free(c.words);
	if (rc == -ENOENT)
		return err_set(err, rc, "there is no copy index yet: no worker has run");
	return rc ? err_set(err, rc, "cannot read the copy index: %s", strerror(-rc)) : 0;
}
