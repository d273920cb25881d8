#include <criterion/criterion.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "proto/json.h"
#include "sample_records.h"

static struct arena *arena;
static struct buf out;

static void setup(void)
{
	arena = arena_new(4 << 20);
	buf_init(&out, 0);
}

static void teardown(void)
{
	buf_release(&out);
	arena_free(&arena);
}

TestSuite(json, .init = setup, .fini = teardown);

static void expect_text(const char *expected)
{
	cr_expect_str_eq(out.data, expected);
}

static void expect_valid(void)
{
	json_error_t e;
	json_t *j = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, &e);

	cr_expect(j, "%s at %d in %s", e.text, e.position, out.data);
	cr_expect(!memchr(out.data, '\n', out.len), "one line");
	json_decref(j);
}

Test(json, claim_in_the_order_of_the_contract)
{
	cr_assert_eq(json_claim(&out, &sample_claim, arena), 0);
	expect_valid();
	expect_text("{\"id\":\"c-9\",\"articleId\":\"A-7\",\"kind\":\"INDIRECT\",\"status\":\"ACTIVE\",\"supersedes\":[\"c-1\",\"c-2\"],"
		    "\"text\":\"a \\\"quote\\\" \xe2\x80\xa6 b\",\"content\":[{\"start\":17,\"end\":25},{\"start\":40,\"end\":50}],"
		    "\"sentence\":{\"start\":10,\"end\":60},\"sentenceText\":\"the sentence\",\"title\":\"T\","
		    "\"articleTime\":\"2016-03-27T14:29:00Z\",\"provider\":\"P\",\"fileName\":\"f.txt\",\"language\":\"en\","
		    "\"storyId\":\"A-0\",\"attribution\":{\"id\":\"at-1\",\"source\":{\"start\":0,\"end\":11},"
		    "\"sourceText\":\"the ministry\",\"sourceName\":\"Defence Ministry\",\"sourceRole\":\"spokesman\","
		    "\"sourceType\":\"GOVERNMENT\",\"inherited\":true,\"cue\":[{\"start\":12,\"end\":16,\"text\":\"said\"}],"
		    "\"via\":[{\"attributionId\":\"at-2\",\"source\":{\"start\":30,\"end\":37},\"sourceText\":\"Reuters\","
		    "\"sourceName\":\"Reuters\",\"sourceType\":\"MEDIA\",\"cue\":[{\"start\":12,\"end\":16,\"text\":\"said\"}]},"
		    "{\"sourceText\":\"\",\"cue\":[]}]},"
		    "\"quantities\":[{\"start\":17,\"end\":19,\"text\":\"20 %\",\"value\":20,\"upper\":2500000.5,\"unit\":\"%\","
		    "\"what\":\"flights\",\"qualifier\":\"AT_LEAST\",\"soFar\":true,\"per\":\"day\",\"change\":\"UP\"},"
		    "{\"start\":20,\"end\":24,\"text\":\"most\",\"unit\":\"\",\"what\":\"\",\"qualifier\":\"VAGUE\",\"soFar\":false,"
		    "\"per\":\"\",\"change\":\"NONE\"}],"
		    "\"times\":[{\"start\":1,\"end\":2,\"text\":\"Sunday\",\"iso\":\"2016-03-27\",\"role\":\"EVENT\"},"
		    "{\"start\":3,\"end\":4,\"text\":\"then\",\"role\":\"REFERENCE\"}],"
		    "\"places\":[{\"start\":5,\"end\":9,\"name\":\"Homs\"}],\"modality\":\"NOT_KNOWN\",\"polarity\":\"NEGATIVE\","
		    "\"extractorVersion\":\"1\",\"modelVersion\":\"rules\"}");
}

