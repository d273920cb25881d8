#include "proto/codec.h"

#include <errno.h>
#include <string.h>
#include <xxhash.h>

#include "proto/convert.h"
#include "proto/wire.h"

#define ENVELOPE_VERSION 1

/* A verdict of an article of 256 MiB with a passage of five words after the other stays far below. */
#define VERDICT_MAX_FIELDS (1 << 20)

static const char envelope_magic[4] = { 'C', 'P', 'T', '1' };

static void put_le(uint8_t *at, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

static uint64_t get_le(const uint8_t *at, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)at[i] << (8 * i);
	return v;
}

void envelope_seal(uint8_t type, struct str payload, uint8_t out[ENVELOPE_BYTES])
{
	memset(out, 0, ENVELOPE_BYTES);
	memcpy(out, envelope_magic, sizeof(envelope_magic));
	out[4] = ENVELOPE_VERSION;
	out[5] = type;
	put_le(out + 8, payload.len, 4);
	put_le(out + 16, XXH3_64bits_withSeed(payload.data, payload.len, type), 8);
}

int envelope_open(struct str frame, uint8_t *ret_type, struct str *ret_payload)
{
	const uint8_t *f = (const uint8_t *)frame.data;
	struct str payload;

	if (frame.len < ENVELOPE_BYTES || memcmp(f, envelope_magic, sizeof(envelope_magic)) != 0)
		return -EPROTO;
	if (f[4] != ENVELOPE_VERSION)
		return -EPROTONOSUPPORT;
	if (get_le(f + 6, 2) != 0 || get_le(f + 12, 4) != 0 || get_le(f + 8, 4) != frame.len - ENVELOPE_BYTES)
		return -EPROTO;
	payload = str_cut(frame, ENVELOPE_BYTES, frame.len);
	if (XXH3_64bits_withSeed(payload.data, payload.len, f[5]) != get_le(f + 16, 8))
		return -EBADMSG;
	*ret_type = f[5];
	*ret_payload = payload;
	return 0;
}

static int pack(struct buf *out, const ProtobufCMessage *m)
{
	uint8_t *room = buf_reserve(out, protobuf_c_message_get_packed_size(m));

	if (!room)
		return -ENOMEM;
	protobuf_c_message_pack(m, room);
	return 0;
}

int codec_pack_claim(struct buf *out, const struct claim *c, struct arena *scratch)
{
	PB(Claim) *m;
	int rc = convert_claim(c, scratch, &m);

	return rc ? rc : pack(out, &m->base);
}

int codec_pack_article(struct buf *out, const struct article_record *a, struct arena *scratch)
{
	PB(ArticleRecord) *m;
	int rc = convert_article(a, scratch, &m);

	return rc ? rc : pack(out, &m->base);
}

int codec_pack_verdict(struct buf *out, const struct verdict *v, struct arena *scratch)
{
	PB(Verdict) *m;
	int rc = convert_verdict(v, scratch, &m);

	return rc ? rc : pack(out, &m->base);
}

int codec_unpack_verdict(struct str bytes, struct arena *arena, struct verdict *ret)
{
	ProtobufCMessage *m;
	int rc = wire_unpack(&PB_DESCRIPTOR(verdict), bytes, VERDICT_MAX_FIELDS, arena, &m);

	return rc ? rc : convert_verdict_back((const PB(Verdict) *)m, arena, ret);
}
