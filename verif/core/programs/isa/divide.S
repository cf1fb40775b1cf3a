# Quotients and remainders, with division by zero and overflow as the specification has them.
#include "common.inc"

.macro quotient left, right, signed, signed_rest, unsigned, unsigned_rest
	li	a1, \left
	li	a2, \right
	div	a0, a1, a2
	check	a0, \signed
	rem	a0, a1, a2
	check	a0, \signed_rest
	divu	a0, a1, a2
	check	a0, \unsigned
	remu	a0, a1, a2
	check	a0, \unsigned_rest
.endm

begin
	quotient 20, 6, 3, 2, 3, 2
	quotient -20, 6, -3, -2, 0x2aaaaaa7, 2
	quotient 20, -6, -3, 2, 0, 20
	quotient -20, -6, 3, -2, 0, -20
	quotient 0, 5, 0, 0, 0, 0
	quotient 7, 0, -1, 7, 0xffffffff, 7
	quotient -7, 0, -1, -7, 0xffffffff, -7
	quotient 0x80000000, 0, -1, 0x80000000, 0xffffffff, 0x80000000
	quotient 0x80000000, -1, 0x80000000, 0, 0, 0x80000000
	quotient 0x80000000, 1, 0x80000000, 0, 0x80000000, 0
	quotient 0xffffffff, 1, -1, 0, 0xffffffff, 0
	quotient 1, 0x80000000, 0, 1, 0, 1
	li	a0, 1000
	li	a1, 10
	div	a0, a0, a1
	div	a0, a0, a1
	rem	a0, a1, a0
	check	a0, 0
	pass
