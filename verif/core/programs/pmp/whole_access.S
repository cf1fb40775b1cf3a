# A misaligned access is misaligned, in or out of an entry, and across its edge: no part of it is ever judged alone.
#include "common.inc"
#include "user.inc"
begin
	program_executable
	la	a1, area
	pmp_napot 0, area, 8, (R | W)
	li	a0, 0x5a5a
	.irp	offset, -2, -1, 1, 2, 3, 5, 6, 7, 9
	addi	a2, a1, \offset
	user_traps_at CAUSE_LOAD_MISALIGNED, a2, lw a0, 0(a2)
	user_traps_at CAUSE_STORE_MISALIGNED, a2, sw a0, 0(a2)
	.endr
	.irp	offset, -1, 1, 7, 9
	addi	a2, a1, \offset
	user_traps_at CAUSE_LOAD_MISALIGNED, a2, lh a0, 0(a2)
	user_traps_at CAUSE_STORE_MISALIGNED, a2, sh a0, 0(a2)
	.endr
	check	a0, 0x5a5a
	user_runs lh a0, 6(a1)
	addi	a2, a1, 8
	user_traps_at CAUSE_LOAD_FAULT, a2, lh a0, 8(a1)
	addi	a2, a1, -2
	user_traps_at CAUSE_STORE_FAULT, a2, sh a0, -2(a1)
	user_runs sb a0, 7(a1)
	lw	a3, -4(a1)
	check	a3, 0x01020304
	pass

	.data
	.balign 64
	.zero	60
	.word	0x01020304
area:	.zero	64
