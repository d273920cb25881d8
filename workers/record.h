/* The article record out of the stages' results; also used by `copytaster extract`. */
#ifndef COPYTASTER_WORKERS_RECORD_H
#define COPYTASTER_WORKERS_RECORD_H

#include "base/arena.h"
#include "base/err.h"
#include "proto/record.h"
#include "workers/claim/claim.h"
#include "workers/decode/decode.h"

struct record_input {
	const struct article *article;
	struct str article_id;
	struct str file_name;     /* bytes as they came */
	struct str body;          /* of the file, for its checksum */
	uint64_t received_ms;     /* 0: not stated */
	struct str supersedes;    /* article id or empty */
	const struct verdict *verdict; /* NULL: none */
	const struct claim_set *claims;
	struct repeat *repeats;
	size_t n_repeats;
};

/* 0 or -ENOMEM. */
int record_build(const struct record_input *in, struct arena *arena, struct article_record *ret) MUST_CHECK;
/* Bytes of a name as valid UTF-8: what is not, and control characters, become \xNN. */
struct str record_file_name(struct arena *arena, struct str bytes);

#endif
