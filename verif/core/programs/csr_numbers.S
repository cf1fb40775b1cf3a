# The kernel runs one instruction after the other, and records what each one trapped with. See test_csr_numbers.py.
#
# `table` has instruction words, `rows` their number. For each, `results` gets a byte: the cause, or 0xff without a trap.
#include "common.inc"

begin
	la	s0, table
	la	s1, results
	la	s2, rows
	lw	s2, 0(s2)
	la	s3, slot
next:	lw	t0, 0(s0)
	sw	t0, 0(s3)
	fence.i
	li	s8, 0xff
	la	s7, done
	li	a1, 0
slot:	nop
done:	sb	s8, 0(s1)
	addi	s0, s0, 4
	addi	s1, s1, 1
	addi	s2, s2, -1
	bnez	s2, next
	pass

	.data
	.globl	rows, table, results
	.balign 64
rows:	.word	0
table:
	.equ	results, table + 4 * 8192
