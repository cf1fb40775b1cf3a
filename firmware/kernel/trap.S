# Trap entry and exit. Interrupts stay masked from entry to exit; a fault inside the handler itself is a fault of the
# kernel, and has a frame of its own so that it can still be reported.
#
# A module's sp is never used: mscratch points to the frame, and the handler's stack lies below the frame.

#include "trap.h"
.include "isa.inc"

	.text
	.balign 4
	.globl trap_entry
trap_entry:
	# FROM: any instruction, in the kernel or in a module. pd_id is 0 by now, pd_status.pid says what it was.
	# sp, t0, ...: the interrupted code's, trusted in nothing
	# mscratch: trap_frame_first; trap_frame_nested if this comes out of a handler
	csrrw	sp, CSR_MSCRATCH, sp
	sw	t0, 20(sp)
	csrr	t0, CSR_MCYCLE
	sw	t0, trap_frame_cycle(sp)
	csrr	t0, CSR_MSCRATCH
	sw	t0, 8(sp)
	la	t0, trap_frame_nested
	csrw	CSR_MSCRATCH, t0
	# sp: frame    mscratch: trap_frame_nested    t0: free
	sw	ra, 4(sp)
	sw	gp, 12(sp)
	sw	tp, 16(sp)
	sw	t1, 24(sp)
	sw	t2, 28(sp)
	sw	s0, 32(sp)
	sw	s1, 36(sp)
	sw	a0, 40(sp)
	sw	a1, 44(sp)
	sw	a2, 48(sp)
	sw	a3, 52(sp)
	sw	a4, 56(sp)
	sw	a5, 60(sp)
	sw	a6, 64(sp)
	sw	a7, 68(sp)
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
	sw	t3, 112(sp)
	sw	t4, 116(sp)
	sw	t5, 120(sp)
	sw	t6, 124(sp)
	mv	s0, sp
	mv	a0, sp
	call	trap_handle
	# a0: enum trap_exit    s0: frame
	csrw	CSR_MSCRATCH, s0
	bnez	a0, unwind
	# From here to mret sp is the frame and mscratch too. Nothing below can fault.
	lw	ra, 4(sp)
	lw	gp, 12(sp)
	lw	tp, 16(sp)
	lw	t0, 20(sp)
	lw	t1, 24(sp)
	lw	t2, 28(sp)
	lw	s0, 32(sp)
	lw	s1, 36(sp)
	lw	a0, 40(sp)
	lw	a1, 44(sp)
	lw	a2, 48(sp)
	lw	a3, 52(sp)
	lw	a4, 56(sp)
	lw	a5, 60(sp)
	lw	a6, 64(sp)
	lw	a7, 68(sp)
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
	lw	t3, 112(sp)
	lw	t4, 116(sp)
	lw	t5, 120(sp)
	lw	t6, 124(sp)
	lw	sp, 8(sp)
	mret

unwind:
	# FROM: trap_entry, when the interrupted call is to end
	# s0: frame    mscratch: trap_frame_first
	# The interrupted call is left by pd.leave, which does not touch mstatus: enable interrupts as mret would.
	# One that is taken right here finds the kernel active and a free frame, and comes back.
	lw	a0, 40(s0)
	csrr	t0, CSR_MSTATUS
	srli	t0, t0, MSTATUS_MPIE_LSB - MSTATUS_MIE_LSB
	andi	t0, t0, MSTATUS_MIE_MASK
	csrs	CSR_MSTATUS, t0
	j	gate_unwind

	.section .bss.live.trap, "aw", @nobits
	.balign 16
	.skip 1024
	.globl trap_frame_first
trap_frame_first:
	.skip trap_frame_size
	.skip 1024
	.globl trap_frame_nested
trap_frame_nested:
	.skip trap_frame_size
