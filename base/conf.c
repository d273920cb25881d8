#include "base/conf.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf_internal.h"
#include "base/log.h"
#include "base/slips.h"
#include "base/utf8.h"

#define SHOWN_BYTES 96 /* of a foreign value in a message */

struct scale {
	const char *suffix;
	uint64_t factor;
};

/* The largest first: conf_format takes the first that divides. */
static const struct scale sizes[] = {
	{ "T", UINT64_C(1) << 40 }, { "G", UINT64_C(1) << 30 }, { "M", UINT64_C(1) << 20 }, { "K", UINT64_C(1) << 10 },
	{ "", 1 }, { 0 },
};
static const struct scale durations[] = {
	{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 }, { 0 },
};

static void *field_of(const struct conf_option *row, void *target)
{
	return (char *)target + row->offset;
}

static bool has_words(const struct conf_option *row)
{
	return row->type == CONF_DURATION && row->max == UINT64_MAX;
}

static bool has_auto(const struct conf_option *row)
{
	return row->type == CONF_DURATION && strcmp(row->fallback, "auto") == 0;
}

/* ---- values to text ---- */

static int format_scaled(const struct scale *scale, uint64_t v, char *out, size_t size)
{
	while (scale->factor > 1 && (v == 0 || v % scale->factor != 0))
		scale++;
	return snprintf(out, size, "%" PRIu64 "%s", v / scale->factor, scale->suffix);
}

static int format_number(const struct conf_option *row, uint64_t v, char *out, size_t size)
{
	if (row->type == CONF_SIZE)
		return format_scaled(sizes, v, out, size);
	if (row->type != CONF_DURATION)
		return snprintf(out, size, "%" PRIu64, v);
	if (v == UINT64_MAX)
		return snprintf(out, size, "forever");
	if (v == 0 && has_words(row))
		return snprintf(out, size, "none");
	if (v == 0 && has_auto(row))
		return snprintf(out, size, "auto");
	return format_scaled(durations, v, out, size);
}

static struct str nth_choice(const char *choices, int n)
{
	while (n-- > 0 && choices) {
		choices = strchr(choices, '|');
		if (choices)
			choices++;
	}
	return (struct str){ choices, choices ? strcspn(choices, "|") : 0 };
}

int conf_format(const struct conf_option *row, const void *target, char *out, size_t size)
{
	const char *at = (const char *)target + row->offset;
	int n = -1;

	switch (row->type) {
	case CONF_TEXT:
	case CONF_PATH: {
		const char *const *text = (const void *)at;
		n = snprintf(out, size, "%s", *text ? *text : "");
		break;
	}
	case CONF_BOOL: {
		const bool *on = (const void *)at;
		n = snprintf(out, size, "%s", *on ? "yes" : "no");
		break;
	}
	case CONF_NUMBER:
	case CONF_SIZE:
	case CONF_DURATION: {
		const uint64_t *v = (const void *)at;
		n = format_number(row, *v, out, size);
		break;
	}
	case CONF_CHOICE: {
		const int *chosen = (const void *)at;
		struct str s = nth_choice(row->choices, *chosen);
		n = snprintf(out, size, "%.*s", STR_ARGS(s));
		break;
	}
	}
	return n < 0 || (size_t)n >= size ? -ENOSPC : 0;
}

void conf_format_range(const struct conf_option *row, char *out, size_t size)
{
	char low[32], high[32];
	int n;

	out[0] = '\0';
	switch (row->type) {
	case CONF_PATH:
		return;
	case CONF_TEXT:
		if (row->min == 0)
			n = snprintf(out, size, "up to %" PRIu64 " bytes", row->max);
		else
			n = snprintf(out, size, "%" PRIu64 " to %" PRIu64 " bytes", row->min, row->max);
		if (row->choices && n > 0 && (size_t)n < size)
			(void)snprintf(out + n, size - (size_t)n, " of %s", row->choices);
		return;
	case CONF_BOOL:
		(void)snprintf(out, size, "yes or no");
		return;
	case CONF_CHOICE:
		(void)snprintf(out, size, "%s", row->choices);
		return;
	case CONF_NUMBER:
	case CONF_SIZE:
	case CONF_DURATION:
		break;
	}
	if (has_words(row)) {
		(void)snprintf(out, size, "a duration, none or forever");
		return;
	}
	(void)format_number(row, row->min, low, sizeof(low));
	(void)format_number(row, row->max, high, sizeof(high));
	(void)snprintf(out, size, "%s to %s%s%s%s", low, high, row->type == CONF_NUMBER && row->unit[0] ? " " : "",
		       row->type == CONF_NUMBER ? row->unit : "", has_auto(row) ? ", or auto" : "");
}

