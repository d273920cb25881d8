/* Verdicts on written-out examples: tests/data/copies/NAME.txt holds what is expected and two or more articles, of which the last
 * is judged after the others have been entered. Whatever the verdict, its measures must be those that a plain count gives. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/copy_fixture.h"
#include "workers/copy/fold.h"
#include "workers/copy/revision.h"
#include "workers/decode/decode.h"

#define MAX_ARTICLES 4
#define MAX_SENTENCES 8
#define MAX_BYTES ((size_t)64 << 10)

/* An example as it stands in its file; views into its bytes. */
struct example {
	const char *name;
	struct str kind, reason, of, revision;
	unsigned hours;
	struct str names[MAX_ARTICLES], texts[MAX_ARTICLES];
	size_t n_articles;
	struct str covered[MAX_SENTENCES], uncovered[MAX_SENTENCES];
	size_t n_covered, n_uncovered;
};

static struct arena *arena;

static void setup(void) { arena = arena_new(32 << 20); }
static void teardown(void) { arena_free(&arena); }

TestSuite(verdicts, .init = setup, .fini = teardown);

static struct str line_at(struct str s, size_t *pos)
{
	const char *nl = memchr(s.data + *pos, '\n', s.len - *pos);
	size_t start = *pos, end = nl ? (size_t)(nl - s.data) : s.len;

	*pos = nl ? end + 1 : s.len;
	return str_cut(s, start, end);
}

static bool starts(struct str s, const char *z, struct str *ret_rest)
{
	size_t n = strlen(z);

	if (s.len < n || memcmp(s.data, z, n) != 0)
		return false;
	*ret_rest = str_cut(s, n, s.len);
	return true;
}

static void take_expectation(struct example *x, struct str line)
{
	struct str rest;

	if (starts(line, "kind ", &x->kind) || starts(line, "reason ", &x->reason) || starts(line, "of ", &x->of) ||
	    starts(line, "revision ", &x->revision))
		return;
	if (starts(line, "hours ", &rest))
		x->hours = (unsigned)atoi(rest.data);
	else
		cr_assert_fail("%s: what is \"%.*s\"?", x->name, STR_ARGS(line));
}

static void take_section(struct example *x, struct str name, struct str body)
{
	bool covered = str_is(name, "covered");

	if (!covered && !str_is(name, "uncovered")) {
		cr_assert(x->n_articles < MAX_ARTICLES);
		x->names[x->n_articles] = name;
		x->texts[x->n_articles++] = body;
		return;
	}
	for (size_t pos = 0; pos < body.len;) {
		struct str line = line_at(body, &pos);
		if (line.len == 0)
			continue;
		size_t *n = covered ? &x->n_covered : &x->n_uncovered;
		cr_assert(*n < MAX_SENTENCES);
		(covered ? x->covered : x->uncovered)[(*n)++] = line;
	}
}

static void example_read(const char *name, struct str file, struct example *ret)
{
	struct example x = { .name = name };
	struct str section = STR("");
	size_t pos = 0, start = 0;

	line_at(file, &pos); /* what it is, for people */
	while (pos < file.len) {
		size_t at = pos;
		struct str rest, line = line_at(file, &pos);
		if (starts(line, "=== ", &rest)) {
			if (section.len)
				take_section(&x, section, str_cut(file, start, at));
			section = rest;
			start = pos;
		} else if (!section.len) {
			take_expectation(&x, line);
		}
	}
	take_section(&x, section, str_cut(file, start, file.len));
	*ret = x;
}

static struct copy_item item_of(struct str name, struct str text, uint64_t time_ms)
{
	struct decode_input in = { .bytes = text };
	struct article a = { 0 };
	struct fingerprint *fp = ARENA_NEW(arena, struct fingerprint);
	struct err err;

	cr_assert_eq(decode(&in, arena, &a, &err), DECODE_OK);
	cr_assert_eq(fingerprint(&a, arena, fp), 0);
	return (struct copy_item){ .id = ulid_new(time_ms), .article_id = name, .fp = fp, .text = a.text, .time_ms = time_ms,
				   .arrival_ms = time_ms, .arena = arena };
}

static bool same_shingle(const struct fingerprint *a, uint32_t i, const struct fingerprint *b, uint32_t k)
{
	return memcmp(a->word_hashes + i, b->word_hashes + k, SHINGLE_WORDS * sizeof(*a->word_hashes)) == 0;
}

