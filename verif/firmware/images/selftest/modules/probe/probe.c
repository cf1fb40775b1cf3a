#include "probe/probe.h"
#include <kernel.h>

static int from_hundred = 100;
static int from_zero;

long probe_sum(long a, long b, long c, long d, long e, long f)
{
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f;
}

void *probe_alloc(size_t size)
{
	return kmalloc(size);
}

int probe_free(void *block)
{
	return kfree(block);
}

int probe_print(const char *text, size_t length)
{
	return console_write(text, length);
}

int probe_count(void)
{
	return ++from_hundred + ++from_zero;
}

long probe_spin(void)
{
	for (;;) {
		__asm__ volatile("");
	}
}
