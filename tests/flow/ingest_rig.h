/* A real copytaster-ingest in a folder of its own, and workers that do what a test says. Failed
 * expectations print where and exit: the folder stays for a look. */
#ifndef COPYTASTER_TESTS_INGEST_RIG_H
#define COPYTASTER_TESTS_INGEST_RIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include <zmq.h>

#include "base/arena.h"
#include "base/buf.h"
#include "proto/control.h"

#define EXPECT(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
			rig_failed(); \
		} \
	} while (0)

struct rig {
	char dir[100], drop[120], spool[140], endpoint[180];
	const char *program;
	pid_t pid;
	int status; /* of the last end */
};

/* Makes the folder beneath TMPDIR; program: path of copytaster-ingest. */
void rig_init(struct rig *r, const char *program);
void rig_remove(struct rig *r); /* kills what runs, removes the folder */
void rig_failed(void) __attribute__((noreturn));
/* options: NULL-terminated, e.g. "--ingest.lease=1s". Waits until it listens. */
void rig_start(struct rig *r, const char *const *options);
void rig_spawn(struct rig *r, const char *const *options, const char *stderr_path); /* does not wait */
void rig_kill(struct rig *r);            /* -9 */
int rig_stop(struct rig *r);             /* SIGTERM; the exit status */
int rig_wait(struct rig *r, int ms);     /* for its own end; exit status, 128 + signal, -1 when it still runs */

/* Files: path is beneath the rig's folder. */
void rig_write(const struct rig *r, const char *path, const char *text);
void rig_drop(const struct rig *r, const char *name, const char *text); /* written aside, renamed in */
size_t rig_count(const struct rig *r, const char *folder); /* entries that are no *.reason.json, dotfiles neither */
bool rig_exists(const struct rig *r, const char *path);
/* The first entry of a folder whose name ends so; NULL: none. Static memory. */
const char *rig_find(const struct rig *r, const char *folder, const char *end);
char *rig_read(const struct rig *r, const char *path); /* heap, "" when there is none */
size_t rig_lines(const struct rig *r, const char *path, const char *containing);
void rig_settle(const struct rig *r, const char *folder, size_t n, int ms); /* waits until the folder holds n entries */
void rig_sleep(int ms);
uint64_t rig_now(void); /* ms */

struct fake {
	void *ctx, *socket;
	uint64_t epoch, incarnation;
	struct arena *in, *out;
	struct buf frame;
	zmq_msg_t message;
	struct ctl m; /* the last frame received */
	/* What fake_ready said last is said again while it waits, unless the test wants it silent. */
	uint32_t credit_messages;
	uint64_t credit_bytes, said;
	bool welcome, silent;
};

void fake_open(struct fake *f, const char *endpoint);
/* Gone without a word. */
void fake_close(struct fake *f);
void fake_send(struct fake *f, struct ctl *m);
bool fake_receive(struct fake *f, int ms);
/* The next frame of this type; others are passed over. False: none came in time. */
bool fake_expect(struct fake *f, enum ctl_type type, int ms);
/* HELLO with these leases, WELCOME awaited. */
void fake_hello(struct fake *f, struct ctl_lease *leases, size_t n);
void fake_ready(struct fake *f, uint32_t messages, uint64_t bytes);
void fake_say(struct fake *f, enum ctl_type type, const struct ctl_lease *lease);
void fake_ack(struct fake *f, const struct ctl_lease *lease, enum outcome outcome);
void fake_fail(struct fake *f, const struct ctl_lease *lease, const char *code, const char *reason);
void fake_defer(struct fake *f, const struct ctl_lease *lease, const struct ulid *until);
void fake_release(struct fake *f, const struct ctl_lease *lease, enum ctl_release why);
/* Value of a counter by STATUS_REQUEST. */
uint64_t fake_counter(struct fake *f, const char *name);

#endif
