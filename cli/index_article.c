#include "cli/index_article.h"

#include <errno.h>
#include <string.h>

#include "cli/index_records.h"
#include "cli/scan.h"
#include "cli/value.h"
#include "proto/json.h"
#include "workers/keep.h"

enum { LOOK_AHEAD = 64 };

struct reading {
	const json_t *record;
	struct arena *arena;
	struct index_article *out;
	struct article article;
	struct str *claim_ids;
	size_t n_claim_ids;
	const char *why;
};

static int bad(struct reading *r, const char *why)
{
	r->why = why;
	return -EBADMSG;
}

static struct str text_of(struct reading *r, const json_t *object, const char *key)
{
	return arena_str(r->arena, value_text(object, key));
}

static bool span_of(const json_t *v, size_t most, struct span *ret)
{
	uint64_t start = value_uint(v, "start"), end = value_uint(v, "end");
	if (!json_is_object(v) || start > end || end > most)
		return false;
	*ret = (struct span){ (uint32_t)start, (uint32_t)end };
	return true;
}

/* ---- the record ---- */

static enum block_kind kind_of_block(struct str name)
{
	for (enum block_kind k = BLOCK_TITLE; k <= BLOCK_BOILERPLATE; k++)
		if (str_is(name, name_block_kind(k)))
			return k;
	return 0;
}

static int take_blocks(struct reading *r)
{
	const json_t *list = json_object_get(r->record, "blocks"), *v;
	struct article *a = &r->article;
	uint32_t behind = 0;
	size_t i;
	a->blocks = ARENA_ARRAY(r->arena, json_array_size(list), struct block);
	if (!a->blocks)
		return -ENOMEM;
	json_array_foreach(list, i, v) {
		struct block *b = &a->blocks[i];
		b->kind = kind_of_block(value_text(v, "kind"));
		if (!b->kind || !span_of(v, a->text.len, &b->span) || b->span.start < behind)
			return bad(r, "its blocks do not fit its text");
		behind = b->span.end;
	}
	a->n_blocks = json_array_size(list);
	return 0;
}

static int take_article(struct reading *r)
{
	struct article *a = &r->article;
	if (!json_is_string(json_object_get(r->record, "text")))
		return bad(r, "it has no text");
	a->text = text_of(r, r->record, "text");
	a->language = text_of(r, r->record, "language");
	a->title = text_of(r, r->record, "title");
	a->time = text_of(r, r->record, "time");
	a->provider = text_of(r, r->record, "provider");
	if (arena_failed(r->arena))
		return -ENOMEM;
	return a->text.len > UINT32_MAX ? bad(r, "its text is too long") : take_blocks(r);
}

static int take_passages(struct reading *r, const json_t *list, struct verdict *ret)
{
	const json_t *v;
	size_t i;
	uint32_t behind = 0;
	ret->passages = ARENA_ARRAY(r->arena, json_array_size(list), struct passage);
	if (!ret->passages)
		return -ENOMEM;
	json_array_foreach(list, i, v) {
		if (!span_of(v, r->article.text.len, &ret->passages[i].here) || ret->passages[i].here.start < behind)
			return bad(r, "the passages of its verdict do not fit its text");
		behind = ret->passages[i].here.end;
	}
	ret->n_passages = json_array_size(list);
	return 0;
}

static int take_verdict(struct reading *r, struct str article_id)
{
	const json_t *v = json_object_get(r->record, "verdict"), *revision = json_object_get(v, "revision");
	struct verdict *out = &r->out->restore.item.verdict;
	struct str kind = value_text(v, "kind");
	uint64_t version = value_uint(revision, "version");
	for (enum verdict_kind k = VERDICT_ORIGINAL; k <= VERDICT_PARTIAL; k++)
		if (str_is(kind, name_verdict_kind(k)))
			out->kind = k;
	if (!out->kind)
		return bad(r, "it has no verdict");
	out->story_id = text_of(r, v, "storyId");
	if (out->story_id.len == 0)
		out->story_id = article_id;
	out->revision.version = version < UINT32_MAX ? (uint32_t)version : UINT32_MAX;
	return take_passages(r, json_object_get(v, "passages"), out);
}

static int take_claim_ids(struct reading *r)
{
	const json_t *list = json_object_get(r->record, "claimIds"), *v;
	size_t i;
	r->claim_ids = ARENA_ARRAY(r->arena, json_array_size(list), struct str);
	if (!r->claim_ids)
		return -ENOMEM;
	json_array_foreach(list, i, v) {
		if (!json_is_string(v))
			return bad(r, "its list of claims is damaged");
		r->claim_ids[i] = arena_str(r->arena, (struct str){ json_string_value(v), json_string_length(v) });
	}
	r->n_claim_ids = json_array_size(list);
	return arena_failed(r->arena) ? -ENOMEM : 0;
}

/* ---- claims ---- */

