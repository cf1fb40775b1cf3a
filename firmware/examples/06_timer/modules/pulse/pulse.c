#include "pulse/pulse.h"
#include <kernel.h>

static int beats;

static void beat(long argument)
{
	(void)argument;
	beats++;
}

static void stop(long timer)
{
	timer_cancel(timer);
}

int pulse_start(uint32_t period, uint32_t cycles)
{
	int timer = timer_set(beat, 0, period, period);

	if (timer < 0) {
		return timer;
	}
	int end = timer_set(stop, timer, cycles, 0);
	return end < 0 ? end : 0;
}

int pulse_beats(void)
{
	return beats;
}
