#include <criterion/criterion.h>

#include "base/buf.h"
#include "tests/unit/claim_text.h"
#include "workers/claim/gazetteer.h"
#include "workers/claim/place.h"

static struct claim_text c;
static struct place *list;
static size_t n;

/* All places of a text, joined by ", ". */
static void expect(const char *body, const char *want)
{
	struct buf b;

	claim_text_open(&c, body, NULL);
	cr_assert_eq(place_find(&c.text, &c.article, c.arena, &list, &n), 0);
	buf_init(&b, 0);
	for (size_t i = 0; i < n; i++) {
		cr_assert(str_eq(list[i].name, str_cut(c.article.text, list[i].span.start, list[i].span.end)));
		cr_assert(!i || list[i].span.start >= list[i - 1].span.end);
		buf_text(&b, i ? ", " : "");
		buf_str(&b, list[i].name);
	}
	buf_char(&b, '\0');
	cr_assert_str_eq(b.data, want, "%s: %s", body, b.data);
	buf_release(&b);
	claim_text_close(&c);
}

Test(place, gazetteer)
{
	cr_assert(gazetteer_check());
	cr_assert(gazetteer_has(STR("Syria")));
	cr_assert(gazetteer_has(STR("NEW YORK")));
	cr_assert(!gazetteer_has(STR("Syrian")));
	cr_assert(!gazetteer_has(STR("New")));
	cr_assert(!gazetteer_has(STR("Syriana")));
	cr_assert(!gazetteer_has(STR("")));
}

Test(place, names)
{
	expect("Troops went from Syria to New York and Sri Lanka.", "Syria, New York, Sri Lanka");
	expect("Syria\xe2\x80\x99s army left Iraq's north.", "Syria, Iraq");
	expect("The Syrian army and French troops met.", "");
	expect("He saw Michael Jordan and read The Washington Post there.", "");
	expect("The US-led force and a Britain-based group met in northern Syria.", "Syria");
	expect("It was held in the U.S. by the UK on Sunday.", "U.S., UK");
	expect("The U.S. army came to Rome.", "Rome");
}

Test(place, patterns)
{
	expect("They fled to the towns of Sarmada, Binnish and Deir Hafer by night.", "Sarmada, Binnish, Deir Hafer");
	expect("The city of Qaryatain fell.", "Qaryatain");
	expect("There was fighting near al-Bukamal at noon.", "al-Bukamal");
	expect("He met them in Islamic dress on Monday in March.", "");
	expect("It was quiet in Homs Governorate on Sunday.", "Homs Governorate");
}

Test(place, long_input_stays_linear)
{
	static const char *const parts[] = { "Al-", "New York ", "in Xa ", "towns of Xa, ", "Xa " };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct buf b;
		buf_init(&b, 0);
		for (int k = 0; k < 100000; k++)
			buf_text(&b, parts[i]);
		buf_char(&b, '\0');
		claim_text_open(&c, b.data, NULL);
		cr_assert_eq(place_find(&c.text, &c.article, c.arena, &list, &n), 0);
		claim_text_close(&c);
		buf_release(&b);
	}
}
