/* Any bytes through decode: no crash, and an article whose blocks keep their promises. */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "workers/decode/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(64u << 20);
	struct decode_input in = { .bytes = { (const char *)data, size }, .file_name = STR("fuzz.txt") };
	struct article a;
	struct err err = { 0 };
	enum decode_result r = arena ? decode(&in, arena, &a, &err) : DECODE_MEMORY;
	if (r != DECODE_OK && arena && !err.text[0])
		abort();
	if (r == DECODE_OK) {
		uint32_t last = 0;
		if (!utf8_valid(a.text))
			abort();
		for (size_t i = 0; i < a.n_blocks; i++) {
			struct span s = a.blocks[i].span;
			if (s.start < last || s.end <= s.start || s.end > a.text.len || a.blocks[i].kind < BLOCK_TITLE || a.blocks[i].kind > BLOCK_BOILERPLATE)
				abort();
			last = s.end;
		}
	}
	arena_free(&arena);
	return 0;
}
