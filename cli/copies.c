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
	uint64_t now_ms;   /* time of an article that has none: that of the one before it, at first the wall clock */
	uint64_t clock_ms; /* of the stream, as its articles tell it; 0: no article was seen */
	bool ahead;        /* the last article with a time was far ahead of it */
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

/* Sets the time of the stream by an article: its arrival, so that old ones leave in a stream of the past, too. One that is far ahead
 * may only have a wrong date: the clock follows the second in a row. */
static int advance(struct copies *x, uint64_t time_ms)
{
	uint64_t window = x->options.copy_window_ms;
	bool ahead = x->clock_ms && time_ms > x->clock_ms && time_ms - x->clock_ms > window;
	uint64_t guess = x->clock_ms ? x->clock_ms : x->untold ? x->now_ms : 0;
	bool guess_was_wrong = !x->settled && time_ms < guess && guess - time_ms > window;
	int rc = guess_was_wrong ? begin_again(x) : 0;

	x->settled = x->clock_ms != 0;
	if (!ahead || x->ahead) {
		x->now_ms = time_ms;
		x->clock_ms = time_ms > x->clock_ms ? time_ms : x->clock_ms;
	}
	x->ahead = ahead;
	return rc;
}

/* Sets both times of an item. */
static int times_of(struct copies *x, const struct article *a, struct copy_item *item)
{
	int64_t ms;
	bool told = a->time.len && clock_parse(a->time.data, a->time.len, &ms) == 0 && ms > 0;
	int rc = told ? advance(x, (uint64_t)ms) : 0;

	x->untold |= !told && x->clock_ms == 0;
	item->time_ms = told ? (uint64_t)ms : x->now_ms;
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
	int rc = times_of(x, &a, &item);
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

static int stream(struct copies *x, struct input *in)
{
	for (;;) {
		struct input_line line;
		struct err err;
		enum input_result r = input_next(in, &line, &err);
		if (r == INPUT_END)
			return CLI_OK;
		if (r == INPUT_ERROR)
			return cli_fail(x->cli, CLI_FAILED, "%s", err.text);
		int rc = 0;
		if (r == INPUT_BAD)
			failed(x, &line, line.code, err.text);
		else
			rc = judge(x, &line);
		arena_reset(x->arena);
		if (rc)
			return cli_fail(x->cli, CLI_FAILED, "line %llu: %s", (unsigned long long)line.number, strerror(-rc));
		/* Verdicts stream: none waits for an article that has not come. */
		if ((x->out.len >= FLUSH_BYTES || !input_ready(in)) && (rc = term_flush(&x->out, STDOUT_FILENO)))
			return cli_fail(x->cli, CLI_FAILED, "cannot write to standard output: %s", strerror(-rc));
	}
}

static int copies(const struct cli *c)
{
	struct copies x = { .cli = c };
	struct err err;
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
	.words = "no arguments",
	.run = copies,
};
