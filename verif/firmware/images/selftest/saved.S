# Do the callee-saved registers survive a call?

	.text
	.globl saved_survive
saved_survive:
	# int saved_survive(long (*call)(long)): 1 if s0-s11 and sp hold after call(0) what they held before
	addi	sp, sp, -64
	sw	ra, 0(sp)
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	sw	s\number, 4 + 4 * \number(sp)
	li	s\number, 0x1000 + \number
	.endr
	mv	t0, a0
	li	a0, 0
	sw	sp, 60(sp)
	jalr	t0
	li	a0, 1
	lw	t0, 60(sp)
	bne	t0, sp, 1f
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	li	t0, 0x1000 + \number
	bne	t0, s\number, 1f
	.endr
	j	2f
1:	li	a0, 0
2:
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	lw	s\number, 4 + 4 * \number(sp)
	.endr
	lw	ra, 0(sp)
	addi	sp, sp, 64
	ret
