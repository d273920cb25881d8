#include "workers/job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "workers/keep.h"
#include "workers/record.h"

struct job *job_new(size_t arena_bytes)
{
	struct job *j = calloc(1, sizeof(*j));
	if (!j)
		return NULL;
	j->arena = arena_new(arena_bytes);
	if (!j->arena)
		job_free(&j);
	return j;
}

void job_reset(struct job *j)
{
	struct arena *arena = j->arena;
	if (j->has_frame)
		zmq_msg_close(&j->frame);
	arena_reset(arena);
	*j = (struct job){ .arena = arena };
}

void job_free(struct job **j)
{
	if (!*j)
		return;
	if ((*j)->has_frame)
		zmq_msg_close(&(*j)->frame);
	arena_free(&(*j)->arena);
	free(*j);
	*j = NULL;
}

static void is_bad(struct job *j, const char *code)
{
	j->state = JOB_BAD;
	j->reason_code = code;
}

/* The arena is at its cap. Else malloc failed, which may pass. */
bool job_is_too_complex(struct job *j, const struct options *o)
{
	if (!arena_failed(j->arena) || arena_used(j->arena) < o->arena_bytes / 2)
		return false;
	err_set(&j->why, -ENOMEM, "the article needs more than worker.arena_bytes (%llu) to be read: raise it, or split the file",
		(unsigned long long)o->arena_bytes);
	is_bad(j, "TOO_COMPLEX");
	return true;
}

static int out_of_memory(struct job *j, const struct options *o)
{
	return job_is_too_complex(j, o) ? 0 : -ENOMEM;
}

#ifdef COPYTASTER_TEST_HOOKS
/* For the tests of crashing workers: an article with this text in it ends or stops the process. */
static void test_hooks(struct str body)
{
	const char *poison = getenv("COPYTASTER_TEST_POISON"), *stall = getenv("COPYTASTER_TEST_STALL");
	if (poison && *poison && memmem(body.data, body.len, poison, strlen(poison)))
		abort();
	while (stall && *stall && memmem(body.data, body.len, stall, strlen(stall)))
		;
}
#endif

int job_read(struct job *j, const struct options *o)
{
	struct decode_input in = { .bytes = j->ctl.body, .file_name = j->ctl.file_name };
#ifdef COPYTASTER_TEST_HOOKS
	test_hooks(j->ctl.body);
#endif
	enum decode_result d = decode(&in, j->arena, &j->article, &j->why);
	if (d == DECODE_MEMORY)
		return out_of_memory(j, o);
	if (d != DECODE_OK) {
		is_bad(j, decode_result_name(d));
		return 0;
	}
	if (j->article.provider.len == 0)
		j->article.provider = str_of(o->provider);
	if (fingerprint(&j->article, j->arena, &j->fp))
		return out_of_memory(j, o);
	j->state = JOB_READ;
	return 0;
}

/* What later articles need to point at these claims, and through this article at those that it carries again. */
static int note_claims(struct job *j)
{
	const struct article_record *r = &j->record;
	j->n_copy_claims = j->claims.n + r->n_repeats;
	j->copy_claims = ARENA_ARRAY(j->arena, j->n_copy_claims, struct copy_claim);
	if (!j->copy_claims)
		return -ENOMEM;
	for (size_t i = 0; i < j->claims.n; i++) {
		const struct claim *c = &j->claims.claims[i];
		j->copy_claims[i] = (struct copy_claim){ .id = c->id, .span = keep_span(c->content, c->n_content) };
	}
	keep_repeats(j->copy_claims, j->claims.n, r->repeats, r->n_repeats);
	return 0;
}

static int extract(struct job *j, struct copy_index *index)
{
	struct str id = { j->id, ULID_TEXT };
	struct record_input r = { .article = &j->article, .article_id = id, .file_name = j->ctl.file_name, .body = j->ctl.body,
				  .received_ms = j->ctl.received_ms, .verdict = j->verdict, .claims = &j->claims };
	if (!ulid_is_zero(&j->ctl.supersedes)) {
		char text[ULID_TEXT + 1];
		ulid_format(&j->ctl.supersedes, text);
		r.supersedes = arena_str(j->arena, str_of(text));
	}
	int rc = keep_extract(&j->article, id, record_file_name(j->arena, j->ctl.file_name), j->verdict, &j->fp, j->arena, &j->claims);
	if (rc == 0)
		rc = copy_index_repeats(index, j->verdict, &j->fp, j->arena, &r.repeats, &r.n_repeats);
	if (rc == 0)
		rc = record_build(&r, j->arena, &j->record);
	return rc ? rc : note_claims(j);
}

int job_extract(struct job *j, struct copy_index *index, const struct options *o)
{
	int rc = extract(j, index);
	if (rc == -ENOMEM)
		return out_of_memory(j, o);
	if (rc == 0)
		j->state = JOB_EXTRACTED;
	return rc;
}

enum ledger_state job_outcome(const struct job *j)
{
	if (j->state == JOB_BAD)
		return LEDGER_ABANDONED;
	return keep_outcome(j->claims.n, j->claims.skipped_sentences);
}
