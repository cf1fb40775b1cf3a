/* What compilers take for granted. The code lies in the public window and works on the caller's memory. */
#ifndef PADDOCK_STRING_H
#define PADDOCK_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *left, const void *right, size_t size);
size_t strlen(const char *text);

#endif
