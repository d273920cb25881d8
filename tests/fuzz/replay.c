/* Runs a fuzz target over the files of its corpus: what the fuzzer found once stays tested without it.
 *
 *   fuzz_x CORPUS_FOLDER   every file, and every file cut at a few places */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_cut(const uint8_t *data, size_t size)
{
	/* A heap copy of the exact size, so that reading beyond it is seen. */
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static int run_file(const char *path)
{
	static uint8_t data[1 << 20];
	FILE *f = fopen(path, "rb");
	if (!f)
		return 0;
	size_t n = fread(data, 1, sizeof(data), f);
	fclose(f);
	run_cut(data, n);
	for (size_t i = 1; i < 8; i++)
		run_cut(data, n * i / 8);
	return 1;
}

int main(int argc, char **argv)
{
	int n = 0;
	DIR *d = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *e;
	while (d && (e = readdir(d))) {
		char path[4096];
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", argv[1], e->d_name);
		n += run_file(path);
	}
	if (d)
		closedir(d);
	run_cut((const uint8_t *)"", 0);
	printf("%d files\n", n);
	return n ? 0 : 1; /* a corpus that is not there tests nothing */
}
