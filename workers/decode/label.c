#include "workers/decode/label.h"

#include <errno.h>

#include "workers/decode/chrome.h"

#define BODY_WORDS 8        /* a sentence of so many words can open the body */
#define LONG_WORDS 20       /* so many words are a paragraph, full stop or not */
#define TITLE_CHARS 220
#define TITLE_SENTENCE 16   /* words of a title that ends with a full stop */
#define HEADING_WORDS 12    /* shorter lines without sentence end inside the body are headings */
#define LIST_RUN 3
#define REPEAT_WORDS 4
#define TOP_PARAGRAPHS 2

static struct str unit_str(struct str text, const struct unit *u)
{
	return str_cut(text, u->span.start, u->span.end);
}

static void set(struct unit *u, enum block_kind kind, bool weak)
{
	u->kind = (uint8_t)kind;
	u->weak = weak;
}

static void label_by_words(struct str text, struct unit *u)
{
	size_t end = chrome_signoff(unit_str(text, u));
	if (u->span.start + end < u->span.end) {
		u->tail = u->span.start + (uint32_t)end;
		u->ends = true;
	}
	switch (chrome_class(text, u)) {
	case CHROME_NONE:
		break;
	case CHROME_CLOSING:
		u->closes = true;
		set(u, BLOCK_BOILERPLATE, false);
		break;
	case CHROME_FURNITURE:
	case CHROME_SIGNOFF:
		set(u, BLOCK_BOILERPLATE, false);
		break;
	case CHROME_PHOTO:
	case CHROME_CREDIT:
		set(u, BLOCK_CREDIT, false);
		break;
	case CHROME_CAPTION:
		set(u, BLOCK_CAPTION, false);
		end = chrome_photo_credit(unit_str(text, u));
		u->tail = u->span.start + end < u->span.end ? u->span.start + (uint32_t)end : 0;
		break;
	case CHROME_BYLINE:
		set(u, BLOCK_BYLINE, false);
		break;
	}
	if (u->letters >= 3 && u->foreign * 2 > u->letters)
		set(u, BLOCK_BOILERPLATE, false);
}

/* A caption line beside its credit line. */
static void label_beside_photos(struct str text, struct units *us)
{
	for (size_t i = 0; i < us->n; i++) {
		struct unit *u = &us->all[i];
		if (u->kind || u->ends || u->words > 30)
			continue;
		bool above = i && us->all[i - 1].kind == BLOCK_CREDIT && u->blanks == 0 && chrome_class(text, &us->all[i - 1]) == CHROME_PHOTO;
		bool below = i + 1 < us->n && us->all[i + 1].kind == BLOCK_CREDIT && us->all[i + 1].blanks == 0 &&
			     chrome_class(text, &us->all[i + 1]) == CHROME_PHOTO;
		if (above || below)
			set(u, BLOCK_CAPTION, false);
	}
}

/* A set of hashes, open addressing; the value is the first index that had it. */
struct seen {
	uint32_t *slots; /* index + 1 */
	size_t mask;
};

static size_t seen_put(struct seen *s, const struct units *us, size_t i, bool core)
{
	uint64_t h = core ? us->all[i].core : us->all[i].hash;
	size_t at = (size_t)(h ^ (h >> 29)) & s->mask;
	for (; s->slots[at]; at = (at + 1) & s->mask) {
		const struct unit *u = &us->all[s->slots[at] - 1];
		if ((core ? u->core : u->hash) == h)
			return s->slots[at] - 1;
	}
	s->slots[at] = (uint32_t)i + 1;
	return i;
}

static int seen_init(struct seen *s, size_t n, struct arena *arena)
{
	size_t size = 16;
	while (size < n * 2)
		size *= 2;
	s->mask = size - 1;
	s->slots = ARENA_ARRAY(arena, size, uint32_t);
	return s->slots ? 0 : -ENOMEM;
}

/* Lines that stand twice. Twice in a row is how pages carry captions; unless the page says everything twice. */
static int label_repeats(struct units *us, struct arena *arena)
{
	struct seen all, captions;
	size_t doubles = 0, open = 0;
	if (seen_init(&all, us->n, arena) || seen_init(&captions, us->n, arena))
		return -ENOMEM;
	for (size_t i = 0; i < us->n; i++) {
		open += us->all[i].words >= REPEAT_WORDS;
		doubles += i && us->all[i].words >= REPEAT_WORDS && us->all[i].hash == us->all[i - 1].hash;
	}
	bool captions_double = doubles * 3 < open;
	for (size_t i = 0; i < us->n; i++) {
		struct unit *u = &us->all[i];
		if (u->kind == BLOCK_CAPTION && seen_put(&captions, us, i, true) != i)
			set(u, BLOCK_BOILERPLATE, false);
		if (u->words < REPEAT_WORDS)
			continue;
		size_t first = seen_put(&all, us, i, false);
		if (first == i)
			continue;
		/* The first of two equal short lines may be the title: that is for the head to say. */
		struct unit *f = &us->all[first];
		if (first + 1 == i && captions_double && !f->kind && (f->ends || f->words > LONG_WORDS))
			set(f, BLOCK_CAPTION, false);
		set(u, BLOCK_BOILERPLATE, false);
	}
	return 0;
}

