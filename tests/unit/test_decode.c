#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "workers/decode/calendar.h"
#include "workers/decode/dateline.h"
#include "workers/decode/decode.h"

static struct arena *arena;
static struct article got;
static struct err err;

static void setup(void)
{
	arena = arena_new(256u << 20);
}

static void teardown(void)
{
	arena_free(&arena);
}

TestSuite(decode, .init = setup, .fini = teardown);

static enum decode_result run_at(struct str bytes, const char *time)
{
	struct decode_input in = { .bytes = bytes, .file_name = STR("story.txt"), .input_time = str_of(time) };

	arena_reset(arena);
	memset(&got, 0, sizeof got);
	memset(&err, 0, sizeof err);
	return decode(&in, arena, &got, &err);
}

static enum decode_result run(const char *z)
{
	return run_at(str_of(z), NULL);
}

/* "T:Title|P:Paragraph": letters as in `letters`, the bytes of each block; a block may be given by its start. */
static void expect(const char *file, int line, const char *want)
{
	static const char letters[] = "?TDLPCRB";
	const char *at = want;

	for (size_t i = 0; i < got.n_blocks; i++) {
		struct str s = str_cut(got.text, got.blocks[i].span.start, got.blocks[i].span.end);
		size_t n = strcspn(at, "|");
		cr_assert(*at, "%s:%d: block %zu too many: %.*s", file, line, i, STR_ARGS(s));
		cr_assert(letters[got.blocks[i].kind] == at[0], "%s:%d: block %zu is %c: %.*s", file, line, i, letters[got.blocks[i].kind], STR_ARGS(s));
		cr_assert(s.len >= n - 2 && memcmp(s.data, at + 2, n - 2) == 0, "%s:%d: block %zu: %.*s", file, line, i, STR_ARGS(s));
		at += n + (at[n] == '|');
	}
	cr_assert(!*at, "%s:%d: missing %s", file, line, at);
}

#define EXPECT(want) expect(__FILE__, __LINE__, want)
#define OK(z) cr_assert_eq(run(z), DECODE_OK, "%s", err.text)

Test(decode, text_is_the_bytes)
{
	const char *z = "\xef\xbb\xbf" "Ferry sinks off harbour\r\n\r\n  A ferry sank in the harbour on Thursday, officials said. \r\n";

	OK(z);
	cr_assert(str_is(got.text, z));
	cr_assert(str_is(got.charset, "utf-8"));
	cr_assert(str_is(got.title, "Ferry sinks off harbour"));
	cr_assert_eq(got.blocks[0].span.start, 3);
	EXPECT("T:Ferry sinks off harbour|P:A ferry sank in the harbour on Thursday, officials said.");
	cr_assert_eq(got.blocks[1].span.end, strlen(z) - 3);
	cr_assert_eq(got.time_source, TIME_NONE);
	cr_assert_eq(got.time.len, 0);
}

Test(decode, lone_lines)
{
	OK("The minister said two people died.");
	EXPECT("P:The minister");
	OK("Two died.");
	EXPECT("P:Two died.");
	OK("HARBOUR FERRY SINKS - STATE RADIO");
	EXPECT("T:HARBOUR FERRY");
	cr_assert(str_is(got.title, "HARBOUR FERRY SINKS - STATE RADIO"));
	OK("This is one of those long sentences that a transcript carries without any full stop at its end even though it goes on and on");
	EXPECT("P:This is one");
}

Test(decode, title_with_full_stop)
{
	OK("Poll: harbour voters abandon the old ferry party.\n\nA poll shows that voters living in the harbour have abandoned the party that ran "
	   "the ferry, according to a newspaper that asked them.\n\nThe poll was made in March, the newspaper said.");
	EXPECT("T:Poll: harbour|P:A poll|P:The poll");
	OK("The mayor said on Monday the ferry would go.\n\nA poll shows that voters living in the harbour have abandoned the party that ran "
	   "the ferry, according to a newspaper that asked them.\n\nThe poll was made in March, the newspaper said.");
	EXPECT("P:The mayor|P:A poll|P:The poll");
}

