#include "clock/clock.h"

static int minutes = 8 * 60 + 59;

int clock_now(void)
{
	return ++minutes;
}
