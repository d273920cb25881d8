#include "workers/copy/index.h"

#include <errno.h>
#include <stdlib.h>
#include <xxhash.h>

#include "workers/copy/entry.h"
#include "workers/copy/judge.h"
#include "workers/copy/private.h"
#include "workers/copy/restore.h"

/* More entries than these since the snapshot: all items are judged again rather than told apart. */
#define RECENT_ENTRIES 20000

/* A batch with more marks, or more entries under them, is looked up article by article. */
#define BATCH_MARKS (1u << 18)
#define BATCH_FOUND (1u << 19)

/* A batch of one window's width for compare. */
#define FOREVER_MS UINT64_MAX

struct copy_index *copy_index_make(const struct copy_config *config, const struct backend_ops *ops)
{
	struct copy_index *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->config = *config;
	x->ops = ops;
	x->judge = judge_new();
	buf_init(&x->bytes, 0);
	posted_init(&x->wanted);
	posted_init(&x->found);
	posted_init(&x->recent);
	if (!x->judge)
		copy_index_free(&x);
	return x;
}

struct copy_index *copy_index_new(const struct copy_config *config)
{
	struct copy_index *x = copy_index_make(config, &memory_backend);

	if (!x)
		return NULL;
	x->backend = memory_backend_new(config->window_ms);
	if (!x->backend)
		copy_index_free(&x);
	return x;
}

int copy_index_open(struct store *store, const struct copy_config *config, struct copy_index **ret, struct err *err)
{
	struct copy_index *x = copy_index_make(config, &lmdb_backend);

	if (!x)
		return err_set(err, -ENOMEM, "out of memory");
	int rc = lmdb_backend_open(store, config->window_ms, &x->backend, err);
	if (rc) {
		copy_index_free(&x);
		return rc;
	}
	*ret = x;
	return 0;
}

void copy_index_free(struct copy_index **x)
{
	if (!*x)
		return;
	if ((*x)->backend)
		(*x)->ops->free((*x)->backend);
	judge_free(&(*x)->judge);
	buf_release(&(*x)->bytes);
	posted_release(&(*x)->wanted);
	posted_release(&(*x)->found);
	posted_release(&(*x)->recent);
	free((*x)->notes);
	free((*x)->shingles);
	free((*x)->marks);
	free(*x);
	*x = NULL;
}

struct copy_key copy_key_of_id(const struct ulid *id)
{
	struct copy_key k;

	memcpy(k.b, id->b, sizeof(k.b));
	return k;
}

struct copy_key copy_key_of_text(struct str article_id)
{
	XXH128_hash_t h = XXH3_128bits(article_id.data, article_id.len);
	struct copy_key k;

	memcpy(k.b, &h.low64, 8);
	memcpy(k.b + 8, &h.high64, 8);
	return k;
}

size_t copy_keys_of(const struct ulid *id, struct str article_id, struct copy_key keys[2])
{
	struct ulid parsed;
	size_t n = 0;

	if (!ulid_is_zero(id))
		keys[n++] = copy_key_of_id(id);
	if (ulid_parse(article_id, &parsed) || ulid_cmp(&parsed, id) != 0)
		keys[n++] = copy_key_of_text(article_id);
	return n;
}

int copy_entry_by_article(struct copy_index *x, struct str article_id, uint64_t *ret_doc)
{
	struct copy_key key;
	struct ulid id;

	if (ulid_parse(article_id, &id) == 0) {
		key = copy_key_of_id(&id);
		int rc = x->ops->find(x->backend, &key, ret_doc);
		if (rc != -ENOENT)
			return rc;
	}
	key = copy_key_of_text(article_id);
	return x->ops->find(x->backend, &key, ret_doc);
}

static int scratch(struct copy_index *x, uint32_t n_shingles)
{
	if (n_shingles < x->scratch_room)
		return 0;
	size_t n = (size_t)n_shingles + 256;
	uint32_t *s = realloc(x->shingles, n * sizeof(*s));
	if (s)
		x->shingles = s;
	uint32_t *m = realloc(x->marks, n * sizeof(*m));
	if (m)
		x->marks = m;
	if (!s || !m)
		return -ENOMEM;
	x->scratch_room = n;
	return 0;
}

