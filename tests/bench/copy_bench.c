/* How fast the copy index is: copy_bench [ARTICLES [BATCH [FOLDER [TEXTS]]]]
 *
 * Makes articles of 187 words, three in ten of them copies (resent, cut, or with a sentence of their own), or takes those that
 * wiregen made in the folder TEXTS, and measures fold + shingle + winnow, the index in memory, the index on disk with synced
 * group commits of BATCH articles that are reserved and then settled as the worker does, and one article of 4 MB of one word. One
 * JSON line each, and on the way the cost of an article by the size of the index ("copy_curve"; plot_copies.py draws it).
 * FOLDER is where the index on disk is made. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "workers/copy/index.h"

enum { WORDS = 187, WORDS_BYTES = 14, TEXT_BYTES = 4096, HISTORY = 512, VOCABULARY = 30000, PARAGRAPH = 40, MAX_BATCH = 4096,
       MAX_TEXT_BYTES = 65536, LONG_BYTES = 4 << 20 };

#define WINDOW_MS (96ull * 3600000)

struct wire {
	const char *folder; /* NULL: made here */
	uint64_t seed;
	uint64_t made;
	char history[HISTORY][TEXT_BYTES];
	char text[MAX_TEXT_BYTES];
};

struct made {
	struct arena *arena;
	struct article article;
	struct fingerprint fp;
	char id[ULID_TEXT + 1];
};

static uint64_t draw(struct wire *w)
{
	w->seed ^= w->seed << 13;
	w->seed ^= w->seed >> 7;
	w->seed ^= w->seed << 17;
	return w->seed * 0x2545F4914F6CDD1Du >> 20;
}

/* Common words are drawn far more often, as in prose. */
static size_t put_word(struct wire *w, char *at, bool capital)
{
	double u = (double)(draw(w) % 1000003) / 1000003;
	unsigned n = (unsigned)(u * u * u * VOCABULARY), len = 2 + n % 9;

	for (unsigned i = 0; i < len; i++, n = n * 31 + 7)
		at[i] = (char)('a' + n / 3 % 26);
	if (capital)
		at[0] = (char)(at[0] - 32);
	at[len] = ' ';
	return len + 1;
}

static size_t put_words(struct wire *w, char *at, size_t words)
{
	size_t n = 0;

	for (size_t i = 0; i < words; i++) {
		n += put_word(w, at + n, i % 17 == 0 || draw(w) % 12 == 0);
		if (i % 17 == 16)
			memcpy(at + n - 1, ". ", 2), n++;
		if (i % PARAGRAPH == PARAGRAPH - 1)
			memcpy(at + n, "\n\n", 2), n += 2;
	}
	at[n] = 0;
	return n;
}

static void must(int rc, const char *what)
{
	if (rc) {
		fprintf(stderr, "copy_bench: %s: %s\n", what, strerror(-rc));
		exit(1);
	}
}

/* The next file of wiregen into w->text. */
static size_t read_next(struct wire *w)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/art-%07llu.txt", w->folder, (unsigned long long)w->made++);
	FILE *f = fopen(path, "rb");
	if (!f)
		must(-errno, path);
	size_t len = fread(w->text, 1, sizeof(w->text), f);
	fclose(f);
	return len;
}

/* The next article into w->text. */
static size_t wire_next(struct wire *w)
{
	if (w->folder)
		return read_next(w);
	const char *old = w->history[draw(w) % HISTORY];
	size_t len;

	if (w->made >= HISTORY && draw(w) % 10 < 3) {
		len = strlen(old);
		switch (draw(w) % 3) {
		case 0: break;
		case 1: len = len * 6 / 10; break;
		default: break;
		}
		memcpy(w->text, old, len);
		w->text[len] = 0;
		if (draw(w) % 3 == 0)
			len += put_words(w, w->text + len, 17);
	} else {
		len = put_words(w, w->text, WORDS);
		memcpy(w->history[w->made % HISTORY], w->text, len + 1);
	}
	w->made++;
	return len;
}

