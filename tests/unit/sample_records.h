/* One claim and one article record with every field set, for the tests of codec and JSON. */
#ifndef COPYTASTER_TESTS_SAMPLE_RECORDS_H
#define COPYTASTER_TESTS_SAMPLE_RECORDS_H

#include "proto/record.h"

static struct passage sample_passages[] = {
	{ { 0, 12 }, { "A-1", 3 }, { 5, 17 } },
	{ { 20, 30 }, { "A-2", 3 }, { 0, UINT32_MAX } },
};

static const struct verdict sample_verdict = {
	.kind = VERDICT_PARTIAL, .reason = REASON_TEMPLATE, .of = { "A-1", 3 }, .story_id = { "A-0", 3 },
	.revision = { { "A-9", 3 }, 2 }, .containment = 0.1, .other_containment = 1, .jaccard = 1.0 / 3,
	.matched_words = 45, .longest_run = 41, .passages = sample_passages, .n_passages = 2,
};

static struct text_span sample_cue[] = { { { 12, 16 }, { "said", 4 } } };
static struct via sample_via[] = {
	{ .attribution_id = { "at-2", 4 }, .has_source = true, .source = { 30, 37 }, .source_text = { "Reuters", 7 },
	  .source_name = { "Reuters", 7 }, .source_type = SOURCE_MEDIA, .cue = sample_cue, .n_cue = 1 },
	{ .source_text = { "", 0 } },
};
static struct str sample_ids[] = { { "c-1", 3 }, { "c-2", 3 } };
static struct span sample_content[] = { { 17, 25 }, { 40, 50 } };
static struct quantity sample_quantities[] = {
	{ .span = { 17, 19 }, .text = { "20 %", 4 }, .has_value = true, .value = 20, .has_upper = true, .upper = 2500000.5,
	  .so_far = true, .unit = { "%", 1 }, .what = { "flights", 7 }, .qualifier = QUALIFIER_AT_LEAST, .per = { "day", 3 },
	  .change = CHANGE_UP },
	{ .span = { 20, 24 }, .text = { "most", 4 }, .qualifier = QUALIFIER_VAGUE, .change = CHANGE_NONE },
};
static struct time_ref sample_times[] = {
	{ { 1, 2 }, { "Sunday", 6 }, { "2016-03-27", 10 }, TIME_ROLE_EVENT },
	{ { 3, 4 }, { "then", 4 }, { NULL, 0 }, TIME_ROLE_REFERENCE },
};
static struct place sample_places[] = { { { 5, 9 }, { "Homs", 4 } } };

static const struct claim sample_claim = {
	.id = { "c-9", 3 }, .article_id = { "A-7", 3 }, .kind = CLAIM_INDIRECT, .status = CLAIM_ACTIVE, .supersedes = sample_ids,
	.n_supersedes = 2, .text = { "a \"quote\" \xe2\x80\xa6 b", 15 }, .content = sample_content, .n_content = 2,
	.sentence = { 10, 60 }, .sentence_text = { "the sentence", 12 }, .title = { "T", 1 },
	.article_time = { "2016-03-27T14:29:00Z", 20 }, .provider = { "P", 1 }, .file_name = { "f.txt", 5 },
	.language = { "en", 2 }, .story_id = { "A-0", 3 },
	.attribution = { .id = { "at-1", 4 }, .has_source = true, .source = { 0, 11 }, .source_text = { "the ministry", 12 },
			 .source_name = { "Defence Ministry", 16 }, .source_role = { "spokesman", 9 },
			 .source_type = SOURCE_GOVERNMENT, .inherited = true, .cue = sample_cue, .n_cue = 1, .via = sample_via,
			 .n_via = 2 },
	.quantities = sample_quantities, .n_quantities = 2, .times = sample_times, .n_times = 2, .places = sample_places,
	.n_places = 1, .modality = MODALITY_NOT_KNOWN, .polarity = POLARITY_NEGATIVE, .extractor_version = { "1", 1 },
	.model_version = { "rules", 5 },
};

static struct block sample_blocks[] = { { BLOCK_TITLE, { 0, 4 } }, { BLOCK_PARAGRAPH, { 5, 60 } } };
static struct repeat sample_repeats[] = { { { "c-3", 3 }, { 6, 9 } } };

static const struct article_record sample_article = {
	.article_id = { "A-7", 3 }, .file_name = { "f.txt", 5 }, .sha256 = { "00ff", 4 }, .media_type = { "text/plain", 10 },
	.charset = { "utf-8", 5 }, .text = { "Gr\xc3\xb6\xc3\x9f" "e\n\ttab", 12 }, .language = { "en", 2 },
	.time = { "2016-03-27T14:29:00Z", 20 }, .time_source = TIME_DATELINE,
	.received_time = { "2016-03-27T15:00:00.123Z", 24 }, .title = { "T", 1 }, .byline = { "B", 1 }, .provider = { "P", 1 },
	.supplier_id = { "S", 1 }, .supplier_version = 4, .pub_status = { "usable", 6 }, .supersedes = { "A-6", 3 },
	.blocks = sample_blocks, .n_blocks = 2,
	.verdict = { .kind = VERDICT_ORIGINAL, .story_id = { "A-7", 3 } }, .claim_ids = sample_ids, .n_claim_ids = 2,
	.repeats = sample_repeats, .n_repeats = 1, .extractor_version = { "1", 1 }, .model_version = { "rules", 5 },
};

#endif
