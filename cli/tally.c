#include "cli/tally.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/lines.h"
#include "cli/scan.h"
#include "proto/json.h"
#include "sinks/file_read.h"
#include "workers/ledger.h"
#include "workers/store.h"

enum { MOST_RECEIPT_BYTES = 1 << 20, MOST_RECEIPT_FILES = 65536 };

/* ---- table ---- */

void tally_release(struct tally *t)
{
	free(t->entries);
	free(t->slots);
	*t = (struct tally){ 0 };
}

static size_t slot_of(const struct tally *t, const struct ulid *id)
{
	size_t at = (size_t)XXH3_64bits(id->b, sizeof(id->b)) & (t->n_slots - 1);
	while (t->slots[at] && ulid_cmp(&t->entries[t->slots[at] - 1].id, id))
		at = (at + 1) & (t->n_slots - 1);
	return at;
}

static int grow(struct tally *t)
{
	size_t room = t->room ? 2 * t->room : 1024;
	if (room > UINT32_MAX / 2)
		return -ENOMEM;
	struct tally_entry *entries = realloc(t->entries, room * sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	t->entries = entries;
	uint32_t *slots = calloc(2 * room, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	free(t->slots);
	t->slots = slots;
	t->n_slots = 2 * room;
	t->room = room;
	for (size_t i = 0; i < t->n; i++)
		slots[slot_of(t, &entries[i].id)] = (uint32_t)i + 1;
	return 0;
}

struct tally_entry *tally_entry(struct tally *t, const struct ulid *id)
{
	if (t->n == t->room && grow(t))
		return NULL;
	size_t slot = slot_of(t, id);
	if (t->slots[slot])
		return &t->entries[t->slots[slot] - 1];
	t->entries[t->n] = (struct tally_entry){ .id = *id };
	t->slots[slot] = (uint32_t)++t->n;
	return &t->entries[t->n - 1];
}

static void broken(struct tally *t, const char *where, uint64_t line)
{
	if (t->broken_lines++ == 0)
		(void)snprintf(t->first_broken, sizeof(t->first_broken), "%s, record %llu", where, (unsigned long long)line);
}

/* ---- receipts ---- */

enum { R_ID, R_OUTCOME, R_TIME, R_CLAIMS, R_CODE, R_NEXT, R_MEMBERS };

static void take_end(struct tally_entry *e, enum outcome outcome, const struct scan_member *m)
{
	struct str time = scan_string(m[R_TIME].value), claims = m[R_CLAIMS].value, next = scan_string(m[R_NEXT].value);
	if (e->outcome && e->outcome != OUTCOME_RETRIED && outcome != OUTCOME_RETRIED)
		e->places |= RECEIPT_TWICE;
	e->outcome = (uint8_t)outcome;
	e->places &= ~(uint32_t)(WENT_ON | FILE_IS_GONE);
	if (next.len)
		e->places |= WENT_ON;
	if (str_is(scan_string(m[R_CODE].value), "VANISHED"))
		e->places |= FILE_IS_GONE;
	e->receipt_claims = 0;
	for (size_t i = 0; i < claims.len && claims.data[i] >= '0' && claims.data[i] <= '9'; i++)
		e->receipt_claims = e->receipt_claims * 10 + (uint32_t)(claims.data[i] - '0');
	if (clock_parse(time.data, time.len, &e->receipt_ms))
		e->receipt_ms = 0;
}

static int take_receipt(struct tally *t, struct str line, const char *file, uint64_t number)
{
	struct scan_member m[R_MEMBERS] = { { "articleId", { 0 } }, { "outcome", { 0 } }, { "time", { 0 } }, { "claims", { 0 } },
					    { "reasonCode", { 0 } }, { "nextArticleId", { 0 } } };
	struct ulid id;
	enum outcome outcome = 0;
	if (scan_object(line, m, R_MEMBERS) == 0)
		outcome = outcome_of_name(scan_string(m[R_OUTCOME].value));
	if (!outcome || ulid_parse(scan_string(m[R_ID].value), &id)) {
		broken(t, file, number);
		return 0;
	}
	struct tally_entry *e = tally_entry(t, &id);
	if (!e)
		return -ENOMEM;
	t->receipts++;
	t->retried += outcome == OUTCOME_RETRIED;
	take_end(e, outcome, m);
	return 0;
}

static int read_receipts(struct tally *t, int dirfd, const char *file)
{
	struct lines lines;
	struct str line;
	struct stat st;
	int fd;
	int rc = file_open_beneath(dirfd, file, &fd, &st);
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	lines_init(&lines, fd, MOST_RECEIPT_BYTES);
	while (rc == 0 && (rc = lines_next(&lines, &line)) <= 0) {
		if (rc && rc != -EFBIG)
			break;
		if (lines.torn)
			t->torn_receipts++; /* being written, or cut at the next start: no receipt */
		else
			rc = rc ? (broken(t, file, lines.number), 0) : take_receipt(t, line, file, lines.number);
	}
	lines_release(&lines);
	close(fd);
	return rc > 0 ? 0 : rc;
}

/* By name, with the ULID of a full file; the current file, without one, comes after those of its instance. */
static int by_age(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	size_t n = strlen(x) - strlen(".ndjson"), m = strlen(y) - strlen(".ndjson"), least = n < m ? n : m;
	int c = strncmp(x, y, least);
	return c ? c : n < m ? 1 : n > m ? -1 : 0;
}

static bool is_receipts(const char *name)
{
	size_t n = strlen(name);
	return !strncmp(name, "receipts-", 9) && n > 16 && !strcmp(name + n - 7, ".ndjson");
}

static int list_receipts(DIR *d, char ***ret, size_t *ret_n)
{
	char **names = NULL;
	size_t n = 0;
	struct dirent *e;
	int rc = 0;
	while (rc == 0 && (e = readdir(d))) {
		if (!is_receipts(e->d_name))
			continue;
		char **grown = n < MOST_RECEIPT_FILES ? realloc(names, (n + 1) * sizeof(*names)) : NULL;
		if (grown)
			names = grown;
		if (!grown || !(names[n] = strdup(e->d_name)))
			rc = -ENOMEM;
		else
			n++;
	}
	if (n)
		qsort(names, n, sizeof(*names), by_age);
	*ret = names;
	*ret_n = n;
	return rc;
}

static int gather_receipts(struct tally *t, const struct options *o, struct err *err)
{
	char **names;
	size_t n;
	int fd = open(o->spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		int rc = err_set(err, -errno, "cannot read the spool %s: %s: name it with --drop, --paths.spool or --config", o->spool, strerror(errno));
		if (fd >= 0)
			close(fd);
		return rc;
	}
	int rc = list_receipts(d, &names, &n);
	if (rc)
		(void)err_set(err, rc, "out of memory");
	for (size_t i = 0; i < n && rc == 0; i++)
		if ((rc = read_receipts(t, fd, names[i])))
			(void)err_set(err, rc, "cannot read %s/%s: %s", o->spool, names[i], strerror(-rc));
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	closedir(d);
	return rc;
}

/* ---- ledger and sinks ---- */

static int take_ledger(const struct ulid *id, const struct ledger_entry *entry, void *arg)
{
	struct tally *t = arg;
	struct tally_entry *e = tally_entry(t, id);
	if (!e)
		return -ENOMEM;
	e->ledger = (uint8_t)entry->state;
	t->ledger_entries++;
	return 0;
}

static int take_article(struct tally *t, struct str line)
{
	struct scan_member m[] = { { "articleId", { 0 } }, { "claimIds", { 0 } } };
	struct ulid id;
	struct str claim;
	size_t at = 0;
	t->articles++;
	if (scan_object(line, m, 2) || ulid_parse(scan_string(m[0].value), &id)) {
		broken(t, "articles", t->articles);
		return 0;
	}
	struct tally_entry *e = tally_entry(t, &id);
	if (!e)
		return -ENOMEM;
	e->articles++;
	while (scan_array_next(m[1].value, &at, &claim)) {
		e->listed++;
		e->listed_sum += XXH3_64bits(claim.data, claim.len);
	}
	return 0;
}

static int take_claim(struct tally *t, struct str line)
{
	struct scan_member m[] = { { "id", { 0 } }, { "articleId", { 0 } } };
	struct ulid id;
	t->claims++;
	if (scan_object(line, m, 2) || ulid_parse(scan_string(m[1].value), &id)) {
		broken(t, "claims", t->claims);
		return 0;
	}
	struct str claim = scan_string(m[0].value);
	struct tally_entry *e = tally_entry(t, &id);
	if (!e)
		return -ENOMEM;
	e->seen++;
	e->seen_sum += XXH3_64bits(claim.data, claim.len);
	return 0;
}

static int gather_sinks(struct tally *t, struct ledger *ledger, const struct options *o, struct err *err)
{
	struct file_reader *reader;
	int rc = file_reader_open(o->out, ledger, true, &reader, err);
	if (rc)
		return rc;
	while (rc == 0) {
		enum file_stream stream;
		struct str line;
		rc = file_reader_next(reader, &stream, &line);
		if (rc == 0)
			rc = stream == FILE_CLAIMS ? take_claim(t, line) : take_article(t, line);
	}
	file_reader_close(&reader);
	if (rc == -EBADMSG || rc == -EIO)
		return err_set(err, rc, "the segments in %s are shorter than what the ledger says is published in them, or end within a record", o->out);
	return rc == -EAGAIN ? 0 : err_set(err, rc, "cannot read the segments in %s: %s", o->out, strerror(-rc));
}

int tally_gather(struct tally *t, const struct options *o, struct err *err)
{
	struct store *store = NULL;
	struct ledger *ledger = NULL;
	int rc = tally_folders(t, o, err);
	if (rc == 0)
		rc = gather_receipts(t, o, err);
	if (rc)
		return rc;
	rc = store_open(o->state, o->map_bytes, true, &store, err);
	if (rc == 0)
		rc = ledger_open(store, NULL, &ledger, err);
	if (rc == 0 && (rc = ledger_each(ledger, take_ledger, t)))
		(void)err_set(err, rc, "cannot read the ledger in %s: %s", o->state, strerror(-rc));
	if (rc == 0)
		rc = gather_sinks(t, ledger, o, err);
	ledger_close(&ledger);
	store_close(&store);
	return rc;
}
