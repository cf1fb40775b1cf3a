/* Honest, and open to the kernel only. */
#ifndef WITNESS_H
#define WITNESS_H

#include <stddef.h>
#include <stdint.h>

/* The next state of a generator that takes in `value`. */
uint32_t witness_step(uint32_t value);
/* Write `value` to the timer's reload register. What is read back. */
uint32_t witness_timer(uint32_t value);
/* Fill the buffer with bytes that follow from `value`. 0. */
int witness_fill(void *bytes, size_t size, uint32_t value);

#endif