static bool has_shingle(const struct fingerprint *in, uint32_t n, const struct fingerprint *of, uint32_t k)
{
	for (uint32_t i = 0; i < n; i++)
		if (same_shingle(in, i, of, k))
			return true;
	return false;
}

struct count {
	double distinct, shared;
};

/* Distinct shingles of a, and those of them that b has. */
static struct count count(const struct fingerprint *a, const struct fingerprint *b)
{
	struct count c = { 0, 0 };

	for (uint32_t i = 0; i < a->n_shingles; i++) {
		if (has_shingle(a, i, a, i))
			continue;
		c.distinct++;
		c.shared += has_shingle(b, b->n_shingles, a, i);
	}
	return c;
}

static void check_measures(const struct example *x, const struct copy_item *here, const struct copy_item *of)
{
	const struct verdict *v = &here->verdict;
	struct count a = count(here->fp, of->fp), b = count(of->fp, here->fp);

	cr_expect_float_eq(v->containment, a.shared / a.distinct, 1e-9, "%s", x->name);
	cr_expect_float_eq(v->other_containment, b.shared / b.distinct, 1e-9, "%s", x->name);
	cr_expect_float_eq(v->jaccard, a.shared / (a.distinct + b.distinct - a.shared), 1e-9, "%s", x->name);
}

static uint32_t words_in(const struct fingerprint *fp, struct span s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < fp->n_words; i++)
		n += fp->words[i].start >= s.start && fp->words[i].end <= s.end;
	return n;
}

/* The same folded words on both sides. Returns their number. */
static uint32_t check_passage(const struct example *x, struct str here, struct span a, struct str there, struct span b)
{
	size_t p = a.start, q = b.start;
	struct fold_word u, w;
	uint32_t n = 0;

	for (;;) {
		bool left = fold_next(here, &p, a.end, &u), right = fold_next(there, &q, b.end, &w);
		cr_assert_eq(left, right, "%s: a passage is longer on one side", x->name);
		if (!left)
			return n;
		cr_assert_eq(u.hash, w.hash, "%s: \"%.*s\" in a passage", x->name, (int)(u.span.end - u.span.start), here.data + u.span.start);
		n++;
	}
}

static void check_passages(const struct example *x, const struct copy_item *items, size_t n)
{
	const struct copy_item *here = &items[n - 1];
	const struct verdict *v = &here->verdict;
	uint32_t end = 0, matched = 0, longest = 0;

	for (size_t i = 0; i < v->n_passages; i++) {
		const struct passage *p = &v->passages[i];
		const struct copy_item *other = NULL;
		for (size_t k = 0; k + 1 < n; k++)
			if (str_eq(items[k].article_id, p->other_article_id))
				other = &items[k];
		cr_assert_not_null(other);
		cr_assert(p->here.start >= end, "%s: passages in order and apart", x->name);
		end = p->here.end;
		cr_expect(check_passage(x, here->text, p->here, other->text, p->there) > 0);
		uint32_t words = words_in(here->fp, p->here);
		if (str_eq(other->article_id, v->of)) {
			matched += words;
			longest = words > longest ? words : longest;
		} else {
			cr_expect(words >= SHINGLE_WORDS, "%s: %u words of a third article", x->name, words);
		}
	}
	cr_expect_eq(v->matched_words, v->of.len ? matched : 0, "%s: %u words matched, %u counted", x->name, v->matched_words, matched);
	cr_expect_eq(v->longest_run, v->of.len ? longest : 0, "%s", x->name);
}

static bool is_covered(const struct copy_item *item, struct str sentence)
{
	const char *p = memmem(item->text.data, item->text.len, sentence.data, sentence.len);

	cr_assert_not_null(p, "the text does not hold \"%.*s\"", STR_ARGS(sentence));
	uint32_t at = (uint32_t)(p - item->text.data);
	return copy_covers(&item->verdict, item->fp, (struct span){ at, at + (uint32_t)sentence.len });
}

