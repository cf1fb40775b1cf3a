/* The timer tick, from the CLINT. */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include <stdint.h>

/* Cycles from one tick to the next. */
#define TIMER_TICK_CYCLES 4000

/* Start ticking: the next tick comes one period from now. */
void timer_start(void);
/* The tick's interrupt. */
void timer_tick(void);
/* Ticks since the start. */
uint32_t timer_ticks(void);

#endif