static void make(struct wire *w, struct made *m)
{
	size_t len = wire_next(w), at = 0;

	arena_reset(m->arena);
	m->article = (struct article){ .text = arena_str(m->arena, (struct str){ w->text, len }) };
	m->article.blocks = ARENA_ARRAY(m->arena, len / 8 + 2, struct block);
	while (at < len) {
		const char *end = memmem(m->article.text.data + at, len - at, "\n\n", 2);
		size_t stop = end ? (size_t)(end - m->article.text.data) : len;
		if (stop > at)
			m->article.blocks[m->article.n_blocks++] = (struct block){ BLOCK_PARAGRAPH, { (uint32_t)at, (uint32_t)stop } };
		at = stop + 2;
	}
}

/* Arrived at this part of the window: all buckets are in use. */
static struct copy_item item_of(struct made *m, double part)
{
	uint64_t now = clock_wall_ms() - WINDOW_MS + (uint64_t)(part * (double)WINDOW_MS);
	struct copy_item it = { .id = ulid_new(now), .fp = &m->fp, .text = m->article.text, .time_ms = now, .arrival_ms = now, .arena = m->arena };

	ulid_format(&it.id, m->id);
	it.article_id = (struct str){ m->id, ULID_TEXT };
	return it;
}

static struct wire *wire_new(const char *folder)
{
	struct wire *w = calloc(1, sizeof(*w));

	if (!w)
		must(-12, "wire");
	w->folder = folder;
	w->seed = 88172645463325252u;
	return w;
}

static double percent(uint64_t part, uint64_t of)
{
	return of ? 100.0 * (double)part / (double)of : 0;
}

/* The cost of an article since the last point, at 1, 2 and 5 times a power of ten. */
struct curve {
	const char *backend;
	uint64_t next, seen, ns;
};

static void curve_add(struct curve *c, uint64_t articles, uint64_t ns)
{
	c->seen += articles;
	c->ns += ns;
	if (c->next == 0)
		c->next = 1000;
	if (c->seen < c->next)
		return;
	uint64_t lead = c->next;
	while (lead >= 10)
		lead /= 10;
	uint64_t before = lead == 1 ? c->next / 2 : lead == 2 ? c->next / 2 : c->next / 5 * 2;
	if (c->next == 1000)
		before = 0;
	printf("{\"bench\":\"copy_curve\",\"backend\":\"%s\",\"index\":%llu,\"us\":%.2f}\n", c->backend, (unsigned long long)c->next,
	       (double)c->ns / 1e3 / (double)(c->next - before));
	c->ns = 0;
	c->next = lead == 2 ? c->next / 2 * 5 : c->next * 2;
}

static void bench_memory(uint64_t articles, const char *texts)
{
	const struct copy_config config = { WINDOW_MS, 3600000 };
	struct copy_index *x = copy_index_new(&config);
	struct wire *w = wire_new(texts);
	struct made m = { .arena = arena_new(64 << 20) };
	struct curve curve = { .backend = "memory" };
	uint64_t print_ns = 0, judge_ns = 0, last_ns = 0, words = 0, copies = 0, tail = articles / 10 + 1;

	for (uint64_t i = 0; i < articles; i++) {
		make(w, &m);
		uint64_t t0 = clock_mono_ns();
		must(fingerprint(&m.article, m.arena, &m.fp), "fingerprint");
		uint64_t t1 = clock_mono_ns();
		struct copy_item it = item_of(&m, (double)i / (double)articles);
		must(copy_index_judge_and_add(x, &it), "judge");
		uint64_t t2 = clock_mono_ns();
		print_ns += t1 - t0;
		judge_ns += t2 - t1;
		last_ns += i >= articles - tail ? t2 - t1 : 0;
		curve_add(&curve, 1, t2 - t0);
		words += m.fp.n_words;
		copies += it.verdict.kind != VERDICT_ORIGINAL;
	}
	double n = (double)articles;
	printf("{\"bench\":\"fingerprint\",\"articles\":%llu,\"words\":%.0f,\"us\":%.2f}\n", (unsigned long long)articles, (double)words / n,
	       (double)print_ns / 1e3 / n);
	printf("{\"bench\":\"copy_memory\",\"articles\":%llu,\"copies_percent\":%.1f,\"judge_us\":%.2f,\"judge_us_last_tenth\":%.2f,"
	       "\"articles_per_s\":%.0f}\n",
	       (unsigned long long)articles, percent(copies, articles), (double)judge_ns / 1e3 / n, (double)last_ns / 1e3 / (double)tail,
	       n / ((double)(print_ns + judge_ns) / 1e9));
	copy_index_free(&x);
	arena_free(&m.arena);
	free(w);
}

