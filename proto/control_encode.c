#include <errno.h>
#include <string.h>

#include "proto/codec.h"
#include "proto/control_private.h"
#include "proto/convert.h"

struct enc {
	struct buf *out;
	const struct ctl *m;
	struct arena *scratch;
	int rc;
};

static ProtobufCBinaryData bytes_of(struct str s)
{
	return (ProtobufCBinaryData){ s.len, (uint8_t *)s.data };
}

static ProtobufCBinaryData ulid_bytes(const struct ulid *u)
{
	return (ProtobufCBinaryData){ sizeof(u->b), (uint8_t *)u->b };
}

static char *text(struct enc *e, struct str s)
{
	return convert_text(s, e->scratch, &e->rc);
}

static PB(Lease) lease_of(const struct ctl_lease *l)
{
	PB(Lease) p = PB_INIT(LEASE);

	p.lease = l->lease;
	p.attempt = l->attempt;
	p.article_id = ulid_bytes(&l->article);
	p.started = l->started;
	return p;
}

static void leases(struct enc *e, PB(Lease) ***ret, size_t *ret_n)
{
	size_t n = e->m->n_leases;
	PB(Lease) **pointers, *all;

	if (n == 0)
		return;
	pointers = ARENA_ARRAY(e->scratch, n, PB(Lease) *);
	all = ARENA_ARRAY(e->scratch, n, PB(Lease));
	if (!pointers || !all) {
		e->rc = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		all[i] = lease_of(&e->m->leases[i]);
		pointers[i] = &all[i];
	}
	*ret = pointers;
	*ret_n = n;
}

/* Packs straight behind the envelope's room in out. */
static int frame(struct enc *e, void *message)
{
	struct ctl_head *head = message;
	size_t start = e->out->len, size;
	uint8_t envelope[ENVELOPE_BYTES], *room;

	if (e->rc)
		return e->rc;
	head->epoch = e->m->epoch;
	head->incarnation = e->m->incarnation;
	size = protobuf_c_message_get_packed_size(&head->base);
	if (size > UINT32_MAX)
		return -EMSGSIZE;
	room = buf_reserve(e->out, ENVELOPE_BYTES + size);
	if (!room)
		return -ENOMEM;
	protobuf_c_message_pack(&head->base, room + ENVELOPE_BYTES);
	envelope_seal((uint8_t)e->m->type, str_cut(buf_view(e->out), start + ENVELOPE_BYTES, e->out->len), envelope);
	memcpy(room, envelope, sizeof(envelope));
	return 0;
}

static int hello(struct enc *e)
{
	PB(Hello) p = PB_INIT(HELLO);

	p.protocol = e->m->protocol;
	p.name = text(e, e->m->name);
	p.pid = e->m->pid;
	leases(e, &p.leases, &p.n_leases);
	return frame(e, &p);
}

static int ready(struct enc *e)
{
	PB(Ready) p = PB_INIT(READY);

	p.credit_messages = e->m->credit_messages;
	p.credit_bytes = e->m->credit_bytes;
	return frame(e, &p);
}

static int started(struct enc *e)
{
	PB(Started) p = PB_INIT(STARTED);

	leases(e, &p.leases, &p.n_leases);
	return frame(e, &p);
}

static int renew(struct enc *e)
{
	PB(Renew) p = PB_INIT(RENEW);

	leases(e, &p.leases, &p.n_leases);
	return frame(e, &p);
}

/* Sets the optional reason_code and reason of a message that has both. */
#define REASONS(e, p, TYPE) \
	do { \
		if ((e)->m->reason_code.len > 0) { \
			(p)->reason_code = text((e), (e)->m->reason_code); \
			(p)->has_reason_code_case = PB_HAS(TYPE, REASON_CODE); \
		} \
		if ((e)->m->reason.len > 0) { \
			(p)->reason = text((e), (e)->m->reason); \
			(p)->has_reason_case = PB_HAS(TYPE, REASON); \
		} \
	} while (0)

static int ack(struct enc *e)
{
	PB(Lease) lease = lease_of(&e->m->leases[0]);
	PB(Ack) p = PB_INIT(ACK);

	p.lease = &lease;
	p.outcome = (PB(Outcome))e->m->outcome;
	p.claims = e->m->claims;
	REASONS(e, &p, ACK);
	return frame(e, &p);
}

static int defer(struct enc *e)
{
	PB(Lease) lease = lease_of(&e->m->leases[0]);
	PB(Defer) p = PB_INIT(DEFER);

	p.lease = &lease;
	p.until = ulid_bytes(&e->m->until);
	return frame(e, &p);
}

static int release(struct enc *e)
{
	PB(Release) p = PB_INIT(RELEASE);

	leases(e, &p.leases, &p.n_leases);
	p.release = (PB(ReleaseReason))e->m->release;
	return frame(e, &p);
}

static int abandoned(struct enc *e)
{
	PB(Abandoned) p = PB_INIT(ABANDONED);

	p.article_id = ulid_bytes(&e->m->article);
	p.generation = e->m->generation;
	p.outcome = (PB(Outcome))e->m->outcome;
	p.claims = e->m->claims;
	REASONS(e, &p, ABANDONED);
	return frame(e, &p);
}

