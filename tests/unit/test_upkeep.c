/* The copy index looked at from outside: stat counts, check finds what is broken, and one made anew is like the old one. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <xxhash.h>

#include "tests/unit/copy_fixture.h"
#include "tests/unit/ledger_fixture.h"
#include "workers/copy/entry.h"
#include "workers/copy/restore.h"
#include "workers/copy/run.h"
#include "workers/copy/upkeep.h"
#include "workers/ledger_rebuild.h"

static struct desk desk;
static const struct copy_config config = { .window_ms = 96 * HOUR, .clock_skew_ms = HOUR };

static void set_up(void)
{
	scratch_make();
	desk_open(&desk);
}

static void tear_down(void)
{
	desk_close(&desk);
	scratch_remove();
}

TestSuite(upkeep, .init = set_up, .fini = tear_down);

enum { ARTICLES = 40 };

/* Articles of some forty words, no two alike. */
static const char *story(unsigned n)
{
	static char text[1024];
	size_t len = 0;
	for (unsigned i = 0; i < 40; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "word%u%c ", n * 1000 + i * i, 'a' + (int)(n % 20));
	return text;
}

static struct copy_claim claim_of(struct desk *d, struct str article)
{
	return (struct copy_claim){ .id = arena_printf(d->arena, "%.*s-1", STR_ARGS(article)), .span = { 0, 30 } };
}

static void settle(const struct copy_item *item, bool published)
{
	struct copy_claim claim = claim_of(&desk, item->article_id);
	struct store_txn t;
	cr_assert_eq(store_write(desk.store, &t), 0);
	cr_assert_eq(copy_index_settle(desk.index, &t, &item->id, published, &claim, 1), 0);
	cr_assert_eq(store_commit(&t), 0);
}

static void reserve(struct copy_item *items, size_t n)
{
	struct store_txn t;
	cr_assert_eq(copy_index_judge(desk.index, items, n), 0);
	cr_assert_eq(store_write(desk.store, &t), 0);
	cr_assert_eq(copy_index_reserve(desk.index, &t, items, n), 0);
	cr_assert_eq(store_commit(&t), 0);
}

/* ARTICLES of them in batches of eight, an hour between the batches. All published but the last two: one has left, one is pending. */
static void fill(struct copy_item items[ARTICLES])
{
	for (unsigned i = 0; i < ARTICLES; i++)
		items[i] = copy_item(desk.arena, NULL, story(i), NOON + i / 8 * HOUR);
	for (unsigned i = 0; i < ARTICLES; i += 8)
		reserve(items + i, 8);
	for (unsigned i = 0; i < ARTICLES - 2; i++)
		settle(&items[i], true);
	settle(&items[ARTICLES - 2], false);
}

static struct upkeep_report check(void)
{
	struct upkeep_report report;
	struct err err = { 0 };
	cr_assert_eq(upkeep_check(desk.store, NULL, NULL, &report, &err), 0, "%s", err.text);
	return report;
}

static void expect_fault(enum upkeep_fault f, uint64_t n)
{
	struct upkeep_report r = check();
	cr_expect_eq(r.faults[f].n, n, "%s: %llu, not %llu", upkeep_fault_name(f), (unsigned long long)r.faults[f].n, (unsigned long long)n);
	cr_expect(n == 0 || r.faults[f].first[0], "%s: no place", upkeep_fault_name(f));
	cr_expect(r.n >= n);
}

/* ---- breaking ---- */

static MDB_dbi dbi_of(const char *name)
{
	MDB_dbi dbi;
	cr_assert_eq(store_dbi(desk.store, name, 0, &dbi), 0, "%s", name);
	return dbi;
}

