#include "cli/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum {
	BACKOFF_LEAST_MS = 100, BACKOFF_MOST_MS = 10000, GOOD_LIFE_MS = 30000,
	START_MS = 60000,  /* from exec to READY */
	CHECK_MS = 200,
	DRAIN_MS = 30000,  /* how long workers wait for ingest to end before they are drained too */
	MOST_FAILURES = 30,    /* exits in a row without a good life before run gives up */
	ONCE_FAILURES = 3      /* the same of ingest with --once, before what it left is accepted as left */
};

struct child {
	struct supervisor *supervisor;
	bool ingest;
	char name[32];
	pid_t pid; /* 0: does not run */
	int pidfd, io, timer;
	uint64_t started_ms, heard_ms, backoff_ms;
	unsigned failures;
	bool ready, killed;
	bool unexplained; /* it ended by itself with status 0: an alarm only if no drain follows */
	bool finished; /* not to be started again */
	bool told;     /* SIGTERM was sent */
};

struct supervisor {
	struct supervisor_config config;
	char bin[4096]; /* folder of the programs with a slash at its end, or "" for PATH */
	int socket, socket_io, timer;
	uint64_t checked_ms, drain_ms;
	bool draining, announced, ready_once[2];
	unsigned restarts;
	char why[256];
	unsigned n;
	struct child children[];
};

static void tell(struct supervisor *s, enum supervisor_event event)
{
	s->config.fn(event, s->config.arg);
}

/* ---- start ---- */

static const char *program(const struct child *c)
{
	return c->ingest ? "copytaster-ingest" : "copytaster-worker";
}

/* Next to this program, in ../libexec/copytaster, else PATH. */
static void find_programs(struct supervisor *s)
{
	static const char *const places[] = { "", "../libexec/copytaster/" };
	char self[3500], path[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash = n > 0 ? memrchr(self, '/', (size_t)n) : NULL;
	for (size_t i = 0; slash && i < 2; i++) {
		slash[1] = '\0';
		(void)snprintf(path, sizeof(path), "%s%scopytaster-ingest", self, places[i]);
		if (access(path, X_OK) == 0) {
			(void)snprintf(s->bin, sizeof(s->bin), "%s%s", self, places[i]);
			return;
		}
	}
}

/* In the child: only async-signal-safe calls. */
static void become(const char *path, char *const *argv, pid_t parent)
{
	sigset_t none;
	sigemptyset(&none);
	(void)setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent)
		_exit(127);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	int null = open("/dev/null", O_RDONLY);
	/* Standard output belongs to the records that this program prints. */
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		_exit(127);
	execvp(path, argv);
	_exit(127);
}

static void on_exit_of(void *arg);

static int spawn_process(struct child *c, pid_t *ret)
{
	struct supervisor *s = c->supervisor;
	char path[4200], name[64];
	size_t n = 0;
	while (s->config.arguments[n])
		n++;
	char **argv = calloc(n + 3, sizeof(*argv));
	if (!argv)
		return -ENOMEM;
	(void)snprintf(path, sizeof(path), "%s%s", s->bin, program(c));
	(void)snprintf(name, sizeof(name), "--worker.name=%s", c->name);
	argv[0] = path;
	memcpy(argv + 1, s->config.arguments, n * sizeof(*argv));
	argv[n + 1] = name;
	pid_t parent = getpid(), pid = fork();
	if (pid == 0)
		become(path, argv, parent);
	/* Here too: whoever of both comes first, from now on no signal of the terminal reaches it. */
	if (pid > 0)
		(void)setpgid(pid, pid);
	free(argv);
	*ret = pid;
	return pid < 0 ? -errno : 0;
}

static int spawn(struct child *c)
{
	struct supervisor *s = c->supervisor;
	pid_t pid;
	int rc = spawn_process(c, &pid);
	if (rc)
		return rc;
	c->pid = pid;
	c->started_ms = c->heard_ms = clock_mono_ms();
	c->ready = c->killed = false;
	c->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	rc = c->pidfd < 0 ? -errno : loop_add_fd(s->config.loop, c->pidfd, on_exit_of, c);
	if (rc > 0) {
		c->io = rc;
		return 0;
	}
	if (c->pidfd >= 0)
		close(c->pidfd);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	c->pid = 0;
	return rc;
}

