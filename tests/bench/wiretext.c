#include "wiretext.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HALF_SENTENCE 10 /* words; so near to a given length is near enough */
#define LEN(a) (sizeof(a) / sizeof((a)[0]))

struct text text_new(void)
{
	struct text t = { malloc(WIRE_TEXT_BYTES), 0 };

	if (!t.data) {
		fprintf(stderr, "wiregen: out of memory\n");
		exit(1);
	}
	return t;
}

void text_put(struct text *t, const char *data, size_t len)
{
	if (len > WIRE_TEXT_BYTES - t->len) {
		fprintf(stderr, "wiregen: an article grew over %u bytes; lower --bytes or --words\n", WIRE_TEXT_BYTES);
		exit(1);
	}
	memcpy(t->data + t->len, data, len);
	t->len += len;
}

void text_string(struct text *t, const char *s)
{
	text_put(t, s, strlen(s));
}

size_t piece_words(struct piece p)
{
	size_t n = 0;
	bool in = false;

	for (size_t i = 0; i < p.len; i++) {
		bool blank = p.data[i] == ' ' || p.data[i] == '\n';
		n += in && blank;
		in = !blank;
	}
	return n + in;
}

static const char *const nouns[] = {
	"harbour", "budget", "bridge", "strike", "harvest", "pipeline", "election", "tariff", "factory", "border", "railway", "hospital",
	"reservoir", "granary", "ceasefire", "currency", "refinery", "vaccine", "archive", "satellite", "orchard", "tunnel", "pension",
	"subsidy", "convoy", "laboratory", "quarry", "airport", "museum", "fishery", "glacier", "parliament", "tribunal", "warehouse", "cable",
	"mine", "school", "stadium", "forest", "prison", "lender", "turbine", "shipyard", "market", "vineyard", "embassy", "festival", "census",
	"drought", "landslide", "merger", "licence", "blockade", "audit", "appeal", "patent", "coalition", "referendum", "curfew", "ferry",
	"smelter", "depot", "canal", "barracks", "clinic", "monastery", "observatory", "plantation", "substation", "viaduct", "cooperative",
	"treaty", "inquiry", "settlement", "dividend", "outage", "epidemic", "embargo", "auction", "expedition"
};
static const char *const adjectives[] = {
	"coastal", "disputed", "northern", "damaged", "temporary", "secret", "annual", "costly", "regional", "delayed", "ageing", "private",
	"foreign", "rural", "illegal", "fragile", "joint", "unfinished", "remote", "urgent", "modern", "crowded", "southern", "forgotten",
	"popular", "contested", "frozen", "narrow", "profitable", "neglected", "historic", "emergency", "national", "provincial", "idle",
	"overdue", "flooded", "sealed", "rebuilt", "abandoned", "promised", "rented", "eastern", "central", "inland", "guarded"
};
static const char *const verbs[] = {
	"delayed", "approved", "rejected", "damaged", "reopened", "financed", "inspected", "abandoned", "extended", "blocked", "welcomed",
	"suspended", "expanded", "investigated", "cancelled", "replaced", "guarded", "mapped", "sold", "bought", "defended", "postponed",
	"evacuated", "surveyed", "restored", "criticised", "ignored", "monitored", "threatened", "supplied", "audited", "renamed", "divided",
	"protected", "flooded", "leased", "closed", "visited", "repaired", "taxed", "halted", "doubled", "reviewed", "occupied", "cleared"
};
static const char *const bodies[] = {
	"ministry", "council", "union", "commission", "company", "agency", "court", "bank", "police", "army", "board", "institute", "committee",
	"governor's office", "party", "association", "prosecutor", "university", "coastguard", "regulator", "consortium", "foundation"
};
static const char *const roles[] = {
	"Minister", "Mayor", "Professor", "General", "Governor", "Judge", "Captain", "Director", "Senator", "Doctor", "Bishop", "Commissioner",
	"Inspector", "Ambassador", "Colonel", "Chairman", "Engineer", "Deputy"
};
static const char *const counted[] = {
	"workers", "houses", "trucks", "soldiers", "patients", "families", "ships", "documents", "trees", "passengers", "cattle", "voters",
	"engineers", "pupils", "containers", "shops", "prisoners", "boats", "wells", "miners", "tourists", "farms", "machines", "letters"
};
static const char *const said[] = {
	"said", "told reporters", "added", "announced", "warned", "estimated", "confirmed", "argued", "conceded", "insisted", "explained"
};
static const char *const qualifiers[] = { "", "about ", "more than ", "at least ", "nearly ", "up to ", "fewer than ", "some " };
static const char *const links[] = {
	"after", "although", "because", "while", "before", "since", "unless", "even though", "so that", "as soon as", "once", "until"
};
static const char *const adverbs[] = {
	"quietly", "again", "abruptly", "on Monday", "last week", "overnight", "twice", "in March", "this year", "slowly", "at dawn", "by decree",
	"under protest", "without notice", "on Tuesday", "in secret", "for months", "at short notice", "since autumn", "in public"
};
static const char *const units[] = { "million crowns", "billion crowns", "percent", "million dollars", "tonnes", "kilometres" };
static const char *const determiners[] = { "the", "a", "its", "their", "another", "every", "one", "that" };
static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October" };
static const char *const weekdays[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };
static const char *const skies[] = { "cloudy", "rain", "sunny", "fog", "showers", "snow", "thunder", "overcast", "clear", "drizzle" };

