#include "workers/decode/language.h"

#include "base/utf8.h"

#define LOOK_BYTES 16384
#define SCRIPT_BYTES 65536
#define STEP 512
#define WORD_MAX 12      /* longer ones are not counted */
#define WORD_BYTES 8     /* no word of the table is longer */
#define ROW 21           /* words of one initial */
#define OTHER_INITIAL 26 /* beyond a to z */
#define ENOUGH 64        /* words of one language */

enum { EN = 1 << 0, DE = 1 << 1, FR = 1 << 2, ES = 1 << 3, IT = 1 << 4, PT = 1 << 5, NL = 1 << 6 };
#define LANGUAGES 7

static const char *const names[LANGUAGES] = { "en", "de", "fr", "es", "it", "pt", "nl" };

struct word {
	char text[WORD_BYTES]; /* zeros behind its end */
	uint8_t in;            /* the languages that have it among their most frequent words */
};

/* By their first letters; the rows end with an empty text. */
static const struct word words[OTHER_INITIAL + 1][ROW + 1] = {
	['a' - 'a'] = {
		{ "an", EN | DE }, { "as", EN | PT }, { "after", EN }, { "and", EN }, { "are", EN }, { "at", EN }, { "al", ES | IT },
		{ "als", DE | NL }, { "a", PT }, { "aan", NL }, { "alla", IT }, { "am", DE }, { "anche", IT }, { "ao", PT }, { "au", FR },
		{ "auch", DE }, { "auf", DE }, { "aus", DE }, { "aux", FR }, { "avec", FR },
	},
	['b' - 'a'] = {
		{ "be", EN }, { "been", EN }, { "by", EN }, { "bei", DE }, { "bij", NL },
	},
	['c' - 'a'] = {
		{ "como", ES | PT }, { "con", ES | IT }, { "ce", FR }, { "cette", FR }, { "che", IT }, { "com", PT }, { "come", IT },
	},
	['d' - 'a'] = {
		{ "de", ES | PT | NL }, { "da", IT | PT }, { "das", DE | PT }, { "del", ES | IT }, { "des", DE | FR }, { "die", DE | NL },
		{ "dal", IT }, { "dans", FR }, { "dat", NL }, { "dei", IT }, { "della", IT }, { "delle", IT }, { "dem", DE },
		{ "den", DE }, { "der", DE }, { "desde", ES }, { "di", IT }, { "do", PT }, { "door", NL }, { "dos", PT }, { "du", FR },
	},
	['e' - 'a'] = {
		{ "en", FR | ES | NL }, { "e", IT | PT }, { "es", DE | ES }, { "een", NL }, { "ein", DE }, { "eine", DE }, { "einen", DE },
		{ "el", ES }, { "elle", FR }, { "em", PT }, { "entre", ES }, { "er", NL }, { "est", FR }, { "este", ES }, { "et", FR },
	},
	['f' - 'a'] = {
		{ "for", EN }, { "from", EN }, { "foi", PT }, { "fue", ES }, { "für", DE },
	},
	['g' - 'a'] = {
		{ "gli", IT },
	},
	['h' - 'a'] = {
		{ "had", EN }, { "has", EN }, { "have", EN }, { "her", EN }, { "his", EN }, { "ha", ES | IT }, { "hat", DE },
		{ "heeft", NL }, { "het", NL },
	},
	['i' - 'a'] = {
		{ "in", EN | DE | NL }, { "is", EN | NL }, { "it", EN }, { "il", FR | IT }, { "im", DE }, { "ist", DE },
	},
	['l' - 'a'] = {
		{ "la", FR | ES | IT }, { "le", FR | IT }, { "las", ES }, { "les", FR }, { "lo", ES }, { "los", ES },
	},
	['m' - 'a'] = {
		{ "mais", FR | PT }, { "ma", IT }, { "maar", NL }, { "met", NL }, { "mit", DE }, { "más", ES },
	},
	['n' - 'a'] = {
		{ "not", EN }, { "na", PT }, { "naar", NL }, { "nach", DE }, { "ne", FR }, { "nel", IT }, { "nicht", DE }, { "niet", NL },
		{ "no", PT }, { "non", IT }, { "não", PT },
	},
	['o' - 'a'] = {
		{ "of", EN }, { "on", EN }, { "o", PT }, { "om", NL }, { "ont", FR }, { "ook", NL }, { "op", NL }, { "os", PT },
	},
	['p' - 'a'] = {
		{ "para", ES | PT }, { "por", ES | PT }, { "par", FR }, { "pas", FR }, { "pela", PT }, { "pelo", PT }, { "per", IT },
		{ "pero", ES }, { "più", IT }, { "plus", FR }, { "pour", FR },
	},
	['q' - 'a'] = {
		{ "que", FR | ES | PT }, { "qui", FR },
	},
	['s' - 'a'] = {
		{ "said", EN }, { "se", FR | ES | PT }, { "seu", PT }, { "si", IT }, { "sich", DE }, { "sind", DE }, { "sobre", ES },
		{ "son", FR }, { "sono", IT }, { "sont", FR }, { "su", ES }, { "sua", PT }, { "sur", FR }, { "sus", ES }, { "são", PT },
	},
	['t' - 'a'] = {
		{ "that", EN }, { "the", EN }, { "this", EN }, { "to", EN }, { "te", NL },
	},
	['u' - 'a'] = {
		{ "un", FR | ES | IT }, { "una", ES | IT }, { "uit", NL }, { "um", PT }, { "uma", PT }, { "und", DE }, { "une", FR },
	},
	['v' - 'a'] = {
		{ "van", NL }, { "von", DE }, { "voor", NL },
	},
	['w' - 'a'] = {
		{ "was", EN | NL }, { "were", EN }, { "which", EN }, { "who", EN }, { "with", EN }, { "would", EN }, { "war", DE },
		{ "werd", NL }, { "werden", DE }, { "wie", DE }, { "wurde", DE },
	},
	['y' - 'a'] = {
		{ "y", ES },
	},
	['z' - 'a'] = {
		{ "zijn", NL }, { "zu", DE },
	},
	[OTHER_INITIAL] = {
		{ "à", FR }, { "è", IT }, { "été", FR },
	},
};

