# Trap entry and exit. Handlers run with interrupts masked, on the kernel's stack: below the activation if a module
# was interrupted, below sp if the kernel was. A module's sp is never used. An exception of the kernel itself is fatal
# and gets a stack of its own, so that it can be reported.

#include "trap.h"
#include "module.h"
.include "isa.inc"

# Onto the stack: what C does not keep, and where to go on. sp: frame    tp: activation that the kernel runs for
.macro trap_enter idle=
	csrrw	sp, CSR_MSCRATCH, sp
	bnez	sp, 1f
	.ifnb	\idle
	bgtz	tp, \idle
	.endif
	csrr	sp, CSR_MSCRATCH
	addi	sp, sp, -trap_frame_size
	sw	tp, 16(sp)
	sw	t0, 20(sp)
	sw	zero, trap_frame_activation(sp)
	addi	t0, sp, trap_frame_size
	j	2f
1:	addi	sp, sp, -trap_frame_size
	sw	tp, 16(sp)
	sw	t0, 20(sp)
	addi	tp, sp, trap_frame_size
	sw	tp, trap_frame_activation(sp)
	csrr	t0, CSR_MSCRATCH
2:	csrw	CSR_MSCRATCH, zero
	sw	t0, 8(sp)
	sw	ra, 4(sp)
	sw	t1, 24(sp)
	sw	t2, 28(sp)
	sw	a0, 40(sp)
	sw	a1, 44(sp)
	sw	a2, 48(sp)
	sw	a3, 52(sp)
	sw	a4, 56(sp)
	sw	a5, 60(sp)
	sw	a6, 64(sp)
	sw	a7, 68(sp)
	sw	t3, 112(sp)
	sw	t4, 116(sp)
	sw	t5, 120(sp)
	sw	t6, 124(sp)
.endm

# What C keeps, for those who give the processor to a module or another thread.
.macro save_kept
	sw	gp, 12(sp)
	sw	s0, 32(sp)
	sw	s1, 36(sp)
	sw	s2, 72(sp)
	sw	s3, 76(sp)
	sw	s4, 80(sp)
	sw	s5, 84(sp)
	sw	s6, 88(sp)
	sw	s7, 92(sp)
	sw	s8, 96(sp)
	sw	s9, 100(sp)
	sw	s10, 104(sp)
	sw	s11, 108(sp)
.endm

.macro clear_all
	.irp	register, ra, gp, t0, t1, t2, s0, s1, a0, a1, a2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
	li	\register, 0
	.endr
.endm

	.text
	.balign	128
	.globl trap_entry
trap_entry:
	# FROM: any instruction, in the kernel or in a module; mtvec is vectored. pd_id is 0 by now, pd_status.pid says what it
	# was. Every register is the interrupted code's, trusted in nothing.
	j	exception
	.rept	2
	j	kernel_exception
	.endr
	j	software
	.rept	3
	j	kernel_exception
	.endr
	j	timer
	.rept	3
	j	kernel_exception
	.endr
	# The last one in use: no need for a jump.
external:
	trap_enter external_idle
#ifdef KERNEL_NONE
	mv	a0, sp
	call	irq_trap
	j	resume
#else
	save_kept
	mv	a0, sp
	call	irq_trap
	j	resume_all
#endif

#ifdef KERNEL_PORT
#include <trap.inc>
#else
exception:
	csrrw	sp, CSR_MSCRATCH, sp
	beqz	sp, kernel_exception
	csrr	t2, CSR_MCYCLE
	csrrw	t3, CSR_MSCRATCH, zero
	csrr	t4, CSR_PD_STATUS
	andi	t4, t4, PD_STATUS_PID_MASK
	beqz	t4, refused
	# A module's registers are lost with its call.
	mv	tp, sp
	mv	a0, sp
	mv	a1, t3
	mv	a2, t2
	mv	a3, t6
	call	fault_trap
unwind:
	# a0: result    tp: activation of the call that is to end
	# It is left by pd.leave, which does not touch mstatus: enable interrupts as mret would. One that is taken right here
	# finds the activation in mscratch.
	csrw	CSR_MSCRATCH, tp
	csrr	t0, CSR_MSTATUS
	srli	t0, t0, MSTATUS_MPIE_LSB - MSTATUS_MIE_LSB
	andi	t0, t0, MSTATUS_MIE_MASK
	csrs	CSR_MSTATUS, t0
	j	gate_unwind

