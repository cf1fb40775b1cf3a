/* Faults of modules: recorded in the trap handler, put into words later. */

#include "fault.h"
#include "arena.h"
#include "console.h"
#include "csr.h"
#include "section.h"
#include <errno.h>
#include <memmap.h>

extern const char __kernel_text_start[], __kernel_text_end[], __public_start[], __public_end[];
extern const char __kernel_data_start[], __kernel_data_end[], __ram_end[];

LIVE_DATA struct fault fault_last;

#define INTERRUPT_TIMER (MCAUSE_INTERRUPT_MASK | IRQ_TIMER)
#define OPCODE_LOAD 0x03
#define OPCODE_STORE 0x23

/* Bytes that the load or store at `pc` moves. */
static uint32_t access_size(uint32_t pc)
{
	uint32_t instruction = *(const uint32_t *)pc;
	uint32_t opcode = instruction & 0x7f;

	return opcode == OPCODE_LOAD || opcode == OPCODE_STORE ? 1u << (instruction >> 12 & 3) : 0;
}

static long error_for(uint32_t cause)
{
	switch (cause) {
	case INTERRUPT_TIMER:
		return -ETIMEDOUT;
	case CAUSE_ILLEGAL:
	case CAUSE_BREAKPOINT:
	case CAUSE_ECALL_MODULE:
		return -EPERM;
	case CAUSE_GATE_FAULT:
		return -EACCES;
	default:
		return -EFAULT;
	}
}

static bool is_access(uint32_t cause)
{
	return cause == CAUSE_LOAD_FAULT || cause == CAUSE_STORE_FAULT || cause == CAUSE_LOAD_MISALIGNED ||
	       cause == CAUSE_STORE_MISALIGNED;
}

static void record(uint32_t id, uint32_t cause)
{
	fault_last = (struct fault){
		.number = fault_last.number + 1,
		.id = id,
		.cause = cause,
		.error = error_for(cause),
		.grant = activation_current->grant,
		.grant_access = activation_current->grant_access,
	};
}

long fault_record(const struct trap_frame *frame, uint32_t id)
{
	record(id, csr_read(CSR_MCAUSE));
	fault_last.pc = csr_read(CSR_MEPC);
	fault_last.address = csr_read(CSR_MTVAL);
	/* An interrupt leaves pd_fault as it was. */
	fault_last.kind = fault_last.cause & MCAUSE_INTERRUPT_MASK
				  ? KIND_NONE
				  : csr_field(csr_read(CSR_PD_FAULT), PD_FAULT_KIND);
	fault_last.size = is_access(fault_last.cause) ? access_size(fault_last.pc) : 0;
	fault_last.cycle = frame->cycle;
	fault_last.t6 = frame->x[31];
	return fault_last.error;
}

long fault_record_overrun(uint32_t id)
{
	record(id, INTERRUPT_TIMER);
	fault_last.in_service = true;
	return fault_last.error;
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
	case INTERRUPT_TIMER:
		return "time used up";
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
		if (module_find(id) && inside(address, module_table[id].device)) {
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
		const struct module_info *info = module_find(other);
		if (info && inside(address, arena_window(other))) {
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
	const struct range arena = arena_window(fault->id);
	const uintptr_t last = fault->address + fault->size;

	if (fault->cause == CAUSE_FETCH_FAULT || fault->size == 0) {
		return;
	}
	if (fault->grant_access != ACCESS_NONE && inside(fault->address, fault->grant)) {
		console_print(last > fault->grant.upper ? "across the end of its grant, "
							: "grant without that permission, ");
	} else if (fault->grant_access != ACCESS_NONE && fault->address == fault->grant.upper) {
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
	console_print("%s (id %u): %s", module_table[fault->id].name, fault->id, cause_words(fault));
	console_print(fault->in_service ? ", in a service" : ", pc %x", fault->pc);
	if (fault->cause == CAUSE_GATE_FAULT) {
		console_print(", target %u: %s", fault->address, kind_words(fault->kind));
	} else if (is_access(fault->cause) || fault->cause == CAUSE_FETCH_FAULT) {
		console_print(", address %x: ", fault->address);
		print_miss(fault);
		print_place(fault->address, fault->id);
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
	case ETIMEDOUT:
		return "ETIMEDOUT";
	default:
		return "a value";
	}
}