static int marks_of_entry(struct copy_index *x, const struct entry *e, uint32_t *ret_n)
{
	int rc = scratch(x, e->n_shingles);

	if (rc == 0)
		*ret_n = entry_marks(e, x->shingles, x->marks);
	return rc;
}

bool copy_has_entry(const struct copy_item *item)
{
	const struct fingerprint *fp = item->fp;
	bool own_title = fp->title_hash && !copy_covers(&item->verdict, fp, fp->title);

	return fp->n_words > 0 && (item->verdict.kind != VERDICT_EXACT || own_title);
}

int copy_enter(struct copy_index *x, struct copy_item *item, const struct judge_notes *notes, enum entry_state state)
{
	struct entry_draft d = { item, notes->time_ms, notes->n_distinct, &notes->sketch };
	struct copy_key keys[2];
	const uint32_t *marks;
	uint32_t n_marks;

	if (item->fp->n_words == 0)
		return 0;
	buf_reset(&x->bytes);
	entry_write(&x->bytes, &d);
	if (x->bytes.failed)
		return -ENOMEM;
	entry_marks_of(item->fp, &marks, &n_marks);
	struct backend_entry e = { item->arrival_ms, state, buf_view(&x->bytes), marks, n_marks, keys,
				   copy_keys_of(&item->id, item->article_id, keys) };
	return x->ops->insert(x->backend, &e);
}

/* -ENOENT when there is none. */
static int entry_by_id(struct copy_index *x, const struct ulid *id, uint64_t *ret_doc, struct entry *ret)
{
	struct copy_key key = copy_key_of_id(id);
	enum entry_state state;
	struct str bytes;
	int rc = x->ops->find(x->backend, &key, ret_doc);

	if (rc == 0)
		rc = x->ops->entry(x->backend, *ret_doc, &bytes, &state);
	return rc ? rc : entry_read(bytes, ret);
}

/* 0 also when there is none. */
static int remove_id(struct copy_index *x, const struct ulid *id)
{
	struct copy_key keys[2];
	struct entry e;
	uint64_t doc;
	char form[ULID_TEXT + 1];
	int rc = entry_by_id(x, id, &doc, &e);

	if (rc)
		return rc == -ENOENT ? 0 : rc;
	ulid_format(&e.id, form);
	size_t n_keys = copy_keys_of(&e.id, e.article_id.len ? e.article_id : str_of(form), keys);
	return x->ops->remove(x->backend, doc, keys, n_keys);
}

struct judge_view copy_view(struct copy_index *x, const struct copy_item *batch, size_t n, uint64_t own_from)
{
	return (struct judge_view){ x->ops, x->backend, x->config.window_ms, x->config.clock_skew_ms, batch, n, own_from,
				    x->ops->postings, x->backend };
}

static int add_one(struct copy_index *x, struct copy_item *item)
{
	struct judge_view view = copy_view(x, NULL, 0, 0);
	struct judge_notes notes;
	int rc;

	if (!ulid_is_zero(&item->id) && (rc = remove_id(x, &item->id)))
		return rc;
	if ((rc = judge_item(x->judge, &view, item, &notes)))
		return rc;
	return copy_enter(x, item, &notes, ENTRY_PUBLISHED);
}

int copy_index_judge_and_add(struct copy_index *x, struct copy_item *item)
{
	if (x->ops != &memory_backend)
		return -EINVAL;
	int rc = x->ops->begin(x->backend, NULL);
	if (rc)
		return rc;
	rc = add_one(x, item);
	x->ops->end(x->backend);
	return rc;
}

/* Tells a batch from another, so that reserve knows whether judge has seen it. */
static uint64_t batch_hash(const struct copy_item *items, size_t n)
{
	uint64_t h = n;

	for (size_t i = 0; i < n; i++) {
		h = XXH3_64bits_withSeed(items[i].id.b, sizeof(items[i].id.b), h);
		h = XXH3_64bits_withSeed(&items[i].fp->whole, sizeof(items[i].fp->whole), h);
	}
	return h;
}

