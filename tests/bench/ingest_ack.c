/* How fast does ingest alone go? N files of about 4 KB in a drop folder; a worker acknowledges at once. Prints one
 * JSON line.  usage: ingest_ack PATH/copytaster-ingest [FILES] */
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../flow/ingest_rig.h"

#define BODY 4096

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void write_files(const struct rig *r, size_t n)
{
	char path[300], body[BODY + 1];

	EXPECT(mkdir(r->drop, 0750) == 0);
	memset(body, 'x', BODY);
	for (size_t i = 0; i < n; i++) {
		int fd, len = snprintf(body, 64, "Article %zu of the benchmark.\n", i);

		body[len] = 'x';
		snprintf(path, sizeof(path), "%s/story-%06zu.txt", r->drop, i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0640);
		EXPECT(fd >= 0 && write(fd, body, BODY) == BODY);
		close(fd);
	}
}

/* Median of a few appended and synced lines. */
static double fsync_ms(const struct rig *r)
{
	enum { N = 21 };
	double t[N];
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/probe", r->dir);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	EXPECT(fd >= 0);
	for (int i = 0; i < N; i++) {
		double start = seconds(), took;
		int at = i;

		EXPECT(write(fd, path, 200) == 200 && fdatasync(fd) == 0);
		took = (seconds() - start) * 1e3;
		for (; at > 0 && t[at - 1] > took; at--)
			t[at] = t[at - 1];
		t[at] = took;
	}
	close(fd);
	return t[N / 2];
}

static uint64_t anon_kb(pid_t pid)
{
	char path[64], line[200];
	uint64_t kb = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	in = fopen(path, "r");
	while (in && fgets(line, sizeof(line), in))
		if (sscanf(line, "RssAnon: %" SCNu64, &kb) == 1)
			break;
	if (in)
		fclose(in);
	return kb;
}

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
	static const char *const options[] = { "--ingest.scan_settle=1s", "--ingest.settle=100ms", "--ingest.once=yes", NULL };
	size_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : 100000, acked = 0;
	uint64_t most_kb = 0, last = 0;
	double first = 0, end, disk;
	struct fake f;
	struct rig r;

	if (argc < 2) {
		fprintf(stderr, "usage: %s PATH/copytaster-ingest [FILES]\n", argv[0]);
		return 64;
	}
	rig_init(&r, argv[1]);
	write_files(&r, n);
	disk = fsync_ms(&r);
	rig_start(&r, options);
	fake_open(&f, r.endpoint);
	fake_hello(&f, NULL, 0);
	fake_ready(&f, 256, 16 << 20);
	while (acked < n && fake_receive(&f, 10000)) {
		if (rig_now() - last >= 500) {
			uint64_t kb = anon_kb(r.pid);

			last = rig_now();
			most_kb = kb > most_kb ? kb : most_kb;
			fake_ready(&f, 256, 16 << 20);
		}
		if (f.m.type != CTL_DELIVERY)
			continue;
		if (first == 0)
			first = seconds();
		fake_ack(&f, &f.m.leases[0], OUTCOME_COPY);
		acked++;
	}
	EXPECT(rig_wait(&r, 30000) == 0);
	end = seconds();
	EXPECT(rig_count(&r, "drop/.copytaster/done") == n);
	EXPECT(rig_lines(&r, "drop/.copytaster/receipts-main.ndjson", "\"COPY\"") == n);
	printf("{\"bench\":\"ingest_ack\",\"files\":%zu,\"fileBytes\":%d,\"filesPerSecond\":%.0f,\"seconds\":%.3f,\"ingestCpuSeconds\":%.3f,"
	       "\"rssAnonKb\":%" PRIu64 ",\"fsyncMs\":%.3f,\"cpus\":%ld}\n",
	       n, BODY, (double)n / (end - first), end - first, cpu_seconds(), most_kb, disk, sysconf(_SC_NPROCESSORS_ONLN));
	fake_close(&f);
	rig_remove(&r);
	return 0;
}
