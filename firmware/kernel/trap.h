/* What trap.S saves. */
#ifndef KERNEL_TRAP_H
#define KERNEL_TRAP_H

#include "assembly.h"

#ifndef __ASSEMBLER__
#include <stdint.h>

/* What an interrupt has saved; lies on the kernel's stack. */
struct trap_frame {
	uint32_t activation; /* in mscratch: a module was interrupted; 0: the kernel was */
	uint32_t x[31];      /* x1 .. x31 */
	uint32_t pc;         /* CSRs: mepc, pd_status, pd_select */
	uint32_t pd_status;
	uint32_t select;
	uint32_t unused;     /* keeps the stack aligned */
};

/* Called by trap.S; what each answers stands there. */
struct activation;
struct interrupt;
long trap_interrupt(const struct trap_frame *frame);
struct trap_frame *thread_switch(struct trap_frame *frame);
void irq_done(const struct interrupt *interrupt);
void irq_refuse(uint32_t line);
long fault_record(const struct activation *call, uint32_t cause, uint32_t pc, uint32_t address, uint32_t fault_csr,
		  uintptr_t sp, uint32_t t6, uint32_t cycle);
_Noreturn void kernel_fault(void);

/* Register number `number` of what was interrupted. */
static inline uint32_t *trap_register(struct trap_frame *frame, unsigned number)
{
	return &frame->x[number - 1];
}

/* trap.S: the idle thread; where a driver's handler returns to. */
void idle(void);
void driver_done(void);
#endif

ASSEMBLY_SIZE(trap_frame, 144);
ASSEMBLY_OFFSET(trap_frame, activation, 0);
ASSEMBLY_OFFSET(trap_frame, pc, 128);
ASSEMBLY_OFFSET(trap_frame, pd_status, 132);
ASSEMBLY_OFFSET(trap_frame, select, 136);

#endif