/* ---- text to values ---- */

static int bad(const struct conf_option *row, const char *value, const char *allowed, struct err *err)
{
	char shown[SHOWN_BYTES];

	return err_set(err, -EINVAL, "%s: %s is not allowed; allowed: %s", row->name,
		       log_quote(str_of(value), shown, sizeof(shown)), allowed);
}

static bool parse_digits(const char *text, uint64_t *ret, const char **ret_end)
{
	uint64_t v = 0;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(v, UINT64_C(10), &v) || __builtin_add_overflow(v, (uint64_t)(*text - '0'), &v))
			return false;
	*ret = v;
	*ret_end = text;
	return true;
}

static int set_number(const struct conf_option *row, void *target, const char *value, struct err *err)
{
	static const struct scale plain[] = { { "", 1 }, { 0 } };
	const struct scale *scale = row->type == CONF_SIZE ? sizes : row->type == CONF_DURATION ? durations : plain;
	uint64_t *field = field_of(row, target);
	char allowed[128];
	const char *end;
	uint64_t v;

	conf_format_range(row, allowed, sizeof(allowed));
	if (has_words(row) && (strcmp(value, "forever") == 0 || strcmp(value, "none") == 0)) {
		*field = value[0] == 'f' ? UINT64_MAX : 0;
		return 0;
	}
	if (has_auto(row) && strcmp(value, "auto") == 0) {
		*field = 0;
		return 0;
	}
	if (!parse_digits(value, &v, &end))
		return bad(row, value, allowed, err);
	while (scale->suffix && strcmp(end, scale->suffix) != 0)
		scale++;
	if (!scale->suffix) {
		bad(row, value, allowed, err);
		if (row->type == CONF_DURATION && *end == '\0' && err)
			err_set(err, -EINVAL, "%s: %.20s has no unit; write for example %.20sms or %.20ss (units: ms, s, m, h, d)",
				row->name, value, value, value);
		return -EINVAL;
	}
	if (__builtin_mul_overflow(v, scale->factor, &v) || v < row->min || v > row->max)
		return bad(row, value, allowed, err);
	*field = v;
	return 0;
}

static int set_bool(const struct conf_option *row, void *target, const char *value, struct err *err)
{
	static const char *const words[] = { "no", "yes", "false", "true", "off", "on", "0", "1" };
	bool *field = field_of(row, target);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(value, words[i]) == 0) {
			*field = i % 2;
			return 0;
		}
	return bad(row, value, "yes or no", err);
}

static int set_choice(const struct conf_option *row, void *target, const char *value, struct err *err)
{
	int *field = field_of(row, target);
	struct str s;

	for (int i = 0; (s = nth_choice(row->choices, i)).data; i++)
		if (str_is(s, value)) {
			*field = i;
			return 0;
		}
	return bad(row, value, row->choices, err);
}

static int absolute(const char *path, char **ret)
{
	char *here, *whole;
	int n;

	if (path[0] == '/') {
		*ret = strdup(path);
		return *ret ? 0 : -ENOMEM;
	}
	here = getcwd(NULL, 0);
	if (!here)
		return -errno;
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	if (strcmp(path, ".") == 0 || path[0] == '\0')
		n = asprintf(&whole, "%s", here);
	else
		n = asprintf(&whole, "%s/%s", strcmp(here, "/") == 0 ? "" : here, path);
	free(here);
	if (n < 0)
		return -ENOMEM;
	*ret = whole;
	return 0;
}

/* "/a/b/" and "/a/b" are one folder and must compare equal. */
static void cut_slashes(char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		path[--len] = '\0';
}

static bool has_control(const char *value)
{
	for (; *value; value++)
		if ((unsigned char)*value < 0x20 || *value == 0x7f)
			return true;
	return false;
}

