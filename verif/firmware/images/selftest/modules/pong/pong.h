/* The other end of ping. */
#ifndef PONG_H
#define PONG_H

#include <stddef.h>

long pong_nest(long depth);
long pong_fault(void);
/* Fill with the byte 0x5a; 0. */
long pong_fill(void *buffer, size_t size);

#endif
