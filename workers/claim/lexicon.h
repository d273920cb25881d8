/* lexicon: word classes by table, the one place where words stand.
 *
 * A form has the classes of its own row and, when it is a regular form of a verb with a row, those of
 * that verb with the form it has (LEX_THIRD, LEX_PAST, LEX_PART, LEX_ING). Pure. A look-up is a binary search
 * over the words of one first letter, at most five times. */
#ifndef COPYTASTER_WORKERS_CLAIM_LEXICON_H
#define COPYTASTER_WORKERS_CLAIM_LEXICON_H

#include <stdint.h>

#include "base/str.h"

#define LEX_DET (UINT64_C(1) << 0) /* the, a, some */
#define LEX_PRON (UINT64_C(1) << 1) /* can be a subject on its own */
#define LEX_OBJPRON (UINT64_C(1) << 2) /* him, them */
#define LEX_POSSPRON (UINT64_C(1) << 3) /* his, its */
#define LEX_PERSONAL (UINT64_C(1) << 4) /* he, she, they */
#define LEX_PREP (UINT64_C(1) << 5) /* of, in */
#define LEX_TO (UINT64_C(1) << 6)
#define LEX_COORD (UINT64_C(1) << 7) /* and, or, but */
#define LEX_SUBORD (UINT64_C(1) << 8) /* while, although */
#define LEX_REL (UINT64_C(1) << 9) /* which, who */
#define LEX_THAT (UINT64_C(1) << 10)
#define LEX_BE (UINT64_C(1) << 11) /* any form */
#define LEX_HAVE (UINT64_C(1) << 12) /* any form */
#define LEX_DO (UINT64_C(1) << 13) /* any form */
#define LEX_MODAL (UINT64_C(1) << 14) /* will, could */
#define LEX_NEG (UINT64_C(1) << 15) /* not, never, isn't */
#define LEX_FINITE (UINT64_C(1) << 16) /* auxiliaries that make a clause */
#define LEX_PRESENT (UINT64_C(1) << 17) /* auxiliaries in the present */
#define LEX_ADV (UINT64_C(1) << 18)
#define LEX_WEEKDAY (UINT64_C(1) << 19)
#define LEX_MONTH (UINT64_C(1) << 20)
#define LEX_TIME (UINT64_C(1) << 21) /* weekdays, months, year, today */
#define LEX_NUMWORD (UINT64_C(1) << 22) /* one, dozens, half */
#define LEX_ADJ (UINT64_C(1) << 23)
#define LEX_VERB (UINT64_C(1) << 24) /* a form of a verb in the table */
#define LEX_BASE (UINT64_C(1) << 25)
#define LEX_PAST (UINT64_C(1) << 26)
#define LEX_PART (UINT64_C(1) << 27) /* past participle */
#define LEX_SAY (UINT64_C(1) << 28) /* takes a quotation or a that-clause */
#define LEX_TELL (UINT64_C(1) << 29) /* the addressee comes first */
#define LEX_THINK (UINT64_C(1) << 30) /* believe, know, expect */
#define LEX_PLAN (UINT64_C(1) << 31) /* with "to …" */
#define LEX_COMMIT (UINT64_C(1) << 32) /* vow, pledge */
#define LEX_URGE (UINT64_C(1) << 33) /* somebody to …, or for … */
#define LEX_JUDGE (UINT64_C(1) << 34) /* a bare object is its content */
#define LEX_ASV (UINT64_C(1) << 35) /* describe … as */
#define LEX_SHOW (UINT64_C(1) << 36) /* what a study or a document does */
#define LEX_QUOTE (UINT64_C(1) << 37) /* quote, cite */
#define LEX_HEDGEV (UINT64_C(1) << 38) /* is believed to, is said to */
#define LEX_AIR (UINT64_C(1) << 39) /* broadcast */
#define LEX_NCUE (UINT64_C(1) << 40) /* announcement, claim */
#define LEX_NPLAN (UINT64_C(1) << 41) /* pledge to, plan to */
#define LEX_NOF (UINT64_C(1) << 42) /* reports of, threats of */
#define LEX_ADJCUE (UINT64_C(1) << 43) /* is aware that, is willing to */
#define LEX_ROLE (UINT64_C(1) << 44) /* spokesman, minister */
#define LEX_GOV (UINT64_C(1) << 45) /* ministry, Kremlin */
#define LEX_MIL (UINT64_C(1) << 46) /* army, forces */
#define LEX_ORG (UINT64_C(1) << 47) /* observatory, union */
#define LEX_MEDIA (UINT64_C(1) << 48) /* television, Reuters */
#define LEX_DOC (UINT64_C(1) << 49) /* report, study */
#define LEX_GROUPN (UINT64_C(1) << 50) /* residents, rebels */
#define LEX_UNNAMED (UINT64_C(1) << 51) /* source, officials */
#define LEX_COUNTRY (UINT64_C(1) << 52) /* and capitals that stand for one */
#define LEX_EVAL (UINT64_C(1) << 53) /* victory, important */
#define LEX_THIRD (UINT64_C(1) << 54) /* regular third person */
#define LEX_ING (UINT64_C(1) << 55)
#define LEX_GUESS (UINT64_C(1) << 56) /* a verb by its ending only */

/* Classes of a lower-cased word, 0 when unknown. */
uint64_t lexicon_find(struct str lower);
/* 0 when the table is in order: for the test. */
int lexicon_check(void);

#endif
