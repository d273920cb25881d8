#include "base/file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static char dir[] = "/tmp/copytaster-file-XXXXXX";
static int dirfd_;

static void enter(void)
{
	cr_assert_not_null(mkdtemp(dir));
	dirfd_ = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_geq(dirfd_, 0);
}

static void leave(void)
{
	char command[64];

	close(dirfd_);
	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert_eq(system(command), 0);
}

TestSuite(file, .init = enter, .fini = leave);

static void put(const char *name, const char *text)
{
	int fd = openat(dirfd_, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

	cr_assert_geq(fd, 0);
	cr_assert_eq(file_write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static int try_open(const char *name)
{
	struct stat st;
	int fd, r = file_open_beneath(dirfd_, name, &fd, &st);

	if (r == 0)
		close(fd);
	return r;
}

/* The system call says ENOSYS from here on: an old kernel, for this test's own process. */
static void deny(unsigned call)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	cr_assert_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	cr_assert_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void expect_only_regular_files(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	put("story.txt", "words");
	put("with\nnewline", "x");
	cr_assert_eq(mkdirat(dirfd_, "sub", 0750), 0);
	put("sub/inner", "x");
	cr_assert_eq(symlinkat("story.txt", dirfd_, "link"), 0);
	cr_assert_eq(symlinkat("sub", dirfd_, "sublink"), 0);
	cr_assert_eq(symlinkat("/etc", dirfd_, "etc"), 0);
	cr_assert_eq(mkfifoat(dirfd_, "fifo", 0640), 0);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/sock", dir);
	cr_assert_eq(bind(sock, (struct sockaddr *)&address, sizeof(address)), 0);

	cr_expect_eq(try_open("story.txt"), 0);
	cr_expect_eq(try_open("with\nnewline"), 0);
	cr_expect_eq(try_open("sub/inner"), 0);
	cr_expect_eq(try_open("link"), -ELOOP);
	cr_expect_eq(try_open("sublink/inner"), -ELOOP);
	cr_expect_eq(try_open("etc/passwd"), -ELOOP);
	cr_expect_eq(try_open("../../etc/passwd"), -EXDEV);
	cr_expect_eq(try_open("/etc/passwd"), -EXDEV);
	cr_expect_eq(try_open("sub"), -EISDIR);
	cr_expect_eq(try_open("fifo"), -EPIPE);
	cr_expect_eq(try_open("sock"), -EPIPE);
	cr_expect_eq(try_open("none"), -ENOENT);
	cr_expect_eq(try_open("none/inner"), -ENOENT);
	cr_expect_eq(try_open("story.txt/inner"), -ENOTDIR);
	cr_expect_neq(try_open(""), 0);
	close(sock);
}

Test(file, only_regular_files_beneath_are_opened)
{
	expect_only_regular_files();
}

Test(file, without_openat2_the_same_holds)
{
	deny(SYS_openat2);
	expect_only_regular_files();
	char name[600];
	memset(name, 'n', 299);
	name[299] = '\0';
	cr_expect_eq(try_open(name), -ENAMETOOLONG);
}

Test(file, without_renameat2_nothing_is_replaced_either)
{
	deny(SYS_renameat2);
	put("a", "from a");
	put("b", "from b");
	cr_expect_eq(file_rename_new(dirfd_, "a", dirfd_, "b"), -EEXIST);
	cr_expect_eq(file_rename_new(dirfd_, "a", dirfd_, "c"), 0);
	cr_expect_eq(try_open("c"), 0);
}

static int read_name(const char *name, size_t max, struct buf *out)
{
	struct stat st, after;
	int fd, r = file_open_beneath(dirfd_, name, &fd, &st);

	cr_assert_eq(r, 0);
	r = file_read_all(fd, max, out, &after);
	close(fd);
	return r;
}

Test(file, read_all_checks_the_size_first)
{
	struct buf b;

	buf_init(&b, 0);
	put("story", "twelve bytes");
	put("empty", "");
	cr_expect_eq(read_name("story", 12, &b), 0);
	cr_expect_str_eq(b.data, "twelve bytes");
	cr_expect_eq(read_name("story", 11, &b), -EFBIG);
	cr_expect_eq(read_name("empty", 11, &b), 0);
	cr_expect_eq(b.len, 0);
	buf_release(&b);
	buf_init(&b, 4);
	cr_expect_eq(read_name("story", 100, &b), -ENOMEM);
	buf_release(&b);
}

Test(file, rename_new_never_replaces)
{
	struct buf b;

	buf_init(&b, 0);
	put("a", "from a");
	put("b", "from b");
	cr_expect_eq(file_rename_new(dirfd_, "a", dirfd_, "b"), -EEXIST);
	cr_expect_eq(file_rename_new(dirfd_, "a", dirfd_, "c"), 0);
	cr_expect_eq(file_rename_new(dirfd_, "a", dirfd_, "d"), -ENOENT);
	cr_expect_eq(read_name("b", 100, &b), 0);
	cr_expect_str_eq(b.data, "from b");
	cr_expect_eq(file_rename(dirfd_, "c", dirfd_, "b"), 0);
	cr_expect_eq(read_name("b", 100, &b), 0);
	cr_expect_str_eq(b.data, "from a");
	buf_release(&b);
}

Test(file, mkdirs_makes_all_parents)
{
	char path[128];
	struct err err;
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/x//y/z/", dir);
	cr_expect_eq(file_mkdirs(path, 0750, &err), 0);
	cr_expect_eq(file_mkdirs(path, 0750, &err), 0);
	cr_expect_eq(fstatat(dirfd_, "x/y/z", &st, 0), 0);
	put("plain", "x");
	(void)snprintf(path, sizeof(path), "%s/plain/y", dir);
	cr_expect_eq(file_mkdirs(path, 0750, &err), -ENOTDIR);
	cr_expect_not_null(strstr(err.text, "plain"));
	cr_expect_eq(file_mkdirs("", 0750, &err), -ENOENT);
}

Test(file, replace_is_whole_or_not_at_all)
{
	struct err err;
	struct buf b;

	buf_init(&b, 0);
	cr_expect_eq(file_replace(dirfd_, "r.json", "one", 3, 0640, &err), 0);
	cr_expect_eq(file_replace(dirfd_, "r.json", "two", 3, 0640, &err), 0);
	cr_expect_eq(read_name("r.json", 100, &b), 0);
	cr_expect_str_eq(b.data, "two");
	cr_expect_eq(try_open("r.json.tmp"), -ENOENT);
	char name[300];
	memset(name, 'n', 255);
	name[255] = '\0';
	cr_expect_eq(file_replace(dirfd_, name, "x", 1, 0640, &err), -ENAMETOOLONG);
	buf_release(&b);
}

static const char *faulty;

static int inject(const char *operation)
{
	return strcmp(operation, faulty) == 0 ? -EIO : 0;
}

Test(file, faults_reach_the_caller)
{
	static const char *const operations[] = { "write", "fsync", "rename" };
	struct err err;
	struct buf b;

	buf_init(&b, 0);
	put("r", "old");
	file_fault = inject;
	for (int i = 0; i < 3; i++) {
		faulty = operations[i];
		cr_expect_eq(file_replace(dirfd_, "r", "new", 3, 0640, &err), -EIO, "%s", faulty);
		cr_expect_eq(try_open("r.tmp"), -ENOENT);
	}
	file_fault = NULL;
	cr_expect_eq(read_name("r", 100, &b), 0);
	cr_expect_str_eq(b.data, "old");
	buf_release(&b);
}

Test(file, write_tells_what_went_wrong)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	cr_assert_geq(fd, 0);
	cr_expect_eq(file_write_all(fd, "x", 1), -ENOSPC);
	close(fd);
	fd = openat(dirfd_, "p", O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	cr_expect_eq(file_pwrite_all(fd, "xyz", 3, 2), 0);
	cr_expect_eq(lseek(fd, 0, SEEK_END), 5);
	cr_expect_eq(file_sync(fd), 0);
	cr_expect_eq(file_sync_dir(dirfd_), 0);
	close(fd);
}

Test(file, a_short_write_goes_on_and_then_tells_why)
{
	struct rlimit limit = { 6, 6 };
	struct stat st;
	int fd = openat(dirfd_, "short", O_WRONLY | O_CREAT | O_CLOEXEC, 0640);

	cr_assert_neq(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_expect_eq(file_write_all(fd, "ten bytes!", 10), -EFBIG);
	cr_expect_eq(fstat(fd, &st), 0);
	cr_expect_eq(st.st_size, 6); /* the kernel took 6, the rest was tried */
	close(fd);
}

Test(file, a_lock_has_one_holder)
{
	put("lock", "");
	int a = openat(dirfd_, "lock", O_RDONLY | O_CLOEXEC), b = openat(dirfd_, "lock", O_RDONLY | O_CLOEXEC);

	cr_expect_eq(file_lock(a), 0);
	cr_expect_eq(file_lock(b), -EWOULDBLOCK);
	close(a);
	cr_expect_eq(file_lock(b), 0);
	close(b);
}
