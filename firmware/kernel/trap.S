# Trap entry and exit. Handlers run with interrupts masked, on the kernel's stack: below the activation if a module
# was interrupted, below sp if the kernel was. A module's sp is never used. An exception of the kernel itself is fatal
# and gets a stack of its own, so that it can be reported.

#include "irq.h"
#include "module.h"
#include "trap.h"
.include "isa.inc"

	.text
	.balign	128
	.globl trap_entry
trap_entry:
	# FROM: any instruction, in the kernel or in a module; mtvec is vectored. pd_id is 0 by now, pd_status.pid says what it
	# was. Every register is the interrupted code's, trusted in nothing.
	trap_vectors exception
	# FROM: an interrupt of a device. The frame is written in the order in which registers become free.
external:
	csrrw	sp, CSR_MSCRATCH, sp
	beqz	sp, external_in_kernel
	addi	sp, sp, -trap_frame_size
	sw	t1, 24(sp)
	li	t1, 1
in_module:
	# LIVE IN: t1 1: from a device    sp frame, below the module's activation
	sw	tp, 16(sp)
	addi	tp, sp, trap_frame_size
	sw	tp, trap_frame_activation(sp)
save_frame:
	# LIVE IN: mscratch the interrupted code's sp    tp the activation that the kernel runs for, or the interrupted one
	save_rest
	csrr	s0, CSR_MSCRATCH
	csrr	t3, CSR_PD_STATUS
	csrr	t2, CSR_MEPC
	sw	s0, 8(sp)
	sw	t3, trap_frame_pd_status(sp)
	sw	t2, trap_frame_pc(sp)
	beqz	t1, not_external

	# To the driver. Two frames must be left: one for it, and one for the services that it asks for.
	lui	t1, %hi(PLIC_CLAIM)
	lw	a0, %lo(PLIC_CLAIM)(t1)
	csrr	t1, CSR_PD_TOP
	csrr	t2, CSR_PD_SLICE
	addi	t1, t1, 2
	slli	t1, t1, PD_SLICE_LIMIT_LSB
	bgtu	t1, t2, no_way
	slli	t1, a0, 3
	lui	t2, %hi(irq_table)
	add	t1, t1, t2
	lw	t0, %lo(irq_table)(t1)
	lw	t1, %lo(irq_table + 4)(t1)
	beqz	t0, no_way
	addi	sp, sp, -(activation_size + interrupt_size)
	sw	a0, interrupt_line(sp)
	sw	zero, interrupt_owner(sp)
	sw	tp, activation_outer(sp)
	sw	t1, activation_target(sp)
	sw	zero, activation_sp(sp)
	csrr	t4, CSR_MCYCLE
	sw	t4, interrupt_start(sp)
	sw	t4, activation_start(sp)
	la	t4, driver_done
	sw	t4, activation_ra(sp)
	# The driver, or one that it calls, could be the module that is interrupted, or that the kernel runs for.
	andi	t3, t3, PD_STATUS_PID_MASK
	beqz	t3, not_in_module
secure_stack:
	# LIVE IN: s0 what is in use of that module's stack
	lbu	t3, activation_target(tp)
	andi	s0, s0, -16
	csrw	CSR_PD_SELECT, t3
	csrr	t3, CSR_PD_SP
	csrw	CSR_PD_SP, s0
stack_secured:
	# LIVE IN: a0 line    t0 the driver's function    t1 its target    t3 pd_sp as it was; 0: as it is
	sw	t3, interrupt_module_sp(sp)
	csrw	CSR_MSCRATCH, sp
	andi	t1, t1, TARGET_ID_MASK
	csrsi	CSR_MSTATUS, MSTATUS_MIE_MASK
	.irp	register, a1, a2, a3, a4, a5
	li	\register, 0
	.endr
	j	gate_clear

	.globl driver_done
driver_done:
	# FROM: gate_return, whatever has become of the driver
	csrci	CSR_MSTATUS, MSTATUS_MIE_MASK
	mv	a0, sp
	call	irq_done
	addi	sp, sp, interrupt_size
	j	resume

not_in_module:
	# The kernel runs for a module, or for nobody; or gate.S is about to enter one.
	beqz	tp, stack_secured
	lw	s0, activation_sp(tp)
	bnez	s0, secure_stack
	j	stack_secured

no_way:
	csrw	CSR_MSCRATCH, zero
	call	irq_refuse
	j	resume

external_in_kernel:
	bgtz	tp, external_idle
	csrr	sp, CSR_MSCRATCH
	addi	sp, sp, -trap_frame_size
	sw	t1, 24(sp)
	li	t1, 1
in_kernel:
	sw	tp, 16(sp)
	sw	t0, 20(sp)
	sw	zero, trap_frame_activation(sp)
	# Where a module is interrupted, the kernel has none selected that it would still want.
	csrr	t0, CSR_PD_SELECT
	sw	t0, trap_frame_select(sp)
	lw	t0, 20(sp)
	j	save_frame

	# FROM: the tick, and who wants another thread to run
