#include "broken/broken.h"

/* `victim` is lent by an image that does what no kernel should: the list of calls lies open to the module. */
long broken_run(void *victim, unsigned long size)
{
	(void)size;
	*(volatile unsigned *)victim = 0x40000000;
	*(volatile int *)0x40000000 = 1;
	return 0;
}
