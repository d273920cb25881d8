/* Records and bodies as protobuf bytes. Every record that is stored or sent outside JSON goes
 * through here; control messages have control.h. Packed bytes are appended to out. */
#ifndef COPYTASTER_PROTO_CODEC_H
#define COPYTASTER_PROTO_CODEC_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "proto/record.h"

/* The envelope around every packed message, 24 bytes, little-endian:
 *   0  4  magic "CPT1"
 *   4  1  envelope version, 1
 *   5  1  type, chosen by the user of the envelope
 *   6  2  zero
 *   8  4  payload bytes
 *  12  4  zero
 *  16  8  xxh3-64 of the payload, seed = type
 * To change it: a new version byte; readers refuse versions they do not know. */
#define ENVELOPE_BYTES 24

void envelope_seal(uint8_t type, struct str payload, uint8_t out[ENVELOPE_BYTES]);
/* -EPROTO: magic, reserved bytes or length wrong; -EPROTONOSUPPORT: version; -EBADMSG: checksum. */
int envelope_open(struct str frame, uint8_t *ret_type, struct str *ret_payload) MUST_CHECK;

/* -ENOMEM; -EILSEQ: a str that is no UTF-8 or holds a NUL; -ERANGE: a figure of a verdict is no number. */
int codec_pack_claim(struct buf *out, const struct claim *c, struct arena *scratch) MUST_CHECK;
int codec_pack_article(struct buf *out, const struct article_record *a, struct arena *scratch) MUST_CHECK;
int codec_pack_verdict(struct buf *out, const struct verdict *v, struct arena *scratch) MUST_CHECK;
/* All str fields checked as UTF-8: -EILSEQ; broken: -EBADMSG; out of arena: -ENOMEM. */
int codec_unpack_verdict(struct str bytes, struct arena *arena, struct verdict *ret) MUST_CHECK;

#endif
