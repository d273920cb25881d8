#include "base/service.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *const sections[] = { "paths", "worker", NULL };
static const struct service_about about = {
	.name = "copytaster-test",
	.summary = "does nothing, for tests.",
	.example = "  copytaster-test --drop=/srv/wires\n  copytaster-test --check",
	.sections = sections,
};

static struct options o;
static char out[32768], errors[8192];

static FILE *redirect(int fd, int *saved)
{
	FILE *f = tmpfile();

	cr_assert_not_null(f);
	fflush(NULL);
	*saved = dup(fd);
	cr_assert_eq(dup2(fileno(f), fd), fd);
	return f;
}

static void restore(FILE *f, int fd, int saved, char *text, size_t size)
{
	size_t n;

	fflush(NULL);
	cr_assert_eq(dup2(saved, fd), fd);
	close(saved);
	rewind(f);
	n = fread(text, 1, size - 1, f);
	text[n] = '\0';
	fclose(f);
}

static int run(const char *const *args)
{
	char *argv[16];
	int argc = 1, saved_out, saved_err, status;
	FILE *f_out, *f_err;

	argv[0] = strdup("copytaster-test");
	for (; args[argc - 1]; argc++)
		argv[argc] = strdup(args[argc - 1]);
	argv[argc] = NULL;
	f_out = redirect(STDOUT_FILENO, &saved_out);
	f_err = redirect(STDERR_FILENO, &saved_err);
	status = service_setup(&about, argc, argv, &o);
	restore(f_err, STDERR_FILENO, saved_err, errors, sizeof(errors));
	restore(f_out, STDOUT_FILENO, saved_out, out, sizeof(out));
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return status;
}

#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })

static void write_config(char *path, const char *text)
{
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

Test(service, the_command_line_wins_over_the_file)
{
	char path[] = "/tmp/copytaster-service-XXXXXX";

	write_config(path, "[paths]\ndrop=/from/file\nout=/out/of/file\n[ingest]\nsettle=3s\n");
	cr_assert_eq(RUN("--drop=/from/line", "--config", path, "--set", "ingest.rescan=9s", "--ingest.lease", "60s", "--once"), -1,
		     "%s", errors);
	cr_expect_str_eq(o.drop, "/from/line");
	cr_expect_str_eq(o.out, "/out/of/file");
	cr_expect_str_eq(o.spool, "/from/line/.copytaster");
	cr_expect_eq(o.settle_ms, 3000);
	cr_expect_eq(o.rescan_ms, 9000);
	cr_expect_eq(o.lease_ms, 60000);
	cr_expect(o.once);
	options_release(&o);
	cr_assert_eq(unlink(path), 0);
}

Test(service, help_and_version)
{
	cr_expect_eq(RUN("--drop", "/x", "--help"), 0);
	cr_expect_not_null(strstr(out, "copytaster-test: does nothing"));
	cr_expect_not_null(strstr(out, "--drop=/srv/wires\n  copytaster-test --check"));
	cr_expect_not_null(strstr(out, "--worker.credit_bytes=SIZE"));
	cr_expect_null(strstr(out, "--ingest.settle="));
	cr_expect_eq(RUN("--print-config"), 0);
	cr_expect_not_null(strstr(out, "\n#settle = 200ms\n"));
	cr_expect_eq(RUN("--version"), 0);
	cr_expect_not_null(strstr(out, copytaster_version));
}

Test(service, usage_errors)
{
	cr_expect_eq(RUN("stray"), 64);
	cr_expect_not_null(strstr(errors, "\"stray\" is not understood"));
	cr_expect_not_null(strstr(errors, "--help"));
	cr_expect_eq(RUN("--"), 64);
	cr_expect_eq(RUN("-d"), 64);
	cr_expect_eq(RUN("--drop"), 64);
	cr_expect_eq(RUN("--config"), 64);
	cr_expect_eq(RUN("--set", "x"), 64);
	cr_expect_eq(RUN("--fast"), 64);
	cr_expect_eq(RUN("--check=1"), 64);
	cr_expect_eq(RUN("--paths.dorp=/x"), 64);
	cr_expect_not_null(strstr(errors, "did you mean paths.drop?"));
	cr_expect_eq(RUN("--drop="), 64);
}

Test(service, config_errors)
{
	char path[] = "/tmp/copytaster-service-XXXXXX";

	write_config(path, "[paths]\ndorp=/x\n");
	cr_expect_eq(RUN("--config", path), 78);
	cr_expect_not_null(strstr(errors, ":2: there is no option \"paths.dorp\"; did you mean paths.drop?"), "%s", errors);
	cr_expect_eq(RUN("--endpoint=tcp://x:1"), 78);
	cr_expect_eq(RUN("--config=/nonexistent"), 78);
	cr_assert_eq(unlink(path), 0);
}

Test(service, check_prints_a_config_that_can_be_read_again)
{
	char path[] = "/tmp/copytaster-service-XXXXXX", first[sizeof(out)];

	cr_assert_eq(RUN("--check", "--drop=/srv/x", "--worker.credit_bytes=9M", "--ingest.keep_done=none"), 0, "%s", errors);
	cr_expect_not_null(strstr(out, "credit_bytes = 9M\n"));
	cr_expect_not_null(strstr(out, "spool = /srv/x/.copytaster\n"));
	cr_expect_not_null(strstr(out, "configuration is valid"));
	(void)snprintf(first, sizeof(first), "%s", out);
	write_config(path, out);
	cr_assert_eq(RUN("--check", "--config", path), 0, "%s", errors);
	cr_expect_str_eq(out, first);
	cr_assert_eq(unlink(path), 0);
}

static char *receive(int fd, char *text, size_t size)
{
	ssize_t n = recv(fd, text, size - 1, MSG_DONTWAIT);

	cr_assert_geq(n, 0, "nothing came");
	text[n] = '\0';
	return text;
}

static void stop(void *arg)
{
	loop_stop(arg);
}

Test(service, notes_reach_the_supervisor)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct loop *l = loop_new();
	char text[512];

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/copytaster-notify-%d", (int)getpid());
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	cr_assert_eq(service_watchdog(l), 0); /* nobody asks: no timer */
	service_ready("up");
	cr_assert_eq(setenv("NOTIFY_SOCKET", address.sun_path, 1), 0);
	cr_assert_eq(setenv("WATCHDOG_USEC", "30000", 1), 0);
	service_ready("watching");
	cr_expect_str_eq(receive(fd, text, sizeof(text)), "READY=1\nSTATUS=watching");
	service_status("%d active", 3);
	cr_expect_str_eq(receive(fd, text, sizeof(text)), "STATUS=3 active");
	cr_assert_eq(service_watchdog(l), 0);
	cr_assert_gt(loop_add_timer(l, 100, 0, stop, l), 0); /* ten periods: two survive any stall */
	cr_assert_eq(loop_run(l), 0);
	for (int i = 0; i < 2; i++)
		cr_expect_str_eq(receive(fd, text, sizeof(text)), "WATCHDOG=1");
	while (recv(fd, text, sizeof(text), MSG_DONTWAIT) > 0)
		continue;
	service_stopping("bye");
	cr_expect_str_eq(receive(fd, text, sizeof(text)), "STOPPING=1\nSTATUS=bye");
	loop_free(&l);
	close(fd);
	cr_assert_eq(unlink(address.sun_path), 0);
}
