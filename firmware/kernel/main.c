/* The kernel's start, and what traps do. */

#include "console.h"
#include "csr.h"
#include "fault.h"
#include "module.h"
#include "timer.h"
#include "trap.h"
#include <errno.h>

/* What the image does, once the kernel runs; returns the exit code. */
int image_main(void);

/* Called by boot.S. */
_Noreturn void kernel_main(void)
{
	console_start();
	heap_reset(&kernel_heap);
	module_start();
	timer_start();
	csr_set(CSR_MSTATUS, MSTATUS_MIE_MASK);
	finish(image_main());
}

/* Called by trap.S. */
enum trap_exit trap_handle(struct trap_frame *frame)
{
	uint32_t cause = csr_read(CSR_MCAUSE);
	uint32_t id = csr_field(csr_read(CSR_PD_STATUS), PD_STATUS_PID);

	if (frame == &trap_frame_nested) {
		panic("trap %x inside a trap handler, pc %x, address %x", cause, csr_read(CSR_MEPC),
		      csr_read(CSR_MTVAL));
	}
	if (cause == (MCAUSE_INTERRUPT_MASK | IRQ_TIMER)) {
		timer_tick();
		/* In a service nothing is ended: service() looks at the clock itself. */
		if (id == 0 || !activation_overrun()) {
			return TRAP_RESUME;
		}
	} else if (id == 0) {
		panic("trap %x in the kernel, pc %x, address %x", cause, csr_read(CSR_MEPC), csr_read(CSR_MTVAL));
	}
	frame->x[10] = fault_record(frame, id);
	return TRAP_UNWIND;
}