Test(json, narrated_claim_has_no_attribution_and_prints_zeros)
{
	struct claim c = { .id = STR("c"), .kind = CLAIM_NARRATED };

	cr_assert_eq(json_claim(&out, &c, arena), 0);
	expect_valid();
	expect_text("{\"id\":\"c\",\"articleId\":\"\",\"kind\":\"NARRATED\",\"status\":\"UNSPECIFIED\",\"supersedes\":[],\"text\":\"\","
		    "\"content\":[],\"sentence\":{\"start\":0,\"end\":0},\"sentenceText\":\"\",\"fileName\":\"\",\"language\":\"\","
		    "\"storyId\":\"\",\"quantities\":[],\"times\":[],\"places\":[],\"modality\":\"UNSPECIFIED\","
		    "\"polarity\":\"UNSPECIFIED\",\"extractorVersion\":\"\",\"modelVersion\":\"\"}");
}

Test(json, article)
{
	cr_assert_eq(json_article(&out, &sample_article, arena), 0);
	expect_valid();
	expect_text("{\"articleId\":\"A-7\",\"fileName\":\"f.txt\",\"sha256\":\"00ff\",\"mediaType\":\"text/plain\","
		    "\"charset\":\"utf-8\",\"text\":\"Gr\xc3\xb6\xc3\x9f" "e\\n\\ttab\",\"language\":\"en\","
		    "\"time\":\"2016-03-27T14:29:00Z\",\"timeSource\":\"DATELINE\",\"receivedTime\":\"2016-03-27T15:00:00.123Z\","
		    "\"title\":\"T\",\"byline\":\"B\",\"provider\":\"P\",\"supplierId\":\"S\",\"supplierVersion\":4,"
		    "\"pubStatus\":\"usable\",\"blocks\":[{\"kind\":\"TITLE\",\"start\":0,\"end\":4},"
		    "{\"kind\":\"PARAGRAPH\",\"start\":5,\"end\":60}],"
		    "\"verdict\":{\"kind\":\"ORIGINAL\",\"storyId\":\"A-7\",\"containment\":0,\"otherContainment\":0,\"jaccard\":0,"
		    "\"matchedWords\":0,\"longestRun\":0,\"passages\":[]},\"claimIds\":[\"c-1\",\"c-2\"],"
		    "\"repeats\":[{\"claimId\":\"c-3\",\"start\":6,\"end\":9}],\"extractorVersion\":\"1\",\"modelVersion\":\"rules\","
		    "\"supersedes\":\"A-6\"}");
}

Test(json, article_without_optional_fields)
{
	struct article_record a = { .article_id = STR("x"), .time_source = TIME_NONE };
	static const char *const absent[] = { "time", "title", "byline", "provider", "supplierId", "supplierVersion", "pubStatus",
					      "supersedes" };
	json_t *j;

	cr_assert_eq(json_article(&out, &a, arena), 0);
	j = json_loadb(out.data, out.len, 0, NULL);
	cr_assert(j);
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		cr_expect_null(json_object_get(j, absent[i]), "%s", absent[i]);
	cr_expect_eq(json_object_size(j), 23 - sizeof(absent) / sizeof(absent[0]));
	json_decref(j);
}

Test(json, article_with_claims)
{
	struct claim two[] = { sample_claim, { .id = STR("c-10") } };
	json_t *j, *claims;

	cr_assert_eq(json_article_with_claims(&out, &sample_article, two, 2, arena), 0);
	expect_valid();
	j = json_loadb(out.data, out.len, 0, NULL);
	claims = json_object_get(j, "claims");
	cr_assert_eq(json_array_size(claims), 2);
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(claims, 1), "id")), "c-10");
	cr_expect_str_eq(json_string_value(json_object_get(j, "articleId")), "A-7");
	json_decref(j);

	buf_reset(&out);
	cr_assert_eq(json_article_with_claims(&out, &sample_article, NULL, 0, arena), 0);
	cr_expect(strstr(out.data, ",\"claims\":[]}"));
	expect_valid();
}

