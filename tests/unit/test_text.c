#include "claim_fixture.h"

#include "workers/claim/lexicon.h"
#include "workers/claim/sentence.h"
#include "workers/claim/tag.h"

TestSuite(text, .init = fixture_setup, .fini = fixture_teardown);

/* Tokens joined by " ", sentences by " | ". */
static void expect_tokens(int line, const char *text, const char *want)
{
	struct text x = text_of(text);
	struct buf b;
	buf_init(&b, 0);
	for (uint32_t i = 0; i < x.n_tokens; i++) {
		if (i)
			buf_text(&b, x.tokens[i].sentence != x.tokens[i - 1].sentence ? " | " : " ");
		buf_str(&b, text_bytes(&x, x.tokens[i].span));
	}
	buf_char(&b, '\0');
	cr_assert_str_eq(b.data, want, "line %d:\n got %s\nwant %s", line, b.data, want);
	buf_release(&b);
}

#define TOKENS(text, want) expect_tokens(__LINE__, text, want)

Test(text, words_numbers_and_signs)
{
	TOKENS("It cost $2.5 million, 20% more.", "It cost $ 2.5 million , 20 % more .");
	TOKENS("On 3/4/2016 at 10:30 some 2,000-year-old walls fell.", "On 3/4/2016 at 10:30 some 2,000-year-old walls fell .");
	TOKENS("The US-led force isn't Assad’s.", "The US-led force isn't Assad ’s .");
	TOKENS("They're sure he'd go.", "They 're sure he 'd go .");
	TOKENS("A 5–7 lead — and more … now", "A 5 – 7 lead — and more … now");
	TOKENS("Caf\xC3\xA9 \xC2\xA3" "5\xC2\xA0now", "Caf\xC3\xA9 \xC2\xA3 5 now");
}

Test(text, sentences)
{
	TOKENS("He left. She stayed.", "He left . | She stayed .");
	TOKENS("Mr. Smith met Gen. Jones. They spoke.", "Mr. Smith met Gen. Jones . | They spoke .");
	TOKENS("He moved to the U.S. The firm stayed.", "He moved to the U.S. | The firm stayed .");
	TOKENS("The U.S. Army said so.", "The U.S. Army said so .");
	TOKENS("It rose 2.5 percent. Why? Nobody knows!", "It rose 2.5 percent . | Why ? | Nobody knows !");
	TOKENS("J. R. Smith came at 5 p.m. on May 3.", "J. R. Smith came at 5 p.m. on May 3 .");
	TOKENS("No stop here\n\nNor here", "No stop here | Nor here");
	TOKENS("See no. 5 of it. No. He did not.", "See no. 5 of it . | No . | He did not .");
}

Test(text, quotations_stay_with_their_speaker)
{
	TOKENS("“One. Two,” he said. “Three.”", "“ One . Two , ” he said . | “ Three . ”");
	TOKENS("\"Why?\" she asked. \"Now!\"", "\" Why ? \" she asked . | \" Now ! \"");
	TOKENS("He said \"no.\" Then he left.", "He said \" no . \" | Then he left .");
	TOKENS("''It is late,'' she said.", "'' It is late , '' she said .");
}

static void expect_quotes(int line, const char *text, const char *want)
{
	struct text x = text_of(text);
	struct buf b;
	buf_init(&b, 0);
	for (uint32_t i = 0; i < x.n_quotations; i++) {
		buf_text(&b, i ? "|" : "");
		buf_str(&b, text_bytes(&x, x.quotations[i].span));
		buf_text(&b, x.quotations[i].closed ? "" : "~");
	}
	buf_char(&b, '\0');
	cr_assert_str_eq(b.data, want, "line %d:\n got %s\nwant %s", line, b.data, want);
	buf_release(&b);
}

#define QUOTES(text, want) expect_quotes(__LINE__, text, want)

Test(text, quotation_marks)
{
	QUOTES("He said “yes” and \"no\".", "“yes”|\"no\"");
	QUOTES("'It is over,' she said of the boys' game.", "'It is over,'");
	QUOTES("“A ‘b’ c” and 'd'.", "“A ‘b’ c”|'d'");
	QUOTES("It isn't the dogs' or O'Brien's in '90.", "");
	QUOTES("“One.\n\n“Two.”", "“One.~|“Two.”");
	QUOTES("“One is open. Then nothing.\n\nTwo.", "“One is open.");
	QUOTES("«Oui», dit-il.", "«Oui»");
}

Test(text, only_blocks_that_speak)
{
	struct article *a = ARENA_NEW(arena, struct article);
	struct text x;
	*a = article_of(STR("Photo: X\n\nHe left."));
	a->blocks[0].kind = BLOCK_CREDIT;
	cr_assert_eq(text_analyse(a, arena, &x), 0);
	cr_assert_eq(x.n_sentences, 1);
	cr_assert_eq(x.tokens[0].span.start, 10);
	cr_assert_eq(text_token_at(&x, 0), 0);
	cr_assert_eq(text_token_at(&x, 13), 1);
	cr_assert_eq(text_token_at(&x, 100), x.n_tokens);
	cr_assert_eq(text_sentence_at(&x, 12), 0);
	cr_assert_eq(text_sentence_at(&x, 2), x.n_sentences);
}

