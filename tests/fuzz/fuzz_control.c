/* Control frames: as they come, and with the payload sealed anew so that it gets past the checksum. What decodes
 * must encode, and come back the same. Input: frame; or a type byte and a payload. */
#undef NDEBUG /* the assertions are the test */
#include <assert.h>
#include <stdlib.h>

#include "proto/codec.h"
#include "proto/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(struct str frame, struct arena *arena)
{
	struct ctl m, again;
	struct buf out;

	if (ctl_decode(frame, arena, &m) != 0)
		return;
	buf_init(&out, 0);
	if (ctl_encode(&out, &m, arena) == 0) {
		int rc = ctl_decode(buf_view(&out), arena, &again);

		assert(rc == 0 || arena_failed(arena));
		assert(rc != 0 || (again.type == m.type && again.epoch == m.epoch && again.n_leases == m.n_leases &&
				   str_eq(again.body, m.body) && str_eq(again.reason, m.reason)));
	} else {
		assert(arena_failed(arena));
	}
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(1 << 20);
	struct buf frame;

	round_trip((struct str){ (const char *)data, size }, arena);
	if (size > 0) {
		struct str payload = { (const char *)data + 1, size - 1 };
		uint8_t *room;

		buf_init(&frame, 0);
		room = buf_reserve(&frame, ENVELOPE_BYTES);
		envelope_seal(data[0], payload, room);
		buf_str(&frame, payload);
		arena_reset(arena);
		round_trip(buf_view(&frame), arena);
		buf_release(&frame);
	}
	arena_free(&arena);
	return 0;
}
