#include "ingest_rig.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARENA_BYTES (64u << 20)
#define MOST_OPTIONS 32
#define TALK_MS 60

static pid_t running; /* killed when an expectation fails */

void rig_failed(void)
{
	if (running > 0)
		kill(running, SIGKILL);
	exit(1);
}

void rig_sleep(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

uint64_t rig_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- the program ---- */

void rig_init(struct rig *r, const char *program)
{
	const char *tmp = getenv("TMPDIR");

	memset(r, 0, sizeof(*r));
	snprintf(r->dir, sizeof(r->dir), "%.60s/ct-ingest-XXXXXX", tmp ? tmp : "/tmp");
	EXPECT(mkdtemp(r->dir));
	snprintf(r->drop, sizeof(r->drop), "%s/drop", r->dir);
	snprintf(r->spool, sizeof(r->spool), "%s/.copytaster", r->drop);
	snprintf(r->endpoint, sizeof(r->endpoint), "ipc://%s/ingest.sock", r->spool);
	r->program = program;
}

void rig_remove(struct rig *r)
{
	char command[300];

	if (r->pid > 0)
		rig_kill(r);
	snprintf(command, sizeof(command), "chmod -R u+rwX '%s' && rm -rf '%s'", r->dir, r->dir);
	EXPECT(system(command) == 0);
}

void rig_spawn(struct rig *r, const char *const *options, const char *stderr_path)
{
	char drop[260], *argv[MOST_OPTIONS + 4] = { (char *)r->program, drop, (char *)"--log.level=warn" };
	size_t n = 3;

	snprintf(drop, sizeof(drop), "--drop=%s", r->drop);
	for (; options && *options && n < MOST_OPTIONS; options++)
		argv[n++] = (char *)*options;
	r->pid = running = fork();
	EXPECT(r->pid >= 0);
	if (r->pid > 0)
		return;
	if (stderr_path) {
		int fd = open(stderr_path, O_WRONLY | O_CREAT | O_APPEND, 0600);

		if (fd >= 0)
			dup2(fd, 2);
	}
	execv(r->program, argv);
	_exit(127);
}

void rig_start(struct rig *r, const char *const *options)
{
	struct fake f;

	rig_spawn(r, options, NULL);
	fake_open(&f, r->endpoint);
	fake_send(&f, &(struct ctl){ .type = CTL_STATUS_REQUEST });
	EXPECT(fake_expect(&f, CTL_STATUS, 10000));
	fake_close(&f);
}

static int ended(struct rig *r, int status)
{
	r->pid = running = 0;
	r->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return r->status;
}

void rig_kill(struct rig *r)
{
	int status;

	kill(r->pid, SIGKILL);
	EXPECT(waitpid(r->pid, &status, 0) == r->pid);
	(void)ended(r, status);
}

int rig_wait(struct rig *r, int ms)
{
	uint64_t until = rig_now() + (uint64_t)ms;
	int status;

	do {
		if (waitpid(r->pid, &status, WNOHANG) == r->pid)
			return ended(r, status);
		rig_sleep(5);
	} while (rig_now() < until);
	return -1;
}

int rig_stop(struct rig *r)
{
	kill(r->pid, SIGTERM);
	return rig_wait(r, 15000);
}

/* ---- files ---- */

static const char *path_of(const struct rig *r, const char *path)
{
	static char whole[1024];

	snprintf(whole, sizeof(whole), "%s/%s", r->dir, path);
	return whole;
}

void rig_write(const struct rig *r, const char *path, const char *text)
{
	int fd = open(path_of(r, path), O_WRONLY | O_CREAT | O_TRUNC, 0640);

	EXPECT(fd >= 0);
	EXPECT(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

void rig_drop(const struct rig *r, const char *name, const char *text)
{
	char from[400], to[600];

	rig_write(r, "aside", text);
	snprintf(from, sizeof(from), "%s/aside", r->dir);
	snprintf(to, sizeof(to), "%s/%s", r->drop, name);
	EXPECT(rename(from, to) == 0);
}

static bool ends_so(const char *name, const char *end)
{
	size_t n = strlen(name), e = strlen(end);

	return n >= e && strcmp(name + n - e, end) == 0;
}

size_t rig_count(const struct rig *r, const char *folder)
{
	DIR *dir = opendir(path_of(r, folder));
	const struct dirent *e;
	size_t n = 0;

	while (dir && (e = readdir(dir)))
		n += e->d_name[0] != '.' && !ends_so(e->d_name, ".reason.json") && !ends_so(e->d_name, ".json.tmp");
	if (dir)
		closedir(dir);
	return n;
}

const char *rig_find(const struct rig *r, const char *folder, const char *end)
{
	static char found[300];
	DIR *dir = opendir(path_of(r, folder));
	const struct dirent *e;
	bool any = false;

	while (dir && !any && (e = readdir(dir))) {
		any = e->d_name[0] != '.' && ends_so(e->d_name, end);
		snprintf(found, sizeof(found), "%s", e->d_name);
	}
	if (dir)
		closedir(dir);
	return any ? found : NULL;
}

bool rig_exists(const struct rig *r, const char *path)
{
	struct stat st;

	return lstat(path_of(r, path), &st) == 0;
}

char *rig_read(const struct rig *r, const char *path)
{
	FILE *in = fopen(path_of(r, path), "r");
	struct buf b;
	char part[4096];
	size_t n;

	buf_init(&b, 0);
	buf_text(&b, "");
	buf_append(&b, "", 0);
	while (in && (n = fread(part, 1, sizeof(part), in)) > 0)
		buf_append(&b, part, n);
	if (in)
		fclose(in);
	return b.data ? b.data : calloc(1, 1);
}

size_t rig_lines(const struct rig *r, const char *path, const char *containing)
{
	char *text = rig_read(r, path), *line, *rest = text;
	size_t n = 0;

	while ((line = strsep(&rest, "\n")))
		n += *line != '\0' && strstr(line, containing);
	free(text);
	return n;
}

void rig_settle(const struct rig *r, const char *folder, size_t n, int ms)
{
	uint64_t until = rig_now() + (uint64_t)ms;

	while (rig_count(r, folder) != n && rig_now() < until)
		rig_sleep(5);
	if (rig_count(r, folder) != n)
		fprintf(stderr, "%s holds %zu entries, %zu were expected\n", folder, rig_count(r, folder), n);
	EXPECT(rig_count(r, folder) == n);
}

/* ---- the worker ---- */

void fake_open(struct fake *f, const char *endpoint)
{
	int zero = 0, ms = 10;

	memset(f, 0, sizeof(*f));
	EXPECT(getrandom(&f->incarnation, sizeof(f->incarnation), 0) == sizeof(f->incarnation));
	f->ctx = zmq_ctx_new();
	f->socket = zmq_socket(f->ctx, ZMQ_DEALER);
	EXPECT(f->socket);
	zmq_setsockopt(f->socket, ZMQ_LINGER, &zero, sizeof(zero));
	zmq_setsockopt(f->socket, ZMQ_RECONNECT_IVL, &ms, sizeof(ms));
	EXPECT(zmq_connect(f->socket, endpoint) == 0);
	f->in = arena_new(ARENA_BYTES);
	f->out = arena_new(ARENA_BYTES);
	buf_init(&f->frame, 0);
	zmq_msg_init(&f->message);
}

void fake_close(struct fake *f)
{
	zmq_msg_close(&f->message);
	zmq_close(f->socket);
	zmq_ctx_term(f->ctx);
	arena_free(&f->in);
	arena_free(&f->out);
	buf_release(&f->frame);
}

void fake_send(struct fake *f, struct ctl *m)
{
	m->incarnation = f->incarnation;
	if (m->epoch == 0)
		m->epoch = f->epoch;
	buf_reset(&f->frame);
	arena_reset(f->out);
	EXPECT(ctl_encode(&f->frame, m, f->out) == 0);
	EXPECT(zmq_send(f->socket, f->frame.data, f->frame.len, 0) >= 0);
}

static bool wait_for_message(struct fake *f, int ms)
{
	zmq_pollitem_t item = { .socket = f->socket, .events = ZMQ_POLLIN };
	uint64_t now = rig_now(), until = now + (uint64_t)ms;

	for (; now < until; now = rig_now()) {
		if (f->welcome && !f->silent && now - f->said >= TALK_MS)
			fake_ready(f, f->credit_messages, f->credit_bytes);
		if (zmq_poll(&item, 1, until - now < TALK_MS ? (long)(until - now) : TALK_MS) > 0)
			return true;
	}
	return false;
}

bool fake_receive(struct fake *f, int ms)
{
	if (zmq_msg_recv(&f->message, f->socket, ZMQ_DONTWAIT) < 0) {
		if (!wait_for_message(f, ms) || zmq_msg_recv(&f->message, f->socket, ZMQ_DONTWAIT) < 0)
			return false;
	}
	arena_reset(f->in);
	memset(&f->m, 0, sizeof(f->m));
	EXPECT(ctl_decode((struct str){ zmq_msg_data(&f->message), zmq_msg_size(&f->message) }, f->in, &f->m) == 0);
	return true;
}

bool fake_expect(struct fake *f, enum ctl_type type, int ms)
{
	uint64_t until = rig_now() + (uint64_t)ms, now;

	while ((now = rig_now()) <= until)
		if (fake_receive(f, (int)(until - now)) && f->m.type == type)
			return true;
	return false;
}

void fake_hello(struct fake *f, struct ctl_lease *leases, size_t n)
{
	struct ctl m = { .type = CTL_HELLO, .protocol = CTL_PROTOCOL, .name = STR("fake"), .pid = (uint32_t)getpid(), .leases = leases,
			 .n_leases = n };

	fake_send(f, &m);
	EXPECT(fake_expect(f, CTL_WELCOME, 10000));
	f->epoch = f->m.epoch;
	f->said = rig_now();
	f->welcome = true;
}

void fake_ready(struct fake *f, uint32_t messages, uint64_t bytes)
{
	f->credit_messages = messages;
	f->credit_bytes = bytes;
	f->said = rig_now();
	fake_send(f, &(struct ctl){ .type = CTL_READY, .credit_messages = messages, .credit_bytes = bytes });
}

void fake_say(struct fake *f, enum ctl_type type, const struct ctl_lease *lease)
{
	struct ctl_lease l = *lease;

	fake_send(f, &(struct ctl){ .type = type, .leases = &l, .n_leases = 1 });
}

void fake_ack(struct fake *f, const struct ctl_lease *lease, enum outcome outcome)
{
	struct ctl_lease l = *lease;

	fake_send(f, &(struct ctl){ .type = CTL_ACK, .leases = &l, .n_leases = 1, .outcome = outcome, .claims = outcome == OUTCOME_PUBLISHED });
}

void fake_fail(struct fake *f, const struct ctl_lease *lease, const char *code, const char *reason)
{
	struct ctl_lease l = *lease;

	fake_send(f, &(struct ctl){ .type = CTL_ACK, .leases = &l, .n_leases = 1, .outcome = OUTCOME_FAILED,
				    .reason_code = str_of(code), .reason = str_of(reason) });
}

void fake_defer(struct fake *f, const struct ctl_lease *lease, const struct ulid *until)
{
	struct ctl_lease l = *lease;

	fake_send(f, &(struct ctl){ .type = CTL_DEFER, .leases = &l, .n_leases = 1, .until = *until });
}

void fake_release(struct fake *f, const struct ctl_lease *lease, enum ctl_release why)
{
	struct ctl_lease l = *lease;

	fake_send(f, &(struct ctl){ .type = CTL_RELEASE, .leases = &l, .n_leases = 1, .release = why });
}

uint64_t fake_counter(struct fake *f, const char *name)
{
	fake_send(f, &(struct ctl){ .type = CTL_STATUS_REQUEST });
	EXPECT(fake_expect(f, CTL_STATUS, 5000));
	for (size_t i = 0; i < f->m.n_counters; i++)
		if (str_is(f->m.counters[i].name, name))
			return f->m.counters[i].value;
	fprintf(stderr, "no counter %s\n", name);
	rig_failed();
}
