/* Golden articles: tests/data/claims/NAME.txt and, beside it, NAME.claims: one claim a line,
 *   KIND MODALITY POLARITY | text | cue | source > name (role) TYPE | via, nearest first | quantities | times
 * COPYTASTER_GOLDEN=1 in the environment prints what came out. */
#include "claim_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/json.h"
#include "workers/claim/claim.h"

TestSuite(extract, .init = fixture_setup, .fini = fixture_teardown);

static void read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "r");
	char part[4096];
	size_t n;
	cr_assert(f, "%s", path);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_append(out, part, n);
	fclose(f);
}

static struct article article_from(struct str bytes)
{
	struct article a;
	struct err err;
	struct decode_input in = { .bytes = bytes, .file_name = STR("story.txt"), .input_time = STR("2016-09-15T12:00:00Z") };
	cr_assert_eq(decode(&in, arena, &a, &err), DECODE_OK, "%s", err.text);
	return a;
}

static struct claim_set extract_with(const struct article *a, bool (*skip)(struct span, void *), void *arg)
{
	struct claim_input in = { .article = a, .article_id = STR("a1"), .file_name = STR("story.txt"), .skip = skip, .skip_arg = arg };
	struct claim_set set;
	cr_assert_eq(claim_extract(&in, arena, &set), 0);
	return set;
}

static void put_cues(struct buf *b, const struct text_span *cue, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_text(b, i ? " + " : "");
		buf_str(b, cue[i].text);
	}
}

static void put_source(struct buf *b, struct str text, struct str name, struct str role, enum source_type type)
{
	buf_str(b, text);
	if (name.len && !str_eq(name, text))
		buf_printf(b, " > %.*s", STR_ARGS(name));
	if (role.len)
		buf_printf(b, " (%.*s)", STR_ARGS(role));
	if (type)
		buf_printf(b, " %s", name_source_type(type));
}

static void put_facts(struct buf *b, const struct claim *c)
{
	buf_text(b, " |");
	for (size_t i = 0; i < c->n_quantities; i++) {
		const struct quantity *q = &c->quantities[i];
		buf_printf(b, "%s %.*s", i ? "," : "", STR_ARGS(q->text));
	}
	buf_text(b, " |");
	for (size_t i = 0; i < c->n_times; i++) {
		const struct time_ref *t = &c->times[i];
		buf_printf(b, "%s %.*s %s", i ? "," : "", STR_ARGS(t->text), name_time_role(t->role));
	}
}

static void put_claim(struct buf *b, const struct claim *c)
{
	const struct attribution *a = &c->attribution;
	buf_printf(b, "%s %s %s | %.*s | ", name_claim_kind(c->kind), name_modality(c->modality), c->polarity == POLARITY_NEGATIVE ? "-" : "+",
		   STR_ARGS(c->text));
	put_cues(b, a->cue, a->n_cue);
	buf_text(b, " | ");
	put_source(b, a->source_text, a->source_name, a->source_role, a->source_type);
	buf_text(b, a->inherited ? " INHERITED | " : " | ");
	for (size_t i = 0; i < a->n_via; i++) {
		const struct via *v = &a->via[i];
		buf_text(b, i ? " < " : "");
		put_source(b, v->source_text, v->source_name, (struct str){ NULL, 0 }, v->source_type);
		buf_text(b, " ");
		put_cues(b, v->cue, v->n_cue);
		buf_text(b, v->attribution_id.len ? " !" : "");
	}
	put_facts(b, c);
	while (b->len && b->data[b->len - 1] == ' ')
		buf_truncate(b, b->len - 1);
	buf_char(b, '\n');
}

static void differ(const char *name, struct str got, struct str want)
{
	size_t i = 0, line = 1, start = 0;
	while (i < got.len && i < want.len && got.data[i] == want.data[i]) {
		if (got.data[i] == '\n') {
			line++;
			start = i + 1;
		}
		i++;
	}
	size_t g = start, w = start;
	while (g < got.len && got.data[g] != '\n')
		g++;
	while (w < want.len && want.data[w] != '\n')
		w++;
	cr_assert_fail("%s line %zu:\n got %.*s\nwant %.*s", name, line, (int)(g - start), got.data + start, (int)(w - start), want.data + start);
}

static void golden(const char *name)
{
	char path[512];
	struct buf text, want, got;
	buf_init(&text, 0);
	buf_init(&want, 0);
	buf_init(&got, 0);
	arena_reset(arena);
	snprintf(path, sizeof(path), "%s/claims/%s.txt", TEST_DATA, name);
	read_file(path, &text);
	snprintf(path, sizeof(path), "%s/claims/%s.claims", TEST_DATA, name);
	struct article a = article_from(buf_view(&text));
	struct claim_set set = extract_with(&a, NULL, NULL);
	for (size_t i = 0; i < set.n; i++)
		put_claim(&got, &set.claims[i]);
	if (getenv("COPYTASTER_GOLDEN")) {
		printf("== %s\n%.*s", name, STR_ARGS(buf_view(&got)));
		fflush(stdout);
	}
	read_file(path, &want);
	if (!str_eq(buf_view(&got), buf_view(&want)))
		differ(name, buf_view(&got), buf_view(&want));
	buf_release(&text);
	buf_release(&want);
	buf_release(&got);
}

