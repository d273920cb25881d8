/* Between the structs of record.h and the generated ones. What comes out lives in the arena.
 *
 * Strings are copied (protobuf-c wants a NUL behind them) and checked on the way: -EILSEQ for text
 * that is no UTF-8 or holds a NUL, -ENOMEM when the arena is full, -ERANGE for a figure that is no number. */
#ifndef COPYTASTER_PROTO_CONVERT_H
#define COPYTASTER_PROTO_CONVERT_H

#include "base/arena.h"
#include "base/err.h"
#include "proto/generated.h"
#include "proto/record.h"

int convert_claim(const struct claim *c, struct arena *arena, PB(Claim) **ret) MUST_CHECK;
int convert_article(const struct article_record *a, struct arena *arena, PB(ArticleRecord) **ret) MUST_CHECK;
int convert_verdict(const struct verdict *v, struct arena *arena, PB(Verdict) **ret) MUST_CHECK;
int convert_receipt(const struct receipt *r, struct arena *arena, PB(Receipt) **ret) MUST_CHECK;

/* Back again; strings point into the message. */
int convert_verdict_back(const PB(Verdict) *m, struct arena *arena, struct verdict *ret) MUST_CHECK;

/* NUL-terminated in the arena, checked as above; ret_rc keeps the first failure. */
char *convert_text(struct str s, struct arena *arena, int *rc);

#endif
