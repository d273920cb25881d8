#include "proto/convert.h"

#include <errno.h>
#include <math.h>

#include "base/utf8.h"

/* The first failure stays; the fields after it are filled with harmless values. */
struct conv {
	struct arena *arena;
	int rc;
};

char *convert_text(struct str s, struct arena *arena, int *rc)
{
	struct str copy;

	if (s.len == 0)
		return (char *)protobuf_c_empty_string;
	if (memchr(s.data, 0, s.len) || !utf8_valid(s)) {
		*rc = *rc ? *rc : -EILSEQ;
		return (char *)protobuf_c_empty_string;
	}
	copy = arena_str(arena, s);
	if (!copy.data) {
		*rc = *rc ? *rc : -ENOMEM;
		return (char *)protobuf_c_empty_string;
	}
	return (char *)copy.data;
}

static char *text(struct conv *c, struct str s)
{
	return convert_text(s, c->arena, &c->rc);
}

/* An optional string of message type TYPE: present when not empty. */
#define OPT_TEXT(c, m, TYPE, field, FIELD, s) \
	do { \
		if ((s).len > 0) { \
			(m)->field = text((c), (s)); \
			(m)->has_##field##_case = PB_HAS(TYPE, FIELD); \
		} \
	} while (0)

/* Another optional field. */
#define OPT(m, TYPE, field, FIELD, present, v) \
	do { \
		if (present) { \
			(m)->field = (v); \
			(m)->has_##field##_case = PB_HAS(TYPE, FIELD); \
		} \
	} while (0)

static void *room(struct conv *c, size_t n, size_t size)
{
	void *p = arena_array(c->arena, n, size);

	if (!p && !c->rc)
		c->rc = -ENOMEM;
	return p;
}

/* An array of n pointers to n messages in one piece; *ret_n stays 0 on failure. */
static void *rows(struct conv *c, size_t n, size_t size, void *ret_pointers, size_t *ret_n)
{
	char *messages = NULL;
	void **pointers;

	if (n == 0)
		return NULL;
	pointers = room(c, n, sizeof(*pointers));
	if (pointers)
		messages = room(c, n, size);
	if (!messages)
		return NULL;
	for (size_t i = 0; i < n; i++)
		pointers[i] = messages + i * size;
	*(void ***)ret_pointers = pointers;
	*ret_n = n;
	return messages;
}

static void texts(struct conv *c, const struct str *in, size_t n, char ***ret, size_t *ret_n)
{
	char **out;

	if (n == 0)
		return;
	out = room(c, n, sizeof(*out));
	if (!out)
		return;
	for (size_t i = 0; i < n; i++)
		out[i] = text(c, in[i]);
	*ret = out;
	*ret_n = n;
}

static PB(Span) *span(struct conv *c, struct span in)
{
	PB(Span) *m = room(c, 1, sizeof(*m));

	if (!m)
		return NULL;
	*m = (PB(Span))PB_INIT(SPAN);
	m->start = in.start;
	m->end = in.end;
	return m;
}

static void spans(struct conv *c, const struct span *in, size_t n, PB(Span) ***ret, size_t *ret_n)
{
	PB(Span) *m = rows(c, n, sizeof(*m), ret, ret_n);

	for (size_t i = 0; m && i < n; i++) {
		m[i] = (PB(Span))PB_INIT(SPAN);
		m[i].start = in[i].start;
		m[i].end = in[i].end;
	}
}

static void text_spans(struct conv *c, const struct text_span *in, size_t n, PB(TextSpan) ***ret, size_t *ret_n)
{
	PB(TextSpan) *m = rows(c, n, sizeof(*m), ret, ret_n);

	for (size_t i = 0; m && i < n; i++) {
		m[i] = (PB(TextSpan))PB_INIT(TEXT_SPAN);
		m[i].start = in[i].span.start;
		m[i].end = in[i].span.end;
		m[i].text = text(c, in[i].text);
	}
}

/* ---- verdict ---- */

static void passages(struct conv *c, const struct verdict *v, PB(Verdict) *out)
{
	PB(Passage) *m = rows(c, v->n_passages, sizeof(*m), &out->passages, &out->n_passages);

	for (size_t i = 0; m && i < v->n_passages; i++) {
		const struct passage *p = &v->passages[i];

		m[i] = (PB(Passage))PB_INIT(PASSAGE);
		m[i].start = p->here.start;
		m[i].end = p->here.end;
		m[i].other_article_id = text(c, p->other_article_id);
		m[i].other_start = p->there.start;
		m[i].other_end = p->there.end;
	}
}

