# pd.enter reads rs1 and rs2 before it writes rd; rd may be x0; rd is unwritten by a gate fault.
#include "common.inc"
#include "modules.inc"
begin
	modules_begin
	module	1, arena, arena_end, entry
	li	a0, 1
	pd.enter a0, a0, a0
	check	a0, 1			/* the saved value is rs2 as it was */
	check_address s0, arena_end	/* what the module saw in a0 */
	li	a1, 1
	li	a0, 0x1234
	pd.enter zero, a1, a0
	check	s0, 0x1234		/* rd = x0: a0 untouched in the module */
	check	a0, 0x1234
	mv	s1, sp
	mul	a1, a1, a1		/* rs1 from a slow instruction */
	pd.enter a0, a1, sp
	check_same a0, s1
	la	a2, one
	lw	a1, 0(a2)
	pd.enter a0, a1, sp
	check_same a0, s1
	li	a0, 2
	li	a1, 0x55
	expect_trap CAUSE_GATE_FAULT, 2, pd.enter a1, a0, a1
	check	a1, 0x55
	expect_trap CAUSE_GATE_FAULT, 0, pd.leave a1
	check	a1, 0x55
	# pd.leave to x0.
	module	1, arena, arena_end, entry_zero
	li	a0, 1
	pd.enter sp, a0, s1
	check_address sp, arena_end
	pass

	.section .public, "ax"
entry:
	mv	s0, a0
	pd.leave a0
entry_zero:
	pd.leave zero

	.data
one:	.word	1
	.balign 64
arena:	.zero	64
arena_end:
