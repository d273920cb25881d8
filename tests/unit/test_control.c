#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

#include "proto/codec.h"
#include "proto/control.h"

static struct arena *arena;
static struct buf frame;

static void setup(void)
{
	arena = arena_new(8 << 20);
	buf_init(&frame, 0);
}

static void teardown(void)
{
	buf_release(&frame);
	arena_free(&arena);
}

TestSuite(control, .init = setup, .fini = teardown);

static struct ulid id(uint8_t n)
{
	struct ulid u = { { 1, 2, 3, [15] = n } };

	return u;
}

static struct ctl_lease two_leases[] = {
	{ .lease = 7, .attempt = 1, .article = { { 1, [15] = 1 } }, .started = true },
	{ .lease = UINT64_MAX, .attempt = 3, .article = { { 1, [15] = 2 } } },
};

static struct ctl base(enum ctl_type type, size_t n_leases)
{
	return (struct ctl){ .type = type, .epoch = 0xfedcba9876543210, .incarnation = 0x8000000000000001,
			     .leases = n_leases ? two_leases : NULL, .n_leases = n_leases };
}

/* A complete message of each type, all its fields set. */
static struct ctl sample(enum ctl_type type)
{
	static struct ctl_counter counters[] = { { { "articles", 8 }, 12 }, { { "größe", 7 }, UINT64_MAX } };
	struct ctl m = base(type, 0);

	switch (type) {
	case CTL_HELLO:
		m = base(type, 2);
		m.protocol = CTL_PROTOCOL, m.name = STR("worker-1"), m.pid = 4711;
		break;
	case CTL_READY:
		m.credit_messages = 64, m.credit_bytes = UINT64_C(5) << 30;
		break;
	case CTL_STARTED:
	case CTL_RENEW:
	case CTL_STALE:
		m = base(type, 2);
		break;
	case CTL_ACK:
		m = base(type, 1);
		m.outcome = OUTCOME_FAILED, m.claims = 3, m.reason_code = STR("EMPTY"), m.reason = STR("no text in it");
		break;
	case CTL_DEFER:
		m = base(type, 1);
		m.until = id(9);
		break;
	case CTL_RELEASE:
		m = base(type, 2);
		m.release = RELEASE_RETRY;
		break;
	case CTL_ABANDONED:
		m.article = id(4), m.generation = 2, m.outcome = OUTCOME_COPY, m.reason_code = STR("X"), m.reason = STR("y");
		break;
	case CTL_WELCOME:
		m = base(type, 2);
		m.name = STR("main"), m.lease_ms = 30000, m.ready_ms = 1000;
		break;
	case CTL_DELIVERY:
		m = base(type, 1);
		m.article = two_leases[0].article, m.confirm = true, m.generation = 5, m.floor = id(0);
		m.file_name = STR("a\nb\xff\0.txt"), m.received_ms = 1459088940123, m.supersedes = id(2);
		m.body = STR("Any \0 bytes \xfe at all");
		break;
	case CTL_PROCEED:
		m = base(type, 1);
		break;
	case CTL_ABANDON:
		m.article = id(4), m.generation = 1, m.reason_code = STR("CRASHED"), m.reason = STR("killed its worker 3 times");
		break;
	case CTL_REFUSED:
		m.reason_code = STR("PROTOCOL"), m.reason = STR("speaks 2"), m.protocol = 1;
		break;
	case CTL_STATUS:
		m.name = STR("main"), m.counters = counters, m.n_counters = 2, m.status_json = STR("{}");
		break;
	default:
		break;
	}
	return m;
}

static const enum ctl_type all_types[] = {
	CTL_HELLO, CTL_READY, CTL_STARTED, CTL_RENEW, CTL_ACK, CTL_DEFER, CTL_RELEASE, CTL_ABANDONED, CTL_LEAVING,
	CTL_STATUS_REQUEST, CTL_WELCOME, CTL_DELIVERY, CTL_PROCEED, CTL_ABANDON, CTL_INTRODUCE, CTL_STALE, CTL_DRAIN,
	CTL_REFUSED, CTL_STATUS,
};

#define N_TYPES (sizeof(all_types) / sizeof(all_types[0]))

static void expect_str(struct str a, struct str b)
{
	cr_expect(str_eq(a, b), "\"%.*s\" is not \"%.*s\"", STR_ARGS(a), STR_ARGS(b));
}

static void expect_same_leases(const struct ctl *a, const struct ctl *b, bool with_started)
{
	cr_assert_eq(a->n_leases, b->n_leases);
	for (size_t i = 0; i < a->n_leases; i++) {
		cr_expect_eq(a->leases[i].lease, b->leases[i].lease);
		cr_expect_eq(a->leases[i].attempt, b->leases[i].attempt);
		cr_expect(ulid_cmp(&a->leases[i].article, &b->leases[i].article) == 0);
		if (with_started)
			cr_expect_eq(a->leases[i].started, b->leases[i].started);
	}
}

