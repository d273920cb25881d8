/* copytaster compare: two articles, one verdict, and where it stands in both. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/article.h"
#include "cli/cli.h"
#include "cli/term.h"
#include "proto/json.h"
#include "workers/copy/index.h"
#include "workers/decode/decode.h"

struct side {
	const char *path;
	struct str id;
	struct buf body;
	struct article article;
	struct fingerprint fp;
	struct copy_item item;
};

/* A stretch of one text that stands in the other, with the number both sides show. */
struct mark {
	struct span span;
	size_t number;
};

static int read_side(const struct cli *c, const struct options *o, struct arena *arena, struct side *s, struct buf *errors)
{
	const char *code;
	struct err err = { 0 };
	int rc = article_read_file(s->path, o->max_article_bytes, &s->body, &code, &err);
	if (rc == 0) {
		struct decode_input in = { .bytes = buf_view(&s->body), .file_name = s->id };
		enum decode_result d = decode(&in, arena, &s->article, &err);
		code = decode_result_name(d);
		rc = d == DECODE_OK ? 0 : -EBADMSG;
	}
	if (rc && c->json)
		article_error(errors, &(struct cli_error){ s->id, code, err.text, 0 });
	else if (rc)
		(void)cli_fail(c, CLI_PARTLY, "%s: %s: %s", s->path, code, err.text);
	if (rc)
		return rc;
	s->item = (struct copy_item){ .id = ulid_new(clock_wall_ms()), .article_id = s->id, .fp = &s->fp, .text = s->article.text,
				      .time_ms = clock_wall_ms(), .arrival_ms = clock_wall_ms(), .arena = arena };
	return fingerprint(&s->article, arena, &s->fp);
}

/* ---- for people ---- */

static int by_start(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;
	return x->span.start < y->span.start ? -1 : x->span.start > y->span.start;
}

static struct mark *marks_of(const struct verdict *v, bool other, struct arena *arena)
{
	struct mark *marks = ARENA_ARRAY(arena, v->n_passages, struct mark);
	for (size_t i = 0; marks && i < v->n_passages; i++)
		marks[i] = (struct mark){ other ? v->passages[i].there : v->passages[i].here, i + 1 };
	if (marks && v->n_passages)
		qsort(marks, v->n_passages, sizeof(*marks), by_start);
	return marks;
}

/* Untrusted text that keeps its lines. */
static void put_lines(struct buf *out, const struct term *t, struct str s, bool marked)
{
	while (s.len) {
		const char *nl = memchr(s.data, '\n', s.len);
		size_t len = nl ? (size_t)(nl - s.data) : s.len;
		if (marked)
			term_on(out, t, STYLE_COPY);
		term_text(out, str_cut(s, 0, len && s.data[len - 1] == '\r' ? len - 1 : len));
		if (marked)
			term_off(out, t);
		if (nl)
			buf_char(out, '\n');
		s = str_cut(s, len + (nl != NULL), s.len);
	}
}

static void put_text(struct buf *out, const struct term *t, const struct side *s, const struct mark *marks, size_t n)
{
	struct str text = s->article.text;
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		size_t start = marks[i].span.start < at ? at : marks[i].span.start, end = marks[i].span.end;
		if (end <= start || end > text.len)
			continue; /* wholly within the one before: the same words matched twice */
		put_lines(out, t, str_cut(text, at, start), false);
		term_on(out, t, STYLE_DIM);
		buf_printf(out, "[[%zu: ", marks[i].number);
		term_off(out, t);
		put_lines(out, t, str_cut(text, start, end), true);
		term_styled(out, t, STYLE_DIM, STR("]]"));
		at = end;
	}
	put_lines(out, t, str_cut(text, at, text.len), false);
	if (text.len && text.data[text.len - 1] != '\n')
		buf_char(out, '\n');
}

static void put_side(struct buf *out, const struct term *t, const char *label, const struct side *s, const struct mark *marks, size_t n)
{
	buf_char(out, '\n');
	term_on(out, t, STYLE_BOLD);
	buf_printf(out, "== %s: ", label);
	term_text(out, str_of(s->path));
	buf_printf(out, " (%u words) ==", s->fp.n_words);
	term_off(out, t);
	buf_char(out, '\n');
	put_text(out, t, s, marks, n);
}

