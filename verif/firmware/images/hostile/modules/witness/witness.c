#include "witness/witness.h"
#include <kernel.h>
#include <memmap.h>

static uint32_t state = 1;

uint32_t witness_step(uint32_t value)
{
	uint32_t *block = kmalloc(sizeof *block);

	if (!block) {
		return 0;
	}
	*block = state * 1664525u + value;
	state = *block;
	kfree(block);
	return state;
}

uint32_t witness_timer(uint32_t value)
{
	volatile uint32_t *reload = (volatile uint32_t *)TIMER_RELOAD;

	*reload = value;
	return *reload;
}

int witness_fill(void *bytes, size_t size, uint32_t value)
{
	unsigned char *out = bytes;

	for (size_t index = 0; index < size; index++) {
		out[index] = value + index * 7;
	}
	return 0;
}
