/* A driver with an interrupt, well behaved or not. */
#ifndef TICKER_H
#define TICKER_H

#include <stdint.h>

enum ticker_mode { TICKER_ONCE, TICKER_AGAIN, TICKER_FAULT, TICKER_HANG, TICKER_STORM, TICKER_NEST };

long ticker_init(void);
/* Interrupt in `period` cycles, once or again and again. The handler does as `mode` says. */
long ticker_start(uint32_t period, enum ticker_mode mode);
/* Interrupts since the start. */
long ticker_count(void);
/* Work inside the module, `turns` times; negative if an interrupt has disturbed it. */
long ticker_spin(long turns);

#endif
