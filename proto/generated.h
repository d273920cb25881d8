/* The generated types, private to proto/, and short names for them. */
#ifndef COPYTASTER_PROTO_GENERATED_H
#define COPYTASTER_PROTO_GENERATED_H

#include "copytaster/v1/article.pb-c.h"
#include "copytaster/v1/claim.pb-c.h"
#include "copytaster/v1/control.pb-c.h"
#include "copytaster/v1/receipt.pb-c.h"
#include "copytaster/v1/record.pb-c.h"
#include "copytaster/v1/verdict.pb-c.h"

/* PB(Claim) is the struct of copytaster.v1.Claim, PB_INIT(CLAIM) its initialiser. */
#define PB(name) Copytaster__V1__##name
#define PB_INIT(NAME) COPYTASTER__V1__##NAME##__INIT
#define PB_DESCRIPTOR(name) copytaster__v1__##name##__descriptor

/* The case of an optional field, PB_HAS(CLAIM, TITLE): protoc-c sees it as a oneof of its own. */
#define PB_HAS(MESSAGE, FIELD) COPYTASTER__V1__##MESSAGE##__HAS_##FIELD##_##FIELD

#endif
