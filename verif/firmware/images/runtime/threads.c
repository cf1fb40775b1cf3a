/* Threads, in the kernel and in modules. */

#include "check.h"
#include "csr.h"
#include "left/left.h"
#include "module.h"
#include "right/right.h"
#include "thread.h"
#include "ticker/ticker.h"
#include "timer.h"
#include <errno.h>
#include <memmap.h>
#include <modules.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* More than a tick. */
#define LONG_TIME 3000

static _Alignas(16) char stack[THREAD_STACK], second_stack[THREAD_STACK];
static volatile long result;
static volatile int done, spins;

static void work(long turns)
{
	result = 0;
	for (int round = 0; round < 20; round++) {
		result |= left_work(turns);
	}
	done = 1;
}

static void keep(long seed)
{
	result = right_keep(seed, 400);
	done = 1;
}

static void cross(long turns)
{
	result = right_cross(turns);
	done = 1;
}

static void spin(long unused)
{
	(void)unused;
	while (!done) {
		spins++;
	}
}

static volatile int outside;

/* In the driver for `turns`, then outside until `outside` is taken back. */
static void visit(long turns)
{
	while (!done) {
		result |= ticker_spin(turns);
		outside = 1;
		while (outside && !done) {
		}
	}
}

/* While another thread is suspended in a driver, the driver's handler is run, and the tick comes at every instruction from
 * the interrupt, through the entry of the handler that is refused first as the driver is closed, to what is put right
 * behind it, about 410 cycles later. The other thread leaves the driver as soon as it runs: the driver must be open then. */
static bool tick_around_a_handler(void)
{
	for (uint32_t delay = 0; delay < 560; delay++) {
		do {
			outside = 0;
			thread_sleep(1);
		} while (!module_states[MODULE_TICKER].owner);
		REGISTER(TIMER_RELOAD) = 40;
		REGISTER(TIMER_CONTROL) = 3;
		REGISTER(CLINT_MTIMECMPH) = 0;
		REGISTER(CLINT_MTIMECMP) = REGISTER(CLINT_MTIME) + delay;
		const uint32_t ticks = timer_ticks();
		while (!outside) {
			if (timer_ticks() - ticks > 10) {
				return false;
			}
		}
		if (module_states[MODULE_TICKER].owner) {
			return false;
		}
	}
	return true;
}

static void once(long value)
{
	result = value;
	done = 1;
}

static bool start(void (*entry)(long), long argument, enum thread_priority priority)
{
	done = 0;
	return thread_create("test", entry, argument, stack, sizeof stack, priority, 4) == 0;
}

static void finish_thread(void)
{
	while (!done) {
		thread_sleep(1);
	}
	/* Time to end: its stack is used again. */
	thread_sleep(2);
}

void threads_run(void)
{
	check("thread_starts_and_ends", start(once, 5, PRIORITY_NORMAL) && (finish_thread(), result == 5));

	start(once, 6, PRIORITY_HIGH);
	thread_sleep(1);
	check("higher_priority_first", done);
	start(once, 7, PRIORITY_LOW);
	uint32_t ticks = timer_ticks();
	while (timer_ticks() - ticks < 3) {
	}
	check("lower_priority_waits", !done);
	finish_thread();

	spins = 0;
	start(spin, 0, PRIORITY_NORMAL);
	long mine = left_work(LONG_TIME * 4);
	check("switched_inside_a_module", mine == 0 && spins > 0);
	done = 1;
	finish_thread();

	ticker_start(500, TICKER_ONCE);
	thread_sleep(1);
	uint32_t cycles = csr_read(CSR_MCYCLE);
	result = ticker_spin(100);
	cycles = csr_read(CSR_MCYCLE) - cycles;
	/* Suspended once, in half of its way. */
	start(visit, 100 * (TIMER_TICK_CYCLES + TIMER_TICK_CYCLES / 2) / cycles, PRIORITY_NORMAL);
	bool open = tick_around_a_handler();
	done = 1;
	if (open) {
		finish_thread();
	}
	check("tick_anywhere_around_a_handler", open && result == 0);

	start(work, LONG_TIME, PRIORITY_NORMAL);
	mine = 0;
	for (int round = 0; round < 20; round++) {
		mine |= left_work(LONG_TIME);
	}
	finish_thread();
	check("one_thread_at_a_time_in_a_module", mine == 0 && result == 0);

	start(keep, 0x1000, PRIORITY_NORMAL);
	mine = left_keep(0x2000, 400);
	finish_thread();
	check("registers_survive_switches", mine == 0 && result == 0);

	start(cross, LONG_TIME, PRIORITY_NORMAL);
	mine = left_cross(LONG_TIME);
	finish_thread();
	check("deadlock_is_an_error", (mine == -EDEADLK && result == 0) || (mine == 0 && result == -EDEADLK));

	done = 0;
	check("no_more_threads_than_there_are",
	      thread_create("a", spin, 0, stack, sizeof stack, PRIORITY_NORMAL, 0) == 0 &&
		      thread_create("b", spin, 0, second_stack, sizeof second_stack, PRIORITY_NORMAL, 99) == -ENOMEM);
	done = 1;
	finish_thread();
	check("call_stack_is_clean_after_threads", clean());
}
