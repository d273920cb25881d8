/* copytaster copies: streaming verdicts over NDJSON, with an index in memory. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/article.h"
#include "cli/cli.h"
#include "cli/show.h"
#include "proto/json.h"
#include "workers/copy/index.h"
#include "workers/decode/decode.h"

enum { FLUSH_BYTES = 64 * 1024 };

struct copies {
	const struct cli *cli;
	struct options options;
	struct show show;
	struct arena *arena;
	struct copy_index *index;
	struct buf out;
	struct buf for_people; /* the JSON that they do not see */
	struct buf held;       /* an article that waits for the one behind it */
	uint64_t now_ms;   /* time of an article that has none: that of the one before it, at first the wall clock */
	uint64_t clock_ms; /* of the stream, as its articles tell it; 0: no article was seen */
	bool settled;      /* more than one article has told it */
	bool untold;       /* articles without a time came first and count as of today */
	bool some_failed;
};

static void failed(struct copies *x, const struct input_line *line, const char *code, const char *message)
{
	struct cli_error e = { line->id, code, message, line->number };
	x->some_failed = true;
	if (x->cli->json)
		article_error(&x->out, &e);
	else
		show_error(&x->show, &x->out, &e);
}

/* The first article had a wrong date, or none: no other will ever be compared with it, so the index begins again. */
static int begin_again(struct copies *x)
{
	struct copy_config config = { x->options.copy_window_ms, x->options.clock_skew_ms };

	copy_index_free(&x->index);
	x->index = copy_index_new(&config);
	x->clock_ms = 0;
	return x->index ? 0 : -ENOMEM;
}

static bool told(const struct input_line *line, uint64_t *ret_ms)
{
	int64_t ms;

	if (line->time.len == 0 || clock_parse(line->time.data, line->time.len, &ms) || ms <= 0)
		return false;
	*ret_ms = (uint64_t)ms;
	return true;
}

/* Sets the time of the stream: when its articles arrive, so that old ones leave in a stream of the past, too. */
static int advance(struct copies *x, uint64_t time_ms)
{
	uint64_t guess = x->clock_ms ? x->clock_ms : x->untold ? x->now_ms : 0;
	bool guess_was_wrong = !x->settled && time_ms < guess && guess - time_ms > x->options.copy_window_ms;
	int rc = guess_was_wrong ? begin_again(x) : 0;

	x->settled = x->clock_ms != 0;
	x->now_ms = time_ms;
	x->clock_ms = time_ms > x->clock_ms ? time_ms : x->clock_ms;
	return rc;
}

/* Is the article so far ahead that the whole window would pass? */
static bool leaps(const struct copies *x, const struct input_line *line)
{
	uint64_t ms;

	return x->clock_ms && told(line, &ms) && ms > x->clock_ms && ms - x->clock_ms > x->options.copy_window_ms;
}

/* Sets both times of an item. */
static int times_of(struct copies *x, const struct input_line *line, const struct article *a, struct copy_item *item)
{
	int64_t own;
	uint64_t ms;
	bool in_line = told(line, &ms);
	int rc = in_line && !leaps(x, line) ? advance(x, ms) : 0;

	x->untold |= !in_line && x->clock_ms == 0;
	item->time_ms = a->time.len && clock_parse(a->time.data, a->time.len, &own) == 0 && own > 0 ? (uint64_t)own : x->now_ms;
	item->arrival_ms = x->clock_ms ? x->clock_ms : x->now_ms;
	item->id = ulid_new(item->arrival_ms);
	return rc;
}

/* 0, or -errno when the program cannot go on. */
static int judge(struct copies *x, const struct input_line *line)
{
	struct decode_input in = { .bytes = line->text, .input_time = line->time };
	struct article a = { 0 };
	struct fingerprint fp;
	struct err err = { 0 };
	enum decode_result d = decode(&in, x->arena, &a, &err);
	if (d != DECODE_OK) {
		failed(x, line, decode_result_name(d), err.text);
		return 0;
	}
	struct copy_item item = { .article_id = line->id, .fp = &fp, .text = a.text, .arena = x->arena };
	int rc = times_of(x, line, &a, &item);
	if (rc == 0)
		rc = fingerprint(&a, x->arena, &fp);
	if (rc == 0)
		rc = copy_index_judge_and_add(x->index, &item);
	if (rc && arena_failed(x->arena)) {
		failed(x, line, "TOO_COMPLEX", "it needs more memory than worker.arena_bytes allows: raise it, or split the text");
		return 0;
	}
	struct buf *json = x->cli->json ? &x->out : &x->for_people;
	if (rc == 0)
		rc = json_verdict(json, line->id, &item.verdict, x->arena);
	if (rc == 0 && x->cli->json)
		buf_char(json, '\n');
	else if (rc == 0)
		rc = show_verdict(&x->show, &x->out, buf_view(json), a.title);
	buf_reset(&x->for_people);
	return rc;
}

/* Verdicts stream: none waits for an article that has not come. */
static int flush(struct copies *x, const struct input *in)
{
	if (x->out.len < FLUSH_BYTES && input_ready(in))
		return 0;
	int rc = term_flush(&x->out, STDOUT_FILENO);

	return rc ? cli_fail(x->cli, CLI_FAILED, "cannot write to standard output: %s", strerror(-rc)) : 0;
}

