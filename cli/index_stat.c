/* copytaster index stat: what the copy index holds, bucket by bucket. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/index.h"
#include "cli/term.h"
#include "proto/json.h"
#include "workers/copy/upkeep.h"

static const struct {
	const char *key, *what;
} kinds[LMDB_KINDS] = {
	[KIND_BLOCK] = { "entries", "entries" }, [KIND_STATE] = { "states", "states" }, [KIND_RUN] = { "postings", "postings" },
	[KIND_ID] = { "ids", "ids" }, [KIND_CLAIM] = { "claims", "claims" },
};

struct sums {
	uint64_t pending, published, gone, postings, runs, bytes, kind[LMDB_KINDS];
};

struct figures {
	const struct options *o;
	struct upkeep_stat index;
	struct store_stat store;
	struct sums all;
};

static uint64_t bytes_of(const struct upkeep_bucket *b)
{
	uint64_t n = 0;
	for (size_t k = 0; k < LMDB_KINDS; k++)
		n += b->bytes[k];
	return n;
}

static void sum_up(struct figures *f)
{
	for (size_t i = 0; i < f->index.n; i++) {
		const struct upkeep_bucket *b = &f->index.b[i];
		f->all.pending += b->pending;
		f->all.published += b->published;
		f->all.gone += b->gone;
		f->all.postings += b->postings;
		f->all.runs += b->runs;
		f->all.bytes += bytes_of(b);
		for (size_t k = 0; k < LMDB_KINDS; k++)
			f->all.kind[k] += b->bytes[k];
	}
}

static uint64_t per_article(const struct figures *f)
{
	uint64_t n = f->all.published + f->all.pending;
	return n ? f->all.bytes / n : 0;
}

/* ---- JSON ---- */

static void json_bytes(struct buf *out, const uint64_t bytes[LMDB_KINDS])
{
	buf_text(out, "\"bytes\":{");
	for (size_t k = 0; k < LMDB_KINDS; k++)
		buf_printf(out, "%s\"%s\":%" PRIu64, k ? "," : "", kinds[k].key, bytes[k]);
	buf_char(out, '}');
}

static void put_json(struct buf *out, const struct figures *f)
{
	buf_printf(out, "{\"format\":%u,\"windowMs\":%" PRIu64 ",\"pending\":%" PRIu64 ",\"published\":%" PRIu64 ",\"gone\":%" PRIu64
		   ",\"postings\":%" PRIu64 ",\"runs\":%" PRIu64 ",\"totalBytes\":%" PRIu64 ",\"bytesPerArticle\":%" PRIu64
		   ",\"usedBytes\":%" PRIu64 ",\"mapBytes\":%" PRIu64 ",", f->index.format, f->o->copy_window_ms, f->all.pending, f->all.published,
		   f->all.gone, f->all.postings, f->all.runs, f->all.bytes, per_article(f), f->store.used_bytes, f->store.map_bytes);
	json_bytes(out, f->all.kind);
	buf_text(out, ",\"buckets\":[");
	for (size_t i = 0; i < f->index.n; i++) {
		const struct upkeep_bucket *b = &f->index.b[i];
		char from[RFC3339_SIZE], to[RFC3339_SIZE];
		clock_format(b->from_ms, from);
		clock_format(b->to_ms, to);
		buf_printf(out, "%s{\"from\":\"%s\",\"to\":\"%s\",\"pending\":%" PRIu64 ",\"published\":%" PRIu64 ",\"gone\":%" PRIu64 ",\"postings\":%" PRIu64
			   ",\"runs\":%" PRIu64 ",", i ? "," : "", from, to, b->pending, b->published, b->gone, b->postings, b->runs);
		json_bytes(out, b->bytes);
		buf_char(out, '}');
	}
	buf_text(out, "]}\n");
}

/* ---- people ---- */

/* Four digits at most, with the unit that options take. */
static void put_size(struct buf *out, uint64_t bytes)
{
	static const char units[] = " KMGT";
	double v = (double)bytes;
	size_t u = 0;
	for (; v >= 9999.5 && u < 4; u++)
		v /= 1024;
	if (u == 0)
		buf_printf(out, " %8" PRIu64, bytes);
	else
		buf_printf(out, " %7.0f%c", v, units[u]);
}

