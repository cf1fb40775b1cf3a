# Starts a module with nobody to return to: without a frame on the call stack. Nothing of the kernel's does so; it is what it
# takes to see a pd.leave that finds no frame, and a call stack without any room.

#include "module.h"
.include "isa.inc"

.equ launch_slice, activation_size
.equ launch_top, activation_size + 4
.equ launch_mtvec, activation_size + 8
.equ launch_size, activation_size + 16

	.text
	.globl launch
launch:
	# long launch(a0, a1, function, target, frames): the module's part of the call stack is `frames` frames. Interrupts are
	# masked meanwhile, and the first trap ends it: what the call's error would be.
	csrci	CSR_MSTATUS, MSTATUS_MIE_MASK
	addi	sp, sp, -launch_size
	csrr	t0, CSR_PD_SLICE
	csrr	t1, CSR_PD_TOP
	csrr	t2, CSR_MTVEC
	sw	t0, launch_slice(sp)
	sw	t1, launch_top(sp)
	sw	t2, launch_mtvec(sp)
	sw	ra, activation_ra(sp)
	sw	s0, activation_s0(sp)
	sw	s1, activation_s1(sp)
	sw	tp, activation_outer(sp)
	sw	a3, activation_target(sp)
	csrw	CSR_MSCRATCH, sp
	# From top to top + frames.
	add	a4, a4, t1
	slli	a4, a4, PD_SLICE_LIMIT_LSB
	or	a4, a4, t1
	csrw	CSR_PD_SLICE, a4
	la	t0, launch_vector
	csrw	CSR_MTVEC, t0
	andi	t1, a3, TARGET_ID_MASK
	csrw	CSR_PD_SELECT, t1
	csrr	sp, CSR_PD_SP
	csrr	t2, CSR_PD_ENTRY
	csrw	CSR_PD_STATUS, t1
	csrw	CSR_MEPC, t2
	csrw	CSR_PD_GPERM, zero
	li	t0, MSTATUS_MPIE_MASK
	csrc	CSR_MSTATUS, t0
	mv	t0, a2
	.irp	register, ra, gp, tp, t1, t2, s0, s1, a2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
	li	\register, 0
	.endr
	mret

	.balign	4
launch_vector:
	# The kernel's trap vector has a jump, too: the handler starts in the same cycle.
	j	launch_trap
launch_trap:
	# As the kernel's exception: what fault_record wants.
	csrrw	sp, CSR_MSCRATCH, sp
	beqz	sp, 1f
	csrr	a7, CSR_MCYCLE
	csrr	a1, CSR_MCAUSE
	csrr	a2, CSR_MEPC
	csrr	a3, CSR_MTVAL
	csrr	a4, CSR_PD_FAULT
	csrrw	a5, CSR_MSCRATCH, zero
	mv	a6, t6
	mv	a0, sp
	lw	t0, launch_slice(sp)
	lw	t1, launch_top(sp)
	lw	t2, launch_mtvec(sp)
	lw	tp, activation_outer(sp)
	csrw	CSR_PD_SLICE, t0
	csrw	CSR_PD_TOP, t1
	csrw	CSR_MTVEC, t2
	call	fault_record
	lw	ra, activation_ra(sp)
	lw	s0, activation_s0(sp)
	lw	s1, activation_s1(sp)
	addi	sp, sp, launch_size
	csrsi	CSR_MSTATUS, MSTATUS_MIE_MASK
	ret
	# What traps here is no module.
1:	j	1b
