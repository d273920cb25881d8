#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "proto/codec.h"
#include "proto/control_private.h"
#include "proto/wire.h"

/* Every field of CTL_MAX_LEASES leases, and room for what later versions add. */
#define CTL_MAX_FIELDS (8 * CTL_MAX_LEASES)

_Static_assert(offsetof(struct ctl_head, epoch) == offsetof(PB(Hello), epoch), "messages begin with their epoch");
_Static_assert(offsetof(struct ctl_head, incarnation) == offsetof(PB(Hello), incarnation), "then their incarnation");

struct dec {
	struct arena *arena;
	struct ctl *m;
	int rc;
};

static void fail(struct dec *d, int rc)
{
	if (!d->rc)
		d->rc = rc;
}

/* Empty gives zero where that is allowed; else exactly 16 bytes. */
static struct ulid ulid_of(struct dec *d, ProtobufCBinaryData b, bool may_be_empty)
{
	struct ulid u = { { 0 } };

	if (b.len == sizeof(u.b))
		memcpy(u.b, b.data, sizeof(u.b));
	else if (b.len != 0 || !may_be_empty)
		fail(d, -EBADMSG);
	return u;
}

static struct str str_of_bytes(ProtobufCBinaryData b)
{
	return (struct str){ b.len ? (const char *)b.data : NULL, b.len };
}

static void lease_from(struct dec *d, const PB(Lease) *p, struct ctl_lease *ret)
{
	ret->lease = p->lease;
	ret->attempt = p->attempt;
	ret->article = ulid_of(d, p->article_id, false);
	ret->started = p->started;
}

