/* Counts, and remembers when. */
#ifndef COUNTER_H
#define COUNTER_H

#include <stdint.h>

/* Start the countdown timer with this period in cycles, and forget every count. 0. */
int counter_start(uint32_t period);
/* Count once more. The number of counts since the start, or a negative error number. */
int counter_next(void);
/* Timer value of the count `back` counts ago, 0 is the last; a negative error number if it is not remembered. */
int counter_mark(uint32_t back);

#endif
