# Cycles are read right before and right behind what is measured; what two reads in a row differ by, 1, is taken off.

	.text
	.globl null_run, null_lend
null_run:
null_lend:
	ret

	.globl null_fault
null_fault:
	rdcycle	t6
	sw	zero, 0(zero)

	.globl null_loop
null_loop:
	addi	a0, a0, -1
	bnez	a0, null_loop
	ret

.macro measured function
	addi	sp, sp, -16
	sw	ra, 12(sp)
	sw	s0, 8(sp)
	nop
	rdcycle	s0
	call	\function
	rdcycle	t0
	sub	a0, t0, s0
	addi	a0, a0, -1
	lw	ra, 12(sp)
	lw	s0, 8(sp)
	addi	sp, sp, 16
	ret
.endm

	.globl null_service
null_service:
	measured time_cycles

	.globl null_nested
null_nested:
	measured peer_run

	.globl null_allocate
null_allocate:
	measured allocate_and_free

allocate_and_free:
	addi	sp, sp, -16
	sw	ra, 12(sp)
	li	a0, 32
	call	kmalloc
	call	kfree
	lw	ra, 12(sp)
	addi	sp, sp, 16
	ret
