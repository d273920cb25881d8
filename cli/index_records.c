#include "cli/index_records.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/scan.h"

bool records_line(struct str lines, size_t *at, struct str *ret)
{
	const char *nl = *at < lines.len ? memchr(lines.data + *at, '\n', lines.len - *at) : NULL;
	if (!nl)
		return false;
	size_t end = (size_t)(nl - lines.data);
	*ret = str_cut(lines, *at, end);
	*at = end + 1;
	return true;
}

static void name_damage(struct records *r, const struct record_segment *s, int stream, uint64_t at, const char *what)
{
	char file[SEGMENT_FILE];
	segment_file(file, s->name, stream, s->open);
	if (r->damaged < RECORDS_NAMED)
		(void)snprintf(r->named[r->damaged], sizeof(r->named[0]), "%s, byte %llu: %s", file, (unsigned long long)at, what);
	r->damaged++;
}

void records_damaged(struct records *r, const struct record_ref *ref, const char *what)
{
	name_damage(r, &r->segments[ref->segment], SEGMENT_ARTICLES, ref->article_at, what);
}

/* ---- segments ---- */

static int add_segment(struct records *r, const char *name)
{
	if (r->n_segments == r->segments_room) {
		size_t room = r->segments_room ? 2 * r->segments_room : 64;
		struct record_segment *grown = realloc(r->segments, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		r->segments = grown;
		r->segments_room = room;
	}
	struct record_segment *s = &r->segments[r->n_segments++];
	*s = (struct record_segment){ 0 };
	memcpy(s->name, name, SEGMENT_NAME);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct record_segment *)a)->name, ((const struct record_segment *)b)->name);
}

static void sort_segments(struct records *r)
{
	size_t n = 0;
	if (r->n_segments)
		qsort(r->segments, r->n_segments, sizeof(*r->segments), by_name);
	/* One that is renamed while the folder is read may show up twice. */
	for (size_t i = 0; i < r->n_segments; i++)
		if (n == 0 || strcmp(r->segments[n - 1].name, r->segments[i].name))
			r->segments[n++] = r->segments[i];
	r->n_segments = n;
}

