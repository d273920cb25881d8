#include "workers/claim/unit.h"

#include "workers/decode/chars.h"

struct row {
	char word[WORD_BYTES];
	const char *code;
	uint8_t kind;
	const char *exact; /* how it is written, where upper and lower case matter */
};

#define P UNIT_PERCENT
#define M UNIT_MONEY
#define T UNIT_TIME
#define U UNIT_MEASURE

/* Sorted by bytes (unit_check). */
static const struct row rows[] = {
	{ "acre", "[acr_us]", U, NULL }, { "acres", "[acr_us]", U, NULL }, { "baht", "THB", M, NULL }, { "barrel", "[bbl_us]", U, NULL },
	{ "barrels", "[bbl_us]", U, NULL }, { "bbl", "[bbl_us]", U, NULL }, { "bhp", "[HP]", U, NULL }, { "bpd", "[bbl_us]/d", U, NULL },
	{ "bucks", "USD", M, NULL }, { "celsius", "Cel", U, NULL }, { "cent", "", M, NULL }, { "centigrade", "Cel", U, NULL },
	{ "centimeters", "cm", U, NULL }, { "centimetres", "cm", U, NULL }, { "cents", "", M, NULL }, { "centuries", "", T, NULL },
	{ "century", "", T, NULL }, { "chf", "CHF", M, NULL }, { "cm", "cm", U, "cm" }, { "cny", "CNY", M, NULL }, { "crowns", "SEK", M, NULL },
	{ "ct", "", M, NULL }, { "cts", "", M, NULL }, { "day", "d", T, NULL }, { "days", "d", T, NULL }, { "db", "dB", U, NULL },
	{ "decade", "", T, NULL }, { "decades", "", T, NULL }, { "decibels", "dB", U, NULL }, { "degree", "deg", U, NULL },
	{ "degrees", "deg", U, NULL }, { "dirhams", "AED", M, NULL }, { "dlr", "USD", M, NULL }, { "dlrs", "USD", M, NULL },
	{ "dollar", "USD", M, NULL }, { "dollars", "USD", M, NULL }, { "eur", "EUR", M, NULL }, { "euro", "EUR", M, NULL },
	{ "euros", "EUR", M, NULL }, { "fahrenheit", "[degF]", U, NULL }, { "feet", "[ft_i]", U, NULL }, { "foot", "[ft_i]", U, NULL },
	{ "forints", "HUF", M, NULL }, { "fortnight", "", T, NULL }, { "franc", "CHF", M, NULL }, { "francs", "CHF", M, NULL },
	{ "ft", "[ft_i]", U, NULL }, { "g", "g", U, "g" }, { "gallon", "[gal_us]", U, NULL }, { "gallons", "[gal_us]", U, NULL },
	{ "gb", "GBy", U, "GB" }, { "gbp", "GBP", M, NULL }, { "ghz", "GHz", U, "GHz" }, { "gigabytes", "GBy", U, NULL },
	{ "gigawatt", "GW", U, NULL }, { "gigawatts", "GW", U, NULL }, { "gram", "g", U, NULL }, { "grammes", "g", U, NULL },
	{ "grams", "g", U, NULL }, { "guilders", "NLG", M, NULL }, { "gw", "GW", U, "GW" }, { "gwh", "GW.h", U, NULL }, { "ha", "har", U, "ha" },
	{ "hectare", "har", U, NULL }, { "hectares", "har", U, NULL }, { "horsepower", "[HP]", U, NULL }, { "hour", "h", T, NULL },
	{ "hours", "h", T, NULL }, { "hp", "[HP]", U, NULL }, { "hr", "h", T, NULL }, { "hrs", "h", T, NULL }, { "hryvnia", "UAH", M, NULL },
	{ "hryvnias", "UAH", M, NULL }, { "hz", "Hz", U, "Hz" }, { "inch", "[in_i]", U, NULL }, { "inches", "[in_i]", U, NULL },
	{ "jpy", "JPY", M, NULL }, { "kb", "kBy", U, "KB" }, { "kg", "kg", U, NULL }, { "khz", "kHz", U, "kHz" }, { "kilo", "kg", U, NULL },
	{ "kilogram", "kg", U, NULL }, { "kilogramme", "kg", U, NULL }, { "kilogrammes", "kg", U, NULL }, { "kilograms", "kg", U, NULL },
	{ "kilometer", "km", U, NULL }, { "kilometers", "km", U, NULL }, { "kilometre", "km", U, NULL }, { "kilometres", "km", U, NULL },
	{ "kilos", "kg", U, NULL }, { "kilowatt", "kW", U, NULL }, { "kilowatts", "kW", U, NULL }, { "km", "km", U, NULL },
	{ "kmh", "km/h", U, NULL }, { "kms", "km", U, NULL }, { "knots", "[kn_i]", U, NULL }, { "kph", "km/h", U, NULL }, { "krona", "SEK", M, NULL },
	{ "kroner", "NOK", M, NULL }, { "kronor", "SEK", M, NULL }, { "kw", "kW", U, NULL }, { "kwh", "kW.h", U, NULL }, { "lb", "[lb_av]", U, NULL },
	{ "lbs", "[lb_av]", U, NULL }, { "lira", "TRY", M, NULL }, { "liras", "TRY", M, NULL }, { "liter", "L", U, NULL }, { "liters", "L", U, NULL },
	{ "litre", "L", U, NULL }, { "litres", "L", U, NULL }, { "m", "m", U, "m" }, { "marks", "DEM", M, NULL }, { "mb", "MBy", U, "MB" },
	{ "megabytes", "MBy", U, NULL }, { "megawatt", "MW", U, NULL }, { "megawatts", "MW", U, NULL }, { "meter", "m", U, NULL },
	{ "meters", "m", U, NULL }, { "metre", "m", U, NULL }, { "metres", "m", U, NULL }, { "mg", "mg", U, "mg" }, { "mhz", "MHz", U, "MHz" },
	{ "mile", "[mi_i]", U, NULL }, { "miles", "[mi_i]", U, NULL }, { "milligrams", "mg", U, NULL }, { "millimeter", "mm", U, NULL },
	{ "millimeters", "mm", U, NULL }, { "millimetre", "mm", U, NULL }, { "millimetres", "mm", U, NULL }, { "min", "min", T, NULL },
	{ "mins", "min", T, NULL }, { "minute", "min", T, NULL }, { "minutes", "min", T, NULL }, { "ml", "mL", U, NULL }, { "mm", "mm", U, "mm" },
	{ "month", "mo", T, NULL }, { "months", "mo", T, NULL }, { "mpg", "[mi_i]/[gal_us]", U, NULL }, { "mph", "[mi_i]/h", U, NULL },
	{ "mths", "mo", T, NULL }, { "mw", "MW", U, "MW" }, { "mwh", "MW.h", U, NULL }, { "naira", "NGN", M, NULL }, { "nanometer", "nm", U, NULL },
	{ "nanometers", "nm", U, NULL }, { "nanometre", "nm", U, NULL }, { "nanometres", "nm", U, NULL }, { "ounce", "[oz_av]", U, NULL },
	{ "ounces", "[oz_av]", U, NULL }, { "oz", "[oz_av]", U, NULL }, { "p", "", M, "p" }, { "pc", "%", P, NULL }, { "pct", "%", P, NULL },
	{ "pence", "", M, NULL }, { "percent", "%", P, NULL }, { "percentage", "%", P, NULL }, { "pesetas", "ESP", M, NULL },
	{ "peso", "MXN", M, NULL }, { "pesos", "MXN", M, NULL }, { "pound", "GBP", M, NULL }, { "pounds", "GBP", M, NULL },
	{ "quid", "GBP", M, NULL }, { "rand", "ZAR", M, NULL }, { "reais", "BRL", M, NULL }, { "renminbi", "CNY", M, NULL },
	{ "ringgit", "MYR", M, NULL }, { "riyals", "SAR", M, NULL }, { "rouble", "RUB", M, NULL }, { "roubles", "RUB", M, NULL },
	{ "ruble", "RUB", M, NULL }, { "rubles", "RUB", M, NULL }, { "rupee", "INR", M, NULL }, { "rupees", "INR", M, NULL },
	{ "rupiah", "IDR", M, NULL }, { "sec", "s", T, NULL }, { "second", "s", T, NULL }, { "seconds", "s", T, NULL }, { "secs", "s", T, NULL },
	{ "sen", "", M, NULL }, { "shekel", "ILS", M, NULL }, { "shekels", "ILS", M, NULL }, { "sterling", "GBP", M, NULL },
	{ "stg", "GBP", M, NULL }, { "tb", "TBy", U, "TB" }, { "terabytes", "TBy", U, NULL }, { "ton", "t", U, NULL }, { "tonne", "t", U, NULL },
	{ "tonnes", "t", U, NULL }, { "tons", "t", U, NULL }, { "twh", "TW.h", U, NULL }, { "usd", "USD", M, NULL }, { "v", "V", U, "V" },
	{ "volt", "V", U, NULL }, { "volts", "V", U, NULL }, { "w", "W", U, "W" }, { "watt", "W", U, NULL }, { "watts", "W", U, NULL },
	{ "week", "wk", T, NULL }, { "weeks", "wk", T, NULL }, { "won", "KRW", M, NULL }, { "yard", "[yd_i]", U, NULL },
	{ "yards", "[yd_i]", U, NULL }, { "yds", "[yd_i]", U, NULL }, { "year", "a", T, NULL }, { "years", "a", T, NULL }, { "yen", "JPY", M, NULL },
	{ "yr", "a", T, NULL }, { "yrs", "a", T, NULL }, { "yuan", "CNY", M, NULL }, { "zloty", "PLN", M, NULL }, { "zlotys", "PLN", M, NULL },
};

