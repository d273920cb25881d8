#include "cli/article.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/json.h"

void article_error(struct buf *out, const struct cli_error *e)
{
	buf_text(out, "{\"articleId\":");
	json_put_string(out, e->article_id);
	buf_text(out, ",\"error\":{\"code\":");
	json_put_string(out, str_of(e->code));
	buf_text(out, ",\"message\":");
	json_put_string(out, str_of(e->message));
	buf_printf(out, ",\"line\":%llu}}\n", (unsigned long long)e->line);
}

struct str article_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return str_of(slash && slash[1] ? slash + 1 : path);
}

static int read_all(int fd, uint64_t max_bytes, struct buf *out)
{
	enum { STEP = 64 * 1024 };
	for (;;) {
		size_t had = out->len;
		char *room = buf_reserve(out, STEP);
		if (!room)
			return -ENOMEM;
		ssize_t got = read(fd, room, STEP);
		buf_truncate(out, had + (got > 0 ? (size_t)got : 0));
		if (got == 0)
			return 0;
		if (got < 0 && errno != EINTR)
			return -errno;
		if (out->len > max_bytes)
			return -EFBIG;
	}
}

int article_read_file(const char *path, uint64_t max_bytes, struct buf *out, const char **ret_code, struct err *err)
{
	bool standard = !strcmp(path, "-");
	struct stat st;
	*ret_code = "UNREADABLE";
	buf_reset(out);
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_set(err, -errno, "cannot open it: %s", strerror(errno));
	int rc = fstat(fd, &st) ? -errno : S_ISDIR(st.st_mode) ? -EISDIR : 0;
	if (rc == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size > max_bytes)
		rc = -EFBIG;
	if (rc == 0)
		rc = read_all(fd, max_bytes, out);
	if (!standard)
		close(fd);
	if (rc == -EFBIG) {
		*ret_code = "TOO_LARGE";
		return err_set(err, rc, "it has more than ingest.max_article_bytes (%llu)", (unsigned long long)max_bytes);
	}
	return rc ? err_set(err, rc, "cannot read it: %s", strerror(-rc)) : 0;
}