static int found_postings(void *arg, uint32_t mark, uint64_t *docs, size_t *ret_n)
{
	size_t n = 0;

	posted_get(arg, mark, POSTING_CAP * COPY_BUCKETS, docs, &n);
	*ret_n = n;
	return 0;
}

static int want(struct copy_index *x, const struct copy_item *items, size_t n)
{
	posted_reset(&x->wanted);
	posted_reset(&x->found);
	for (size_t i = 0; i < n; i++) {
		const uint32_t *marks;
		uint32_t n_marks;
		entry_marks_of(items[i].fp, &marks, &n_marks);
		if (x->wanted.n + n_marks > BATCH_MARKS)
			return -E2BIG;
		int rc = posted_add(&x->wanted, i, marks, n_marks);
		if (rc)
			return rc;
	}
	return posted_sort(&x->wanted);
}

/* All marks of the batch in order: each run of postings is gone through once, from end to end. */
static int look_up(struct copy_index *x, const struct copy_item *items, size_t n, struct judge_view *view)
{
	int rc = want(x, items, n);

	if (rc == 0)
		rc = x->ops->look_up(x->backend, &x->wanted, BATCH_FOUND, &x->found);
	if (rc == 0) {
		view->postings = found_postings;
		view->postings_arg = &x->found;
	}
	return rc == -E2BIG ? 0 : rc;
}