static void check_verdict(const struct example *x, const struct copy_item *item)
{
	static const char *const kinds[] = { [VERDICT_ORIGINAL] = "ORIGINAL", [VERDICT_EXACT] = "EXACT", [VERDICT_NEAR] = "NEAR",
		[VERDICT_CONTAINED] = "CONTAINED", [VERDICT_CONTAINS] = "CONTAINS", [VERDICT_PARTIAL] = "PARTIAL" };
	static const char *const reasons[] = { [REASON_UNSET] = "UNSET", [REASON_SHORT] = "SHORT", [REASON_TEMPLATE] = "TEMPLATE" };
	const struct verdict *v = &item->verdict;
	bool joins = v->kind != VERDICT_ORIGINAL && v->kind != VERDICT_PARTIAL;
	char version[16] = "none";

	cr_expect(str_is(x->kind, kinds[v->kind]), "%s: %s (%.2f, %.2f, %.2f)", x->name, kinds[v->kind], v->containment, v->other_containment,
		  v->jaccard);
	if (x->reason.len)
		cr_expect(str_is(x->reason, reasons[v->reason]), "%s: %s", x->name, reasons[v->reason]);
	cr_expect(str_eq(v->of, x->of), "%s: of \"%.*s\"", x->name, STR_ARGS(v->of));
	cr_expect(str_eq(v->story_id, joins ? x->of : item->article_id), "%s: story", x->name);
	if (v->revision.of.len) {
		cr_expect(str_eq(v->revision.of, v->of));
		(void)snprintf(version, sizeof(version), "%u", v->revision.version);
	}
	if (x->revision.len)
		cr_expect(str_is(x->revision, version), "%s: revision %s", x->name, version);
}

static void check_example(const struct example *x)
{
	const struct copy_config config = { 96 * HOUR, HOUR };
	struct copy_index *index = copy_index_new(&config);
	struct copy_item items[MAX_ARTICLES];
	size_t n = x->n_articles;

	cr_assert(n >= 2, "%s", x->name);
	for (size_t i = 0; i < n; i++) {
		items[i] = item_of(x->names[i], x->texts[i], NOON + (i + 1 == n ? x->hours * HOUR : 0));
		cr_assert_eq(copy_index_judge_and_add(index, &items[i]), 0);
		if (i + 1 < n)
			cr_assert_eq(items[i].verdict.kind, VERDICT_ORIGINAL, "%s", x->name);
	}
	const struct copy_item *last = &items[n - 1];
	check_verdict(x, last);
	for (size_t i = 0; i + 1 < n; i++)
		if (str_eq(items[i].article_id, last->verdict.of))
			check_measures(x, last, &items[i]);
	check_passages(x, items, n);
	for (size_t i = 0; i < x->n_covered; i++)
		cr_expect(is_covered(last, x->covered[i]), "%s: stood there before: %.*s", x->name, STR_ARGS(x->covered[i]));
	for (size_t i = 0; i < x->n_uncovered; i++)
		cr_expect(!is_covered(last, x->uncovered[i]), "%s: is new: %.*s", x->name, STR_ARGS(x->uncovered[i]));
	copy_index_free(&index);
}

static struct str file_bytes(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *room = arena_alloc(arena, MAX_BYTES);

	cr_assert_not_null(f, "%s", path);
	cr_assert_not_null(room);
	size_t n = fread(room, 1, MAX_BYTES, f);
	cr_assert(n > 0 && n < MAX_BYTES, "%s", path);
	(void)fclose(f);
	return (struct str){ room, n };
}

Test(verdicts, examples)
{
	DIR *dir = opendir(TEST_DATA "/copies");
	struct dirent *e;
	unsigned seen = 0;

	cr_assert_not_null(dir);
	while ((e = readdir(dir))) {
		char path[512];
		struct example x;
		if (!strstr(e->d_name, ".txt"))
			continue;
		(void)snprintf(path, sizeof(path), "%s/copies/%s", TEST_DATA, e->d_name);
		example_read(e->d_name, file_bytes(path), &x);
		check_example(&x);
		arena_reset(arena);
		seen++;
	}
	closedir(dir);
	cr_expect(seen >= 20, "%u examples", seen);
}

#define P_1 "The harbour of Port Elwin was closed on Monday after a tanker ran aground near the northern pier, the coast guard said."
#define P_2 "Twelve sailors were taken off the ship by helicopter and nobody was hurt, according to the shipping company Brandt Lines."
#define P_3 "Engineers hope to pull the vessel free at high tide on Wednesday, when two strong tugs arrive from the capital Harlow."

