/* Writes synthetic wire articles for benches and fault tests: the same ones for the same seed, with
 * quotes, figures and attributions, and a given share of copies of earlier ones.
 *
 *   wiregen --out DIR --count 20000 --copies 30 --truth truth.tsv
 *
 * Article i is made from seed and i alone, so a copy of j makes j again and changes it; nothing is
 * kept in memory. A file is written under a dot name and renamed, as a feed should do it. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_TEXT (1u << 20)
#define MAX_PARAGRAPHS 512

struct rng {
	uint64_t s;
};

/* splitmix64 (Steele, Lea, Flood 2014): every seed is a good one. */
static uint64_t rng_next(struct rng *r)
{
	uint64_t z = (r->s += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static uint64_t rng_below(struct rng *r, uint64_t n)
{
	return rng_next(r) % n;
}

struct text {
	char *data;
	size_t len;
};

static void put(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->data + t->len, MAX_TEXT - t->len, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= MAX_TEXT - t->len) {
		fprintf(stderr, "wiregen: an article grew over %u bytes; lower --bytes\n", MAX_TEXT);
		exit(1);
	}
	t->len += (size_t)n;
}

static const char *const nouns[] = {
	"harbour", "budget", "bridge", "strike", "harvest", "pipeline", "election", "tariff", "factory", "border", "railway", "hospital",
	"reservoir", "granary", "ceasefire", "currency", "refinery", "vaccine", "archive", "satellite", "orchard", "tunnel", "pension",
	"subsidy", "convoy", "laboratory", "quarry", "airport", "museum", "fishery", "glacier", "parliament", "tribunal", "warehouse", "cable",
	"mine", "school", "stadium", "forest", "prison", "lender", "turbine", "shipyard", "market", "vineyard", "embassy", "festival", "census",
	"drought", "landslide", "merger", "licence", "blockade", "audit", "appeal", "patent", "coalition", "referendum", "curfew", "ferry",
	"smelter", "depot", "canal", "barracks", "clinic", "monastery", "observatory", "plantation", "substation", "viaduct", "cooperative",
	"treaty", "inquiry", "settlement", "dividend", "outage", "epidemic", "embargo", "auction", "expedition"
};
static const char *const adjectives[] = {
	"coastal", "disputed", "northern", "damaged", "temporary", "secret", "annual", "costly", "regional", "delayed", "ageing", "private",
	"foreign", "rural", "illegal", "fragile", "joint", "unfinished", "remote", "urgent", "modern", "crowded", "southern", "forgotten",
	"popular", "contested", "frozen", "narrow", "profitable", "neglected", "historic", "emergency", "national", "provincial", "idle",
	"overdue", "flooded", "sealed", "rebuilt", "abandoned", "promised", "rented", "eastern", "central", "inland", "guarded"
};
static const char *const verbs[] = {
	"delayed", "approved", "rejected", "damaged", "reopened", "financed", "inspected", "abandoned", "extended", "blocked", "welcomed",
	"suspended", "expanded", "investigated", "cancelled", "replaced", "guarded", "mapped", "sold", "bought", "defended", "postponed",
	"evacuated", "surveyed", "restored", "criticised", "ignored", "monitored", "threatened", "supplied", "audited", "renamed", "divided",
	"protected", "flooded", "leased", "closed", "visited", "repaired", "taxed", "halted", "doubled", "reviewed", "occupied", "cleared"
};
static const char *const bodies[] = {
	"ministry", "council", "union", "commission", "company", "agency", "court", "bank", "police", "army", "board", "institute", "committee",
	"governor's office", "party", "association", "prosecutor", "university", "coastguard", "regulator", "consortium", "foundation"
};
static const char *const roles[] = {
	"Minister", "Mayor", "Professor", "General", "Governor", "Judge", "Captain", "Director", "Senator", "Doctor", "Bishop", "Commissioner",
	"Inspector", "Ambassador", "Colonel", "Chairman", "Engineer", "Deputy"
};
static const char *const counted[] = {
	"workers", "houses", "trucks", "soldiers", "patients", "families", "ships", "documents", "trees", "passengers", "cattle", "voters",
	"engineers", "pupils", "containers", "shops", "prisoners", "boats", "wells", "miners", "tourists", "farms", "machines", "letters"
};
static const char *const said[] = {
	"said", "told reporters", "added", "announced", "warned", "estimated", "confirmed", "argued", "conceded", "insisted", "explained"
};
static const char *const qualifiers[] = { "", "about ", "more than ", "at least ", "nearly ", "up to ", "fewer than ", "some " };
static const char *const links[] = {
	"after", "although", "because", "while", "before", "since", "unless", "even though", "so that", "as soon as", "once", "until"
};
static const char *const adverbs[] = {
	"quietly", "again", "abruptly", "on Monday", "last week", "overnight", "twice", "in March", "this year", "slowly", "at dawn", "by decree",
	"under protest", "without notice", "on Tuesday", "in secret", "for months", "at short notice", "since autumn", "in public"
};

static const char *pick(struct rng *r, const char *const *list, size_t n)
{
	return list[rng_below(r, n)];
}
#define PICK(r, list) pick(r, list, LEN(list))

/* A name of two to three syllables: thousands of them, so that names tell articles apart. */
static const char *name(struct rng *r, char out[32])
{
	static const char *const first[] = {
		"Bar", "Cal", "Dor", "El", "Far", "Gor", "Hal", "Il", "Jar", "Kel", "Lor", "Mar", "Nor", "Or", "Pel", "Quin", "Ros", "Sal", "Tar",
		"Ul", "Var", "Wes", "Yor", "Zan", "Bren", "Cas", "Dren", "Fen", "Gal", "Har", "Kor", "Lin", "Mor", "Nal", "Per", "Ran", "Sten", "Tor"
	};
	static const char *const middle[] = { "a", "e", "i", "o", "u", "an", "en", "in", "or", "al", "eth", "ish", "om", "ur", "ad", "el", "av", "est" };
	static const char *const last[] = {
		"da", "den", "dra", "ford", "gard", "ham", "ka", "land", "lin", "mar", "mund", "na", "nor", "ra", "ric", "rov", "sen", "son", "stad",
		"ta", "thal", "ton", "va", "vik", "wick", "win", "zia", "bury", "by", "cote", "dale", "fell"
	};

	snprintf(out, 32, "%s%s%s", PICK(r, first), PICK(r, middle), PICK(r, last));
	return out;
}

static void put_noun(struct rng *r, struct text *t)
{
	static const char *const starts[] = { "the", "a", "its", "their", "another", "every", "one", "that" };

	put(t, "%s ", PICK(r, starts));
	if (rng_below(r, 3))
		put(t, "%s ", PICK(r, adjectives));
	put(t, "%s", PICK(r, nouns));
}

static void put_figure(struct rng *r, struct text *t)
{
	static const char *const money[] = { "million crowns", "billion crowns", "percent", "million dollars", "tonnes", "kilometres" };

	put(t, "%s", PICK(r, qualifiers));
	switch (rng_below(r, 4)) {
	case 0:
		put(t, "%" PRIu64 ".%" PRIu64 " %s", 1 + rng_below(r, 90), rng_below(r, 10), PICK(r, money));
		break;
	case 1:
		put(t, "%" PRIu64 ",%03" PRIu64 " %s", 1 + rng_below(r, 80), rng_below(r, 1000), PICK(r, counted));
		break;
	default:
		put(t, "%" PRIu64 " %s", 2 + rng_below(r, 997), PICK(r, counted));
	}
}

static void put_actor(struct rng *r, struct text *t)
{
	char a[32], b[32];

	switch (rng_below(r, 4)) {
	case 0:
		put(t, "%s %s %s", PICK(r, roles), name(r, a), name(r, b));
		break;
	case 1:
		put(t, "the %s %s", name(r, a), PICK(r, bodies));
		break;
	case 2:
		put(t, "%s %s", name(r, a), name(r, b));
		break;
	default:
		put(t, "the %s of %s", PICK(r, bodies), name(r, a));
	}
}

static void put_clause(struct rng *r, struct text *t)
{
	char a[32];

	switch (rng_below(r, 6)) {
	case 0:
		put_actor(r, t);
		put(t, " %s ", PICK(r, verbs));
		put_noun(r, t);
		put(t, " near %s", name(r, a));
		break;
	case 1:
		put_figure(r, t);
		put(t, " were %s %s", PICK(r, verbs), PICK(r, adverbs));
		break;
	case 2:
		put_noun(r, t);
		put(t, " in %s had %s ", name(r, a), PICK(r, verbs));
		put_figure(r, t);
		break;
	case 3:
		put_noun(r, t);
		put(t, " %s ", PICK(r, verbs));
		put_noun(r, t);
		put(t, " %s", PICK(r, adverbs));
		break;
	case 4:
		put(t, "%s would lose ", name(r, a));
		put_figure(r, t);
		put(t, " and ");
		put_noun(r, t);
		break;
	default:
		put_noun(r, t);
		put(t, " was %s by ", PICK(r, verbs));
		put_actor(r, t);
	}
}

static void put_capital(struct rng *r, struct text *t, void (*fn)(struct rng *, struct text *))
{
	size_t at = t->len;

	fn(r, t);
	if (t->data[at] >= 'a' && t->data[at] <= 'z')
		t->data[at] = (char)(t->data[at] - 'a' + 'A');
}

static void put_sentence(struct rng *r, struct text *t)
{
	char a[32];

	switch (rng_below(r, 6)) {
	case 0: /* direct speech */
		put(t, "\"");
		put_capital(r, t, put_clause);
		put(t, " %s ", PICK(r, links));
		put_clause(r, t);
		put(t, ",\" %s %s.", name(r, a), PICK(r, said));
		return;
	case 1: /* reported, source last */
		put_capital(r, t, put_clause);
		put(t, " %s ", PICK(r, links));
		put_clause(r, t);
		put(t, ", ");
		put_actor(r, t);
		put(t, " %s.", PICK(r, said));
		return;
	case 2: /* reported, source first */
		put_capital(r, t, put_actor);
		put(t, " %s that ", PICK(r, said));
		put_clause(r, t);
		put(t, " and that ");
		put_clause(r, t);
		put(t, ".");
		return;
	case 3: /* through another */
		put(t, "The %s news agency quoted ", name(r, a));
		put_actor(r, t);
		put(t, " as saying that ");
		put_clause(r, t);
		put(t, ".");
		return;
	default:
		put_capital(r, t, put_clause);
		put(t, " %s ", PICK(r, links));
		put_clause(r, t);
		put(t, ".");
	}
}

static void put_paragraph(struct rng *r, struct text *t)
{
	uint64_t n = 2 + rng_below(r, 3);

	for (uint64_t i = 0; i < n; i++) {
		if (i)
			put(t, " ");
		put_sentence(r, t);
	}
}

struct options {
	const char *out, *truth;
	uint64_t count, first, bytes, copies, seed, distance;
	double rate;
};

/* Title, dateline and paragraphs until the text has `bytes`; paragraph[i] is where each begins. */
static size_t put_article(struct rng *r, struct text *t, uint64_t bytes, size_t paragraph[MAX_PARAGRAPHS])
{
	size_t n = 0;
	char place[32];

	put_capital(r, t, put_clause);
	put(t, "\n\n");
	name(r, place);
	for (char *c = place; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	paragraph[n++] = t->len;
	put(t, "%s, March %" PRIu64 " (Testwire) - ", place, 1 + rng_below(r, 2));
	put_paragraph(r, t);
	put(t, "\n");
	while (t->len < bytes && n < MAX_PARAGRAPHS) {
		put(t, "\n");
		paragraph[n++] = t->len;
		put_paragraph(r, t);
		put(t, "\n");
	}
	return n;
}

enum copy_kind { RESEND, CUT, LONGER, EDIT, COPY_KINDS };
static const char *const copy_names[] = { "RESEND", "CUT", "LONGER", "EDIT" };

/* One word in 40 becomes another: far enough apart that most 5-grams stay. */
static void edit_words(struct rng *r, struct text *t, struct text *scratch)
{
	size_t words = 0;

	scratch->len = 0;
	for (size_t i = 0; i < t->len;) {
		size_t end = i;

		while (end < t->len && t->data[end] != ' ' && t->data[end] != '\n')
			end++;
		words += end > i;
		if (end > i && words % 40 == 20 + words / 40 % 7)
			put(scratch, "%s", PICK(r, adjectives));
		else
			put(scratch, "%.*s", (int)(end - i), t->data + i);
		if (end < t->len)
			put(scratch, "%c", t->data[end]);
		i = end + 1;
	}
	memcpy(t->data, scratch->data, scratch->len);
	t->len = scratch->len;
}

static void change(struct rng *r, struct text *t, struct text *scratch, enum copy_kind kind, const size_t *paragraph, size_t n)
{
	switch (kind) {
	case CUT:
		t->len = paragraph[n / 3 + 1 < n ? n / 3 + 1 : n - 1];
		break;
	case LONGER:
		for (size_t i = 0; i < n / 2 + 1; i++) {
			put(t, "\n");
			put_paragraph(r, t);
			put(t, "\n");
		}
		break;
	case EDIT:
		edit_words(r, t, scratch);
		break;
	default: /* RESEND: not a byte changes */
		break;
	}
}

static uint64_t mix(uint64_t seed, uint64_t i, uint64_t salt)
{
	struct rng r = { seed ^ (i * 0x9e3779b97f4a7c15u) ^ (salt << 56) };

	rng_next(&r);
	return rng_next(&r);
}

static bool is_copy(const struct options *o, uint64_t i)
{
	return i > 0 && mix(o->seed, i, 1) % 100 < o->copies;
}

/* Fills t with article i; *ret_of is the original and *ret_kind its change when it is a copy. */
static bool make(const struct options *o, uint64_t i, struct text *t, struct text *scratch, uint64_t *ret_of, enum copy_kind *ret_kind)
{
	size_t paragraph[MAX_PARAGRAPHS], n;
	struct rng r = { mix(o->seed, i, 2) };
	bool copy = is_copy(o, i);
	uint64_t of = i;

	if (copy) {
		of = i - 1 - rng_below(&r, i < o->distance ? i : o->distance);
		while (is_copy(o, of)) /* article 0 never is */
			of--;
	}
	*ret_of = of;
	*ret_kind = (enum copy_kind)rng_below(&r, COPY_KINDS);
	t->len = 0;
	n = put_article(&(struct rng){ mix(o->seed, of, 3) }, t, o->bytes, paragraph);
	if (copy)
		change(&r, t, scratch, *ret_kind, paragraph, n);
	return copy;
}

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

static int generate(const struct options *o, int dir, FILE *truth)
{
	struct text t = { malloc(MAX_TEXT), 0 }, scratch = { malloc(MAX_TEXT), 0 };
	struct timespec begin;
	int r = 0;

	if (!t.data || !scratch.data)
		return -ENOMEM;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (uint64_t i = o->first; i < o->first + o->count; i++) {
		enum copy_kind kind;
		uint64_t of;
		char file[40];
		bool copy = make(o, i, &t, &scratch, &of, &kind);

		if (o->rate > 0)
			wait_until(&begin, (double)(i - o->first) / o->rate);
		snprintf(file, sizeof(file), "art-%07" PRIu64 ".txt", i);
		r = write_file(dir, file, &t);
		if (r < 0) {
			fprintf(stderr, "wiregen: %s/%s: %s\n", o->out, file, strerror(-r));
			break;
		}
		if (truth && copy)
			fprintf(truth, "%s\t%s\tart-%07" PRIu64 ".txt\n", file, copy_names[kind], of);
		else if (truth)
			fprintf(truth, "%s\tORIGINAL\t\n", file);
	}
	free(t.data);
	free(scratch.data);
	return r;
}

static const char help[] =
	"Usage: wiregen --out DIR [options]\n"
	"Writes synthetic wire articles, the same ones for the same seed.\n\n"
	"  --out DIR      where they go; made when missing\n"
	"  --count N      how many (1000)\n"
	"  --first I      number of the first one (0): goes on where an earlier run ended\n"
	"  --bytes N      size of an original, about (4096)\n"
	"  --copies P     percent that copy an earlier one: resent, cut, longer, edited (30)\n"
	"  --distance N   how far back a copy reaches, in articles (2000)\n"
	"  --seed N       (1)\n"
	"  --rate R       articles a second (as fast as it goes)\n"
	"  --truth FILE   what each is: file, ORIGINAL or the kind of copy, of which file; \"-\" is stdout\n\n"
	"Example:\n"
	"  wiregen --out staging --count 20000 --copies 30 --truth truth.tsv\n"
	"  wiregen --out drop --count 1000 --rate 50\n";

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

static void parse(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
		{ "out", 1, NULL, 'o' },   { "count", 1, NULL, 'c' }, { "first", 1, NULL, 'f' },    { "bytes", 1, NULL, 'b' },
		{ "copies", 1, NULL, 'p' }, { "seed", 1, NULL, 's' },  { "rate", 1, NULL, 'r' },     { "truth", 1, NULL, 't' },
		{ "help", 0, NULL, 'h' },  { "distance", 1, NULL, 'd' }, { NULL, 0, NULL, 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (c) {
		case 'o': o->out = optarg; break;
		case 't': o->truth = optarg; break;
		case 'c': o->count = number("count", optarg, 1, 100000000); break;
		case 'f': o->first = number("first", optarg, 0, 100000000); break;
		case 'b': o->bytes = number("bytes", optarg, 200, MAX_TEXT / 4); break;
		case 'p': o->copies = number("copies", optarg, 0, 100); break;
		case 's': o->seed = number("seed", optarg, 0, UINT64_MAX); break;
		case 'd': o->distance = number("distance", optarg, 1, 100000000); break;
		case 'r': o->rate = (double)number("rate", optarg, 1, 1000000); break;
		case 'h': fputs(help, stdout); exit(0);
		default: fputs("wiregen --help tells more.\n", stderr); exit(64);
		}
	}
	if (!o->out || optind != argc) {
		fputs(help, stderr);
		exit(64);
	}
}

int main(int argc, char **argv)
{
	struct options o = { .count = 1000, .bytes = 4096, .copies = 30, .seed = 1, .distance = 2000 };
	FILE *truth = NULL;
	int dir, r;

	parse(argc, argv, &o);
	if (mkdir(o.out, 0775) < 0 && errno != EEXIST)
		goto failed;
	dir = open(o.out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		goto failed;
	if (o.truth) {
		truth = strcmp(o.truth, "-") ? fopen(o.truth, "w") : stdout;
		if (!truth) {
			fprintf(stderr, "wiregen: %s: %s\n", o.truth, strerror(errno));
			return 1;
		}
	}
	r = generate(&o, dir, truth);
	close(dir);
	if (truth && fclose(truth) != 0)
		r = -EIO;
	return r < 0;

failed:
	fprintf(stderr, "wiregen: %s: %s\n", o.out, strerror(errno));
	return 1;
}
