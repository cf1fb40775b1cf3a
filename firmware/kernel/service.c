/* Services: what modules may ask the kernel for, through its gate.
 *
 * Every argument comes from a module and is trusted in nothing. Who asks is read from the hardware.
 */

#include "arena.h"
#include "csr.h"
#include "fault.h"
#include <errno.h>
#include <kernel.h>
#include <services.h>

/* Characters printed before the clock is looked at: the console is polled and slow. */
#define PRINT_AT_ONCE 16

static int print_for(uint32_t caller, const char *text, size_t length)
{
	if (!module_may_access(caller, (uintptr_t)text, length, ACCESS_READ)) {
		return -EFAULT;
	}
	while (length > 0 && !activation_overrun()) {
		size_t part = length < PRINT_AT_ONCE ? length : PRINT_AT_ONCE;
		console_write(text, part);
		text += part;
		length -= part;
	}
	return 0;
}

/* A module calls another one. What it lends must be its own to lend. */
static long call_for(uint32_t caller, const long arguments[6], uint32_t target)
{
	const struct module_info *info = module_find(target & 0xff);
	uint32_t number = target >> 8;

	if (!info || number >= info->operation_count) {
		return -ENOENT;
	}
	if (!(info->callers >> caller & 1)) {
		return -EACCES;
	}
	const struct operation *operation = &info->operations[number];
	if (operation->lend != ACCESS_NONE &&
	    !module_may_access(caller, arguments[operation->pointer_index], arguments[operation->length_index],
			       operation->lend)) {
		return -EFAULT;
	}
	return module_call(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5], target);
}

/* Called by service_entry in gate.S. */
long service(long a0, long a1, long a2, long a3, long a4, long a5, uint32_t target, uint32_t number)
{
	uint32_t caller = csr_field(csr_read(CSR_PD_CALLER), PD_CALLER_ID);
	long result = -ENOSYS;

	if (number < SERVICES && !(module_table[caller].services >> number & 1)) {
		number = SERVICES;
		result = -EACCES;
	}
	switch (number) {
	case SERVICE_KMALLOC:
		result = (long)arena_allocate(caller, a0);
		break;
	case SERVICE_KFREE:
		result = arena_free(caller, (void *)a0);
		break;
	case SERVICE_CONSOLE_WRITE:
		result = print_for(caller, (const char *)a0, a1);
		break;
	case SERVICE_TIME_CYCLES:
		result = csr_read(CSR_MCYCLE);
		break;
	case SERVICE_KSIZE:
		result = heap_size(module_table[caller].heap, (const void *)a0);
		break;
	case SERVICE_MODULE_CALL:
		result = call_for(caller, (const long[]){a0, a1, a2, a3, a4, a5}, target);
		break;
	}
	/* A tick that comes during a service does not end the call; without this, a module that does nothing but ask
	 * for services could go on for ever.
	 */
	if (activation_overrun()) {
		gate_abandon(fault_record_overrun(caller));
	}
	return result;
}

uint32_t time_cycles(void)
{
	return csr_read(CSR_MCYCLE);
}