static bool is_paragraph(struct str text, const struct unit *u)
{
	struct dateline d;
	if (u->kind)
		return false;
	if (u->words >= LONG_WORDS || (u->ends && u->words >= BODY_WORDS))
		return true;
	return !u->caps && dateline_find(unit_str(text, u), &d) && d.strong;
}

/* "Poll: voters move on." above a longer paragraph: a title although it ends like a sentence. */
static bool is_sentence_title(struct str text, const struct units *us, size_t i)
{
	const struct unit *u = &us->all[i];
	struct dateline d;
	size_t next = i + 1;
	while (next < us->n && us->all[next].kind)
		next++;
	if (next >= us->n || u->words > TITLE_SENTENCE || us->all[next].blanks == 0 || dateline_find(unit_str(text, u), &d))
		return false;
	const struct unit *n = &us->all[next];
	if (!is_paragraph(text, n))
		return false;
	if (dateline_find(unit_str(text, n), &d))
		return true;
	if (u->caps && !n->caps)
		return true;
	struct str s = unit_str(text, u);
	static const char *const told[] = { " said", " on monday", " on tuesday", " on wednesday", " on thursday", " on friday", " on saturday", " on sunday" };
	for (size_t k = 0; k < sizeof told / sizeof *told; k++)
		if (chars_find(s, told[k]) < s.len)
			return false;
	return next + 1 < us->n && n->words * 2 >= u->words * 3 && !u->table && chars_find(s, ". ") == s.len;
}

/* A tag in capitals without spaces: "BC-SYRIA-PALMYRA", "SYRIA-CRISIS/TOWN". */
static bool is_slug(struct str s)
{
	size_t joins = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (chars_lower((unsigned char)s.data[i]))
			return false;
		joins += (s.data[i] == '-' || s.data[i] == '/') && i + 1 < s.len && chars_alnum((unsigned char)s.data[i + 1]);
	}
	return joins && chars_find(s, " ") == s.len;
}

static bool title_like(const struct unit *u)
{
	return !u->kind && !u->table && u->chars <= TITLE_CHARS && u->letters > u->digits;
}

/* Among the lines before the body: one that stands twice, else the first of three words and more, else the longest. */
static size_t choose_title(struct str text, const struct units *us, size_t head)
{
	size_t best = us->n, longest = us->n;
	for (size_t i = 0; i < head; i++) {
		const struct unit *u = &us->all[i];
		if (!title_like(u) || (is_slug(unit_str(text, u)) && i + 1 < head))
			continue;
		for (size_t k = i + 1; k < head + 1 && k < us->n && k < i + 12; k++)
			if (us->all[k].hash == u->hash && u->words >= 2)
				return i;
		if (best == us->n && u->words >= 3)
			best = i;
		if (longest == us->n || u->words > us->all[longest].words)
			longest = i;
	}
	return best < us->n ? best : longest;
}

/* Breadcrumbs with the title glued on. */
static bool holds_title(struct str text, const struct unit *u, const struct unit *title)
{
	struct str a = unit_str(text, u), b = unit_str(text, title);
	return title->words >= 3 && a.len > b.len && a.len < b.len * 3 && memmem(a.data, a.len, b.data, b.len) != NULL;
}

static void label_head(struct str text, struct units *us, struct labels *l)
{
	size_t head = l->first < us->n ? l->first : us->n;
	l->title = choose_title(text, us, head);
	bool alone = l->first >= us->n;
	if (l->title < us->n && alone && (us->all[l->title].words >= LONG_WORDS || us->all[l->title].ends))
		l->title = us->n;
	for (size_t i = 0; i < head; i++) {
		struct unit *u = &us->all[i];
		if (i == l->title) {
			set(u, BLOCK_TITLE, false);
			continue;
		}
		if (u->kind || l->title == us->n)
			continue;
		bool repeat = u->hash == us->all[l->title].hash || holds_title(text, u, &us->all[l->title]);
		if (i < l->title || repeat || u->words < 5 || is_slug(unit_str(text, u)) || u->blanks + us->all[l->title].blanks > 40)
			set(u, BLOCK_BOILERPLATE, !repeat);
		else
			set(u, BLOCK_PARAGRAPH, true);
	}
}

/* The body reaches from the first to the last paragraph-like unit. */
static void find_body(struct str text, struct units *us, struct labels *l)
{
	l->first = us->n;
	l->last = 0;
	for (size_t i = 0; i < us->n; i++) {
		if (!is_paragraph(text, &us->all[i]))
			continue;
		if (l->first == us->n && is_sentence_title(text, us, i)) {
			l->first = i + 1;
			while (l->first < us->n && !is_paragraph(text, &us->all[l->first]))
				l->first++;
			l->last = l->first;
			continue;
		}
		if (l->first == us->n)
			l->first = i;
		l->last = i;
	}
}

