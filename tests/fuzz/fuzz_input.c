/* NDJSON input, the member scan of audit, and text for terminals. What jansson takes as an object the scan must take too, with
 * the same members; nothing of it may move a terminal's cursor. */
#undef NDEBUG /* the assertions are the test */
#include <assert.h>
#include <jansson.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cli/input.h"
#include "cli/scan.h"
#include "cli/term.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_scan(struct str line)
{
	struct scan_member m[] = { { "id", { 0 } }, { "ids", { 0 } } };
	json_t *v = json_loadb(line.data, line.len, JSON_ALLOW_NUL, NULL);
	int rc = scan_object(line, m, 2);
	struct str one;
	size_t at = 0, n = 0;
	if (json_is_object(v)) {
		const json_t *id = json_object_get(v, "id"), *ids = json_object_get(v, "ids");
		struct str scanned = scan_string(m[0].value);
		assert(rc == 0);
		/* A key with escapes in it is another key to the scan: no writer of ours makes one. */
		if (scanned.len && json_is_string(id) && !memchr(line.data, '\\', line.len))
			assert(str_eq(scanned, (struct str){ json_string_value(id), json_string_length(id) }));
		while (scan_array_next(m[1].value, &at, &one))
			n++;
		if (json_is_array(ids) && m[1].value.len && !memmem(line.data, line.len, "\\", 1) && json_array_size(ids) &&
		    json_is_string(json_array_get(ids, 0)))
			assert(n >= 1);
	}
	json_decref(v);
}

static void check_term(struct str s)
{
	struct term t = { .width = 40 };
	struct buf out;
	buf_init(&out, 0);
	term_text(&out, s);
	term_cut(&out, s, 20);
	for (size_t i = 0; i < out.len; i++)
		assert((unsigned char)out.data[i] >= 0x20 && out.data[i] != 0x7f);
	term_wrap(&out, &t, s, 4, 4);
	assert(utf8_valid(buf_view(&out)));
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = { (const char *)data, size };
	struct input_line line;
	struct err err;
	enum input_result r;
	uint64_t last = 0;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	assert(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
	struct input *in = input_new(fd, 256);
	assert(in);
	while ((r = input_next(in, &line, &err)) != INPUT_END) {
		assert(r != INPUT_ERROR && line.number > last);
		last = line.number;
		assert((r == INPUT_BAD) == (line.code != NULL));
		assert(r == INPUT_BAD || (line.id.len && line.text.len <= 256));
	}
	input_free(&in);
	close(fd);
	check_scan(all);
	check_term(all);
	return 0;
}
