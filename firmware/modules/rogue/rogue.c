/* A module that means harm. Wild accesses are plain C, as a bug would have them; what C cannot say is assembler.
 *
 * Register t6 gets the cycle right before each misdeed, so that the kernel can tell how long it took to be noticed.
 */

#include "rogue/rogue.h"
#include <isa.h>
#include <kernel.h>
#include <services.h>

#define PEEK(type, address)                                                                                            \
	({                                                                                                             \
		uintptr_t address_ = (address);                                                                        \
		__asm__ volatile("rdcycle t6" : "+r"(address_) : : "t6", "memory");                                    \
		*(volatile type *)address_;                                                                            \
	})

#define POKE(type, address)                                                                                            \
	({                                                                                                             \
		uintptr_t address_ = (address);                                                                        \
		type value_ = (type)0xbad0bad0;                                                                        \
		__asm__ volatile("rdcycle t6" : "+r"(address_), "+r"(value_) : : "t6", "memory");                      \
		*(volatile type *)address_ = value_;                                                                   \
	})

#define JUMP(address)                                                                                                  \
	({                                                                                                             \
		uintptr_t address_ = (address);                                                                        \
		__asm__ volatile("rdcycle t6\n\tjalr ra, 0(%0)" : : "r"(address_) : "ra", "t6", "memory");             \
	})

#define INSTRUCTION(text) __asm__ volatile("rdcycle t6\n\t" text : : : "t6", "memory")

#define WRITE_CSR(number, value)                                                                                       \
	__asm__ volatile("rdcycle t6\n\tcsrw %0, %1" : : "i"(number), "r"(value) : "t6", "memory")

#define ENTER(id) __asm__ volatile("rdcycle t6\n\t.insn r 0x0b, 0, 0, x0, %0, sp" : : "r"(id) : "t6", "memory")

static uint32_t code_in_data[] = {0x00000513, 0x00008067}; /* li a0, 0; ret */
static uintptr_t kept;

static __attribute__((noinline)) uint32_t descend(uint32_t depth)
{
	volatile uint32_t frame[16];

	frame[0] = depth;
	if (depth == UINT32_MAX) {
		return 0;
	}
	return descend(depth + 1) + frame[0];
}

/* Aim the stack pointer at `target` and wait for a tick: does a trap handler trust it? */
static __attribute__((noreturn)) void spin_with_stack(uintptr_t target)
{
	__asm__ volatile("mv sp, %0\n1:\tj 1b" : : "r"(target));
	__builtin_unreachable();
}

long rogue_do(enum misdeed misdeed, uintptr_t target)
{
	switch (misdeed) {
	case NULL_READ:
	case KERNEL_READ:
	case KERNEL_CODE_READ:
	case HEAP_READ:
	case DEVICE_READ:
	case STRADDLE_READ:
	case TOP_READ:
	case MISALIGNED_READ:
		PEEK(uint32_t, target);
		break;
	case NULL_WRITE:
	case KERNEL_WRITE:
	case PUBLIC_WRITE:
	case HEAP_WRITE:
	case STACK_WRITE:
	case DEVICE_WRITE:
	case KERNEL_TIMER_WRITE:
	case STRADDLE_WRITE:
		POKE(uint32_t, target);
		break;
	case HALFWORD_WRITE:
		POKE(uint16_t, target);
		break;
	case BELOW_WRITE:
	case ABOVE_WRITE:
		POKE(uint8_t, target);
		break;
	case BELOW_READ:
	case ABOVE_READ:
		PEEK(uint8_t, target);
		break;
	case STACK_OVERRUN:
		return descend(0);
	case GRANT_KEPT_READ:
		PEEK(uint8_t, kept);
		break;
	case GRANT_KEPT_WRITE:
		POKE(uint8_t, kept);
		break;
	case DATA_JUMP:
	case CODE_JUMP:
	case DEVICE_JUMP:
	case NULL_JUMP:
	case ODD_JUMP:
		JUMP(target);
		break;
	case OWN_DATA_JUMP:
		JUMP((uintptr_t)code_in_data);
		break;
	case MTVEC_WRITE:
		WRITE_CSR(CSR_MTVEC, target);
		break;
	case MSTATUS_WRITE:
		INSTRUCTION("csrci mstatus, 8");
		break;
	case BOUND_WRITE:
		WRITE_CSR(CSR_PD_AUPPER, target);
		break;
	case MSCRATCH_READ:
		INSTRUCTION("csrr zero, mscratch");
		break;
	case MRET:
		INSTRUCTION("mret");
		break;
	case WFI:
		INSTRUCTION("wfi");
		break;
	case UNKNOWN:
		INSTRUCTION(".word 0xffffffff");
		break;
	case EBREAK:
		INSTRUCTION("ebreak");
		break;
	case ECALL:
		INSTRUCTION("ecall");
		break;
	case CLOSED_ENTRY:
	case EMPTY_ENTRY:
	case BAD_ENTRY:
	case FULL_STACK:
		ENTER(target);
		break;
	case UNCALLED_LEAVE:
		INSTRUCTION(".insn r 0x0b, 1, 0, sp, x0, x0");
		break;
	case ENDLESS_LOOP:
		for (;;) {
			__asm__ volatile("");
		}
	case ENDLESS_SERVICES:
		for (;;) {
			time_cycles();
		}
	case STACK_POINTER:
		spin_with_stack(target);
	case FOREIGN_FREE:
		return kfree((void *)target);
	case FOREIGN_PRINT:
		return console_write((const char *)target, 16);
	case FORBIDDEN_CALL: {
		register uintptr_t to __asm__("a6") = target;
		register uintptr_t service __asm__("a7") = SERVICE_MODULE_CALL;
		register long result __asm__("a0") = 0;
		__asm__ volatile("mv t0, sp\n\t.insn r 0x0b, 0, 0, sp, x0, sp"
				 : "+r"(result), "+r"(to), "+r"(service)
				 :
				 : "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a1", "a2", "a3", "a4", "a5",
				   "memory");
		return result;
	}
	default:
		break;
	}
	return 0;
}

long rogue_peek_lent(const void *buffer, size_t size, enum misdeed misdeed)
{
	kept = (uintptr_t)buffer;
	switch (misdeed) {
	case GRANT_READ_ONLY:
		POKE(uint8_t, kept);
		break;
	case GRANT_BEYOND:
		PEEK(uint8_t, kept + size);
		break;
	default:
		break;
	}
	return 0;
}

long rogue_poke_lent(void *buffer, size_t size, enum misdeed misdeed)
{
	kept = (uintptr_t)buffer;
	(void)size;
	if (misdeed == GRANT_WRITE_ONLY) {
		PEEK(uint8_t, kept);
	}
	return 0;
}