/* ---- end ---- */

static void give_up(struct supervisor *s, const struct child *c, const char *why)
{
	if (!s->why[0])
		(void)snprintf(s->why, sizeof(s->why), "%s: %s", program(c), why);
	for (unsigned i = 0; i < s->n; i++)
		s->children[i].finished = true;
	tell(s, SUPERVISOR_FAILED);
	supervisor_drain(s);
}

static void restart(void *arg)
{
	struct child *c = arg;
	c->timer = 0;
	if (c->finished)
		return;
	if (c->unexplained)
		log_warn("CT4001", "child died, will be started again", "child=%s how=\"ended with status 0\"", c->name);
	c->unexplained = false;
	int rc = spawn(c);
	if (rc)
		give_up(c->supervisor, c, strerror(-rc));
}

static void restart_later(struct child *c, uint64_t lived_ms)
{
	struct supervisor *s = c->supervisor;
	if (lived_ms >= GOOD_LIFE_MS)
		c->backoff_ms = 0;
	c->backoff_ms = c->backoff_ms == 0 ? BACKOFF_LEAST_MS : c->backoff_ms * 2 > BACKOFF_MOST_MS ? BACKOFF_MOST_MS : c->backoff_ms * 2;
	s->restarts++;
	int id = loop_add_timer(s->config.loop, c->backoff_ms, 0, restart, c);
	if (id < 0)
		give_up(s, c, strerror(-id));
	else
		c->timer = id;
}

static bool anyone_left(const struct supervisor *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->children[i].pid)
			return true;
	return false;
}

static void terminate(struct child *c)
{
	c->finished = true;
	if (c->timer)
		loop_remove_timer(c->supervisor->config.loop, c->timer);
	c->timer = 0;
	if (c->pid && !c->told)
		(void)kill(c->pid, SIGTERM);
	c->told = true;
}

static void drain_workers(struct supervisor *s)
{
	for (unsigned i = 1; i < s->n; i++)
		terminate(&s->children[i]);
}

/* A child that ends with a status of its own before one of its kind has ever worked will not work the next time either. */
static bool is_hopeless(const struct child *c, int status)
{
	if (!WIFEXITED(status))
		return false;
	int code = WEXITSTATUS(status);
	return code == 64 || code == 78 || code == 127 || (code && !c->supervisor->ready_once[c->ingest]) || c->failures > MOST_FAILURES;
}

