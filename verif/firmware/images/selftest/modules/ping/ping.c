#include "ping/ping.h"
#include "pong/pong.h"
#include <errno.h>

#define WORDS 4

long ping_nest(long depth)
{
	volatile long frame[WORDS];

	for (int word = 0; word < WORDS; word++) {
		frame[word] = depth * 16 + word;
	}
	long deeper = depth > 0 ? pong_nest(depth - 1) : 0;
	for (int word = 0; word < WORDS; word++) {
		if (frame[word] != depth * 16 + word) {
			return -EINVAL;
		}
	}
	if (deeper == -ELOOP) {
		return 0;
	}
	return deeper < 0 ? deeper : deeper + 1;
}

long ping_survive(void)
{
	volatile long frame[WORDS] = {1, 2, 3, 4};
	long result = pong_fault();

	return result == -EFAULT && frame[0] == 1 && frame[1] == 2 && frame[2] == 3 && frame[3] == 4;
}

long ping_pass_on(void *buffer, size_t size)
{
	return pong_fill(buffer, size);
}

long ping_lend_foreign(char *address, size_t size)
{
	return pong_fill(address, size);
}
