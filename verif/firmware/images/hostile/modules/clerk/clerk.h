/* Honest, and at the service of the hostile modules. */
#ifndef CLERK_H
#define CLERK_H

#include <stddef.h>
#include <stdint.h>

/* Keep a value on the heap, and forget the one before. 0 or -ENOMEM. */
int clerk_keep(uint32_t value);
/* Call a hostile module back with the same two words. What it returns. */
long clerk_bounce(long which, long value);
/* Sum of the bytes. */
int clerk_sum(const void *bytes, size_t size);
/* Fill the buffer. 0. */
int clerk_fill(void *bytes, size_t size, int value);
/* Exchange first and last byte. 0. */
int clerk_swap(size_t size, int unused, void *bytes);

#endif