static void revision(struct conv *c, const struct verdict *v, PB(Verdict) *out)
{
	PB(Revision) *m;

	if (v->revision.of.len == 0)
		return;
	m = room(c, 1, sizeof(*m));
	if (!m)
		return;
	*m = (PB(Revision))PB_INIT(REVISION);
	m->of = text(c, v->revision.of);
	m->version = v->revision.version;
	out->revision = m;
}

static PB(Verdict) *verdict(struct conv *c, const struct verdict *v)
{
	PB(Verdict) *m = room(c, 1, sizeof(*m));

	if (!m)
		return NULL;
	*m = (PB(Verdict))PB_INIT(VERDICT);
	m->kind = (PB(VerdictKind))v->kind;
	OPT(m, VERDICT, reason, REASON, v->reason != REASON_UNSET, (PB(VerdictReason))v->reason);
	OPT_TEXT(c, m, VERDICT, of, OF, v->of);
	m->story_id = text(c, v->story_id);
	revision(c, v, m);
	if (!isfinite(v->containment) || !isfinite(v->other_containment) || !isfinite(v->jaccard))
		c->rc = c->rc ? c->rc : -ERANGE;
	m->containment = v->containment;
	m->other_containment = v->other_containment;
	m->jaccard = v->jaccard;
	m->matched_words = v->matched_words;
	m->longest_run = v->longest_run;
	passages(c, v, m);
	return m;
}

int convert_verdict_back(const PB(Verdict) *m, struct arena *arena, struct verdict *ret)
{
	struct verdict v = { .kind = (enum verdict_kind)m->kind, .story_id = str_of(m->story_id) };

	if (m->has_reason_case == PB_HAS(VERDICT, REASON))
		v.reason = (enum verdict_reason)m->reason;
	if (m->has_of_case == PB_HAS(VERDICT, OF))
		v.of = str_of(m->of);
	if (m->revision) {
		v.revision.of = str_of(m->revision->of);
		v.revision.version = m->revision->version;
	}
	if (!isfinite(m->containment) || !isfinite(m->other_containment) || !isfinite(m->jaccard))
		return -EBADMSG;
	v.containment = m->containment;
	v.other_containment = m->other_containment;
	v.jaccard = m->jaccard;
	v.matched_words = m->matched_words;
	v.longest_run = m->longest_run;
	v.n_passages = m->n_passages;
	v.passages = ARENA_ARRAY(arena, m->n_passages, struct passage);
	if (!v.passages)
		return -ENOMEM;
	for (size_t i = 0; i < m->n_passages; i++) {
		const PB(Passage) *p = m->passages[i];

		v.passages[i] = (struct passage){ .here = { p->start, p->end }, .other_article_id = str_of(p->other_article_id),
						  .there = { p->other_start, p->other_end } };
	}
	*ret = v;
	return 0;
}

/* ---- claim ---- */

static void vias(struct conv *c, const struct attribution *a, PB(Attribution) *out)
{
	PB(Via) *m = rows(c, a->n_via, sizeof(*m), &out->via, &out->n_via);

	for (size_t i = 0; m && i < a->n_via; i++) {
		const struct via *v = &a->via[i];

		m[i] = (PB(Via))PB_INIT(VIA);
		OPT_TEXT(c, &m[i], VIA, attribution_id, ATTRIBUTION_ID, v->attribution_id);
		m[i].source = v->has_source ? span(c, v->source) : NULL;
		m[i].source_text = text(c, v->source_text);
		OPT_TEXT(c, &m[i], VIA, source_name, SOURCE_NAME, v->source_name);
		OPT(&m[i], VIA, source_type, SOURCE_TYPE, v->source_type != 0, (PB(SourceType))v->source_type);
		text_spans(c, v->cue, v->n_cue, &m[i].cue, &m[i].n_cue);
	}
}

static PB(Attribution) *attribution(struct conv *c, const struct attribution *a)
{
	PB(Attribution) *m;

	if (a->id.len == 0)
		return NULL;
	m = room(c, 1, sizeof(*m));
	if (!m)
		return NULL;
	*m = (PB(Attribution))PB_INIT(ATTRIBUTION);
	m->id = text(c, a->id);
	m->source = a->has_source ? span(c, a->source) : NULL;
	m->source_text = text(c, a->source_text);
	OPT_TEXT(c, m, ATTRIBUTION, source_name, SOURCE_NAME, a->source_name);
	OPT_TEXT(c, m, ATTRIBUTION, source_role, SOURCE_ROLE, a->source_role);
	m->source_type = (PB(SourceType))a->source_type;
	m->inherited = a->inherited;
	text_spans(c, a->cue, a->n_cue, &m->cue, &m->n_cue);
	vias(c, a, m);
	return m;
}

