/* Articles for the tests of the copy index: a text whose paragraphs are parted by empty lines. */
#ifndef COPYTASTER_TESTS_UNIT_COPY_FIXTURE_H
#define COPYTASTER_TESTS_UNIT_COPY_FIXTURE_H

#include <criterion/criterion.h>

#include "base/ulid.h"
#include "workers/copy/index.h"

#define HOUR ((uint64_t)3600000)
#define NOON ((uint64_t)1700000000000)

#define PORT_1 \
	"The harbour of Port Elwin was closed on Monday after a tanker ran aground near the northern pier, the coast guard said. "
#define PORT_2 \
	"Twelve sailors were taken off the ship by helicopter and nobody was hurt, according to the shipping company Brandt Lines. "
#define PORT_3 \
	"Engineers hope to pull the vessel free at high tide on Wednesday, when two strong tugs arrive from the capital Harlow. "
#define PORT_4 \
	"Harbour master Edith Crane told reporters that 340 tonnes of fuel oil had been pumped out before any could reach the beach. "
#define PORT_5 \
	"Fishermen complained that the closure costs them a week of work in the best month of the season for mackerel and cod. "
#define PORT PORT_1 "\n\n" PORT_2 "\n\n" PORT_3 "\n\n" PORT_4 "\n\n" PORT_5

#define FARM_1 \
	"Apple growers in the Tarn valley expect their smallest crop in thirty years because late frost killed most of the blossom. "
#define FARM_2 \
	"The growers' union asked the ministry for loans without interest and for a quick decision on relief from the water levy. "
#define FARM_3 \
	"Prices in the shops have gone up by a fifth since Easter and traders do not see them falling before the autumn at least. "
#define FARM FARM_1 "\n\n" FARM_2 "\n\n" FARM_3

static inline struct article copy_article(struct arena *arena, const char *text)
{
	struct article a = { .text = arena_str(arena, str_of(text)) };
	size_t at = 0;

	a.blocks = ARENA_ARRAY(arena, a.text.len / 2 + 1, struct block);
	while (at < a.text.len) {
		const char *end = strstr(a.text.data + at, "\n\n");
		size_t stop = end ? (size_t)(end - a.text.data) : a.text.len;
		if (stop > at)
			a.blocks[a.n_blocks++] = (struct block){ BLOCK_PARAGRAPH, { (uint32_t)at, (uint32_t)stop } };
		at = end ? stop + 2 : stop;
	}
	return a;
}

static inline struct fingerprint *copy_print(struct arena *arena, const struct article *a)
{
	struct fingerprint *fp = ARENA_NEW(arena, struct fingerprint);

	cr_assert_eq(fingerprint(a, arena, fp), 0);
	return fp;
}

/* name NULL: the id's text form. */
static inline struct copy_item copy_item(struct arena *arena, const char *name, const char *text, uint64_t time_ms)
{
	struct article a = copy_article(arena, text);
	struct copy_item item = { .id = ulid_new(time_ms), .text = a.text, .time_ms = time_ms, .arrival_ms = time_ms, .arena = arena };
	char form[ULID_TEXT + 1];

	ulid_format(&item.id, form);
	item.article_id = arena_str(arena, str_of(name ? name : form));
	item.fp = copy_print(arena, &a);
	return item;
}

static inline struct span copy_find(struct str text, const char *words)
{
	const char *p = memmem(text.data, text.len, words, strlen(words));

	cr_assert_not_null(p, "the text does not hold \"%s\"", words);
	return (struct span){ (uint32_t)(p - text.data), (uint32_t)(p - text.data + strlen(words)) };
}

#endif
