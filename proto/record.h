/* The records that leave the system, as plain C structs. The generated protobuf types
 * stay inside proto/; codec.h turns these into bytes, json.h into JSON.
 *
 * Ownership: every pointer lives in the arena of the article the record is about.
 * Offsets are UTF-8 byte offsets into the article's text. Empty str = absent. Enum values
 * equal those of copytaster.v1 (proto/copytaster/v1); 0 is UNSPECIFIED. */
#ifndef COPYTASTER_PROTO_RECORD_H
#define COPYTASTER_PROTO_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct span {
	uint32_t start, end; /* bytes, [start, end) */
};

/* ---- the article as decoded ---- */

enum block_kind {
	BLOCK_TITLE = 1, BLOCK_DATELINE, BLOCK_BYLINE, BLOCK_PARAGRAPH, BLOCK_CAPTION, BLOCK_CREDIT, BLOCK_BOILERPLATE
};

struct block {
	enum block_kind kind;
	struct span span;
};

enum time_source { TIME_DATELINE = 1, TIME_METADATA, TIME_INPUT, TIME_FILE, TIME_NONE };

/* ---- verdict (what a copy is) ---- */

enum verdict_kind { VERDICT_ORIGINAL = 1, VERDICT_EXACT, VERDICT_NEAR, VERDICT_CONTAINED, VERDICT_CONTAINS, VERDICT_PARTIAL };
enum verdict_reason { REASON_UNSET = 0, REASON_TEMPLATE = 1, REASON_SHORT = 2 };

/* The same words in two articles. */
struct passage {
	struct span here;
	struct str other_article_id;
	struct span there;
};

struct verdict {
	enum verdict_kind kind;
	enum verdict_reason reason;
	struct str of;       /* the article it copies */
	struct str story_id; /* the article that opened the story */
	struct {
		struct str of;   /* empty: no revision */
		uint32_t version;
	} revision;
	double containment;       /* |A∩B| / |A|, A this article's shingles */
	double other_containment; /* |A∩B| / |B| */
	double jaccard;
	uint32_t matched_words, longest_run; /* words */
	struct passage *passages;            /* in order of here.start, not overlapping */
	size_t n_passages;
};

/* ---- claim ---- */

enum claim_kind { CLAIM_DIRECT = 1, CLAIM_MIXED, CLAIM_INDIRECT, CLAIM_NARRATED, CLAIM_HEADLINE, CLAIM_CAPTION };
enum claim_status { CLAIM_ACTIVE = 1, CLAIM_RETRACTED };
enum source_type {
	SOURCE_PERSON = 1, SOURCE_GOVERNMENT, SOURCE_MILITARY, SOURCE_ORGANISATION, SOURCE_MEDIA, SOURCE_DOCUMENT,
	SOURCE_GROUP, SOURCE_UNNAMED
};
enum modality {
	MODALITY_ASSERTED = 1, MODALITY_INTENT, MODALITY_COMMITMENT, MODALITY_ESTIMATE, MODALITY_HEDGED,
	MODALITY_INFERENCE, MODALITY_EVALUATION, MODALITY_NOT_KNOWN
};
enum polarity { POLARITY_POSITIVE = 1, POLARITY_NEGATIVE };
enum qualifier {
	QUALIFIER_EXACT = 1, QUALIFIER_ABOUT, QUALIFIER_NEARLY, QUALIFIER_AT_LEAST, QUALIFIER_MORE_THAN, QUALIFIER_UP_TO,
	QUALIFIER_LESS_THAN, QUALIFIER_VAGUE
};
enum change { CHANGE_NONE = 1, CHANGE_UP, CHANGE_DOWN };
enum time_role { TIME_ROLE_EVENT = 1, TIME_ROLE_UTTERANCE, TIME_ROLE_REFERENCE, TIME_ROLE_PUBLICATION };

struct text_span {
	struct span span;
	struct str text; /* the bytes at span */
};

struct quantity {
	struct span span;
	struct str text;
	bool has_value, has_upper, so_far;
	double value, upper;
	struct str unit; /* ISO 4217, "%", UCUM; empty for counts */
	struct str what; /* words that name what is counted */
	enum qualifier qualifier;
	struct str per; /* "day" */
	enum change change;
};

struct time_ref {
	struct span span;
	struct str text;
	struct str iso; /* EDTF level 1; empty where it cannot be known */
	enum time_role role;
};

struct place {
	struct span span;
	struct str name;
};

/* An outer attribution: who reported that the source said it. */
struct via {
	struct str attribution_id; /* empty when the relay vouches for nothing directly */
	bool has_source;
	struct span source;
	struct str source_text, source_name;
	enum source_type source_type; /* 0: none */
	struct text_span *cue;
	size_t n_cue;
};

struct attribution {
	struct str id; /* empty: no attribution (narrated) */
	bool has_source;
	struct span source;
	struct str source_text, source_name, source_role;
	enum source_type source_type;
	bool inherited;
	struct text_span *cue;
	size_t n_cue;
	struct via *via; /* nearest first */
	size_t n_via;
};

struct claim {
	struct str id; /* article id and a hash of kind, content, cue and source spans */
	struct str article_id;
	enum claim_kind kind;
	enum claim_status status;
	struct str *supersedes;
	size_t n_supersedes;
	struct str text;      /* the content spans joined by " … " */
	struct span *content; /* in document order, not overlapping */
	size_t n_content;
	struct span sentence;
	struct str sentence_text;
	/* of the article, repeated so that a claim can be shown alone */
	struct str title, article_time, provider, file_name, language, story_id;
	struct attribution attribution;
	struct quantity *quantities;
	size_t n_quantities;
	struct time_ref *times;
	size_t n_times;
	struct place *places;
	size_t n_places;
	enum modality modality;
	enum polarity polarity;
	struct str extractor_version, model_version;
};

/* ---- article record: goes out after its claims ---- */

/* A claim of an earlier article that stands here again. */
struct repeat {
	struct str claim_id;
	struct span span; /* where it stands in this article */
};

struct article_record {
	struct str article_id;
	struct str file_name; /* escaped to valid UTF-8 */
	struct str sha256;    /* hex, of the file's bytes */
	struct str media_type, charset;
	struct str text;
	struct str language;
	struct str time; /* RFC 3339 */
	enum time_source time_source;
	struct str received_time;
	struct str title, byline, provider, supplier_id;
	uint32_t supplier_version;
	struct str pub_status;
	struct str supersedes; /* the article id whose file grew into this one */
	struct block *blocks;
	size_t n_blocks;
	struct verdict verdict;
	struct str *claim_ids;
	size_t n_claim_ids;
	struct repeat *repeats;
	size_t n_repeats;
	struct str extractor_version, model_version;
};

/* ---- receipt: one line per article that reached its end ---- */

enum outcome { OUTCOME_PUBLISHED = 1, OUTCOME_COPY, OUTCOME_FAILED, OUTCOME_RETRIED };

struct receipt {
	struct str article_id;
	struct str file_name; /* escaped */
	enum outcome outcome;
	struct str time; /* when, RFC 3339 */
	uint64_t bytes;
	uint32_t attempts;
	uint32_t claims;
	struct str reason_code; /* failed: "EMPTY", "TOO_LARGE", … */
	struct str reason;      /* failed: a sentence */
	struct str next_article_id; /* the file had grown: it goes on under this id */
	uint64_t generation;        /* retried: the life that begins */
};

#endif
