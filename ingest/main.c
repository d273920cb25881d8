#include <stdio.h>

#include "base/log.h"
#include "base/service.h"
#include "ingest/ingest.h"

#define EXIT_BROKEN 1

static const char *const sections[] = { "paths", "ingest", "log", NULL };

static const struct service_about about = {
	.name = "copytaster-ingest",
	.summary = "takes complete files from the drop folder and hands them to the workers; each one ends in done/ or failed/.",
	.example = "  copytaster-ingest --drop=/srv/feeds/drop\n"
		   "  copytaster-ingest --config /etc/copytaster/copytaster.conf --ingest.keep_done=none",
	.sections = sections,
};

int main(int argc, char **argv)
{
	static struct ingest ingest;
	struct err err = { 0 };
	int status = service_setup(&about, argc, argv, &ingest.options);

	if (status >= 0)
		return status;
	if (ingest_open(&ingest, &err) < 0) {
		log_error("CT1000", "cannot start", "why=\"%s\"", err.text);
		status = EXIT_BROKEN;
	} else {
		status = ingest_run(&ingest);
	}
	ingest_close(&ingest);
	options_release(&ingest.options);
	return status;
}
