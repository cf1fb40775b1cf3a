/* Does what it is told, so that the kernel can look at the result. */
#ifndef PROBE_H
#define PROBE_H

#include <stddef.h>
#include <stdint.h>

long probe_sum(long a, long b, long c, long d, long e, long f);
/* OR of all registers that the kernel does not hand over. */
long probe_registers(void);
/* Overwrite every register but sp, then return `result`. */
long probe_clobber(long result);
/* Overwrite every register, sp too, then fault. */
long probe_clobber_and_fault(long unused);
void *probe_alloc(size_t size);
int probe_free(void *block);
/* Print `length` bytes at `text`. */
int probe_print(const char *text, size_t length);
/* Count on an initialised variable that starts at 100 and on one that starts at 0; their sum. */
int probe_count(void);
/* Loop for ever. */
long probe_spin(void);

#endif
