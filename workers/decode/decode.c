#include "workers/decode/decode.h"

#include <errno.h>

#include "workers/decode/chars.h"
#include "workers/decode/plain.h"

#define SNIFF_BYTES 512
#define MAX_BYTES (256u << 20) /* offsets are 32 bits wide, with room for three bytes of UTF-8 from one */

/* One way to read a file. The first whose sniff says yes decodes; sniff sees all bytes and looks at few. */
struct decoder {
	const char *media_type;
	bool (*sniff)(struct str bytes);
	enum decode_result (*decode)(const struct decode_input *in, struct arena *arena, struct article *ret, struct err *err);
};

static bool always(struct str bytes)
{
	(void)bytes;
	return true;
}

/* Plain text takes what no other decoder wants: it stays last. */
static const struct decoder decoders[] = {
	{ "text/plain", always, plain_decode },
};

/* What is sent by mistake often enough to be called by its name. */
struct signature {
	const char *bytes;
	size_t len;
	const char *what;
};

static const struct signature signatures[] = {
	{ "%PDF-", 5, "a PDF document" }, { "PK\3\4", 4, "a ZIP archive or office document" }, { "\x1f\x8b", 2, "a gzip archive" },
	{ "BZh", 3, "a bzip2 archive" }, { "\xfd" "7zXZ", 5, "an xz archive" }, { "\x28\xb5\x2f\xfd", 4, "a zstd archive" },
	{ "\x89PNG", 4, "a PNG picture" }, { "\xff\xd8\xff", 3, "a JPEG picture" }, { "GIF8", 4, "a GIF picture" },
	{ "\x7f" "ELF", 4, "a program" }, { "\xd0\xcf\x11\xe0", 4, "an old office document" }, { "{\\rtf", 5, "an RTF document" },
};

static const char *const markup[] = { "<!doctype html", "<html", "<?xml", "<newsml", "<newsitem", "<nitf", "<rss", "<feed", "<head", "<body" };

static enum decode_result refuse_known(struct str b, struct err *err)
{
	for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
		if (b.len >= signatures[i].len && memcmp(b.data, signatures[i].bytes, signatures[i].len) == 0) {
			err_set(err, -EILSEQ, "byte 0: %s, not text; send articles as plain text", signatures[i].what);
			return DECODE_BINARY;
		}
	struct str head = chars_trim(str_cut(b, 0, b.len < SNIFF_BYTES ? b.len : SNIFF_BYTES));
	for (size_t i = 0; i < sizeof markup / sizeof *markup; i++)
		if (chars_starts(head, markup[i])) {
			err_set(err, -EILSEQ, "byte %zu: markup (%s…); send articles as plain text", (size_t)(head.data - b.data), markup[i]);
			return DECODE_BINARY;
		}
	return DECODE_OK;
}

enum decode_result decode(const struct decode_input *in, struct arena *arena, struct article *ret, struct err *err)
{
	if (in->bytes.len == 0) {
		err_set(err, -ENODATA, "the file is empty; was it written whole?");
		return DECODE_EMPTY;
	}
	if (in->bytes.len > MAX_BYTES) {
		err_set(err, -EFBIG, "%zu bytes are more than a decoder takes (%u)", in->bytes.len, MAX_BYTES);
		return DECODE_TOO_COMPLEX;
	}
	enum decode_result r = refuse_known(in->bytes, err);
	for (size_t i = 0; r == DECODE_OK && i < sizeof decoders / sizeof *decoders; i++)
		if (decoders[i].sniff(in->bytes))
			return decoders[i].decode(in, arena, ret, err);
	return r == DECODE_OK ? DECODE_BINARY : r;
}

const char *decode_result_name(enum decode_result r)
{
	static const char *const names[] = { "OK", "EMPTY", "BINARY", "CHARSET", "TOO_COMPLEX", "MEMORY" };
	return (unsigned)r < sizeof names / sizeof *names ? names[r] : "UNKNOWN";
}