static void quantities(struct conv *c, const struct claim *in, PB(Claim) *out)
{
	PB(Quantity) *m = rows(c, in->n_quantities, sizeof(*m), &out->quantities, &out->n_quantities);

	for (size_t i = 0; m && i < in->n_quantities; i++) {
		const struct quantity *q = &in->quantities[i];

		m[i] = (PB(Quantity))PB_INIT(QUANTITY);
		m[i].start = q->span.start;
		m[i].end = q->span.end;
		m[i].text = text(c, q->text);
		/* A figure too large for a double goes out as its words only. */
		OPT(&m[i], QUANTITY, value, VALUE, q->has_value && isfinite(q->value), q->value);
		OPT(&m[i], QUANTITY, upper, UPPER, q->has_upper && isfinite(q->upper), q->upper);
		m[i].unit = text(c, q->unit);
		m[i].what = text(c, q->what);
		m[i].qualifier = (PB(Qualifier))q->qualifier;
		m[i].so_far = q->so_far;
		m[i].per = text(c, q->per);
		m[i].change = (PB(Change))q->change;
	}
}

static void times(struct conv *c, const struct claim *in, PB(Claim) *out)
{
	PB(TimeReference) *m = rows(c, in->n_times, sizeof(*m), &out->times, &out->n_times);

	for (size_t i = 0; m && i < in->n_times; i++) {
		const struct time_ref *t = &in->times[i];

		m[i] = (PB(TimeReference))PB_INIT(TIME_REFERENCE);
		m[i].start = t->span.start;
		m[i].end = t->span.end;
		m[i].text = text(c, t->text);
		OPT_TEXT(c, &m[i], TIME_REFERENCE, iso, ISO, t->iso);
		m[i].role = (PB(TimeRole))t->role;
	}
}

static void places(struct conv *c, const struct claim *in, PB(Claim) *out)
{
	PB(Place) *m = rows(c, in->n_places, sizeof(*m), &out->places, &out->n_places);

	for (size_t i = 0; m && i < in->n_places; i++) {
		m[i] = (PB(Place))PB_INIT(PLACE);
		m[i].start = in->places[i].span.start;
		m[i].end = in->places[i].span.end;
		m[i].name = text(c, in->places[i].name);
	}
}

int convert_claim(const struct claim *in, struct arena *arena, PB(Claim) **ret)
{
	struct conv c = { arena, 0 };
	PB(Claim) *m = room(&c, 1, sizeof(*m));

	if (!m)
		return c.rc;
	*m = (PB(Claim))PB_INIT(CLAIM);
	m->id = text(&c, in->id);
	m->article_id = text(&c, in->article_id);
	m->kind = (PB(ClaimKind))in->kind;
	m->status = (PB(ClaimStatus))in->status;
	texts(&c, in->supersedes, in->n_supersedes, &m->supersedes, &m->n_supersedes);
	m->text = text(&c, in->text);
	spans(&c, in->content, in->n_content, &m->content, &m->n_content);
	m->sentence = span(&c, in->sentence);
	m->sentence_text = text(&c, in->sentence_text);
	OPT_TEXT(&c, m, CLAIM, title, TITLE, in->title);
	OPT_TEXT(&c, m, CLAIM, article_time, ARTICLE_TIME, in->article_time);
	OPT_TEXT(&c, m, CLAIM, provider, PROVIDER, in->provider);
	m->file_name = text(&c, in->file_name);
	m->language = text(&c, in->language);
	m->story_id = text(&c, in->story_id);
	m->attribution = attribution(&c, &in->attribution);
	quantities(&c, in, m);
	times(&c, in, m);
	places(&c, in, m);
	m->modality = (PB(Modality))in->modality;
	m->polarity = (PB(Polarity))in->polarity;
	m->extractor_version = text(&c, in->extractor_version);
	m->model_version = text(&c, in->model_version);
	if (!c.rc)
		*ret = m;
	return c.rc;
}

/* ---- article record, receipt ---- */

