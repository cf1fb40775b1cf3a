/* Notes when its interrupt arrives. */
#ifndef ALARM_H
#define ALARM_H

#include <stdint.h>

/* Interrupt in `cycles` cycles. The sum of a reading of the cycle counter and one of the timer behind it. */
uint32_t alarm_set(uint32_t cycles);
/* The cycle in which the handler began; 0: it has not. */
uint32_t alarm_arrived(void);

#endif