static struct copy_item judged(struct copy_index *index, const char *name, const char *before, const char *head, const char *after)
{
	char text[1024];

	(void)snprintf(text, sizeof(text), "Tanker aground off Port Elwin\n\n%s%s" P_1 "\n\n" P_2 "\n\n" P_3 "%s\n", before, head, after);
	struct copy_item item = item_of(str_of(name), arena_str(arena, str_of(text)), NOON);
	cr_assert_eq(copy_index_judge_and_add(index, &item), 0);
	return item;
}

/* Datelines, bylines, sign-offs, slugs and notes: decoder and fingerprint together leave nothing of them. */
Test(verdicts, what_is_no_text)
{
	static const char *const heads[] = {
		"LONDON, March 3 (Reuters) - ", "(Reuters) - ", "(AP) \xE2\x80\x94 ", "MOSCOW. Feb 3 (Interfax) - ", "NEW DELHI: ",
		"San Francisco (CNN) \xE2\x80\x94 ", "Port Elwin, Sept 12 (EFE).- ", "BEIJING, Sept. 12 (Xinhua) -- ", "LONDON \xE2\x80\x94 ",
	};
	static const char *const befores[] = {
		"By JANE DOE\n\n", "By Jane Doe and John Roe in Harlow\n\n", "BC-SHIP-AGROUND\n\n", "SHIP-AGROUND/HARBOUR (UPDATE 2, PIX, TV)\n\n",
		"AP-EU--Tanker Aground,2nd Ld-Writethru,400\n\n", "(Adds quotes, background)\n\n", "Eds: Updates with quotes.\n\n",
		"(This September 12 story has been corrected to fix the name of the pier in paragraph 1)\n\n",
	};
	static const char *const afters[] = {
		"\n\n(Reporting by Jane Doe; Editing by John Roe)", "\n REUTER", "\n\n-30-", "\n\nMORE", "\n\n-more-", "\n\n(more)", "\n\n(END)", "\n\nENDS",
		"\n\n###", "\n\nAFP",
	};
	const struct copy_config config = { 96 * HOUR, HOUR };
	struct copy_index *index = copy_index_new(&config);

	judged(index, "a", "", "", "");
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		cr_expect_eq(judged(index, "b", "", heads[i], "").verdict.kind, VERDICT_EXACT, "%s", heads[i]);
	for (size_t i = 0; i < sizeof(befores) / sizeof(*befores); i++)
		cr_expect_eq(judged(index, "b", befores[i], "", "").verdict.kind, VERDICT_EXACT, "%s", befores[i]);
	for (size_t i = 0; i < sizeof(afters) / sizeof(*afters); i++)
		cr_expect_eq(judged(index, "b", "", "", afters[i]).verdict.kind, VERDICT_EXACT, "%s", afters[i]);
	cr_expect_eq(judged(index, "b", "", "", "\n\nThe port opens again on Thursday.").verdict.kind, VERDICT_NEAR);
	cr_expect_eq(judged(index, "b", "", "(This story had a corrector) ", "").verdict.kind, VERDICT_NEAR);
	copy_index_free(&index);
}

Test(verdicts, what_says_that_it_is_a_revision)
{
	static const char *const yes[] = {
		"CORRECTED-Tanker aground", "Corrected: Tanker aground", "(2nd LD) Tanker aground", "WRAPUP 3-Tanker aground", "(LEAD) Tanker aground",
		"A tanker ran aground.\n\nThis story has been corrected to show that it was a ferry.",
		"A tanker ran aground.\n\nCorrection: An earlier version of this article misstated the owner.",
	};
	static const char *const no[] = {
		"The report was corrected by the ministry and a new version is expected.", "UPDATED FIGURES SHOW A RISE", "He sold 3 Ld bonds.",
		"WRAPUP OF THE WEEK",
	};
	uint32_t v;

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		cr_expect(revision_marked(str_of(yes[i]), &v), "%s", yes[i]);
	cr_expect(revision_marked(str_of(yes[2]), &v) && v == 2);
	cr_expect(revision_marked(str_of(yes[3]), &v) && v == 3);
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		cr_expect(!revision_marked(str_of(no[i]), &v), "%s", no[i]);
}
