#include "fragile/fragile.h"

long fragile_run(long fault)
{
	if (fault) {
		__asm__ volatile("ebreak");
	}
	return 1;
}