/* Value number `at` of a database, changed: byte `from` flipped, or the last `cut` bytes gone; or the row itself, where change is NULL. */
static void break_row(const char *name, unsigned at, void (*change)(unsigned char *bytes, size_t *len))
{
	MDB_dbi dbi = dbi_of(name);
	struct store_txn t;
	MDB_cursor *c;
	MDB_val key, v;
	static unsigned char k[64], bytes[1 << 20];
	cr_assert_eq(store_write(desk.store, &t), 0);
	cr_assert_eq(mdb_cursor_open(t.mdb, dbi, &c), 0);
	for (unsigned i = 0; i <= at; i++)
		cr_assert_eq(mdb_cursor_get(c, &key, &v, MDB_NEXT), 0, "%s has no row %u", name, at);
	size_t len = v.mv_size, key_len = key.mv_size;
	cr_assert(len <= sizeof(bytes) && key_len <= sizeof(k));
	memcpy(bytes, v.mv_data, len);
	memcpy(k, key.mv_data, key_len);
	mdb_cursor_close(c);
	key = (MDB_val){ key_len, k };
	if (change) {
		change(bytes, &len);
		v = (MDB_val){ len, bytes };
		cr_assert_eq(mdb_put(t.mdb, dbi, &key, &v, 0), 0);
	} else {
		cr_assert_eq(mdb_del(t.mdb, dbi, &key, NULL), 0);
	}
	cr_assert_eq(store_commit(&t), 0);
}

static void put_row(const char *name, const void *k, size_t k_len, const void *value, size_t len)
{
	MDB_val key = { k_len, (void *)k }, v = { len, (void *)value };
	struct store_txn t;
	MDB_dbi dbi = dbi_of(name);
	cr_assert_eq(store_write(desk.store, &t), 0);
	cr_assert_eq(mdb_put(t.mdb, dbi, &key, &v, 0), 0);
	cr_assert_eq(store_commit(&t), 0);
}

static void flip_middle(unsigned char *b, size_t *len) { b[*len / 2] ^= 0x10; }
static void flip_last(unsigned char *b, size_t *len) { b[*len - 1] ^= 0x10; }
static void flip_first(unsigned char *b, size_t *len) { (void)len; b[0] ^= 0x40; }
static void cut_short(unsigned char *b, size_t *len) { (void)b; *len = 3; }
static void no_state(unsigned char *b, size_t *len) { (void)len; b[3] = 77; }
static void gone_state(unsigned char *b, size_t *len) { (void)len; b[3] = ENTRY_GONE; }
static void other_format(unsigned char *b, size_t *len) { (void)len; b[4] = 99; }

/* A bucket of a billion entries, under a good checksum. */
static void billion_entries(unsigned char *b, size_t *len)
{
	const unsigned char next[8] = { 0, 0, 0, 0x40 };
	memcpy(b + 8, next, sizeof(next));
	uint32_t sum = (uint32_t)XXH3_64bits(b, *len - 4);
	for (int i = 0; i < 4; i++)
		b[*len - 4 + i] = (unsigned char)(sum >> 8 * i);
}

static long peak_mb(void)
{
	struct rusage u;
	cr_assert_eq(getrusage(RUSAGE_SELF, &u), 0);
	return u.ru_maxrss / 1024;
}

/* LMDB does not like to be open twice in one process. */
static int probe(struct err *err)
{
	desk_close(&desk);
	return upkeep_probe(scratch_path("state"), 64 << 20, err);
}

/* ---- stat ---- */

Test(upkeep, stat_counts_what_was_entered)
{
	struct copy_item items[ARTICLES];
	struct upkeep_stat s;
	struct err err = { 0 };
	fill(items);
	cr_assert_eq(upkeep_stat(desk.store, &s, &err), 0, "%s", err.text);
	cr_expect_eq(s.format, lmdb_format);
	cr_assert_eq(s.n, 1);
	cr_expect_eq(s.b[0].published, ARTICLES - 2);
	cr_expect_eq(s.b[0].pending, 1);
	cr_expect_eq(s.b[0].gone, 1);
	cr_expect_eq(s.b[0].from_ms, NOON);
	cr_expect_eq(s.b[0].to_ms, NOON + 4 * HOUR);
	uint64_t marks = 0;
	for (size_t i = 0; i < ARTICLES; i++) {
		const uint32_t *m;
		uint32_t n;
		entry_marks_of(items[i].fp, &m, &n);
		marks += n;
	}
	cr_expect_eq(s.b[0].postings, marks);
	cr_expect(s.b[0].runs >= 1 && s.b[0].runs <= ARTICLES / 8);
	for (size_t k = 0; k < LMDB_KINDS; k++)
		cr_expect(s.b[0].bytes[k] >= 4096, "kind %zu", k);
}

