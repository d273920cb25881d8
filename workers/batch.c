#include "workers/batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "workers/keep.h"
#include "workers/store.h"

/* What a batch computes takes some fifty times its bodies; this bounds it. One article is always allowed. */
#define BATCH_BYTES (512u << 10)

enum { SLICE_MS = 20, MAX_ARTICLES = 65536, COMPLAIN_MS = 30000 };

enum state { EMPTY, READ, LOOK, RESERVE, WAVE, EXTRACT, EMIT, SINK, SETTLE };

struct batch {
	struct batch_parts parts;
	enum state state;
	struct job **jobs;
	size_t n, room;
	size_t bytes; /* of the bodies in it */
	size_t cursor;
	struct ledger_reserve *reserve;
	struct job **reserved;       /* the job of each row in reserve */
	size_t n_reserve;
	struct job **wave;
	size_t n_wave;
	struct ledger_settle *settle;
	size_t outstanding;          /* sink items without an answer */
	uint64_t complained_ms;      /* 0: never */
	bool unwell;                 /* complained, and nothing was published since */
	struct batch_counts counts;
};

int batch_open(const struct batch_parts *parts, struct batch **ret, struct err *err)
{
	struct batch *b = calloc(1, sizeof(*b));
	size_t room = parts->o->group_articles < MAX_ARTICLES ? parts->o->group_articles : MAX_ARTICLES;
	if (b) {
		*b = (struct batch){ .parts = *parts, .room = room };
		b->jobs = calloc(room, sizeof(*b->jobs));
		b->reserve = calloc(room, sizeof(*b->reserve));
		b->reserved = calloc(room, sizeof(*b->reserved));
		b->wave = calloc(room, sizeof(*b->wave));
		b->settle = calloc(room, sizeof(*b->settle));
	}
	if (!b || !b->jobs || !b->reserve || !b->reserved || !b->wave || !b->settle) {
		batch_close(&b);
		return err_set(err, -ENOMEM, "out of memory");
	}
	*ret = b;
	return 0;
}

void batch_close(struct batch **b)
{
	if (!*b)
		return;
	free((*b)->jobs);
	free((*b)->reserve);
	free((*b)->reserved);
	free((*b)->wave);
	free((*b)->settle);
	free(*b);
	*b = NULL;
}

void batch_set_sink(struct batch *b, void *sink_handle)
{
	b->parts.sink_handle = sink_handle;
}

bool batch_is_empty(const struct batch *b)
{
	return b->n == 0;
}

bool batch_is_full(const struct batch *b)
{
	return b->n == b->room || b->bytes >= BATCH_BYTES;
}

const struct batch_counts *batch_counts(const struct batch *b)
{
	return &b->counts;
}

void batch_add(struct batch *b, struct job *j)
{
	b->jobs[b->n++] = j;
	b->bytes += j->ctl.body.len;
	b->state = READ;
	b->cursor = 0;
}

/* ---- answers: after one of these the job is not ours any more ---- */

static void forget(struct batch *b, struct job *j)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->jobs[i] == j)
			b->jobs[i] = NULL;
}

static void answer_release(struct batch *b, struct job *j, const char *why)
{
	log_debug("CT2201", "handed back", "article=%s why=\"%s\"", j->id, why);
	b->counts.released++;
	forget(b, j);
	link_release(b->parts.link, j, RELEASE_RETRY);
}

void batch_give_back(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->jobs[i])
			link_release(b->parts.link, b->jobs[i], RELEASE_DRAINING);
	b->n = 0;
}

/* Something outside is wrong and articles wait for it: say so, but not for each of them. */
static void complain(struct batch *b, const char *event, const char *why)
{
	uint64_t now = clock_mono_ms();
	if (b->complained_ms && now - b->complained_ms < COMPLAIN_MS)
		return;
	b->complained_ms = now;
	b->unwell = true;
	log_warn(event, "articles are handed back and wait", "why=\"%s\"", why);
}

static void no_room_for_ledger(struct batch *b)
{
	complain(b, "CT2202", "No space left for the ledger: free some on the disk of paths.state, or raise worker.map_bytes");
}

