/* copytaster retry: failed files go back into the queue, with their id. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/ulid.h"
#include "cli/cli.h"
#include "cli/term.h"
#include "proto/json.h"

struct retry {
	const struct cli *cli;
	struct options options;
	struct term term;
	struct buf out;
	int failed, retry; /* folders */
	bool *found;       /* per word */
	uint64_t moved, refused;
};

static int open_folder(const struct retry *r, const char *sub, bool make, int *ret_fd, struct err *err)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof(path), "%s/%s", r->options.spool, sub) >= (int)sizeof(path))
		return err_set(err, -ENAMETOOLONG, "the path of the spool is too long");
	int rc = make ? file_mkdirs(path, 0770, err) : 0;
	if (rc)
		return rc;
	*ret_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret_fd < 0)
		return err_set(err, -errno, "cannot read %s: %s: name the folders with --drop or --config", path, strerror(errno));
	return 0;
}

static void report(struct retry *r, struct str id, struct str name, const char *error)
{
	if (r->cli->json) {
		buf_text(&r->out, "{\"articleId\":");
		json_put_string(&r->out, id);
		buf_text(&r->out, ",\"fileName\":");
		json_put_string(&r->out, name);
		buf_printf(&r->out, ",\"retried\":%s", error ? "false" : "true");
		if (error) {
			buf_text(&r->out, ",\"error\":");
			json_put_string(&r->out, str_of(error));
		}
		buf_text(&r->out, "}\n");
		return;
	}
	term_text(&r->out, id);
	buf_text(&r->out, "  ");
	term_text(&r->out, name);
	buf_text(&r->out, name.len ? "  " : "");
	term_styled(&r->out, &r->term, error ? STYLE_BAD : STYLE_GOOD, error ? str_of(error) : STR("put back"));
	buf_char(&r->out, '\n');
}

/* Was this id asked for? All of them, without words. */
static bool wanted(struct retry *r, struct str id)
{
	bool hit = r->cli->n_words == 0;
	for (size_t i = 0; i < r->cli->n_words; i++)
		if (str_is(id, r->cli->words[i]))
			hit = r->found[i] = true;
	return hit;
}

/* The folder form, <ULID>/name, shows the name that is in it. */
static struct str name_within(int dirfd, const char *entry, char *out, size_t size)
{
	int fd = openat(dirfd, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	out[0] = '\0';
	while (d && (e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			(void)snprintf(out, size, "%s", e->d_name);
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	return str_of(out);
}

static void one(struct retry *r, const char *entry)
{
	struct ulid ulid;
	struct str id = { entry, ULID_TEXT }, name;
	char within[NAME_MAX + 1];
	if (strlen(entry) < ULID_TEXT || ulid_parse(id, &ulid) || (entry[ULID_TEXT] && entry[ULID_TEXT] != '-') || !wanted(r, id))
		return;
	name = entry[ULID_TEXT] ? str_of(entry + ULID_TEXT + 1) : name_within(r->failed, entry, within, sizeof(within));
	int rc = file_rename_new(r->failed, entry, r->retry, entry);
	report(r, id, name, rc ? strerror(-rc) : NULL);
	r->moved += rc == 0;
	r->refused += rc != 0;
}

static int move_all(struct retry *r, struct err *err)
{
	int fd = openat(r->failed, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	if (!d) {
		int rc = err_set(err, -errno, "cannot read failed/: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return rc;
	}
	while ((e = readdir(d)))
		one(r, e->d_name);
	closedir(d);
	int rc = r->moved ? file_sync_dir(r->retry) : 0;
	if (rc == 0 && r->moved)
		rc = file_sync_dir(r->failed);
	if (rc)
		return err_set(err, rc, "cannot make the moves durable: %s", strerror(-rc));
	for (size_t i = 0; i < r->cli->n_words; i++)
		if (!r->found[i]) {
			report(r, str_of(r->cli->words[i]), STR(""), "is not in failed/");
			r->refused++;
		}
	return 0;
}

static int check_ids(const struct cli *c)
{
	struct ulid id;
	bool all = cli_value(c, "all") != NULL;
	if (all == (c->n_words > 0))
		return cli_fail(c, CLI_USAGE, "name ids, or --all; `copytaster retry --help` tells more");
	for (size_t i = 0; i < c->n_words; i++)
		if (ulid_parse(str_of(c->words[i]), &id))
			return cli_fail(c, CLI_USAGE, "\"%s\" is no article id: an id has 26 characters, as in the receipts and in front of the names in failed/",
					c->words[i]);
	return CLI_OK;
}

static int retry(const struct cli *c)
{
	struct retry r = { .cli = c, .failed = -1, .retry = -1 };
	struct err err = { 0 };
	const char *path;
	int status = check_ids(c);
	if (status)
		return status;
	status = cli_service_options(c, &r.options, &path, &err);
	if (status)
		return cli_fail(c, status, "%s", err.text);
	term_init(&r.term, STDOUT_FILENO);
	buf_init(&r.out, 0);
	r.found = calloc(c->n_words + 1, sizeof(*r.found));
	int rc = r.found ? open_folder(&r, "failed", false, &r.failed, &err) : err_set(&err, -ENOMEM, "out of memory");
	if (rc == 0)
		rc = open_folder(&r, "retry", true, &r.retry, &err);
	if (rc == 0)
		rc = move_all(&r, &err);
	status = rc ? cli_fail(c, CLI_FAILED, "%s", err.text) : r.refused ? CLI_PARTLY : CLI_OK;
	if (rc == 0 && !c->json && r.moved + r.refused == 0)
		buf_text(&r.out, "Nothing in failed/.\n");
	if (rc == 0 && !c->json && r.moved)
		buf_text(&r.out, "A running ingest takes them up at once, else the next one that starts.\n");
	if ((rc = term_flush(&r.out, STDOUT_FILENO)))
		status = cli_fail(c, CLI_FAILED, "cannot write to standard output: %s", strerror(-rc));
	if (r.failed >= 0)
		close(r.failed);
	if (r.retry >= 0)
		close(r.retry);
	free(r.found);
	buf_release(&r.out);
	options_release(&r.options);
	return status;
}

static const struct cli_option options[] = {
	{ "all", NULL, NULL, "everything in failed/" },
	{ "drop", "DIR", "paths.drop", "the drop folder (default ./drop, or that of the config)" },
	{ 0 }
};

const struct verb verb_retry = {
	.name = "retry",
	.summary = "put failed files back into the queue",
	.usage = "copytaster retry [--drop DIR] [--config FILE] ID...\n"
		 "copytaster retry [--drop DIR] [--config FILE] --all",
	.about = "Moves files from failed/ to retry/ in the spool; they keep their article id. Ingest takes them up\n"
		 "at once, or when it starts, writes a RETRIED receipt, and hands them to a worker like any other file.\n"
		 "Correct first what failed/ID.reason.json names.",
	.options = options,
	.config = true,
	.output = true,
	.exits = "0  all of them were put back\n"
		 "1  the spool could not be read or written\n"
		 "2  some could not be put back; the output says why\n"
		 "64 wrong usage    78 wrong config",
	.example = "copytaster retry --drop ./drop 01JD9QZ4T5W7K3M8N2P6R0S1VX\n"
		   "copytaster retry --drop ./drop --all",
	.min_words = 0,
	.max_words = SIZE_MAX,
	.words = "ID",
	.run = retry,
};
