#include "pong/pong.h"
#include "ping/ping.h"
#include <string.h>

long pong_nest(long depth)
{
	return depth > 0 ? ping_nest(depth - 1) : 0;
}

long pong_fault(void)
{
	volatile int *volatile nowhere = NULL;

	*nowhere = 1;
	return 0;
}

long pong_fill(void *buffer, size_t size)
{
	memset(buffer, 0x5a, size);
	return 0;
}