/* word: zeros behind its end. */
static uint8_t word_languages(const char word[WORD_BYTES])
{
	unsigned initial = (unsigned char)word[0] - 'a';
	for (const struct word *w = words[initial < OTHER_INITIAL ? initial : OTHER_INITIAL]; w->in; w++)
		if (memcmp(w->text, word, WORD_BYTES) == 0)
			return w->in;
	return 0;
}

enum script language_script(struct str text)
{
	size_t counts[SCRIPT_COUNT] = { 0 }, second = 0, pos = 0;
	struct str head = str_cut(text, 0, text.len < SCRIPT_BYTES ? text.len : SCRIPT_BYTES);
	enum script best = SCRIPT_NONE;
	/* Until the bytes left could not change the answer. */
	while (pos < head.len && counts[best] <= second + (head.len - pos)) {
		size_t stop = head.len - pos < STEP ? head.len : pos + STEP;
		size_t ascii = 0; /* not in counts: a store at every byte would be slow */
		while (pos < stop) {
			uint8_t class = chars_class(head.data[pos]);
			ascii += (class & CHARS_LETTER) != 0;
			if (class & CHARS_HIGH)
				counts[chars_script_high(utf8_next_long(head, &pos))]++;
			else
				pos++;
		}
		counts[SCRIPT_LATIN] += ascii;
		counts[SCRIPT_NONE] = 0;
		best = SCRIPT_NONE;
		second = 0;
		for (int s = SCRIPT_LATIN; s < SCRIPT_COUNT; s++)
			if (counts[s] > counts[best])
				best = (enum script)s;
		for (int s = SCRIPT_LATIN; s < SCRIPT_COUNT; s++)
			if (s != (int)best && counts[s] > second)
				second = counts[s];
	}
	return best;
}