static int welcome(struct enc *e)
{
	PB(Welcome) p = PB_INIT(WELCOME);

	p.name = text(e, e->m->name);
	p.lease_ms = e->m->lease_ms;
	p.ready_ms = e->m->ready_ms;
	leases(e, &p.leases, &p.n_leases);
	return frame(e, &p);
}

static int delivery(struct enc *e)
{
	const struct ctl *m = e->m;
	PB(Article) article = PB_INIT(ARTICLE);
	PB(Delivery) p = PB_INIT(DELIVERY);

	p.lease = m->leases[0].lease;
	p.attempt = m->leases[0].attempt;
	p.confirm = m->confirm;
	p.floor = ulid_bytes(&m->floor);
	p.article = &article;
	article.article_id = ulid_bytes(&m->article);
	article.generation = m->generation;
	article.file_name = bytes_of(m->file_name);
	article.received_ms = m->received_ms;
	if (!ulid_is_zero(&m->supersedes))
		article.supersedes = ulid_bytes(&m->supersedes);
	article.body = bytes_of(m->body);
	return frame(e, &p);
}

static int proceed(struct enc *e)
{
	PB(Lease) lease = lease_of(&e->m->leases[0]);
	PB(Proceed) p = PB_INIT(PROCEED);

	p.lease = &lease;
	return frame(e, &p);
}

static int abandon(struct enc *e)
{
	PB(Abandon) p = PB_INIT(ABANDON);

	p.article_id = ulid_bytes(&e->m->article);
	p.generation = e->m->generation;
	REASONS(e, &p, ABANDON);
	return frame(e, &p);
}

static int stale(struct enc *e)
{
	PB(Stale) p = PB_INIT(STALE);

	leases(e, &p.leases, &p.n_leases);
	return frame(e, &p);
}

static int refused(struct enc *e)
{
	PB(Refused) p = PB_INIT(REFUSED);

	p.reason_code = text(e, e->m->reason_code);
	p.reason = text(e, e->m->reason);
	p.protocol = e->m->protocol;
	return frame(e, &p);
}

static int status(struct enc *e)
{
	size_t n = e->m->n_counters;
	PB(Status) p = PB_INIT(STATUS);
	PB(Counter) *all = ARENA_ARRAY(e->scratch, n, PB(Counter));

	p.counters = ARENA_ARRAY(e->scratch, n, PB(Counter) *);
	if (!all || !p.counters)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		all[i] = (PB(Counter))PB_INIT(COUNTER);
		all[i].name = text(e, e->m->counters[i].name);
		all[i].value = e->m->counters[i].value;
		p.counters[i] = &all[i];
	}
	p.n_counters = n;
	p.name = text(e, e->m->name);
	p.status_json = text(e, e->m->status_json);
	return frame(e, &p);
}

/* The types that are no more than a head. */
static int bare(struct enc *e, const struct ctl_type_row *row)
{
	struct ctl_head p;

	protobuf_c_message_init(row->descriptor, &p);
	return frame(e, &p);
}

static int encode(struct enc *e, const struct ctl_type_row *row)
{
	switch (e->m->type) {
	case CTL_HELLO:
		return hello(e);
	case CTL_READY:
		return ready(e);
	case CTL_STARTED:
		return started(e);
	case CTL_RENEW:
		return renew(e);
	case CTL_ACK:
		return ack(e);
	case CTL_DEFER:
		return defer(e);
	case CTL_RELEASE:
		return release(e);
	case CTL_ABANDONED:
		return abandoned(e);
	case CTL_WELCOME:
		return welcome(e);
	case CTL_DELIVERY:
		return delivery(e);
	case CTL_PROCEED:
		return proceed(e);
	case CTL_ABANDON:
		return abandon(e);
	case CTL_STALE:
		return stale(e);
	case CTL_REFUSED:
		return refused(e);
	case CTL_STATUS:
		return status(e);
	case CTL_LEAVING:
	case CTL_STATUS_REQUEST:
	case CTL_INTRODUCE:
	case CTL_DRAIN:
		return bare(e, row);
	}
	return -EINVAL;
}

int ctl_encode(struct buf *out, const struct ctl *m, struct arena *scratch)
{
	const struct ctl_type_row *row = (unsigned)m->type <= UINT8_MAX ? ctl_row((uint8_t)m->type) : NULL;
	struct ctl whole = *m;
	struct enc e = { out, &whole, scratch, 0 };
	struct ctl_lease lease;

	/* A delivery names its article once; either place will do. */
	if (m->type == CTL_DELIVERY && m->n_leases == 1) {
		lease = m->leases[0];
		if (ulid_is_zero(&lease.article))
			lease.article = m->article;
		if (ulid_is_zero(&whole.article))
			whole.article = lease.article;
		if (ulid_cmp(&lease.article, &whole.article) != 0)
			return -EINVAL;
		whole.leases = &lease;
	}
	if (!row || !ctl_complete(&whole, row))
		return -EINVAL;
	return encode(&e, row);
}
