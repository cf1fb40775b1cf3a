/* Asks to be called back, and behaves then or not. */
#ifndef WAKER_H
#define WAKER_H

#include <stdint.h>

/* What the call-back does. */
enum waker_mode { WAKER_COUNT, WAKER_FAULT, WAKER_HANG, WAKER_AGAIN, WAKER_GREEDY };

/* Be called back in `cycles`, then every `period`; what timer_set says. */
int waker_set(uint32_t cycles, uint32_t period, enum waker_mode mode);
/* Have any address called. */
int waker_set_wild(uintptr_t address);
/* What timer_cancel says. */
int waker_cancel(int timer);
/* Call-backs since the start, negative if one came while waker_work was at work; and the cycle of the last. */
long waker_count(void);
uint32_t waker_when(void);
/* Work inside the module, `turns` times. */
long waker_work(long turns);

#endif