#define COUNT (sizeof rows / sizeof *rows)

/* "Australian dollars": the country decides. */
static const struct {
	char country[WORD_BYTES], second[WORD_BYTES]; /* second: "Kong" */
	const char *money, *code;
} national[] = {
	{ "australian", "", "dollar", "AUD" }, { "canadian", "", "dollar", "CAD" }, { "singapore", "", "dollar", "SGD" },
	{ "taiwan", "", "dollar", "TWD" }, { "zimbabwe", "", "dollar", "ZWD" }, { "hong", "kong", "dollar", "HKD" },
	{ "new", "zealand", "dollar", "NZD" }, { "danish", "", "c", "DKK" }, { "danish", "", "k", "DKK" }, { "norwegian", "", "c", "NOK" },
	{ "norwegian", "", "k", "NOK" }, { "swedish", "", "c", "SEK" }, { "swedish", "", "k", "SEK" }, { "czech", "", "c", "CZK" },
	{ "swiss", "", "franc", "CHF" }, { "french", "", "franc", "FRF" }, { "belgian", "", "franc", "BEF" }, { "egyptian", "", "pound", "EGP" },
	{ "syrian", "", "pound", "SYP" }, { "lebanese", "", "pound", "LBP" }, { "british", "", "pound", "GBP" }, { "turkish", "", "lira", "TRY" },
	{ "italian", "", "lira", "ITL" }, { "italian", "", "lire", "ITL" }, { "pakistani", "", "rupee", "PKR" }, { "indian", "", "rupee", "INR" },
	{ "saudi", "", "riyal", "SAR" }, { "qatari", "", "riyal", "QAR" }, { "iranian", "", "rial", "IRR" }, { "iraqi", "", "dinar", "IQD" },
	{ "kuwaiti", "", "dinar", "KWD" }, { "jordanian", "", "dinar", "JOD" }, { "argentine", "", "peso", "ARS" }, { "chilean", "", "peso", "CLP" },
	{ "colombian", "", "peso", "COP" }, { "philippine", "", "peso", "PHP" }, { "mexican", "", "peso", "MXN" }, { "chinese", "", "yuan", "CNY" },
	{ "us", "", "dollar", "USD" },
};