static int judge_line(struct copies *x, const struct input_line *line)
{
	int rc = judge(x, line);

	arena_reset(x->arena);
	return rc ? cli_fail(x->cli, CLI_FAILED, "line %llu: %s", (unsigned long long)line->number, strerror(-rc)) : 0;
}

static int hold(struct copies *x, const struct input_line *line, struct input_line *ret)
{
	buf_reset(&x->held);
	buf_str(&x->held, line->id);
	buf_str(&x->held, line->time);
	buf_str(&x->held, line->text);
	if (x->held.failed)
		return cli_fail(x->cli, CLI_FAILED, "out of memory");
	const char *p = x->held.data;
	*ret = (struct input_line){ line->number, { p, line->id.len }, { p + line->id.len, line->time.len },
				    { p + line->id.len + line->time.len, line->text.len }, NULL };
	return 0;
}

/* An article that leaps ahead may only have a wrong date. It waits for the next one: when that agrees, or none comes, the clock follows. */
static int after_leap(struct copies *x, struct input *in, struct input_line *line, enum input_result *ret, struct err *err)
{
	struct input_line held;
	uint64_t ms;
	int status = hold(x, line, &held);

	if (status || (status = flush(x, in)))
		return status;
	*ret = input_next(in, line, err);
	if ((*ret == INPUT_END || (*ret == INPUT_LINE && leaps(x, line))) && told(&held, &ms))
		x->clock_ms = x->now_ms = ms;
	return judge_line(x, &held);
}

static int stream(struct copies *x, struct input *in)
{
	for (;;) {
		struct input_line line;
		struct err err = { 0 };
		int status = 0;
		enum input_result r = input_next(in, &line, &err);
		while (r == INPUT_LINE && leaps(x, &line) && status == 0)
			status = after_leap(x, in, &line, &r, &err);
		if (status)
			return status;
		if (r == INPUT_END)
			return CLI_OK;
		if (r == INPUT_ERROR)
			return cli_fail(x->cli, CLI_FAILED, "%s", err.text);
		if (r == INPUT_BAD)
			failed(x, &line, line.code, err.text);
		else
			status = judge_line(x, &line);
		if (status || (status = flush(x, in)))
			return status;
	}
}

static int copies(const struct cli *c)
{
	struct copies x = { .cli = c };
	struct err err = { 0 };
	if (isatty(STDIN_FILENO))
		return cli_fail(c, CLI_USAGE, "needs NDJSON on standard input; `copytaster copies --help` tells more");
	int wrong = cli_options(c, &x.options, &err);
	if (wrong)
		return cli_fail(c, wrong, "%s", err.text);
	struct copy_config config = { x.options.copy_window_ms, x.options.clock_skew_ms };
	struct input *in = input_new(STDIN_FILENO, x.options.max_article_bytes);
	show_init(&x.show, STDOUT_FILENO, false);
	buf_init(&x.out, 0);
	buf_init(&x.for_people, 0);
	buf_init(&x.held, 0);
	x.now_ms = clock_wall_ms();
	x.arena = arena_new(x.options.arena_bytes);
	x.index = copy_index_new(&config);
	int status = in && x.arena && x.index ? stream(&x, in) : cli_fail(c, CLI_FAILED, "out of memory");
	input_free(&in);
	copy_index_free(&x.index);
	show_release(&x.show);
	arena_free(&x.arena);
	buf_release(&x.out);
	buf_release(&x.for_people);
	buf_release(&x.held);
	options_release(&x.options);
	return status == CLI_OK && x.some_failed ? CLI_PARTLY : status;
}

static const struct cli_option options[] = {
	{ "window", "TIME", "worker.copy_window", "articles further apart are not compared (default 96h)" },
	{ 0 }
};

const struct verb verb_copies = {
	.name = "copies",
	.summary = "say of each article of a stream what it copies",
	.usage = "copytaster copies [OPTION]... < articles.ndjson",
	.about = "Reads articles as NDJSON lines, {\"id\": \"...\", \"time\": \"RFC 3339\", \"text\": \"...\"} (id and text are\n"
		 "needed), compares each with those before it, and prints one verdict line per article: its kind\n"
		 "(ORIGINAL, EXACT, NEAR, CONTAINED, CONTAINS, PARTIAL), what it copies, both containments and the\n"
		 "matched passages as byte offsets. The index is in memory and ends with the program. An article\n"
		 "without a time counts as of the time of the one before it.",
	.options = options,
	.config = true,
	.output = true,
	.exits = "0  every article was judged\n"
		 "1  reading or writing failed\n"
		 "2  some articles could not be taken; their error lines say why\n"
		 "64 wrong usage    78 wrong config",
	.example = "copytaster copies < articles.ndjson > verdicts.ndjson\n"
		   "copytaster copies < articles.ndjson | jq -r 'select(.of) | [.articleId, .kind, .of] | @tsv'",
	.min_words = 0,
	.max_words = 0,
	.words = "no arguments: it reads standard input",
	.run = copies,
};
