#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/copy_fixture.h"
#include "workers/copy/fold.h"
#include "workers/copy/nontext.h"
#include "workers/copy/revision.h"

static struct arena *arena;

static void setup(void) { arena = arena_new(64 << 20); }
static void teardown(void) { arena_free(&arena); }

TestSuite(fold);
TestSuite(nontext);
TestSuite(fingerprint, .init = setup, .fini = teardown);

/* ---- fold ---- */

static size_t words_of(const char *z, struct fold_word *out, size_t room)
{
	struct str s = str_of(z);
	size_t pos = 0, n = 0;

	while (n < room && fold_next(s, &pos, s.len, &out[n]))
		n++;
	return n;
}

static bool same_words(const char *a, const char *b)
{
	struct fold_word x[32], y[32];
	size_t n = words_of(a, x, 32), m = words_of(b, y, 32);

	if (n != m || n == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (x[i].hash != y[i].hash)
			return false;
	return true;
}

Test(fold, case_quotes_and_layout_do_not_count)
{
	cr_expect(same_words("The minister's \"plan\" -- he said", "the MINISTER\xE2\x80\x99s \xE2\x80\x9Cplan\xE2\x80\x9D \xE2\x80\x94 he\n   said,"));
	cr_expect(same_words("don't", "dont"));
	cr_expect(same_words("U.S. troops", "US troops"));
	cr_expect(same_words("a long-term plan", "a long term plan"));
	cr_expect(same_words("co\xC2\xADoperation", "cooperation"), "soft hyphen");
	cr_expect(!(same_words("end. Next", "endnext")));
}

Test(fold, accents_and_scripts)
{
	cr_expect(same_words("Jos\xC3\xA9 \xC3\x98rsted \xC5\x81\xC3\xB3" "d\xC5\xBA", "jose orsted lodz"));
	cr_expect(same_words("Jose\xCC\x81", "JOS\xC3\x89"), "composed or not");
	cr_expect(same_words("\xCE\x91\xCE\x98\xCE\x97\xCE\x9D\xCE\x91", "\xCE\xB1\xCE\xB8\xCE\xB7\xCE\xBD\xCE\xB1"), "Greek");
	cr_expect(same_words("\xD0\x9C\xD0\x9E\xD0\xA1\xD0\x9A\xD0\x92\xD0\x90", "\xD0\xBC\xD0\xBE\xD1\x81\xD0\xBA\xD0\xB2\xD0\xB0"), "Cyrillic");
	struct fold_word w[8];
	cr_expect_eq(words_of("\xE6\x9D\xB1\xE4\xBA\xAC\xE3\x80\x82\xE5\xA4\xA7", w, 8), 3, "each ideograph is a word, the full stop none");
}

Test(fold, numbers)
{
	cr_expect(same_words("1,500 men", "1500 men"));
	cr_expect(!(same_words("2.5 mln", "25 mln")));
	cr_expect(!(same_words("2,5 mln", "25 mln")));
	cr_expect(!(same_words("fell to -5 today", "fell to 5 today")));
	cr_expect(!(same_words("a .5 share", "a 5 share")));
	cr_expect(same_words("a .5 share", "a 0.5 share"));
	cr_expect(same_words("10-15 men", "10 15 men"), "a range is no minus");
	cr_expect(!(same_words("5 dlrs", "$5 dlrs")));
	struct fold_word w[8];
	cr_expect_eq(words_of("$1,234,567.89 (12%)", w, 8), 4);
	cr_expect_eq(w[1].span.start, 1);
	cr_expect_eq(w[1].span.end, 13);
}

Test(fold, takes_any_bytes)
{
	struct fold_word w[8];
	char hostile[300];

	cr_expect_eq(words_of("", w, 8), 0);
	cr_expect_eq(words_of(" \xFF\xFE .,- '' \xC3", w, 8), 0);
	for (size_t i = 0; i < sizeof(hostile); i++)
		hostile[i] = (char)(i * 7 + i / 3);
	struct str s = { hostile, sizeof(hostile) };
	size_t pos = 0;
	uint32_t before = 0;
	while (fold_next(s, &pos, s.len, &w[0])) {
		cr_assert(w[0].span.start >= before && w[0].span.end > w[0].span.start && w[0].span.end <= s.len);
		before = w[0].span.end;
	}
	memset(hostile, 'x', sizeof(hostile));
	pos = 0;
	cr_expect(fold_next(s, &pos, s.len, &w[0]));
	cr_expect_eq(w[0].span.end, sizeof(hostile), "a word of any length is one word");
	hostile[299] = 'y';
	pos = 0;
	cr_expect(fold_next(s, &pos, s.len, &w[1]));
	cr_expect_neq(w[0].hash, w[1].hash, "and its end counts");
}

/* ---- nontext ---- */

static size_t skipped(const char *z)
{
	struct str s = str_of(z);

	return nontext_skip(s, (struct span){ 0, (uint32_t)s.len });
}

Test(nontext, datelines)
{
	const char *const heads[] = {
		"LONDON, March 3 (Reuters) - ", "LONDON (AP) \xE2\x80\x94 ", "NEW YORK, Feb 26 - ", "BEIRUT - ", "Beirut, March 27 (AFP) -- ",
		"MOSCOW (AP) _ ", "JENKINTOWN, Pa., March 12 - ", "RIO DE JANEIRO \xE2\x80\x93 ", "PARIS/LONDON, 3 March (Reuters) - ",
		"(Adds quotes, background) LONDON, March 3 (Reuters) - ", "LONDON, March 3 (Reuters) - (Recasts) ", "WASHINGTON\xE2\x80\x94"
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		char text[200];
		(void)snprintf(text, sizeof(text), "%sThe minister left.", heads[i]);
		struct str rest = str_of(text + skipped(text));
		while (rest.len && rest.data[0] == ' ')
			rest = str_cut(rest, 1, rest.len);
		cr_expect(str_is(rest, "The minister left."), "\"%s\" leaves \"%.*s\"", heads[i], STR_ARGS(rest));
	}
}

Test(nontext, text_stays)
{
	const char *const texts[] = {
		"The minister - a lawyer - left.", "Mr Smith - the minister - left (again).", "A long-term plan was made.",
		"He said: \"No\" -- and left.", "(He left on Monday.) Nobody saw him.", "By Monday the minister had left.",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		cr_expect_eq(skipped(texts[i]), 0, "%s: %zu", texts[i], skipped(texts[i]));
}

Test(nontext, lines_without_text)
{
	cr_expect_eq(skipped("By Jane Doe and John Roe"), strlen("By Jane Doe and John Roe"));
	cr_expect_eq(skipped("BC-SYRIA-PALMYRA"), strlen("BC-SYRIA-PALMYRA"));
	cr_expect(nontext_line(STR(" REUTER")));
	cr_expect(nontext_line(STR("MORE")));
	cr_expect(nontext_line(STR("-30-")));
	cr_expect(nontext_line(STR("(END)")));
	cr_expect(!(nontext_line(STR("or more."))));
	cr_expect(!(nontext_line(STR("more"))));
	cr_expect(!(nontext_line(STR("30"))));
}

Test(nontext, revisions)
{
	uint32_t v = 77;

	cr_expect(revision_marked(STR("UPDATE 2-Tanker aground\n\nLONDON"), &v));
	cr_expect_eq(v, 2);
	cr_expect(revision_marked(STR("CORRECTED - Tanker aground"), &v));
	cr_expect_eq(v, 0);
	cr_expect(revision_marked(STR("AM-Tanker, 3rd Ld-Writethru, 400"), &v));
	cr_expect_eq(v, 3);
	cr_expect(revision_marked(STR("Tanker aground\n\n(Adds quotes) PARIS"), &v));
	cr_expect(!(revision_marked(STR("The update came late. An UPDATE IS DUE and UPDATED figures"), &v)));
}

/* ---- fingerprint ---- */

static struct fingerprint print_of(const char *text)
{
	struct article a = copy_article(arena, text);

	return *copy_print(arena, &a);
}

Test(fingerprint, only_paragraphs_count_unless_there_is_none)
{
	struct article a = copy_article(arena, "Tanker aground\n\n" PORT_1 "\n\nPhoto: Someone");

	a.blocks[0].kind = BLOCK_TITLE;
	a.blocks[2].kind = BLOCK_CREDIT;
	struct fingerprint *fp = copy_print(arena, &a), alone = print_of(PORT_1);
	cr_expect_eq(fp->whole, alone.whole);
	cr_expect_eq(fp->n_words, alone.n_words);
	a.blocks[1].kind = BLOCK_CAPTION;
	fp = copy_print(arena, &a);
	cr_expect_eq(fp->n_words, 2, "the title stands in");
	a.n_blocks = 0;
	fp = copy_print(arena, &a);
	cr_expect_eq(fp->n_words, 0);
	cr_expect_eq(fp->n_marks, 0);
}

Test(fingerprint, wire_dressing_does_not_count)
{
	struct fingerprint a = print_of(PORT), b = print_of(
		"PORT ELWIN, March 3 (Reuters) - " PORT_1 "\n\nBy Jane Doe\n\n" PORT_2 "\n\n(Adds detail)\n\n" PORT_3 "\n\nMORE\n\n"
		PORT_4 "\n\n" PORT_5 "\n REUTER");

	cr_expect_eq(a.whole, b.whole);
	cr_expect_eq(a.n_marks, b.n_marks);
}

Test(fingerprint, words_point_at_their_bytes)
{
	struct article a = copy_article(arena, PORT);
	struct fingerprint *fp = copy_print(arena, &a);

	cr_expect(str_is(str_cut(a.text, fp->words[0].start, fp->words[0].end), "The"));
	cr_expect(str_is(str_cut(a.text, fp->words[1].start, fp->words[1].end), "harbour"));
	cr_expect_eq(fp->n_shingles, fp->n_words - SHINGLE_WORDS + 1);
	for (uint32_t i = 1; i < fp->n_marks; i++)
		cr_expect_lt(fp->marks[i - 1], fp->marks[i]);
}

static unsigned shared_marks(const struct fingerprint *a, const struct fingerprint *b)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < a->n_marks; i++)
		for (uint32_t j = 0; j < b->n_marks; j++)
			n += a->marks[i] == b->marks[j];
	return n;
}

