# The six CSR instructions read, write, set and clear; those that write nothing may name a read-only CSR.
#include "common.inc"
begin
	li	a1, 0x0f0f0f0f
	csrw	mscratch, a1
	li	a2, 0x00ff00ff
	csrrs	a0, mscratch, a2
	check	a0, 0x0f0f0f0f
	csrrc	a0, mscratch, a1
	check	a0, 0x0fff0fff
	csrrw	a0, mscratch, a2
	check	a0, 0x00f000f0
	csrrwi	a0, mscratch, 31
	check	a0, 0x00ff00ff
	csrrsi	a0, mscratch, 0
	check	a0, 31
	csrrci	a0, mscratch, 5
	check	a0, 31
	csrrsi	a0, mscratch, 4
	check	a0, 26
	check_csr mscratch, 30
	# rd and rs1 the same register.
	li	a0, 0x123
	csrrw	a0, mscratch, a0
	check	a0, 30
	csrrs	a0, mscratch, a0
	check	a0, 0x123
	check_csr mscratch, 0x13f
	# A write holds for the very next instruction.
	li	a0, 1
	csrw	mscratch, a0
	csrr	a1, mscratch
	check	a1, 1
	# Reads of read-only CSRs, in every form that does not write.
	csrrs	a0, mhartid, zero
	csrrc	a0, mhartid, zero
	csrrsi	a0, mhartid, 0
	csrrci	a0, mhartid, 0
	li	a0, 0x77
	expect_trap CAUSE_ILLEGAL, 0, csrrw a0, mhartid, zero
	expect_trap CAUSE_ILLEGAL, 0, csrrs a0, mhartid, a1
	expect_trap CAUSE_ILLEGAL, 0, csrrwi a0, mhartid, 0
	expect_trap CAUSE_ILLEGAL, 0, csrrci a0, cycle, 1
	check	a0, 0x77
	pass
