/* Falls down and gets up again. */
#ifndef FRAIL_H
#define FRAIL_H

#include <stdint.h>

/* Fault, with the cycle before in t6. */
long frail_fault(void);
/* The cycle in which it begins. */
uint32_t frail_run(void);

#endif
