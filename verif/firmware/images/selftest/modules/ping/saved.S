# Do a module's callee-saved registers survive a call of another module, which overwrites all of them?

	.text
	.globl ping_saved
ping_saved:
	# long ping_saved(long fault): 1 if s0-s11, sp and ra hold after pong_clobber(fault) what they held before
	addi	sp, sp, -64
	sw	ra, 0(sp)
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	sw	s\number, 4 + 4 * \number(sp)
	.endr
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	li	s\number, 0x1000 + \number
	.endr
	sw	sp, 60(sp)
	call	pong_clobber
	li	a0, 0
	lw	t0, 60(sp)
	bne	t0, sp, 1f
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	li	t0, 0x1000 + \number
	bne	t0, s\number, 1f
	.endr
	li	a0, 1
1:
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	lw	s\number, 4 + 4 * \number(sp)
	.endr
	lw	ra, 0(sp)
	addi	sp, sp, 64
	ret