Test(upkeep, stat_has_a_line_for_each_bucket)
{
	struct upkeep_stat s;
	struct err err = { 0 };
	for (unsigned i = 0; i < 3; i++) {
		struct copy_item it = copy_item(desk.arena, NULL, story(i), NOON + i * 30 * HOUR);
		reserve(&it, 1);
		settle(&it, true);
	}
	cr_assert_eq(upkeep_stat(desk.store, &s, &err), 0, "%s", err.text);
	cr_assert_eq(s.n, 3);
	for (unsigned i = 0; i < 3; i++) {
		cr_expect_eq(s.b[i].published, 1);
		cr_expect_eq(s.b[i].from_ms, NOON + i * 30 * HOUR);
	}
	struct upkeep_report r = check();
	cr_expect_eq(r.n, 0);
	cr_expect_eq(r.entries, 3);
}

/* ---- check ---- */

Test(upkeep, a_whole_index_has_no_faults)
{
	struct copy_item items[ARTICLES];
	struct upkeep_report r = check();
	cr_expect_eq(r.n, 0);
	cr_expect_eq(r.entries, 0);
	fill(items);
	r = check();
	cr_expect_eq(r.n, 0, "first: %s", r.faults[UPKEEP_POSTING].first);
	cr_expect_eq(r.entries, ARTICLES);
	cr_expect_eq(r.living, ARTICLES - 1);
	cr_expect_eq(r.claims, ARTICLES - 2);
	cr_expect(r.postings > ARTICLES);
}

Test(upkeep, short_articles_and_foreign_names_are_whole_too)
{
	struct copy_item items[3] = { copy_item(desk.arena, "wire-7", PORT, NOON), copy_item(desk.arena, NULL, "Four words of text", NOON),
				      copy_item(desk.arena, "wire-8", FARM, NOON) };
	reserve(items, 3);
	struct upkeep_report r = check();
	cr_expect_eq(r.n, 0);
	cr_expect_eq(r.living, 3);
}

Test(upkeep, finds_a_damaged_entry)
{
	struct copy_item items[ARTICLES];
	fill(items);
	break_row("copy.block.0", 1, flip_middle);
	expect_fault(UPKEEP_ENTRY, 1);
}

Test(upkeep, finds_a_damaged_block)
{
	struct copy_item items[ARTICLES];
	fill(items);
	break_row("copy.block.0", 1, cut_short);
	expect_fault(UPKEEP_BLOCK, 1);
	expect_fault(UPKEEP_ENTRY_MISSING, 8);
}

Test(upkeep, finds_missing_entries)
{
	struct copy_item items[ARTICLES];
	fill(items);
	break_row("copy.block.0", 4, NULL);
	expect_fault(UPKEEP_ENTRY_MISSING, 8);
	break_row("copy.block.0", 0, NULL);
	expect_fault(UPKEEP_ENTRY_MISSING, 16);
}

Test(upkeep, finds_damaged_states)
{
	struct copy_item items[ARTICLES];
	fill(items);
	break_row("copy.state.0", 0, no_state);
	expect_fault(UPKEEP_STATE, 1);
	break_row("copy.state.0", 0, NULL);
	expect_fault(UPKEEP_STATE, 1);
}

