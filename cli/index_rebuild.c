/* copytaster index rebuild: the copy index out of what is published. */
#include "cli/index_rebuild.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/index.h"
#include "workers/copy/restore.h"
#include "workers/ledger_rebuild.h"

enum { GROUP_BYTES = 8 << 20, STEP = 64 };

/* A bucket goes when its last entry is behind the window: up to a fifth of the window before that is still there. */
static uint64_t span_of(const struct options *o)
{
	return o->copy_window_ms + o->copy_window_ms / 5;
}

/* ---- groups ---- */

static int write_group(struct rebuild *r, struct store_txn *t)
{
	size_t entered = 0, n = 0;
	int rc = 0;
	for (size_t i = 0; i < r->n_group && rc == 0; i++) {
		const struct index_article *a = &r->group[i];
		struct ledger_entry e = { .state = a->outcome, .claims = a->own_claims,
					  .instance = ledger_instance_of(r, &r->group_refs[i]->id) };
		if (a->outcome == LEDGER_PUBLISHED && ulid_ms(&r->group_refs[i]->id) >= r->from_ms)
			r->items[n++] = a->restore;
		if (r->new_ledger)
			rc = ledger_restore(r->ledger, t, &r->group_refs[i]->id, &e);
	}
	if (rc == 0)
		rc = copy_index_restore(r->index, t, r->items, n, &entered);
	if (rc == 0) {
		r->entered += entered;
		r->no_entry += n - entered;
	}
	return rc;
}

static int put_group(struct rebuild *r, struct err *err)
{
	struct store_txn t;
	int rc = 0;
	if (r->n_group && !r->dry_run && (rc = store_write(r->store, &t)) == 0) {
		rc = write_group(r, &t);
		if (rc == 0)
			rc = store_commit(&t);
		else
			store_abort(&t);
	}
	r->n_group = 0;
	arena_reset(r->arena);
	if (rc == -ENOSPC)
		return err_set(err, rc, "no space left: free some on the disk of paths.state, or raise worker.map_bytes (%" PRIu64 " now), and run it again",
			       r->o->map_bytes);
	return rc ? err_set(err, rc, "cannot write the copy index: %s", strerror(-rc)) : 0;
}

/* ---- articles ---- */

static void count(struct rebuild *r, const struct index_article *a, bool in_window)
{
	r->missing_claims += a->missing_claims;
	r->claims += a->own_claims - a->missing_claims;
	r->copies += in_window && a->outcome == LEDGER_COPY;
	r->taken_ids += r->new_ledger;
	if (r->dry_run && in_window && a->outcome == LEDGER_PUBLISHED) {
		bool entry = copy_has_entry(&a->restore.item);
		r->entered += entry;
		r->no_entry += !entry;
	}
}

/* 1: it cannot be read; that is counted and named. */
static int read_one(struct rebuild *r, const struct record_ref *ref, struct err *err)
{
	struct index_article *a = &r->group[r->n_group];
	struct str line, claims;
	const char *why;
	int rc = records_read(&r->records, ref, &line, &claims);
	if (rc)
		return err_set(err, rc, "cannot read the segments in %s: %s", r->o->out, strerror(-rc));
	rc = index_article_read(line, claims, &ref->id, r->arena, a, &why);
	/* Others of the group may have taken the memory: it is tried again alone. */
	if (rc == -ENOMEM && r->n_group) {
		a = &r->group[0];
		if ((rc = put_group(r, err)))
			return rc;
		rc = index_article_read(line, claims, &ref->id, r->arena, a, &why);
	}
	if (rc == 0)
		return 0;
	if (rc == -ENOMEM && !arena_failed(r->arena))
		return err_set(err, rc, "out of memory");
	records_damaged(&r->records, ref, rc == -ENOMEM ? "it needs more than worker.arena_bytes" : why);
	r->unreadable++;
	if (r->n_group == 0)
		arena_reset(r->arena);
	return 1;
}

