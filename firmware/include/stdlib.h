/* Memory of the module's own heap; numbers from text; sorting and searching. */
#ifndef PADDOCK_STDLIB_H
#define PADDOCK_STDLIB_H

#include <stddef.h>

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);
void free(void *block);
/* End the call: its caller gets -EPERM. */
_Noreturn void abort(void);

int abs(int value);
int atoi(const char *text);
long strtol(const char *restrict text, char **restrict end, int base);
unsigned long strtoul(const char *restrict text, char **restrict end, int base);

void qsort(void *elements, size_t count, size_t size, int (*compare)(const void *, const void *));
void *bsearch(const void *key, const void *elements, size_t count, size_t size,
	      int (*compare)(const void *, const void *));

#endif
