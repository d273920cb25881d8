#include "base/log.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

#define LINE_BYTES 4096
#define PREFIX_BYTES 256

static const char *log_ident = "copytaster";
static enum log_level log_most = LOG_LEVEL_INFO;
static bool log_to_journal;
static void (*log_hook)(enum log_level level, const char *line, void *arg);
static void *log_hook_arg;

/* systemd names the journal's socket in JOURNAL_STREAM; a redirected stderr is another file. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	if (!stream || sscanf(stream, "%llu:%llu", &dev, &ino) != 2)
		return false;
	return fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

void log_init(const char *ident, enum log_level level)
{
	log_ident = ident;
	log_most = level;
	log_to_journal = stderr_is_journal();
}

bool log_enabled(enum log_level level)
{
	return level <= log_most;
}

void log_set_hook(void (*hook)(enum log_level level, const char *line, void *arg), void *arg)
{
	log_hook = hook;
	log_hook_arg = arg;
}

/* Controls, and what makes a terminal show a line in another order than it has. */
static bool harmful(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

/* Copies s, harmful and invalid bytes as \xNN, and with quotes also '"' and '\\' escaped. Stops before the
 * first character that does not fit into size with its NUL; returns how much of s was taken. */
static size_t escape(struct str s, bool quotes, char *out, size_t size, size_t *ret_len)
{
	static const char hex[] = "0123456789abcdef";
	size_t at = 0, pos = 0;

	while (pos < s.len) {
		size_t next = pos, len;
		uint32_t c = utf8_next(s, &next);
		bool invalid = c == 0xfffd && next == pos + 1;
		bool coded = invalid || harmful(c);
		bool slashed = quotes && (c == '"' || c == '\\');

		len = coded ? 4 * (next - pos) : next - pos + slashed;
		if (len >= size - at)
			break;
		if (slashed)
			out[at++] = '\\';
		for (; pos < next; pos++) {
			unsigned char b = (unsigned char)s.data[pos];

			if (!coded) {
				out[at++] = (char)b;
				continue;
			}
			out[at++] = '\\';
			out[at++] = 'x';
			out[at++] = hex[b >> 4];
			out[at++] = hex[b & 15];
		}
	}
	out[at] = '\0';
	*ret_len = at;
	return pos;
}

const char *log_quote(struct str s, char *out, size_t size)
{
	size_t len, taken;

	if (size < 8) {
		if (size)
			out[0] = '\0';
		return out;
	}
	out[0] = '"';
	/* Room for the quote is kept; where s does not fit, again with room for the dots. */
	taken = escape(s, true, out + 1, size - 2, &len);
	if (taken < s.len) {
		(void)escape(s, true, out + 1, size - 5, &len);
		memcpy(out + 1 + len, "...", 3);
		len += 3;
	}
	out[1 + len] = '"';
	out[2 + len] = '\0';
	return out;
}

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return "error";
	case LOG_LEVEL_WARN:
		return "warn";
	case LOG_LEVEL_INFO:
		return "info";
	case LOG_LEVEL_DEBUG:
		return "debug";
	}
	return "?";
}

static void write_line(enum log_level level, const char *line, size_t len)
{
	char out[PREFIX_BYTES + LINE_BYTES + 1];
	char time[RFC3339_SIZE];
	size_t done = 0;
	int n;

	if (log_to_journal) {
		n = snprintf(out, PREFIX_BYTES, "<%d>", (int)level);
	} else {
		clock_format(clock_wall_ms(), time);
		n = snprintf(out, PREFIX_BYTES, "%s %s %s ", time, log_ident, level_name(level));
	}
	if (n < 0 || n >= PREFIX_BYTES)
		n = 0;
	memcpy(out + n, line, len);
	len += (size_t)n;
	out[len++] = '\n';
	while (done < len) {
		ssize_t put = write(STDERR_FILENO, out + done, len - done);

		if (put <= 0)
			return; /* there is nobody to tell */
		done += (size_t)put;
	}
}

void log_line(enum log_level level, const char *event, const char *what, const char *fmt, ...)
{
	char raw[LINE_BYTES], line[LINE_BYTES];
	size_t len, head;
	va_list ap;
	int n;

	if (!log_enabled(level))
		return;
	n = snprintf(raw, sizeof(raw), "%s %s", event, what);
	head = n < 0 ? 0 : (size_t)n < sizeof(raw) ? (size_t)n : sizeof(raw) - 1;
	len = head;
	if (head + 1 < sizeof(raw)) {
		raw[head] = ' ';
		va_start(ap, fmt);
		n = vsnprintf(raw + head + 1, sizeof(raw) - head - 1, fmt, ap);
		va_end(ap);
		if (n > 0)
			len = head + 1 + (size_t)n < sizeof(raw) ? head + 1 + (size_t)n : sizeof(raw) - 1;
	}
	/* A second safety: no line can hold a line break or an escape sequence. */
	(void)escape((struct str){ raw, len }, false, line, sizeof(line), &len);
	if (log_hook)
		log_hook(level, line, log_hook_arg);
	else
		write_line(level, line, len);
}