static void describe(int status, char *out, size_t size)
{
	if (WIFSIGNALED(status))
		(void)snprintf(out, size, "killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == 127)
		(void)snprintf(out, size, "not found next to this program nor in PATH");
	else
		(void)snprintf(out, size, "ended with status %d%s", WEXITSTATUS(status), WEXITSTATUS(status) ? "; its own message stands above" : "");
}

/* With --once ingest says by 2 that some files failed, and by 1 that it left some, or that it broke and can try again. */
static bool ended_well(const struct child *c, int status)
{
	if (!WIFEXITED(status))
		return false;
	int code = WEXITSTATUS(status);
	bool once = c->ingest && c->supervisor->config.once && c->supervisor->ready_once[c->ingest];
	return code == 0 || (once && (code == 2 || (code == 1 && c->failures >= ONCE_FAILURES)));
}

/* SIGTERM that came before the child could take signals: it had done nothing yet. */
static bool was_never_up(const struct child *c, int status)
{
	return !c->ready && WIFSIGNALED(status) && (WTERMSIG(status) == SIGTERM || WTERMSIG(status) == SIGINT);
}

static void ended(struct child *c, int status)
{
	struct supervisor *s = c->supervisor;
	char how[128];
	uint64_t lived_ms = clock_mono_ms() - c->started_ms;
	describe(status, how, sizeof(how));
	c->failures = lived_ms >= GOOD_LIFE_MS || WIFSIGNALED(status) ? 0 : c->failures + 1;
	bool well = ended_well(c, status);
	if (c->finished) {
		if (!well && !c->killed && !was_never_up(c, status))
			log_warn("CT4003", "child ended badly while draining", "child=%s how=\"%s\"", c->name, how);
	} else if (c->ingest && well) {
		c->finished = true;
		tell(s, SUPERVISOR_INGESTED);
	} else if (is_hopeless(c, status)) {
		c->finished = true;
		give_up(s, c, how);
	} else {
		/* Whoever signals a whole group or session reaches the children before this process hears of it. */
		c->unexplained = WIFEXITED(status) && WEXITSTATUS(status) == 0;
		if (!c->unexplained)
			log_warn("CT4001", "child died, will be started again", "child=%s how=\"%s\" lived_ms=%llu", c->name, how,
				 (unsigned long long)lived_ms);
		restart_later(c, lived_ms);
	}
	if (s->draining && c->ingest)
		drain_workers(s);
	if (s->draining && !anyone_left(s) && !s->announced) {
		s->announced = true;
		tell(s, SUPERVISOR_GONE);
	}
}

static void on_exit_of(void *arg)
{
	struct child *c = arg;
	int status;
	if (waitpid(c->pid, &status, WNOHANG) != c->pid)
		return;
	loop_remove_io(c->supervisor->config.loop, c->io);
	close(c->pidfd);
	c->pid = 0;
	ended(c, status);
}

/* ---- signs of life ---- */

static void heard(struct supervisor *s, pid_t pid, char *text)
{
	struct child *c = NULL;
	for (unsigned i = 0; i < s->n; i++)
		if (s->children[i].pid == pid && pid)
			c = &s->children[i];
	if (!c)
		return; /* an abstract socket is open to all: only children count */
	c->heard_ms = clock_mono_ms();
	if (c->ready || (strncmp(text, "READY=1", 7) && !strstr(text, "\nREADY=1")))
		return;
	bool before = s->ready_once[0] && s->ready_once[1];
	c->ready = s->ready_once[c->ingest] = true;
	if (!before && s->ready_once[0] && s->ready_once[1])
		tell(s, SUPERVISOR_READY);
}

static void on_notify(void *arg)
{
	struct supervisor *s = arg;
	for (int i = 0; i < 64; i++) {
		char text[4096];
		union {
			char bytes[CMSG_SPACE(sizeof(struct ucred))];
			struct cmsghdr align;
		} control;
		struct iovec part = { text, sizeof(text) - 1 };
		struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes) };
		ssize_t n = recvmsg(s->socket, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (n < 0)
			return;
		text[n] = '\0';
		for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h; h = CMSG_NXTHDR(&m, h)) {
			struct ucred who;
			if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_CREDENTIALS)
				continue;
			memcpy(&who, CMSG_DATA(h), sizeof(who));
			heard(s, who.pid, text);
		}
	}
}

static void check_one(struct supervisor *s, struct child *c, uint64_t now)
{
	uint64_t most = c->ready ? s->config.lease_ms : s->config.lease_ms > START_MS ? s->config.lease_ms : START_MS;
	if (!c->pid || c->killed || now - c->heard_ms <= most)
		return;
	log_warn("CT4002", "child is silent for longer than a lease and is killed", "child=%s pid=%d silent_ms=%llu", c->name, (int)c->pid,
		 (unsigned long long)(now - c->heard_ms));
	c->killed = true;
	(void)kill(c->pid, SIGKILL);
}

static void check(void *arg)
{
	struct supervisor *s = arg;
	on_notify(s);
	uint64_t now = clock_mono_ms(), late = now - s->checked_ms;
	/* This process itself was stopped: nobody else's silence is proven by that. */
	if (late > 5 * CHECK_MS)
		for (unsigned i = 0; i < s->n; i++)
			s->children[i].heard_ms += late;
	s->checked_ms = now;
	for (unsigned i = 0; i < s->n; i++)
		check_one(s, &s->children[i], now > s->children[i].heard_ms ? now : s->children[i].heard_ms);
	if (s->draining && now - s->drain_ms > DRAIN_MS)
		drain_workers(s);
}

/* ---- life ---- */

