#include "ticker/ticker.h"
#include <errno.h>
#include <kernel.h>
#include <memmap.h>

struct timer {
	uint32_t count;
	uint32_t reload;
	uint32_t control;
	uint32_t status;
};

static volatile struct timer *const timer = (volatile struct timer *)TIMER_BASE;
static long count;
static enum ticker_mode mode;

long ticker_init(void)
{
	timer->control = 0;
	timer->status = 1;
	return 0;
}

long ticker_start(uint32_t period, enum ticker_mode new)
{
	timer->control = 0;
	timer->status = 1;
	mode = new;
	timer->reload = period;
	timer->control = 3;
	return 0;
}

long ticker_count(void)
{
	return count;
}

void ticker_interrupt(uint32_t line)
{
	volatile uint32_t frame[4] = {line, line, line, line};

	count += frame[3] == TIMER_IRQ;
	switch (mode) {
	case TICKER_ONCE:
		timer->control = 0;
		break;
	case TICKER_FAULT:
		*(volatile int *volatile)0 = 1;
		break;
	case TICKER_HANG:
		for (;;) {
			__asm__ volatile("");
		}
	case TICKER_STORM:
		return;
	case TICKER_NEST:
		timer->control = 0;
		time_cycles();
		break;
	default:
		break;
	}
	timer->status = 1;
}

long ticker_spin(long turns)
{
	volatile long frame[8];

	for (long turn = 0; turn < turns; turn++) {
		for (int word = 0; word < 8; word++) {
			frame[word] = turn + word;
		}
		for (int word = 0; word < 8; word++) {
			if (frame[word] != turn + word) {
				return -EINVAL;
			}
		}
	}
	return 0;
}
