# Do the callee-saved registers survive a call? Of the kernel's these are sp, s0 and s1: it is compiled without s2-s11.

	.text
	.globl saved_survive
saved_survive:
	# int saved_survive(long (*call)(long)): 1 if s0, s1 and sp hold after call(0) what they held before
	addi	sp, sp, -16
	sw	ra, 0(sp)
	sw	s0, 4(sp)
	sw	s1, 8(sp)
	sw	sp, 12(sp)
	li	s0, 0x1000
	li	s1, 0x1001
	mv	t0, a0
	li	a0, 0
	jalr	t0
	li	a0, 0
	lw	t0, 12(sp)
	bne	t0, sp, 1f
	li	t0, 0x1000
	bne	t0, s0, 1f
	li	t0, 0x1001
	bne	t0, s1, 1f
	li	a0, 1
1:	lw	ra, 0(sp)
	lw	s0, 4(sp)
	lw	s1, 8(sp)
	addi	sp, sp, 16
	ret