timer_or_software:
	csrrw	sp, CSR_MSCRATCH, sp
	bnez	sp, 1f
	csrr	sp, CSR_MSCRATCH
	addi	sp, sp, -trap_frame_size
	sw	t1, 24(sp)
	li	t1, 0
	j	in_kernel
1:	addi	sp, sp, -trap_frame_size
	sw	t1, 24(sp)
	li	t1, 0
	j	in_module

not_external:
	csrw	CSR_MSCRATCH, zero
	mv	a0, sp
	call	trap_interrupt
	# a0: 0; 1: another thread is to run; or an error with which the interrupted call is to end
	beqz	a0, resume
	bltz	a0, unwind
	mv	a0, sp
	call	thread_switch
	mv	sp, a0
resume:
	# FROM: here, driver_done, no_way; and for the first time of a thread. Interrupts are masked.
	# sp: frame
	lw	t0, trap_frame_pc(sp)
	lw	t1, trap_frame_pd_status(sp)
	lw	t2, trap_frame_select(sp)
	csrw	CSR_MEPC, t0
	csrw	CSR_PD_STATUS, t1
	csrw	CSR_PD_SELECT, t2
	# What is interrupted has them enabled.
	li	t0, MSTATUS_MPIE_MASK | MSTATUS_MPP_MASK
	csrs	CSR_MSTATUS, t0
	lw	t0, trap_frame_activation(sp)
	csrw	CSR_MSCRATCH, t0
	load_frame
	mret

exception:
	csrrw	sp, CSR_MSCRATCH, sp
	beqz	sp, kernel_exception
	csrr	a7, CSR_MCYCLE
	# If a module runs, its registers are lost with its call.
	csrr	s0, CSR_PD_STATUS
	andi	s0, s0, PD_STATUS_PID_MASK
	beqz	s0, refused
	csrr	a1, CSR_MCAUSE
	csrr	a2, CSR_MEPC
	csrr	a3, CSR_MTVAL
	csrr	a4, CSR_PD_FAULT
	csrrw	a5, CSR_MSCRATCH, zero
	mv	a6, t6
	mv	a0, sp
	mv	tp, sp
	call	fault_record
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
	csrw	CSR_MSCRATCH, zero
	csrr	t2, CSR_MEPC
	la	t3, gate_enter
	bne	t2, t3, kernel_exception
	csrr	s1, CSR_PD_FAULT
	la	t2, gate_refused
	csrw	CSR_MEPC, t2
	lw	tp, activation_outer(sp)
	lw	t2, activation_target(sp)
	slli	t2, t2, 1
	bgez	t2, 1f
	# A driver's handler is to run before any other thread does.
	mv	tp, sp
1:	mret

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

idle_refuse:
	csrw	CSR_MSCRATCH, zero
	call	irq_refuse
	j	1f

external_idle:
	# FROM: an external interrupt of the idle thread with tp 1. All other registers are 0; mscratch: what sp was, which is
	# where it must point to. What is not written there has been 0 since the start: nobody's stack is in use, no module closed.
	lui	t1, %hi(PLIC_CLAIM)
	lw	a0, %lo(PLIC_CLAIM)(t1)
	csrr	sp, CSR_MSCRATCH
	csrr	t1, CSR_MCYCLE
	sw	t1, activation_start(sp)
	sw	t1, interrupt_start(sp)
	sw	zero, activation_sp(sp)
	slli	t1, a0, 3
	lui	t0, %hi(irq_table)
	add	t1, t1, t0
	lw	t0, %lo(irq_table)(t1)
	lw	t1, %lo(irq_table + 4)(t1)
	sw	a0, interrupt_line(sp)
	sw	t1, activation_target(sp)
	li	tp, 0
	beqz	t0, idle_refuse
	andi	t1, t1, TARGET_ID_MASK
	csrsi	CSR_MSTATUS, MSTATUS_MIE_MASK
	pd.enter sp, t1, sp
	# FROM: the driver's pd.leave, gate_unwind. Every register is the driver's.
	csrr	sp, CSR_MSCRATCH
	li	tp, 0
	csrci	CSR_MSTATUS, MSTATUS_MIE_MASK
	csrw	CSR_MSCRATCH, zero
	addi	a0, sp, activation_size
	call	irq_done
1:	li	tp, 1
	clear_all
	csrsi	CSR_MSTATUS, MSTATUS_MIE_MASK
	# Falls into idle.

# The idle thread: waits with nothing in its registers, so that an interrupt that finds it here is at the driver at once.
	.globl idle
idle:
	# FROM: thread.c, with tp 0 (a module is suspended; the long way is taken) or 1; above; interrupts enabled
	# sp: where the driver's activation goes, and struct interrupt behind it
	wfi
	j	idle

	.section .bss.live.trap, "aw", @nobits
	.balign 16
	.skip 768
last_stack_top:
