/* The least that a module can do. */
#ifndef NULL_H
#define NULL_H

#include <stddef.h>
#include <stdint.h>

long null_run(void);
long null_lend(void *buffer, size_t size);
/* Cycles of a service that does next to nothing, of a call of another module, of kmalloc and kfree. */
uint32_t null_service(void);
uint32_t null_nested(void);
uint32_t null_allocate(void);
/* Fault, with the cycle before in t6. */
long null_fault(void);
/* Do nothing, so many times. */
long null_loop(long turns);

#endif
