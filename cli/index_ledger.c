/* index rebuild --new-ledger: the ledger is lost, and with it what is published up to where.
 *
 * The new store is made in STATE.new, whole, and then takes its place: first OUT/.ledger names it, then the folders change names. A crash
 * between leaves an out folder that belongs to none of the ledgers a worker could find, so that it refuses until this has run again. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/index_rebuild.h"
#include "workers/ledger_rebuild.h"

/* ---- active/: what may be delivered again ---- */

static int add_active(struct rebuild *r, const char *name, uint64_t instance)
{
	struct ulid id;
	if (strlen(name) < ULID_TEXT || ulid_parse((struct str){ name, ULID_TEXT }, &id))
		return 0;
	if ((r->n_active & (r->n_active - 1)) == 0) {
		struct index_active *grown = realloc(r->active, (r->n_active ? 2 * r->n_active : 1) * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		r->active = grown;
	}
	r->active[r->n_active++] = (struct index_active){ id, instance };
	return 0;
}

static int read_instance(struct rebuild *r, const char *path, const char *name)
{
	char sub[PATH_MAX];
	struct dirent *e;
	int rc = 0;
	if (snprintf(sub, sizeof(sub), "%s/%s", path, name) >= (int)sizeof(sub))
		return -ENAMETOOLONG;
	DIR *d = opendir(sub);
	if (!d)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	while (rc == 0 && (e = readdir(d)))
		rc = add_active(r, e->d_name, ledger_instance(str_of(name)));
	closedir(d);
	return rc;
}

static int by_active_id(const void *a, const void *b)
{
	return ulid_cmp(&((const struct index_active *)a)->id, &((const struct index_active *)b)->id);
}

static int read_active(struct rebuild *r, struct err *err)
{
	char path[PATH_MAX];
	struct dirent *e;
	int rc = 0;
	if (snprintf(path, sizeof(path), "%s/active", r->o->spool) >= (int)sizeof(path))
		return err_set(err, -ENAMETOOLONG, "the path of the spool is too long");
	DIR *d = opendir(path);
	if (!d && errno != ENOENT)
		return err_set(err, -errno, "cannot read %s: %s", path, strerror(errno));
	while (d && rc == 0 && (e = readdir(d)))
		if (e->d_name[0] != '.')
			rc = read_instance(r, path, e->d_name);
	if (d)
		closedir(d);
	if (r->n_active)
		qsort(r->active, r->n_active, sizeof(*r->active), by_active_id);
	return rc ? err_set(err, rc, "cannot read %s: %s", path, strerror(-rc)) : 0;
}

static const struct index_active *find_active(const struct rebuild *r, const struct ulid *id)
{
	struct index_active key = { *id, 0 };
	return r->n_active ? bsearch(&key, r->active, r->n_active, sizeof(key), by_active_id) : NULL;
}

uint64_t ledger_instance_of(const struct rebuild *r, const struct ulid *id)
{
	const struct index_active *a = find_active(r, id);
	return a ? a->instance : ledger_instance(str_of(r->o->instance));
}

/* ---- what is whole ---- */

/* The records of open segments, segment by segment in the order they stand. */
struct open_refs {
	struct record_ref **list;
	size_t n;
};

static int by_place(const void *a, const void *b)
{
	const struct record_ref *x = *(struct record_ref *const *)a, *y = *(struct record_ref *const *)b;
	if (x->segment != y->segment)
		return x->segment < y->segment ? -1 : 1;
	return x->article_at < y->article_at ? -1 : x->article_at > y->article_at;
}

static int list_open(struct rebuild *r, struct open_refs *ret)
{
	ret->list = calloc(r->records.n + 1, sizeof(*ret->list));
	if (!ret->list)
		return -ENOMEM;
	for (size_t i = 0; i < r->records.n; i++)
		if (r->records.segments[r->records.refs[i].segment].open)
			ret->list[ret->n++] = &r->records.refs[i];
	if (ret->n)
		qsort(ret->list, ret->n, sizeof(*ret->list), by_place);
	return 0;
}

static int is_whole(struct rebuild *r, const struct record_ref *ref, bool *ret)
{
	struct index_article *a = &r->group[0];
	struct str line, claims;
	const char *why;
	int rc = records_read(&r->records, ref, &line, &claims);
	if (rc)
		return rc;
	arena_reset(r->arena);
	rc = index_article_read(line, claims, &ref->id, r->arena, a, &why);
	*ret = rc == 0 && a->missing_claims == 0;
	return rc == -ENOMEM && !arena_failed(r->arena) ? rc : 0;
}

/* Cuts the segment of refs, n of them in order, before refs[from]. */
static void cut_at(struct rebuild *r, struct record_ref **refs, size_t n, size_t from)
{
	struct record_segment *s = &r->records.segments[refs[0]->segment];
	s->bytes[SEGMENT_ARTICLES] = from ? refs[from - 1]->article_at + refs[from - 1]->article_len + 1 : 0;
	s->bytes[SEGMENT_CLAIMS] = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t end = refs[i]->claims_at + refs[i]->claims_len;
		if (i >= from) {
			r->cut += !refs[i]->dropped;
			refs[i]->dropped = true;
		} else if (end > s->bytes[SEGMENT_CLAIMS]) {
			s->bytes[SEGMENT_CLAIMS] = end;
		}
	}
}

