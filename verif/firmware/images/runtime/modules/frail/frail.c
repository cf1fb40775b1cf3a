#include "frail/frail.h"
#include <errno.h>
#include <kernel.h>

static long value = 40;

long frail_init(void)
{
	value += 2;
	return 0;
}

long frail_value(void)
{
	return value;
}

long frail_set(long new)
{
	value = new;
	return kmalloc(100) ? 0 : -ENOMEM;
}

long frail_fault(void)
{
	*(volatile int *volatile)0 = 1;
	return 0;
}

long frail_spin(void)
{
	for (;;) {
		__asm__ volatile("");
	}
}

long frail_overrun(long depth)
{
	volatile long frame[8];

	frame[0] = depth;
	return depth < 0 ? 0 : frail_overrun(depth + 1) + frame[0];
}

long frail_fault_lent(void *buffer, size_t size)
{
	*((volatile char *)buffer + size) = 1;
	return 0;
}
