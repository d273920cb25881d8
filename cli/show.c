#include "cli/show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/value.h"

void show_init(struct show *s, int fd, bool times)
{
	*s = (struct show){ .times = times };
	term_init(&s->term, fd);
}

void show_release(struct show *s)
{
	free(s->last);
	titles_free(&s->titles);
	*s = (struct show){ .term = s->term };
}

static double number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static bool is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

/* ---- titles ---- */

static struct titles *titles(struct show *s)
{
	if (!s->titles)
		s->titles = titles_new(s->out_dir);
	return s->titles;
}

static void remember(struct show *s, struct str id, struct str title, struct str file)
{
	if (titles(s))
		titles_add(s->titles, id, title.len ? title : file);
}

/* The title or the file name of an article, else its id. */
static struct str title_of(struct show *s, struct str id)
{
	struct str title = titles(s) ? titles_find(s->titles, id) : (struct str){ 0 };
	return title.len ? title : id;
}

/* ---- header ---- */

static void put_time_of_day(struct show *s, struct buf *out)
{
	char time[RFC3339_SIZE];
	if (!s->times)
		return;
	clock_format(clock_wall_ms(), time);
	term_styled(out, &s->term, STYLE_DIM, str_cut(str_of(time), 11, 19));
	buf_text(out, "  ");
}

/* "12:01:05  story.txt  Title" */
static void put_header(struct show *s, struct buf *out, struct str file, struct str id, struct str title)
{
	unsigned most = s->term.width > 44 ? s->term.width - 44 : 20;
	put_time_of_day(s, out);
	term_on(out, &s->term, STYLE_DIM);
	term_cut(out, file.len ? file : id, 30);
	term_off(out, &s->term);
	buf_text(out, "  ");
	term_on(out, &s->term, STYLE_BOLD);
	term_cut(out, title.len ? title : STR("(no title)"), most);
	term_off(out, &s->term);
	free(s->last);
	s->last = strndup(id.data ? id.data : "", id.len);
}

/* ---- claims ---- */

static void put_source(struct show *s, struct buf *out, const json_t *claim)
{
	const json_t *a = json_object_get(claim, "attribution");
	struct str name = value_text(a, "sourceName"), text = value_text(a, "sourceText"), kind = value_text(claim, "kind");
	const json_t *cue;
	size_t i;
	buf_text(out, "  ");
	if (name.len || text.len)
		term_styled(out, &s->term, STYLE_SOURCE, name.len ? name : text);
	else
		term_styled(out, &s->term, STYLE_DIM, str_is(kind, "NARRATED") || str_is(kind, "HEADLINE") || str_is(kind, "CAPTION") ?
				    STR("(the article itself)") : STR("(no source named)"));
	json_array_foreach(json_object_get(a, "cue"), i, cue) {
		buf_text(out, i ? " … " : " ");
		term_styled(out, &s->term, STYLE_CUE, value_text(cue, "text"));
	}
	if (is_true(a, "inherited"))
		term_styled(out, &s->term, STYLE_DIM, STR(" (carried over)"));
	json_array_foreach(json_object_get(a, "via"), i, cue) {
		struct str outer = value_text(cue, "sourceName");
		buf_text(out, " via ");
		term_styled(out, &s->term, STYLE_SOURCE, outer.len ? outer : value_text(cue, "sourceText"));
	}
}

/* " [DIRECT, HEDGED, NEGATIVE]": the kind, and what differs from a plain statement. */
static void put_marks(struct show *s, struct buf *out, const json_t *claim)
{
	struct str modality = value_text(claim, "modality"), polarity = value_text(claim, "polarity");
	term_on(out, &s->term, STYLE_DIM);
	buf_text(out, " [");
	term_text(out, value_text(claim, "kind"));
	if (modality.len && !str_is(modality, "ASSERTED")) {
		buf_text(out, ", ");
		term_text(out, modality);
	}
	if (str_is(polarity, "NEGATIVE"))
		buf_text(out, ", NEGATIVE");
	if (str_is(value_text(claim, "status"), "RETRACTED"))
		buf_text(out, ", RETRACTED");
	buf_char(out, ']');
	term_off(out, &s->term);
	buf_char(out, '\n');
}