Test(text, lower_case_and_flags)
{
	struct text x = text_of("NATO’s Al-Shadadi al-Assad");
	cr_assert(str_is(x.tokens[0].lower, "nato"));
	cr_assert(x.tokens[0].flags & TOKEN_ALLCAPS);
	cr_assert(str_is(x.tokens[1].lower, "'s"));
	cr_assert(x.tokens[2].flags & TOKEN_CAPITAL);
	cr_assert(x.tokens[3].flags & TOKEN_CAPITAL);
	cr_assert(!(x.tokens[1].flags & TOKEN_SPACE));
	cr_assert(x.tokens[2].flags & TOKEN_SPACE);
}

/* Parts of speech that decide about attributions: "word=POS" of one word each. */
static void expect_pos(int line, const char *text, uint32_t token, enum pos want)
{
	struct text x = text_of(text);
	cr_assert_eq(x.tokens[token].pos, want, "line %d: %.*s is %d", line, STR_ARGS(x.tokens[token].lower), x.tokens[token].pos);
}

#define POS(text, token, want) expect_pos(__LINE__, text, token, want)

Test(text, parts_of_speech)
{
	POS("The group claims it won.", 2, POS_FIN);
	POS("The claims were false.", 1, POS_NOUN);
	POS("Forces backed by jets attacked.", 1, POS_PART);
	POS("Forces attacked the town.", 1, POS_FIN);
	POS("He has attacked it.", 2, POS_PART);
	POS("He did not say.", 3, POS_BASE);
	POS("It plans to attack.", 3, POS_BASE);
	POS("He left after they came.", 2, POS_SUB);
	POS("He left after the war.", 2, POS_PREP);
	POS("It was open in May.", 4, POS_NAME);
	POS("He may come.", 1, POS_MODAL);
	POS("Analysts say it is late.", 1, POS_FIN);
}

Test(text, lexicon)
{
	cr_assert_eq(lexicon_check(), 0);
	cr_assert(lexicon_find(STR("announced")) & LEX_SAY);
	cr_assert(lexicon_find(STR("announced")) & LEX_PAST);
	cr_assert(lexicon_find(STR("denies")) & LEX_JUDGE);
	cr_assert(lexicon_find(STR("planning")) & LEX_PLAN);
	cr_assert(lexicon_find(STR("told")) & LEX_TELL);
	cr_assert_eq(lexicon_find(STR("xyzzy")), 0);
	cr_assert_eq(lexicon_find(STR("")), 0);
	cr_assert_eq(lexicon_find(STR("\xC3\xA9t\xC3\xA9")), 0);
}

Test(text, hostile_bytes)
{
	static const char odd[] = "\xEF\xBB\xBF“\xE2\x80 \xF0\x9F \xC2 a\xFF" "b ''' \" ' ‘ ’ ( [ ... !!! -- \xE2";
	struct text x = text_of(odd);
	for (uint32_t i = 0; i < x.n_tokens; i++) {
		cr_assert_lt(x.tokens[i].span.start, x.tokens[i].span.end);
		cr_assert_leq(x.tokens[i].span.end, sizeof(odd) - 1);
		cr_assert(i == 0 || x.tokens[i - 1].span.end <= x.tokens[i].span.start);
	}
}

Test(text, long_input_is_cut_into_bounded_sentences)
{
	size_t n = 200000;
	char *z = arena_alloc(arena, n + 1);
	for (size_t i = 0; i < n; i++)
		z[i] = "said that \"he, "[i % 15];
	struct text x = text_of(z);
	uint32_t next = 0;
	cr_assert_gt(x.n_sentences, 10);
	for (uint32_t i = 0; i < x.n_sentences; i++) {
		cr_assert_eq(x.sentences[i].first, next);
		cr_assert(x.sentences[i].n >= 1 && x.sentences[i].n <= LONGEST_SENTENCE);
		next += x.sentences[i].n;
	}
	cr_assert_eq(next, x.n_tokens);
}

Test(text, no_more_tokens_than_memory_allows)
{
	size_t n = 1500000;
	char *z = arena_alloc(arena, n + 1);
	for (size_t i = 0; i < n; i++)
		z[i] = i % 2 ? ' ' : 'a';
	struct text x = text_of(z);
	cr_assert(x.n_tokens > 200000 && x.n_tokens < n / 2);
	cr_assert_eq(x.sentences[x.n_sentences - 1].first + x.sentences[x.n_sentences - 1].n, x.n_tokens);
}
