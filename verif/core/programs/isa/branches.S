# Each branch is taken exactly if its comparison holds, forwards and backwards.
#include "common.inc"

.macro taken name, left, right
	li	a1, \left
	li	a2, \right
	li	a0, 0
	\name	a1, a2, 1f
	j	2f
3:	li	a0, 1
	j	2f
1:	\name	a1, a2, 3b
2:	check	a0, 1
.endm

.macro not_taken name, left, right
	li	a1, \left
	li	a2, \right
	li	a0, 1
	\name	a1, a2, 1f
	j	2f
1:	li	a0, 0
2:	check	a0, 1
.endm

begin
	taken	beq, 7, 7
	not_taken beq, 7, 8
	not_taken beq, 0x80000007, 7
	taken	bne, 0, 0x80000000
	not_taken bne, -1, -1
	taken	blt, -1, 0
	taken	blt, 0x80000000, 0x7fffffff
	not_taken blt, 0, -1
	not_taken blt, 3, 3
	taken	bge, 3, 3
	taken	bge, 0x7fffffff, 0x80000000
	not_taken bge, 0x80000000, 0
	taken	bltu, 0, 0xffffffff
	taken	bltu, 0x7fffffff, 0x80000000
	not_taken bltu, 0x80000000, 0x7fffffff
	not_taken bltu, 0, 0
	taken	bgeu, 0, 0
	taken	bgeu, 0xffffffff, 0
	not_taken bgeu, 0, 1
	pass
