/* Starts the kernel anew after a fault, as a watchdog would. */

#include "broken/broken.h"
#include "console.h"
#include "csr.h"
#include "fault.h"

void _start(void);

int image_main(void)
{
	if (fault_count() == 0) {
		broken_run();
		console_print("first life\n");
		csr_clear(CSR_MSTATUS, MSTATUS_MIE_MASK);
		_start();
	}
	console_print("%u fault, ", fault_count());
	fault_print(fault_last(0));
	console_print("\n");
	return 0;
}
