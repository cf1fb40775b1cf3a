/* Faults of modules in words: who, what, where, and which window was missed. */

#include "arena.h"
#include "console.h"
#include "fault.h"
#include <errno.h>
#include <isa.h>
#include <memmap.h>

extern const char __kernel_text_start[], __kernel_text_end[], __public_start[], __public_end[];
extern const char __kernel_data_start[], __kernel_data_end[], __ram_end[];

static uint32_t fault_id(const struct fault *fault)
{
	return fault->target & TARGET_ID_MASK;
}

/* Bytes that the load or store moved; 0: it was none. */
static uint32_t access_size(const struct fault *fault)
{
	if (fault->cause < CAUSE_LOAD_MISALIGNED || fault->cause > CAUSE_STORE_FAULT) {
		return 0;
	}
	return 1u << (*(const uint32_t *)fault->pc >> 12 & 3);
}

static const char *cause_words(const struct fault *fault)
{
	switch (fault->cause) {
	case CAUSE_INSN_MISALIGNED:
		return "misaligned jump";
	case CAUSE_FETCH_FAULT:
		return "fetch refused";
	case CAUSE_ILLEGAL:
		return "illegal instruction";
	case CAUSE_BREAKPOINT:
		return "breakpoint";
	case CAUSE_LOAD_MISALIGNED:
		return "misaligned load";
	case CAUSE_LOAD_FAULT:
		return "load refused";
	case CAUSE_STORE_MISALIGNED:
		return "misaligned store";
	case CAUSE_STORE_FAULT:
		return "store refused";
	case CAUSE_ECALL_MODULE:
		return "ecall";
	case CAUSE_GATE_FAULT:
		return "gate refused";
	case FAULT_TIME:
		return "time used up";
	case FAULT_STORM:
		return "interrupts without end";
	case FAULT_FOREIGN:
		return "freed memory that is not its own";
	case FAULT_FREED:
		return "freed a block twice";
	case FAULT_INSIDE:
		return "freed what is no block";
	default:
		return "unknown trap";
	}
}

static const char *kind_words(uint32_t kind)
{
	switch (kind) {
	case KIND_BAD_ID:
		return "no such id";
	case KIND_NOT_VALID:
		return "no module has this id";
	case KIND_NOT_CALLABLE:
		return "target is not open to modules";
	case KIND_OVERFLOW:
		return "call stack is full";
	case KIND_UNDERFLOW:
		return "nobody to return to";
	default:
		return "unknown kind";
	}
}

static bool inside(uintptr_t address, struct range range)
{
	return range.lower <= address && address < range.upper;
}

static bool inside_symbols(uintptr_t address, const char *lower, const char *upper)
{
	return inside(address, (struct range){(uintptr_t)lower, (uintptr_t)upper});
}

/* The device at `address`: whose it is, or the kernel's; NULL if there is none. */
static const char *device_owner(uintptr_t address)
{
	static const struct range kernel_devices[] = {
		{FINISHER_BASE, FINISHER_BASE + FINISHER_SIZE}, {CLINT_BASE, CLINT_BASE + CLINT_SIZE},
		{PLIC_BASE, PLIC_BASE + PLIC_SIZE},             {UART_BASE, UART_BASE + UART_SIZE},
		{MONITOR_BASE, MONITOR_BASE + MONITOR_SIZE},
	};

	for (uint32_t id = 1; id < module_count; id++) {
		if (inside(address, module_table[id].device)) {
			return module_table[id].name;
		}
	}
	for (unsigned index = 0; index < sizeof kernel_devices / sizeof kernel_devices[0]; index++) {
		if (inside(address, kernel_devices[index])) {
			return "the kernel";
		}
	}
	return NULL;
}

/* What lies at `address`, as seen by module `id`. */
static void print_place(uintptr_t address, uint32_t id)
{
	const char *owner = device_owner(address);

	if (owner) {
		console_print("device of %s", owner);
		return;
	}
	for (uint32_t other = 1; other < module_count; other++) {
		const struct module_info *info = &module_table[other];
		if (inside(address, arena_window(other))) {
			const char *part = inside(address, info->stack)  ? "stack"
					   : inside(address, info->data) ? "data"
									 : "heap";
			if (other == id) {
				console_print("its own %s", part);
			} else {
				console_print("%s of %s", part, info->name);
			}
			return;
		}
	}
	console_print("%s", address < 4096                                                ? "null page"
			    : inside_symbols(address, __kernel_text_start, __kernel_text_end) ? "kernel code"
			    : inside_symbols(address, __public_start, __public_end)           ? "public code, read-only"
			    : inside_symbols(address, __kernel_data_start, __kernel_data_end) ? "kernel data"
			    : inside_symbols(address, (const char *)RAM_BASE, __ram_end)      ? "memory of nobody"
											      : "nothing there");
}

/* How far from the module's windows an access was, if it was near. */
static void print_miss(const struct fault *fault)
{
	const struct range arena = arena_window(fault_id(fault));
	const struct operation *operation = module_operation(fault->target);
	const bool lent = operation && operation->lend != ACCESS_NONE;
	const uint32_t size = access_size(fault);
	const uintptr_t last = fault->address + size;

	if (size == 0) {
		return;
	}
	if (lent && inside(fault->address, fault->grant)) {
		console_print(last > fault->grant.upper ? "across the end of its grant, "
							: "grant without that permission, ");
	} else if (lent && fault->address == fault->grant.upper) {
		console_print("right behind its grant, ");
	} else if (inside(fault->address, arena) && last > arena.upper) {
		console_print("across the upper bound of its arena, ");
	} else if (fault->address < arena.lower && arena.lower - fault->address <= 4096) {
		console_print("below its arena by %u, ", arena.lower - fault->address);
	} else if (fault->address >= arena.upper && fault->address - arena.upper < 4096) {
		console_print("above its arena by %u, ", fault->address - arena.upper + 1);
	}
}

void fault_print(const struct fault *fault)
{
	console_print("%s (id %u): %s", module_table[fault_id(fault)].name, fault_id(fault), cause_words(fault));
	console_print(fault->pc == FAULT_IN_SERVICE ? ", in a service" : ", pc %x", fault->pc);
	if (fault->cause == CAUSE_GATE_FAULT) {
		console_print(", target %u: %s", fault->address, kind_words(fault->kind));
	} else if (access_size(fault) || fault->cause == CAUSE_FETCH_FAULT || fault->cause > FAULT_MISUSE) {
		console_print(", address %x: ", fault->address);
		print_miss(fault);
		print_place(fault->address, fault_id(fault));
	}
}

const char *error_name(long error)
{
	switch (-error) {
	case 0:
		return "0";
	case EPERM:
		return "EPERM";
	case ENOENT:
		return "ENOENT";
	case EAGAIN:
		return "EAGAIN";
	case ENOMEM:
		return "ENOMEM";
	case EACCES:
		return "EACCES";
	case EFAULT:
		return "EFAULT";
	case EINVAL:
		return "EINVAL";
	case ENOSYS:
		return "ENOSYS";
	case ELOOP:
		return "ELOOP";
	case EBUSY:
		return "EBUSY";
	case ENODEV:
		return "ENODEV";
	case EDEADLK:
		return "EDEADLK";
	case ETIMEDOUT:
		return "ETIMEDOUT";
	default:
		return "a value";
	}
}
