/* Any text through quantity_find, time_find and place_find: spans in order, inside the text, and what they say is what stands
 * there. */
#include <stdint.h>
#include <stdlib.h>

#include "workers/claim/place.h"
#include "workers/claim/quantity.h"
#include "workers/claim/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct article *a, struct span s, struct str text, uint32_t *last)
{
	if (s.start < *last || s.end <= s.start || s.end > a->text.len || !str_eq(text, str_cut(a->text, s.start, s.end)))
		abort();
	*last = s.end;
}

static void run(const struct article *a, const struct text *t, struct arena *arena)
{
	struct quantity *quantities;
	struct time_ref *times;
	struct place *places;
	size_t n;
	uint32_t last = 0;
	if (quantity_find(t, a, arena, &quantities, &n) == 0)
		for (size_t i = 0; i < n; i++)
			check(a, quantities[i].span, quantities[i].text, &last);
	last = 0;
	if (time_find(t, a, arena, &times, &n) == 0)
		for (size_t i = 0; i < n; i++) {
			check(a, times[i].span, times[i].text, &last);
			if (times[i].iso.len && (times[i].iso.data[0] < '0' || times[i].iso.data[0] > '9'))
				abort();
		}
	last = 0;
	if (place_find(t, a, arena, &places, &n) == 0)
		for (size_t i = 0; i < n; i++)
			check(a, places[i].span, places[i].name, &last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(64u << 20);
	struct decode_input in = { .bytes = { (const char *)data, size }, .input_time = STR("2016-03-28T00:00:00Z") };
	struct article a;
	struct text t;
	struct err err;
	if (arena && decode(&in, arena, &a, &err) == DECODE_OK && text_analyse(&a, arena, &t) == 0)
		run(&a, &t, arena);
	arena_free(&arena);
	return 0;
}
