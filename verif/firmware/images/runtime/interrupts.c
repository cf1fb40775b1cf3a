/* Drivers' interrupts. */

#include "check.h"
#include "csr.h"
#include "fault.h"
#include "irq.h"
#include "module.h"
#include "thread.h"
#include "ticker/ticker.h"
#include <errno.h>
#include <memmap.h>
#include <modules.h>

static const uint32_t line = 1u << TIMER_IRQ;

static bool enabled(void)
{
	return *(volatile uint32_t *)PLIC_ENABLE & line;
}

/* An interrupt at every instruction of a call of the module that handles it. */
static bool anywhere(void)
{
	for (uint32_t delay = 20; delay < 400; delay++) {
		long before = ticker_count();
		ticker_start(delay, delay % 2 ? TICKER_NEST : TICKER_ONCE);
		if (ticker_spin(8) != 0 || ticker_count() < 0) {
			return false;
		}
		for (volatile int turn = 0; turn < 40; turn++) {
		}
		if (ticker_count() != before + 1) {
			return false;
		}
	}
	return true;
}

static bool bad(enum ticker_mode mode, uint32_t cause)
{
	const uint32_t before = fault_count();

	ticker_start(300, mode);
	const uint32_t start = csr_read(CSR_MCYCLE);
	while (fault_count() == before && csr_read(CSR_MCYCLE) - start < 40000) {
	}
	const bool found = fault_count() == before + 1 && fault_last(0)->cause == cause &&
			   (fault_last(0)->target & TARGET_ID_MASK) == MODULE_TICKER &&
			   fault_last(0)->target & TARGET_INTERRUPT;
	thread_sleep(2);
	return found && module_states[MODULE_TICKER].condition == MODULE_READY && ticker_count() == 0 && enabled();
}

void interrupts(void)
{
	check("line_is_open", enabled());
	ticker_start(500, TICKER_AGAIN);
	thread_sleep(4);
	long count = ticker_count();
	check("interrupts_of_an_idle_processor", count >= 20 && count <= 40);
	ticker_start(500, TICKER_ONCE);
	thread_sleep(1);
	count = ticker_count();
	thread_sleep(2);
	check("device_can_be_silenced", ticker_count() == count);
	check("interrupt_anywhere_in_the_module", anywhere());
	check("faulting_handler", bad(TICKER_FAULT, CAUSE_STORE_FAULT));
	check("hanging_handler", bad(TICKER_HANG, FAULT_TIME));
	check("interrupts_without_end", bad(TICKER_STORM, FAULT_STORM));
	ticker_start(500, TICKER_FAULT);
	thread_sleep(3);
	check("faulting_handler_of_an_idle_processor",
	      module_states[MODULE_TICKER].condition == MODULE_READY && enabled() && ticker_count() == 0);
	ticker_start(500, TICKER_ONCE);
	thread_sleep(1);
	check("driver_works_again", ticker_count() == 1);
	check("call_stack_is_clean_after_interrupts", clean());
}
