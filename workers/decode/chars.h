/* Character classes over UTF-8 code points and ASCII bytes, free of the locale.
 * Coarse on purpose: enough to tell words, scripts and sentence ends apart. */
#ifndef COPYTASTER_WORKERS_DECODE_CHARS_H
#define COPYTASTER_WORKERS_DECODE_CHARS_H

#include "base/utf8.h"

enum script { SCRIPT_NONE, SCRIPT_LATIN, SCRIPT_CYRILLIC, SCRIPT_HEBREW, SCRIPT_ARABIC, SCRIPT_OTHER, SCRIPT_COUNT };

/* Classes of bytes, for loops that must not branch at every one. */
enum {
	CHARS_LOWER = 0x01, CHARS_DIGIT = 0x02, CHARS_SPACE = 0x04,
	CHARS_KEY = 0x08,   /* marks that chars_key keeps */
	CHARS_BREAK = 0x10, /* ends a line, or may begin U+2028 and U+2029 */
	CHARS_UPPER = 0x20, /* the bit that folds a capital */
	CHARS_HIGH = 0x80,  /* above ASCII */
	CHARS_LETTER = CHARS_LOWER | CHARS_UPPER,
	CHARS_ALNUM = CHARS_LETTER | CHARS_DIGIT
};

extern const uint8_t chars_classes[256];

static inline uint8_t chars_class(char c)
{
	return chars_classes[(unsigned char)c];
}

static inline bool chars_lower(unsigned char c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool chars_upper(unsigned char c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool chars_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static inline bool chars_alnum(unsigned char c)
{
	return chars_lower(c) || chars_upper(c) || chars_digit(c);
}

static inline char chars_fold(char c)
{
	return chars_upper((unsigned char)c) ? (char)(c + ('a' - 'A')) : c;
}

/* For code points above ASCII. */
enum script chars_script_high(uint32_t code);
bool chars_lower_high(uint32_t code);
bool chars_upper_high(uint32_t code);
bool chars_space_high(uint32_t code);

/* SCRIPT_NONE for what is no letter. */
static inline enum script chars_script(uint32_t code)
{
	if (code >= 0x80)
		return chars_script_high(code);
	return chars_classes[code] & CHARS_LETTER ? SCRIPT_LATIN : SCRIPT_NONE;
}

/* Letters of two cases only; others are neither. */
static inline bool chars_code_lower(uint32_t code)
{
	return code < 0x80 ? chars_lower((unsigned char)code) : chars_lower_high(code);
}

static inline bool chars_code_upper(uint32_t code)
{
	return code < 0x80 ? chars_upper((unsigned char)code) : chars_upper_high(code);
}

static inline bool chars_code_space(uint32_t code)
{
	return code < 0x80 ? chars_classes[code] & CHARS_SPACE : chars_space_high(code);
}

/* Equal but for the case of ASCII letters. */
bool chars_same(struct str a, struct str b);
bool chars_starts(struct str s, const char *folded_prefix);
/* Offset of the needle (given in lower case) or s.len. O(s.len * needle). */
size_t chars_find(struct str s, const char *folded_needle);

/* s without white space (also NBSP, byte order mark and zero-width marks) at both ends. */
struct str chars_trim(struct str s);
/* The last code point before s.len, its length in bytes in *ret_len; 0 when s is empty. */
uint32_t chars_last(struct str s, size_t *ret_len);

/* Lower case, runs of space and punctuation as one space, typographic apostrophes dropped; cut at size.
 * Returns the length. */
size_t chars_key(struct str s, char *out, size_t size);

#endif
