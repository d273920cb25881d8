#include "workers/record.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/utf8.h"

struct str record_file_name(struct arena *arena, struct str bytes)
{
	char *out = arena_alloc(arena, bytes.len * 4 + 1);
	size_t n = 0;
	if (!out)
		return (struct str){ 0 };
	for (size_t i = 0; i < bytes.len;) {
		size_t next = i;
		uint32_t code = utf8_next(bytes, &next);
		bool plain = code >= 0x20 && code != 0x7f && !(code >= 0x80 && code < 0xa0) && !(code == 0xfffd && next == i + 1);
		if (plain) {
			memcpy(out + n, bytes.data + i, next - i);
			n += next - i;
		} else {
			for (size_t k = i; k < next; k++)
				n += (size_t)snprintf(out + n, 5, "\\x%02x", (unsigned char)bytes.data[k]);
		}
		i = next;
	}
	return (struct str){ out, n };
}

static struct str sha256_hex(struct arena *arena, struct str body)
{
	unsigned char sum[32];
	unsigned n = 0;
	char *out = arena_alloc(arena, 2 * sizeof(sum) + 1);
	if (!out || !EVP_Digest(body.data ? body.data : "", body.len, sum, &n, EVP_sha256(), NULL))
		return (struct str){ 0 };
	for (unsigned i = 0; i < n; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", sum[i]);
	return (struct str){ out, 2 * (size_t)n };
}

int record_build(const struct record_input *in, struct arena *arena, struct article_record *ret)
{
	const struct article *a = in->article;
	struct article_record r = {
		.article_id = in->article_id, .text = a->text, .media_type = a->media_type, .charset = a->charset, .language = a->language,
		.time = a->time, .time_source = a->time_source, .title = a->title, .byline = a->byline, .provider = a->provider,
		.supplier_id = a->supplier_id, .supplier_version = a->supplier_version, .pub_status = a->pub_status,
		.supersedes = in->supersedes, .blocks = a->blocks, .n_blocks = a->n_blocks, .repeats = in->repeats, .n_repeats = in->n_repeats,
		.extractor_version = str_of(claim_extractor_version), .model_version = str_of(claim_model_version),
	};
	r.file_name = record_file_name(arena, in->file_name);
	r.sha256 = sha256_hex(arena, in->body);
	if (in->received_ms) {
		char time[RFC3339_SIZE];
		clock_format(in->received_ms, time);
		r.received_time = arena_str(arena, str_of(time));
	}
	if (in->verdict)
		r.verdict = *in->verdict;
	r.n_claim_ids = in->claims->n;
	r.claim_ids = ARENA_ARRAY(arena, in->claims->n, struct str);
	if (!r.claim_ids || arena_failed(arena))
		return -ENOMEM;
	for (size_t i = 0; i < in->claims->n; i++)
		r.claim_ids[i] = in->claims->claims[i].id;
	*ret = r;
	return 0;
}
