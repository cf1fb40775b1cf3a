#include "beat/beat.h"
#include <memmap.h>
#include <stdint.h>

#define ENABLE_WITH_INTERRUPT 3

struct timer {
	uint32_t count;
	uint32_t reload;
	uint32_t control;
	uint32_t status;
};

static volatile struct timer *const timer = (volatile struct timer *)TIMER_BASE;
static volatile int beats;
static int wanted;

int beat_start(unsigned period, int times)
{
	beats = 0;
	wanted = times;
	timer->reload = period;
	timer->control = ENABLE_WITH_INTERRUPT;
	return 0;
}

int beat_count(void)
{
	return beats;
}

/* The handler: runs inside the module's bounds, as its operations do. */
void on_timer(uint32_t line)
{
	(void)line;
	timer->status = 1;
	if (++beats == wanted) {
		timer->control = 0;
	} else if (beats == 4) {
		*(volatile int *volatile)0 = 1;
	}
}