Test(decode, wire_copy)
{
	OK("FERRY SINKS OFF HARBOUR\r\n\r\nPORTO NOVO, March 3, 2016 (Reuters) - A ferry sank in the old\r\nharbour on Thursday, killing at "
	   "least 12 people, the coast\r\nguard said.\r\n    \"We found ten of them in the hull,\" a spokesman for the\r\ncoast guard said.\r\n"
	   "    Rain fell. Reuter\r\n");
	EXPECT("T:FERRY SINKS|D:PORTO NOVO, March 3, 2016 (Reuters) -|P:A ferry sank in the old\r\nharbour|P:\"We found|P:Rain fell.|R:Reuter");
	cr_assert_eq(got.time_source, TIME_DATELINE);
	cr_assert(str_is(got.time, "2016-03-03T00:00:00Z"));
	cr_assert(str_is(got.provider, "Reuters"));
	cr_assert(str_is(got.language, "en"));
}

Test(decode, paragraph_of_wrapped_lines_is_one_block)
{
	OK("Ferry sinks\n\nA ferry that was known for its age sank in the harbour of\nthe old town on Thursday after it had hit a rock that\n"
	   "every pilot knows, the coast guard said in a statement.\n\nNo one was hurt.\n");
	EXPECT("T:Ferry sinks|P:A ferry that was known for its age sank in the harbour of\nthe old town|P:No one was hurt.");
}

Test(decode, dateline_below_a_standfirst)
{
	OK("Ferry sinks off the old harbour\n\nThe old ferry has sunk off the harbour it served for sixty years, and all its passengers are safe.\n\n"
	   "VALLETTA - The ferry sank on Sunday, the coast guard said.\n\nNATO - which has a base there - sent a boat, a spokesman said.");
	EXPECT("T:Ferry sinks|P:The old ferry|D:VALLETTA -|P:The ferry sank|P:NATO - which");
}

Test(decode, credits_bylines_signoffs)
{
	OK("Ferry sinks off harbour\nBy Jane Doe and John Roe\n\nThe ferry sank on Sunday, the coast guard said.\n\n(Adds quotes in paragraph 3)\n\n"
	   "It was built in 1950 and had sailed ever since, he added. (AFP)\n\nBased on reporting by AFP and dpa\n(Reporting by Jane Doe; editing by "
	   "John Roe)\nENDS\n");
	EXPECT("T:Ferry|L:By Jane Doe|P:The ferry|B:(Adds|P:It was built|R:(AFP)|R:Based on|R:(Reporting|B:ENDS");
	cr_assert(str_is(got.byline, "Jane Doe and John Roe"));
}

Test(decode, page_furniture)
{
	OK("skip to content\nTuesday, July 23, 2024\nHomeWorldFerry sinks off harbour\n\nFerry sinks off harbour\n\nFerry sinks off harbour\n\n"
	   "- Advertisement -\n\nThe old ferry sank in the harbour on Sunday, the coast guard said.\n\nOld ships\n\nIt had been built in 1950 and "
	   "had sailed every day since then.\n\n    Mayor visits new ferry: officials\n    Port: 5,300 tons of fish landed since July\n\n"
	   "Powered by : \xc2\xa9 2014 Some Hosting. All rights reserved\nHome > News > Ships\nComments are closed.");
	EXPECT("B:skip|B:Tuesday|B:HomeWorld|T:Ferry sinks|B:Ferry sinks|B:- Adv|P:The old ferry|B:Old ships|P:It had|B:Mayor|B:Port:|B:Powered|B:Home >|"
	       "B:Comments");
	cr_assert_eq(got.time_source, TIME_NONE, "a date of the page dates no article");
}

