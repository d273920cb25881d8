#include "workers/copy/nontext.h"

#include <stdint.h>
#include <strings.h>

#define DATELINE_BYTES 110 /* the dash stands within so many */
#define DATELINE_WORDS 12
#define NOTE_BYTES 600
#define LINE_BYTES 32
#define BYLINE_BYTES 120
#define SLUG_BYTES 60

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static bool is_wide(char c) { return ((unsigned char)c & 0x80) != 0; }

static struct str trim(struct str s)
{
	while (s.len && is_blank(s.data[0]))
		s = str_cut(s, 1, s.len);
	while (s.len && is_blank(s.data[s.len - 1]))
		s.len--;
	return s;
}

static bool one_of(struct str word, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == word.len && strncasecmp(*list, word.data, word.len) == 0)
			return true;
	return false;
}

/* Length of a dash that ends a dateline at p, 0 when there is none: "-", "--", "_", en dash, em dash with a blank
 * before, or an em dash, "--" or ".-" with none. */
static size_t dash_at(struct str s, size_t p)
{
	bool blank = p > 0 && is_blank(s.data[p - 1]);
	size_t left = s.len - p;

	if (left >= 2 && (memcmp(s.data + p, "--", 2) == 0 || memcmp(s.data + p, ".-", 2) == 0))
		return 2;
	if (left >= 3 && memcmp(s.data + p, "\xE2\x80\x94", 3) == 0)
		return 3;
	if (!blank)
		return 0;
	if (left >= 3 && memcmp(s.data + p, "\xE2\x80\x93", 3) == 0)
		return 3;
	return (s.data[p] == '-' || s.data[p] == '_') && left > 1 && !is_digit(s.data[p + 1]) ? 1 : 0;
}

static bool upper_word(struct str w)
{
	size_t upper = 0;

	for (size_t i = 0; i < w.len; i++) {
		if (is_lower(w.data[i]))
			return false;
		upper += is_upper(w.data[i]) || is_wide(w.data[i]);
	}
	return upper >= 2;
}

/* The words before the dash are those of a dateline: places in capitals or with an agency in brackets, a date, small
 * words of place names, nothing else. */
static bool is_dateline(struct str head)
{
	static const char *const small[] = { "de", "la", "las", "el", "al", "of", "the", "and", "on", "du", "sur", "der", "am", NULL };
	bool agency = head.len && head.data[head.len - 1] == ')', first_upper = false;
	bool bracket = false;
	size_t words = 0, p = 0;

	while (p < head.len) {
		while (p < head.len && (is_blank(head.data[p]) || head.data[p] == ',' || head.data[p] == '/'))
			p++;
		size_t start = p;
		while (p < head.len && !is_blank(head.data[p]) && head.data[p] != ',' && head.data[p] != '/')
			p++;
		struct str w = str_cut(head, start, p);
		if (w.len == 0)
			break;
		if (words++ == 0)
			first_upper = upper_word(w);
		bracket |= w.data[0] == '(';
		bool fits = bracket || is_upper(w.data[0]) || is_digit(w.data[0]) || is_wide(w.data[0]) || one_of(w, small);
		if (!fits || words > DATELINE_WORDS)
			return false;
		bracket &= w.data[w.len - 1] != ')';
	}
	return words > 0 && !bracket && (first_upper || agency);
}

/* Bytes of the dateline at the start of s, 0 when there is none. */
static size_t dateline(struct str s)
{
	size_t most = s.len < DATELINE_BYTES ? s.len : DATELINE_BYTES;

	if (s.len == 0 || !(is_upper(s.data[0]) || is_wide(s.data[0])))
		return 0;
	for (size_t p = 1; p < most; p++) {
		size_t dash = dash_at(s, p);
		if (dash)
			return is_dateline(trim(str_cut(s, 0, p))) ? p + dash : 0;
	}
	return 0;
}

static bool holds_one_of(struct str s, const char *const *list)
{
	for (; *list; list++)
		if (memmem(s.data, s.len, *list, strlen(*list)))
			return true;
	return false;
}

/* "(This March 3 story has been corrected to fix the name)". */
static bool speaks_of_itself(struct str s)
{
	static const char *const what[] = { " story ", " version ", " article ", NULL };
	static const char *const how[] = { "corrected", "corrects", "refiled", "refiles", "updated", "updates", NULL };

	return holds_one_of(s, what) && holds_one_of(s, how);
}

