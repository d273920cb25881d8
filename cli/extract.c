/* copytaster extract: decode and claims, without daemons. */
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/article.h"
#include "cli/cli.h"
#include "cli/show.h"
#include "proto/json.h"
#include "workers/claim/claim.h"
#include "workers/decode/decode.h"
#include "workers/record.h"

enum { FLUSH_BYTES = 64 * 1024 };

struct extract {
	const struct cli *cli;
	struct options options;
	struct show show;
	struct arena *arena;
	struct buf out;
	struct buf for_people; /* the JSON that they do not see */
	bool some_failed;
};

/* One article as it came in. */
struct source {
	struct str id, file_name, time, bytes;
	uint64_t line; /* NDJSON: of the input; a file: 0 */
};

static void failed(struct extract *x, const struct source *s, const char *code, const char *message)
{
	struct cli_error e = { s->id, code, message, s->line };
	x->some_failed = true;
	if (x->cli->json)
		article_error(&x->out, &e);
	else
		show_error(&x->show, &x->out, &e);
}

static int stages(struct extract *x, const struct source *s, struct article *a, struct claim_set *claims, struct article_record *record)
{
	/* No index is asked: each article opens a story of its own. */
	struct verdict alone = { .kind = VERDICT_ORIGINAL, .story_id = s->id };
	struct claim_input in = { .article = a, .article_id = s->id, .story_id = s->id };
	if (a->provider.len == 0)
		a->provider = str_of(x->options.provider);
	in.file_name = record_file_name(x->arena, s->file_name);
	struct record_input r = { .article = a, .article_id = s->id, .file_name = s->file_name, .body = s->bytes, .verdict = &alone, .claims = claims };
	int rc = claim_extract(&in, x->arena, claims);
	return rc ? rc : record_build(&r, x->arena, record);
}

/* 0, or -errno when the program cannot go on. */
static int extract_one(struct extract *x, const struct source *s)
{
	struct decode_input in = { .bytes = s->bytes, .file_name = s->file_name, .input_time = s->time };
	struct article a = { 0 };
	struct claim_set claims = { 0 };
	struct article_record record = { 0 };
	struct err err = { 0 };
	enum decode_result d = decode(&in, x->arena, &a, &err);
	if (d != DECODE_OK) {
		failed(x, s, decode_result_name(d), err.text);
		return 0;
	}
	struct buf *json = x->cli->json ? &x->out : &x->for_people;
	size_t before = json->len;
	int rc = stages(x, s, &a, &claims, &record);
	if (rc == 0)
		rc = json_article_with_claims(json, &record, claims.claims, claims.n, x->arena);
	if (rc && arena_failed(x->arena) && !json->failed) {
		buf_truncate(json, before);
		failed(x, s, "TOO_COMPLEX", "it needs more memory than worker.arena_bytes allows: raise it, or split the text");
		return 0;
	}
	if (rc == 0 && x->cli->json)
		buf_char(json, '\n');
	else if (rc == 0)
		rc = show_article(&x->show, &x->out, buf_view(json));
	buf_reset(&x->for_people);
	return rc;
}

static int flush(struct extract *x, bool now)
{
	int rc = now || x->out.len >= FLUSH_BYTES ? term_flush(&x->out, STDOUT_FILENO) : 0;
	return rc ? cli_fail(x->cli, CLI_FAILED, "cannot write to standard output: %s", strerror(-rc)) : CLI_OK;
}

static int one(struct extract *x, const struct source *s)
{
	int rc = extract_one(x, s);
	arena_reset(x->arena);
	return rc ? cli_fail(x->cli, CLI_FAILED, "%.*s: %s", STR_ARGS(s->id), strerror(-rc)) : CLI_OK;
}

static bool ends_with(struct str s, const char *end)
{
	size_t len = strlen(end);
	return s.len > len && !strncasecmp(s.data + s.len - len, end, len);
}

/* Many articles, or one, as lines of JSON: taken as one article, they would give claims about nothing. */
static bool is_ndjson(struct str bytes)
{
	const char *nl;
	while (bytes.len && strchr(" \t\r\n", bytes.data[0]) && bytes.data[0])
		bytes = str_cut(bytes, 1, bytes.len);
	if (bytes.len == 0 || bytes.data[0] != '{')
		return false;
	nl = memchr(bytes.data, '\n', bytes.len);
	json_t *line = json_loadb(bytes.data, nl ? (size_t)(nl - bytes.data) : bytes.len, JSON_ALLOW_NUL, NULL);
	bool found = json_object_get(line, "text") != NULL;
	json_decref(line);
	return found;
}