static const struct row *find_row(const struct atoms *a, uint32_t i)
{
	if (!atom_word(a, i))
		return NULL;
	size_t k = word_search(a->v[i].word, rows, COUNT, sizeof *rows);
	return k < COUNT && (!rows[k].exact || str_is(atom_str(a, i), rows[k].exact)) ? &rows[k] : NULL;
}

static void fill(const struct atoms *a, struct unit *u, enum unit_kind kind, const char *code, uint32_t first, uint32_t next)
{
	*u = (struct unit){ kind, code, { a->v[first].span.start, a->v[next - 1].span.end }, next };
}

static bool starts_with(const struct atoms *a, uint32_t i, const char *prefix)
{
	return atom_word(a, i) && chars_starts(atom_str(a, i), prefix);
}

static bool read_national(const struct atoms *a, uint32_t i, struct unit *ret)
{
	uint32_t at = i;
	if (!atom_word(a, i) || (!a->v[i].capital && !atom_is(a, i, "us")))
		return false;
	bool dots = atom_sign(a, i + 1, '.') && atom_word(a, i + 2) && atom_sign(a, i + 3, '.');
	if (dots && (starts_with(a, i + 4, "dollar") || starts_with(a, i + 4, "dlr"))) {
		const char *code = atom_is(a, i, "h") ? "HKD" : atom_is(a, i, "n") ? "NZD" : atom_is(a, i, "u") ? "USD" : NULL;
		if (code)
			fill(a, ret, UNIT_MONEY, code, i, i + 5);
		return code != NULL;
	}
	for (size_t k = 0; k < sizeof national / sizeof *national; k++) {
		if (!atom_same(a, i, national[k].country))
			continue;
		at = i + 1;
		if (national[k].second[0] && !atom_same(a, at++, national[k].second))
			continue;
		bool dollars = strcmp(national[k].money, "dollar") == 0 && (starts_with(a, at, "dlr"));
		if (find_row(a, at) && find_row(a, at)->kind == UNIT_MONEY && (dollars || starts_with(a, at, national[k].money))) {
			fill(a, ret, UNIT_MONEY, national[k].code, i, at + 1);
			return true;
		}
	}
	return false;
}

