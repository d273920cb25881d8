/* Figures, names and skeleton of an article: small sets of hashes for the number and name rule.
 *
 * A figure is a word that starts with a digit, or a number in words; a name is a word in capitals that does not open a sentence, or opens one as the
 * first of several ("Tokyo Optical said"); the skeleton is the text with every figure and every run of names replaced by a mark, as 4-grams. Each set keeps its least hashes only
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
#define SKETCH_LEAD 4

struct sketch {
	uint16_t figures[SKETCH_FIGURES], names[SKETCH_NAMES], skeleton[SKETCH_SKELETON]; /* sorted, each once */
	uint8_t n_figures, n_names, n_skeleton;
};

/* The first names of a text: whom it is about. In the order they stand, each once. */
struct sketch_lead {
	uint16_t names[SKETCH_LEAD];
	uint8_t n;
};

void sketch_make(const struct fingerprint *fp, struct str text, struct sketch *ret, struct sketch_lead *ret_lead);
/* Does the word at this span start with a digit (or a sign before one), or is it "two" … "fifty"? */
bool sketch_is_figure(struct str text, struct span word);

/* Does a sentence or a paragraph end between two words, of which one ends at `before` and the next starts at `start`? */
bool sketch_opens_sentence(struct str text, uint32_t before, uint32_t start);

/* How far two sketches agree. */
struct agreement {
	double figures, names; /* share of the smaller set, -1 where that is empty: a cut names fewer */
	double skeleton;       /* share of the union: forms are of one length */
	unsigned n_figures, n_names; /* of the smaller set */
};
/* Its last part alone. */
double sketch_forms(const struct sketch *a, const struct sketch *b);
struct agreement sketch_compare(const struct sketch *a, const struct sketch *b);
/* The share of first names that stand in s, too; -1 where there are too few to say. */
double sketch_about(const struct sketch_lead *lead, const struct sketch *s);

#endif
