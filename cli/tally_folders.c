/* audit: what lies in the drop folder and the spool. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/tally.h"

/* NULL with *ret_rc 0: there is no such folder. */
static DIR *open_folder(const char *path, int *ret_rc, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	*ret_rc = 0;
	if (!d && errno != ENOENT)
		*ret_rc = err_set(err, -errno, "cannot read the folder %s: %s", path, strerror(errno));
	if (!d && fd >= 0)
		close(fd);
	return d;
}

static void strange(struct tally *t, const char *folder, const char *name)
{
	char quoted[160];
	if (t->strange_files++ == 0)
		(void)snprintf(t->first_strange, sizeof(t->first_strange), "%s/%s", folder, log_quote(str_of(name), quoted, sizeof(quoted)));
}

/* A folder of an article whose file was taken out is no article. One that cannot be read counts as whole. */
static bool holds_something(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	bool found = !d;
	struct dirent *e;
	while (d && !found && (e = readdir(d)))
		found = strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	return found;
}

/* "<ULID>-name", "<ULID>" (a folder with the file in it) or "<ULID>.reason.json". */
static int take_name(struct tally *t, int at, const char *folder, const char *name, enum tally_place place)
{
	struct ulid id;
	size_t len = strlen(name);
	if (len < ULID_TEXT || ulid_parse((struct str){ name, ULID_TEXT }, &id)) {
		strange(t, folder, name);
		return 0;
	}
	const char *rest = name + ULID_TEXT;
	if (place == IN_FAILED && !strcmp(rest, ".reason.json"))
		place = HAS_REASON;
	else if (rest[0] != '-' && rest[0] != '\0') {
		strange(t, folder, name);
		return 0;
	}
	if (rest[0] == '\0' && !holds_something(at, name))
		return 0;
	struct tally_entry *e = tally_entry(t, &id);
	if (!e)
		return -ENOMEM;
	const uint32_t files = IN_ACTIVE | IN_DONE | IN_FAILED | IN_RETRY;
	if (place != HAS_REASON && (e->places & files))
		e->places |= TWO_PLACES;
	e->places |= place;
	return 0;
}

static int take_folder(struct tally *t, const struct options *o, const char *sub, enum tally_place place, struct err *err)
{
	char path[PATH_MAX];
	struct dirent *e;
	int rc;
	if (snprintf(path, sizeof(path), "%s/%s", o->spool, sub) >= (int)sizeof(path))
		return err_set(err, -ENAMETOOLONG, "the path of the spool is too long");
	DIR *d = open_folder(path, &rc, err);
	while (d && rc == 0 && (e = readdir(d)))
		if (e->d_name[0] != '.')
			rc = take_name(t, dirfd(d), sub, e->d_name, place);
	if (d)
		closedir(d);
	return rc == -ENOMEM ? err_set(err, rc, "out of memory") : rc;
}

static int take_active(struct tally *t, const struct options *o, struct err *err)
{
	char path[PATH_MAX];
	struct dirent *e;
	int rc;
	if (snprintf(path, sizeof(path), "%s/active", o->spool) >= (int)sizeof(path))
		return err_set(err, -ENAMETOOLONG, "the path of the spool is too long");
	DIR *d = open_folder(path, &rc, err);
	while (d && rc == 0 && (e = readdir(d))) {
		char sub[NAME_MAX + 16];
		(void)snprintf(sub, sizeof(sub), "active/%s", e->d_name);
		if (e->d_name[0] != '.')
			rc = take_folder(t, o, sub, IN_ACTIVE, err);
	}
	if (d)
		closedir(d);
	return rc;
}

/* Not every file system tells it with the name. What has gone meanwhile counts as a folder: not at all. */
static unsigned char type_of(int at, const struct dirent *e)
{
	struct stat st;
	if (e->d_type != DT_UNKNOWN)
		return e->d_type;
	if (fstatat(at, e->d_name, &st, AT_SYMLINK_NOFOLLOW))
		return DT_DIR;
	return S_ISREG(st.st_mode) ? DT_REG : S_ISDIR(st.st_mode) ? DT_DIR : DT_LNK;
}

/* What waits there, and what ingest leaves there because it is no regular file. Folders are nobody's articles. */
static int count_drop(struct tally *t, const struct options *o, struct err *err)
{
	struct dirent *e;
	int rc;
	DIR *d = open_folder(o->drop, &rc, err);
	if (!d)
		return rc ? rc : err_set(err, -ENOENT, "there is no drop folder %s: name it with --drop or --config", o->drop);
	while ((e = readdir(d))) {
		unsigned char type = e->d_name[0] == '.' ? DT_DIR : type_of(dirfd(d), e);
		if (type == DT_REG)
			t->drop_files++;
		else if (type != DT_DIR)
			t->drop_left++;
	}
	closedir(d);
	return 0;
}

/* In the order in which files move, so that one that moves meanwhile is seen at least once. */
int tally_folders(struct tally *t, const struct options *o, struct err *err)
{
	int rc = count_drop(t, o, err);
	if (rc == 0)
		rc = take_folder(t, o, "retry", IN_RETRY, err);
	if (rc == 0)
		rc = take_active(t, o, err);
	if (rc == 0)
		rc = take_folder(t, o, "failed", IN_FAILED, err);
	if (rc == 0)
		rc = take_folder(t, o, "done", IN_DONE, err);
	return rc;
}
