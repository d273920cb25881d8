#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "proto/codec.h"
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

TestSuite(codec, .init = setup, .fini = teardown);

/* The format is fixed: these bytes were worked out once, any change needs a new version. */
Test(codec, envelope_bytes)
{
	static const uint8_t expected[ENVELOPE_BYTES] = { 'C', 'P', 'T', '1', 1, 7, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0 };
	uint8_t e[ENVELOPE_BYTES], other[ENVELOPE_BYTES];

	envelope_seal(7, STR("abc"), e);
	cr_expect_arr_eq(e, expected, 16);
	envelope_seal(8, STR("abc"), other);
	cr_expect(memcmp(e + 16, other + 16, 8) != 0, "the type is part of the checksum");
}

static void sealed(uint8_t type, const char *payload)
{
	uint8_t e[ENVELOPE_BYTES];

	buf_reset(&out);
	envelope_seal(type, str_of(payload), e);
	buf_append(&out, e, sizeof(e));
	buf_text(&out, payload);
}

static int opened(void)
{
	struct str payload;
	uint8_t type;

	return envelope_open(buf_view(&out), &type, &payload);
}

Test(codec, envelope_errors)
{
	struct str payload;
	uint8_t type;

	sealed(200, "payload");
	cr_assert_eq(envelope_open(buf_view(&out), &type, &payload), 0);
	cr_expect_eq(type, 200);
	cr_expect(str_is(payload, "payload"));

	for (size_t len = 0; len < out.len; len++)
		cr_expect_eq(envelope_open(str_cut(buf_view(&out), 0, len), &type, &payload), -EPROTO, "cut to %zu", len);
	buf_char(&out, '!');
	cr_expect_eq(opened(), -EPROTO, "longer than it says");

	sealed(1, "");
	cr_expect_eq(opened(), 0, "an empty payload is one");
	out.data[0] = 'X';
	cr_expect_eq(opened(), -EPROTO);
	sealed(1, "x");
	out.data[4] = 2;
	cr_expect_eq(opened(), -EPROTONOSUPPORT);
	sealed(1, "x");
	out.data[7] = 1;
	cr_expect_eq(opened(), -EPROTO);
	sealed(1, "x");
	out.data[15] = 1;
	cr_expect_eq(opened(), -EPROTO);
	sealed(1, "x");
	out.data[24] = 'y';
	cr_expect_eq(opened(), -EBADMSG);
}

Test(codec, a_verdict_comes_back_as_it_went)
{
	struct verdict v;

	cr_assert_eq(codec_pack_verdict(&out, &sample_verdict, arena), 0);
	cr_assert_eq(codec_unpack_verdict(buf_view(&out), arena, &v), 0);
	cr_expect_eq(v.kind, VERDICT_PARTIAL);
	cr_expect_eq(v.reason, REASON_TEMPLATE);
	cr_expect(str_is(v.of, "A-1") && str_is(v.story_id, "A-0") && str_is(v.revision.of, "A-9"));
	cr_expect_eq(v.revision.version, 2);
	cr_expect(v.containment == 0.1 && v.other_containment == 1 && v.jaccard == 1.0 / 3, "doubles to the last bit");
	cr_expect_eq(v.matched_words, 45);
	cr_expect_eq(v.longest_run, 41);
	cr_assert_eq(v.n_passages, 2);
	cr_expect(v.passages[0].here.start == 0 && v.passages[0].here.end == 12);
	cr_expect(str_is(v.passages[1].other_article_id, "A-2"));
	cr_expect_eq(v.passages[1].there.end, UINT32_MAX);
}

Test(codec, an_empty_verdict)
{
	struct verdict none = { .kind = VERDICT_ORIGINAL }, v;

	cr_assert_eq(codec_pack_verdict(&out, &none, arena), 0);
	cr_assert_eq(codec_unpack_verdict(buf_view(&out), arena, &v), 0);
	cr_expect_eq(v.kind, VERDICT_ORIGINAL);
	cr_expect_eq(v.reason, REASON_UNSET);
	cr_expect(v.of.len == 0 && v.story_id.len == 0 && v.revision.of.len == 0 && v.n_passages == 0);
}

Test(codec, broken_verdicts)
{
	struct verdict v;

	cr_expect_eq(codec_unpack_verdict(STR("\x08"), arena, &v), -EBADMSG);
	cr_expect_eq(codec_unpack_verdict(STR("\x22\x02z\xff"), arena, &v), -EILSEQ);
	cr_expect_eq(codec_unpack_verdict(STR("\x22\x03z\0z"), arena, &v), -EILSEQ);
	cr_expect_eq(codec_unpack_verdict(STR("\x5a\x03\x1a\x01\xc0"), arena, &v), -EILSEQ, "in a passage");
	cr_expect_eq(codec_unpack_verdict(STR("\x5a\x7f\x1a\x01x"), arena, &v), -EBADMSG, "a passage longer than the verdict");
	cr_expect_eq(codec_unpack_verdict(STR("\x31\0\0\0\0\0\0\xf0\x7f"), arena, &v), -EBADMSG, "an infinite containment");
	cr_expect_eq(codec_unpack_verdict(STR("\x2a\x00\x2a\x00"), arena, &v), -EBADMSG, "two revisions");
}

/* What another implementation of protobuf would write for a claim; checked by hand against the schema. */
Test(codec, claim_bytes)
{
	struct claim c = { .id = STR("i"), .kind = CLAIM_DIRECT, .sentence = { 1, 300 } };

	cr_assert_eq(codec_pack_claim(&out, &c, arena), 0);
	cr_assert_eq(out.len, 12);
	cr_expect_arr_eq(out.data, "\x0a\x01i\x18\x01\x42\x05\x08\x01\x10\xac\x02", 12);
}

Test(codec, records_pack)
{
	size_t claim_bytes;

	cr_assert_eq(codec_pack_claim(&out, &sample_claim, arena), 0);
	claim_bytes = out.len;
	cr_expect_gt(claim_bytes, 300);
	cr_assert_eq(codec_pack_article(&out, &sample_article, arena), 0);
	cr_expect_gt(out.len, claim_bytes + 150, "packed bytes are appended");
}

Test(codec, text_that_is_no_text)
{
	struct article_record a = sample_article;
	struct verdict v = sample_verdict;

	a.text = STR("bad \xff");
	cr_expect_eq(codec_pack_article(&out, &a, arena), -EILSEQ);
	a.text = STR("bad \0 NUL");
	cr_expect_eq(codec_pack_article(&out, &a, arena), -EILSEQ);
	v.jaccard = NAN;
	cr_expect_eq(codec_pack_verdict(&out, &v, arena), -ERANGE);
	cr_expect_eq(out.len, 0);
}

Test(codec, a_full_arena)
{
	static char text[4096];

	for (size_t cap = 256; cap < 4096; cap += 256) {
		struct arena *small = arena_new(cap);
		struct article_record a = sample_article;

		memset(text, 'x', sizeof(text));
		a.text = (struct str){ text, sizeof(text) };
		cr_expect_eq(codec_pack_article(&out, &a, small), -ENOMEM);
		arena_free(&small);
	}
	cr_expect_eq(out.len, 0);
}