static const char *const phrases[] = { "$t $N", "$t $j $N", "$t $j $N" };
static const char *const figures[] = { "$q$x $u", "$q$k $m", "$q$i $m", "$q$i $m" };
static const char *const actors[] = { "$r $p", "the $n $b", "$p", "the $b of $n" };
static const char *const clauses[] = {
	"$a $v $o near $n", "$f were $v $d", "$o in $n had $v $f", "$o $v $o $d", "$n would lose $f and $o", "$o was $v by $a"
};
static const char *const sentences[] = {
	"\"^$c $l $c,\" $n $s.", "^$c $l $c, $a $s.", "^$a $s that $c and that $c.", "The $n news agency quoted $a as saying that $c.",
	"^$c $l $c.", "^$c $l $c."
};

/* What a letter draws from; the others stand in put_drawn. */
static const struct list {
	const char *const *list;
	size_t n;
} lists[128] = {
#define LIST(list) { list, LEN(list) }
	['N'] = LIST(nouns), ['j'] = LIST(adjectives), ['v'] = LIST(verbs), ['b'] = LIST(bodies), ['r'] = LIST(roles), ['m'] = LIST(counted),
	['s'] = LIST(said), ['q'] = LIST(qualifiers), ['l'] = LIST(links), ['d'] = LIST(adverbs), ['u'] = LIST(units),
	['t'] = LIST(determiners), ['o'] = LIST(phrases), ['f'] = LIST(figures), ['a'] = LIST(actors), ['c'] = LIST(clauses),
	['S'] = LIST(sentences), ['W'] = LIST(weekdays), ['M'] = LIST(months), ['K'] = LIST(skies)
};

struct expander {
	struct rng *r;
	struct text *t;
	struct piece kept[10]; /* $0 to $9: a name drawn once and used again */
};

