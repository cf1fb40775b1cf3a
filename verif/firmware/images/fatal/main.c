#include "broken/broken.h"
#include "fault.h"

int image_main(void)
{
	broken_run();
	/* Not reached; but it has the kernel print the fault in words when it ends. */
	fault_print(fault_last(0));
	return 0;
}