static void answer_settled(struct batch *b, struct job *j, enum ledger_state state, uint32_t claims)
{
	bool bad = j->state == JOB_BAD;
	forget(b, j);
	if (state == LEDGER_PUBLISHED) {
		b->counts.published++;
		b->counts.claims += claims;
		link_ack(b->parts.link, j, OUTCOME_PUBLISHED, claims, "", "");
	} else if (state == LEDGER_COPY) {
		b->counts.copies++;
		link_ack(b->parts.link, j, OUTCOME_COPY, 0, "", "");
	} else {
		b->counts.failed++;
		link_ack(b->parts.link, j, OUTCOME_FAILED, 0, bad ? j->reason_code : "ABANDONED",
			 bad ? j->why.text : "it was given up before; see its reason file");
	}
}

/* ---- READ: decode and fingerprint, article by article ---- */

static bool slice_is_over(uint64_t began)
{
	return clock_mono_ms() - began >= SLICE_MS;
}

static void read_some(struct batch *b)
{
	uint64_t began = clock_mono_ms();
	for (; b->cursor < b->n; b->cursor++) {
		struct job *j = b->jobs[b->cursor];
		if (slice_is_over(began))
			return;
		if (j->orphan) { /* another worker has it by now */
			answer_release(b, j, "its lease is gone");
			continue;
		}
		if (j->state != JOB_ALLOWED)
			link_started(b->parts.link, j);
		j->lease.started = true;
		if (job_read(j, b->parts.o))
			answer_release(b, j, "out of memory");
	}
	b->state = LOOK;
}

/* ---- LOOK and RESERVE: the verdicts ---- */

static void fill_reserve(struct batch *b)
{
	b->n_reserve = 0;
	for (size_t i = 0; i < b->n; i++) {
		struct job *j = b->jobs[i];
		if (j && j->orphan && j->state == JOB_READ) {
			answer_release(b, j, "its lease is gone");
			continue;
		}
		if (!j || j->state != JOB_READ)
			continue;
		struct ledger_reserve *r = &b->reserve[b->n_reserve];
		*r = (struct ledger_reserve){ .generation = j->ctl.generation, .instance = link_instance(b->parts.link) };
		r->copy = (struct copy_item){ .id = j->lease.article, .article_id = { j->id, ULID_TEXT }, .fp = &j->fp, .text = j->article.text,
					      .time_ms = keep_time(j->article.time, j->ctl.received_ms), .arrival_ms = j->ctl.received_ms, .arena = j->arena };
		b->reserved[b->n_reserve++] = j;
	}
}

/* -ENOMEM and -ENOSPC end nothing: the articles go back and come again. */
static int give_back_reserve(struct batch *b, int rc, struct err *err)
{
	if (rc != -ENOMEM && rc != -ENOSPC)
		return store_failed(rc, err);
	if (rc == -ENOSPC)
		no_room_for_ledger(b);
	for (size_t i = 0; i < b->n_reserve; i++)
		if (rc != -ENOMEM || !job_is_too_complex(b->reserved[i], b->parts.o))
			answer_release(b, b->reserved[i], strerror(-rc));
	b->n_reserve = 0;
	b->state = WAVE;
	return 0;
}

static int look(struct batch *b, struct err *err)
{
	fill_reserve(b);
	b->state = RESERVE;
	int rc = b->n_reserve ? ledger_look(b->parts.ledger, b->reserve, b->n_reserve) : 0;
	return rc ? give_back_reserve(b, rc, err) : 0;
}

static void take_reserved(struct batch *b)
{
	for (size_t i = 0; i < b->n_reserve; i++) {
		struct ledger_reserve *r = &b->reserve[i];
		struct job *j = b->reserved[i];
		if (r->state == LEDGER_PENDING) {
			j->verdict = &r->copy.verdict;
			j->state = JOB_RESERVED;
		} else if (r->state == LEDGER_UNKNOWN) {
			b->counts.deferred++;
			forget(b, j);
			link_defer(b->parts.link, j, &r->copy.wait_for);
		} else {
			answer_settled(b, j, r->state, r->claims);
		}
	}
	b->state = WAVE;
}

static int reserve(struct batch *b, enum batch_step *ret, struct err *err)
{
	int rc = b->n_reserve ? ledger_reserve(b->parts.ledger, b->reserve, b->n_reserve) : 0;
	if (rc == -EAGAIN) {
		*ret = BATCH_LATER;
		return 0;
	}
	if (rc)
		return give_back_reserve(b, rc, err);
	take_reserved(b);
	return 0;
}

/* ---- WAVE: who can go now ---- */

static const struct job *unsettled_in_batch(const struct batch *b, const struct job *self, struct str id)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct job *j = b->jobs[i];
		if (j && j != self && j->state == JOB_RESERVED && id.len == ULID_TEXT && !memcmp(j->id, id.data, ULID_TEXT))
			return j;
	}
	return NULL;
}

