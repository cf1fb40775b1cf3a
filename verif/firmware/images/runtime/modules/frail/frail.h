/* Restarted when it fails. */
#ifndef FRAIL_H
#define FRAIL_H

#include <stddef.h>

long frail_init(void);
/* What it holds: 42 at the start. */
long frail_value(void);
/* Hold `value`, and more and more of the heap. */
long frail_set(long value);
long frail_fault(void);
long frail_spin(void);
/* Use up the stack. */
long frail_overrun(long depth);
long frail_fault_lent(void *buffer, size_t size);

#endif
