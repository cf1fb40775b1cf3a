/* Has a timer, and wants another one's. */
#ifndef THIEF_H
#define THIEF_H

#include <stdint.h>

/* What timer_set and timer_cancel say. */
int thief_set(uint32_t cycles);
int thief_cancel(int timer);

#endif
