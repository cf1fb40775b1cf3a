# A CSR that does not exist is an illegal instruction; without the extension its CSRs and instructions are, too.
#include "common.inc"
begin
	li	a0, 0x99
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0x000
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0x100
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0x180
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0x302
#if !PMP
	.irp number, 0x306, 0x30a, 0x31a, 0x3a0, 0x3a3, 0x3b0, 0x3bf
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, \number
	.endr
#endif
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0x7a0
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0xb01
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0xc03
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0xfff
	expect_trap CAUSE_ILLEGAL, 0, csrw 0x7df, a0
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0xcc2
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0xfd2
#if !PADDOCK
	.irp number, 0x7e0, 0x7e1, 0x7e2, 0x7e3, 0x7e4, 0x7e5, 0x7e6, 0x7e7, 0x7e8, 0x7e9, 0x7ea, 0x7eb, 0x7ec, 0x7ed, 0x7ee
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, \number
	.endr
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0x7ef
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0xfd0
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0xfd1
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0xcc0
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, 0xcc1
	expect_trap CAUSE_ILLEGAL, 0, pd.enter a0, a0, a0
	expect_trap CAUSE_ILLEGAL, 0, pd.leave a0
#endif
	check	a0, 0x99
	pass
