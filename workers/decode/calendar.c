#include "workers/decode/calendar.h"

#include "workers/decode/chars.h"

static const char *const month_names[12] = {
	"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"
};
static const char *const day_names[7] = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };

/* The full name, its first three letters, or one of the longer short forms; with or without a full stop. */
static bool short_form(struct str stem)
{
	return stem.len == 3 || chars_same(stem, STR("sept")) || chars_same(stem, STR("tues")) || chars_same(stem, STR("thur")) ||
	       chars_same(stem, STR("thurs"));
}

static int name_in(struct str word, const char *const *names, int n)
{
	if (word.len < 3 || !chars_upper((unsigned char)word.data[0]))
		return -1;
	bool dot = word.data[word.len - 1] == '.';
	struct str stem = dot ? str_cut(word, 0, word.len - 1) : word;
	for (int i = 0; i < n; i++) {
		size_t len = strlen(names[i]);
		if (stem.len > len || (stem.len < len && !short_form(stem)))
			continue;
		if (chars_same(stem, (struct str){ names[i], stem.len }))
			return i;
	}
	return -1;
}

int calendar_month(struct str word)
{
	return name_in(word, month_names, 12) + 1;
}

int calendar_weekday(struct str word)
{
	return name_in(word, day_names, 7);
}

static bool leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int calendar_month_days(int year, int month)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (month < 1 || month > 12)
		return 0;
	return month == 2 && (year == 0 || leap(year)) ? 29 : days[month - 1];
}

bool calendar_valid(struct date d)
{
	if (d.month < 0 || d.month > 12 || d.day < 0 || d.year < 0 || d.year > 9999)
		return false;
	if (d.day && !d.month)
		return false;
	return d.day <= (d.month ? calendar_month_days(d.year, d.month) : 0);
}

/* Days from a civil date after Howard Hinnant, "chrono-compatible low-level date algorithms". */
int64_t calendar_days(struct date d)
{
	int64_t y = d.month <= 2 ? d.year - 1 : d.year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

struct date calendar_date(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	struct date d = { .day = (int)(doy - (153 * mp + 2) / 5 + 1), .month = (int)(mp < 10 ? mp + 3 : mp - 9) };
	d.year = (int)(yoe + era * 400 + (d.month <= 2));
	return d;
}

int calendar_day_of_week(int64_t days)
{
	return (int)(((days + 3) % 7 + 7) % 7);
}

static size_t digits(struct str s, size_t at, size_t max, int *ret)
{
	size_t n = 0;
	int v = 0;
	while (at + n < s.len && n <= max && chars_digit((unsigned char)s.data[at + n]))
		v = v * 10 + (s.data[at + n++] - '0');
	*ret = v;
	return n <= max ? n : 0;
}

static size_t spaces(struct str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.len && n < 4 && (s.data[at + n] == ' ' || s.data[at + n] == '\t' || s.data[at + n] == '\n' || s.data[at + n] == '\r'))
		n++;
	return n;
}

static size_t month_word(struct str s, size_t at, int *ret)
{
	size_t n = 0;
	while (at + n < s.len && n < 10 && (chars_lower((unsigned char)s.data[at + n]) || chars_upper((unsigned char)s.data[at + n])))
		n++;
	*ret = n ? calendar_month(str_cut(s, at, at + n)) : 0;
	if (!*ret)
		return 0;
	return n + (at + n < s.len && s.data[at + n] == '.');
}

/* ", 2016" or " 2016" behind a day and month. */
static size_t year_behind(struct str s, size_t at, int *ret)
{
	size_t n = at < s.len && s.data[at] == ',' ? 1 : 0;
	n += spaces(s, at + n);
	int y;
	if (n && digits(s, at + n, 4, &y) == 4 && y >= 1000 && y < 2200) {
		*ret = y;
		return n + 4;
	}
	return 0;
}

static bool ends_here(struct str s, size_t at)
{
	return at >= s.len || !chars_alnum((unsigned char)s.data[at]);
}

/* "March 3rd, 2016" */
static size_t month_first(struct str s, struct date *d)
{
	size_t at = month_word(s, 0, &d->month);
	if (!at)
		return 0;
	size_t gap = spaces(s, at), n = digits(s, at + gap, 2, &d->day);
	if (!gap || !n)
		return 0;
	at += gap + n;
	if (at + 2 <= s.len && (chars_starts(str_cut(s, at, s.len), "st") || chars_starts(str_cut(s, at, s.len), "nd") ||
				chars_starts(str_cut(s, at, s.len), "rd") || chars_starts(str_cut(s, at, s.len), "th")))
		at += 2;
	if (!ends_here(s, at))
		return 0;
	return at + year_behind(s, at, &d->year);
}

/* "3 March 2016" */
static size_t day_first(struct str s, struct date *d)
{
	size_t at = digits(s, 0, 2, &d->day);
	size_t gap = at ? spaces(s, at) : 0;
	size_t n = gap ? month_word(s, at + gap, &d->month) : 0;
	if (!n)
		return 0;
	at += gap + n;
	return at + year_behind(s, at, &d->year);
}

/* "2016-03-27", "27.03.2016", "03/27/16" where only one reading is a date. */
static size_t figures(struct str s, struct date *d)
{
	int a, b, c;
	size_t n1 = digits(s, 0, 4, &a);
	if (!n1 || n1 == 3 || n1 >= s.len || !memchr("-./", s.data[n1], 3))
		return 0;
	char sep = s.data[n1];
	size_t n2 = digits(s, n1 + 1, 2, &b), at = n1 + 1 + n2;
	if (!n2 || at >= s.len || s.data[at] != sep)
		return 0;
	size_t n3 = digits(s, at + 1, 4, &c);
	at += 1 + n3;
	if (!n3 || n3 == 3 || (at < s.len && chars_digit((unsigned char)s.data[at])))
		return 0;
	if (n1 == 4 && n3 <= 2)
		*d = (struct date){ a, b, c };
	else if (n1 <= 2 && n3 == 4 && a > 12 && b <= 12)
		*d = (struct date){ c, b, a };
	else if (n1 <= 2 && n3 == 4 && b > 12 && a <= 12)
		*d = (struct date){ c, a, b };
	else
		return 0;
	return at;
}

size_t calendar_parse(struct str s, struct date *ret)
{
	struct date d = { 0 };
	size_t n = month_first(s, &d);
	if (!n) {
		d = (struct date){ 0 };
		n = day_first(s, &d);
	}
	if (!n) {
		d = (struct date){ 0 };
		n = figures(s, &d);
	}
	if (!n || !d.day || !d.month || !calendar_valid(d))
		return 0;
	*ret = d;
	return n;
}
