/* Config files. libinih splits the lines; the reader below feeds it, so that it knows the number of each
 * line and refuses what inih would cut off or skip in silence. */
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf_internal.h"
#include "base/log.h"

#define LINE_BYTES 8192 /* with line break and NUL */
#define FILE_BYTES ((size_t)1 << 20)
#define SHOWN_BYTES 96
#define NAME_BYTES 128

struct reading {
	const struct conf_option *table;
	void *target;
	const char *text, *end;
	int line;
	int *set_at; /* by row: the line that set it, 0 none */
	int code;    /* of the first error */
	struct err *err;
};

static void fail(struct reading *r, int code)
{
	r->code = code;
}

static bool known_section(const struct conf_option *table, const char *section, size_t len)
{
	for (; table->name; table++)
		if (conf_in_section(table, section, len))
			return true;
	return false;
}

/* "[a] [b] [c]": the sections of the table, for a message. */
static void list_sections(const struct conf_option *table, struct buf *out)
{
	for (const struct conf_option *row = table; row->name; row++) {
		size_t len = strcspn(row->name, ".");

		if (row == table || !conf_in_section(row - 1, row->name, len))
			buf_printf(out, "%s[%.*s]", out->len ? " " : "", (int)len, row->name);
	}
}

/* A section without keys never reaches the handler, so unknown ones are found here. */
static void check_heading(struct reading *r, const char *line)
{
	char shown[SHOWN_BYTES];
	struct buf sections;
	size_t len;

	line += strspn(line, " \t");
	if (*line != '[')
		return;
	line++;
	len = strcspn(line, "]");
	if (line[len] != ']' || known_section(r->table, line, len))
		return;
	buf_init(&sections, 512);
	list_sections(r->table, &sections);
	fail(r, err_set(r->err, -EINVAL, "there is no section %s; there are %s",
			log_quote((struct str){ line, len }, shown, sizeof(shown)), sections.data ? sections.data : ""));
	buf_release(&sections);
}

/* fgets for inih: one line with its '\n', NULL at the end or after an error. */
static char *next_line(char *out, int num, void *arg)
{
	struct reading *r = arg;
	const char *stop;
	size_t len;

	if (r->code || r->text == r->end)
		return NULL;
	r->line++;
	stop = memchr(r->text, '\n', (size_t)(r->end - r->text));
	len = stop ? (size_t)(stop + 1 - r->text) : (size_t)(r->end - r->text);
	if (num < 1 || len >= (size_t)num) {
		fail(r, err_set(r->err, -EINVAL, "the line is longer than %d bytes; shorten it", num - 2));
		return NULL;
	}
	if (memchr(r->text, '\0', len)) {
		fail(r, err_set(r->err, -EINVAL, "there is a NUL byte in the line; is this a text file?"));
		return NULL;
	}
	memcpy(out, r->text, len);
	out[len] = '\0';
	r->text += len;
	check_heading(r, out);
	return r->code ? NULL : out;
}

static int on_value(void *arg, const char *section, const char *key, const char *value)
{
	struct reading *r = arg;
	const struct conf_option *row;
	char name[NAME_BYTES];
	char shown[SHOWN_BYTES];
	int n, code;

	if (r->code)
		return 1;
	if (!section[0]) {
		fail(r, err_set(r->err, -EINVAL, "%s stands before the first [section]",
				log_quote(str_of(key), shown, sizeof(shown))));
		return 1;
	}
	n = snprintf(name, sizeof(name), "%s.%s", section, key);
	if (n < 0 || (size_t)n >= sizeof(name)) {
		fail(r, err_set(r->err, -EINVAL, "there is no option %s; --help lists them",
				log_quote(str_of(key), shown, sizeof(shown))));
		return 1;
	}
	row = conf_find(r->table, name);
	if (row && r->set_at[row - r->table]) {
		fail(r, err_set(r->err, -EINVAL, "%s is set a second time; line %d did it first", row->name,
				r->set_at[row - r->table]));
		return 1;
	}
	code = conf_set(r->table, r->target, name, value, r->err);
	if (code < 0)
		fail(r, code);
	else if (row)
		r->set_at[row - r->table] = r->line;
	return 1;
}

int conf_read_text(const struct conf_option *table, void *target, const char *text, size_t len, const char *shown_path,
		   struct err *err)
{
	struct reading r = { .table = table, .target = target, .text = text, .end = text + len, .err = err };
	size_t n = 0;
	int line;

	while (table[n].name)
		n++;
	r.set_at = calloc(n + 1, sizeof(*r.set_at));
	if (!r.set_at)
		return err_set(err, -ENOMEM, "out of memory");
	/* Settings of inih for the whole process; nothing else uses it. Its own line buffer of 200 bytes would
	 * split longer lines, and a continued line would set one key many times. */
	ini_use_stack = false;
	ini_allow_realloc = false;
	ini_initial_alloc = LINE_BYTES;
	ini_max_line = LINE_BYTES;
	ini_allow_multiline = false;
	ini_stop_on_first_error = true;
	line = ini_parse_stream(next_line, &r, on_value, &r);
	free(r.set_at);
	if (r.code) {
		(void)err_prefix(err, "%s:%d", shown_path, r.line);
		return r.code;
	}
	if (line > 0)
		return err_set(err, -EINVAL, "%s:%d: the line is neither [section] nor key = value nor a comment", shown_path, line);
	if (line < 0)
		return err_set(err, -ENOMEM, "%s: out of memory", shown_path);
	return 0;
}

/* Reads a pipe too (--config <(…)), so the size is known only at the end. */
static int load(int fd, struct buf *out, struct err *err)
{
	char chunk[16384];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, -errno, "cannot read it: %s", strerror(errno));
		if (n == 0)
			return out->failed ? err_set(err, -ENOMEM, "out of memory") : 0;
		if (out->len + (size_t)n > FILE_BYTES)
			return err_set(err, -EFBIG, "the file is larger than %zu bytes; is this a config file?", FILE_BYTES);
		buf_append(out, chunk, (size_t)n);
	}
}

int conf_read(const struct conf_option *table, void *target, const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct buf text;
	int r;

	if (fd < 0) {
		r = -errno;
		return err_set(err, r, "%s: cannot open the config file: %s", path, strerror(-r));
	}
	buf_init(&text, FILE_BYTES);
	r = load(fd, &text, err);
	if (r < 0)
		(void)err_prefix(err, "%s", path);
	else
		r = conf_read_text(table, target, text.data ? text.data : "", text.len, path, err);
	buf_release(&text);
	close(fd);
	return r;
}