static int extract_files(struct extract *x)
{
	struct buf body;
	int status = CLI_OK;
	buf_init(&body, 0);
	for (size_t i = 0; i < x->cli->n_words && status == CLI_OK; i++) {
		const char *path = x->cli->words[i], *code;
		struct source s = { .id = article_base_name(path) };
		struct err err = { 0 };
		s.file_name = s.id;
		bool named_so = ends_with(s.id, ".ndjson") || ends_with(s.id, ".jsonl");
		int rc = named_so && access(path, R_OK) == 0 ? 0 : article_read_file(path, x->options.max_article_bytes, &body, &code, &err);
		if (rc) {
			failed(x, &s, code, err.text);
		} else if (named_so || is_ndjson(buf_view(&body))) {
			failed(x, &s, "NDJSON", "this is NDJSON: give it on standard input: copytaster extract < FILE");
		} else {
			s.bytes = buf_view(&body);
			status = one(x, &s);
		}
		if (status == CLI_OK)
			status = flush(x, x->show.term.tty);
	}
	buf_release(&body);
	return status;
}

static int extract_lines(struct extract *x)
{
	struct input *in = input_new(STDIN_FILENO, x->options.max_article_bytes);
	if (!in)
		return cli_fail(x->cli, CLI_FAILED, "out of memory");
	int status = CLI_OK;
	while (status == CLI_OK) {
		struct input_line line;
		struct err err = { 0 };
		enum input_result r = input_next(in, &line, &err);
		if (r == INPUT_ERROR)
			status = cli_fail(x->cli, CLI_FAILED, "%s", err.text);
		if (r == INPUT_ERROR || r == INPUT_END)
			break;
		struct source s = { line.id, { NULL, 0 }, line.time, line.text, line.number };
		if (r == INPUT_BAD)
			failed(x, &s, line.code, err.text);
		else
			status = one(x, &s);
		if (status == CLI_OK)
			status = flush(x, !input_ready(in));
	}
	input_free(&in);
	return status;
}

static int extract(const struct cli *c)
{
	struct extract x = { .cli = c };
	struct err err = { 0 };
	if (c->n_words == 0 && isatty(STDIN_FILENO))
		return cli_fail(c, CLI_USAGE, "name files, or give NDJSON on standard input; `copytaster extract --help` tells more");
	int wrong = cli_options(c, &x.options, &err);
	if (wrong)
		return cli_fail(c, wrong, "%s", err.text);
	show_init(&x.show, STDOUT_FILENO, false);
	buf_init(&x.out, 0);
	buf_init(&x.for_people, 0);
	x.arena = arena_new(x.options.arena_bytes);
	int status = CLI_FAILED;
	if (!x.arena)
		cli_fail(c, CLI_FAILED, "out of memory");
	else
		status = c->n_words ? extract_files(&x) : extract_lines(&x);
	if (status == CLI_OK)
		status = flush(&x, true);
	show_release(&x.show);
	arena_free(&x.arena);
	buf_release(&x.out);
	buf_release(&x.for_people);
	options_release(&x.options);
	return status == CLI_OK && x.some_failed ? CLI_PARTLY : status;
}

static const struct cli_option options[] = { { 0 } };

const struct verb verb_extract = {
	.name = "extract",
	.summary = "decode articles and print their claims, without daemons",
	.usage = "copytaster extract [OPTION]... FILE...\n"
		 "copytaster extract [OPTION]... < articles.ndjson",
	.about = "Prints one line per article, in the order of the input: the article record with its claims.\n"
		 "An input line is {\"id\": \"...\", \"time\": \"RFC 3339\", \"text\": \"...\"}; id and text are needed, other\n"
		 "fields are ignored. A file's articleId is its base name. Nothing is left out because it\n"
		 "stood elsewhere before; `copytaster run` does that. What cannot be taken gives the line\n"
		 "{\"articleId\", \"error\": {\"code\", \"message\", \"line\"}}, line 0 where a whole file is at fault.",
	.options = options,
	.config = true,
	.output = true,
	.exits = "0  every article was taken\n"
		 "1  reading or writing failed\n"
		 "2  some articles could not be taken; their error lines say why\n"
		 "64 wrong usage    78 wrong config",
	.example = "copytaster extract story.txt\n"
		   "copytaster extract < articles.ndjson | jq -r '.claims[]? | [.attribution.sourceName, .text] | @tsv'",
	.min_words = 0,
	.max_words = SIZE_MAX,
	.words = "FILE",
	.run = extract,
};