/* A segment that nobody closed may end in records of which some parts never reached the disk. */
static int cut_behind_whole(struct rebuild *r, struct record_ref **refs, size_t n)
{
	size_t last = 0;
	for (size_t i = 0; i < n; i++) {
		bool whole;
		int rc = is_whole(r, refs[i], &whole);
		if (rc)
			return rc;
		if (whole)
			last = i + 1;
	}
	cut_at(r, refs, n, last);
	return 0;
}

/* ---- what stands twice ---- */

static bool stands_elsewhere(const struct rebuild *r, const struct record_ref *ref)
{
	const struct record_ref *first = r->records.refs, *end = first + r->records.n, *p;
	for (p = ref; p > first && ulid_cmp(&p[-1].id, &ref->id) == 0 && ref - p < 8; p--)
		;
	for (; p < end && ulid_cmp(&p->id, &ref->id) == 0; p++)
		if (p != ref && !p->dropped)
			return true;
	return false;
}

/* Two workers wrote an article, one of them committed it: the other died before, and its group is the end of its segment. Which of the
 * two that was nobody knows any more, but what is acknowledged has left active/: it is not cut. */
static void cut_before_double(struct rebuild *r, struct record_ref **refs, size_t n)
{
	size_t from = 0;
	while (from < n && (refs[from]->dropped || !stands_elsewhere(r, refs[from])))
		from++;
	for (size_t i = from; i < n; i++)
		if (!refs[i]->dropped && !stands_elsewhere(r, refs[i]) && !find_active(r, &refs[i]->id))
			return;
	if (from < n)
		cut_at(r, refs, n, from);
}

struct written {
	struct record_ref **refs;
	size_t n;
	uint64_t ms;
};

/* Whoever wrote last more likely lives. */
static int by_written(const void *a, const void *b)
{
	const struct written *x = a, *y = b;
	return x->ms < y->ms ? -1 : x->ms > y->ms;
}

/* Segment by segment. *ret: room for as many as there are segments. */
static size_t split(struct rebuild *r, const struct open_refs *open, struct written *ret)
{
	size_t n = 0;
	for (size_t i = 0; i < open->n; i++) {
		if (i == 0 || open->list[i]->segment != open->list[i - 1]->segment)
			ret[n++] = (struct written){ &open->list[i], 0, r->records.segments[open->list[i]->segment].written_ms };
		ret[n - 1].n++;
	}
	return n;
}

static int judge_open(struct rebuild *r, const struct open_refs *open)
{
	struct written *segments = calloc(r->records.n_segments + 1, sizeof(*segments));
	int rc = segments ? 0 : -ENOMEM;
	size_t n = segments ? split(r, open, segments) : 0;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = cut_behind_whole(r, segments[i].refs, segments[i].n);
	if (n)
		qsort(segments, n, sizeof(*segments), by_written);
	for (size_t i = 0; i < n && rc == 0; i++)
		cut_before_double(r, segments[i].refs, segments[i].n);
	free(segments);
	arena_reset(r->arena);
	return rc;
}

int ledger_judge_records(struct rebuild *r, struct err *err)
{
	struct open_refs open = { NULL, 0 };
	int rc = read_active(r, err);
	if (rc)
		return rc;
	/* Those without a single article stay at nothing. */
	for (size_t i = 0; i < r->records.n_segments; i++)
		if (r->records.segments[i].open)
			memset(r->records.segments[i].bytes, 0, sizeof(r->records.segments[i].bytes));
	rc = list_open(r, &open);
	if (rc == 0)
		rc = judge_open(r, &open);
	free(open.list);
	return rc ? err_set(err, rc, "cannot read the segments in %s: %s", r->o->out, strerror(-rc)) : 0;
}

