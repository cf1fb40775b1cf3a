#include "console.h"

int image_main(void)
{
	console_print("before\n");
	*(volatile int *)0x40000000 = 1;
	console_print("after\n");
	return 0;
}
