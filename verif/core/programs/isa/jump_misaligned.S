# A jump to an address that is not a multiple of 4 traps at the jump, with mtval 0, and does not link; a branch that is
# not taken does not trap.
#include "common.inc"
begin
	li	a0, 77
	expect_trap CAUSE_INSN_MISALIGNED, 0, .insn j 0x6f, a0, .+6
	check	a0, 77
	la	a1, 1f
	expect_trap CAUSE_INSN_MISALIGNED, 0, jalr a0, 2(a1)
	check	a0, 77
	expect_trap CAUSE_INSN_MISALIGNED, 0, jalr a0, 3(a1)
	check	a0, 77
	li	a2, 1
	expect_trap CAUSE_INSN_MISALIGNED, 0, .insn b 0x63, 1, a2, zero, .+10
	.insn	b 0x63, 0, a2, zero, .+10
1:	pass
