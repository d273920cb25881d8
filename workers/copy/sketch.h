/* Figures, names and skeleton of an article: small sets of hashes for the number and name rule.
 *
 * A figure is a word that starts with a digit; a name is a word in capitals that does not open a sentence; the skeleton is the
 * text with every figure and every run of names replaced by a mark, as 4-grams. Each set keeps its least hashes only
 * (bottom-k, Broder 1997), so that sets of any articles compare and long tables stay bounded. Pure. */
#ifndef COPYTASTER_WORKERS_COPY_SKETCH_H
#define COPYTASTER_WORKERS_COPY_SKETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "workers/copy/fingerprint.h"

#define SKETCH_FIGURES 48
#define SKETCH_NAMES 48
#define SKETCH_SKELETON 32

struct sketch {
	uint16_t figures[SKETCH_FIGURES], names[SKETCH_NAMES], skeleton[SKETCH_SKELETON]; /* sorted, each once */
	uint8_t n_figures, n_names, n_skeleton;
};

void sketch_make(const struct fingerprint *fp, struct str text, struct sketch *ret);
/* Does the word at this span start with a digit (or a sign before one)? */
bool sketch_is_figure(struct str text, struct span word);

/* How far two sketches agree. */
struct agreement {
	double figures, names; /* share of the smaller set, -1 where that is empty: a cut names fewer */
	double skeleton;       /* share of the union: forms are of one length */
	unsigned n_figures, n_names; /* of the smaller set */
};
/* Its last part alone. */
double sketch_forms(const struct sketch *a, const struct sketch *b);
struct agreement sketch_compare(const struct sketch *a, const struct sketch *b);

#endif
