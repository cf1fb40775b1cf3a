/* The kernel's contracts on failure, interrupts, timers and threads. */

#include "check.h"
#include "console.h"
#include "csr.h"
#include "module.h"
#include <memmap.h>

static int failed;
static uint32_t top;

void check(const char *name, bool holds)
{
	console_print("%s %s\n", holds ? "ok" : "FAILED", name);
	failed += !holds;
}

bool clean(void)
{
	return csr_read(CSR_PD_TOP) == top && activation_current() == NULL;
}

int image_main(void)
{
	top = csr_read(CSR_PD_TOP);
	failures();
	interrupts();
	callbacks();
	threads_run();
#ifndef KERNEL_PORT /* the monitor watches windows */
	check("no_escapes", *(volatile uint32_t *)MONITOR_ESCAPES == 0);
#endif
	console_print("end, %d failures\n", failed);
	return failed != 0;
}
