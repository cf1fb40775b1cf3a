#include "waker/waker.h"
#include <kernel.h>

static long count;
static uint32_t when;
static volatile int working;

static void wake(long mode)
{
	if (working) {
		count = -1000000;
	}
	count++;
	when = time_cycles();
	switch (mode) {
	case WAKER_FAULT:
		*(volatile int *volatile)0 = 1;
		break;
	case WAKER_HANG:
		for (;;) {
			__asm__ volatile("");
		}
	case WAKER_AGAIN:
		timer_set(wake, WAKER_COUNT, 1000, 0);
		break;
	case WAKER_GREEDY:
		while (time_cycles() - when < 2000) {
		}
		break;
	default:
		break;
	}
}

int waker_set(uint32_t cycles, uint32_t period, enum waker_mode mode)
{
	return timer_set(wake, mode, cycles, period);
}

int waker_set_wild(uintptr_t address)
{
	return timer_set((void (*)(long))address, 0, 0, 0);
}

int waker_cancel(int timer)
{
	return timer_cancel(timer);
}

long waker_count(void)
{
	return count;
}

uint32_t waker_when(void)
{
	return when;
}

long waker_work(long turns)
{
	working = 1;
	for (volatile long turn = 0; turn < turns; turn++) {
	}
	working = 0;
	return count;
}
