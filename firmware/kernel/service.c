/* Services: what modules may ask the kernel for, through its gate.
 *
 * Every argument comes from a module and is trusted in nothing. Who asks stands in the activation, out of its reach.
 */

#include "arena.h"
#include "console.h"
#include "csr.h"
#include "timers.h"
#include <errno.h>
#include <kernel.h>
#include <services.h>

/* Characters printed before the clock is looked at: the console is polled and slow. */
#define PRINT_AT_ONCE 16

/* gate.S */
long service_module_call(long a0, long a1, long a2, long a3, long a4, long a5, uint32_t target);

/* The module that asks. That it may is known. */
static uint32_t caller(void)
{
	return activation_current()->target & TARGET_ID_MASK;
}

static void *for_kmalloc(size_t size)
{
	return arena_allocate(size, caller());
}

static int for_kfree(void *block)
{
	return arena_free(block, caller());
}

static size_t for_ksize(const void *block)
{
	return heap_size(module_table[caller()].heap, block);
}

static int for_timer_set(const void *function, long argument, uint32_t cycles, uint32_t period)
{
	return timers_set(function, argument, cycles, period, caller());
}

static int for_timer_cancel(uint32_t number)
{
	return timers_cancel(number, caller());
}

static long for_console_write(const char *text, size_t length)
{
	const volatile struct activation *call = activation_current();

	if (!module_may_access(activation_current(), (uintptr_t)text, length, ACCESS_READ)) {
		return -EFAULT;
	}
	while (length > 0 && !(call->target & TARGET_OVERRUN)) {
		size_t part = length < PRINT_AT_ONCE ? length : PRINT_AT_ONCE;
		console_write(text, part);
		text += part;
		length -= part;
	}
	return 0;
}

/* Called by service_entry in gate.S, which has looked whether the module may ask; they get a0-a5 and, behind them, the target. */
void *const service_table[SERVICE_COUNT] = {
	[SERVICE_KMALLOC] = for_kmalloc,
	[SERVICE_KFREE] = for_kfree,
	[SERVICE_CONSOLE_WRITE] = for_console_write,
	[SERVICE_TIME_CYCLES] = time_cycles,
	[SERVICE_MODULE_CALL] = service_module_call,
	[SERVICE_KSIZE] = for_ksize,
	[SERVICE_TIMER_SET] = for_timer_set,
	[SERVICE_TIMER_CANCEL] = for_timer_cancel,
};

uint32_t time_cycles(void)
{
	return csr_read(CSR_MCYCLE);
}
