#include "other/other.h"

static volatile unsigned char own[16];

uintptr_t other_own(void)
{
	own[0] = 7;
	return (uintptr_t)own;
}

long other_fill(void *buffer, size_t size)
{
	volatile unsigned char *bytes = buffer;

	for (size_t index = 0; index < size; index++) {
		bytes[index] = own[0];
	}
	return own[0];
}