Test(decode, nothing_of_the_article_behind_its_comments)
{
	OK("Ferry sinks off harbour\n\nThe old ferry sank in the harbour on Sunday, the coast guard said.\n\nIt had been built in 1950 and had sailed "
	   "every day since.\n\nLeave a reply\n\nYou are all wrong about this and I know the captain very well.");
	EXPECT("T:Ferry|P:The old|P:It had|B:Leave|B:You are");
}

Test(decode, captions)
{
	OK("Photo: MCT\nFerry in the harbour\nPhoto: MCT\n\nFerry sinks off old harbour\n\nThe old ferry sank in the harbour on Sunday, the coast guard "
	   "said.\n\nThe ferry at noon (Photo: EPA)\nThe ferry at noon (Photo: AP) (Photo: AP)\n\nThe harbour wall that was hit by the ferry on its "
	   "way in, Sunday March 3.\n\nThe harbour wall that was hit by the ferry on its way in, Sunday March 3.\n\nPilots look at a rock in this "
	   "handout picture provided by the harbour.\n\nPhoto: Workers inspect the wall of the old harbour in heavy rain. HNA/Jane Doe\n\nA diver at work (AFP / Jane Doe)\n\nThe pilots were not heard, the mayor told reporters.");
	EXPECT("R:Photo|C:Ferry in|R:Photo|T:Ferry sinks|P:The old|C:The ferry at noon|R:(Photo: EPA)|B:The ferry at noon|C:The harbour wall|"
	       "B:The harbour wall|C:Pilots|C:Photo: Workers|C:A diver at work|R:(AFP / Jane|P:The pilots");
}

Test(decode, speech_openers_and_long_lines_stay)
{
	OK("Ferry sinks off old harbour\n\nThe old ferry sank in the harbour on Sunday, the coast guard said.\n\nThe mayor said:\n\n\"We will find out "
	   "why, and we will tell you when we know.\"\n\nThe mayor described the loss of the old ship as the single biggest blow to the harbour since "
	   "it was opened in 1911\n\nNobody was on board when it went down, he added.");
	EXPECT("T:Ferry|P:The old|P:The mayor said:|P:\"We|P:The mayor described|P:Nobody");
}

Test(decode, foreign_lines)
{
	OK("Ferry sinks off old harbour\n\nThe old ferry sank in the harbour on Sunday, the coast guard said.\n\n"
	   "\xd7\xa4\xd7\xa8\xd7\xa1\xd7\x95\xd7\x9d \xd7\xa8\xd7\x90\xd7\xa9\xd7\x95\xd7\x9f: 03.27.16, 14:29.\n");
	EXPECT("T:Ferry|P:The old|B:\xd7\xa4");
}

Test(decode, metadata_and_input_time)
{
	const char *page = "Date: March 3, 2016\nFerry sinks off old harbour\n\nThe old ferry sank in the harbour on Sunday, the coast guard said.";
	const char *wire = "Ferry sinks\n\nROME, March 3 (AP) - The old ferry sank in the harbour on Sunday, the coast guard said.";

	cr_assert_eq(run_at(str_of(page), "2020-01-01T00:00:00Z"), DECODE_OK);
	cr_assert_eq(got.time_source, TIME_METADATA);
	cr_assert(str_is(got.time, "2016-03-03T00:00:00Z"));
	cr_assert_eq(run_at(str_of(wire), "2016-03-04T01:02:03Z"), DECODE_OK);
	cr_assert_eq(got.time_source, TIME_INPUT);
	cr_assert(str_is(got.time, "2016-03-04T01:02:03Z"));
	cr_assert_eq(run_at(str_of(wire), "yesterday"), DECODE_OK);
	cr_assert_eq(got.time_source, TIME_NONE);
}