/* One without articles has nothing published in it. */
static int list_segments(struct records *r)
{
	int fd = openat(r->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	int rc = d ? 0 : -errno;
	if (!d && fd >= 0)
		close(fd);
	while (rc == 0 && (e = readdir(d))) {
		char name[SEGMENT_NAME];
		int stream;
		bool open;
		if (segment_parse(e->d_name, name, &stream, &open) && stream == SEGMENT_ARTICLES)
			rc = add_segment(r, name);
	}
	if (d)
		closedir(d);
	sort_segments(r);
	return rc;
}

/* Closed or open, whichever there is. */
static int look(const struct records *r, const char *name, int stream, struct stat *ret, bool *ret_open)
{
	char file[SEGMENT_FILE];
	for (int open = 0; open < 2; open++) {
		segment_file(file, name, stream, open);
		*ret_open = open;
		if (fstatat(r->dirfd, file, ret, AT_SYMLINK_NOFOLLOW) == 0)
			return S_ISREG(ret->st_mode) ? 0 : -EINVAL;
		if (errno != ENOENT)
			return -errno;
	}
	return -ENOENT;
}

static int measure(struct records *r, struct record_segment *s, struct ledger *ledger)
{
	struct ledger_segment row = { 0 };
	for (int i = 0; i < SEGMENT_STREAMS; i++) {
		struct stat st;
		bool open;
		int rc = look(r, s->name, i, &st, &open);
		if (rc && rc != -ENOENT)
			return rc;
		s->open = s->open || (rc == 0 && open);
		s->bytes[i] = rc ? 0 : (uint64_t)st.st_size;
		if (rc == 0 && i == SEGMENT_ARTICLES)
			s->written_ms = (uint64_t)st.st_mtim.tv_sec * 1000 + (uint64_t)st.st_mtim.tv_nsec / 1000000;
	}
	if (!s->open || !ledger)
		return 0;
	int rc = ledger_segment_get(ledger, s->name, &row);
	if (rc && rc != -ENOENT)
		return rc;
	const uint64_t committed[SEGMENT_STREAMS] = { row.claims_bytes, row.articles_bytes };
	for (int i = 0; i < SEGMENT_STREAMS; i++) {
		if (committed[i] > s->bytes[i])
			name_damage(r, s, i, s->bytes[i], "it ends before what was published in it does");
		else
			s->bytes[i] = committed[i];
	}
	return 0;
}

/* ---- maps ---- */

static void unmap(struct records *r, size_t slot)
{
	for (int i = 0; i < SEGMENT_STREAMS && r->mapped[slot].segment; i++)
		if (r->mapped[slot].stream[i].len)
			munmap((void *)r->mapped[slot].stream[i].data, r->mapped[slot].stream[i].len);
	memset(&r->mapped[slot], 0, sizeof(r->mapped[slot]));
}

static int map_stream(const struct records *r, const struct record_segment *s, int stream, struct str *ret)
{
	char file[SEGMENT_FILE];
	int fd = -1;
	if (s->bytes[stream] == 0)
		return 0;
	/* It may be closed, and renamed, while a dry run looks at it. */
	for (int open = 1; open >= 0 && fd < 0; open--) {
		segment_file(file, s->name, stream, open);
		fd = openat(r->dirfd, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0 && (errno != ENOENT || !open))
			return -errno;
	}
	void *p = mmap(NULL, (size_t)s->bytes[stream], PROT_READ, MAP_PRIVATE, fd, 0);
	int rc = p == MAP_FAILED ? -errno : 0;
	close(fd);
	if (rc == 0)
		*ret = (struct str){ p, (size_t)s->bytes[stream] };
	return rc;
}

static int map_segment(struct records *r, size_t i, const struct str **ret)
{
	size_t slot = i % RECORDS_MAPPED;
	int rc = 0;
	if (r->mapped[slot].segment != i + 1) {
		unmap(r, slot);
		r->mapped[slot].segment = (uint32_t)i + 1;
		for (int k = 0; k < SEGMENT_STREAMS && rc == 0; k++)
			rc = map_stream(r, &r->segments[i], k, &r->mapped[slot].stream[k]);
	}
	if (rc)
		unmap(r, slot);
	else
		*ret = r->mapped[slot].stream;
	return rc;
}

int records_read(struct records *r, const struct record_ref *ref, struct str *ret_article, struct str *ret_claims)
{
	const struct str *streams;
	int rc = map_segment(r, ref->segment, &streams);
	if (rc)
		return rc;
	*ret_article = str_cut(streams[SEGMENT_ARTICLES], ref->article_at, ref->article_at + ref->article_len);
	*ret_claims = ref->claims_len ? str_cut(streams[SEGMENT_CLAIMS], ref->claims_at, ref->claims_at + ref->claims_len) : (struct str){ 0 };
	return 0;
}

/* ---- one segment ---- */

/* Claims of one article that stand side by side. */
struct claims_of {
	struct ulid id;
	uint64_t at, len;
	uint32_t n;
};

struct claims_list {
	struct claims_of *all;
	size_t n, room;
};

static int add_claim(struct claims_list *l, const struct ulid *id, uint64_t at, uint64_t len)
{
	struct claims_of *last = l->n ? &l->all[l->n - 1] : NULL;
	if (last && ulid_cmp(&last->id, id) == 0) {
		last->len = at + len - last->at;
		last->n++;
		return 0;
	}
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 1024;
		struct claims_of *grown = realloc(l->all, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		l->all = grown;
		l->room = room;
	}
	l->all[l->n++] = (struct claims_of){ *id, at, len, 1 };
	return 0;
}

static int by_claims_id(const void *a, const void *b)
{
	const struct claims_of *x = a, *y = b;
	int c = ulid_cmp(&x->id, &y->id);
	return c ? c : x->at < y->at ? -1 : x->at > y->at;
}

/* The id of the article that a line is of. */
static bool article_of(struct str line, struct ulid *ret)
{
	struct scan_member m = { "articleId", { 0 } };
	return line.len <= UINT32_MAX && scan_object(line, &m, 1) == 0 && ulid_parse(scan_string(m.value), ret) == 0;
}

static int scan_claims(struct records *r, const struct record_segment *s, struct str lines, struct claims_list *list)
{
	struct str line;
	struct ulid id;
	size_t at = 0, from = 0;
	int rc = 0;
	while (rc == 0 && records_line(lines, &at, &line)) {
		r->lines++;
		if (article_of(line, &id))
			rc = add_claim(list, &id, from, at - from);
		else
			name_damage(r, s, SEGMENT_CLAIMS, from, "no record of a claim");
		from = at;
	}
	if (rc == 0 && at < lines.len && !s->open)
		name_damage(r, s, SEGMENT_CLAIMS, at, "it ends within a record");
	if (list->n)
		qsort(list->all, list->n, sizeof(*list->all), by_claims_id);
	return rc;
}

static const struct claims_of *find_claims(const struct claims_list *l, const struct ulid *id)
{
	size_t lo = 0, hi = l->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (ulid_cmp(&l->all[mid].id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < l->n && ulid_cmp(&l->all[lo].id, id) == 0 ? &l->all[lo] : NULL;
}

static int add_ref(struct records *r, const struct record_ref *ref, uint64_t now_ms)
{
	if (r->n == r->room) {
		size_t room = r->room ? 2 * r->room : 1024;
		struct record_ref *grown = realloc(r->refs, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		r->refs = grown;
		r->room = room;
	}
	r->refs[r->n++] = *ref;
	if (ulid_ms(&ref->id) > r->newest_ms && ulid_ms(&ref->id) <= now_ms)
		r->newest_ms = ulid_ms(&ref->id);
	return 0;
}

/* *ret_latest: of all of them, also those from the future. */
static int scan_articles(struct records *r, size_t segment, struct str lines, uint64_t *ret_latest)
{
	const struct record_segment *s = &r->segments[segment];
	uint64_t now_ms = clock_wall_ms();
	struct str line;
	size_t at = 0, from = 0;
	int rc = 0;
	*ret_latest = 0;
	while (rc == 0 && records_line(lines, &at, &line)) {
		struct record_ref ref = { .segment = (uint32_t)segment, .article_at = from, .article_len = (uint32_t)line.len };
		r->lines++;
		if (article_of(line, &ref.id)) {
			if (ulid_ms(&ref.id) > *ret_latest)
				*ret_latest = ulid_ms(&ref.id);
			rc = add_ref(r, &ref, now_ms);
		} else {
			name_damage(r, s, SEGMENT_ARTICLES, from, "no record of an article");
		}
		from = at;
	}
	if (rc == 0 && at < lines.len && !s->open)
		name_damage(r, s, SEGMENT_ARTICLES, at, "it ends within a record");
	return rc;
}

static void give_claims(struct records *r, size_t from, const struct claims_list *claims)
{
	for (size_t i = from; i < r->n; i++) {
		struct record_ref *ref = &r->refs[i];
		const struct claims_of *own = find_claims(claims, &ref->id);
		if (own) {
			ref->claims_at = own->at;
			ref->claims_len = own->len;
			ref->n_claims = own->n;
		}
	}
}

/* Whether a segment may be left out only the ids in it say: it may have been copied or restored, and its name is older than they are. */
static int scan_segment(struct records *r, size_t i, uint64_t span_ms)
{
	struct claims_list claims = { 0 };
	const struct str *streams;
	size_t from = r->n;
	uint64_t latest;
	int rc = map_segment(r, i, &streams);
	if (rc == 0)
		rc = scan_articles(r, i, streams[SEGMENT_ARTICLES], &latest);
	if (rc == 0 && span_ms && r->n > from && latest + span_ms < r->newest_ms) {
		r->n = from;
		return 0;
	}
	if (rc == 0)
		rc = scan_claims(r, &r->segments[i], streams[SEGMENT_CLAIMS], &claims);
	if (rc == 0)
		give_claims(r, from, &claims);
	free(claims.all);
	return rc;
}

/* ---- all ---- */

/* Where several stand, the first of the oldest segment comes first. */
static int by_id(const void *a, const void *b)
{
	const struct record_ref *x = a, *y = b;
	int c = ulid_cmp(&x->id, &y->id);
	if (c || x->segment != y->segment)
		return c ? c : x->segment < y->segment ? -1 : 1;
	return x->article_at < y->article_at ? -1 : x->article_at > y->article_at;
}

/* Newest first, so that it is soon known what is too old: of that the claims are not read. */
static int scan_all(struct records *r, struct ledger *ledger, uint64_t span_ms, struct err *err)
{
	for (size_t i = r->n_segments; i-- > 0;) {
		struct record_segment *s = &r->segments[i];
		int rc = measure(r, s, ledger);
		if (rc == 0)
			rc = scan_segment(r, i, span_ms);
		if (rc)
			return err_set(err, rc, "cannot read segment %s: %s", s->name, strerror(-rc));
	}
	if (r->n)
		qsort(r->refs, r->n, sizeof(*r->refs), by_id);
	return 0;
}

int records_gather(struct records *r, const char *out_dir, struct ledger *ledger, uint64_t span_ms, struct err *err)
{
	*r = (struct records){ .dirfd = open(out_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	int rc = r->dirfd < 0 ? -errno : list_segments(r);
	if (rc)
		return err_set(err, rc, "cannot read the out folder %s: %s: name it with --out or --config", out_dir, strerror(-rc));
	return scan_all(r, ledger, span_ms, err);
}

void records_release(struct records *r)
{
	for (size_t i = 0; i < RECORDS_MAPPED; i++)
		unmap(r, i);
	if (r->dirfd >= 0)
		close(r->dirfd);
	free(r->segments);
	free(r->refs);
	*r = (struct records){ .dirfd = -1 };
}
