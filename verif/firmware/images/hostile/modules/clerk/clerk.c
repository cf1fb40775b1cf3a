#include "clerk/clerk.h"
#include <errno.h>
#include <kernel.h>
#include <string.h>

extern long hostile_run(long a0, long a1);
extern long driver_run(long a0, long a1);

static uint32_t *kept;

int clerk_keep(uint32_t value)
{
	uint32_t *block = kmalloc(sizeof *block);

	if (!block) {
		return -ENOMEM;
	}
	*block = value;
	kfree(kept);
	kept = block;
	return 0;
}

long clerk_bounce(long which, long value)
{
	return which & 1 ? driver_run(which, value) : hostile_run(which, value);
}

int clerk_sum(const void *bytes, size_t size)
{
	const unsigned char *next = bytes;
	int sum = 0;

	while (size--) {
		sum += *next++;
	}
	return sum;
}

int clerk_fill(void *bytes, size_t size, int value)
{
	memset(bytes, value, size);
	return 0;
}

int clerk_swap(size_t size, int unused, void *bytes)
{
	unsigned char *first = bytes;
	unsigned char *last = first + size - 1;
	unsigned char kept_byte = *first;

	(void)unused;
	*first = *last;
	*last = kept_byte;
	return 0;
}
