#include "cli/titles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "cli/lines.h"
#include "cli/scan.h"

enum { N_HEADS = 16384, TITLE_BYTES = 240, LINE_BYTES = 8 << 20, NONE = UINT16_MAX };

_Static_assert((int)TITLES_MOST < (int)NONE, "indices have 16 bits");

struct entry {
	char *id, *title; /* NULL: never used */
	uint16_t next;    /* of the same head */
};

struct titles {
	const char *out_dir;
	bool read;
	unsigned oldest; /* the entry that is overwritten next */
	uint16_t heads[N_HEADS];
	struct entry entries[TITLES_MOST];
};

struct titles *titles_new(const char *out_dir)
{
	struct titles *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->out_dir = out_dir;
	memset(t->heads, 0xff, sizeof(t->heads));
	return t;
}

void titles_free(struct titles **t)
{
	if (!*t)
		return;
	for (unsigned i = 0; i < TITLES_MOST; i++) {
		free((*t)->entries[i].id);
		free((*t)->entries[i].title);
	}
	free(*t);
	*t = NULL;
}

/* ---- the table ---- */

static uint16_t *head_of(struct titles *t, struct str id)
{
	return &t->heads[XXH3_64bits(id.len ? id.data : "", id.len) % N_HEADS];
}

static const struct entry *find(struct titles *t, struct str id)
{
	for (uint16_t i = *head_of(t, id); i != NONE; i = t->entries[i].next)
		if (str_is(id, t->entries[i].id))
			return &t->entries[i];
	return NULL;
}

static void forget(struct titles *t, uint16_t index)
{
	struct entry *e = &t->entries[index];
	if (!e->id)
		return;
	uint16_t *at = head_of(t, str_of(e->id));
	while (*at != index)
		at = &t->entries[*at].next;
	*at = e->next;
	free(e->id);
	free(e->title);
	*e = (struct entry){ 0 };
}

/* No more than a line will show, cut between two characters. */
static struct str shorten(struct str title)
{
	if (title.len <= TITLE_BYTES)
		return title;
	size_t len = TITLE_BYTES;
	while (len && ((unsigned char)title.data[len] & 0xc0) == 0x80)
		len--;
	return str_cut(title, 0, len);
}

void titles_add(struct titles *t, struct str id, struct str title)
{
	if (id.len == 0 || title.len == 0 || find(t, id))
		return;
	title = shorten(title);
	uint16_t index = (uint16_t)t->oldest;
	struct entry *e = &t->entries[index];
	forget(t, index);
	e->id = strndup(id.data, id.len);
	e->title = strndup(title.data, title.len);
	/* An id with a NUL in it would not be found again. */
	if (!e->id || !e->title || strlen(e->id) != id.len) {
		free(e->id);
		free(e->title);
		*e = (struct entry){ 0 };
		return;
	}
	uint16_t *head = head_of(t, id);
	e->next = *head;
	*head = index;
	t->oldest = (t->oldest + 1) % TITLES_MOST;
}

/* ---- the folder ---- */

struct segment {
	char *name;
	off_t size;
	struct timespec written;
};

static int newest_first(const void *left, const void *right)
{
	const struct segment *a = left, *b = right;
	if (a->written.tv_sec != b->written.tv_sec)
		return a->written.tv_sec < b->written.tv_sec ? 1 : -1;
	return a->written.tv_nsec < b->written.tv_nsec ? 1 : a->written.tv_nsec > b->written.tv_nsec ? -1 : 0;
}

static size_t list_segments(DIR *d, struct segment **ret)
{
	struct segment *all = NULL;
	size_t n = 0, room = 0;
	struct dirent *e;
	while ((e = readdir(d))) {
		struct stat st;
		if (strncmp(e->d_name, "articles-", 9) || !strstr(e->d_name, ".ndjson") || fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode))
			continue;
		if (n == room) {
			room = room ? 2 * room : 16;
			struct segment *grown = realloc(all, room * sizeof(*grown));
			if (!grown)
				break;
			all = grown;
		}
		char *name = strdup(e->d_name);
		if (!name)
			break;
		all[n++] = (struct segment){ name, st.st_size, st.st_mtim };
	}
	if (n)
		qsort(all, n, sizeof(*all), newest_first);
	*ret = all;
	return n;
}

/* A title may have escapes, an id has none. */
static void take_record(struct titles *t, struct str line)
{
	enum { ID, TITLE, FILE_NAME, N };
	struct scan_member m[N] = { [ID] = { .key = "articleId" }, [TITLE] = { .key = "title" }, [FILE_NAME] = { .key = "fileName" } };
	if (scan_object(line, m, N))
		return;
	json_t *texts[N] = { NULL };
	struct str title = { 0 };
	for (int i = TITLE; i < N && title.len == 0; i++) {
		if (m[i].value.len == 0)
			continue;
		texts[i] = json_loadb(m[i].value.data, m[i].value.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		if (json_is_string(texts[i]))
			title = (struct str){ json_string_value(texts[i]), json_string_length(texts[i]) };
	}
	titles_add(t, scan_string(m[ID].value), title);
	for (int i = 0; i < N; i++)
		json_decref(texts[i]);
}

/* From the middle of a segment the first line is not whole and gives nothing. */
static void read_segment(struct titles *t, int folder, const char *name, off_t from)
{
	struct lines lines;
	struct str line;
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), rc = 0;
	if (fd < 0)
		return;
	lines_init(&lines, fd, LINE_BYTES);
	if (lseek(fd, from, SEEK_SET) == from)
		while ((rc = lines_next(&lines, &line)) == 0 || rc == -EFBIG)
			if (rc == 0)
				take_record(t, line);
	lines_release(&lines);
	close(fd);
}

static void read_folder(struct titles *t)
{
	DIR *d = opendir(t->out_dir);
	struct segment *all;
	off_t rest = TITLES_READ_BYTES;
	size_t used = 0;
	if (!d)
		return;
	size_t n = list_segments(d, &all);
	while (used < n && rest > 0)
		rest -= all[used++].size;
	/* The oldest of them first, so that the newest are kept. */
	for (size_t i = used; i-- > 0;)
		read_segment(t, dirfd(d), all[i].name, i + 1 == used && rest < 0 ? -rest : 0);
	for (size_t i = 0; i < n; i++)
		free(all[i].name);
	free(all);
	closedir(d);
}

struct str titles_find(struct titles *t, struct str id)
{
	const struct entry *e = find(t, id);
	if (!e && t->out_dir && !t->read) {
		t->read = true;
		read_folder(t);
		e = find(t, id);
	}
	return e ? str_of(e->title) : (struct str){ 0 };
}