static bool keeps_unit(struct str unit)
{
	for (size_t i = 0; i < unit.len; i++)
		if (unit.data[i] < 'A' || unit.data[i] > 'Z')
			return str_is(unit, "%");
	return unit.len == 3;
}

/* "at least 40", "about 2000 to 3000 USD", or the words themselves where there is no value. */
static void put_quantity(struct buf *out, const json_t *q)
{
	struct str qualifier = value_text(q, "qualifier"), unit = value_text(q, "unit"), what = value_text(q, "what"), per = value_text(q, "per");
	const json_t *value = json_object_get(q, "value"), *upper = json_object_get(q, "upper");
	if (!value) {
		term_text(out, value_text(q, "text"));
	} else {
		for (size_t i = 0; i < qualifier.len && !str_is(qualifier, "EXACT"); i++)
			buf_char(out, qualifier.data[i] == '_' ? ' ' : (char)(qualifier.data[i] | 0x20));
		buf_printf(out, "%s%.15g", qualifier.len && !str_is(qualifier, "EXACT") ? " " : "", json_number_value(value));
	}
	if (value && upper)
		buf_printf(out, " to %.15g", json_number_value(upper));
	/* A unit of measure stands in `what` in the words of the article. */
	if (unit.len && (keeps_unit(unit) || !what.len)) {
		buf_text(out, str_is(unit, "%") ? "" : " ");
		term_text(out, unit);
	}
	if (what.len) {
		buf_char(out, ' ');
		term_text(out, what);
	}
	if (per.len) {
		buf_text(out, " per ");
		term_text(out, per);
	}
	if (is_true(q, "soFar"))
		buf_text(out, " so far");
	if (!str_is(value_text(q, "change"), "NONE") && value_text(q, "change").len)
		buf_text(out, str_is(value_text(q, "change"), "UP") ? " (up)" : " (down)");
}

static void put_quantities(struct show *s, struct buf *out, const json_t *claim)
{
	const json_t *all = json_object_get(claim, "quantities"), *q;
	struct buf line;
	size_t i;
	if (json_array_size(all) == 0)
		return;
	buf_init(&line, 64 * 1024);
	json_array_foreach(all, i, q) {
		buf_text(&line, i ? "; " : "");
		put_quantity(&line, q);
	}
	buf_text(out, "    ");
	term_on(out, &s->term, STYLE_GOOD);
	buf_text(out, "= ");
	term_wrap(out, &s->term, buf_view(&line), 6, 6);
	term_off(out, &s->term);
	buf_release(&line);
}

static void put_claim(struct show *s, struct buf *out, const json_t *claim)
{
	struct str id = value_text(claim, "articleId");
	if (!s->last || !str_is(id, s->last)) {
		struct str title = value_text(claim, "title"), file = value_text(claim, "fileName");
		put_header(s, out, file, id, title);
		buf_char(out, '\n');
		remember(s, id, title, file);
	}
	put_source(s, out, claim);
	put_marks(s, out, claim);
	buf_text(out, "    ");
	term_wrap(out, &s->term, value_text(claim, "text"), 4, 4);
	put_quantities(s, out, claim);
}

/* ---- verdicts ---- */

static void put_of(struct show *s, struct buf *out, struct str of)
{
	struct str title = title_of(s, of);
	unsigned most = s->term.width > 60 ? s->term.width - 50 : 30;
	buf_char(out, '"');
	term_cut(out, title, most);
	buf_char(out, '"');
}

/* "COPY of "Title" (NEAR .93, 212 words)", without a style: it may be wrapped. */
static void put_verdict(struct show *s, struct buf *out, const json_t *v)
{
	struct str kind = value_text(v, "kind"), of = value_text(v, "of");
	double a = number(v, "containment"), b = number(v, "otherContainment"), most = a > b ? a : b;
	const json_t *revision = json_object_get(v, "revision");
	char share[16];
	(void)snprintf(share, sizeof(share), "%.2f", most);
	buf_text(out, str_is(kind, "CONTAINS") ? "LONGER TAKE of " : str_is(kind, "PARTIAL") ? "SHARES WORDS with " : "COPY of ");
	put_of(s, out, of);
	buf_text(out, " (");
	term_text(out, kind);
	buf_printf(out, " %s, %.0f words", share[0] == '0' ? share + 1 : share, number(v, "matchedWords"));
	if (value_text(revision, "of").len)
		buf_printf(out, ", version %.0f", number(revision, "version"));
	buf_char(out, ')');
}