Test(upkeep, a_forged_number_of_entries_takes_no_memory)
{
	struct copy_item items[ARTICLES];
	fill(items);
	break_row("copy.meta", 0, billion_entries);
	long before = peak_mb();
	struct upkeep_report r = check();
	cr_expect_lt(peak_mb() - before, 256, "%ld MB more", peak_mb() - before);
	cr_expect_eq(r.faults[UPKEEP_ENTRY_MISSING].n, (1u << 30) - 1 - ARTICLES, "the first has number 1");
	cr_expect_eq(r.faults[UPKEEP_STATE].n, 1);
	cr_expect_eq(strcmp(r.faults[UPKEEP_STATE].first, "copy.state.0, entries from 1024"), 0, "%s", r.faults[UPKEEP_STATE].first);
	cr_expect_eq(r.living, ARTICLES - 1);
}

/* States are found behind a gap. */
Test(upkeep, finds_states_where_chunks_are_missing)
{
	struct copy_item items[ARTICLES];
	static const uint8_t far[4] = { 0, 0, 0, 9 };
	uint8_t states[STATE_CHUNK] = { ENTRY_PENDING };
	fill(items);
	break_row("copy.meta", 0, billion_entries);
	put_row("copy.state.0", far, sizeof(far), states, sizeof(states));
	static const uint8_t at[4] = { 0, 0, 0x24, 0 }, behind[4] = { 0, 0, 0x24, 1 };
	put_row("copy.id.0", "one that is here", 16, at, sizeof(at));
	uint64_t stray = check().faults[UPKEEP_ID_STRAY].n;
	put_row("copy.id.0", "one that is gone", 16, behind, sizeof(behind));
	cr_expect_eq(stray, 0);
	cr_expect_eq(check().faults[UPKEEP_ID_STRAY].n, 1);
}

Test(upkeep, an_entry_that_left_by_itself_is_noticed_by_what_it_left)
{
	struct copy_item items[ARTICLES];
	fill(items);
	break_row("copy.state.0", 0, gone_state);
	expect_fault(UPKEEP_ID_STRAY, 1);
	expect_fault(UPKEEP_LEFTOVER, 1);
}

Test(upkeep, finds_ids_that_do_not_lead_home)
{
	struct copy_item items[ARTICLES];
	fill(items);
	break_row("copy.id.0", 5, NULL);
	expect_fault(UPKEEP_ID, 1);
	break_row("copy.id.0", 7, flip_last);
	struct upkeep_report r = check();
	cr_expect_eq(r.faults[UPKEEP_ID].n, 2);
	cr_expect(r.faults[UPKEEP_ID_STRAY].n >= 1);
	static const char stranger[16] = "nobody at all", at[4] = { 0, 0, 0, 2 };
	put_row("copy.id.0", stranger, sizeof(stranger), at, sizeof(at));
	cr_expect(check().faults[UPKEEP_ID_STRAY].n >= 2);
}

Test(upkeep, finds_a_damaged_run)
{
	struct copy_item items[ARTICLES];
	fill(items);
	break_row("copy.run.0", 0, flip_middle);
	expect_fault(UPKEEP_RUN, 1);
}

Test(upkeep, finds_a_missing_run)
{
	struct copy_item items[ARTICLES];
	fill(items);
	break_row("copy.run.0", 0, NULL);
	expect_fault(UPKEEP_RUN, 1);
}

/* A run with a good checksum that says nothing of its entries, and one that says too much. */
static void write_run(uint32_t first, const struct run_view *like, uint32_t skip, bool extra)
{
	struct run_posting *p = calloc(like->n + 1, sizeof(*p));
	uint32_t n = 0;
	struct buf out;
	uint8_t key[4];
	for (uint32_t i = 0; i < like->n; i++)
		if (i >= skip)
			p[n++] = (struct run_posting){ run_key_at(like, i), run_doc_at(like, i) };
	if (extra)
		p[n++] = (struct run_posting){ UINT32_MAX, like->first };
	buf_init(&out, 0);
	run_write(&out, p, n, like->first, like->behind);
	put_be32(key, first);
	put_row("copy.run.0", key, 4, out.data, out.len);
	buf_release(&out);
	free(p);
}

