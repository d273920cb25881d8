/* Shared by dispatch.c and frames.c only. */
#ifndef COPYTASTER_INGEST_DISPATCH_INTERNAL_H
#define COPYTASTER_INGEST_DISPATCH_INTERNAL_H

#include "ingest/dispatch.h"

/* epoch is set here; -EHOSTUNREACH: nobody there; -EAGAIN: its queue is full. Most callers need not look: what does not
 * arrive is asked for again, or comes back by its deadline. */
int dispatch_to_route(struct dispatch *d, const void *route, size_t route_len, struct ctl *m);
/* The same, with its incarnation; marks the worker as lost when it is. */
int dispatch_to(struct dispatch *d, struct worker *w, struct ctl *m);
/* WELCOME with all leases of the worker. */
void dispatch_welcome(struct dispatch *d, struct worker *w);
void dispatch_stale(struct dispatch *d, struct worker *w, struct ctl_lease *leases, size_t n);
void dispatch_bury(struct dispatch *d);

#endif