/* set as between the brackets of a regular expression: "A-Za-z0-9_-". */
static bool in_set(const char *set, char c)
{
	for (; *set; set++) {
		if (set[1] == '-' && set[2]) {
			if (c >= set[0] && c <= set[2])
				return true;
			set += 2;
		} else if (*set == c) {
			return true;
		}
	}
	return false;
}

static bool only_of(const char *value, const char *set)
{
	for (; *value; value++)
		if (!in_set(set, *value))
			return false;
	return true;
}

static int set_text(const struct conf_option *row, void *target, const char *value, struct err *err)
{
	char **field = field_of(row, target);
	size_t len = strlen(value);
	char allowed[160];
	char *copy = NULL;
	int r = 0;

	conf_format_range(row, allowed, sizeof(allowed));
	if (row->type == CONF_PATH)
		(void)snprintf(allowed, sizeof(allowed), "a path of %" PRIu64 " to %" PRIu64 " bytes without control characters",
			       row->min, row->max);
	if (len < row->min || len > row->max || has_control(value))
		return bad(row, value, allowed, err);
	if (row->type == CONF_TEXT && row->choices && !only_of(value, row->choices))
		return bad(row, value, allowed, err);
	if (row->type == CONF_TEXT && !utf8_valid((struct str){ value, len }))
		return bad(row, value, "valid UTF-8", err);
	if (row->type == CONF_PATH && len > 0) {
		r = absolute(value, &copy);
		if (r == 0)
			cut_slashes(copy);
	} else {
		copy = strdup(value);
		r = copy ? 0 : -ENOMEM;
	}
	if (r < 0)
		return err_set(err, r, "%s: %s", row->name, strerror(-r));
	free(*field);
	*field = copy;
	return 0;
}

static int set_row(const struct conf_option *row, void *target, const char *value, struct err *err)
{
	switch (row->type) {
	case CONF_TEXT:
	case CONF_PATH:
		return set_text(row, target, value, err);
	case CONF_BOOL:
		return set_bool(row, target, value, err);
	case CONF_CHOICE:
		return set_choice(row, target, value, err);
	case CONF_NUMBER:
	case CONF_SIZE:
	case CONF_DURATION:
		return set_number(row, target, value, err);
	}
	return err_set(err, -EINVAL, "%s: a row of no known type", row->name);
}

/* ---- names ---- */

const char *conf_key(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot ? dot + 1 : name;
}

/* The row that was probably meant: few wrong letters, or the right key in a wrong section. */
static const char *nearest(const struct conf_option *table, const char *name)
{
	const char *best = NULL;
	size_t least = 4;

	for (; table->name; table++) {
		size_t d = slips(name, table->name);

		if (d > 1 && strcmp(conf_key(name), conf_key(table->name)) == 0)
			d = 1;
		if (d < least) {
			least = d;
			best = table->name;
		}
	}
	return best;
}

bool conf_in_section(const struct conf_option *row, const char *section, size_t len)
{
	return strncmp(row->name, section, len) == 0 && row->name[len] == '.';
}

const struct conf_option *conf_find(const struct conf_option *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

static int unknown(const struct conf_option *table, const char *name, struct err *err)
{
	const char *near = nearest(table, name);
	char shown[SHOWN_BYTES];

	(void)log_quote(str_of(name), shown, sizeof(shown));
	if (near)
		return err_set(err, -EINVAL, "there is no option %s; did you mean %s?", shown, near);
	return err_set(err, -EINVAL, "there is no option %s; `copytaster check --defaults` lists them", shown);
}

int conf_set(const struct conf_option *table, void *target, const char *name, const char *value, struct err *err)
{
	const struct conf_option *row = conf_find(table, name);

	return row ? set_row(row, target, value, err) : unknown(table, name, err);
}

int conf_defaults(const struct conf_option *table, void *target, struct err *err)
{
	const struct conf_option *row;

	for (row = table; row->name; row++)
		if (row->type == CONF_TEXT || row->type == CONF_PATH)
			*(char **)field_of(row, target) = NULL;
	for (row = table; row->name; row++) {
		int r = set_row(row, target, row->fallback, err);

		if (r < 0) {
			conf_release(table, target);
			return r;
		}
	}
	return 0;
}

void conf_release(const struct conf_option *table, void *target)
{
	for (; table->name; table++)
		if (table->type == CONF_TEXT || table->type == CONF_PATH) {
			char **field = field_of(table, target);

			free(*field);
			*field = NULL;
		}
}
