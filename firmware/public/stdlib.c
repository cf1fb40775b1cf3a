/* Numbers from text, sorting and searching. */

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int digit(char character)
{
	return isdigit(character) ? character - '0' : isalpha(character) ? tolower(character) - 'a' + 10 : 99;
}

/* The digits at `text`; UINT_MAX and `over` if there are too many. */
static unsigned long digits(const char *text, const char **end, int base, bool *over)
{
	unsigned long value = 0;

	if ((base == 0 || base == 16) && text[0] == '0' && tolower(text[1]) == 'x' && digit(text[2]) < 16) {
		text += 2;
		base = 16;
	}
	base = base ? base : *text == '0' ? 8 : 10;
	*over = false;
	for (; digit(*text) < base; text++) {
		*over |= value > (ULONG_MAX - digit(*text)) / base;
		value = value * base + digit(*text);
		*end = text + 1;
	}
	return *over ? ULONG_MAX : value;
}

static const char *sign(const char *text, bool *negative)
{
	while (isspace(*text)) {
		text++;
	}
	*negative = *text == '-';
	return text + (*text == '-' || *text == '+');
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base)
{
	bool negative, over;
	const char *last = text;
	unsigned long value = digits(sign(text, &negative), &last, base, &over);

	if (end) {
		*end = (char *)last;
	}
	return negative && !over ? -value : value;
}

long strtol(const char *restrict text, char **restrict end, int base)
{
	bool negative, over;
	const char *last = text;
	unsigned long value = digits(sign(text, &negative), &last, base, &over);

	if (end) {
		*end = (char *)last;
	}
	if (negative) {
		return value > LONG_MAX ? LONG_MIN : -(long)value;
	}
	return value > LONG_MAX ? LONG_MAX : (long)value;
}

int atoi(const char *text)
{
	return strtol(text, NULL, 10);
}

int abs(int value)
{
	return value < 0 ? -value : value;
}

static void swap(char *left, char *right, size_t size)
{
	while (size--) {
		char kept = *left;
		*left++ = *right;
		*right++ = kept;
	}
}

/* Let the element at `top` sink to its place in the heap of `count`. */
static void sink(char *base, size_t top, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	for (size_t child = 2 * top + 1; child < count; top = child, child = 2 * top + 1) {
		if (child + 1 < count && compare(base + child * size, base + (child + 1) * size) < 0) {
			child++;
		}
		if (compare(base + top * size, base + child * size) >= 0) {
			return;
		}
		swap(base + top * size, base + child * size, size);
	}
}

/* Heapsort: no recursion, so the stack that it takes does not depend on what is sorted. */
void qsort(void *elements, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	for (size_t top = count / 2; top--;) {
		sink(elements, top, count, size, compare);
	}
	for (; count > 1; count--) {
		swap(elements, (char *)elements + (count - 1) * size, size);
		sink(elements, 0, count - 1, size, compare);
	}
}

void *bsearch(const void *key, const void *elements, size_t count, size_t size,
	      int (*compare)(const void *, const void *))
{
	while (count) {
		const char *middle = (const char *)elements + count / 2 * size;
		int order = compare(key, middle);
		if (order == 0) {
			return (void *)middle;
		}
		elements = order > 0 ? middle + size : elements;
		count = order > 0 ? (count - 1) / 2 : count / 2;
	}
	return NULL;
}
