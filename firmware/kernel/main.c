/* The kernel's start, and the timer's trap. */

#include "console.h"
#include "csr.h"
#include "fault.h"
#include "irq.h"
#include "module.h"
#include "thread.h"
#include "timer.h"
#include "timers.h"
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
	thread_start();
	irq_start();
	timer_start();
	csr_set(CSR_MSTATUS, MSTATUS_MIE_MASK);
	module_begin_all();
	finish(image_main());
}

void kernel_fault(void)
{
	panic_begin("trap ");
	console_hex(csr_read(CSR_MCAUSE));
	console_text(" in the kernel, pc ");
	console_hex(csr_read(CSR_MEPC));
	console_text(", address ");
	console_hex(csr_read(CSR_MTVAL));
	console_text("\n");
	finish(1);
}

long trap_interrupt(const struct trap_frame *frame)
{
	struct activation *call = activation_current();

	if (csr_read(CSR_MCAUSE) == (MCAUSE_INTERRUPT_MASK | IRQ_TIMER)) {
		timer_tick();
		irq_tick();
		thread_tick();
		timers_tick();
		if (activation_mark_late(call, csr_read(CSR_MCYCLE))) {
			if (csr_field(frame->pd_status, PD_STATUS_PID) != 0) {
				call->sp = frame->x[1];
				return fault_found(call, FAULT_TIME, frame->pc, 0);
			}
			/* Nothing of the kernel is ended in its middle. */
			call->target |= TARGET_OVERRUN;
		}
	} else {
		thread_yielded();
	}
	/* A handler that is about to return is finished first, as what irq_done puts right is of this moment. */
	return !(frame->activation == 0 && frame->x[0] == (uintptr_t)driver_done) && thread_due();
}
