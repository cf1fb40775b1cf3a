#include "stubborn/stubborn.h"
#include "keeper/keeper.h"

long stubborn_run(void)
{
	*(volatile int *volatile)0 = 1;
	return 0;
}

long stubborn_init(void)
{
	return keeper_count() > 1 ? stubborn_run() : 0;
}