refused:
	# The kernel's own pd.enter; anything else that traps between a call's begin and end is a fault of the kernel.
	csrr	t2, CSR_MEPC
	la	t3, gate_enter
	bne	t2, t3, kernel_exception
	csrr	s1, CSR_PD_FAULT
	la	t2, gate_refused
	csrw	CSR_MEPC, t2
	mret
#endif

software:
	trap_enter
	call	thread_trap
	bnez	a0, switch
	j	resume

timer:
	trap_enter
	mv	a0, sp
	call	timer_trap
	# a0: 0; 1: another thread is to run; or an error with which the interrupted call is to end
	beqz	a0, resume
	bltz	a0, unwind
switch:
	save_kept
	mv	a0, sp
	call	thread_switch
	mv	sp, a0
	# FROM: here, external; and for the first time of a thread
resume_all:
	lw	gp, 12(sp)
	lw	s0, 32(sp)
	lw	s1, 36(sp)
	lw	s2, 72(sp)
	lw	s3, 76(sp)
	lw	s4, 80(sp)
	lw	s5, 84(sp)
	lw	s6, 88(sp)
	lw	s7, 92(sp)
	lw	s8, 96(sp)
	lw	s9, 100(sp)
	lw	s10, 104(sp)
	lw	s11, 108(sp)
resume:
	lw	t0, trap_frame_activation(sp)
#ifdef KERNEL_PORT
	port_resume
#endif
	lw	ra, 4(sp)
	csrw	CSR_MSCRATCH, t0
	lw	tp, 16(sp)
	lw	t0, 20(sp)
	lw	t1, 24(sp)
	lw	t2, 28(sp)
	lw	a0, 40(sp)
	lw	a1, 44(sp)
	lw	a2, 48(sp)
	lw	a3, 52(sp)
	lw	a4, 56(sp)
	lw	a5, 60(sp)
	lw	a6, 64(sp)
	lw	a7, 68(sp)
	lw	t3, 112(sp)
	lw	t4, 116(sp)
	lw	t5, 120(sp)
	lw	t6, 124(sp)
	lw	sp, 8(sp)
	mret

kernel_exception:
	# Nothing of the kernel can be trusted, its stack neither. Another exception in here ends in here again, and is the
	# last thing that is reported.
	la	sp, last_stack_top
	call	kernel_fault

	.globl thread_begin
thread_begin:
	# FROM: resume, with the frame that thread_create has made
	# s0: entry    a0: its argument
	jalr	s0
	call	thread_exit

# The idle thread: waits with nothing in its registers, so that an interrupt that finds it here is at the driver at once.
	.globl idle
idle:
	# FROM: thread.c, with tp 0 (a module is suspended; the long way is taken) or 1; external_idle; interrupts enabled
	# sp: where the driver's activation goes
	wfi
	j	idle

#ifndef KERNEL_PORT
external_idle:
	# FROM: an external interrupt of the idle thread with tp 1. All other registers are 0; mscratch: what sp was, which is
	# where it must point to.
	lui	t1, %hi(PLIC_CLAIM)
	lw	a0, %lo(PLIC_CLAIM)(t1)
	csrr	sp, CSR_MSCRATCH
	csrr	t1, CSR_MCYCLE
	sw	t1, activation_start(sp)
	slli	t1, a0, 3
	lui	t0, %hi(irq_table)
	add	t1, t1, t0
	lw	t0, %lo(irq_table)(t1)
	lw	t1, %lo(irq_table + 4)(t1)
	sw	a0, activation_lower(sp)
	sw	t1, activation_target(sp)
	beqz	t0, 2f
	andi	t1, t1, TARGET_ID_MASK
	li	tp, 0
	csrsi	CSR_MSTATUS, MSTATUS_MIE_MASK
	pd.enter sp, t1, sp
	# FROM: the driver's pd.leave, gate_unwind. Every register is the driver's.
	csrr	sp, CSR_MSCRATCH
	li	tp, 0
	csrci	CSR_MSTATUS, MSTATUS_MIE_MASK
	csrw	CSR_MSCRATCH, zero
2:	mv	a0, sp
	call	irq_done
	clear_all
	li	tp, 1
	csrsi	CSR_MSTATUS, MSTATUS_MIE_MASK
	j	idle
#endif

	.section .bss.live.trap, "aw", @nobits
	.balign 16
	.skip 768
last_stack_top:
