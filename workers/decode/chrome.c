#include "workers/decode/chrome.h"

#include "workers/decode/calendar.h"
#include "workers/decode/phrases.h"

#define KEY_MAX 400
#define COUNT(table) (sizeof(table) / sizeof *(table))

struct key {
	char data[KEY_MAX];
	size_t len;
};

static bool key_is(const struct key *k, const char *const *table, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (table[i][0] == k->data[0] && str_is((struct str){ k->data, k->len }, table[i]))
			return true;
	return false;
}

/* The key begins with a phrase, whole words only: the phrase's length, else 0. */
static size_t key_starts(const struct key *k, const char *const *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (table[i][0] != k->data[0])
			continue;
		size_t len = strlen(table[i]);
		if (k->len >= len && memcmp(k->data, table[i], len) == 0 && (k->len == len || k->data[len] == ' '))
			return len;
	}
	return 0;
}

static uint64_t two_letters(const char *s)
{
	return UINT64_C(1) << (((unsigned)s[0] * 5 + (unsigned)s[1]) & 63);
}

static bool phrase_at(const struct key *k, size_t at, const char *const *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (table[i][0] != k->data[at] || table[i][1] != k->data[at + 1])
			continue;
		size_t len = strlen(table[i]);
		if (k->len - at >= len && memcmp(k->data + at, table[i], len) == 0)
			return true;
	}
	return false;
}

/* Does the key hold a phrase, from the start of a word? Most words do not begin as any phrase does. */
static bool key_holds(const struct key *k, const char *const *table, size_t n)
{
	uint64_t starts = 0;
	for (size_t i = 0; i < n; i++)
		starts |= two_letters(table[i]);
	char before = ' ';
	for (size_t at = 0; at + 1 < k->len; before = k->data[at++])
		/* One branch, seldom taken. */
		if (((before == ' ') & ((starts & two_letters(k->data + at)) != 0)) && phrase_at(k, at, table, n))
			return true;
	return false;
}

/* "| About Us | Contact |", "Home > News > World", "News · Sport · Culture" */
static bool is_menu(struct str s, const struct unit *u)
{
	static const char *const marks[] = { "|", "\xc2\xbb", "\xc2\xb7", "\xe2\x80\xba", " > ", " / ", "::", "\xe2\x80\xa2" };
	if (u->chars > 400 || u->ends)
		return false;
	for (size_t i = 0; i < COUNT(marks); i++) {
		size_t n = 0, len = strlen(marks[i]);
		for (const char *at = s.data; (at = memmem(at, (size_t)(s.data + s.len - at), marks[i], len)); at += len)
			n++;
		if (n >= 2 && u->words <= (n + 1) * 5)
			return true;
	}
	return false;
}

/* Breadcrumbs whose spaces were lost: "HomeWorldSyria …". */
static bool is_crumbs(struct str s)
{
	static const char *const heads[] = { "Home", "News", "Menu", "Search", "World" };
	for (size_t i = 0; i < COUNT(heads); i++) {
		size_t n = strlen(heads[i]);
		if (s.len > n + 1 && memcmp(s.data, heads[i], n) == 0 && chars_upper((unsigned char)s.data[n]) && chars_lower((unsigned char)s.data[n + 1]))
			return true;
	}
	return false;
}

/* Nothing but a date, a time and words that go with them. */
static bool is_lone_date(struct str s, const struct unit *u)
{
	static const char *const extras[] = {
		"published", "updated", "posted", "on", "at", "by", "last", "modified", "am", "pm", "gmt", "utc", "est", "edt", "ist", "bst", "date", "first", "ago",
		"hours", "hour", "minutes", "days", "day", "a", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "local", "time", "created",
	};
	bool dated = false;
	if (u->words > 14 || !u->digits)
		return false;
	for (size_t at = 0; at < s.len;) {
		if (!chars_alnum((unsigned char)s.data[at])) {
			at++;
			continue;
		}
		size_t end = at;
		while (end < s.len && chars_alnum((unsigned char)s.data[end]))
			end++;
		struct str word = str_cut(s, at, end);
		bool known = chars_digit((unsigned char)word.data[0]);
		dated |= calendar_month(word) || calendar_weekday(word) >= 0 || (known && word.len == 4) || chars_same(word, STR("ago"));
		known |= calendar_month(word) || calendar_weekday(word) >= 0;
		for (size_t i = 0; i < COUNT(extras) && !known; i++)
			known = chars_same(word, str_of(extras[i]));
		if (!known)
			return false;
		at = end;
	}
	return dated;
}

static bool agency_in(struct str s)
{
	static const char *const names[] = { "afp", "reuters", "getty", "epa", "photo", "image", "credit", "courtesy", "screen grab", "screengrab",
					     "screenshot", "handout", "file", "picture", "shutterstock", "istock", "youtube", "wikimedia", "ap", "pool" };
	struct key k;
	k.len = chars_key(s, k.data, sizeof k.data);
	return key_holds(&k, names, COUNT(names));
}

