# The four products, with operands at the ends of the range.
#include "common.inc"

.macro product left, right, low, high, high_mixed, high_unsigned
	li	a1, \left
	li	a2, \right
	mul	a0, a1, a2
	check	a0, \low
	mulh	a0, a1, a2
	check	a0, \high
	mulhsu	a0, a1, a2
	check	a0, \high_mixed
	mulhu	a0, a1, a2
	check	a0, \high_unsigned
.endm

begin
	product	0, 0xffffffff, 0, 0, 0, 0
	product	0xffffffff, 0xffffffff, 1, 0, 0xffffffff, 0xfffffffe
	product	0x80000000, 0x80000000, 0, 0x40000000, 0xc0000000, 0x40000000
	product	0x80000000, 0x7fffffff, 0x80000000, 0xc0000000, 0xc0000000, 0x3fffffff
	product	0x7fffffff, 0x7fffffff, 1, 0x3fffffff, 0x3fffffff, 0x3fffffff
	product	1, 0x80000000, 0x80000000, 0xffffffff, 0, 0
	product	0x12345678, 0x9abcdef0, 0x242d2080, 0xf8cc93d6, 0x0b00ea4e, 0x0b00ea4e
	# Back to back, and the same register as source and result.
	li	a0, 3
	mul	a0, a0, a0
	mul	a0, a0, a0
	mul	a0, a0, a0
	check	a0, 6561
	pass