static void rewrite_first_run(uint32_t skip, bool extra)
{
	static uint8_t copy[1 << 20];
	MDB_dbi dbi = dbi_of("copy.run.0");
	uint8_t zero[4] = { 0 };
	MDB_val key = { 4, zero }, v;
	struct run_view view;
	struct store_txn t;
	cr_assert_eq(store_read(desk.store, &t), 0);
	cr_assert_eq(mdb_get(t.mdb, dbi, &key, &v), 0);
	cr_assert(v.mv_size <= sizeof(copy));
	memcpy(copy, v.mv_data, v.mv_size);
	cr_assert_eq(run_open((struct str){ (char *)copy, v.mv_size }, &view), 0);
	store_abort(&t);
	write_run(0, &view, skip, extra);
}

Test(upkeep, finds_each_posting_that_is_missing)
{
	struct copy_item items[ARTICLES];
	fill(items);
	rewrite_first_run(3, false);
	expect_fault(UPKEEP_POSTING, 3);
	expect_fault(UPKEEP_RUN, 0);
}

Test(upkeep, finds_a_posting_too_many)
{
	struct copy_item items[ARTICLES];
	fill(items);
	rewrite_first_run(0, true);
	expect_fault(UPKEEP_POSTING_STRAY, 1);
	expect_fault(UPKEEP_POSTING, 0);
}

Test(upkeep, finds_damaged_claims)
{
	struct copy_item items[ARTICLES];
	fill(items);
	break_row("copy.claim.0", 2, flip_middle);
	expect_fault(UPKEEP_CLAIMS, 1);
	break_row("copy.claim.0", 4, cut_short);
	expect_fault(UPKEEP_CLAIMS, 2);
}

Test(upkeep, finds_what_no_bucket_has)
{
	struct copy_item items[ARTICLES];
	fill(items);
	put_row("copy.claim.4", "abcd", 4, "x", 1);
	expect_fault(UPKEEP_LEFTOVER, 1);
}

Test(upkeep, a_damaged_description_ends_it)
{
	struct copy_item items[ARTICLES];
	struct upkeep_stat s;
	struct err err = { 0 };
	fill(items);
	break_row("copy.meta", 0, flip_middle);
	expect_fault(UPKEEP_META, 1);
	cr_expect_eq(upkeep_stat(desk.store, &s, &err), -EBADMSG);
	cr_expect(strstr(err.text, "copytaster index rebuild"), "%s", err.text);
	cr_expect_eq(probe(&err), -EBADMSG);
}

Test(upkeep, another_format_is_refused_and_said)
{
	struct copy_item items[ARTICLES];
	struct copy_index *x = NULL;
	struct err err = { 0 };
	fill(items);
	break_row("copy.meta", 0, other_format);
	expect_fault(UPKEEP_FORMAT, 1);
	cr_expect_eq(copy_index_open(desk.store, &config, &x, &err), -EPROTONOSUPPORT);
	cr_expect(strstr(err.text, "copytaster index rebuild"), "%s", err.text);
	cr_expect_eq(probe(&err), -EPROTONOSUPPORT);
	cr_expect(strstr(err.text, "another format"), "%s", err.text);
}

Test(upkeep, probe_has_nothing_against_a_good_one_or_none)
{
	struct copy_item items[ARTICLES];
	struct err err = { 0 };
	fill(items);
	cr_expect_eq(probe(&err), 0, "%s", err.text);
	cr_expect_eq(upkeep_probe(scratch_path("nowhere"), 64 << 20, &err), 0);
}

Test(upkeep, every_flipped_byte_of_a_small_index_is_survived)
{
	static const char *const names[] = { "copy.meta", "copy.block.0", "copy.run.0", "copy.claim.0", "copy.id.0" };
	struct copy_item it = copy_item(desk.arena, NULL, story(1), NOON);
	reserve(&it, 1);
	settle(&it, true);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		break_row(names[i], 0, flip_first);
		cr_expect(check().n > 0, "%s: its first byte", names[i]);
		break_row(names[i], 0, flip_first);
		break_row(names[i], 0, flip_last);
		cr_expect(check().n > 0, "%s: its last byte", names[i]);
		break_row(names[i], 0, flip_last);
		cr_expect_eq(check().n, 0, "%s", names[i]);
	}
}