static int notes_room(struct copy_index *x, size_t n)
{
	if (n <= x->notes_room)
		return 0;
	struct judge_notes *grown = realloc(x->notes, n * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	x->notes = grown;
	x->notes_room = n;
	return 0;
}

int copy_index_judge(struct copy_index *x, struct copy_item *items, size_t n)
{
	int rc = x->ops->begin(x->backend, NULL);

	if (rc)
		return rc;
	struct judge_view view = copy_view(x, items, n, UINT64_MAX);
	x->judged = false;
	rc = notes_room(x, n);
	if (rc == 0)
		rc = look_up(x, items, n, &view);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = judge_item(x->judge, &view, &items[i], &x->notes[i]);
	if (rc == 0) {
		x->judged = true;
		x->judged_next = x->ops->next(x->backend);
		x->judged_batch = batch_hash(items, n);
	}
	x->ops->end(x->backend);
	return rc;
}

/* The marks of what others entered since the snapshot. *ret_all: too much or unknown, judge all again. */
static int collect_recent(struct copy_index *x, const struct copy_item *items, size_t n, uint64_t next, bool *ret_all)
{
	posted_reset(&x->recent);
	*ret_all = !x->judged || x->judged_batch != batch_hash(items, n) || next - x->judged_next > RECENT_ENTRIES;
	if (*ret_all)
		return 0;
	for (uint64_t doc = x->judged_next; doc < next; doc++) {
		enum entry_state state;
		struct entry e;
		struct str bytes;
		uint32_t n_marks;
		int rc = x->ops->entry(x->backend, doc, &bytes, &state);
		if (rc == -ENOENT)
			continue;
		if (rc || (rc = entry_read(bytes, &e)) || (rc = marks_of_entry(x, &e, &n_marks)))
			return rc;
		if ((rc = posted_add(&x->recent, doc, x->marks, n_marks)))
			return rc;
	}
	return 0;
}

static int recent_postings(void *arg, uint32_t mark, uint64_t *docs, size_t *ret_n)
{
	size_t n = 0;

	posted_get(arg, mark, POSTING_CAP, docs, &n);
	*ret_n = n;
	return 0;
}

/* notes: from copy_index_judge, where it saw this batch, else room for them. */
static int judge_again(struct copy_index *x, const struct judge_view *view, struct copy_item *item, bool all, struct judge_notes *notes)
{
	bool again = all || item->must_wait;
	int rc = again ? 0 : judge_touched(x->judge, view, item, notes, recent_postings, &x->recent, &again);

	return rc == 0 && again ? judge_item(x->judge, view, item, notes) : rc;
}

static int reserve_one(struct copy_index *x, const struct judge_view *view, struct copy_item *item, bool all, struct judge_notes *notes)
{
	const uint32_t *marks;
	uint32_t n_marks;
	uint64_t doc;
	int rc = judge_again(x, view, item, all, notes);

	/* One that waits leaves no entry of an earlier life behind: two that wait for each other would wait for ever. */
	if (rc || (rc = remove_id(x, &item->id)) || item->must_wait)
		return rc;
	if (!copy_has_entry(item))
		return 0;
	doc = x->ops->next(x->backend);
	if ((rc = copy_enter(x, item, notes, ENTRY_PENDING)) || all)
		return rc;
	entry_marks_of(item->fp, &marks, &n_marks);
	return posted_add(&x->recent, doc, marks, n_marks);
}

int copy_index_reserve(struct copy_index *x, struct store_txn *txn, struct copy_item *items, size_t n)
{
	bool all;
	int rc = x->ops->begin(x->backend, txn);

	if (rc)
		return rc;
	uint64_t next = x->ops->next(x->backend);
	struct judge_view view = copy_view(x, items, n, next);
	rc = collect_recent(x, items, n, next, &all);
	if (rc == 0)
		rc = notes_room(x, n);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = reserve_one(x, &view, &items[i], all, &x->notes[i]);
	if (rc == 0)
		rc = x->ops->flush(x->backend);
	x->ops->end(x->backend);
	return rc;
}

static int publish(struct copy_index *x, const struct ulid *id, const struct copy_claim *claims, size_t n_claims)
{
	struct entry e;
	uint64_t doc;
	char form[ULID_TEXT + 1];
	int rc = entry_by_id(x, id, &doc, &e);

	if (rc)
		return rc == -ENOENT ? 0 : rc;
	ulid_format(id, form);
	struct str prefix = e.article_id.len ? STR("") : str_of(form);
	if ((rc = x->ops->publish(x->backend, doc)) || n_claims == 0)
		return rc;
	buf_reset(&x->bytes);
	claims_write(&x->bytes, prefix, claims, n_claims);
	return x->bytes.failed ? -ENOMEM : x->ops->put_claims(x->backend, doc, buf_view(&x->bytes));
}

int copy_index_settle(struct copy_index *x, struct store_txn *txn, const struct ulid *id, bool published,
		      const struct copy_claim *claims, size_t n_claims)
{
	int rc = x->ops->begin(x->backend, txn);

	if (rc)
		return rc;
	rc = published ? publish(x, id, claims, n_claims) : remove_id(x, id);
	if (rc == 0)
		rc = x->ops->flush(x->backend);
	x->ops->end(x->backend);
	return rc;
}

int copy_index_expire(struct copy_index *x, struct store_txn *txn, uint64_t now_ms)
{
	int rc = x->ops->begin(x->backend, txn);

	if (rc)
		return rc;
	rc = x->ops->expire(x->backend, now_ms);
	if (rc == 0)
		rc = x->ops->flush(x->backend);
	x->ops->end(x->backend);
	return rc;
}

int copy_compare(const struct copy_item *a, const struct copy_item *b, struct verdict *ret)
{
	struct copy_config config = { FOREVER_MS, FOREVER_MS };
	struct copy_index *x = copy_index_new(&config);
	struct copy_item here = *a, there = *b;
	struct judge_notes notes;
	int rc;

	if (!x)
		return -ENOMEM;
	struct judge_view view = copy_view(x, NULL, 0, 0);
	/* Two texts without ids must not be taken for one. */
	memset(&here.id, 0, sizeof(here.id));
	memset(&there.id, 0, sizeof(there.id));
	memset(&there.verdict, 0, sizeof(there.verdict));
	there.verdict.story_id = there.article_id;
	rc = judge_notes(x->judge, &view, &there, &notes);
	if (rc == 0)
		rc = copy_enter(x, &there, &notes, ENTRY_PUBLISHED);
	if (rc == 0)
		rc = judge_pair(x->judge, &view, &here, 1);
	if (rc == 0) {
		here.verdict.of = b->article_id;
		*ret = here.verdict;
	}
	copy_index_free(&x);
	return rc;
}