/* Letters that tell neighbours in one script apart: Ukrainian and its kin, Persian and Urdu. */
static bool has_code(struct str text, const uint32_t *codes, size_t n)
{
	size_t pos = 0, seen = 0;
	while (pos < text.len) {
		uint32_t c = utf8_next(text, &pos);
		for (size_t i = 0; i < n; i++)
			seen += c == codes[i];
	}
	return seen > 2;
}

static struct str winner(const unsigned votes[LANGUAGES], unsigned total)
{
	int best = 0;
	for (int l = 1; l < LANGUAGES; l++)
		if (votes[l] > votes[best])
			best = l;
	if (votes[best] == 0 || votes[best] * 12 < total)
		return STR("und");
	for (int l = 0; l < LANGUAGES; l++)
		if (l != best && votes[l] == votes[best])
			return STR("und");
	return str_of(names[best]);
}

/* So far ahead that more text is not worth the time. */
static bool decided(const unsigned votes[LANGUAGES])
{
	unsigned best = 0, second = 0;
	for (int l = 0; l < LANGUAGES; l++) {
		if (votes[l] > best) {
			second = best;
			best = votes[l];
		} else if (votes[l] > second) {
			second = votes[l];
		}
	}
	return best >= ENOUGH && best > second * 3;
}

/* The length of the word at pos, 0 where no letter is; its first bytes folded in ret_word, zeros behind its end. */
static size_t take_word(struct str text, size_t pos, char ret_word[WORD_BYTES])
{
	size_t len = 0;
	memset(ret_word, 0, WORD_BYTES);
	while (pos + len < text.len) {
		uint8_t class = chars_class(text.data[pos + len]);
		size_t next = pos + len + 1;
		if (class & CHARS_HIGH) {
			next = pos + len;
			if (chars_script_high(utf8_next_long(text, &next)) != SCRIPT_LATIN)
				break;
		} else if (!(class & CHARS_LETTER)) {
			break;
		}
		for (; pos + len < next; len++)
			if (len < WORD_BYTES)
				ret_word[len] = (char)(text.data[pos + len] | (class & CHARS_UPPER));
	}
	return len;
}

static struct str latin(struct str text)
{
	unsigned votes[LANGUAGES] = { 0 }, total = 0;
	char word[WORD_BYTES];
	for (size_t pos = 0; pos < text.len;) {
		size_t len = take_word(text, pos, word);
		pos += len;
		if (pos < text.len)
			utf8_next(text, &pos);
		total += len && len <= WORD_MAX;
		if (len && total % 32 == 0 && decided(votes))
			break;
		if (!len || len > WORD_BYTES)
			continue;
		for (unsigned in = word_languages(word), l = 0; in; in >>= 1, l++)
			votes[l] += in & 1;
	}
	return winner(votes, total);
}

struct str language_guess(struct str text)
{
	static const uint32_t not_russian[] = { 0x456, 0x457, 0x454, 0x491, 0x45e, 0x458, 0x45b, 0x452 };
	static const uint32_t not_arabic[] = { 0x67e, 0x686, 0x6af, 0x6cc, 0x6a9, 0x679, 0x6d2 };
	struct str head = str_cut(text, 0, text.len < LOOK_BYTES ? text.len : LOOK_BYTES);
	switch (language_script(head)) {
	case SCRIPT_LATIN:
		return latin(head);
	case SCRIPT_CYRILLIC:
		return has_code(head, not_russian, sizeof not_russian / sizeof *not_russian) ? STR("und") : STR("ru");
	case SCRIPT_HEBREW:
		return STR("he");
	case SCRIPT_ARABIC:
		return has_code(head, not_arabic, sizeof not_arabic / sizeof *not_arabic) ? STR("und") : STR("ar");
	default:
		return STR("und");
	}
}