static int enter_one(struct rebuild *r, const struct record_ref *ref, struct err *err)
{
	bool in_window = ulid_ms(&ref->id) >= r->from_ms;
	if (ref->dropped || (!in_window && !r->new_ledger))
		return 0;
	/* A second record of an article says nothing new. */
	if (ulid_cmp(&r->last, &ref->id) == 0) {
		r->duplicates++;
		return 0;
	}
	r->in_window += in_window;
	int rc = read_one(r, ref, err);
	if (rc)
		return rc < 0 ? rc : 0;
	r->last = ref->id;
	count(r, &r->group[r->n_group], in_window);
	r->group_refs[r->n_group++] = ref;
	if (r->n_group < r->o->group_articles && arena_used(r->arena) < GROUP_BYTES)
		return 0;
	return put_group(r, err);
}

int rebuild_enter_all(struct rebuild *r, struct err *err)
{
	int rc = 0;
	for (size_t i = 0; i < r->records.n && rc == 0; i++) {
		if (i % STEP == 0)
			rebuild_progress(r, "articles", i, r->records.n);
		rc = enter_one(r, &r->records.refs[i], err);
	}
	return rc ? rc : put_group(r, err);
}

/* ---- the store ---- */

/* Workers must be able to open what is made here. */
static int check_user(const struct rebuild *r, struct err *err)
{
	struct stat st;
	if (geteuid() != 0 || stat(r->o->state, &st) || st.st_uid == 0)
		return 0;
	return err_set(err, -EPERM, "%s belongs to user %u: run this as that user (sudo -u '#%u' copytaster index rebuild …), so that the workers "
		       "can open what it makes", r->o->state, st.st_uid, st.st_uid);
}