/* The text of "(…)" at the very end, if short. */
static struct str last_bracket(struct str s, size_t *ret_at)
{
	size_t at = s.len;
	*ret_at = s.len;
	if (s.len < 3 || s.data[s.len - 1] != ')')
		return (struct str){ 0 };
	while (at && s.len - at < 100 && s.data[at - 1] != '(')
		at--;
	if (!at || s.data[at - 1] != '(')
		return (struct str){ 0 };
	*ret_at = at - 1;
	return str_cut(s, at, s.len - 1);
}

/* "… in Palmyra (Photo: AP)", "… REUTERS/Jane Doe", "… / AFP" */
static bool has_photo_credit(struct str s, const struct unit *u)
{
	size_t at;
	struct str inner = last_bracket(s, &at);
	if (u->words > 90)
		return false;
	if (inner.len && agency_in(inner) && !chars_starts(inner, "reporting") && !chars_starts(inner, "editing")) {
		bool named = memchr(inner.data, '/', inner.len) || memchr(inner.data, ':', inner.len) || chars_find(inner, "photo") < inner.len;
		return named || !units_sentence_end(chars_trim(str_cut(s, 0, at)));
	}
	struct str end = str_cut(s, s.len > 60 ? s.len - 60 : 0, s.len);
	/* With the sign without which a search is not worth while. */
	static const struct {
		const char *text;
		char sign;
	} marks[] = { { "reuters/", '/' }, { "afp/", '/' }, { "/afp", '/' }, { "/ afp", '/' }, { "epa/", '/' }, { "/epa", '/' }, { "/ap", '/' },
		      { "ap/", '/' }, { "/reuters", '/' }, { "/ reuters", '/' }, { "getty images", ' ' }, { "photo by ", ' ' }, { "photo: ", ':' },
		      { "photograph: ", ':' }, { "picture: ", ':' }, { "image: ", ':' }, { "credit: ", ':' } };
	for (size_t i = 0; i < COUNT(marks); i++) {
		const char *mark = marks[i].text;
		size_t hit = memchr(end.data, marks[i].sign, end.len) ? chars_find(end, mark) : end.len;
		if (hit < end.len && (hit == 0 || !chars_alnum((unsigned char)end.data[hit - 1]) || mark[0] == '/'))
			return !u->ends || mark[strlen(mark) - 1] == '/';
	}
	return false;
}

static bool name_word(struct str w)
{
	if (chars_same(w, STR("and")) || chars_same(w, STR("of")) || chars_same(w, STR("in")) || chars_same(w, STR("de")) || chars_same(w, STR("van")) ||
	    chars_same(w, STR("bin")) || chars_same(w, STR("al")) || chars_same(w, STR("for")) || chars_same(w, STR("the")) || chars_same(w, STR("von")))
		return true;
	return chars_upper((unsigned char)w.data[0]) || (unsigned char)w.data[0] >= 0x80 || w.data[0] == '|' || w.data[0] == '&';
}

/* "By Jane Doe and John Roe, Associated Press Writer" */
static bool is_byline(struct str s, const struct unit *u)
{
	if (u->words < 2 || u->words > 14 || (!memmem(s.data, s.len < 3 ? s.len : 3, "By ", 3) && !memmem(s.data, s.len < 3 ? s.len : 3, "BY ", 3)))
		return false;
	if (u->ends || u->digits > 4)
		return false;
	for (size_t at = 3; at < s.len;) {
		size_t end = at;
		while (end < s.len && s.data[end] != ' ')
			end++;
		if (end > at && !name_word(str_cut(s, at, end)))
			return false;
		at = end + 1;
	}
	return true;
}

/* "(Adds details in paragraph 2)": a note of the desk. */
static bool is_desk_note(struct str s)
{
	static const char *const verbs[] = { "(adds", "(updates", "(recasts", "(corrects", "(refiles", "(repeats", "(rewrites", "(fixes", "(writes", "(removes",
					     "(clarifies", "(changes", "(drops", "(attn", "(eds" };
	if (s.len < 8 || s.len > 400 || s.data[s.len - 1] != ')')
		return false;
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (chars_starts(s, verbs[i]))
			return true;
	return false;
}

static bool is_photo_credit(struct str s, const struct unit *u, const struct key *k)
{
	if (u->words > 9)
		return false;
	if (key_starts(k, photo_starts, COUNT(photo_starts)) && (memchr(s.data, ':', s.len) || memchr(s.data, '/', s.len) || chars_find(s, " by ") < s.len ||
								 chars_find(s, "courtesy") < s.len || s.data[0] == '('))
		return true;
	return s.data[0] == '(' && s.data[s.len - 1] == ')' && u->words <= 6 && agency_in(s);
}