int ledger_put_segments(struct rebuild *r, struct store_txn *t)
{
	int rc = 0;
	for (size_t i = 0; i < r->records.n_segments && rc == 0; i++) {
		const struct record_segment *s = &r->records.segments[i];
		struct ledger_segment row = { .claims_bytes = s->bytes[SEGMENT_CLAIMS], .articles_bytes = s->bytes[SEGMENT_ARTICLES] };
		memcpy(row.name, s->name, SEGMENT_NAME);
		for (size_t k = 0; k < r->records.n && s->open; k++)
			row.articles += r->records.refs[k].segment == i && !r->records.refs[k].dropped;
		if (s->open)
			rc = ledger_restore_segment(r->ledger, t, &row);
	}
	return rc;
}

/* ---- the new store ---- */

/* What an interrupted one left: these files, and no other. */
static int remove_made(const char *path)
{
	static const char *const files[] = { "data.mdb", "lock.mdb", "write.lock", "use.lock" };
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		(void)unlinkat(fd, files[i], 0);
	close(fd);
	return rmdir(path) ? -errno : 0;
}

int ledger_make(struct rebuild *r, struct err *err)
{
	struct stat st;
	size_t len = strlen(r->o->state);
	while (len > 1 && r->o->state[len - 1] == '/')
		len--;
	if (snprintf(r->state, sizeof(r->state), "%.*s", (int)len, r->o->state) >= (int)sizeof(r->state) ||
	    snprintf(r->made, sizeof(r->made), "%s.new", r->state) >= (int)sizeof(r->made) || !strrchr(r->state, '/'))
		return err_set(err, -ENAMETOOLONG, "the path of paths.state is too long, or not absolute");
	int rc = remove_made(r->made);
	if (rc)
		return err_set(err, rc, "cannot make the new ledger in %s: %s: move away what is there", r->made, strerror(-rc));
	rc = store_open(r->made, r->o->map_bytes, false, &r->store, err);
	/* Who may come in stays as it was. */
	if (rc == 0 && (stat(r->state, &st) || chmod(r->made, st.st_mode & 07777)))
		rc = err_set(err, -errno, "cannot give %s the mode of %s: %s", r->made, r->state, strerror(errno));
	return rc ? rc : ledger_open(r->store, NULL, &r->ledger, err);
}

/* paths are of one folder: that of the state. */
static int swap_folders(struct rebuild *r, int parent)
{
	const char *state = strrchr(r->state, '/') + 1, *made = strrchr(r->made, '/') + 1, *aside = strrchr(r->aside, '/') + 1;
	int rc = file_exchange(parent, made, state);
	if (rc == 0)
		rc = file_rename_new(parent, made, parent, aside);
	else if (rc == -EINVAL || rc == -ENOSYS)
		rc = (rc = file_rename_new(parent, state, parent, aside)) ? rc : file_rename_new(parent, made, parent, state);
	return rc ? rc : file_sync_dir(parent);
}

static int name_aside(struct rebuild *r)
{
	char when[32];
	time_t now = time(NULL);
	struct tm tm;
	if (!gmtime_r(&now, &tm) || !strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &tm))
		return -EINVAL;
	return snprintf(r->aside, sizeof(r->aside), "%s.damaged-%s", r->state, when) < (int)sizeof(r->aside) ? 0 : -ENAMETOOLONG;
}

static int open_parent(const struct rebuild *r)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%.*s/", (int)(strrchr(r->state, '/') - r->state), r->state);
	int fd = n < (int)sizeof(path) ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	return fd < 0 ? -errno : fd;
}

int ledger_take_place(struct rebuild *r, uint64_t identity, struct err *err)
{
	int rc = segment_give_folder(r->records.dirfd, identity, err);
	if (rc)
		return err_prefix(err, "%s", r->o->out);
	rc = name_aside(r);
	int parent = rc ? rc : open_parent(r);
	rc = parent < 0 ? parent : swap_folders(r, parent);
	if (parent >= 0)
		close(parent);
	if (rc)
		return err_set(err, rc, "the new ledger is made, but %s cannot take the place of %s: %s: move the old one away and rename the new one by hand",
			       r->made, r->state, strerror(-rc));
	return 0;
}
