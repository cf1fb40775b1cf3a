/* Allocates beyond what its arena holds at first. */
#ifndef GROWER_H
#define GROWER_H

#include <stddef.h>

void *grower_alloc(size_t size);
/* Write a byte and read it again: 0. */
long grower_poke(volatile unsigned char *address);
/* Ask for a service by its number; what it answers. */
long grower_ask(long argument, long service);

#endif