struct disk {
	struct store *store;
	struct copy_index *x;
	uint64_t judge_ns, reserve_ns, settle_ns, commit_ns, copies, waits, slowest_ns, print_ns;
};

static void commit(struct disk *d, struct store_txn *t)
{
	uint64_t t0 = clock_mono_ns();

	must(store_commit(t), "commit");
	d->commit_ns += clock_mono_ns() - t0;
}

static void run_batch(struct disk *d, struct copy_item *items, size_t n)
{
	static const struct copy_claim claim = { { "c", 1 }, { 0, 20 } };
	struct store_txn t;
	uint64_t t0 = clock_mono_ns();

	must(copy_index_judge(d->x, items, n), "judge");
	uint64_t t1 = clock_mono_ns();
	must(store_write(d->store, &t), "write");
	must(copy_index_reserve(d->x, &t, items, n), "reserve");
	uint64_t t2 = clock_mono_ns();
	commit(d, &t);
	uint64_t t3 = clock_mono_ns();
	must(store_write(d->store, &t), "write");
	for (size_t i = 0; i < n; i++) {
		bool copy = items[i].verdict.kind == VERDICT_EXACT;
		must(copy_index_settle(d->x, &t, &items[i].id, !copy, &claim, 1), "settle");
		d->copies += items[i].verdict.kind != VERDICT_ORIGINAL;
		d->waits += items[i].must_wait;
	}
	d->settle_ns += clock_mono_ns() - t3;
	commit(d, &t);
	if (clock_mono_ns() - t0 > d->slowest_ns)
		d->slowest_ns = clock_mono_ns() - t0;
	d->judge_ns += t1 - t0;
	d->reserve_ns += t2 - t1;
}

static void bench_disk(uint64_t articles, size_t batch, const char *folder, const char *texts)
{
	const struct copy_config config = { WINDOW_MS, 3600000 };
	struct disk d = { 0 };
	struct err err = { 0 };
	struct wire *w = wire_new(texts);
	struct made *made = calloc(batch, sizeof(*made));
	struct copy_item *items = calloc(batch, sizeof(*items));
	struct store_stat stat;

	if (!made || !items)
		must(-12, "batch");
	for (size_t i = 0; i < batch; i++)
		made[i].arena = arena_new(4 << 20);
	if (store_open(folder, 64ull << 30, false, &d.store, &err) || copy_index_open(d.store, &config, &d.x, &err)) {
		fprintf(stderr, "copy_bench: %s\n", err.text);
		exit(1);
	}
	struct curve curve = { .backend = "lmdb" };
	for (uint64_t done = 0; done < articles; done += batch) {
		uint64_t ns = 0;
		for (size_t i = 0; i < batch; i++) {
			make(w, &made[i]);
			uint64_t t0 = clock_mono_ns();
			must(fingerprint(&made[i].article, made[i].arena, &made[i].fp), "fingerprint");
			ns += clock_mono_ns() - t0;
			items[i] = item_of(&made[i], (double)done / (double)articles);
		}
		uint64_t t0 = clock_mono_ns();
		run_batch(&d, items, batch);
		d.print_ns += ns;
		curve_add(&curve, batch, ns + clock_mono_ns() - t0);
	}
	must(store_stat(d.store, &stat), "stat");
	double n = (double)articles, all = (double)(d.print_ns + d.judge_ns + d.reserve_ns + d.settle_ns + d.commit_ns);
	printf("{\"bench\":\"copy_lmdb\",\"articles\":%llu,\"batch\":%zu,\"copies_percent\":%.1f,\"fingerprint_us\":%.1f,\"judge_us\":%.1f,\"reserve_us\":%.1f,"
	       "\"settle_us\":%.1f,\"commit_us\":%.1f,\"articles_per_s\":%.0f,\"bytes_per_article\":%.0f,\"waits\":%llu,"
	       "\"slowest_batch_ms\":%.1f}\n",
	       (unsigned long long)articles, batch, percent(d.copies, articles), (double)d.print_ns / 1e3 / n, (double)d.judge_ns / 1e3 / n, (double)d.reserve_ns / 1e3 / n,
	       (double)d.settle_ns / 1e3 / n, (double)d.commit_ns / 1e3 / n, n / (all / 1e9), (double)stat.used_bytes / n,
	       (unsigned long long)d.waits, (double)d.slowest_ns / 1e6);
	copy_index_free(&d.x);
	store_close(&d.store);
	for (size_t i = 0; i < batch; i++)
		arena_free(&made[i].arena);
	free(made);
	free(items);
	free(w);
}