static bool is_copy(const json_t *v)
{
	return value_text(v, "of").len > 0 && !str_is(value_text(v, "kind"), "ORIGINAL");
}

/* Under the header: what it is a copy of, what it repeats. */
static void put_end(struct show *s, struct buf *out, const json_t *verdict, size_t repeats)
{
	struct buf line;
	buf_init(&line, 64 * 1024);
	if (is_copy(verdict))
		put_verdict(s, &line, verdict);
	else
		buf_text(&line, "no claims");
	if (repeats)
		buf_printf(&line, ", carries %zu claim%s again", repeats, repeats == 1 ? "" : "s");
	buf_text(out, "  ");
	term_on(out, &s->term, is_copy(verdict) ? STYLE_COPY : STYLE_DIM);
	term_wrap(out, &s->term, buf_view(&line), 4, 2);
	term_off(out, &s->term);
	buf_release(&line);
}

static void put_article(struct show *s, struct buf *out, const json_t *article)
{
	const json_t *verdict = json_object_get(article, "verdict"), *claims = json_object_get(article, "claims"), *claim;
	struct str id = value_text(article, "articleId"), title = value_text(article, "title"), file = value_text(article, "fileName");
	size_t repeats = json_array_size(json_object_get(article, "repeats")), i;
	bool silent = json_array_size(json_object_get(article, "claimIds")) == 0;
	json_array_foreach(claims, i, claim)
		put_claim(s, out, claim);
	if (is_copy(verdict) || silent) {
		bool under_its_claims = s->last && str_is(id, s->last);
		if (!under_its_claims)
			put_header(s, out, file, id, title);
		if (!under_its_claims && is_copy(verdict))
			buf_char(out, '\n');
		put_end(s, out, verdict, repeats);
	}
	if (silent)
		remember(s, id, title, file);
}

static void put_verdict_line(struct show *s, struct buf *out, const json_t *verdict, struct str title)
{
	struct str id = value_text(verdict, "articleId"), reason = value_text(verdict, "reason");
	remember(s, id, title, (struct str){ 0 });
	put_header(s, out, id, id, title);
	buf_text(out, "  ");
	if (is_copy(verdict)) {
		term_on(out, &s->term, STYLE_COPY);
		put_verdict(s, out, verdict);
		term_off(out, &s->term);
	} else {
		term_styled(out, &s->term, STYLE_DIM, value_text(verdict, "kind"));
	}
	if (reason.len) {
		buf_char(out, ' ');
		term_styled(out, &s->term, STYLE_DIM, reason);
	}
	buf_char(out, '\n');
}

/* ---- lines ---- */

static int parse(struct str json, json_t **ret)
{
	*ret = json_loadb(json.data, json.len, JSON_ALLOW_NUL, NULL);
	if (json_is_object(*ret))
		return 0;
	json_decref(*ret);
	return -EBADMSG;
}

int show_claim(struct show *s, struct buf *out, struct str json)
{
	json_t *claim;
	int rc = parse(json, &claim);
	if (rc)
		return rc;
	put_claim(s, out, claim);
	json_decref(claim);
	return 0;
}

int show_article(struct show *s, struct buf *out, struct str json)
{
	json_t *article;
	int rc = parse(json, &article);
	if (rc)
		return rc;
	put_article(s, out, article);
	json_decref(article);
	return 0;
}

int show_verdict(struct show *s, struct buf *out, struct str json, struct str title)
{
	json_t *verdict;
	int rc = parse(json, &verdict);
	if (rc)
		return rc;
	put_verdict_line(s, out, verdict, title);
	json_decref(verdict);
	return 0;
}

void show_error(struct show *s, struct buf *out, const struct cli_error *e)
{
	if (e->line)
		buf_printf(out, "line %llu: ", (unsigned long long)e->line);
	term_styled(out, &s->term, STYLE_BOLD, e->article_id);
	buf_text(out, e->article_id.len ? "  " : "");
	term_styled(out, &s->term, STYLE_BAD, str_of(e->code));
	buf_text(out, "  ");
	term_text(out, str_of(e->message));
	buf_char(out, '\n');
}
