#include "proto/control_private.h"

_Static_assert((int)RELEASE_DRAINING == COPYTASTER__V1__RELEASE_REASON__RELEASE_REASON_DRAINING, "release");
_Static_assert((int)RELEASE_RETRY == COPYTASTER__V1__RELEASE_REASON__RELEASE_REASON_RETRY, "release");
_Static_assert((int)RELEASE_OVER_LIMIT == COPYTASTER__V1__RELEASE_REASON__RELEASE_REASON_OVER_LIMIT, "release");

#define FROM_WORKER (NEED_EPOCH | NEED_INCARNATION)
#define FROM_INGEST (NEED_EPOCH | NEED_INCARNATION)
#define ROW(name, message, needs) { name, &PB_DESCRIPTOR(message), needs }

static const struct ctl_type_row rows[] = {
	/* Before WELCOME a worker knows no epoch. */
	[CTL_HELLO] = ROW("HELLO", hello, NEED_INCARNATION | NEED_PROTOCOL | NEED_NAME | MAY_LEASES),
	[CTL_READY] = ROW("READY", ready, NEED_INCARNATION),
	[CTL_STARTED] = ROW("STARTED", started, FROM_WORKER | NEED_LEASES),
	[CTL_RENEW] = ROW("RENEW", renew, FROM_WORKER | NEED_LEASES),
	[CTL_ACK] = ROW("ACK", ack, FROM_WORKER | NEED_ONE_LEASE | NEED_OUTCOME),
	[CTL_DEFER] = ROW("DEFER", defer, FROM_WORKER | NEED_ONE_LEASE | NEED_UNTIL),
	[CTL_RELEASE] = ROW("RELEASE", release, FROM_WORKER | NEED_LEASES | NEED_RELEASE),
	[CTL_ABANDONED] = ROW("ABANDONED", abandoned, FROM_WORKER | NEED_ARTICLE | NEED_OUTCOME),
	[CTL_LEAVING] = ROW("LEAVING", leaving, NEED_INCARNATION),
	[CTL_STATUS_REQUEST] = ROW("STATUS_REQUEST", status_request, 0),

	[CTL_WELCOME] = ROW("WELCOME", welcome, FROM_INGEST | NEED_NAME | NEED_PERIODS | MAY_LEASES),
	[CTL_DELIVERY] = ROW("DELIVERY", delivery, FROM_INGEST | NEED_ONE_LEASE | NEED_ARTICLE),
	[CTL_PROCEED] = ROW("PROCEED", proceed, FROM_INGEST | NEED_ONE_LEASE),
	[CTL_ABANDON] = ROW("ABANDON", abandon, FROM_INGEST | NEED_ARTICLE),
	[CTL_INTRODUCE] = ROW("INTRODUCE", introduce, NEED_EPOCH),
	[CTL_STALE] = ROW("STALE", stale, FROM_INGEST | NEED_LEASES),
	[CTL_DRAIN] = ROW("DRAIN", drain, FROM_INGEST),
	[CTL_REFUSED] = ROW("REFUSED", refused, NEED_CODE),
	[CTL_STATUS] = ROW("STATUS", status, NEED_EPOCH),
};

const struct ctl_type_row *ctl_row(uint8_t type)
{
	if (type >= sizeof(rows) / sizeof(rows[0]) || !rows[type].name)
		return NULL;
	return &rows[type];
}

const char *ctl_name(enum ctl_type t)
{
	const struct ctl_type_row *row = (unsigned)t <= UINT8_MAX ? ctl_row((uint8_t)t) : NULL;

	return row ? row->name : "?";
}

static bool leases_complete(const struct ctl *m, unsigned needs)
{
	if (needs & NEED_ONE_LEASE ? m->n_leases != 1 : m->n_leases > CTL_MAX_LEASES)
		return false;
	if (needs & NEED_LEASES && m->n_leases == 0)
		return false;
	if (!(needs & (NEED_ONE_LEASE | NEED_LEASES | MAY_LEASES)) && m->n_leases > 0)
		return false;
	for (size_t i = 0; i < m->n_leases; i++) {
		const struct ctl_lease *l = &m->leases[i];

		if (l->lease == 0 || l->attempt == 0 || ulid_is_zero(&l->article))
			return false;
	}
	return true;
}

bool ctl_complete(const struct ctl *m, const struct ctl_type_row *row)
{
	unsigned needs = row->needs;

	if (needs & NEED_EPOCH && m->epoch == 0)
		return false;
	if (needs & NEED_INCARNATION && m->incarnation == 0)
		return false;
	if (needs & NEED_ARTICLE && ulid_is_zero(&m->article))
		return false;
	if (needs & NEED_OUTCOME && (m->outcome < OUTCOME_PUBLISHED || m->outcome > OUTCOME_FAILED))
		return false;
	if (needs & NEED_UNTIL && ulid_is_zero(&m->until))
		return false;
	if (needs & NEED_RELEASE && (m->release < RELEASE_DRAINING || m->release > RELEASE_OVER_LIMIT))
		return false;
	if (needs & NEED_PROTOCOL && m->protocol == 0)
		return false;
	if (needs & NEED_PERIODS && (m->lease_ms == 0 || m->ready_ms == 0))
		return false;
	if (needs & NEED_NAME && m->name.len == 0)
		return false;
	if (needs & NEED_CODE && m->reason_code.len == 0)
		return false;
	return leases_complete(m, needs);
}
