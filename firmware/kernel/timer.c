/* The timer tick: what gives the kernel the processor back (G5). */

#include "timer.h"
#include "csr.h"
#include "section.h"
#include <memmap.h>

static LIVE_DATA uint32_t ticks;

#define REGISTER(address) (*(volatile uint32_t *)(address))

static uint64_t now(void)
{
	uint32_t low, high;

	do {
		high = REGISTER(CLINT_MTIMEH);
		low = REGISTER(CLINT_MTIME);
	} while (high != REGISTER(CLINT_MTIMEH));
	return (uint64_t)high << 32 | low;
}

static void set_next(void)
{
	uint64_t next = now() + TIMER_TICK_CYCLES;

	/* In this order no interrupt is raised by a half-written value. */
	REGISTER(CLINT_MTIMECMP) = UINT32_MAX;
	REGISTER(CLINT_MTIMECMPH) = next >> 32;
	REGISTER(CLINT_MTIMECMP) = next;
}

void timer_start(void)
{
	set_next();
	csr_set(CSR_MIE, MIE_MTI_MASK);
}

void timer_tick(void)
{
	ticks++;
	set_next();
}

uint32_t timer_ticks(void)
{
	return ticks;
}
