	.text
	.globl left_keep
left_keep:
	# long left_keep(long seed, long turns)
	addi	sp, sp, -64
	sw	ra, 0(sp)
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	sw	s\number, 4 + 4 * \number(sp)
	.endr
	mv	t6, a1
	# All but sp, a0 and t6 hold a0 plus their place in the list.
	.set	place, 0
	.irp	register, ra, gp, tp, t0, t1, t2, s0, s1, a1, a2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5
	.set	place, place + 1
	addi	\register, a0, place
	.endr
1:
	.set	place, 0
	.irp	register, ra, gp, tp, t0, t1, t2, s0, s1, a1, a2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5
	.set	place, place + 1
	addi	\register, \register, -place
	bne	\register, a0, 2f
	addi	\register, \register, place
	.endr
	addi	t6, t6, -1
	bnez	t6, 1b
	li	a0, 0
	j	3f
2:	li	a0, -1
3:	lw	ra, 0(sp)
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	lw	s\number, 4 + 4 * \number(sp)
	.endr
	addi	sp, sp, 64
	ret