static int claim_span(struct str content, struct span *ret)
{
	json_t *list = json_loadb(content.data ? content.data : "", content.len, 0, NULL);
	size_t n = json_array_size(list);
	struct span ends[2] = { { 0, 0 }, { 0, 0 } };
	bool good = json_is_array(list);
	if (good && n)
		good = span_of(json_array_get(list, 0), UINT32_MAX, &ends[0]) && span_of(json_array_get(list, n - 1), UINT32_MAX, &ends[1]);
	json_decref(list);
	if (good)
		*ret = keep_span(ends, n ? 2 : 0);
	return good ? 0 : -EBADMSG;
}

/* Claims stand in the order in which the record lists them. */
static int take_claims(struct reading *r, struct str lines, struct copy_claim *list)
{
	struct str line;
	size_t at = 0, next = 0, n = 0;
	while (next < r->n_claim_ids && records_line(lines, &at, &line)) {
		struct scan_member m[] = { { "id", { 0 } }, { "content", { 0 } } };
		struct span span;
		if (scan_object(line, m, 2) || claim_span(m[1].value, &span))
			continue;
		size_t k = next, most = next + LOOK_AHEAD;
		while (k < r->n_claim_ids && k < most && !str_eq(r->claim_ids[k], scan_string(m[0].value)))
			k++;
		if (k == r->n_claim_ids || k == most)
			continue;
		list[n++] = (struct copy_claim){ .id = r->claim_ids[k], .span = span };
		next = k + 1;
	}
	r->out->own_claims = (uint32_t)r->n_claim_ids;
	r->out->missing_claims = (uint32_t)(r->n_claim_ids - n);
	r->out->restore.n_claims = n;
	return 0;
}

static int take_repeats(struct reading *r, struct repeat **ret, size_t *ret_n)
{
	const json_t *all = json_object_get(r->record, "repeats"), *v;
	size_t i;
	struct repeat *list = ARENA_ARRAY(r->arena, json_array_size(all), struct repeat);
	if (!list)
		return -ENOMEM;
	json_array_foreach(all, i, v) {
		list[i].claim_id = text_of(r, v, "claimId");
		if (!span_of(v, r->article.text.len, &list[i].span))
			return bad(r, "its repeats do not fit its text");
	}
	*ret = list;
	*ret_n = json_array_size(all);
	return arena_failed(r->arena) ? -ENOMEM : 0;
}

static int take_all_claims(struct reading *r, struct str lines)
{
	struct repeat *repeats = NULL;
	size_t n = 0;
	int rc = take_claim_ids(r);
	if (rc == 0)
		rc = take_repeats(r, &repeats, &n);
	if (rc)
		return rc;
	struct copy_claim *list = ARENA_ARRAY(r->arena, r->n_claim_ids + n, struct copy_claim);
	if (!list)
		return -ENOMEM;
	if ((rc = take_claims(r, lines, list)))
		return rc;
	struct copy_restore *out = &r->out->restore;
	keep_repeats(list, out->n_claims, repeats, n);
	out->claims = list;
	out->n_claims += n;
	return 0;
}

/* ---- all ---- */

/* Only an article without claims may have ended as a copy: then its sentences decide, as they did then. */
static int take_outcome(struct reading *r)
{
	const struct copy_item *item = &r->out->restore.item;
	struct claim_set set = { .n = 0 };
	int rc = 0;
	if (r->n_claim_ids == 0 && item->verdict.n_passages)
		rc = keep_extract(&r->article, item->article_id, STR(""), &item->verdict, item->fp, r->arena, &set);
	r->out->outcome = keep_outcome(r->n_claim_ids, set.skipped_sentences);
	return rc;
}

static int take_record(struct reading *r, struct str claims, const struct ulid *id)
{
	struct copy_item *item = &r->out->restore.item;
	char form[ULID_TEXT + 1];
	ulid_format(id, form);
	*item = (struct copy_item){ .id = *id, .article_id = arena_str(r->arena, str_of(form)), .arrival_ms = ulid_ms(id), .arena = r->arena };
	if (!item->article_id.data)
		return -ENOMEM;
	int rc = take_article(r);
	if (rc == 0)
		rc = take_verdict(r, item->article_id);
	if (rc == 0)
		rc = fingerprint(&r->article, r->arena, &r->out->fp);
	if (rc)
		return rc;
	item->fp = &r->out->fp;
	item->text = r->article.text;
	item->time_ms = keep_time(r->article.time, item->arrival_ms);
	rc = take_all_claims(r, claims);
	return rc ? rc : take_outcome(r);
}

int index_article_read(struct str line, struct str claims, const struct ulid *id, struct arena *arena, struct index_article *ret,
		       const char **ret_why)
{
	struct reading r = { .arena = arena, .out = ret, .why = "it is no JSON object" };
	json_t *record = json_loadb(line.data, line.len, 0, NULL);
	r.record = record;
	*ret = (struct index_article){ .outcome = LEDGER_UNKNOWN };
	int rc = json_is_object(record) ? take_record(&r, claims, id) : -EBADMSG;
	json_decref(record);
	*ret_why = r.why;
	return rc;
}