static void expect_same(const struct ctl *a, const struct ctl *b)
{
	cr_expect_eq(a->type, b->type);
	cr_expect_eq(a->epoch, b->epoch);
	cr_expect_eq(a->incarnation, b->incarnation);
	expect_same_leases(a, b, a->type != CTL_DELIVERY);
	cr_expect_eq(a->protocol, b->protocol);
	expect_str(a->name, b->name);
	cr_expect_eq(a->pid, b->pid);
	cr_expect_eq(a->credit_messages, b->credit_messages);
	cr_expect_eq(a->credit_bytes, b->credit_bytes);
	cr_expect_eq(a->outcome, b->outcome);
	cr_expect_eq(a->claims, b->claims);
	expect_str(a->reason_code, b->reason_code);
	expect_str(a->reason, b->reason);
	cr_expect(ulid_cmp(&a->until, &b->until) == 0);
	cr_expect_eq(a->release, b->release);
	cr_expect_eq(a->lease_ms, b->lease_ms);
	cr_expect_eq(a->ready_ms, b->ready_ms);
	cr_expect(ulid_cmp(&a->article, &b->article) == 0);
	cr_expect_eq(a->confirm, b->confirm);
	cr_expect_eq(a->generation, b->generation);
	cr_expect(ulid_cmp(&a->floor, &b->floor) == 0);
	expect_str(a->file_name, b->file_name);
	cr_expect_eq(a->received_ms, b->received_ms);
	cr_expect(ulid_cmp(&a->supersedes, &b->supersedes) == 0);
	expect_str(a->body, b->body);
	cr_assert_eq(a->n_counters, b->n_counters);
	for (size_t i = 0; i < a->n_counters; i++) {
		expect_str(a->counters[i].name, b->counters[i].name);
		cr_expect_eq(a->counters[i].value, b->counters[i].value);
	}
	expect_str(a->status_json, b->status_json);
}

Test(control, every_type_comes_back_as_it_went)
{
	for (size_t i = 0; i < N_TYPES; i++) {
		struct ctl in = sample(all_types[i]), out;

		buf_reset(&frame);
		cr_assert_eq(ctl_encode(&frame, &in, arena), 0, "%s", ctl_name(in.type));
		cr_assert_eq(ctl_decode(buf_view(&frame), arena, &out), 0, "%s", ctl_name(in.type));
		expect_same(&in, &out);
	}
}

Test(control, frames_follow_one_another_in_a_buffer)
{
	struct ctl a = sample(CTL_READY), b = sample(CTL_DELIVERY), out;
	size_t cut;

	cr_assert_eq(ctl_encode(&frame, &a, arena), 0);
	cut = frame.len;
	cr_assert_eq(ctl_encode(&frame, &b, arena), 0);
	cr_assert_eq(ctl_decode(str_cut(buf_view(&frame), 0, cut), arena, &out), 0);
	expect_same(&a, &out);
	cr_assert_eq(ctl_decode(str_cut(buf_view(&frame), cut, frame.len), arena, &out), 0);
	expect_same(&b, &out);
}

Test(control, every_single_wrong_byte_is_found)
{
	for (size_t i = 0; i < N_TYPES; i++) {
		struct ctl in = sample(all_types[i]), out;

		buf_reset(&frame);
		cr_assert_eq(ctl_encode(&frame, &in, arena), 0);
		for (size_t at = 0; at < frame.len; at++) {
			frame.data[at] ^= 0x20;
			cr_expect_neq(ctl_decode(buf_view(&frame), arena, &out), 0, "%s, byte %zu", ctl_name(in.type), at);
			frame.data[at] ^= 0x20;
		}
	}
}

/* Cut anywhere and sealed anew: the checksum is right, so the protobuf itself must be found wanting, or be
 * complete without what was cut. */
Test(control, a_cut_payload_is_refused_or_complete)
{
	for (size_t i = 0; i < N_TYPES; i++) {
		struct ctl in = sample(all_types[i]), out;
		struct buf again;

		buf_reset(&frame);
		cr_assert_eq(ctl_encode(&frame, &in, arena), 0);
		for (size_t len = 0; len < frame.len - ENVELOPE_BYTES; len++) {
			char *copy = malloc(ENVELOPE_BYTES + len);
			int rc;

			memcpy(copy + ENVELOPE_BYTES, frame.data + ENVELOPE_BYTES, len);
			envelope_seal((uint8_t)in.type, (struct str){ copy + ENVELOPE_BYTES, len }, (uint8_t *)copy);
			rc = ctl_decode((struct str){ copy, ENVELOPE_BYTES + len }, arena, &out);
			cr_expect(rc == 0 || rc == -EBADMSG, "%s cut to %zu: %d", ctl_name(in.type), len, rc);
			if (rc == 0) {
				buf_init(&again, 0);
				cr_expect_eq(ctl_encode(&again, &out, arena), 0);
				buf_release(&again);
			}
			free(copy);
		}
	}
}

