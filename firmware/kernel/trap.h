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
};

/* Called by trap.S; what each answers stands there. */
struct activation;
long timer_trap(const struct trap_frame *frame);
long thread_trap(void);
struct trap_frame *thread_switch(struct trap_frame *frame);
void irq_trap(const struct trap_frame *frame);
void irq_done(struct activation *call);
long fault_trap(struct activation *call, uintptr_t sp, uint32_t cycle, uint32_t t6);
_Noreturn void kernel_fault(void);

/* Register number `number` of what was interrupted. */
static inline uint32_t *trap_register(struct trap_frame *frame, unsigned number)
{
	return &frame->x[number - 1];
}

/* trap.S: goes on where a frame says; the idle thread. */
void idle(void);
#endif

ASSEMBLY_SIZE(trap_frame, 128);
ASSEMBLY_OFFSET(trap_frame, activation, 0);

#endif
