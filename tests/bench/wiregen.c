/* Writes synthetic wire articles for benches and tests: the same ones for the same seed, with quotes, figures and attributions, a
 * given share of copies of earlier ones and of texts of one form, and the truth about each.
 *
 *   wiregen --out DIR --count 20000 --copies 30 --truth truth.tsv
 *
 * A file is written under a dot name and renamed, as a feed should do it. */
#include "wiregen.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LINE_BUFFER (1u << 20)
#define FIRST_SECOND 1772323200 /* of the NDJSON's times: 2026-03-01T00:00:00Z */

struct options {
	struct wire_options wire;
	const char *out, *ndjson, *truth;
	uint64_t count, first, span_hours;
	double rate;
};

static const char help[] =
	"Usage: wiregen [--out DIR] [--ndjson FILE] [options]\n"
	"Writes synthetic wire articles, the same ones for the same seed: one file each, or one NDJSON line each, or both.\n\n"
	"  --out DIR      where the files go; made when missing\n"
	"  --ndjson FILE  {\"id\",\"time\",\"text\"}, one line each; the id is the file's name; \"-\" is stdout\n"
	"  --span-hours N the times of the NDJSON rise evenly over so many hours (72)\n"
	"  --count N      how many (1000)\n"
	"  --first I      number of the first one (0): goes on where an earlier run ended; the times begin again\n"
	"  --bytes N      size of an original, about (4096)\n"
	"  --words N      the same in words without title and dateline, about; instead of --bytes\n"
	"  --copies P     percent that copy an earlier one (30)\n"
	"  --templates P  percent that fill in a form (0); of all, beside the copies\n"
	"  --distance N   how far back a copy reaches, in articles (2000)\n"
	"  --seed N       (1)\n"
	"  --rate R       articles a second (as fast as it goes)\n"
	"  --truth FILE   what each is; \"-\" is stdout\n\n"
	"The truth has a line for each article, with seven columns between tabs:\n"
	"  file   its name, or id\n"
	"  kind   ORIGINAL\n"
	"         TEMPLATE  original too: a form with other figures and, in most forms, other names\n"
	"         RESEND    the same words\n"
	"         CUT       its first paragraphs only\n"
	"         EXTENDED  the longer take: paragraphs were added, most of them at the end\n"
	"         MERGED    the first paragraphs of two earlier ones\n"
	"         EDIT      a few words are others, or one figure is, or both\n"
	"  of     the earlier one it was made from; of MERGED both, with a comma between\n"
	"  here   percent of its words that stand there, for each of them\n"
	"  there  percent of the words there that stand in it, for each of them\n"
	"  form   of TEMPLATE and its copies: MONEY, DIVIDEND, WEATHER, SPORT, EARNINGS or TENDER\n"
	"  marks  FURNITURE: slug, headline, byline, dateline, note, MORE or sign-off are others; FIGURE: a figure is another\n\n"
	"Example:\n"
	"  wiregen --out staging --count 20000 --copies 30 --truth truth.tsv\n"
	"  wiregen --out drop --count 1000 --rate 50\n"
	"  wiregen --ndjson wire.ndjson --count 1000000 --words 187 --templates 10 --distance 100000 --truth truth.tsv\n";

static int write_file(int dir, const char *file, const struct text *t)
{
	char temporary[64];
	int fd;

	snprintf(temporary, sizeof(temporary), ".%s.part", file);
	fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	for (size_t done = 0; done < t->len;) {
		ssize_t w = write(fd, t->data + done, t->len - done);

		if (w < 0 && errno != EINTR) {
			int r = -errno;

			close(fd);
			return r;
		}
		if (w > 0)
			done += (size_t)w;
	}
	if (close(fd) < 0 || renameat(dir, temporary, dir, file) < 0)
		return -errno;
	return 0;
}

/* The generator writes printable ASCII and newlines. */
static void write_escaped(FILE *f, const struct text *t)
{
	size_t from = 0;

	for (size_t i = 0; i < t->len; i++) {
		char c = t->data[i];

		if (c != '"' && c != '\\' && c != '\n')
			continue;
		fwrite_unlocked(t->data + from, 1, i - from, f);
		fputs_unlocked(c == '"' ? "\\\"" : c == '\\' ? "\\\\" : "\\n", f);
		from = i + 1;
	}
	fwrite_unlocked(t->data + from, 1, t->len - from, f);
}

static void write_line(FILE *f, const struct options *o, uint64_t i, const char *file, const struct text *t)
{
	uint64_t ms = (uint64_t)((double)(i - o->first) / (double)o->count * (double)o->span_hours * 3600000);
	time_t at = FIRST_SECOND + (time_t)(ms / 1000);
	struct tm tm;
	char when[32];

	gmtime_r(&at, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
	fprintf(f, "{\"id\":\"%s\",\"time\":\"%s.%03uZ\",\"text\":\"", file, when, (unsigned)(ms % 1000));
	write_escaped(f, t);
	fputs_unlocked("\"}\n", f);
}

static void write_truth(FILE *f, const char *file, const struct wire_article *a)
{
	const struct wire_source *s = a->sources;
	bool two = a->n_sources == 2;

	fprintf(f, "%s\t%s\t", file, wire_kind_names[a->kind]);
	for (unsigned i = 0; i < a->n_sources; i++)
		fprintf(f, "%sart-%07" PRIu64 ".txt", i ? "," : "", s[i].of);
	if (two)
		fprintf(f, "\t%u,%u\t%u,%u", s[0].here, s[1].here, s[0].there, s[1].there);
	else if (a->n_sources)
		fprintf(f, "\t%u\t%u", s[0].here, s[0].there);
	else
		fputs("\t\t", f);
	fprintf(f, "\t%s\t%s%s%s\n", a->form ? a->form : "", a->furniture ? "FURNITURE" : "", a->furniture && a->figure ? "," : "",
		a->figure ? "FIGURE" : "");
}

static void wait_until(const struct timespec *begin, double seconds)
{
	struct timespec at = *begin;
	double whole = (double)(uint64_t)seconds;

	at.tv_sec += (time_t)seconds;
	at.tv_nsec += (long)((seconds - whole) * 1e9);
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

struct outputs {
	int dir; /* -1: no files */
	FILE *ndjson, *truth;
};

static int generate(const struct options *o, const struct outputs *to)
{
	struct wire_article a;
	struct timespec begin;
	int r = 0;

	wire_article_init(&a);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (uint64_t i = o->first; i < o->first + o->count; i++) {
		char file[40];

		wire_make(&o->wire, i, &a);
		if (o->rate > 0)
			wait_until(&begin, (double)(i - o->first) / o->rate);
		snprintf(file, sizeof(file), "art-%07" PRIu64 ".txt", i);
		if (to->dir >= 0 && (r = write_file(to->dir, file, &a.text)) < 0) {
			fprintf(stderr, "wiregen: %s/%s: %s\n", o->out, file, strerror(-r));
			break;
		}
		if (to->ndjson)
			write_line(to->ndjson, o, i, file, &a.text);
		if (to->ndjson && o->rate > 0)
			fflush(to->ndjson);
		if (to->truth)
			write_truth(to->truth, file, &a);
	}
	wire_article_release(&a);
	return r;
}

static uint64_t number(const char *option, const char *value, uint64_t min, uint64_t max)
{
	char *end;
	uint64_t v;

	errno = 0;
	v = strtoull(value, &end, 10);
	if (errno || end == value || *end || *value == '-' || v < min || v > max) {
		fprintf(stderr, "wiregen: --%s takes a number from %" PRIu64 " to %" PRIu64 ", not \"%s\"\n", option, min, max, value);
		exit(64);
	}
	return v;
}

static void wrong(const char *what)
{
	fprintf(stderr, "wiregen: %s; wiregen --help tells more\n", what);
	exit(64);
}

static void parse(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
		{ "out", 1, NULL, 'o' },    { "ndjson", 1, NULL, 'n' }, { "span-hours", 1, NULL, 'H' }, { "count", 1, NULL, 'c' },
		{ "first", 1, NULL, 'f' },  { "bytes", 1, NULL, 'b' },  { "words", 1, NULL, 'w' },      { "copies", 1, NULL, 'p' },
		{ "templates", 1, NULL, 'T' }, { "distance", 1, NULL, 'd' }, { "seed", 1, NULL, 's' },  { "rate", 1, NULL, 'r' },
		{ "truth", 1, NULL, 't' },  { "help", 0, NULL, 'h' },   { NULL, 0, NULL, 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (c) {
		case 'o': o->out = optarg; break;
		case 'n': o->ndjson = optarg; break;
		case 't': o->truth = optarg; break;
		case 'H': o->span_hours = number("span-hours", optarg, 0, 100000); break;
		case 'c': o->count = number("count", optarg, 1, 100000000); break;
		case 'f': o->first = number("first", optarg, 0, 100000000); break;
		case 'b': o->wire.bytes = number("bytes", optarg, 200, WIRE_TEXT_BYTES / 4); break;
		case 'w': o->wire.words = number("words", optarg, 20, WIRE_TEXT_BYTES / 40); break;
		case 'p': o->wire.copies = number("copies", optarg, 0, 100); break;
		case 'T': o->wire.templates = number("templates", optarg, 0, 100); break;
		case 's': o->wire.seed = number("seed", optarg, 0, UINT64_MAX); break;
		case 'd': o->wire.distance = number("distance", optarg, 1, 100000000); break;
		case 'r': o->rate = (double)number("rate", optarg, 1, 1000000); break;
		case 'h': fputs(help, stdout); exit(0);
		default: fputs("wiregen --help tells more.\n", stderr); exit(64);
		}
	}
	if ((!o->out && !o->ndjson) || optind != argc)
		wrong("takes --out or --ndjson, and no other words");
	if (o->wire.copies + o->wire.templates > 100)
		wrong("--copies and --templates together are over 100 percent");
	if (o->ndjson && o->truth && strcmp(o->ndjson, "-") == 0 && strcmp(o->truth, "-") == 0)
		wrong("--ndjson and --truth cannot both be stdout");
}

static FILE *open_stream(const char *path)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "w") : stdout;

	if (!f) {
		fprintf(stderr, "wiregen: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	setvbuf(f, NULL, _IOFBF, LINE_BUFFER);
	return f;
}

static int close_stream(FILE *f, const char *path)
{
	bool failed = f && ferror(f);

	if (f && (fclose(f) != 0 || failed)) {
		fprintf(stderr, "wiregen: %s: not all could be written\n", path);
		return -EIO;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { .wire = { .seed = 1, .distance = 2000, .bytes = 4096, .copies = 30 }, .count = 1000, .span_hours = 72 };
	struct outputs to = { .dir = -1 };
	int r;

	parse(argc, argv, &o);
	if (o.out) {
		if (mkdir(o.out, 0775) == 0 || errno == EEXIST)
			to.dir = open(o.out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (to.dir < 0) {
			fprintf(stderr, "wiregen: %s: %s\n", o.out, strerror(errno));
			return 1;
		}
	}
	if (o.ndjson)
		to.ndjson = open_stream(o.ndjson);
	if (o.truth)
		to.truth = open_stream(o.truth);
	r = generate(&o, &to);
	if (to.dir >= 0)
		close(to.dir);
	if (close_stream(to.ndjson, o.ndjson) < 0 || close_stream(to.truth, o.truth) < 0)
		r = -EIO;
	return r < 0;
}