/* ---- made anew ---- */

/* As `rebuild` does it, from items that have their verdicts. */
static void restore(struct copy_item *items, size_t n, bool finish)
{
	struct copy_restore *list = calloc(n, sizeof(*list));
	struct copy_claim *claims = calloc(n, sizeof(*claims));
	struct err err = { 0 };
	struct store_txn t;
	size_t entered;
	for (size_t i = 0; i < n; i++) {
		claims[i] = claim_of(&desk, items[i].article_id);
		list[i] = (struct copy_restore){ items[i], &claims[i], 1 };
	}
	copy_index_free(&desk.index);
	cr_assert_eq(copy_index_renew(desk.store, &config, &desk.index, &err), 0, "%s", err.text);
	cr_assert_eq(store_write(desk.store, &t), 0);
	cr_assert_eq(copy_index_restore(desk.index, &t, list, n, &entered), 0);
	cr_assert_eq(entered, n);
	if (finish)
		cr_assert_eq(copy_index_renewed(desk.index, &t), 0);
	cr_assert_eq(store_commit(&t), 0);
	free(list);
	free(claims);
}

static void expect_same_verdict(const struct verdict *a, const struct verdict *b)
{
	cr_expect_eq(a->kind, b->kind);
	cr_expect(str_eq(a->of, b->of));
	cr_expect(str_eq(a->story_id, b->story_id));
	cr_expect_eq(a->revision.version, b->revision.version);
	cr_expect_eq(a->jaccard, b->jaccard);
	cr_expect_eq(a->containment, b->containment);
	cr_assert_eq(a->n_passages, b->n_passages);
	for (size_t i = 0; i < a->n_passages; i++) {
		cr_expect(str_eq(a->passages[i].other_article_id, b->passages[i].other_article_id));
		cr_expect_eq(memcmp(&a->passages[i].here, &b->passages[i].here, sizeof(struct span)), 0);
		cr_expect_eq(memcmp(&a->passages[i].there, &b->passages[i].there, sizeof(struct span)), 0);
	}
}

Test(upkeep, an_index_made_anew_judges_like_the_old_one)
{
	struct copy_item items[3] = { copy_item(desk.arena, NULL, PORT, NOON), copy_item(desk.arena, NULL, FARM, NOON + 1),
				      copy_item(desk.arena, NULL, PORT_1 "\n\n" PORT_2 "\n\n" PORT_4 "\n\n" FARM_1, NOON + 2) };
	struct copy_item late = copy_item(desk.arena, NULL, PORT_2 "\n\n" PORT_3 "\n\n" PORT_4 "\n\n" FARM_2, NOON + HOUR), again = late;
	struct repeat *before, *after;
	size_t n_before, n_after;
	for (size_t i = 0; i < 3; i++) {
		reserve(&items[i], 1);
		settle(&items[i], true);
	}
	cr_assert_eq(copy_index_judge(desk.index, &late, 1), 0);
	cr_assert_neq(late.verdict.kind, VERDICT_ORIGINAL);
	cr_assert_eq(copy_index_repeats(desk.index, &late.verdict, late.fp, desk.arena, &before, &n_before), 0);
	restore(items, 3, true);
	cr_expect_eq(check().n, 0);
	cr_assert_eq(copy_index_judge(desk.index, &again, 1), 0);
	expect_same_verdict(&late.verdict, &again.verdict);
	cr_assert_eq(copy_index_repeats(desk.index, &again.verdict, again.fp, desk.arena, &after, &n_after), 0);
	cr_assert_eq(n_before, n_after);
	for (size_t i = 0; i < n_after; i++)
		cr_expect(str_eq(before[i].claim_id, after[i].claim_id));
}

