/* audit's memory: what each place says of each article id.
 *
 * One entry of about 80 bytes an id, in a hash table; a million articles take some 100 MB. Claims are not kept: their ids are
 * summed up per article, once as the article record lists them and once as the claims stream has them; equal
 * counts and equal sums of 64-bit hashes mean the same claims, each once. */
#ifndef COPYTASTER_CLI_TALLY_H
#define COPYTASTER_CLI_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/options.h"
#include "base/ulid.h"
#include "proto/record.h"

enum tally_place {
	IN_ACTIVE = 1 << 0, IN_DONE = 1 << 1, IN_FAILED = 1 << 2, IN_RETRY = 1 << 3,
	HAS_REASON = 1 << 4,     /* failed/<ULID>.reason.json */
	WENT_ON = 1 << 5,        /* the receipt names a next id: the file is there */
	RECEIPT_TWICE = 1 << 6,  /* two ends without a retry between */
	FILE_IS_GONE = 1 << 7,   /* the receipt says that something took the file away */
	TWO_PLACES = 1 << 8
};

struct tally_entry {
	struct ulid id;
	uint32_t places;       /* enum tally_place */
	uint8_t outcome;       /* enum outcome of the last receipt; 0: none */
	uint8_t ledger;        /* enum ledger_state */
	uint32_t receipt_claims;
	int64_t receipt_ms;
	uint32_t articles;     /* records in the articles stream */
	uint32_t listed, seen; /* claims: named by the record, found in the claims stream */
	uint64_t listed_sum, seen_sum;
};

struct tally {
	struct tally_entry *entries;
	size_t n, room;
	uint32_t *slots; /* index + 1 of an entry; a power of two of them */
	size_t n_slots;

	uint64_t drop_files, drop_left, receipts, retried, torn_receipts, articles, claims, ledger_entries;
	uint64_t strange_files, broken_lines;
	char first_strange[256], first_broken[256];
};

void tally_release(struct tally *t);
/* The entry of an id, made when it is not there. NULL: out of memory. */
struct tally_entry *tally_entry(struct tally *t, const struct ulid *id);

/* Reads drop, spool, receipts, ledger and sinks into an empty tally. -errno: something could not be read, err says what. */
int tally_gather(struct tally *t, const struct options *o, struct err *err) MUST_CHECK;
/* Its part that is in folders. */
int tally_folders(struct tally *t, const struct options *o, struct err *err) MUST_CHECK;

#endif