static enum chrome credit_class(struct str s, const struct unit *u, const struct key *k)
{
	if (key_starts(k, credit_starts, COUNT(credit_starts)) && u->words <= 60) {
		bool sources = chars_starts(s, "source") && (u->words > 10 || !memchr(s.data, ':', s.len));
		bool verb = u->ends && s.data[0] != '(' && u->words > 25;
		if (!sources && !verb)
			return CHROME_CREDIT;
	}
	if (s.data[0] == '(' && (chars_find(s, "editing by") < s.len || chars_find(s, "reporting by") < s.len))
		return CHROME_CREDIT;
	if (u->words <= 30 && chars_find(s, "contributed to this") < s.len)
		return CHROME_CREDIT;
	return CHROME_NONE;
}

static enum chrome furniture_class(struct str s, const struct unit *u, const struct key *k)
{
	if (key_is(k, furniture_lines, COUNT(furniture_lines)) || is_lone_date(s, u) || is_menu(s, u) || is_crumbs(s))
		return CHROME_FURNITURE;
	size_t closing = key_starts(k, closing_starts, COUNT(closing_starts));
	if (closing && (u->ends ? closing >= 12 && u->words <= 8 : u->words <= 16))
		return CHROME_CLOSING;
	if (key_starts(k, furniture_starts, COUNT(furniture_starts)) && u->words <= 60)
		return chars_starts(s, "copyright") || k->data[0] == '\xc2' ? CHROME_CLOSING : CHROME_FURNITURE;
	if (u->words <= 16 && key_holds(k, furniture_inside, COUNT(furniture_inside)) && (!u->ends || u->words <= 8))
		return CHROME_FURNITURE;
	if (is_desk_note(s))
		return CHROME_SIGNOFF;
	return CHROME_NONE;
}

static bool is_caption(struct str s, const struct unit *u, const struct key *k)
{
	if (u->words > 90 || u->words < 3)
		return false;
	if (has_photo_credit(s, u))
		return true;
	/* "Photo: Pilots in the harbour on Sunday." */
	if (key_starts(k, photo_starts, COUNT(photo_starts)) && memchr(s.data, ':', s.len < 16 ? s.len : 16) && u->words <= 60)
		return true;
	if (key_starts(k, caption_starts, COUNT(caption_starts)) && u->words <= 60)
		return true;
	return u->words <= 70 && key_holds(k, caption_inside, COUNT(caption_inside)) && chars_find(s, "said") == s.len;
}

enum chrome chrome_class(struct str text, const struct unit *u)
{
	struct str s = str_cut(text, u->span.start, u->span.end);
	struct key k;
	if (u->words == 0)
		return CHROME_FURNITURE;
	if (u->words > 90 && u->chars > 600)
		return CHROME_NONE;
	k.len = chars_key(s, k.data, sizeof k.data);
	if (u->words <= 4 && key_is(&k, signoffs, COUNT(signoffs)) && (u->caps || s.data[0] == '(' || chars_starts(s, "reuter") || u->words > 1 || u->digits))
		return CHROME_SIGNOFF;
	enum chrome c = credit_class(s, u, &k);
	if (c == CHROME_NONE && is_photo_credit(s, u, &k))
		c = CHROME_PHOTO;
	if (c == CHROME_NONE)
		c = furniture_class(s, u, &k);
	if (c == CHROME_NONE && is_caption(s, u, &k))
		c = CHROME_CAPTION;
	if (c == CHROME_NONE && is_byline(s, u))
		c = CHROME_BYLINE;
	return c;
}

size_t chrome_signoff(struct str s)
{
	size_t at;
	struct str inner = last_bracket(s, &at);
	struct key k;
	if (inner.len && inner.len < 40) {
		k.len = chars_key(inner, k.data, sizeof k.data);
		if ((key_is(&k, signoffs, COUNT(signoffs)) || chars_starts(inner, "reporting by") || chars_starts(inner, "editing by")) &&
		    units_sentence_end(chars_trim(str_cut(s, 0, at))))
			return at;
		return s.len;
	}
	at = s.len;
	while (at && s.len - at < 9 && (chars_lower((unsigned char)s.data[at - 1]) || chars_upper((unsigned char)s.data[at - 1])))
		at--;
	struct str last = str_cut(s, at, s.len);
	if ((str_is(last, "Reuter") || str_is(last, "REUTER") || str_is(last, "Reuters")) && units_sentence_end(chars_trim(str_cut(s, 0, at))))
		return at;
	return s.len;
}

size_t chrome_photo_credit(struct str s)
{
	size_t whole = s.len, at;
	for (int i = 0; i < 4; i++) {
		struct str inner = last_bracket(s, &at);
		if (!inner.len || !agency_in(inner))
			break;
		s = chars_trim(str_cut(s, 0, at));
		whole = at;
	}
	return s.len ? whole : 0;
}

struct str chrome_field(struct str line, const char *name)
{
	size_t n = strlen(name);
	if (!chars_starts(line, name) || line.len <= n + 1 || line.data[n] != ':')
		return (struct str){ 0 };
	return chars_trim(str_cut(line, n + 1, line.len));
}
