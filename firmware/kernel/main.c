/* The kernel's start, and the timer's trap. */

#include "console.h"
#include "csr.h"
#include "fault.h"
#include "module.h"
#include "timer.h"
#include "trap.h"

/* What the image does, once the kernel runs; returns the exit code. */
int image_main(void);

/* Called by boot.S. */
_Noreturn void kernel_main(void)
{
	console_start();
	fault_start();
	heap_reset(&kernel_heap);
	module_start();
	timer_start();
	csr_set(CSR_MSTATUS, MSTATUS_MIE_MASK);
	finish(image_main());
}

void kernel_fault(void)
{
	panic("trap %x in the kernel, pc %x, address %x", csr_read(CSR_MCAUSE), csr_read(CSR_MEPC),
	      csr_read(CSR_MTVAL));
}

long timer_trap(const struct trap_frame *frame)
{
	struct activation *call = activation_current();

	timer_tick();
	if (!activation_overrun(call, csr_read(CSR_MCYCLE))) {
		return 0;
	}
	if (csr_field(csr_read(CSR_PD_STATUS), PD_STATUS_PID) != 0) {
		return fault_time(call, csr_read(CSR_MEPC), frame->x[1]);
	}
	/* Nothing of the kernel is ended in its middle. */
	call->target |= TARGET_OVERRUN;
	return 0;
}
