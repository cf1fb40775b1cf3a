#ifndef POOL_H
#define POOL_H

#include <stddef.h>

char *pool_copy(const char *text, size_t length);
void pool_free(void *block);
int pool_blocks(void);
unsigned pool_bytes(void);

#endif
