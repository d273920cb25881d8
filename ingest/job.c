#include "ingest/job.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define FIRST_BUCKETS 256

/* Articles in a second life stand behind all others: they do not hold the floor down. */
static int by_life_and_id(const void *a, const void *b)
{
	const struct job *x = a, *y = b;

	if ((x->generation > 0) != (y->generation > 0))
		return x->generation > 0 ? 1 : -1;
	return ulid_cmp(&x->id, &y->id);
}

int job_table_init(struct job_table *t)
{
	memset(t, 0, sizeof(*t));
	heap_init(&t->ids, by_life_and_id, offsetof(struct job, pos_id));
	/* A poor seed only makes the table guessable. */
	if (getrandom(&t->seed, sizeof(t->seed), GRND_NONBLOCK) != sizeof(t->seed))
		t->seed = 0x9e3779b97f4a7c15u;
	t->buckets = calloc(FIRST_BUCKETS, sizeof(struct job *));
	if (!t->buckets)
		return -ENOMEM;
	t->n_buckets = FIRST_BUCKETS;
	return 0;
}

static void job_free(struct job *j)
{
	free(j->name);
	free(j->code);
	free(j->reason);
	free(j);
}

void job_table_release(struct job_table *t)
{
	for (size_t i = 0; i < t->ids.n; i++)
		job_free(t->ids.items[i]);
	heap_release(&t->ids);
	free(t->buckets);
	memset(t, 0, sizeof(*t));
}

void job_set_generation(struct job_table *t, struct job *j, uint64_t generation)
{
	j->generation = generation;
	heap_fix(&t->ids, j);
}

static size_t bucket(const struct job_table *t, const struct ulid *id)
{
	uint64_t a, b;

	memcpy(&a, id->b, 8);
	memcpy(&b, id->b + 8, 8);
	a = (a ^ t->seed) * 0xbf58476d1ce4e5b9u;
	b = (b ^ (a >> 31) ^ a) * 0x94d049bb133111ebu;
	return (size_t)(b ^ (b >> 32)) & (t->n_buckets - 1);
}

struct job *job_find(const struct job_table *t, const struct ulid *id)
{
	for (struct job *j = t->buckets[bucket(t, id)]; j; j = j->hash_next)
		if (ulid_cmp(&j->id, id) == 0)
			return j;
	return NULL;
}

static int grow(struct job_table *t)
{
	struct job **old = t->buckets;
	size_t n_old = t->n_buckets;
	struct job **buckets = calloc(n_old * 2, sizeof(struct job *));

	if (!buckets)
		return -ENOMEM;
	t->buckets = buckets;
	t->n_buckets = n_old * 2;
	for (size_t i = 0; i < n_old; i++) {
		for (struct job *j = old[i], *next; j; j = next) {
			size_t b = bucket(t, &j->id);

			next = j->hash_next;
			j->hash_next = buckets[b];
			buckets[b] = j;
		}
	}
	free(old);
	return 0;
}

int job_add(struct job_table *t, const struct ulid *id, const char *name, struct job **ret)
{
	struct job *j;
	size_t b;
	int r;

	if (job_find(t, id))
		return -EEXIST;
	r = heap_reserve(&t->ids, t->n + 1);
	if (r == 0 && t->n >= t->n_buckets)
		r = grow(t);
	if (r < 0)
		return r;
	j = calloc(1, sizeof(*j));
	if (!j)
		return -ENOMEM;
	j->name = strdup(name);
	if (!j->name) {
		free(j);
		return -ENOMEM;
	}
	j->id = *id;
	j->state = JOB_WAITING;
	b = bucket(t, id);
	j->hash_next = t->buckets[b];
	t->buckets[b] = j;
	t->n++;
	heap_push(&t->ids, j);
	*ret = j;
	return 0;
}

void job_remove(struct job_table *t, struct job *j)
{
	struct job **at = &t->buckets[bucket(t, &j->id)];

	assert(!j->list && j->waiters.n == 0 && j->pos_ready == 0 && j->pos_when == 0);
	while (*at != j)
		at = &(*at)->hash_next;
	*at = j->hash_next;
	t->n--;
	heap_remove(&t->ids, j);
	job_free(j);
}

int job_set_reason(struct job *j, struct str code, struct str reason)
{
	char *c = strndup(code.len ? code.data : "", code.len);
	char *r = strndup(reason.len ? reason.data : "", reason.len);

	if (!c || !r) {
		free(c);
		free(r);
		return -ENOMEM;
	}
	free(j->code);
	free(j->reason);
	j->code = c;
	j->reason = r;
	return 0;
}

void job_list_push(struct job_list *l, struct job *j)
{
	assert(!j->list);
	j->list = l;
	j->next = NULL;
	j->prev = l->last;
	if (l->last)
		l->last->next = j;
	else
		l->first = j;
	l->last = j;
	l->n++;
}

void job_list_leave(struct job *j)
{
	struct job_list *l = j->list;

	if (!l)
		return;
	if (j->prev)
		j->prev->next = j->next;
	else
		l->first = j->next;
	if (j->next)
		j->next->prev = j->prev;
	else
		l->last = j->prev;
	l->n--;
	j->list = NULL;
	j->prev = j->next = NULL;
}

void file_mark_set(struct file_mark *m, const struct stat *st)
{
	m->dev = (uint64_t)st->st_dev;
	m->ino = (uint64_t)st->st_ino;
	m->size = (uint64_t)st->st_size;
	m->mtime = st->st_mtim;
}

bool file_mark_same(const struct file_mark *m, const struct stat *st)
{
	return m->dev == (uint64_t)st->st_dev && m->ino == (uint64_t)st->st_ino && m->size == (uint64_t)st->st_size &&
	       m->mtime.tv_sec == st->st_mtim.tv_sec && m->mtime.tv_nsec == st->st_mtim.tv_nsec;
}