static bool leans_on_batch(const struct batch *b, const struct job *j)
{
	const struct verdict *v = j->verdict;
	struct str last = v->of;
	if (unsettled_in_batch(b, j, v->of))
		return true;
	for (size_t i = 0; i < v->n_passages; i++) {
		struct str other = v->passages[i].other_article_id;
		if (!str_eq(other, last) && unsettled_in_batch(b, j, other))
			return true;
		last = other;
	}
	return false;
}

static void next_wave(struct batch *b)
{
	b->n_wave = 0;
	for (size_t i = 0; i < b->n; i++) {
		struct job *j = b->jobs[i];
		if (j && (j->state == JOB_BAD || (j->state == JOB_RESERVED && !leans_on_batch(b, j))))
			b->wave[b->n_wave++] = j;
	}
	b->cursor = 0;
	b->state = b->n_wave ? EXTRACT : EMPTY;
	if (b->n_wave)
		return;
	/* Leaning on one another in a ring cannot happen: each was judged against earlier ones only. */
	for (size_t i = 0; i < b->n; i++)
		if (b->jobs[i])
			answer_release(b, b->jobs[i], "its verdict leans on an article that was handed back");
	b->n = 0;
}

/* ---- EXTRACT, EMIT, SETTLE ---- */

static void drop_from_wave(struct batch *b, size_t i)
{
	b->wave[i] = NULL;
}

/* Whom its verdict leans on may have been handed back after the verdict: then it must be judged again. */
static int still_holds(struct batch *b, const struct job *j, bool *ret)
{
	const struct verdict *v = j->verdict;
	*ret = true;
	struct str last = { 0 };
	for (size_t i = 0; i <= v->n_passages && *ret; i++) {
		struct str other = i < v->n_passages ? v->passages[i].other_article_id : v->of;
		struct ulid id;
		bool in_batch = false;
		if (other.len == 0 || str_eq(other, last) || ulid_parse(other, &id))
			continue;
		last = other;
		for (size_t k = 0; k < b->n_reserve && !in_batch; k++)
			in_batch = ulid_cmp(&b->reserve[k].copy.id, &id) == 0;
		struct ledger_entry e;
		int rc = in_batch ? ledger_get(b->parts.ledger, &id, NULL, &e) : 0;
		if (rc)
			return rc;
		if (in_batch)
			*ret = e.state == LEDGER_PUBLISHED;
	}
	return 0;
}

static int extract_one(struct batch *b, size_t i, struct err *err)
{
	struct job *j = b->wave[i];
	bool holds;
	int rc = still_holds(b, j, &holds);
	if (rc)
		return store_failed(rc, err);
	if (holds) {
		link_started(b->parts.link, j);
		rc = job_extract(j, b->parts.index, b->parts.o);
		if (rc && rc != -ENOMEM)
			return store_failed(rc, err);
	}
	if (!holds || rc) {
		drop_from_wave(b, i);
		answer_release(b, j, holds ? "out of memory" : "its verdict leans on an article that was handed back");
	}
	return 0;
}

static int extract_some(struct batch *b, struct err *err)
{
	uint64_t began = clock_mono_ms();
	for (; b->cursor < b->n_wave; b->cursor++) {
		if (slice_is_over(began))
			return 0;
		if (b->wave[b->cursor]->state == JOB_BAD)
			continue;
		int rc = extract_one(b, b->cursor, err);
		if (rc)
			return rc;
	}
	b->state = EMIT;
	return 0;
}

void batch_sink_done(void *tag, enum sink_verdict verdict, const char *why, void *arg)
{
	struct batch *b = arg;
	struct job *j = tag;
	b->outstanding--;
	if (verdict == SINK_OK) {
		j->state = JOB_DURABLE;
	} else if (verdict == SINK_REJECT) {
		err_set(&j->why, -EINVAL, "the sink does not take it: %s", why);
		j->reason_code = "REJECTED";
		j->state = JOB_BAD;
	} else {
		for (size_t i = 0; i < b->n_wave; i++)
			if (b->wave[i] == j)
				drop_from_wave(b, i);
		complain(b, "CT2203", why);
		answer_release(b, j, why);
	}
}