static int check_folder(const struct rebuild *r, struct err *err)
{
	uint64_t owner;
	int fd = open(r->o->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -errno : segment_folder_owner(fd, &owner);
	if (fd >= 0)
		close(fd);
	if (rc == -ENOENT && fd >= 0)
		return 0;
	if (rc && rc != -EBADMSG)
		return err_set(err, rc, "cannot read the out folder %s: %s: name it with --out or --config", r->o->out, strerror(-rc));
	if (rc == 0 && owner == store_identity(r->store))
		return 0;
	return err_set(err, -EUCLEAN, "%s was written with another ledger than that in %s", r->o->out, r->o->state);
}

static int any_entry(const struct ulid *id, const struct ledger_entry *e, void *arg)
{
	(void)id, (void)e, (void)arg;
	return 0;
}

static int any_segment(const struct ledger_segment *s, void *arg)
{
	(void)s, (void)arg;
	return 0;
}

/* Before the index is gone. */
static int read_ledger(struct rebuild *r, struct err *err)
{
	int rc = ledger_each(r->ledger, any_entry, NULL);
	if (rc == 0)
		rc = ledger_segment_each(r->ledger, any_segment, NULL);
	if (rc == -EBADMSG)
		return err_set(err, rc, "the ledger in %s is damaged", r->o->state);
	return rc ? err_set(err, rc, "cannot read the ledger in %s: %s", r->o->state, strerror(-rc)) : 0;
}

static int open_old(struct rebuild *r, struct err *err)
{
	int rc = r->dry_run ? store_open(r->o->state, r->o->map_bytes, true, &r->store, err) :
			      store_open_taken(r->o->state, r->o->map_bytes, &r->store, err);
	if (rc == 0)
		rc = check_folder(r, err);
	if (rc == 0)
		rc = ledger_open(r->store, NULL, &r->ledger, err);
	return rc ? rc : read_ledger(r, err);
}

static int renew(struct rebuild *r, struct err *err)
{
	const struct copy_config config = { .window_ms = r->o->copy_window_ms, .clock_skew_ms = r->o->clock_skew_ms };
	struct store_txn t;
	int rc = copy_index_renew(r->store, &config, &r->index, err);
	if (rc)
		return rc;
	if ((rc = store_write(r->store, &t)) == 0) {
		rc = ledger_forget_pending(r->ledger, &t, &r->forgotten);
		if (rc == 0)
			rc = store_commit(&t);
		else
			store_abort(&t);
	}
	return rc ? err_set(err, rc, "cannot write the ledger: %s", strerror(-rc)) : 0;
}

static int finish(struct rebuild *r, struct err *err)
{
	struct store_txn t;
	int rc = store_write(r->store, &t);
	if (rc == 0) {
		rc = r->new_ledger ? ledger_put_segments(r, &t) : 0;
		if (rc == 0)
			rc = copy_index_renewed(r->index, &t);
		if (rc == 0)
			rc = store_commit(&t);
		else
			store_abort(&t);
	}
	if (rc)
		return err_set(err, rc, "cannot write the ledger: %s", strerror(-rc));
	if (!r->new_ledger)
		return 0;
	uint64_t identity = store_identity(r->store);
	copy_index_free(&r->index);
	ledger_close(&r->ledger);
	store_close(&r->store);
	return ledger_take_place(r, identity, err);
}

/* ---- all ---- */

static bool is_lost(int rc)
{
	return rc == -EBADMSG || rc == -EPROTONOSUPPORT || rc == -EUCLEAN || rc == -ENOENT;
}

static int prepare(struct rebuild *r, bool *ret_offer, struct err *err)
{
	int rc = r->dry_run ? 0 : check_user(r, err);
	bool there = access(r->o->state, F_OK) == 0;
	/* A folder of the state that is not there is made by none but --new-ledger. */
	if (rc == 0 && !r->dry_run && (there || r->new_ledger))
		rc = store_take(r->o->state, &r->taken, err);
	if (rc)
		return rc;
	if (r->new_ledger)
		return r->dry_run ? 0 : ledger_make(r, err);
	rc = there ? open_old(r, err) : err_set(err, -ENOENT, "there is no ledger in %s", r->o->state);
	*ret_offer = is_lost(rc);
	return rc;
}

static int work(struct rebuild *r, struct err *err)
{
	uint64_t span = span_of(r->o);
	int rc = records_gather(&r->records, r->o->out, r->new_ledger ? NULL : r->ledger, r->new_ledger ? 0 : span, err);
	if (rc)
		return rc;
	r->from_ms = r->records.newest_ms > span ? r->records.newest_ms - span : 0;
	if (r->new_ledger && (rc = ledger_judge_records(r, err)))
		return rc;
	if (!r->dry_run && (rc = renew(r, err)))
		return rc;
	rc = rebuild_enter_all(r, err);
	rebuild_clear(r);
	return rc || r->dry_run ? rc : finish(r, err);
}

static int make_room(struct rebuild *r, struct err *err)
{
	r->arena = arena_new((size_t)r->o->arena_bytes + GROUP_BYTES);
	r->group = calloc(r->o->group_articles, sizeof(*r->group));
	r->group_refs = calloc(r->o->group_articles, sizeof(*r->group_refs));
	r->items = calloc(r->o->group_articles, sizeof(*r->items));
	return r->arena && r->group && r->group_refs && r->items ? 0 : err_set(err, -ENOMEM, "out of memory");
}

static void release(struct rebuild *r)
{
	copy_index_free(&r->index);
	ledger_close(&r->ledger);
	store_close(&r->store);
	records_release(&r->records);
	arena_free(&r->arena);
	free(r->group);
	free(r->group_refs);
	free(r->items);
	free(r->active);
	if (r->taken >= 0)
		close(r->taken);
}

int index_rebuild(const struct cli *c, const struct options *o)
{
	struct rebuild r = { .cli = c, .o = o, .taken = -1, .dry_run = cli_value(c, "dry-run"), .new_ledger = cli_value(c, "new-ledger") };
	struct err err = { 0 };
	bool offer = false;
	r.records.dirfd = -1;
	term_init(&r.screen, STDERR_FILENO);
	int rc = make_room(&r, &err);
	if (rc == 0)
		rc = prepare(&r, &offer, &err);
	if (rc == 0)
		rc = work(&r, &err);
	rebuild_clear(&r);
	int status = rc ? cli_fail(c, CLI_FAILED, "%s", err.text) : rebuild_report(&r);
	if (offer)
		rebuild_offer(&r);
	release(&r);
	return status;
}
