/* Stored verdicts: what unpacks must pack, print as JSON, and come back the same. */
#undef NDEBUG /* the assertions are the test */
#include <assert.h>
#include <stdlib.h>

#include "proto/codec.h"
#include "proto/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(4 << 20);
	struct verdict v, again;
	struct buf out;

	buf_init(&out, 0);
	if (codec_unpack_verdict((struct str){ (const char *)data, size }, arena, &v) == 0) {
		if (codec_pack_verdict(&out, &v, arena) == 0 && codec_unpack_verdict(buf_view(&out), arena, &again) == 0) {
			assert(again.kind == v.kind && again.n_passages == v.n_passages && str_eq(again.of, v.of));
			buf_reset(&out);
			assert(json_verdict(&out, STR("x"), &v, arena) == 0 || arena_failed(arena));
		} else {
			assert(arena_failed(arena));
		}
	}
	buf_release(&out);
	arena_free(&arena);
	return 0;
}
