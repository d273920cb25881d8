#include "workers/copy/revision.h"

#include <stddef.h>

#define HEAD_BYTES 400
#define FOOT_BYTES 600
#define MAX_VERSION 99

struct marker {
	const char *text;
	bool number_after, number_before;
};

/* "UPDATE 2" and "2nd Ld" count; lower-case "update" in running text does not. */
static const struct marker markers[] = {
	{ "UPDATE", true, false },    { "CORRECTED", false, false }, { "CORRECTION", false, false }, { "WRITETHRU", true, true },
	{ "Writethru", true, true },  { "REFILE", false, false },    { "RECASTS", false, false },    { "Ld-", false, true },
	{ "(Adds ", false, false },   { "(Updates ", false, false }, { "(Recasts ", false, false },  { "(Corrects ", false, false },
	{ "(UPDATES ", false, false }, { "(ADDS ", false, false },   { "WRAPUP", true, false },      { "LD)", false, true },
	{ "(LEAD)", false, false },   { "Corrected:", false, false },
};

/* Sentences in which a text speaks of its own past, at its head or its foot. */
static const char *const phrases[] = {
	"story has been corrected", "article has been corrected", "version has been corrected", "story corrects", "version corrects",
	"story has been updated", "article has been updated", "article was updated", "story was updated", "article was amended",
	"This is a corrected version", "earlier version of this",
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static uint32_t number_at(struct str s, size_t p)
{
	uint32_t v = 0;

	for (; p < s.len && is_digit(s.data[p]); p++) {
		v = v * 10 + (uint32_t)(s.data[p] - '0');
		if (v > MAX_VERSION)
			return 0;
	}
	return v;
}

/* "2nd Ld-Writethru": the number of the last word with digits before p, on the same line. */
static uint32_t number_before(struct str s, size_t p)
{
	size_t least = p > 16 ? p - 16 : 0;

	while (p > least && s.data[p - 1] != '\n' && !is_digit(s.data[p - 1]))
		p--;
	if (p == least || !is_digit(s.data[p - 1]))
		return 0;
	while (p > 0 && is_digit(s.data[p - 1]))
		p--;
	return number_at(s, p);
}

static bool marker_at(struct str s, size_t p, const struct marker *m, uint32_t *ret_version)
{
	size_t len = strlen(m->text), after = p + len;

	if (s.len - p < len || memcmp(s.data + p, m->text, len) != 0)
		return false;
	if (p > 0 && is_letter(s.data[p - 1]))
		return false;
	if (is_letter(m->text[len - 1]) && after < s.len && is_letter(s.data[after]))
		return false;
	*ret_version = 0;
	while (after < s.len && (s.data[after] == ' ' || s.data[after] == '-'))
		after++;
	if (m->number_after)
		*ret_version = number_at(s, after);
	/* A head-line "UPDATE" without a number is as likely a word of a title in capitals. */
	if (m->number_after && !m->number_before && *ret_version == 0)
		return p + len < s.len && s.data[p + len] == '-';
	if (m->number_before && *ret_version == 0)
		*ret_version = number_before(s, p);
	return true;
}

static bool speaks_of_its_past(struct str s)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++)
		if (memmem(s.data, s.len, phrases[i], strlen(phrases[i])))
			return true;
	return false;
}

bool revision_marked(struct str text, uint32_t *ret_version)
{
	struct str head = text.len > HEAD_BYTES ? str_cut(text, 0, HEAD_BYTES) : text;
	struct str foot = text.len > FOOT_BYTES ? str_cut(text, text.len - FOOT_BYTES, text.len) : text;

	for (size_t p = 0; p < head.len; p++)
		for (size_t i = 0; i < sizeof(markers) / sizeof(*markers); i++)
			if (head.data[p] == markers[i].text[0] && marker_at(head, p, &markers[i], ret_version))
				return true;
	*ret_version = 0;
	return speaks_of_its_past(head) || speaks_of_its_past(foot);
}