Test(upkeep, one_that_is_not_finished_is_refused)
{
	struct copy_item it = copy_item(desk.arena, NULL, PORT, NOON);
	struct copy_index *x = NULL;
	struct upkeep_stat s;
	struct err err = { 0 };
	restore(&it, 1, false);
	cr_expect_eq(copy_index_open(desk.store, &config, &x, &err), -EUCLEAN);
	cr_expect(strstr(err.text, "interrupted"), "%s", err.text);
	cr_expect_eq(upkeep_stat(desk.store, &s, &err), -EUCLEAN);
	expect_fault(UPKEEP_UNFINISHED, 1);
	restore(&it, 1, true);
	expect_fault(UPKEEP_UNFINISHED, 0);
	cr_expect_eq(copy_index_open(desk.store, &config, &x, &err), 0, "%s", err.text);
	copy_index_free(&x);
}

/* A read that fails says nothing: neither "renewed" nor "not renewed". */
Test(upkeep, what_cannot_be_read_is_not_taken_for_finished)
{
	struct store_txn t;
	cr_assert_eq(store_read(desk.store, &t), 0);
	cr_expect_eq(lmdb_is_renewed(t.mdb, dbi_of("copy.meta")), 0);
	mdb_txn_reset(t.mdb);
	cr_expect_eq(lmdb_is_renewed(t.mdb, dbi_of("copy.meta")), -EINVAL);
	store_abort(&t);
}

Test(upkeep, what_an_older_format_left_goes_too)
{
	struct copy_item it = copy_item(desk.arena, NULL, PORT, NOON);
	struct store_txn t;
	MDB_dbi dbi;
	MDB_val key = { 4, (void *)"mark" }, v = { 4, (void *)"post" };
	cr_assert_eq(store_dbi(desk.store, "copy.mark.0", MDB_DUPSORT | MDB_DUPFIXED, &dbi), 0);
	cr_assert_eq(store_dbi(desk.store, "copies", 0, &dbi), 0);
	cr_assert_eq(store_write(desk.store, &t), 0);
	cr_assert_eq(mdb_put(t.mdb, dbi_of("copy.mark.0"), &key, &v, 0), 0);
	cr_assert_eq(store_commit(&t), 0);
	restore(&it, 1, true);
	cr_assert_eq(store_read(desk.store, &t), 0);
	cr_expect_eq(mdb_dbi_open(t.mdb, "copy.mark.0", 0, &dbi), MDB_NOTFOUND);
	cr_expect_eq(mdb_dbi_open(t.mdb, "copies", 0, &dbi), 0);
	store_abort(&t);
}

/* ---- the ledger's part ---- */

Test(upkeep, pending_ids_are_forgotten_and_others_are_not)
{
	struct ledger_reserve r[2] = { desk_item(&desk, ulid_new(NOON), BODY), desk_item(&desk, ulid_new(NOON), FARM) };
	struct ledger_entry e = { .state = LEDGER_COPY, .instance = 9 }, got;
	struct ulid other = ulid_new(NOON);
	struct store_txn t;
	uint64_t n = 0;
	desk_reserve(&desk, r, 2);
	cr_assert_eq(desk_settle(&desk, r[0].copy.id, LEDGER_PUBLISHED), 0);
	cr_assert_eq(store_write(desk.store, &t), 0);
	cr_assert_eq(ledger_forget_pending(desk.ledger, &t, &n), 0);
	cr_assert_eq(ledger_restore(desk.ledger, &t, &other, &e), 0);
	cr_assert_eq(store_commit(&t), 0);
	cr_expect_eq(n, 1);
	cr_expect_eq(desk_state(&desk, r[0].copy.id), LEDGER_PUBLISHED);
	cr_expect_eq(desk_state(&desk, r[1].copy.id), LEDGER_UNKNOWN);
	cr_assert_eq(ledger_get(desk.ledger, &other, desk.arena, &got), 0);
	cr_expect_eq(got.state, LEDGER_COPY);
	cr_expect_eq(got.instance, 9);
}