Test(decode, charsets)
{
	OK("Le caf\xe9 \x93" "Chez \xc9mile\x94 a ferm\xe9, dit-on.");
	cr_assert(str_is(got.charset, "windows-1252"));
	cr_assert(str_is(got.text, "Le caf\xc3\xa9 \xe2\x80\x9c" "Chez \xc3\x89mile\xe2\x80\x9d a ferm\xc3\xa9, dit-on."));
	cr_assert_eq(run_at((struct str){ "\xff\xfeH\0i\0 \0y\0o\0u\0.\0", 16 }, NULL), DECODE_OK);
	cr_assert(str_is(got.charset, "utf-16le"));
	cr_assert(str_is(got.text, "Hi you."));
	cr_assert_eq(run_at((struct str){ "\0H\0i\0 \0y\0o\0u\0.", 14 }, NULL), DECODE_OK);
	cr_assert(str_is(got.charset, "utf-16be"));
	EXPECT("P:Hi you.");
}

static void refused(struct str bytes, enum decode_result want, const char *words)
{
	enum decode_result r = run_at(bytes, NULL);

	cr_assert_eq(r, want, "%s: %s", decode_result_name(r), err.text);
	cr_assert(strstr(err.text, words), "\"%s\" is not in \"%s\"", words, err.text);
}

Test(decode, what_is_no_text)
{
	refused(STR(""), DECODE_EMPTY, "empty");
	refused(STR(" \n\t \xc2\xa0\r\n"), DECODE_EMPTY, "white space");
	refused(STR("abc\ndef\0ghi"), DECODE_BINARY, "byte 7 (line 2)");
	refused(STR("\x01\x02\x03"), DECODE_BINARY, "byte 0");
	refused(STR("%PDF-1.4 and so on"), DECODE_BINARY, "PDF");
	refused(STR("\n<!DOCTYPE html><p>Hello"), DECODE_BINARY, "markup");
	refused(STR("Hello \xc3\x28 world"), DECODE_CHARSET, "byte 6 (line 1)");
	refused(STR("A \xe2\x80\x9cquote\xe2\x80\x9d cut in two \xe2\x80"), DECODE_CHARSET, "broken UTF-8");
	refused(STR("\xff\xfeH\0i"), DECODE_CHARSET, "UTF-16LE");
	cr_assert_str_eq(decode_result_name(DECODE_CHARSET), "CHARSET");
}

Test(decode, limits)
{
	struct buf b;

	buf_init(&b, 0);
	for (int i = 0; i < 200000; i++)
		buf_printf(&b, "The ferry number %d sank on Sunday.\n", i);
	cr_assert_eq(run_at(buf_view(&b), NULL), DECODE_OK, "%s", err.text);
	cr_assert_eq(got.n_blocks, 200000);
	buf_reset(&b);
	for (int i = 0; i < 300000; i++)
		buf_text(&b, "a\n");
	refused(buf_view(&b), DECODE_TOO_COMPLEX, "paragraphs");
	buf_reset(&b);
	for (int i = 0; i < 1 << 20; i++)
		buf_text(&b, "( - ");
	cr_assert_eq(run_at(buf_view(&b), NULL), DECODE_OK);
	buf_release(&b);
}

Test(decode, small_arena_is_memory)
{
	struct decode_input in = { .bytes = STR("Ferry sinks off harbour, the coast guard said on Sunday.") };
	struct arena *small = arena_new(64);

	cr_assert_eq(decode(&in, small, &got, &err), DECODE_MEMORY);
	cr_assert(err.text[0]);
	arena_free(&small);
}

Test(decode, languages)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "The ferry sank in the harbour and it was not the first to do so.", "en" },
		{ "Die F\xc3\xa4hre ist im Hafen gesunken und die Stadt hat sie nicht mehr.", "de" },
		{ "Le bac a coul\xc3\xa9 dans le port et la ville ne sait pas pourquoi.", "fr" },
		{ "El barco se hundi\xc3\xb3 en el puerto y la ciudad no sabe por qu\xc3\xa9.", "es" },
		{ "Il traghetto \xc3\xa8 affondato nel porto e la citt\xc3\xa0 non sa perch\xc3\xa9 sia successo.", "it" },
		{ "\xd0\x9f\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbc \xd0\xb7\xd0\xb0\xd1\x82\xd0\xbe\xd0\xbd\xd1\x83\xd0\xbb.", "ru" },
		{ "Zzyx qwrt plmk.", "und" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		OK(rows[i].text);
		cr_assert(str_is(got.language, rows[i].want), "%s: %.*s", rows[i].text, STR_ARGS(got.language));
	}
}