static void blocks(struct conv *c, const struct article_record *a, PB(ArticleRecord) *out)
{
	PB(Block) *m = rows(c, a->n_blocks, sizeof(*m), &out->blocks, &out->n_blocks);

	for (size_t i = 0; m && i < a->n_blocks; i++) {
		m[i] = (PB(Block))PB_INIT(BLOCK);
		m[i].kind = (PB(BlockKind))a->blocks[i].kind;
		m[i].start = a->blocks[i].span.start;
		m[i].end = a->blocks[i].span.end;
	}
}

static void repeats(struct conv *c, const struct article_record *a, PB(ArticleRecord) *out)
{
	PB(Repeat) *m = rows(c, a->n_repeats, sizeof(*m), &out->repeats, &out->n_repeats);

	for (size_t i = 0; m && i < a->n_repeats; i++) {
		m[i] = (PB(Repeat))PB_INIT(REPEAT);
		m[i].claim_id = text(c, a->repeats[i].claim_id);
		m[i].start = a->repeats[i].span.start;
		m[i].end = a->repeats[i].span.end;
	}
}

int convert_article(const struct article_record *a, struct arena *arena, PB(ArticleRecord) **ret)
{
	struct conv c = { arena, 0 };
	PB(ArticleRecord) *m = room(&c, 1, sizeof(*m));

	if (!m)
		return c.rc;
	*m = (PB(ArticleRecord))PB_INIT(ARTICLE_RECORD);
	m->article_id = text(&c, a->article_id);
	m->file_name = text(&c, a->file_name);
	m->sha256 = text(&c, a->sha256);
	m->media_type = text(&c, a->media_type);
	m->charset = text(&c, a->charset);
	m->text = text(&c, a->text);
	m->language = text(&c, a->language);
	OPT_TEXT(&c, m, ARTICLE_RECORD, time, TIME, a->time);
	m->time_source = (PB(TimeSource))a->time_source;
	m->received_time = text(&c, a->received_time);
	OPT_TEXT(&c, m, ARTICLE_RECORD, title, TITLE, a->title);
	OPT_TEXT(&c, m, ARTICLE_RECORD, byline, BYLINE, a->byline);
	OPT_TEXT(&c, m, ARTICLE_RECORD, provider, PROVIDER, a->provider);
	OPT_TEXT(&c, m, ARTICLE_RECORD, supplier_id, SUPPLIER_ID, a->supplier_id);
	OPT(m, ARTICLE_RECORD, supplier_version, SUPPLIER_VERSION, a->supplier_version != 0, a->supplier_version);
	OPT_TEXT(&c, m, ARTICLE_RECORD, pub_status, PUB_STATUS, a->pub_status);
	blocks(&c, a, m);
	m->verdict = verdict(&c, &a->verdict);
	texts(&c, a->claim_ids, a->n_claim_ids, &m->claim_ids, &m->n_claim_ids);
	repeats(&c, a, m);
	m->extractor_version = text(&c, a->extractor_version);
	m->model_version = text(&c, a->model_version);
	OPT_TEXT(&c, m, ARTICLE_RECORD, supersedes, SUPERSEDES, a->supersedes);
	if (!c.rc)
		*ret = m;
	return c.rc;
}

int convert_verdict(const struct verdict *v, struct arena *arena, PB(Verdict) **ret)
{
	struct conv c = { arena, 0 };
	PB(Verdict) *m = verdict(&c, v);

	if (!c.rc)
		*ret = m;
	return c.rc;
}

int convert_receipt(const struct receipt *r, struct arena *arena, PB(Receipt) **ret)
{
	struct conv c = { arena, 0 };
	PB(Receipt) *m = room(&c, 1, sizeof(*m));

	if (!m)
		return c.rc;
	*m = (PB(Receipt))PB_INIT(RECEIPT);
	m->article_id = text(&c, r->article_id);
	m->file_name = text(&c, r->file_name);
	m->outcome = (PB(Outcome))r->outcome;
	m->time = text(&c, r->time);
	m->bytes = r->bytes < UINT32_MAX ? (uint32_t)r->bytes : UINT32_MAX;
	m->attempts = r->attempts;
	m->claims = r->claims;
	OPT_TEXT(&c, m, RECEIPT, reason_code, REASON_CODE, r->reason_code);
	OPT_TEXT(&c, m, RECEIPT, reason, REASON, r->reason);
	OPT_TEXT(&c, m, RECEIPT, next_article_id, NEXT_ARTICLE_ID, r->next_article_id);
	OPT(m, RECEIPT, generation, GENERATION, r->generation != 0, r->generation);
	if (!c.rc)
		*ret = m;
	return c.rc;
}
