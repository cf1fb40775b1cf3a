# ecall and ebreak trap with their cause, their own address and mtval 0.
#include "common.inc"
begin
	expect_trap CAUSE_ECALL_KERNEL, 0, ecall
	expect_trap CAUSE_BREAKPOINT, 0, ebreak
	# A trap behind a taken branch, behind a load, behind a multiplication and behind another trap.
	la	a1, 1f
	j	1f
	nop
1:	expect_trap CAUSE_ECALL_KERNEL, 0, ecall
	lw	a0, 0(a1)
	expect_trap CAUSE_ECALL_KERNEL, 0, ecall
	mul	a0, a1, a1
	expect_trap CAUSE_ILLEGAL, 0, .4byte 0
	# What is behind a trap has no effect, though it may be in the pipeline already.
	li	a0, 1
	la	a2, word
	la	s7, 2f
	ecall
	sw	a0, 0(a2)
	csrw	mscratch, a0
	li	a0, 5
2:	check	a0, 1
	lw	a1, 0(a2)
	check	a1, 0
	la	s7, 3f
	ecall
	j	test_fail
3:	pass

	.data
	.balign 4
word:	.word	0