static bool is_area(const struct row *r)
{
	static const char *const lengths[] = { "km", "m", "[mi_i]", "[ft_i]", "cm", "mm", "[in_i]", "[yd_i]" };
	for (size_t i = 0; r && i < sizeof lengths / sizeof *lengths; i++)
		if (strcmp(r->code, lengths[i]) == 0)
			return true;
	return false;
}

/* "square miles", "sq ft", "cubic feet" */
static bool read_power(const struct atoms *a, uint32_t i, struct unit *ret)
{
	static const struct {
		const char *length, *square, *cube;
	} powers[] = {
		{ "km", "km2", "km3" }, { "m", "m2", "m3" }, { "[mi_i]", "[smi_us]", "[mi_i]3" }, { "[ft_i]", "[sft_i]", "[cft_i]" }, { "cm", "cm2", "cm3" },
		{ "mm", "mm2", "mm3" }, { "[in_i]", "[sin_i]", "[cin_i]" }, { "[yd_i]", "[syd_i]", "[cyd_i]" },
	};
	bool square = atom_is(a, i, "square") || atom_is(a, i, "sq"), cube = atom_is(a, i, "cubic");
	uint32_t at = i + 1;
	if (!square && !cube)
		return false;
	if (atom_sign(a, at, '.') || atom_hyphen(a, at))
		at++;
	const struct row *r = find_row(a, at);
	for (size_t k = 0; is_area(r) && k < sizeof powers / sizeof *powers; k++)
		if (strcmp(powers[k].length, r->code) == 0) {
			fill(a, ret, UNIT_MEASURE, square ? powers[k].square : powers[k].cube, i, at + 1);
			return true;
		}
	return false;
}

