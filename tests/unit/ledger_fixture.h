/* A ledger and copy index in a scratch folder, and articles for them. */
#ifndef COPYTASTER_TESTS_UNIT_LEDGER_FIXTURE_H
#define COPYTASTER_TESTS_UNIT_LEDGER_FIXTURE_H

#include <criterion/criterion.h>

#include "base/clock.h"
#include "tests/unit/scratch.h"
#include "workers/ledger.h"

#define BODY \
	"The harbour of Port Elwin was closed on Monday after a tanker ran aground near the northern pier, the coast guard said. " \
	"Twelve sailors were taken off the ship by helicopter and nobody was hurt, according to the shipping company. " \
	"Engineers hope to pull the vessel free at high tide on Wednesday, when two tugs arrive from the capital. "

struct desk {
	struct store *store;
	struct copy_index *index;
	struct ledger *ledger;
	struct arena *arena;
};

static inline void desk_open(struct desk *d)
{
	struct err err = { 0 };
	const struct copy_config config = { .window_ms = 96 * 3600000ull, .clock_skew_ms = 3600000 };
	cr_assert_eq(store_open(scratch_path("state"), 64 << 20, false, &d->store, &err), 0, "%s", err.text);
	cr_assert_eq(copy_index_open(d->store, &config, &d->index, &err), 0, "%s", err.text);
	cr_assert_eq(ledger_open(d->store, d->index, &d->ledger, &err), 0, "%s", err.text);
	d->arena = arena_new(16 << 20);
}

static inline void desk_close(struct desk *d)
{
	ledger_close(&d->ledger);
	copy_index_free(&d->index);
	store_close(&d->store);
	arena_free(&d->arena);
}

/* An article of one paragraph, ready to be reserved. */
static inline struct ledger_reserve desk_item(struct desk *d, struct ulid id, const char *body)
{
	struct article *a = ARENA_NEW(d->arena, struct article);
	struct fingerprint *fp = ARENA_NEW(d->arena, struct fingerprint);
	char text[ULID_TEXT + 1];
	a->text = arena_str(d->arena, str_of(body));
	a->blocks = ARENA_NEW(d->arena, struct block);
	a->blocks[0] = (struct block){ BLOCK_PARAGRAPH, { 0, (uint32_t)a->text.len } };
	a->n_blocks = 1;
	cr_assert_eq(fingerprint(a, d->arena, fp), 0);
	ulid_format(&id, text);
	struct ledger_reserve r = { .instance = 7 };
	r.copy = (struct copy_item){ .id = id, .article_id = arena_str(d->arena, str_of(text)), .fp = fp, .text = a->text,
				     .time_ms = clock_wall_ms(), .arrival_ms = clock_wall_ms(), .arena = d->arena };
	return r;
}

static inline void desk_reserve(struct desk *d, struct ledger_reserve *items, size_t n)
{
	cr_assert_eq(ledger_look(d->ledger, items, n), 0);
	cr_assert_eq(ledger_reserve(d->ledger, items, n), 0);
}

static inline int desk_settle(struct desk *d, struct ulid id, enum ledger_state state)
{
	struct ledger_settle s = { .id = id, .state = state, .instance = 7, .reason_code = STR("EMPTY"), .reason = STR("no text") };
	return ledger_settle(d->ledger, &s, 1, NULL);
}

static inline enum ledger_state desk_state(struct desk *d, struct ulid id)
{
	struct ledger_entry e;
	cr_assert_eq(ledger_get(d->ledger, &id, d->arena, &e), 0);
	return e.state;
}

#endif