/* Autobind gives an abstract name nobody else has; it goes with the process. */
static int open_socket(struct supervisor *s, struct err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(addr);
	char name[64], usec[32];
	int on = 1;
	s->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->socket < 0 || setsockopt(s->socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) ||
	    bind(s->socket, (struct sockaddr *)&addr, sizeof(sa_family_t)) || getsockname(s->socket, (struct sockaddr *)&addr, &len))
		return err_set(err, -errno, "cannot make the socket for signs of life: %s", strerror(errno));
	size_t n = len - offsetof(struct sockaddr_un, sun_path) - 1;
	(void)snprintf(name, sizeof(name), "@%.*s", (int)n, addr.sun_path + 1);
	(void)snprintf(usec, sizeof(usec), "%llu", (unsigned long long)s->config.lease_ms * 1000);
	if (setenv("NOTIFY_SOCKET", name, 1) || setenv("WATCHDOG_USEC", usec, 1) || unsetenv("WATCHDOG_PID"))
		return err_set(err, -ENOMEM, "out of memory");
	s->socket_io = loop_add_fd(s->config.loop, s->socket, on_notify, s);
	return s->socket_io < 0 ? err_set(err, s->socket_io, "cannot watch a socket: %s", strerror(-s->socket_io)) : 0;
}

int supervisor_new(const struct supervisor_config *config, struct supervisor **ret, struct err *err)
{
	unsigned n = config->workers + 1;
	struct supervisor *s = calloc(1, sizeof(*s) + n * sizeof(s->children[0]));
	if (!s)
		return err_set(err, -ENOMEM, "out of memory");
	s->config = *config;
	s->socket = -1;
	s->n = n;
	for (unsigned i = 0; i < n; i++) {
		struct child *c = &s->children[i];
		c->supervisor = s;
		c->ingest = i == 0;
		(void)snprintf(c->name, sizeof(c->name), i ? "worker-%u" : "ingest", i);
	}
	find_programs(s);
	int rc = open_socket(s, err);
	if (rc == 0) {
		s->checked_ms = clock_mono_ms();
		s->timer = loop_add_timer(config->loop, CHECK_MS, CHECK_MS, check, s);
		if (s->timer < 0)
			rc = err_set(err, s->timer, "cannot add a timer: %s", strerror(-s->timer));
	}
	if (rc)
		supervisor_free(&s);
	else
		*ret = s;
	return rc;
}

void supervisor_free(struct supervisor **s)
{
	if (!*s)
		return;
	supervisor_kill(*s);
	for (unsigned i = 0; i < (*s)->n; i++) {
		struct child *c = &(*s)->children[i];
		if (c->pid) {
			(void)waitpid(c->pid, NULL, 0);
			close(c->pidfd);
		}
	}
	if ((*s)->socket >= 0)
		close((*s)->socket);
	free(*s);
	*s = NULL;
}

int supervisor_start(struct supervisor *s, struct err *err)
{
	for (unsigned i = 0; i < s->n; i++) {
		int rc = spawn(&s->children[i]);
		if (rc)
			return err_set(err, rc, "cannot start %s: %s", program(&s->children[i]), strerror(-rc));
	}
	return 0;
}

void supervisor_drain(struct supervisor *s)
{
	if (s->draining)
		return;
	s->draining = true;
	s->drain_ms = clock_mono_ms();
	terminate(&s->children[0]);
	for (unsigned i = 1; i < s->n; i++)
		s->children[i].finished = true;
	if (!s->children[0].pid)
		drain_workers(s);
	if (!anyone_left(s) && !s->announced) {
		s->announced = true;
		tell(s, SUPERVISOR_GONE);
	}
}

void supervisor_kill(struct supervisor *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		struct child *c = &s->children[i];
		terminate(c);
		c->killed = true;
		if (c->pid)
			(void)kill(c->pid, SIGKILL);
	}
}

const char *supervisor_why(const struct supervisor *s)
{
	return s->why;
}

unsigned supervisor_workers_up(const struct supervisor *s)
{
	unsigned n = 0;
	for (unsigned i = 1; i < s->n; i++)
		n += s->children[i].pid && s->children[i].ready;
	return n;
}

unsigned supervisor_restarts(const struct supervisor *s)
{
	return s->restarts;
}
