# jal and jalr link to the next instruction; jalr clears bit 0 of its target and reads rs1 before it writes rd.
#include "common.inc"
begin
	jal	a0, 2f
1:	j	test_fail
2:	check_address a0, 1b

	la	a1, 4f
	jalr	a0, 0(a1)
3:	j	test_fail
4:	check_address a0, 3b

	la	a0, 6f
	jalr	a0, 0(a0)
5:	j	test_fail
6:	check_address a0, 5b

	la	a1, 7f
	jalr	a0, 1(a1)
	j	test_fail
7:	la	a1, 8f + 2047
	jalr	a0, -2047(a1)
	j	test_fail
8:
	# A jump kills what is behind it, whatever that is.
	li	a0, 0
	j	9f
	addi	a0, a0, 1
	addi	a0, a0, 1
	.word	0
9:	check	a0, 0
	jal	x0, 1f
	ecall
1:	pass
