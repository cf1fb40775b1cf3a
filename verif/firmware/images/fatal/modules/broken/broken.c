#include "broken/broken.h"

long broken_run(void)
{
	*(volatile int *volatile)0 = 1;
	return 0;
}
