#include "base/ulid.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#define RANDOM_AT 6 /* bytes 0–5 are the milliseconds */

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The last one made, and by whom: a forked child must not go on counting where its parent does. */
static struct ulid last;
static pid_t last_pid;

static void random_bytes(uint8_t *p, size_t n)
{
	while (n) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0) {
			if (errno == EINTR)
				continue;
			abort(); /* no kernel we run on can say this; ids without randomness would collide */
		}
		p += got;
		n -= (size_t)got;
	}
}

static void count_up(struct ulid *u)
{
	for (size_t i = sizeof(u->b); i-- > 0;)
		if (++u->b[i])
			return;
}

struct ulid ulid_new(uint64_t wall_ms)
{
	struct ulid u;
	pid_t pid = getpid();

	/* A wall clock that was set back must not break the order within the process. */
	if (pid == last_pid && wall_ms <= ulid_ms(&last)) {
		count_up(&last);
		return last;
	}
	for (int i = 0; i < RANDOM_AT; i++)
		u.b[i] = (uint8_t)(wall_ms >> (8 * (RANDOM_AT - 1 - i)));
	random_bytes(u.b + RANDOM_AT, sizeof(u.b) - RANDOM_AT);
	last = u;
	last_pid = pid;
	return u;
}

/* 26 characters hold 130 bits: the value is right-aligned, the first character is at most 7. */
void ulid_format(const struct ulid *u, char out[ULID_TEXT + 1])
{
	uint32_t acc = 0;
	int bits = 2; /* the two leading zero bits */
	size_t at = 0;

	for (size_t i = 0; i < sizeof(u->b); i++) {
		acc = acc << 8 | u->b[i];
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			out[at++] = alphabet[acc >> bits & 31];
		}
		acc &= 31; /* at most 4 bits wait */
	}
	out[at] = '\0';
}

static int digit_of(char c)
{
	const char *p = c ? strchr(alphabet, c) : NULL;

	return p ? (int)(p - alphabet) : -1;
}

int ulid_parse(struct str s, struct ulid *ret_ulid)
{
	struct ulid u;
	uint32_t acc = 0;
	int bits = -2;
	size_t at = 0;

	if (s.len != ULID_TEXT || s.data[0] > '7')
		return -EINVAL;
	for (size_t i = 0; i < s.len; i++) {
		int v = digit_of(s.data[i]);

		if (v < 0)
			return -EINVAL;
		acc = (acc << 5 | (uint32_t)v) & 0xfff;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			u.b[at++] = (uint8_t)(acc >> bits);
		}
	}
	*ret_ulid = u;
	return 0;
}

uint64_t ulid_ms(const struct ulid *u)
{
	uint64_t ms = 0;

	for (int i = 0; i < RANDOM_AT; i++)
		ms = ms << 8 | u->b[i];
	return ms;
}
