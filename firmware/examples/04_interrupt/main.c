#include "beat/beat.h"
#include "console.h"
#include "fault.h"
#include <kernel.h>

static void wait(uint32_t cycles)
{
	for (uint32_t start = time_cycles(); time_cycles() - start < cycles;) {
	}
}

int image_main(void)
{
	beat_start(3000, 3);
	wait(50000);
	console_print("beats: %d\n", beat_count());
	beat_start(3000, 10);
	wait(50000);
	console_print("beats, until its handler failed: %d\n", beat_count());
	fault_print(fault_last(0));
	console_print("\n");
	return 0;
}