/* The worst a text can do to alignment and postings: one word all over, judged against itself. */
static void bench_long(void)
{
	const struct copy_config config = { WINDOW_MS, 3600000 };
	struct copy_index *x = copy_index_new(&config);
	struct made m = { .arena = arena_new(256 << 20) };
	char *text = malloc(LONG_BYTES);
	double ms[2] = { 0, 0 };

	if (!x || !text || !m.arena)
		must(-12, "long");
	for (size_t i = 0; i < LONG_BYTES; i++)
		text[i] = "copy "[i % 5];
	for (int k = 0; k < 2; k++) {
		struct block whole = { BLOCK_PARAGRAPH, { 0, LONG_BYTES } };
		arena_reset(m.arena);
		m.article = (struct article){ .text = { text, LONG_BYTES }, .blocks = &whole, .n_blocks = 1 };
		uint64_t t0 = clock_mono_ns();
		must(fingerprint(&m.article, m.arena, &m.fp), "fingerprint");
		struct copy_item it = item_of(&m, 1);
		must(copy_index_judge_and_add(x, &it), "judge");
		ms[k] = (double)(clock_mono_ns() - t0) / 1e6;
		text[0] = 'h'; /* the second is near, not equal */
	}
	printf("{\"bench\":\"copy_long\",\"bytes\":%d,\"first_ms\":%.1f,\"again_ms\":%.1f}\n", LONG_BYTES, ms[0], ms[1]);
	copy_index_free(&x);
	arena_free(&m.arena);
	free(text);
}

int main(int argc, char **argv)
{
	uint64_t articles = argc > 1 ? strtoull(argv[1], NULL, 10) : 20000;
	size_t batch = argc > 2 ? strtoull(argv[2], NULL, 10) : 256;
	char folder[] = "/tmp/copytaster-bench-XXXXXX";

	if (articles == 0 || batch == 0 || batch > MAX_BATCH || argc > 5) {
		fprintf(stderr, "usage: copy_bench [ARTICLES [BATCH [FOLDER [TEXTS]]]]   (BATCH at most %d)\n", MAX_BATCH);
		return 64;
	}
	const char *where = argc > 3 ? argv[3] : mkdtemp(folder);
	if (!where) {
		perror("copy_bench: /tmp");
		return 1;
	}
	const char *texts = argc > 4 ? argv[4] : NULL;
	bench_memory(articles, texts);
	bench_disk(articles - articles % batch, batch, where, texts);
	bench_long();
	if (argc <= 3)
		fprintf(stderr, "copy_bench: the index is left in %s\n", where);
	return 0;
}
