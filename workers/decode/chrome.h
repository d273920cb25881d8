/* What one line says about itself: page furniture, credits, captions, bylines. Tables of phrases and a few shapes; no
 * look at the neighbours (label.c does that). */
#ifndef COPYTASTER_WORKERS_DECODE_CHROME_H
#define COPYTASTER_WORKERS_DECODE_CHROME_H

#include "workers/decode/units.h"

enum chrome {
	CHROME_NONE,
	CHROME_FURNITURE, /* menus, buttons, separators, lone dates */
	CHROME_CLOSING,   /* furniture that stands behind articles: "Comments are closed" */
	CHROME_PHOTO,     /* a photographer's or agency's credit that stands alone */
	CHROME_CAPTION,
	CHROME_CREDIT,    /* who wrote and edited */
	CHROME_BYLINE,
	CHROME_SIGNOFF    /* "Reuter", "ENDS", "(MORE)" */
};

enum chrome chrome_class(struct str text, const struct unit *u);

/* "(AFP)" or "Reuter" at the end of a paragraph: the offset where it starts, or s.len. */
size_t chrome_signoff(struct str s);
/* The photo credits "(Photo: AP)" at the end of a caption: the offset where the first of them starts, or s.len. */
size_t chrome_photo_credit(struct str s);
/* A labelled field at the head of a file: "Published: …", "Title: …". The value or an empty str. */
struct str chrome_field(struct str line, const char *folded_name);

#endif