/* Degrees with their scale, speeds with their hour. */
static void extend(const struct atoms *a, struct unit *u)
{
	uint32_t i = u->next;
	if (strcmp(u->code, "deg") == 0) {
		if (atom_is(a, i, "celsius") || atom_is(a, i, "centigrade") || (atom_word(a, i) && str_is(atom_str(a, i), "C")))
			u->code = "Cel", u->next = i + 1;
		else if (atom_is(a, i, "fahrenheit") || (atom_word(a, i) && str_is(atom_str(a, i), "F")))
			u->code = "[degF]", u->next = i + 1;
	} else if (strcmp(u->code, "[mi_i]") == 0 || strcmp(u->code, "km") == 0) {
		bool per = atom_is(a, i, "per") || atom_is(a, i, "an") || (atom_sign(a, i, '/') && atom_glued(a, i));
		if (per && (atom_is(a, i + 1, "hour") || atom_is(a, i + 1, "h") || atom_is(a, i + 1, "hr")))
			u->code = *u->code == 'k' ? "km/h" : "[mi_i]/h", u->next = i + 2;
	} else if (u->kind == UNIT_PERCENT && (atom_is(a, i, "point") || atom_is(a, i, "points"))) {
		u->next = i + 1;
	}
	u->words.end = a->v[u->next - 1].span.end;
}

static bool read_sign(const struct atoms *a, uint32_t i, struct unit *ret)
{
	static const struct {
		uint32_t code;
		uint8_t kind;
		const char *unit;
	} signs[] = { { '%', P, "%" }, { 0x20ac, M, "EUR" }, { 0xa3, M, "GBP" }, { 0xa5, M, "JPY" }, { 0xb0, U, "deg" }, { 0x2033, U, "[in_i]" } };
	if (i >= a->n || a->v[i].kind != ATOM_SIGN)
		return false;
	for (size_t k = 0; k < sizeof signs / sizeof *signs; k++)
		if (atom_sign(a, i, signs[k].code) && (signs[k].kind == P || atom_glued(a, i))) {
			fill(a, ret, signs[k].kind, signs[k].unit, i, i + 1);
			extend(a, ret);
			return true;
		}
	return false;
}

bool unit_read(const struct atoms *a, uint32_t i, struct unit *ret)
{
	uint32_t at = atom_hyphen(a, i) ? i + 1 : i;
	struct unit u = { 0 };
	if (read_sign(a, at, ret))
		return true;
	if (read_power(a, at, ret) || read_national(a, at, ret))
		return true;
	if (atom_is(a, at, "per") && atom_is(a, at + 1, "cent")) {
		fill(a, ret, UNIT_PERCENT, "%", at, at + 2);
		return true;
	}
	const struct row *r = find_row(a, at);
	if (!r)
		return false;
	/* One letter is a unit only when it hangs on its number; "won" and "second" are other words too. */
	bool letter = a->v[at].span.end - a->v[at].span.start == 1;
	if ((letter && !atom_glued(a, at)) || (atom_is(a, at, "percentage") && !starts_with(a, at + 1, "point")))
		return false;
	bool scaled = at && a->v[at - 1].kind == ATOM_WORD; /* "200 mln won" */
	if (atom_is(a, at, "won") && !scaled && atom_word(a, at + 1) && a->v[at].pos >= POS_AUX)
		return false;
	if ((atom_is(a, at, "pounds") || atom_is(a, at, "pound")) && atom_hyphen(a, i)) {
		fill(a, ret, UNIT_MEASURE, "[lb_av]", at, at + 1);
		return true;
	}
	fill(a, &u, r->kind, r->code, at, at + 1);
	extend(a, &u);
	*ret = u;
	return true;
}