static void leases(struct dec *d, PB(Lease) *const *p, size_t n)
{
	struct ctl_lease *all;

	if (n > CTL_MAX_LEASES) {
		fail(d, -EBADMSG);
		return;
	}
	all = ARENA_ARRAY(d->arena, n, struct ctl_lease);
	if (!all) {
		fail(d, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < n; i++)
		lease_from(d, p[i], &all[i]);
	d->m->leases = all;
	d->m->n_leases = n;
}

/* The lease of a message that has one; a missing one is found out by ctl_complete. */
static void lease(struct dec *d, PB(Lease) *p)
{
	leases(d, &p, p ? 1 : 0);
}

static void hello(struct dec *d, const PB(Hello) *p)
{
	d->m->protocol = p->protocol;
	d->m->name = str_of(p->name);
	d->m->pid = p->pid;
	leases(d, p->leases, p->n_leases);
}

static void ready(struct dec *d, const PB(Ready) *p)
{
	d->m->credit_messages = p->credit_messages;
	d->m->credit_bytes = p->credit_bytes;
}

/* Takes over the optional reason_code and reason of a message that has both. */
#define REASONS(d, p, TYPE) \
	do { \
		if ((p)->has_reason_code_case == PB_HAS(TYPE, REASON_CODE)) \
			(d)->m->reason_code = str_of((p)->reason_code); \
		if ((p)->has_reason_case == PB_HAS(TYPE, REASON)) \
			(d)->m->reason = str_of((p)->reason); \
	} while (0)

static void ack(struct dec *d, const PB(Ack) *p)
{
	lease(d, p->lease);
	d->m->outcome = (enum outcome)p->outcome;
	d->m->claims = p->claims;
	REASONS(d, p, ACK);
}

static void defer(struct dec *d, const PB(Defer) *p)
{
	lease(d, p->lease);
	d->m->until = ulid_of(d, p->until, false);
}

static void release(struct dec *d, const PB(Release) *p)
{
	leases(d, p->leases, p->n_leases);
	d->m->release = (enum ctl_release)p->release;
}

static void abandoned(struct dec *d, const PB(Abandoned) *p)
{
	d->m->article = ulid_of(d, p->article_id, false);
	d->m->generation = p->generation;
	d->m->outcome = (enum outcome)p->outcome;
	d->m->claims = p->claims;
	REASONS(d, p, ABANDONED);
}

static void welcome(struct dec *d, const PB(Welcome) *p)
{
	d->m->name = str_of(p->name);
	d->m->lease_ms = p->lease_ms;
	d->m->ready_ms = p->ready_ms;
	leases(d, p->leases, p->n_leases);
}

static void delivery(struct dec *d, const PB(Delivery) *p)
{
	const PB(Article) *a = p->article;
	struct ctl *m = d->m;

	if (!a) {
		fail(d, -EBADMSG);
		return;
	}
	m->leases = ARENA_NEW(d->arena, struct ctl_lease);
	if (!m->leases) {
		fail(d, -ENOMEM);
		return;
	}
	m->article = ulid_of(d, a->article_id, false);
	m->leases[0] = (struct ctl_lease){ .lease = p->lease, .attempt = p->attempt, .article = m->article };
	m->n_leases = 1;
	m->confirm = p->confirm;
	m->floor = ulid_of(d, p->floor, false);
	m->generation = a->generation;
	m->file_name = str_of_bytes(a->file_name);
	m->received_ms = a->received_ms;
	m->supersedes = ulid_of(d, a->supersedes, true);
	m->body = str_of_bytes(a->body);
}

static void abandon(struct dec *d, const PB(Abandon) *p)
{
	d->m->article = ulid_of(d, p->article_id, false);
	d->m->generation = p->generation;
	REASONS(d, p, ABANDON);
}

static void refused(struct dec *d, const PB(Refused) *p)
{
	d->m->reason_code = str_of(p->reason_code);
	d->m->reason = str_of(p->reason);
	d->m->protocol = p->protocol;
}

static void status(struct dec *d, const PB(Status) *p)
{
	struct ctl_counter *all = ARENA_ARRAY(d->arena, p->n_counters, struct ctl_counter);

	if (!all) {
		fail(d, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < p->n_counters; i++)
		all[i] = (struct ctl_counter){ str_of(p->counters[i]->name), p->counters[i]->value };
	d->m->counters = all;
	d->m->n_counters = p->n_counters;
	d->m->name = str_of(p->name);
	d->m->status_json = str_of(p->status_json);
}

static void take(struct dec *d, const void *p)
{
	switch (d->m->type) {
	case CTL_HELLO:
		hello(d, p);
		break;
	case CTL_READY:
		ready(d, p);
		break;
	case CTL_STARTED:
		leases(d, ((const PB(Started) *)p)->leases, ((const PB(Started) *)p)->n_leases);
		break;
	case CTL_RENEW:
		leases(d, ((const PB(Renew) *)p)->leases, ((const PB(Renew) *)p)->n_leases);
		break;
	case CTL_ACK:
		ack(d, p);
		break;
	case CTL_DEFER:
		defer(d, p);
		break;
	case CTL_RELEASE:
		release(d, p);
		break;
	case CTL_ABANDONED:
		abandoned(d, p);
		break;
	case CTL_WELCOME:
		welcome(d, p);
		break;
	case CTL_DELIVERY:
		delivery(d, p);
		break;
	case CTL_PROCEED:
		lease(d, ((const PB(Proceed) *)p)->lease);
		break;
	case CTL_ABANDON:
		abandon(d, p);
		break;
	case CTL_STALE:
		leases(d, ((const PB(Stale) *)p)->leases, ((const PB(Stale) *)p)->n_leases);
		break;
	case CTL_REFUSED:
		refused(d, p);
		break;
	case CTL_STATUS:
		status(d, p);
		break;
	case CTL_LEAVING:
	case CTL_STATUS_REQUEST:
	case CTL_INTRODUCE:
	case CTL_DRAIN:
		break;
	}
}

int ctl_decode(struct str frame, struct arena *arena, struct ctl *ret)
{
	struct ctl m = { .type = 0 };
	struct dec d = { arena, &m, 0 };
	const struct ctl_type_row *row;
	const struct ctl_head *head;
	ProtobufCMessage *p;
	struct str payload;
	uint8_t type;
	int rc = envelope_open(frame, &type, &payload);

	if (rc)
		return rc;
	row = ctl_row(type);
	if (!row)
		return -EBADMSG;
	rc = wire_unpack(row->descriptor, payload, CTL_MAX_FIELDS, arena, &p);
	if (rc)
		return rc;
	head = (const struct ctl_head *)p;
	m.type = (enum ctl_type)type;
	m.epoch = head->epoch;
	m.incarnation = head->incarnation;
	take(&d, p);
	if (d.rc)
		return d.rc;
	if (!ctl_complete(&m, row))
		return -EBADMSG;
	*ret = m;
	return 0;
}