/* Behind "Comments are closed" stands nothing of the article, once half of its words have gone by. */
static void cut_behind_closing(struct units *us, struct labels *l)
{
	uint64_t total = 0, before = 0;
	for (size_t i = l->first; i < us->n; i++)
		total += us->all[i].kind ? 0 : us->all[i].words;
	for (size_t i = l->first; i < us->n; i++) {
		if (us->all[i].closes && before * 2 >= total) {
			for (size_t k = i + 1; k < us->n; k++)
				if (us->all[k].kind != BLOCK_CREDIT)
					set(&us->all[k], BLOCK_BOILERPLATE, us->all[k].kind == 0);
			l->last = i;
			return;
		}
		before += us->all[i].kind ? 0 : us->all[i].words;
	}
}

static bool short_line(const struct units *us, size_t i)
{
	const struct unit *u = &us->all[i];
	return u->kind == 0 && !u->ends && u->words < LONG_WORDS && !u->bullet && !u->table;
}

static bool opens_speech(struct str text, const struct unit *u)
{
	return u->words >= 2 && text.data[u->span.end - 1] == ':';
}

/* Lists of links seldom hold figures; lists of results mostly do. */
static bool holds_figures(const struct units *us, size_t from, size_t n)
{
	size_t with = 0;
	for (size_t i = from; i < from + n; i++)
		with += us->all[i].digits > 0;
	return n >= LIST_RUN && with * 5 >= n * 4;
}

static void label_body(struct str text, struct units *us, struct labels *l)
{
	for (size_t i = l->first; i < us->n && i <= l->last;) {
		size_t run = 0;
		while (i + run <= l->last && short_line(us, i + run) && !opens_speech(text, &us->all[i + run]))
			run++;
		bool figures = holds_figures(us, i, run);
		for (size_t k = i; k < i + run; k++) {
			const struct unit *u = &us->all[k];
			bool text_like = us->wrapped || figures ? u->words >= 2 : run < LIST_RUN && u->words >= HEADING_WORDS && u->indent < 3;
			set(&us->all[k], text_like ? BLOCK_PARAGRAPH : BLOCK_BOILERPLATE, true);
		}
		i += run;
		if (!run && us->all[i].kind == 0)
			set(&us->all[i], BLOCK_PARAGRAPH, false);
		i += run == 0;
	}
	for (size_t i = l->first < us->n ? l->last + 1 : 0; i < us->n; i++) {
		struct unit *u = &us->all[i];
		bool item = u->bullet && u->words >= REPEAT_WORDS && i && us->all[i - 1].bullet && us->all[i - 1].kind == BLOCK_PARAGRAPH;
		bool text_like = us->wrapped ? u->words >= 2 : item || (u->ends && u->words >= 3 && u->indent < 3);
		if (u->kind == 0)
			set(u, text_like ? BLOCK_PARAGRAPH : BLOCK_BOILERPLATE, true);
	}
}

/* Nothing but lines judged by their place: better all that has some words than an empty article. */
static void rescue(struct units *us)
{
	uint32_t words = 1;
	for (size_t i = 0; i < us->n; i++) {
		if (us->all[i].kind == BLOCK_PARAGRAPH)
			return;
		if (us->all[i].kind == BLOCK_TITLE)
			words = 4;
	}
	for (size_t i = 0; i < us->n; i++)
		if (us->all[i].weak && us->all[i].kind == BLOCK_BOILERPLATE && us->all[i].words >= words)
			set(&us->all[i], BLOCK_PARAGRAPH, true);
}

/* A dateline without date or agency is believed near the top only (a standfirst may come before it). */
static void find_datelines(struct str text, struct units *us, struct labels *l)
{
	size_t paragraphs = 0;
	for (size_t i = 0; i < us->n; i++) {
		struct unit *u = &us->all[i];
		struct dateline d;
		if (u->kind != BLOCK_PARAGRAPH || u->bullet || u->table)
			continue;
		if (dateline_find(unit_str(text, u), &d) && (d.strong || paragraphs < TOP_PARAGRAPHS)) {
			u->cut = u->span.start + (uint32_t)d.len;
			if (!l->dateline.len)
				l->dateline = d;
		}
		paragraphs++;
	}
}

int label_units(struct str text, struct units *us, struct arena *arena, struct labels *ret)
{
	struct labels l = { .title = us->n, .first = us->n };
	struct dateline d;
	for (size_t i = 0; i < us->n; i++)
		label_by_words(text, &us->all[i]);
	label_beside_photos(text, us);
	int r = label_repeats(us, arena);
	if (r)
		return r;
	for (size_t i = 0; i < us->n; i++)
		if (us->all[i].kind == 0 && us->all[i].words <= 10 && dateline_line(unit_str(text, &us->all[i]), &d)) {
			set(&us->all[i], BLOCK_DATELINE, false);
			if (!l.dateline.len)
				l.dateline = d;
		}
	find_body(text, us, &l);
	label_head(text, us, &l);
	cut_behind_closing(us, &l);
	label_body(text, us, &l);
	rescue(us);
	find_datelines(text, us, &l);
	*ret = l;
	return 0;
}
