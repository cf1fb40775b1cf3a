# After fence.i the core executes what was stored, even as the very next instruction; fence is accepted.
#include "common.inc"
begin
	li	a0, 0
	li	a2, 0x00150513		/* addi a0, a0, 1 */
	la	a1, 1f
	sw	a2, 0(a1)
	fence.i
1:	j	test_fail
	check	a0, 1
	la	a1, 2f
	sw	a2, 0(a1)
	fence	rw, rw
	fence.i
	nop
2:	j	test_fail
	check	a0, 2
	fence
	pass
