/* Strings, beyond what compilers call by themselves; that is in memory.c. */

#include <stdbool.h>
#include <string.h>

void *memchr(const void *memory, int value, size_t size)
{
	for (const unsigned char *at = memory; size--; at++) {
		if (*at == (unsigned char)value) {
			return (void *)at;
		}
	}
	return NULL;
}

size_t strnlen(const char *text, size_t most)
{
	size_t length = 0;

	while (length < most && text[length]) {
		length++;
	}
	return length;
}

int strncmp(const char *left, const char *right, size_t size)
{
	for (; size--; left++, right++) {
		if (*left != *right || !*left) {
			return (unsigned char)*left - (unsigned char)*right;
		}
	}
	return 0;
}

int strcmp(const char *left, const char *right)
{
	return strncmp(left, right, (size_t)-1);
}

char *strcpy(char *restrict to, const char *restrict from)
{
	return memcpy(to, from, strlen(from) + 1);
}

char *strncpy(char *restrict to, const char *restrict from, size_t size)
{
	size_t length = strnlen(from, size);

	memcpy(to, from, length);
	memset(to + length, 0, size - length);
	return to;
}

char *strcat(char *restrict to, const char *restrict from)
{
	strcpy(to + strlen(to), from);
	return to;
}

char *strchr(const char *text, int value)
{
	for (;; text++) {
		if (*text == (char)value) {
			return (char *)text;
		}
		if (!*text) {
			return NULL;
		}
	}
}

char *strrchr(const char *text, int value)
{
	const char *found = NULL;

	do {
		if (*text == (char)value) {
			found = text;
		}
	} while (*text++);
	return (char *)found;
}

char *strstr(const char *text, const char *part)
{
	size_t length = strlen(part);

	for (; strncmp(text, part, length) != 0; text++) {
		if (!*text) {
			return NULL;
		}
	}
	return (char *)text;
}
