#include "base/slips.h"

#include <string.h>

size_t slips(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), row[SLIPS_LONGEST + 1];

	if (n > SLIPS_LONGEST || m > SLIPS_LONGEST)
		return SLIPS_LONGEST;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[m];
}