static int emit(struct batch *b, struct err *err)
{
	const struct batch_parts *p = &b->parts;
	for (size_t i = 0; i < b->n_wave; i++) {
		struct job *j = b->wave[i];
		if (!j || (j->state != JOB_EXTRACTED && j->state != JOB_DURABLE))
			continue;
		struct sink_item item = { .article = &j->record, .claims = j->claims.claims, .n_claims = j->claims.n, .arena = j->arena, .tag = j };
		j->state = JOB_EXTRACTED;
		b->outstanding++;
		int rc = p->sink->submit(p->sink_handle, &item, 1, err);
		if (rc)
			return rc;
	}
	b->state = SINK;
	return p->sink->flush(p->sink_handle, err);
}

static size_t fill_settle(struct batch *b)
{
	size_t n = 0;
	for (size_t i = 0; i < b->n_wave; i++) {
		struct job *j = b->wave[i];
		if (!j)
			continue;
		b->wave[n] = j;
		struct ledger_settle *s = &b->settle[n++];
		*s = (struct ledger_settle){ .id = j->lease.article, .state = job_outcome(j), .generation = j->ctl.generation,
					     .instance = link_instance(b->parts.link) };
		if (s->state == LEDGER_ABANDONED) {
			s->reason_code = str_of(j->reason_code);
			s->reason = str_of(j->why.text);
		} else {
			s->claims = j->copy_claims;
			s->n_claims = j->n_copy_claims;
			s->own_claims = (uint32_t)j->claims.n;
		}
	}
	b->n_wave = n;
	return n;
}

/* Others settled some of the wave first: forget our records, answer those, write the rest again. */
static int settle_lost(struct batch *b, struct err *err)
{
	int rc = b->parts.sink->discard(b->parts.sink_handle, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < b->n_wave; i++) {
		struct job *j = b->wave[i];
		if (!b->settle[i].lost)
			continue;
		drop_from_wave(b, i);
		/* UNKNOWN: settled and pruned long ago. PENDING: a later life of it is under way elsewhere. */
		if (b->settle[i].found == LEDGER_PENDING || b->settle[i].found == LEDGER_UNKNOWN || j->orphan)
			answer_release(b, j, "it was settled by another");
		else
			answer_settled(b, j, b->settle[i].found, b->settle[i].found_claims);
	}
	b->state = EMIT;
	return 0;
}

static int settle_full(struct batch *b, struct err *err)
{
	no_room_for_ledger(b);
	int rc = b->parts.sink->discard(b->parts.sink_handle, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < b->n_wave; i++)
		answer_release(b, b->wave[i], "no space for the ledger");
	b->state = WAVE;
	return 0;
}

static int settle(struct batch *b, enum batch_step *ret, struct err *err)
{
	const struct batch_parts *p = &b->parts;
	size_t n = fill_settle(b);
	int rc = n ? ledger_settle(p->ledger, b->settle, n, p->sink->mark(p->sink_handle)) : 0;
	if (rc == -EAGAIN) {
		*ret = BATCH_LATER;
		return 0;
	}
	if (rc == -ESTALE)
		return settle_lost(b, err);
	if (rc == -ENOSPC)
		return settle_full(b, err);
	if (rc)
		return store_failed(rc, err);
	p->sink->commit(p->sink_handle);
	if (n && b->unwell) {
		b->unwell = false;
		log_info("CT2204", "articles are published again", "articles=%zu", n);
	}
	for (size_t i = 0; i < n; i++)
		answer_settled(b, b->wave[i], b->settle[i].state, b->settle[i].own_claims);
	b->state = WAVE;
	return 0;
}

int batch_step(struct batch *b, enum batch_step *ret, struct err *err)
{
	int rc = 0;
	*ret = BATCH_AGAIN;
	switch (b->state) {
	case EMPTY:
		break;
	case READ:
		read_some(b);
		break;
	case LOOK:
		rc = look(b, err);
		break;
	case RESERVE:
		rc = reserve(b, ret, err);
		break;
	case WAVE:
		next_wave(b);
		break;
	case EXTRACT:
		rc = extract_some(b, err);
		break;
	case EMIT:
		rc = emit(b, err);
		break;
	case SINK:
		if (b->outstanding)
			*ret = BATCH_WAITS;
		else
			b->state = SETTLE;
		break;
	case SETTLE:
		rc = settle(b, ret, err);
		break;
	}
	if (rc == 0 && b->state == EMPTY) {
		*ret = BATCH_EMPTY;
		if (b->n_reserve)
			b->counts.batches++;
		b->n_reserve = 0;
		b->bytes = 0;
	}
	return rc;
}
