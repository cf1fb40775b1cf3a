# A result can be used by each of the next instructions, whatever made it and whatever uses it.
#include "common.inc"

/* The instruction gives a0 = 0x80000100, which the 1st, 2nd, 3rd instruction behind it uses. */
.macro distances insn:vararg
	\insn
	addi	a1, a0, 1
	addi	a2, a0, 2
	addi	a3, a0, 3
	check	a1, 0x80000101
	check	a2, 0x80000102
	check	a3, 0x80000103
	li	a0, 0
	\insn
	nop
	add	a1, a0, a0
	check	a1, 0x200
	li	a0, 0
	\insn
	nop
	nop
	sub	a1, zero, a0
	check	a1, 0x7fffff00
	li	a0, 0
	\insn
	bltz	a0, 9930f
	j	test_fail
9930:	li	a0, 0
	\insn
	sw	a0, 0(s1)
	lw	a1, 0(s1)
	check	a1, 0x80000100
	li	a0, 0
.endm

begin
	la	s0, value
	la	s1, scratch
	li	s2, 0x80000000
	li	s3, 0x40000080
	li	s4, 2
	li	s5, DEVICE
	li	t3, 0x80000100
	sw	t3, 0(s5)
	csrw	mscratch, t3
	li	s11, 1
	distances addi a0, s2, 0x100
	distances lw a0, 0(s0)
	distances lw a0, 0(s5)
	distances mul a0, s3, s4
	distances divu a0, t3, s11
	distances csrr a0, mscratch
	distances sub a0, t3, zero
	distances slli a0, s3, 1

	# Address, store data and jump target straight from a load.
	la	a2, pointer
	lw	a3, 0(a2)
	lw	a4, 0(a3)
	check	a4, 0x80000100
	lw	a3, 0(a2)
	sw	a3, 0(s1)
	lw	a4, 0(s1)
	check_same a4, s0
	la	a2, target
	la	a3, 1f
	sw	a3, 0(a2)
	lw	a3, 0(a2)
	jr	a3
	j	test_fail
1:
	# The newer of two results counts; x0 is never forwarded.
	li	a0, 1
	li	a0, 2
	mv	a1, a0
	check	a1, 2
	lw	a0, 0(s0)
	li	a0, 3
	mv	a1, a0
	check	a1, 3
	li	a1, 9
	addi	zero, s2, 5
	mv	a1, zero
	check	a1, 0
	lw	zero, 0(s0)
	mv	a1, zero
	check	a1, 0
	mul	zero, s2, s2
	mv	a1, zero
	check	a1, 0
	pass

	.data
	.balign 4
value:	.word	0x80000100
pointer: .word	value
target:	.word	0
scratch: .word	0