/* "(Adds quotes, background)": bytes of the note at the start of s. */
static size_t note(struct str s)
{
	static const char *const verbs[] = {
		"adds", "updates", "recasts", "corrects", "refiles", "rewrites", "repeats", "changes", "fixes", "inserts", "writes",
		"releads", "combines", "amplifies", "clarifies", "embargoed", "reporting", "editing", "writing", "additional",
		"compiled", "graphic", "eds", "eds:", "editors", "updating", "correcting", "with", NULL
	};
	size_t most = s.len < NOTE_BYTES ? s.len : NOTE_BYTES, p = 1, close;

	if (s.len < 2 || (s.data[0] != '(' && s.data[0] != '['))
		return 0;
	while (p < most && !is_blank(s.data[p]) && s.data[p] != ',' && s.data[p] != ')')
		p++;
	bool known = one_of(str_cut(s, 1, p), verbs);
	if (!known && !str_is(str_cut(s, 1, p), "This"))
		return 0;
	for (close = p; close < most; close++)
		if (s.data[close] == ')' || s.data[close] == ']')
			return known || speaks_of_itself(str_cut(s, p, close)) ? close + 1 : 0;
	return 0;
}

static bool is_byline(struct str s)
{
	return s.len > 4 && s.len <= BYLINE_BYTES && strncasecmp(s.data, "by ", 3) == 0 && is_upper(s.data[3]) &&
	       s.data[s.len - 1] != '.' && s.data[s.len - 1] != '"' && s.data[s.len - 1] != ':';
}

/* "BC-SYRIA-PALMYRA", "^GOLD/REFINER": one word in capitals with joints. */
static bool is_slug(struct str s)
{
	bool joint = false;

	if (s.len < 4 || s.len > SLUG_BYTES)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];
		if (c == '-' || c == '/' || c == '^' || c == '_')
			joint = true;
		else if (!is_upper(c) && !is_digit(c))
			return false;
	}
	return joint && (is_upper(s.data[s.len - 1]) || s.data[s.len - 1] == '/');
}

/* The same with a bracket behind it: "SYRIA-PALMYRA/ (UPDATE 2, PIX)". */
static bool is_slug_line(struct str s)
{
	const char *open = s.len && s.data[s.len - 1] == ')' ? memchr(s.data, '(', s.len) : NULL;

	return is_slug(open && s.len <= BYLINE_BYTES ? trim(str_cut(s, 0, (size_t)(open - s.data))) : s);
}

bool nontext_line(struct str line)
{
	static const char *const any_case[] = { "reuter", "reuters", "ap", "afp", "upi", "xinhua", "tass", "dpa", NULL };
	static const char *const marked[] = { "more", "more to come", "end", "ends", NULL }; /* "-more-" */
	static const char *const capitals[] = { "MORE", "END", "ENDS", "ENDIT", "ENDALL", "STOP", NULL };
	size_t a = 0, b;

	if (line.len > LINE_BYTES)
		return false;
	b = line.len;
	/* Points stay: "or more." at the end of a wrapped paragraph is text. */
	while (a < b && (is_blank(line.data[a]) || strchr("-()[]*#/", line.data[a])))
		a++;
	while (b > a && (is_blank(line.data[b - 1]) || strchr("-()[]*#/", line.data[b - 1])))
		b--;
	struct str w = str_cut(line, a, b);
	if (w.len == 0)
		return true;
	if (str_is(w, "30") || str_is(w, "0"))
		return a > 0;
	if (a > 0 && b < line.len && !is_blank(line.data[a - 1]) && !is_blank(line.data[b]) && one_of(w, marked))
		return true;
	if (one_of(w, any_case))
		return true;
	for (size_t i = 0; capitals[i]; i++)
		if (str_is(w, capitals[i]))
			return true;
	return false;
}

size_t nontext_skip(struct str text, struct span para)
{
	struct str s = str_cut(text, para.start, para.end);
	struct str whole = trim(s);
	size_t p = 0;

	if (is_byline(whole) || is_slug_line(whole))
		return para.end;
	/* A note may stand before the dateline or behind it. */
	for (int round = 0; round < 3; round++) {
		while (p < s.len && is_blank(s.data[p]))
			p++;
		struct str rest = str_cut(s, p, s.len);
		size_t n = note(rest);
		if (n == 0)
			n = dateline(rest);
		if (n == 0)
			break;
		p += n;
	}
	return para.start + p;
}
