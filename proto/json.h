/* Records as proto3 JSON, written by descriptor: one piece of code serves every message.
 * lowerCamelCase; deviations (DESIGN: contract): scalars and enums always printed, zeros
 * included; unset optional fields and empty optional strings absent; enum names without prefix.
 * One line, no trailing newline. -ENOMEM when out failed or the arena is full; -EILSEQ: a string is no UTF-8 or holds a NUL;
 * -ERANGE: a figure of a verdict is no number. On failure out holds a torn record: truncate it. Scratch comes from
 * the arena. 64-bit integers are strings, as in the mapping; only a receipt's "generation" is one. */
#ifndef COPYTASTER_PROTO_JSON_H
#define COPYTASTER_PROTO_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "proto/record.h"

int json_claim(struct buf *out, const struct claim *c, struct arena *scratch) MUST_CHECK;
int json_article(struct buf *out, const struct article_record *a, struct arena *scratch) MUST_CHECK;
/* The article record with "claims": [Claim…] at its end (`copytaster extract`). */
int json_article_with_claims(struct buf *out, const struct article_record *a, const struct claim *claims, size_t n_claims,
			     struct arena *scratch) MUST_CHECK;
/* {"articleId", then the verdict's fields} (`copytaster copies`). */
int json_verdict(struct buf *out, struct str article_id, const struct verdict *v, struct arena *scratch) MUST_CHECK;
int json_receipt(struct buf *out, const struct receipt *r, struct arena *scratch) MUST_CHECK;

/* (Not json_string: jansson has one.) A JSON string with quotes; invalid UTF-8 becomes U+FFFD. For the few places that write JSON by hand. */
void json_put_string(struct buf *out, struct str s);

/* The names the JSON uses, for people's output too: "PARTIAL", "AT_LEAST". "" for 0. */
const char *name_verdict_kind(enum verdict_kind v);
const char *name_verdict_reason(enum verdict_reason v);
const char *name_claim_kind(enum claim_kind v);
const char *name_source_type(enum source_type v);
const char *name_modality(enum modality v);
const char *name_qualifier(enum qualifier v);
const char *name_block_kind(enum block_kind v);
const char *name_outcome(enum outcome v);
const char *name_time_role(enum time_role v);
enum outcome outcome_of_name(struct str name); /* 0 when unknown */

#endif