static void put_number(struct text *t, uint64_t v, unsigned digits)
{
	char s[20];
	size_t n = sizeof(s);

	do {
		s[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v || sizeof(s) - n < digits);
	text_put(t, s + n, sizeof(s) - n);
}

/* A name of two to three syllables: thousands of them, so that names tell articles apart. */
static void put_name(struct rng *r, struct text *t)
{
	static const char *const first[] = {
		"Bar", "Cal", "Dor", "El", "Far", "Gor", "Hal", "Il", "Jar", "Kel", "Lor", "Mar", "Nor", "Or", "Pel", "Quin", "Ros", "Sal", "Tar",
		"Ul", "Var", "Wes", "Yor", "Zan", "Bren", "Cas", "Dren", "Fen", "Gal", "Har", "Kor", "Lin", "Mor", "Nal", "Per", "Ran", "Sten", "Tor"
	};
	static const char *const middle[] = { "a", "e", "i", "o", "u", "an", "en", "in", "or", "al", "eth", "ish", "om", "ur", "ad", "el", "av", "est" };
	static const char *const last[] = {
		"da", "den", "dra", "ford", "gard", "ham", "ka", "land", "lin", "mar", "mund", "na", "nor", "ra", "ric", "rov", "sen", "son", "stad",
		"ta", "thal", "ton", "va", "vik", "wick", "win", "zia", "bury", "by", "cote", "dale", "fell"
	};

	text_string(t, first[rng_below(r, LEN(first))]);
	text_string(t, middle[rng_below(r, LEN(middle))]);
	text_string(t, last[rng_below(r, LEN(last))]);
}

static void put_pattern(struct expander *x, const char *p, const char *end);

static void put_kept(struct expander *x, struct piece *kept)
{
	if (!kept->len) {
		kept->data = x->t->data + x->t->len;
		put_name(x->r, x->t);
		kept->len = (size_t)(x->t->data + x->t->len - kept->data);
	} else {
		text_put(x->t, kept->data, kept->len);
	}
}

static void put_capitals(struct expander *x)
{
	size_t at = x->t->len;

	put_name(x->r, x->t);
	for (; at < x->t->len; at++)
		x->t->data[at] = (char)toupper((unsigned char)x->t->data[at]);
}

static void put_drawn(struct expander *x, char letter)
{
	struct rng *r = x->r;

	switch (letter) {
	case 'n': put_name(r, x->t); return;
	case 'U': put_capitals(x); return;
	case 'i': put_number(x->t, 2 + rng_below(r, 997), 1); return;
	case 'e': put_number(x->t, rng_below(r, 9), 1); return;
	case 'y': put_number(x->t, 1 + rng_below(r, 28), 1); return;
	case 'x':
		put_number(x->t, 1 + rng_below(r, 90), 1);
		text_put(x->t, ".", 1);
		put_number(x->t, rng_below(r, 10), 1);
		return;
	case 'k':
		put_number(x->t, 1 + rng_below(r, 80), 1);
		text_put(x->t, ",", 1);
		put_number(x->t, rng_below(r, 1000), 3);
		return;
	case 'p':
		put_name(r, x->t);
		text_put(x->t, " ", 1);
		put_name(r, x->t);
		return;
	default: break;
	}
	if (letter >= '0' && letter <= '9') {
		put_kept(x, &x->kept[letter - '0']);
		return;
	}
	const struct list *l = &lists[letter & 127];
	if (!l->n) {
		fprintf(stderr, "wiregen: no pattern letter $%c\n", letter);
		abort();
	}
	const char *chosen = l->list[rng_below(r, l->n)];
	put_pattern(x, chosen, chosen + strlen(chosen));
}

/* "[a|b|c]" at p: one of the parts; returns what follows. Not nested. */
static const char *put_choice(struct expander *x, const char *p, const char *end)
{
	const char *close = memchr(p, ']', (size_t)(end - p));
	uint64_t parts = 1, chosen;

	if (!close)
		abort();
	for (const char *c = p; c < close; c++)
		parts += *c == '|';
	chosen = rng_below(x->r, parts);
	for (p++; chosen; p++)
		chosen -= *p == '|';
	const char *bar = memchr(p, '|', (size_t)(close - p));
	put_pattern(x, p, bar ? bar : close);
	return close + 1;
}

static void put_pattern(struct expander *x, const char *p, const char *end)
{
	size_t capital = SIZE_MAX;

	while (p < end) {
		size_t plain = 0;

		while (p + plain < end && p[plain] != '$' && p[plain] != '^' && p[plain] != '[')
			plain++;
		text_put(x->t, p, plain);
		p += plain;
		if (p == end)
			break;
		if (*p == '[') {
			p = put_choice(x, p, end);
		} else if (*p == '^') { /* what follows starts with a capital */
			capital = x->t->len;
			p++;
		} else {
			put_drawn(x, p[1]);
			p += 2;
		}
		if (capital < x->t->len) {
			x->t->data[capital] = (char)toupper((unsigned char)x->t->data[capital]);
			capital = SIZE_MAX;
		}
	}
}

void wire_expand(struct rng *r, struct text *t, const char *pattern)
{
	struct expander x = { r, t, { { NULL, 0 } } };

	put_pattern(&x, pattern, pattern + strlen(pattern));
}

struct piece wire_piece(struct rng *r, struct story *s, const char *pattern)
{
	size_t at = s->store.len;

	wire_expand(r, &s->store, pattern);
	return (struct piece){ s->store.data + at, s->store.len - at };
}

struct piece wire_paragraph(struct rng *r, struct story *s, uint64_t words)
{
	uint64_t n = 2 + rng_below(r, 3);
	struct piece p = { s->store.data + s->store.len, 0 };

	for (uint64_t i = 0; i < n; i++) {
		wire_expand(r, &s->store, i ? " $S" : "$S");
		p.len = (size_t)(s->store.data + s->store.len - p.data);
		if (words && piece_words(p) + HALF_SENTENCE >= words)
			break;
	}
	return p;
}

void wire_prose(struct rng *r, uint64_t bytes, uint64_t words, struct story *ret)
{
	uint64_t done = 0;

	ret->store.len = 0;
	ret->n = 0;
	ret->title = wire_piece(r, ret, "^$c");
	ret->dateline = wire_piece(r, ret, "$U, March [1|2] (Testwire) - ");
	while (ret->n < WIRE_PARAGRAPHS && (words ? done + HALF_SENTENCE < words : ret->store.len < bytes)) {
		struct piece p = wire_paragraph(r, ret, words ? words - done : 0);
		ret->paragraphs[ret->n++] = p;
		done += words ? piece_words(p) : 0;
	}
}

const char *const wire_form_names[WIRE_FORMS] = { "MONEY", "DIVIDEND", "WEATHER", "SPORT", "EARNINGS", "TENDER" };

/* Each form as its paragraphs; the first is the title, the second the dateline. */
static const char *const money[] = {
	"Central bank [gives|provides] $i million crowns [assistance|help]", "[LORVIK|HALDEN], March $y (Testwire) - ",
	"The central bank said it [provided|supplied] the money market with [a further |]$i million crowns of [assistance|help] in the "
	"[morning|afternoon] session.",
	"This [takes|brings] its total help [so far today|today] to $i million crowns and compares with its [revised |]estimate of a "
	"shortage of around $k million crowns in the system.",
	"It bought bank bills comprising $i million crowns in band one at $x percent, $i million crowns in band two at $x percent and $i "
	"million crowns in band three at $x percent.",
	"[Among the factors affecting liquidity, bills maturing in official hands and the take-up of treasury bills drained some $i million "
	"crowns, while a rise in note circulation took out $i million crowns.|Dealers said overnight money was quoted at $x percent after "
	"opening at $x percent.|Exchequer transactions added some $i million crowns.]", NULL
};
static const char *const dividend[] = {
	"$0 $1 declares quarterly dividend", "$U, March $y (Testwire) - ",
	"$0 $1 [Corp|Inc|Industries|Holdings] said its board of directors [declared|approved] a [regular |]quarterly dividend of $i cents per "
	"share on its common stock.",
	"The dividend is payable on $M $y to shareholders of record at the close of business on $M $y. The company paid $i cents per share in "
	"the previous quarter.",
	"$0 $1, which makes [pumps|paper|glass|cement|tyres] in $n, has about $x million shares outstanding. Its annual meeting will be held in $n "
	"on $M $y, chairman $p said.", NULL
};
static const char *const weather[] = {
	"Weather forecast for $W", "NORSTAD, March $y (Testwire) - ",
	"Weather forecast for $W, $M $y, issued by the national weather office. Maximum and minimum temperatures in Celsius, sky, and rainfall in "
	"millimetres over the past day.",
	"Barenford $y $e $K $x\nCalishwick $y $e $K $x\nDorenby $y $e $K $x\nElanthal $y $e $K $x\nGoradale $y $e $K $x\nHalurton $y $e $K $x\n"
	"Kelomstad $y $e $K $x\nMarinsen $y $e $K $x\nPeladham $y $e $K $x\nTarestfell $y $e $K $x",
	"Outlook: winds of $y to $i kilometres an hour from the [north|south|east|west], [turning to $K later|with $K in the hills]. The next "
	"forecast will be issued at [six|noon|midnight].", NULL
};
static const char *const sport[] = {
	"$0 beat $1", "$U, March $y (Testwire) - ",
	"$0 beat $1 $e-$e in [the first division|the second division|a cup tie] on $W, with $2 $3 scoring in minute $y and $4 $5 adding "
	"a second goal ten minutes from time.",
	"$1 had $p sent off for a second booking and have now gone $i minutes without a goal away from home. The attendance was $k.",
	"The win lifts $0 to [second|third|fourth|fifth] place in the table with $y points from $y matches. Their next match is against $n on "
	"$W.", NULL
};
static const char *const earnings[] = {
	"$0 $1 reports results for the quarter", "$U, March $y (Testwire) - ",
	"$0 $1 [Corp|Inc|Group|Bank] reported net [income|profit] of $x million crowns, or $i cents per share, for the [first|second|third|fourth] "
	"quarter, compared with $x million crowns, or $i cents per share, in the same quarter a year earlier.",
	"Revenue [rose|fell] to $x million crowns from $x million crowns. For the first nine months net [income|profit] was $x million crowns "
	"against $x million crowns, on revenue of $i million crowns against $i million crowns.",
	"Average shares outstanding were $x million compared with $x million. [The results include a gain of $x million crowns from the sale of "
	"its unit in $n.|The year-earlier results have been restated for the acquisition of $n $n.|]", NULL
};
/* Long and nearly all of it the same: what makes it news is one name and four figures. */
static const char *const tender[] = {
	"$0 [wins|takes] treasury bill tender", "LORVIK, March $y (Testwire) - ",
	"The treasury said $0 $2 took $i million crowns of bills at its weekly tender, at an average yield of $x percent compared with $x percent a "
	"week ago.",
	"The bills run for three months and are dated the Friday after the tender. Payment is due by noon on that day at the head office of the "
	"central bank or at any of its branches. Bids had to be made for at least fifty thousand crowns and in multiples of that sum, on the "
	"printed form, in a sealed envelope, with the name of the bidder and that of the bank that will pay for the bills.",
	"The treasury is not bound to accept the highest bid or any bid, and may allot less than was asked for. Bids at the same price are served "
	"in the order in which they came in. Bidders are told by letter on the evening of the tender, and those who are served in part may "
	"withdraw until the following morning.",
	"The next tender will be for $i million crowns.", NULL
};
static const char *const *const forms[WIRE_FORMS] = { money, dividend, weather, sport, earnings, tender };

void wire_form(struct rng *r, unsigned form, struct story *ret)
{
	const char *const *patterns = forms[form];
	struct expander x = { r, &ret->store, { { NULL, 0 } } };

	ret->store.len = 0;
	ret->n = 0;
	for (size_t i = 0; patterns[i]; i++) {
		struct piece p = { ret->store.data + ret->store.len, 0 };
		put_pattern(&x, patterns[i], patterns[i] + strlen(patterns[i]));
		p.len = (size_t)(ret->store.data + ret->store.len - p.data);
		if (i == 0)
			ret->title = p;
		else if (i == 1)
			ret->dateline = p;
		else if (p.len)
			ret->paragraphs[ret->n++] = p;
	}
}
