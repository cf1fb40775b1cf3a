/* Services: what modules may ask the kernel for, through its gate.
 *
 * Every argument comes from a module and is trusted in nothing. Who asks is read from the hardware.
 */

#include "arena.h"
#include "console.h"
#include "csr.h"
#include <errno.h>
#include <kernel.h>
#include <services.h>

/* Characters printed before the clock is looked at: the console is polled and slow. */
#define PRINT_AT_ONCE 16

/* gate.S */
long service_module_call(long a0, long a1, long a2, long a3, long a4, long a5, uint32_t target);

/* The module that asks for `service`; 0 if it may not. */
static uint32_t caller_of(uint32_t service)
{
	uint32_t id = csr_field(csr_read(CSR_PD_CALLER), PD_CALLER_ID);

	return module_may_ask(id, service) ? id : 0;
}

static long for_kmalloc(size_t size)
{
	uint32_t id = caller_of(SERVICE_KMALLOC);

	return id ? (long)arena_allocate(id, size) : 0;
}

static long for_kfree(void *block)
{
	uint32_t id = caller_of(SERVICE_KFREE);

	return id ? arena_free(id, block) : -EACCES;
}

static long for_ksize(const void *block)
{
	uint32_t id = caller_of(SERVICE_KSIZE);

	return id ? (long)heap_size(module_table[id].heap, block) : 0;
}

static long for_console_write(const char *text, size_t length)
{
	const volatile struct activation *call = activation_current();

	if (!caller_of(SERVICE_CONSOLE_WRITE)) {
		return -EACCES;
	}
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

static long for_time_cycles(void)
{
	return caller_of(SERVICE_TIME_CYCLES) ? (long)csr_read(CSR_MCYCLE) : -EACCES;
}

/* Called by service_entry in gate.S; they get a0-a5 and, behind them, the target. */
void *const service_table[SERVICE_COUNT] = {
	[SERVICE_KMALLOC] = for_kmalloc,
	[SERVICE_KFREE] = for_kfree,
	[SERVICE_CONSOLE_WRITE] = for_console_write,
	[SERVICE_TIME_CYCLES] = for_time_cycles,
	[SERVICE_MODULE_CALL] = service_module_call,
	[SERVICE_KSIZE] = for_ksize,
};

uint32_t time_cycles(void)
{
	return csr_read(CSR_MCYCLE);
}
