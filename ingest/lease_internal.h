/* Shared by lease.c and peer.c only. */
#ifndef COPYTASTER_INGEST_LEASE_INTERNAL_H
#define COPYTASTER_INGEST_LEASE_INTERNAL_H

#include "ingest/lease.h"

/* Takes the job out of all lists and queues; the caller puts it into its next state at once. */
void desk_detach(struct desk *d, struct job *j);
void desk_set_state(struct desk *d, struct job *j, enum job_state state);
/* A lease, in LEASED from whatever state it had. */
void desk_lease(struct desk *d, struct job *j, struct worker *w, uint64_t now);
/* From a worker that did not give it back. charge: it may be the article's fault. */
void desk_take_back(struct desk *d, struct job *j, bool charge, bool overran);
struct ctl_lease desk_lease_of(const struct job *j);
/* The lease of a worker has passed its deadline. */
void desk_overran(struct desk *d, struct worker *w, uint64_t now);
bool worker_accepts(const struct worker *w);

#endif
