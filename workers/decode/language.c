#include "workers/decode/language.h"

#include "base/utf8.h"

#define LOOK_BYTES 16384
#define SCRIPT_BYTES 65536
#define WORD_MAX 12

enum { EN, DE, FR, ES, IT, PT, NL, LANGUAGES };

static const char *const names[LANGUAGES] = { "en", "de", "fr", "es", "it", "pt", "nl" };

/* Padded with spaces so that one strstr finds a whole word. Words that several languages share stand in each. */
static const char *const words[LANGUAGES] = {
	" the of and to in that is was for on with as by at from were his her said has have had it not are be been after this which would an who ",
	" der die das und ist in den von zu mit sich des auf für nicht ein eine einen dem im auch als nach wie am bei aus hat wurde werden sind war es an ",
	" le la les des et est dans que pour une un du qui sur par au plus pas avec son ce il elle ont été sont aux se ne en à cette mais ",
	" el la los las de y que en un una del por con para se su al lo como más fue ha es sus entre pero desde sobre este ",
	" il la di che e è per un una del della dei delle nel con non si sono da le gli al alla ha più anche come ma dal ",
	" o a os as de e que em um uma do da dos das para com não no na por se foi mais ao como pelo pela são seu sua ",
	" de het een en van in is dat op te zijn met voor niet aan er die was ook door bij naar uit heeft werd om als maar ",
};

static bool word_in(const char *list, const char *word, size_t len)
{
	char pattern[WORD_MAX * 2 + 3];
	pattern[0] = ' ';
	memcpy(pattern + 1, word, len);
	pattern[len + 1] = ' ';
	pattern[len + 2] = '\0';
	return strstr(list, pattern) != NULL;
}

enum script language_script(struct str text)
{
	size_t counts[SCRIPT_COUNT] = { 0 }, pos = 0;
	struct str head = str_cut(text, 0, text.len < SCRIPT_BYTES ? text.len : SCRIPT_BYTES);
	while (pos < head.len)
		counts[chars_script(utf8_next(head, &pos))]++;
	enum script best = SCRIPT_NONE;
	counts[SCRIPT_NONE] = 0;
	for (int s = SCRIPT_LATIN; s < SCRIPT_COUNT; s++)
		if (counts[s] > counts[best])
			best = (enum script)s;
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

static struct str latin(struct str text)
{
	unsigned votes[LANGUAGES] = { 0 }, total = 0;
	char word[WORD_MAX * 2];
	size_t len = 0, pos = 0;
	while (pos <= text.len) {
		size_t at = pos;
		uint32_t c = pos < text.len ? utf8_next(text, &pos) : (pos++, ' ');
		if (chars_script(c) == SCRIPT_LATIN) {
			if (len + 4 < sizeof word)
				for (; at < pos; at++)
					word[len++] = chars_fold(text.data[at]);
			else
				len = sizeof word;
			continue;
		}
		if (len && len <= WORD_MAX) {
			total++;
			for (int l = 0; l < LANGUAGES; l++)
				votes[l] += word_in(words[l], word, len);
		}
		len = 0;
	}
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
