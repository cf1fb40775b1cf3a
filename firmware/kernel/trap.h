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

#ifdef __ASSEMBLER__
/* What mtvec points to, up to the vector of devices' interrupts: that is the last one in use, and needs no jump. */
.macro trap_vectors exception
	j	\exception
	.rept	2
	j	kernel_exception
	.endr
	.rept	2
	j	timer_or_software
	.rept	3
	j	kernel_exception
	.endr
	.endr
.endm

/* Of the frame, all registers but tp, t1 and sp, which have been saved before or are in mscratch. */
.macro save_rest
	.irp	number, 5, 7, 1, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	sw	x\number, 4 * \number(sp)
	.endr
.endm

/* All registers, sp being the last. */
.macro load_frame
	.irp	number, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	lw	x\number, 4 * \number(sp)
	.endr
	lw	sp, 8(sp)
.endm

/* All registers but sp and tp. */
.macro clear_all
	.irp	register, ra, gp, t0, t1, t2, s0, s1, a0, a1, a2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
	li	\register, 0
	.endr
.endm
#endif

#endif
