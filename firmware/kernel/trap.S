# Trap entry and exit. Handlers run with interrupts masked, on the kernel's stack: below the activation if a module
# was interrupted, below sp if the kernel was. A module's sp is never used. An exception of the kernel itself is fatal
# and gets a stack of its own, so that it can be reported.

#include "trap.h"
#include "module.h"
.include "isa.inc"

# Onto the stack: what C does not keep, and where to go on. sp: frame    tp: activation that the kernel runs for
.macro trap_enter
	csrrw	sp, CSR_MSCRATCH, sp
	bnez	sp, 1f
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

	.text
	.balign	128
	.globl trap_entry
trap_entry:
	# FROM: any instruction, in the kernel or in a module; mtvec is vectored. pd_id is 0 by now, pd_status.pid says what it
	# was. Every register is the interrupted code's, trusted in nothing.
	j	exception
	.rept	6
	j	kernel_exception
	.endr
	j	timer
	.rept	4
	j	kernel_exception
	.endr

exception:
	csrrw	sp, CSR_MSCRATCH, sp
	beqz	sp, kernel_exception
	csrr	a2, CSR_MCYCLE
	csrrw	a1, CSR_MSCRATCH, zero
	mv	tp, sp
	mv	a3, t6
	# A module's registers are lost with its call. a1: its sp    a2: cycle    a3: its t6    tp: activation
	csrr	t0, CSR_PD_STATUS
	andi	t0, t0, PD_STATUS_PID_MASK
	beqz	t0, kernel_exception
	mv	a0, tp
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

timer:
	trap_enter
	mv	a0, sp
	call	timer_trap
	# a0: 0, or an error with which the interrupted call is to end
	bnez	a0, unwind
	lw	t0, trap_frame_activation(sp)
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

	.section .bss.live.trap, "aw", @nobits
	.balign 16
	.skip 768
last_stack_top:
