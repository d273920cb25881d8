#include "workers/claim/unit.h"

#include "workers/decode/chars.h"

struct row {
	const char *word;
	const char *code;
	uint8_t kind;
	bool exact; /* upper and lower case matter */
};

#define P UNIT_PERCENT
#define M UNIT_MONEY
#define T UNIT_TIME
#define U UNIT_MEASURE

static const struct row rows[] = {
	{ "percent", "%", P, 0 }, { "pct", "%", P, 0 }, { "pc", "%", P, 0 }, { "percentage", "%", P, 0 },
	{ "second", "s", T, 0 }, { "seconds", "s", T, 0 }, { "sec", "s", T, 0 }, { "secs", "s", T, 0 }, { "minute", "min", T, 0 },
	{ "minutes", "min", T, 0 }, { "min", "min", T, 0 }, { "mins", "min", T, 0 }, { "hour", "h", T, 0 }, { "hours", "h", T, 0 }, { "hr", "h", T, 0 },
	{ "hrs", "h", T, 0 }, { "day", "d", T, 0 }, { "days", "d", T, 0 }, { "week", "wk", T, 0 }, { "weeks", "wk", T, 0 }, { "month", "mo", T, 0 },
	{ "months", "mo", T, 0 }, { "mths", "mo", T, 0 }, { "year", "a", T, 0 }, { "years", "a", T, 0 }, { "yr", "a", T, 0 }, { "yrs", "a", T, 0 },
	{ "decade", "", T, 0 }, { "decades", "", T, 0 }, { "century", "", T, 0 }, { "centuries", "", T, 0 }, { "fortnight", "", T, 0 },
	{ "km", "km", U, 0 }, { "kms", "km", U, 0 }, { "kilometre", "km", U, 0 }, { "kilometres", "km", U, 0 }, { "kilometer", "km", U, 0 },
	{ "kilometers", "km", U, 0 }, { "m", "m", U, 1 }, { "metre", "m", U, 0 }, { "metres", "m", U, 0 }, { "meter", "m", U, 0 }, { "meters", "m", U, 0 },
	{ "cm", "cm", U, 1 }, { "centimetres", "cm", U, 0 }, { "centimeters", "cm", U, 0 }, { "mm", "mm", U, 1 }, { "millimetres", "mm", U, 0 },
	{ "millimeters", "mm", U, 0 }, { "millimetre", "mm", U, 0 }, { "millimeter", "mm", U, 0 }, { "nanometer", "nm", U, 0 }, { "nanometre", "nm", U, 0 },
	{ "nanometers", "nm", U, 0 }, { "nanometres", "nm", U, 0 }, { "mile", "[mi_i]", U, 0 }, { "miles", "[mi_i]", U, 0 }, { "foot", "[ft_i]", U, 0 },
	{ "feet", "[ft_i]", U, 0 }, { "ft", "[ft_i]", U, 0 }, { "inch", "[in_i]", U, 0 }, { "inches", "[in_i]", U, 0 }, { "yard", "[yd_i]", U, 0 },
	{ "yards", "[yd_i]", U, 0 }, { "yds", "[yd_i]", U, 0 }, { "acre", "[acr_us]", U, 0 }, { "acres", "[acr_us]", U, 0 }, { "hectare", "har", U, 0 },
	{ "hectares", "har", U, 0 }, { "ha", "har", U, 1 }, { "litre", "L", U, 0 }, { "litres", "L", U, 0 }, { "liter", "L", U, 0 }, { "liters", "L", U, 0 },
	{ "ml", "mL", U, 0 }, { "gallon", "[gal_us]", U, 0 }, { "gallons", "[gal_us]", U, 0 }, { "barrel", "[bbl_us]", U, 0 },
	{ "barrels", "[bbl_us]", U, 0 }, { "bbl", "[bbl_us]", U, 0 }, { "bpd", "[bbl_us]/d", U, 0 }, { "kg", "kg", U, 0 }, { "kilo", "kg", U, 0 },
	{ "kilos", "kg", U, 0 }, { "kilogram", "kg", U, 0 }, { "kilograms", "kg", U, 0 }, { "kilogramme", "kg", U, 0 }, { "kilogrammes", "kg", U, 0 },
	{ "g", "g", U, 1 }, { "gram", "g", U, 0 }, { "grams", "g", U, 0 }, { "grammes", "g", U, 0 }, { "mg", "mg", U, 1 }, { "milligrams", "mg", U, 0 },
	{ "ton", "t", U, 0 }, { "tons", "t", U, 0 }, { "tonne", "t", U, 0 }, { "tonnes", "t", U, 0 }, { "lb", "[lb_av]", U, 0 }, { "lbs", "[lb_av]", U, 0 },
	{ "ounce", "[oz_av]", U, 0 }, { "ounces", "[oz_av]", U, 0 }, { "oz", "[oz_av]", U, 0 }, { "mph", "[mi_i]/h", U, 0 },
	{ "mpg", "[mi_i]/[gal_us]", U, 0 }, { "kph", "km/h", U, 0 },
	{ "kmh", "km/h", U, 0 }, { "knots", "[kn_i]", U, 0 }, { "hp", "[HP]", U, 0 }, { "bhp", "[HP]", U, 0 }, { "horsepower", "[HP]", U, 0 },
	{ "W", "W", U, 1 }, { "watt", "W", U, 0 }, { "watts", "W", U, 0 }, { "kW", "kW", U, 0 }, { "kilowatt", "kW", U, 0 }, { "kilowatts", "kW", U, 0 },
	{ "MW", "MW", U, 1 }, { "megawatt", "MW", U, 0 }, { "megawatts", "MW", U, 0 }, { "GW", "GW", U, 1 }, { "gigawatt", "GW", U, 0 },
	{ "gigawatts", "GW", U, 0 }, { "kWh", "kW.h", U, 0 }, { "MWh", "MW.h", U, 0 }, { "GWh", "GW.h", U, 0 }, { "TWh", "TW.h", U, 0 }, { "V", "V", U, 1 },
	{ "volt", "V", U, 0 }, { "volts", "V", U, 0 }, { "Hz", "Hz", U, 1 }, { "kHz", "kHz", U, 1 }, { "MHz", "MHz", U, 1 }, { "GHz", "GHz", U, 1 },
	{ "KB", "kBy", U, 1 }, { "MB", "MBy", U, 1 }, { "GB", "GBy", U, 1 }, { "TB", "TBy", U, 1 }, { "gigabytes", "GBy", U, 0 },
	{ "megabytes", "MBy", U, 0 }, { "terabytes", "TBy", U, 0 }, { "degree", "deg", U, 0 }, { "degrees", "deg", U, 0 }, { "celsius", "Cel", U, 0 },
	{ "centigrade", "Cel", U, 0 }, { "fahrenheit", "[degF]", U, 0 }, { "decibels", "dB", U, 0 }, { "db", "dB", U, 0 },
	{ "dollar", "USD", M, 0 }, { "dollars", "USD", M, 0 }, { "dlr", "USD", M, 0 }, { "dlrs", "USD", M, 0 }, { "usd", "USD", M, 0 }, { "bucks", "USD", M, 0 },
	{ "euro", "EUR", M, 0 }, { "euros", "EUR", M, 0 }, { "eur", "EUR", M, 0 }, { "sterling", "GBP", M, 0 }, { "stg", "GBP", M, 0 }, { "quid", "GBP", M, 0 },
	{ "gbp", "GBP", M, 0 }, { "yen", "JPY", M, 0 }, { "jpy", "JPY", M, 0 }, { "yuan", "CNY", M, 0 }, { "renminbi", "CNY", M, 0 }, { "cny", "CNY", M, 0 },
	{ "rupee", "INR", M, 0 }, { "rupees", "INR", M, 0 }, { "rouble", "RUB", M, 0 }, { "roubles", "RUB", M, 0 }, { "ruble", "RUB", M, 0 },
	{ "rubles", "RUB", M, 0 }, { "lira", "TRY", M, 0 }, { "liras", "TRY", M, 0 }, { "shekel", "ILS", M, 0 }, { "shekels", "ILS", M, 0 },
	{ "francs", "CHF", M, 0 }, { "franc", "CHF", M, 0 }, { "chf", "CHF", M, 0 }, { "riyals", "SAR", M, 0 }, { "dirhams", "AED", M, 0 },
	{ "pesos", "MXN", M, 0 }, { "peso", "MXN", M, 0 }, { "won", "KRW", M, 0 }, { "rand", "ZAR", M, 0 }, { "baht", "THB", M, 0 }, { "ringgit", "MYR", M, 0 },
	{ "rupiah", "IDR", M, 0 }, { "zloty", "PLN", M, 0 }, { "zlotys", "PLN", M, 0 }, { "forints", "HUF", M, 0 }, { "hryvnia", "UAH", M, 0 },
	{ "hryvnias", "UAH", M, 0 }, { "krona", "SEK", M, 0 }, { "kronor", "SEK", M, 0 }, { "kroner", "NOK", M, 0 }, { "crowns", "SEK", M, 0 },
	{ "marks", "DEM", M, 0 }, { "guilders", "NLG", M, 0 }, { "pesetas", "ESP", M, 0 }, { "naira", "NGN", M, 0 }, { "reais", "BRL", M, 0 },
	{ "cents", "", M, 0 }, { "cent", "", M, 0 }, { "cts", "", M, 0 }, { "ct", "", M, 0 }, { "pence", "", M, 0 }, { "p", "", M, 1 }, { "sen", "", M, 0 },
	{ "pound", "GBP", M, 0 }, { "pounds", "GBP", M, 0 },
};

/* "Australian dollars": the country decides. */
static const struct {
	const char *country, *money, *code;
} national[] = {
	{ "australian", "dollar", "AUD" }, { "canadian", "dollar", "CAD" }, { "singapore", "dollar", "SGD" }, { "taiwan", "dollar", "TWD" },
	{ "zimbabwe", "dollar", "ZWD" }, { "hong kong", "dollar", "HKD" }, { "new zealand", "dollar", "NZD" }, { "danish", "c", "DKK" }, { "danish", "k", "DKK" },
	{ "norwegian", "c", "NOK" }, { "norwegian", "k", "NOK" }, { "swedish", "c", "SEK" }, { "swedish", "k", "SEK" }, { "czech", "c", "CZK" },
	{ "swiss", "franc", "CHF" }, { "french", "franc", "FRF" }, { "belgian", "franc", "BEF" }, { "egyptian", "pound", "EGP" }, { "syrian", "pound", "SYP" },
	{ "lebanese", "pound", "LBP" }, { "british", "pound", "GBP" }, { "turkish", "lira", "TRY" }, { "italian", "lira", "ITL" }, { "italian", "lire", "ITL" },
	{ "pakistani", "rupee", "PKR" }, { "indian", "rupee", "INR" }, { "saudi", "riyal", "SAR" }, { "qatari", "riyal", "QAR" }, { "iranian", "rial", "IRR" },
	{ "iraqi", "dinar", "IQD" }, { "kuwaiti", "dinar", "KWD" }, { "jordanian", "dinar", "JOD" }, { "argentine", "peso", "ARS" }, { "chilean", "peso", "CLP" },
	{ "colombian", "peso", "COP" }, { "philippine", "peso", "PHP" }, { "mexican", "peso", "MXN" }, { "chinese", "yuan", "CNY" }, { "us", "dollar", "USD" },
};

static const struct row *find_row(const struct atoms *a, uint32_t i)
{
	if (!atom_word(a, i))
		return NULL;
	struct str s = atom_str(a, i);
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
		if (chars_fold(rows[k].word[0]) == chars_fold(s.data[0]) && (rows[k].exact ? str_is(s, rows[k].word) : chars_same(s, str_of(rows[k].word))))
			return &rows[k];
	return NULL;
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
		const char *space = strchr(national[k].country, ' ');
		at = i + 1;
		if (space) {
			struct str head = { national[k].country, (size_t)(space - national[k].country) };
			if (!chars_same(atom_str(a, i), head) || !atom_is(a, i + 1, space + 1))
				continue;
			at = i + 2;
		} else if (!atom_is(a, i, national[k].country)) {
			continue;
		}
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
