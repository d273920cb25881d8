#include "workers/decode/dateline.h"

#include "workers/decode/chars.h"

#define LOOK 140
#define HEAD_MAX 110

/* Words in capitals before a dash or colon that name no place. */
static const char *const labels[] = {
	"update", "breaking", "urgent", "watch", "video", "photos", "photo", "note", "correction", "corrected", "exclusive", "analysis", "opinion",
	"editorial", "factbox", "timeline", "live", "review", "interview", "feature", "alert", "flash", "more", "editors", "editor", "advisory", "q",
	"a", "nato", "un", "eu", "us", "uk", "usa", "icc", "imf", "fbi", "cia", "pm", "ps", "nb", "faq", "poll", "sport", "business", "world", "read",
};

/* A dash that stands alone; its length in bytes, 0 when there is none here. *ret_colon for ':'. */
static size_t dash_at(struct str s, size_t at, bool *ret_colon)
{
	struct str rest = str_cut(s, at, s.len);
	bool gap = at == 0 || rest.data[-1] == ' ' || rest.data[-1] == ')' || rest.data[-1] == '\n';
	*ret_colon = rest.data[0] == ':';
	if (*ret_colon)
		return rest.len > 1 && rest.data[1] == ' ' ? 1 : 0;
	if (rest.len > 2 && memcmp(rest.data, "--", 2) == 0)
		return rest.data[2] == '-' ? 3 : 2;
	if (rest.data[0] == '-')
		return gap && rest.len > 1 && (rest.data[1] == ' ' || rest.data[1] == '\n') ? 1 : 0;
	if (rest.len > 3 && (memcmp(rest.data, "\xe2\x80\x93", 3) == 0 || memcmp(rest.data, "\xe2\x80\x94", 3) == 0))
		return gap || rest.data[2] == '\x94' ? 3 : 0;
	return 0;
}

/* "(Reuters)" at the end of the head is taken off it. */
static void take_agency(struct str *head, struct str *ret)
{
	*ret = (struct str){ 0 };
	if (!head->len || head->data[head->len - 1] != ')')
		return;
	size_t at = head->len - 1;
	while (at && head->data[at] != '(')
		at--;
	if (head->data[at] != '(')
		return;
	struct str inner = chars_trim(str_cut(*head, at + 1, head->len - 1));
	if (inner.len < 2 || inner.len > 40 || !chars_upper((unsigned char)inner.data[0]))
		return;
	*ret = inner;
	*head = chars_trim(str_cut(*head, 0, at));
}

/* A date, or a weekday, at the end of the head is taken off it. */
static bool take_date(struct str *head, struct date *ret)
{
	size_t word = head->len;
	for (size_t at = 0; at < head->len; at++) {
		if (at && head->data[at - 1] != ' ' && head->data[at - 1] != ',' && head->data[at - 1] != '\n')
			continue;
		struct str rest = str_cut(*head, at, head->len);
		size_t n = calendar_parse(rest, ret);
		if (n && chars_trim(str_cut(rest, n, rest.len)).len <= 1) {
			word = at;
			break;
		}
		*ret = (struct date){ 0 };
		if (calendar_weekday(rest) >= 0 && rest.len >= 6) {
			word = at;
			break;
		}
	}
	if (word == head->len)
		return false;
	while (word && (head->data[word - 1] == ' ' || head->data[word - 1] == ',' || head->data[word - 1] == '\n'))
		word--;
	head->len = word;
	return true;
}

static bool is_label(struct str word)
{
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (chars_same(word, str_of(labels[i])))
			return true;
	return false;
}

/* What is left must look like places: every word begins with a capital or is a particle. *ret_caps: the first name
 * is all in capitals. */
static bool is_place(struct str head, bool *ret_caps)
{
	size_t words = 0, at = 0, letters = 0;
	bool first = true;
	*ret_caps = true;
	while (at < head.len) {
		size_t start = at;
		while (at < head.len && !memchr(" ,/\n", head.data[at], 4))
			at++;
		struct str word = str_cut(head, start, at);
		if (word.len) {
			bool particle = word.len <= 3 && chars_lower((unsigned char)word.data[0]);
			unsigned char c = (unsigned char)word.data[0];
			if (!particle && !chars_upper(c) && c < 0x80)
				return false;
			if (words == 0 && (particle || is_label(word)))
				return false;
			for (size_t i = 0; i < word.len; i++) {
				if (chars_digit((unsigned char)word.data[i]) || memchr("!?\"();:", word.data[i], 7))
					return false;
				letters += chars_upper((unsigned char)word.data[i]);
				if (first && chars_lower((unsigned char)word.data[i]))
					*ret_caps = false;
			}
			words++;
		}
		if (at < head.len && head.data[at] == ',')
			first = false;
		at++;
	}
	return words && letters >= 2 && (words <= 3 || (words <= 7 && memchr(head.data, ',', head.len)) || (words <= 7 && memchr(head.data, '/', head.len)));
}

static bool judge_head(struct str head, bool colon, struct dateline *ret)
{
	struct dateline d = { 0 };
	bool caps = false, dated;
	head = chars_trim(head);
	if (head.len > HEAD_MAX)
		return false;
	take_agency(&head, &d.agency);
	dated = take_date(&head, &d.date);
	if (!d.agency.len)
		take_agency(&head, &d.agency);
	d.strong = dated || d.agency.len > 0;
	if (head.len && !is_place(head, &caps))
		return false;
	if (!head.len && !d.agency.len)
		return false;
	if (!d.strong && (!caps || (colon && (memchr(head.data, ',', head.len) || head.len > 30))))
		return false;
	if (colon && d.strong && !caps && head.len)
		return false;
	*ret = d;
	return true;
}

bool dateline_find(struct str p, struct dateline *ret)
{
	struct str s = str_cut(p, 0, p.len < LOOK ? p.len : LOOK);
	for (size_t at = 1; at < s.len; at++) {
		bool colon;
		if (s.data[at] != '-' && s.data[at] != ':' && s.data[at] != '\xe2')
			continue;
		size_t n = dash_at(s, at, &colon);
		if (!n)
			continue;
		struct str rest = chars_trim(str_cut(p, at + n, p.len < at + n + 8 ? p.len : at + n + 8));
		unsigned char next = rest.len ? (unsigned char)rest.data[0] : 0;
		if (!next || chars_lower(next) || memchr("-,.;:", next, 5) || !judge_head(str_cut(s, 0, at), colon, ret))
			return false;
		ret->len = at + n;
		return true;
	}
	return false;
}

bool dateline_line(struct str line, struct dateline *ret)
{
	if (line.len > HEAD_MAX || !judge_head(line, false, ret) || !ret->date.day || !(ret->agency.len || memchr(line.data, ',', line.len)))
		return false;
	ret->len = line.len;
	return true;
}