Test(json, verdict_line)
{
	cr_assert_eq(json_verdict(&out, STR("A-7"), &sample_verdict, arena), 0);
	expect_valid();
	expect_text("{\"articleId\":\"A-7\",\"kind\":\"PARTIAL\",\"reason\":\"TEMPLATE\",\"of\":\"A-1\",\"storyId\":\"A-0\","
		    "\"revision\":{\"of\":\"A-9\",\"version\":2},\"containment\":0.1,\"otherContainment\":1,"
		    "\"jaccard\":0.3333333333333333,\"matchedWords\":45,\"longestRun\":41,"
		    "\"passages\":[{\"start\":0,\"end\":12,\"otherArticleId\":\"A-1\",\"otherStart\":5,\"otherEnd\":17},"
		    "{\"start\":20,\"end\":30,\"otherArticleId\":\"A-2\",\"otherStart\":0,\"otherEnd\":4294967295}]}");
}

Test(json, receipts)
{
	struct receipt r = { .article_id = STR("A"), .file_name = STR("f"), .outcome = OUTCOME_PUBLISHED,
			     .time = STR("2016-03-27T14:29:00Z"), .bytes = 4096, .claims = 5 };

	cr_assert_eq(json_receipt(&out, &r, arena), 0);
	expect_valid();
	expect_text("{\"articleId\":\"A\",\"fileName\":\"f\",\"outcome\":\"PUBLISHED\",\"time\":\"2016-03-27T14:29:00Z\","
		    "\"bytes\":4096,\"attempts\":0,\"claims\":5}");

	buf_reset(&out);
	r = (struct receipt){ .outcome = OUTCOME_FAILED, .bytes = UINT64_C(10) << 30, .attempts = 2, .reason_code = STR("TOO_LARGE"),
			      .reason = STR("why"), .next_article_id = STR("B"), .generation = UINT64_MAX };
	cr_assert_eq(json_receipt(&out, &r, arena), 0);
	expect_valid();
	expect_text("{\"articleId\":\"\",\"fileName\":\"\",\"outcome\":\"FAILED\",\"time\":\"\",\"bytes\":4294967295,\"attempts\":2,"
		    "\"claims\":0,\"reasonCode\":\"TOO_LARGE\",\"reason\":\"why\",\"nextArticleId\":\"B\","
		    "\"generation\":\"18446744073709551615\"}");
}

static void expect_string(struct str in, const char *expected)
{
	buf_reset(&out);
	json_put_string(&out, in);
	expect_text(expected);
	buf_char(&out, ']');
	cr_assert(!out.failed);
}

