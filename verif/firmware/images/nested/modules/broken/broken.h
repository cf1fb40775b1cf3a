/* Faults with the kernel's bookkeeping destroyed. */
#ifndef BROKEN_H
#define BROKEN_H

long broken_run(void *victim, unsigned long size);

#endif
