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

/* Called by trap.S. 0: go on where it was; else the interrupted call is left, and its caller gets the number. */
long timer_trap(const struct trap_frame *frame);
/* Called by trap.S: the fault of a module, in the call that tp stands for. What its caller gets. */
struct activation;
long fault_trap(struct activation *call, uintptr_t sp, uint32_t cycle, uint32_t t6);
/* Called by trap.S for a trap that must not be. */
_Noreturn void kernel_fault(void);
#endif

ASSEMBLY_SIZE(trap_frame, 128);
ASSEMBLY_OFFSET(trap_frame, activation, 0);

#endif
