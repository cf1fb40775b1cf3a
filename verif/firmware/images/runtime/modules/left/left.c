#include "left/left.h"
#include "right/right.h"
#include <errno.h>

static volatile int inside;

long left_work(long turns)
{
	if (inside) {
		return -EINVAL;
	}
	inside = 1;
	while (turns--) {
		__asm__ volatile("");
	}
	inside = 0;
	return 0;
}

long left_touch(void)
{
	return 0;
}

long left_cross(long turns)
{
	long result = left_work(turns);

	return result ? result : right_touch();
}
