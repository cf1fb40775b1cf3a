# Register and immediate arithmetic gives the specification's results at the ends of the number range.
#include "common.inc"

.macro op_rr name, left, right, result
	li	a1, \left
	li	a2, \right
	\name	a0, a1, a2
	check	a0, \result
.endm

.macro op_ri name, left, right, result
	li	a1, \left
	\name	a0, a1, \right
	check	a0, \result
.endm

begin
	op_rr	add, 0x7fffffff, 1, 0x80000000
	op_rr	add, 0xffffffff, 0xffffffff, 0xfffffffe
	op_rr	sub, 0, 1, 0xffffffff
	op_rr	sub, 0x80000000, 1, 0x7fffffff
	op_rr	and, 0xff00ff00, 0x0ff00ff0, 0x0f000f00
	op_rr	or, 0xff00ff00, 0x0ff00ff0, 0xfff0fff0
	op_rr	xor, 0xff00ff00, 0x0ff00ff0, 0xf0f0f0f0
	op_rr	slt, 0x80000000, 0x7fffffff, 1
	op_rr	slt, 0x7fffffff, 0x80000000, 0
	op_rr	slt, -1, 0, 1
	op_rr	slt, 5, 5, 0
	op_rr	sltu, 0x80000000, 0x7fffffff, 0
	op_rr	sltu, 0, 0xffffffff, 1
	op_rr	sltu, 0xffffffff, 0xffffffff, 0
	op_rr	sll, 1, 31, 0x80000000
	op_rr	sll, 3, 32, 3
	op_rr	sll, 3, 0xffffffe1, 6
	op_rr	srl, 0x80000000, 31, 1
	op_rr	srl, 0x80000000, 32, 0x80000000
	op_rr	sra, 0x80000000, 31, 0xffffffff
	op_rr	sra, 0x7fffffff, 31, 0
	op_rr	sra, 0x80000004, 0x22, 0xe0000001
	op_ri	addi, 0, -2048, 0xfffff800
	op_ri	addi, 0x7fffffff, 2047, 0x800007fe
	op_ri	andi, 0xffffffff, -1, 0xffffffff
	op_ri	andi, 0xffffffff, 0x7ff, 0x7ff
	op_ri	ori, 0, -2048, 0xfffff800
	op_ri	xori, 0x55555555, -1, 0xaaaaaaaa
	op_ri	slti, -2049, -2048, 1
	op_ri	slti, -2048, -2048, 0
	op_ri	sltiu, 5, -1, 1
	op_ri	sltiu, -1, -1, 0
	op_ri	slli, 0xffffffff, 31, 0x80000000
	op_ri	slli, 0xdeadbeef, 0, 0xdeadbeef
	op_ri	srli, 0xffffffff, 31, 1
	op_ri	srai, 0x80000000, 31, 0xffffffff
	op_ri	srai, 0x40000000, 30, 1
	pass