Test(fingerprint, every_shared_run_of_20_words_shares_a_mark)
{
	char run[20 * 12 + 1], text[4000];
	uint32_t seed = 1;

	for (int round = 0; round < 200; round++) {
		size_t at = 0;
		struct fingerprint fp[2];
		for (int i = 0; i < SHINGLE_WORDS + WINNOW_WINDOW - 1; i++)
			at += (size_t)snprintf(run + at, sizeof(run) - at, "w%u ", (seed = seed * 1664525 + 1013904223) >> 12 & 4095);
		for (int side = 0; side < 2; side++) {
			at = 0;
			for (int i = 0; i < 30 + round % 17; i++)
				at += (size_t)snprintf(text + at, sizeof(text) - at, "%c%d ", 'a' + side, i * 7 + round);
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s", run);
			for (int i = 0; i < 40; i++)
				at += (size_t)snprintf(text + at, sizeof(text) - at, "%c%d ", 'm' + side, i * 5 + round);
			fp[side] = print_of(text);
		}
		cr_assert_gt(shared_marks(&fp[0], &fp[1]), 0, "round %d", round);
		arena_reset(arena);
	}
}

Test(fingerprint, one_repeated_word_makes_one_mark)
{
	size_t len = 4 << 20;
	char *text = malloc(len + 1);

	for (size_t i = 0; i < len; i++)
		text[i] = i % 5 == 4 ? ' ' : 'x';
	text[len] = 0;
	struct fingerprint fp = print_of(text);
	cr_expect_gt(fp.n_words, 100000);
	cr_expect_eq(fp.n_marks, 1);
	uint64_t whole = fp.whole;
	text[len - 2] = 'y';
	arena_reset(arena);
	fp = print_of(text);
	cr_expect_neq(fp.whole, whole, "the last word counts for the whole hash however long the text is");
	free(text);
}

Test(fingerprint, a_full_arena_is_an_error)
{
	struct arena *small = arena_new(2048);
	struct article a = copy_article(arena, PORT);
	struct fingerprint fp;

	cr_expect_eq(fingerprint(&a, small, &fp), -ENOMEM);
	arena_free(&small);
}