static int decode_payload(uint8_t type, const void *payload, size_t len)
{
	struct ctl out;
	uint8_t envelope[ENVELOPE_BYTES];

	buf_reset(&frame);
	envelope_seal(type, (struct str){ payload, len }, envelope);
	buf_append(&frame, envelope, sizeof(envelope));
	buf_append(&frame, payload, len);
	return ctl_decode(buf_view(&frame), arena, &out);
}

#define HEAD "\x09\1\1\1\1\1\1\1\1\x11\1\1\1\1\1\1\1\1"
#define DECODE(type, bytes) decode_payload(type, bytes, sizeof(bytes) - 1)

Test(control, broken_protobuf)
{
	cr_expect_eq(DECODE(CTL_LEAVING, HEAD), 0);
	cr_expect_eq(DECODE(CTL_LEAVING, HEAD "\x98\x06\x01"), 0, "an unknown field is passed over");
	cr_expect_eq(DECODE(CTL_LEAVING, HEAD HEAD), -EBADMSG, "a field twice");
	cr_expect_eq(DECODE(CTL_LEAVING, "\x08\x01\x11\1\1\1\1\1\1\1\1"), -EBADMSG, "wrong wire type");
	cr_expect_eq(DECODE(CTL_LEAVING, HEAD "\x02\x00"), -EBADMSG, "field 0");
	cr_expect_eq(DECODE(CTL_LEAVING, HEAD "\x9b\x06"), -EBADMSG, "a group");
	cr_expect_eq(DECODE(CTL_LEAVING, HEAD "\x9a\x06\x05zz"), -EBADMSG, "length behind the end");
	cr_expect_eq(DECODE(CTL_LEAVING, HEAD "\x9a\x06\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), -EBADMSG, "a huge length");
	cr_expect_eq(DECODE(CTL_LEAVING, HEAD "\x98\x06\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), -EBADMSG, "an endless varint");
	cr_expect_eq(DECODE(CTL_LEAVING, HEAD "\x98"), -EBADMSG, "a cut tag");
	cr_expect_eq(DECODE(0, HEAD), -EBADMSG);
	cr_expect_eq(DECODE(CTL_STATUS_REQUEST + 1, HEAD), -EBADMSG);
	cr_expect_eq(DECODE(CTL_STATUS + 1, HEAD), -EBADMSG);
	cr_expect_eq(DECODE(255, HEAD), -EBADMSG);
}

Test(control, missing_fields)
{
	cr_expect_eq(DECODE(CTL_STATUS_REQUEST, ""), 0, "needs nothing");
	cr_expect_eq(DECODE(CTL_READY, ""), -EBADMSG, "no incarnation");
	cr_expect_eq(DECODE(CTL_STARTED, HEAD), -EBADMSG, "no lease");
	cr_expect_eq(DECODE(CTL_ACK, HEAD "\x20\x01"), -EBADMSG, "no lease");
	cr_expect_eq(DECODE(CTL_DELIVERY, HEAD "\x18\x01\x20\x01"), -EBADMSG, "no article");
	cr_expect_eq(DECODE(CTL_ABANDON, HEAD "\x1a\x0f" "123456789012345"), -EBADMSG, "an id of 15 bytes");
	cr_expect_eq(DECODE(CTL_ABANDON, HEAD "\x1a\x10" "1234567890123456"), 0);
	cr_expect_eq(DECODE(CTL_ABANDON, HEAD "\x1a\x11" "12345678901234567"), -EBADMSG, "an id of 17 bytes");
}

Test(control, text_is_utf8_without_nul)
{
	cr_expect_eq(DECODE(CTL_REFUSED, "\x1a\x01X"), 0);
	cr_expect_eq(DECODE(CTL_REFUSED, "\x1a\x02X\xff"), -EILSEQ);
	cr_expect_eq(DECODE(CTL_REFUSED, "\x1a\x03X\0Y"), -EILSEQ);
	cr_expect_eq(DECODE(CTL_REFUSED, "\x1a\x03\xed\xa0\x80"), -EILSEQ, "a surrogate");
}

Test(control, the_encoder_refuses_what_the_decoder_would)
{
	struct ctl m;

	m = sample(CTL_ACK);
	m.n_leases = 2;
	cr_expect_eq(ctl_encode(&frame, &m, arena), -EINVAL);
	m = sample(CTL_ACK);
	m.outcome = OUTCOME_RETRIED;
	cr_expect_eq(ctl_encode(&frame, &m, arena), -EINVAL);
	m = sample(CTL_RENEW);
	m.n_leases = 0;
	cr_expect_eq(ctl_encode(&frame, &m, arena), -EINVAL);
	m = sample(CTL_HELLO);
	m.name = STR("bad\xff");
	cr_expect_eq(ctl_encode(&frame, &m, arena), -EILSEQ);
	m = sample(CTL_DELIVERY);
	m.article = id(200);
	cr_expect_eq(ctl_encode(&frame, &m, arena), -EINVAL, "two names for one article");
	m = base(99, 0);
	cr_expect_eq(ctl_encode(&frame, &m, arena), -EINVAL);
	m = base(-1, 0);
	cr_expect_eq(ctl_encode(&frame, &m, arena), -EINVAL);
	cr_expect_eq(frame.len, 0, "nothing was written");
}

Test(control, a_delivery_may_name_its_article_in_either_place)
{
	struct ctl m = sample(CTL_DELIVERY), out;
	struct ctl_lease lease = { .lease = 1, .attempt = 1 };

	m.leases = &lease;
	cr_assert_eq(ctl_encode(&frame, &m, arena), 0);
	cr_assert_eq(ctl_decode(buf_view(&frame), arena, &out), 0);
	cr_expect(ulid_cmp(&out.leases[0].article, &m.article) == 0);
	cr_expect(ulid_is_zero(&lease.article), "the caller's lease is left alone");

	buf_reset(&frame);
	m = sample(CTL_DELIVERY);
	m.article = (struct ulid){ { 0 } };
	m.file_name = m.body = (struct str){ NULL, 0 };
	m.supersedes = m.floor = (struct ulid){ { 0 } };
	cr_assert_eq(ctl_encode(&frame, &m, arena), 0);
	cr_assert_eq(ctl_decode(buf_view(&frame), arena, &out), 0);
	cr_expect(ulid_cmp(&out.article, &two_leases[0].article) == 0);
	cr_expect_eq(out.body.len, 0);
	cr_expect(ulid_is_zero(&out.supersedes));
}

/* Two bytes of wire each cost a hundred of memory: refused by count, before anything is allocated. */
Test(control, a_flood_of_small_fields)
{
	size_t n = 4 << 20;
	char *flood = malloc(sizeof(HEAD) - 1 + n);

	memcpy(flood, HEAD, sizeof(HEAD) - 1);
	for (size_t i = 0; i < n; i += 2)
		memcpy(flood + sizeof(HEAD) - 1 + i, "\x1a\x00", 2);
	cr_expect_eq(decode_payload(CTL_RENEW, flood, sizeof(HEAD) - 1 + n), -EBADMSG);
	cr_expect_lt(arena_used(arena), 4096);
	free(flood);
}

Test(control, most_leases)
{
	struct arena *large = arena_new(64 << 20);
	struct ctl m = base(CTL_RENEW, 2), out;

	m.n_leases = CTL_MAX_LEASES;
	m.leases = calloc(CTL_MAX_LEASES + 1, sizeof(m.leases[0]));
	for (size_t i = 0; i <= CTL_MAX_LEASES; i++)
		m.leases[i] = two_leases[i & 1];
	cr_assert_eq(ctl_encode(&frame, &m, large), 0);
	cr_assert_eq(ctl_decode(buf_view(&frame), large, &out), 0);
	expect_same(&m, &out);
	m.n_leases++;
	cr_expect_eq(ctl_encode(&frame, &m, large), -EINVAL);
	free(m.leases);
	arena_free(&large);
}

Test(control, a_full_arena_is_no_fault_of_the_frame)
{
	struct arena *small = arena_new(1024);
	struct ctl m = sample(CTL_DELIVERY), out;
	char body[4096];

	memset(body, 'x', sizeof(body));
	m.body = (struct str){ body, sizeof(body) };
	cr_assert_eq(ctl_encode(&frame, &m, arena), 0);
	cr_expect_eq(ctl_decode(buf_view(&frame), small, &out), -ENOMEM);
	arena_free(&small);
}

Test(control, a_buffer_at_its_cap)
{
	struct ctl m = sample(CTL_DELIVERY);
	struct buf tiny;

	buf_init(&tiny, 64);
	cr_expect_eq(ctl_encode(&tiny, &m, arena), -ENOMEM);
	buf_release(&tiny);
}

Test(control, names)
{
	cr_expect_str_eq(ctl_name(CTL_HELLO), "HELLO");
	cr_expect_str_eq(ctl_name(CTL_STATUS), "STATUS");
	cr_expect_str_eq(ctl_name(0), "?");
	cr_expect_str_eq(ctl_name(12), "?");
	cr_expect_str_eq(ctl_name(-1), "?");
	cr_expect_str_eq(ctl_name(1000), "?");
}