static void put_time(struct buf *out, uint64_t ms)
{
	char text[RFC3339_SIZE];
	clock_format(ms, text);
	text[10] = ' ';
	buf_printf(out, "%.16s", text);
}

static void put_buckets(struct buf *out, const struct term *t, const struct figures *f)
{
	term_on(out, t, STYLE_BOLD);
	buf_printf(out, "%-35s %9s %7s %7s %10s %4s %8s\n", "arrivals (UTC)", "published", "pending", "gone", "postings", "runs", "bytes");
	term_off(out, t);
	for (size_t i = 0; i < f->index.n; i++) {
		const struct upkeep_bucket *b = &f->index.b[i];
		put_time(out, b->from_ms);
		buf_text(out, " – ");
		put_time(out, b->to_ms);
		buf_printf(out, " %9" PRIu64 " %7" PRIu64 " %7" PRIu64 " %10" PRIu64 " %4" PRIu64, b->published, b->pending, b->gone, b->postings, b->runs);
		put_size(out, bytes_of(b));
		buf_char(out, '\n');
	}
	buf_printf(out, "%-35s %9" PRIu64 " %7" PRIu64 " %7" PRIu64 " %10" PRIu64 " %4" PRIu64, "all", f->all.published, f->all.pending, f->all.gone,
		   f->all.postings, f->all.runs);
	put_size(out, f->all.bytes);
	buf_char(out, '\n');
}

static void put_bytes(struct buf *out, const struct term *t, const struct figures *f)
{
	term_on(out, t, STYLE_BOLD);
	buf_printf(out, "%-12s %8s", "bytes", "all");
	for (size_t i = 0; i < f->index.n; i++)
		buf_printf(out, "  bucket%zu", i + 1);
	buf_char(out, '\n');
	term_off(out, t);
	for (size_t k = 0; k < LMDB_KINDS; k++) {
		buf_printf(out, "%-12s", kinds[k].what);
		put_size(out, f->all.kind[k]);
		for (size_t i = 0; i < f->index.n; i++)
			put_size(out, f->index.b[i].bytes[k]);
		buf_char(out, '\n');
	}
}

static void put_people(struct buf *out, const struct term *t, const struct figures *f)
{
	term_styled(out, t, STYLE_BOLD, STR("copy index"));
	buf_text(out, "  ");
	term_text(out, str_of(f->o->state));
	buf_printf(out, ", format %u, window %" PRIu64 " h\n", f->index.format, f->o->copy_window_ms / 3600000);
	put_buckets(out, t, f);
	put_bytes(out, t, f);
	buf_printf(out, "%" PRIu64 " bytes an article; the ledger's database, with this index, uses", per_article(f));
	put_size(out, f->store.used_bytes);
	buf_text(out, " of");
	put_size(out, f->store.map_bytes);
	buf_text(out, " (worker.map_bytes)\n");
}

int index_stat(const struct cli *c, const struct options *o)
{
	struct figures f = { .o = o };
	struct store *store = NULL;
	struct err err = { 0 };
	struct term term;
	struct buf out;
	int rc = store_open(o->state, o->map_bytes, true, &store, &err);
	if (rc == 0)
		rc = upkeep_stat(store, &f.index, &err);
	if (rc == 0 && (rc = store_stat(store, &f.store)))
		(void)err_set(&err, rc, "%s: %s", o->state, strerror(-rc));
	store_close(&store);
	if (rc)
		return cli_fail(c, CLI_FAILED, "%s", err.text);
	sum_up(&f);
	term_init(&term, STDOUT_FILENO);
	buf_init(&out, 0);
	if (c->json)
		put_json(&out, &f);
	else
		put_people(&out, &term, &f);
	rc = term_flush(&out, STDOUT_FILENO);
	buf_release(&out);
	return rc ? cli_fail(c, CLI_FAILED, "cannot write to standard output: %s", strerror(-rc)) : CLI_OK;
}