Test(extract, direct) { golden("direct"); }
Test(extract, indirect) { golden("indirect"); }
Test(extract, chains) { golden("chains"); }
Test(extract, splitting) { golden("split"); }
Test(extract, nouns) { golden("nouns"); }
Test(extract, sources) { golden("sources"); }
Test(extract, modality) { golden("modality"); }
Test(extract, narrated) { golden("narrated"); }
Test(extract, styles) { golden("styles"); }
Test(extract, wires) { golden("wires"); }

/* What holds for every claim, whatever the article. */
static void sound(const struct article *a, const struct claim_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct claim *c = &set->claims[i];
		size_t at = 0;
		cr_assert_gt(c->n_content, 0);
		for (size_t k = 0; k < c->n_content; k++) {
			struct span s = c->content[k];
			cr_assert(s.start < s.end && s.end <= a->text.len && (k == 0 || s.start >= c->content[k - 1].end));
			at += k ? 5 : 0;
			cr_assert(at + s.end - s.start <= c->text.len && memcmp(c->text.data + at, a->text.data + s.start, s.end - s.start) == 0);
			at += s.end - s.start;
			bool held = false;
			for (size_t n = 0; n < a->n_blocks; n++)
				held = held || (s.start >= a->blocks[n].span.start && s.end <= a->blocks[n].span.end);
			cr_assert(held, "content crosses a block");
		}
		cr_assert_eq(at, c->text.len);
		cr_assert(c->sentence.start <= c->content[0].start && c->sentence.end >= c->content[c->n_content - 1].end);
		cr_assert(c->kind && c->status == CLAIM_ACTIVE && c->modality && c->polarity);
		for (size_t k = 0; k < c->n_quantities; k++)
			cr_assert(c->quantities[k].span.start >= c->content[0].start && c->quantities[k].span.end <= c->content[c->n_content - 1].end);
		for (size_t k = 0; k < i; k++)
			cr_assert(!str_eq(c->id, set->claims[k].id), "%.*s twice", STR_ARGS(c->id));
	}
}

Test(extract, every_claim_is_sound_and_the_same_again)
{
	DIR *d = opendir(TEST_DATA "/claims");
	struct dirent *e;
	int seen = 0;
	cr_assert(d);
	while ((e = readdir(d))) {
		char path[512];
		struct buf text, one, two;
		if (!strstr(e->d_name, ".txt"))
			continue;
		seen++;
		buf_init(&text, 0);
		buf_init(&one, 0);
		buf_init(&two, 0);
		snprintf(path, sizeof(path), "%s/claims/%s", TEST_DATA, e->d_name);
		read_file(path, &text);
		arena_reset(arena);
		struct article a = article_from(buf_view(&text));
		struct claim_set first = extract_with(&a, NULL, NULL), second = extract_with(&a, NULL, NULL);
		sound(&a, &first);
		cr_assert_eq(first.n, second.n);
		for (size_t i = 0; i < first.n; i++) {
			buf_reset(&one);
			buf_reset(&two);
			cr_assert_eq(json_claim(&one, &first.claims[i], arena), 0);
			cr_assert_eq(json_claim(&two, &second.claims[i], arena), 0);
			cr_assert(str_eq(buf_view(&one), buf_view(&two)));
		}
		buf_release(&text);
		buf_release(&one);
		buf_release(&two);
	}
	closedir(d);
	cr_assert_gt(seen, 7);
}

static bool before_byte(struct span s, void *arg)
{
	return s.end <= *(uint32_t *)arg;
}

Test(extract, skipped_sentences_give_nothing)
{
	struct article a = article_of(STR("The mayor said the road was closed. She added that it would open on Friday.\n\n“It is late,” she said."));
	uint32_t limit = 36;
	struct claim_set all = extract_with(&a, NULL, NULL), rest = extract_with(&a, before_byte, &limit);
	cr_assert_eq(all.n, 3);
	cr_assert_eq(all.skipped_sentences, 0);
	cr_assert_eq(rest.n, 2);
	cr_assert_eq(rest.skipped_sentences, 1);
	/* Left out or not: the rest is the same, and "She" still finds the mayor. */
	for (size_t i = 0; i < rest.n; i++)
		cr_assert(str_eq(rest.claims[i].id, all.claims[i + 1].id));
	cr_assert(str_is(rest.claims[0].attribution.source_name, "mayor"));
	limit = UINT32_MAX;
	rest = extract_with(&a, before_byte, &limit);
	cr_assert_eq(rest.n, 0);
}

