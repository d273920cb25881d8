#include "cli/term.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"

void term_init(struct term *t, int fd)
{
	const char *no_colour = getenv("NO_COLOR"), *kind = getenv("TERM");
	struct winsize size = { 0 };
	*t = (struct term){ .tty = isatty(fd), .width = 100 };
	t->colour = t->tty && !(no_colour && *no_colour) && kind && strcmp(kind, "dumb");
	if (t->tty && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
		t->width = size.ws_col < 40 ? 40 : size.ws_col > 200 ? 200 : size.ws_col;
}

void term_on(struct buf *out, const struct term *t, enum style s)
{
	static const char *const codes[] = {
		[STYLE_BOLD] = "1", [STYLE_DIM] = "2", [STYLE_SOURCE] = "1;36", [STYLE_CUE] = "36",
		[STYLE_COPY] = "33", [STYLE_GOOD] = "32", [STYLE_BAD] = "1;31"
	};
	if (t->colour)
		buf_printf(out, "\033[%sm", codes[s]);
}

void term_off(struct buf *out, const struct term *t)
{
	if (t->colour)
		buf_text(out, "\033[0m");
}

void term_styled(struct buf *out, const struct term *t, enum style s, struct str text)
{
	term_on(out, t, s);
	term_text(out, text);
	term_off(out, t);
}

/* One character as a terminal may see it. */
struct glyph {
	char bytes[20];
	unsigned len, columns;
	bool blank;
};

static bool is_space(uint32_t c)
{
	return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* Controls, and marks that make a terminal show a line in another order than it has. */
static bool is_harmful(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static unsigned columns_of(uint32_t c)
{
	if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200d) || (c >= 0xfe00 && c <= 0xfe0f))
		return 0;
	if ((c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
	    (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd))
		return 2;
	return 1;
}

static struct glyph next_glyph(struct str s, size_t *pos)
{
	static const char hex[] = "0123456789abcdef";
	struct glyph g = { .len = 0 };
	size_t from = *pos;
	uint32_t c = utf8_next(s, pos);
	bool invalid = c == 0xfffd && *pos == from + 1;
	if (!invalid && is_space(c))
		return (struct glyph){ .bytes = " ", .len = 1, .columns = 1, .blank = true };
	if (!invalid && !is_harmful(c)) {
		g.len = (unsigned)(*pos - from);
		memcpy(g.bytes, s.data + from, g.len);
		g.columns = columns_of(c);
		return g;
	}
	for (size_t i = from; i < *pos; i++) {
		unsigned char b = (unsigned char)s.data[i];
		const char code[4] = { '\\', 'x', hex[b >> 4], hex[b & 15] };
		memcpy(g.bytes + g.len, code, 4);
		g.len += 4;
	}
	g.columns = g.len;
	return g;
}

void term_text(struct buf *out, struct str s)
{
	for (size_t pos = 0; pos < s.len;) {
		struct glyph g = next_glyph(s, &pos);
		buf_append(out, g.bytes, g.len);
	}
}

unsigned term_columns(struct str s)
{
	unsigned n = 0;
	for (size_t pos = 0; pos < s.len;)
		n += next_glyph(s, &pos).columns;
	return n;
}

void term_cut(struct buf *out, struct str s, unsigned columns)
{
	unsigned used = 0;
	size_t last_fit = out->len;
	for (size_t pos = 0; pos < s.len;) {
		struct glyph g = next_glyph(s, &pos);
		if (used + g.columns > columns) {
			buf_truncate(out, last_fit);
			buf_text(out, "…");
			return;
		}
		buf_append(out, g.bytes, g.len);
		used += g.columns;
		if (used < columns)
			last_fit = out->len;
	}
}

void term_pad(struct buf *out, unsigned used, unsigned columns)
{
	for (; used < columns; used++)
		buf_char(out, ' ');
}

void term_wrap(struct buf *out, const struct term *t, struct str s, unsigned indent, unsigned used)
{
	bool line_empty = true;
	for (size_t pos = 0; pos < s.len;) {
		/* One word, or as much of it as one line holds. */
		unsigned columns = 0, most = t->width > indent + 8 ? t->width - indent : 8;
		size_t start = pos, end = pos;
		while (pos < s.len) {
			struct glyph g = next_glyph(s, &pos);
			if (g.blank)
				break;
			if (columns + g.columns > most) {
				pos = end;
				break;
			}
			columns += g.columns;
			end = pos;
		}
		if (end == start)
			continue;
		if (!line_empty && used + 1 + columns > t->width) {
			buf_char(out, '\n');
			term_pad(out, 0, indent);
			used = indent;
		} else if (!line_empty) {
			buf_char(out, ' ');
			used++;
		}
		term_text(out, str_cut(s, start, end));
		used += columns;
		line_empty = false;
	}
	buf_char(out, '\n');
}

int term_flush(struct buf *out, int fd)
{
	int rc = out->failed ? -ENOMEM : file_write_all(fd, out->data, out->len);
	buf_reset(out);
	return rc;
}

void term_say(struct buf *out)
{
	int rc = term_flush(out, STDERR_FILENO);
	(void)rc;
}