Test(json, strings)
{
	expect_string(STR(""), "\"\"");
	expect_string((struct str){ NULL, 0 }, "\"\"");
	expect_string(STR("\b\f\n\r\t\"\\/\x01\x1f\x7f"), "\"\\b\\f\\n\\r\\t\\\"\\\\/\\u0001\\u001f\x7f\"");
	expect_string(STR("a\0b"), "\"a\\u0000b\"");
	expect_string(STR("\xe2\x80\xa8-\xe2\x80\xa9-\xe2\x80\xaa"), "\"\\u2028-\\u2029-\xe2\x80\xaa\"");
	expect_string(STR("\xf0\x9f\x93\xb0"), "\"\xf0\x9f\x93\xb0\"");
	expect_string(STR("x\xffy\xc3"), "\"x\xef\xbf\xbdy\xef\xbf\xbd\"");
	expect_string(STR("\xef\xbf\xbd"), "\"\xef\xbf\xbd\"");
	expect_string(STR("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

/* Every byte alone gives JSON that a strict parser takes. */
Test(json, every_byte)
{
	for (int b = 0; b < 256; b++) {
		char c = (char)b;
		json_t *j;

		buf_reset(&out);
		json_put_string(&out, (struct str){ &c, 1 });
		j = json_loadb(out.data, out.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		cr_expect(j, "byte %d", b);
		if (b < 0x80)
			cr_expect(json_string_length(j) == 1 && json_string_value(j)[0] == c, "byte %d", b);
		json_decref(j);
	}
}

static void expect_value(double v, const char *expected)
{
	struct quantity q = { .has_value = true, .value = v };
	struct claim c = { .quantities = &q, .n_quantities = 1 };
	const char *at;

	buf_reset(&out);
	cr_assert_eq(json_claim(&out, &c, arena), 0);
	at = strstr(out.data, "\"value\":");
	if (!expected) {
		cr_expect_null(at);
		return;
	}
	cr_assert(at);
	at += strlen("\"value\":");
	cr_expect(strncmp(at, expected, strlen(expected)) == 0 && at[strlen(expected)] == ',', "%s: %.30s", expected, at);
	cr_expect(strtod(at, NULL) == v);
}

Test(json, doubles)
{
	expect_value(20, "20");
	expect_value(0, "0");
	expect_value(-0.0, "0");
	expect_value(-3, "-3");
	expect_value(2500000, "2500000");
	expect_value(0.1, "0.1");
	expect_value(0.1 + 0.2, "0.30000000000000004");
	expect_value(1.0 / 3, "0.3333333333333333");
	expect_value(999999999999999, "999999999999999");
	expect_value(1e15, "1e+15");
	expect_value(1234567890123456, "1234567890123456");
	expect_value(1.7976931348623157e308, "1.7976931348623157e+308");
	expect_value(5e-324, "4.94065645841247e-324");
	expect_value(INFINITY, NULL);
	expect_value(NAN, NULL);
}

Test(json, enum_names)
{
	cr_expect_str_eq(name_verdict_kind(VERDICT_CONTAINS), "CONTAINS");
	cr_expect_str_eq(name_verdict_kind(0), "");
	cr_expect_str_eq(name_verdict_kind(99), "");
	cr_expect_str_eq(name_verdict_kind(-1), "");
	cr_expect_str_eq(name_verdict_reason(REASON_SHORT), "SHORT");
	cr_expect_str_eq(name_claim_kind(CLAIM_CAPTION), "CAPTION");
	cr_expect_str_eq(name_source_type(SOURCE_UNNAMED), "UNNAMED");
	cr_expect_str_eq(name_modality(MODALITY_NOT_KNOWN), "NOT_KNOWN");
	cr_expect_str_eq(name_qualifier(QUALIFIER_LESS_THAN), "LESS_THAN");
	cr_expect_str_eq(name_block_kind(BLOCK_BOILERPLATE), "BOILERPLATE");
	cr_expect_str_eq(name_outcome(OUTCOME_RETRIED), "RETRIED");
	cr_expect_str_eq(name_time_role(TIME_ROLE_PUBLICATION), "PUBLICATION");
	cr_expect_eq(outcome_of_name(STR("COPY")), OUTCOME_COPY);
	cr_expect_eq(outcome_of_name(STR("copy")), 0);
	cr_expect_eq(outcome_of_name(STR("")), 0);
	cr_expect_eq(outcome_of_name(STR("UNSPECIFIED")), 0);
}

Test(json, an_enum_value_without_a_name_is_a_number)
{
	struct claim c = { .kind = (enum claim_kind)77 };

	cr_assert_eq(json_claim(&out, &c, arena), 0);
	expect_valid();
	cr_expect(strstr(out.data, "\"kind\":77,"));
}

Test(json, failures)
{
	struct article_record a = sample_article;
	struct verdict v = sample_verdict;
	struct arena *small = arena_new(128);
	struct buf tiny;

	a.title = STR("\xc3");
	cr_expect_eq(json_article(&out, &a, arena), -EILSEQ);
	v.containment = INFINITY;
	cr_expect_eq(json_verdict(&out, STR("x"), &v, arena), -ERANGE);
	cr_expect_eq(json_verdict(&out, STR("\xff"), &sample_verdict, arena), -EILSEQ);
	cr_expect_eq(out.len, 0);
	buf_init(&tiny, 100);
	cr_expect_eq(json_claim(&tiny, &sample_claim, arena), -ENOMEM);
	cr_expect_eq(json_claim(&out, &sample_claim, small), -ENOMEM);
	buf_release(&tiny);
	arena_free(&small);
}