static const char *sign_currency(uint32_t code)
{
	switch (code) {
	case '$': return "USD";
	case 0xa3: return "GBP";
	case 0x20ac: return "EUR";
	case 0xa5: return "JPY";
	case 0x20b9: return "INR";
	case 0x20bd: return "RUB";
	case 0x20aa: return "ILS";
	case 0x20a9: return "KRW";
	case 0x20ba: return "TRY";
	default: return NULL;
	}
}

/* The letters before or behind "$". */
static const char *dollar_of(struct str s)
{
	if (s.len > 3 || !chars_upper((unsigned char)s.data[0]))
		return NULL;
	static const struct {
		const char *letters, *code;
	} list[] = { { "US", "USD" }, { "A", "AUD" }, { "AU", "AUD" }, { "C", "CAD" }, { "CA", "CAD" }, { "HK", "HKD" }, { "NZ", "NZD" }, { "S", "SGD" },
		     { "R", "BRL" }, { "NT", "TWD" }, { "Z", "ZWD" }, { "Mex", "MXN" } };
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (str_is(s, list[i].letters))
			return list[i].code;
	return NULL;
}

static const char *letters_currency(struct str s)
{
	if (s.len > 3 || !chars_upper((unsigned char)s.data[0]))
		return NULL;
	static const struct {
		const char *letters, *code;
	} list[] = { { "USD", "USD" }, { "EUR", "EUR" }, { "GBP", "GBP" }, { "JPY", "JPY" }, { "CHF", "CHF" }, { "CNY", "CNY" }, { "RMB", "CNY" },
		     { "INR", "INR" }, { "Rs", "INR" }, { "AUD", "AUD" }, { "CAD", "CAD" }, { "HKD", "HKD" }, { "SGD", "SGD" }, { "NZD", "NZD" },
		     { "RM", "MYR" }, { "SEK", "SEK" }, { "NOK", "NOK" }, { "DKK", "DKK" }, { "ZAR", "ZAR" }, { "AED", "AED" }, { "PKR", "PKR" },
		     { "RUB", "RUB" }, { "TRY", "TRY" }, { "ILS", "ILS" }, { "NIS", "ILS" }, { "DM", "DEM" } };
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (str_is(s, list[i].letters))
			return list[i].code;
	return NULL;
}

const char *unit_currency_before(const struct atoms *a, uint32_t i, uint32_t *ret_first)
{
	uint32_t at = i;
	if (at && atom_sign(a, at - 1, '-') && atom_glued(a, at) && at > 1 && atom_glued(a, at - 1))
		at--; /* "$-50bn" */
	if (!at)
		return NULL;
	const struct atom *v = &a->v[at - 1];
	*ret_first = at - 1;
	if (v->kind == ATOM_SIGN) {
		const char *code = sign_currency(v->code);
		if (!code)
			return NULL;
		const char *other = at > 1 && v->code == '$' && atom_word(a, at - 2) ? dollar_of(atom_str(a, at - 2)) : NULL;
		if (other)
			*ret_first = at - 2;
		return other ? other : code;
	}
	if (v->kind == ATOM_WORD && at > 1 && atom_sign(a, at - 2, '$') && atom_glued(a, at) && atom_glued(a, at - 1)) {
		*ret_first = at - 2; /* "$US5" */
		return dollar_of(atom_str(a, at - 1));
	}
	return v->kind == ATOM_WORD ? letters_currency(atom_str(a, at - 1)) : NULL;
}

bool unit_check(void)
{
	for (size_t i = 1; i < COUNT; i++)
		if (strncmp(rows[i - 1].word, rows[i].word, WORD_BYTES) >= 0)
			return false;
	return true;
}