Test(decode, datelines)
{
	static const struct {
		const char *text;
		size_t len;
		int year, month, day;
		bool strong;
	} rows[] = {
		{ "BEIRUT - Troops", 8, 0, 0, 0, false },
		{ "LONDON, March 3 (Reuters) - The", 27, 0, 3, 3, true },
		{ "WASHINGTON (AP) \xe2\x80\x94 The", 19, 0, 0, 0, true },
		{ "Hong Kong (AFP) \xe2\x80\x93 The", 19, 0, 0, 0, true },
		{ "HEMPSTEAD, N.Y., Sept. 26, 2016 (UPI) -- The", 40, 2016, 9, 26, true },
		{ "(Reuters) - The", 11, 0, 0, 0, true },
		{ "ISLAMABAD: The", 10, 0, 0, 0, false },
		{ "UPDATE: The", 0, 0, 0, 0, false },
		{ "The army - which", 0, 0, 0, 0, false },
		{ "GROWING TRADE PROBLEMS ARE - U.S.", 0, 0, 0, 0, false },
		{ "A well-known man", 0, 0, 0, 0, false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dateline d = { 0 };
		bool found = dateline_find(str_of(rows[i].text), &d);
		cr_assert_eq(found ? d.len : 0, rows[i].len, "%s: %zu", rows[i].text, d.len);
		if (found)
			cr_assert(d.date.year == rows[i].year && d.date.month == rows[i].month && d.date.day == rows[i].day && d.strong == rows[i].strong,
				  "%s", rows[i].text);
	}
}

Test(decode, calendar)
{
	struct date d = { 2016, 2, 29 };

	cr_assert_eq(calendar_days((struct date){ 1970, 1, 1 }), 0);
	cr_assert_eq(calendar_days(d), 16860);
	cr_assert_eq(calendar_date(16860).day, 29);
	cr_assert_eq(calendar_day_of_week(16860), 0);
	cr_assert(!calendar_valid((struct date){ 2015, 2, 29 }));
	cr_assert_eq(calendar_parse(STR("31/12/2016 x"), &d), 10);
	cr_assert_eq(d.month, 12);
	cr_assert_eq(calendar_parse(STR("03/04/2016"), &d), 0, "two readings");
	cr_assert_eq(calendar_month(STR("Sept.")), 9);
	cr_assert_eq(calendar_month(STR("may")), 0);
	cr_assert_eq(calendar_month(STR("Marc")), 0);
}

/* The fuzzer's seeds hold here too: valid text, blocks in order, never outside. */
Test(decode, corpus)
{
	DIR *dir = opendir(TEST_DATA "/../fuzz/corpus/fuzz_decode");
	int files = 0;

	cr_assert(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		char path[4096], data[65536];
		snprintf(path, sizeof path, "%s/../fuzz/corpus/fuzz_decode/%s", TEST_DATA, e->d_name);
		FILE *f = e->d_name[0] == '.' ? NULL : fopen(path, "rb");
		if (!f)
			continue;
		size_t n = fread(data, 1, sizeof data, f);
		fclose(f);
		files++;
		for (size_t cut = 0; cut <= n; cut++) {
			uint32_t last = 0;
			if (run_at((struct str){ data, cut }, NULL) != DECODE_OK) {
				cr_assert(err.text[0], "%s", e->d_name);
				continue;
			}
			cr_assert(utf8_valid(got.text));
			for (size_t i = 0; i < got.n_blocks; i++) {
				cr_assert(got.blocks[i].span.start >= last && got.blocks[i].span.end > got.blocks[i].span.start, "%s", e->d_name);
				last = got.blocks[i].span.end;
			}
			cr_assert_leq(last, got.text.len);
		}
	}
	closedir(dir);
	cr_assert_geq(files, 7);
}
