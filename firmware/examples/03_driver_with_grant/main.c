#include "console.h"
#include "fault.h"
#include "lamp/lamp.h"
#include <memmap.h>

int image_main(void)
{
	const unsigned char walk[] = {1, 2, 4, 8, 16};
	unsigned char seen[3];

	console_print("shown: %d, LEDs now %u\n", lamp_show(walk, sizeof walk), *(volatile uint32_t *)GPIO_OUT);
	int count = lamp_history(seen, sizeof seen);
	console_print("history of %d: %d %d %d\n", count, seen[0], seen[1], seen[2]);
	console_print("spoil: %d\n", lamp_spoil(walk, sizeof walk));
	fault_print(fault_last(0));
	console_print("\nstill there: %d %d %d\n", walk[0], walk[1], walk[2]);
	return 0;
}