static void put_summary(struct buf *out, const struct term *t, const struct verdict *v)
{
	term_styled(out, t, v->kind == VERDICT_ORIGINAL ? STYLE_GOOD : STYLE_COPY, str_of(name_verdict_kind(v->kind)));
	if (v->reason)
		buf_printf(out, " (%s)", name_verdict_reason(v->reason));
	buf_printf(out, "\n  containment of A in B  %.3f\n  containment of B in A  %.3f\n  Jaccard                %.3f\n", v->containment,
		   v->other_containment, v->jaccard);
	buf_printf(out, "  matched words          %u in %zu passage%s, longest run %u\n", v->matched_words, v->n_passages,
		   v->n_passages == 1 ? "" : "s", v->longest_run);
	if (v->revision.of.len)
		buf_printf(out, "  revision               A is version %u\n", v->revision.version);
}

static int show(const struct cli *c, const struct side *sides, const struct verdict *v, struct buf *out, struct arena *arena)
{
	struct term t;
	if (c->json) {
		int rc = json_verdict(out, sides[0].id, v, arena);
		buf_char(out, '\n');
		return rc;
	}
	struct mark *here = marks_of(v, false, arena), *there = marks_of(v, true, arena);
	if (!here || !there)
		return -ENOMEM;
	term_init(&t, STDOUT_FILENO);
	put_summary(out, &t, v);
	put_side(out, &t, "A", &sides[0], here, v->n_passages);
	put_side(out, &t, "B", &sides[1], there, v->n_passages);
	return 0;
}

static int compare_sides(const struct cli *c, const struct options *o, struct arena *arena, struct side *sides, struct buf *out)
{
	struct verdict v = { 0 };
	int rc, bad = 0;
	for (size_t i = 0; i < 2; i++) {
		sides[i].path = c->words[i];
		sides[i].id = article_base_name(c->words[i]);
	}
	if (str_eq(sides[0].id, sides[1].id))
		for (size_t i = 0; i < 2; i++)
			sides[i].id = str_of(c->words[i]);
	for (size_t i = 0; i < 2; i++) {
		rc = read_side(c, o, arena, &sides[i], out);
		if (rc == -ENOMEM)
			return rc;
		bad |= rc;
	}
	if (bad)
		return 1;
	rc = copy_compare(&sides[0].item, &sides[1].item, &v);
	return rc ? rc : show(c, sides, &v, out, arena);
}

static int compare(const struct cli *c)
{
	struct options o;
	struct err err = { 0 };
	struct side sides[2] = { 0 };
	struct buf out;
	int wrong = cli_options(c, &o, &err);
	if (wrong)
		return cli_fail(c, wrong, "%s", err.text);
	struct arena *arena = arena_new(2 * o.arena_bytes);
	for (size_t i = 0; i < 2; i++)
		buf_init(&sides[i].body, 0);
	buf_init(&out, 0);
	int rc = arena ? compare_sides(c, &o, arena, sides, &out) : -ENOMEM;
	int status = rc == 0 ? CLI_OK : rc > 0 ? CLI_PARTLY : cli_fail(c, CLI_FAILED, "%s", strerror(-rc));
	if ((rc = term_flush(&out, STDOUT_FILENO)))
		status = cli_fail(c, CLI_FAILED, "cannot write to standard output: %s", strerror(-rc));
	for (size_t i = 0; i < 2; i++)
		buf_release(&sides[i].body);
	buf_release(&out);
	arena_free(&arena);
	options_release(&o);
	return status;
}

static const struct cli_option options[] = { { 0 } };

const struct verb verb_compare = {
	.name = "compare",
	.summary = "compare two articles and show what they share",
	.usage = "copytaster compare [OPTION]... A B",
	.about = "Prints the verdict on A as if B had come before it: its kind, how much of each stands in the other,\n"
		 "and both texts with the shared passages between [[ and ]], numbered so that both sides can be\n"
		 "matched, and coloured on a terminal. JSON is the line of `copytaster copies`.",
	.options = options,
	.config = true,
	.output = true,
	.exits = "0  compared, whatever the verdict\n"
		 "1  writing failed\n"
		 "2  one of the two could not be taken\n"
		 "64 wrong usage    78 wrong config",
	.example = "copytaster compare resend.txt story.txt\n"
		   "copytaster compare --json resend.txt story.txt | jq .kind",
	.min_words = 2,
	.max_words = 2,
	.words = "A B",
	.run = compare,
};
