/* Config files: whatever is read, the values that result can be written and read again unchanged. */
#undef NDEBUG /* the assertions are the test */
#include <assert.h>
#include <string.h>

#include "base/conf_internal.h"
#include "base/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(struct options *o)
{
	char before[9000], after[9000];

	for (const struct conf_option *row = options_table; row->name; row++) {
		assert(conf_format(row, o, before, sizeof(before)) == 0);
		assert(conf_set(options_table, o, row->name, before, NULL) == 0);
		assert(conf_format(row, o, after, sizeof(after)) == 0);
		assert(strcmp(before, after) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options o;
	struct err err = { 0 };
	int r;

	assert(conf_defaults(options_table, &o, &err) == 0);
	r = conf_read_text(options_table, &o, (const char *)data, size, "fuzz.conf", &err);
	assert(r == 0 || strncmp(err.text, "fuzz.conf:", 10) == 0);
	for (const char *p = err.text; *p; p++)
		assert((unsigned char)*p >= 0x20 && *p != 0x7f); /* fit for a terminal */
	round_trip(&o);
	if (options_finish(&o, &err) == 0)
		assert(o.spool[0] == '/' && o.state[0] == '/' && strncmp(o.endpoint, "ipc:///", 7) == 0);
	options_release(&o);
	return 0;
}