Test(extract, blocks_that_do_not_speak)
{
	struct article a = article_of(STR("Officials said the dam broke.\n\nOfficials said the dam broke twice.\n\nOfficials said it held."));
	a.blocks[0].kind = BLOCK_BOILERPLATE;
	a.blocks[1].kind = BLOCK_CREDIT;
	struct claim_set set = extract_with(&a, NULL, NULL);
	cr_assert_eq(set.n, 1);
	cr_assert(str_is(set.claims[0].text, "it held"));
}

Test(extract, ids_follow_the_spans)
{
	struct article a = article_of(STR("Officials said the dam broke."));
	struct claim_set set = extract_with(&a, NULL, NULL);
	cr_assert_eq(set.n, 1);
	const struct claim *c = &set.claims[0];
	cr_assert(str_is(c->attribution.id, "a1-a10"));
	cr_assert(c->id.len == 19 && memcmp(c->id.data, "a1-", 3) == 0, "%.*s", STR_ARGS(c->id));
	struct article b = article_of(STR("Officials said the dam held.."));
	struct claim_set other = extract_with(&b, NULL, NULL);
	cr_assert_eq(other.n, 1);
	cr_assert(!str_eq(other.claims[0].id, c->id));
}

/* Made-up bytes of all sorts: nothing crashes, everything that comes out is sound. */
Test(extract, hostile_articles)
{
	static const char *const bits[] = { "\xE2\x80", "said ", "“", "”", "\"", "'", ", ", ". ", "\n\n", "(", ")", "The ", "Berg ", "who ", "that ", "12 ", "and ",
					    "\xFF", "killed ", "40 ", "according to ", "’s ", "; ", "while ", "Monday ", "\xC3\xA9", "was quoted as saying ", "…" };
	uint32_t state = 7;
	for (int round = 0; round < 60; round++) {
		struct buf b;
		buf_init(&b, 0);
		for (int i = 0; i < 300; i++) {
			state = state * 1664525u + 1013904223u;
			buf_text(&b, bits[(state >> 16) % (sizeof(bits) / sizeof(bits[0]))]);
		}
		arena_reset(arena);
		struct article a = article_of(buf_view(&b));
		struct claim_set set = extract_with(&a, NULL, NULL);
		sound(&a, &set);
		buf_release(&b);
	}
}

/* Behind its limit of tokens an article gives no claims; before it, all of them. */
Test(extract, tokens_without_end)
{
	enum { SENTENCES = 102000 };
	static const char one[] = "He said it was so. ";
	struct buf b;
	struct text x;
	buf_init(&b, 0);
	for (int i = 0; i < SENTENCES; i++)
		buf_text(&b, one);
	struct article a = { .text = buf_view(&b) };
	struct block whole = { BLOCK_PARAGRAPH, { 0, (uint32_t)b.len } };
	a.blocks = &whole;
	a.n_blocks = 1;
	arena_free(&arena);
	arena = arena_new((size_t)1 << 30);
	cr_assert_eq(text_analyse(&a, arena, &x), 0);
	cr_assert(x.n_tokens < SENTENCES * 6u && x.n_tokens > 200000, "%u", x.n_tokens);
	cr_assert_eq(x.sentences[x.n_sentences - 1].first + x.sentences[x.n_sentences - 1].n, x.n_tokens);
	arena_reset(arena);
	struct claim_set set = extract_with(&a, NULL, NULL);
	cr_assert_gt(set.n, 1000);
	uint32_t last = set.claims[set.n - 1].content[0].end;
	cr_assert_lt(last, b.len * 4 / 5);
	buf_release(&b);
}

/* However the text is made, what is written about it stays within sight of its size. */
Test(extract, claims_do_not_multiply_a_text)
{
	static const char *const bits[] = { "he said that she said that it said that ", "Ann said 5 men died, ", "A man said x is. ", "says it says it is bad and 5 men died in May and ",
					    "“Nobody” said he, and they said " };
	for (size_t k = 0; k < sizeof(bits) / sizeof(bits[0]); k++) {
		struct buf b, out;
		buf_init(&b, 0);
		buf_init(&out, 0);
		while (b.len < 60000)
			buf_text(&b, bits[k]);
		arena_reset(arena);
		struct article a = article_of(buf_view(&b));
		struct claim_set set = extract_with(&a, NULL, NULL);
		cr_assert_gt(set.n, 0);
		for (size_t i = 0; i < set.n; i++) {
			cr_assert_leq(set.claims[i].sentence_text.len, 4096);
			cr_assert_eq(json_claim(&out, &set.claims[i], arena), 0);
		}
		cr_assert_leq(out.len, 60 * b.len, "%zu bytes for %zu of \"%s\"", out.len, b.len, bits[k]);
		buf_release(&b);
		buf_release(&out);
	}
}

Test(extract, a_full_arena_is_reported)
{
	struct article a = article_of(STR("Officials said the dam broke. Officials said the dam broke."));
	struct claim_input in = { .article = &a, .article_id = STR("a1") };
	struct arena *small = arena_new(512);
	struct claim_set set;
	cr_assert_eq(claim_extract(&in, small, &set), -ENOMEM);
	arena_free(&small);
}
