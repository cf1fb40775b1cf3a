/* Another module. */
#ifndef OTHER_H
#define OTHER_H

#include <stddef.h>
#include <stdint.h>

/* Address of a variable of its own, which it writes to. */
uintptr_t other_own(void);
/* Fill `buffer`. What is filled in. */
long other_fill(void *buffer, size_t size);

#endif
