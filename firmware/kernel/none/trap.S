# Trap entry and exit without protection. Takes the place of ../trap.S; the C functions are the same. Handlers run with
# interrupts masked, drivers' too, on the stack of whoever was interrupted, as functions of the kernel. Any exception is
# the end. mscratch is 0, tp too, but for the idle thread.

#include "../irq.h"
#include "../module.h"
#include "../trap.h"
.include "isa.inc"

/* ra, tp, t0-t2, a0-a7, t3-t6 */
.macro each_unkept instruction
	.irp	number, 1, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31
	\instruction	x\number, 4 * \number(sp)
	.endr
.endm

/* What C keeps: gp, s0-s11. */
.macro each_kept instruction
	.irp	number, 3, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
	\instruction	x\number, 4 * \number(sp)
	.endr
.endm

	.text
	.balign	128
	.globl trap_entry
trap_entry:
	trap_vectors kernel_exception
external:
	bgtz	tp, external_idle
	addi	sp, sp, -trap_frame_size
	each_unkept sw
	# The record of the interrupt lies where s2 and what follows are not saved.
	.equ	record, 72
	lui	t1, %hi(PLIC_CLAIM)
	lw	a0, %lo(PLIC_CLAIM)(t1)
	csrr	t2, CSR_MCYCLE
	slli	t1, a0, 3
	lui	t0, %hi(irq_table)
	add	t1, t1, t0
	lw	t0, %lo(irq_table)(t1)
	sw	a0, record + interrupt_line - activation_size(sp)
	sw	t2, record + interrupt_start - activation_size(sp)
	sw	zero, record + interrupt_owner - activation_size(sp)
	sw	zero, record + interrupt_module_sp - activation_size(sp)
	beqz	t0, 1f
	jalr	t0
	.globl driver_done
driver_done:
	addi	a0, sp, record
	call	irq_done
	j	2f
1:	call	irq_refuse
2:	each_unkept lw
	addi	sp, sp, trap_frame_size
	mret

timer_or_software:
	addi	sp, sp, -trap_frame_size
	each_unkept sw
	each_kept sw
	csrr	t2, CSR_MEPC
	addi	t0, sp, trap_frame_size
	sw	t2, trap_frame_pc(sp)
	sw	t0, 8(sp)
	sw	zero, trap_frame_activation(sp)
	sw	zero, trap_frame_pd_status(sp)
	li	tp, 0
	mv	a0, sp
	call	trap_interrupt
	beqz	a0, resume
	mv	a0, sp
	call	thread_switch
	mv	sp, a0
resume:
	# FROM: here; and for the first time of a thread
	lw	t0, trap_frame_pc(sp)
	csrw	CSR_MEPC, t0
	li	t0, MSTATUS_MPIE_MASK | MSTATUS_MPP_MASK
	csrs	CSR_MSTATUS, t0
	each_kept lw
	each_unkept lw
	lw	sp, 8(sp)
	mret

kernel_exception:
	la	sp, last_stack_top
	call	kernel_fault

	.globl thread_begin
thread_begin:
	# FROM: resume, with the frame that thread_create has made
	# s0: entry    a0: its argument
	jalr	s0
	call	thread_exit

external_idle:
	# FROM: an interrupt of the idle thread with tp 1, whose registers hold nothing
	lui	s0, %hi(PLIC_CLAIM)
	lw	a0, %lo(PLIC_CLAIM)(s0)
	csrr	t2, CSR_MCYCLE
	slli	t1, a0, 3
	lui	t0, %hi(irq_table)
	add	t1, t1, t0
	lw	t0, %lo(irq_table)(t1)
	li	tp, 0
	sw	t2, interrupt_start(sp)
	sw	a0, interrupt_line(sp)
	beqz	t0, 1f
	jalr	t0
	addi	a0, sp, activation_size
	call	irq_done
	j	2f
1:	call	irq_refuse
2:	li	tp, 1
	csrsi	CSR_MSTATUS, MSTATUS_MIE_MASK
	# Falls into idle.

	.globl idle
idle:
	# FROM: thread.c, with tp 1; above; interrupts enabled. sp: struct activation and struct interrupt lie there
	wfi
	j	idle

	.section .bss.live.trap, "aw", @nobits
	.balign 16
	.skip 768
last_stack_top:
