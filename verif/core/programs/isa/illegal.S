# What is no instruction traps as illegal, at its own address, with mtval 0, and changes nothing.
#include "common.inc"
begin
	li	a0, 0x99
	expect_trap CAUSE_ILLEGAL, 0, .4byte 0x00000000
	expect_trap CAUSE_ILLEGAL, 0, .4byte 0xffffffff
	expect_trap CAUSE_ILLEGAL, 0, .4byte 0x00014505	/* two compressed ones */
	expect_trap CAUSE_ILLEGAL, 0, .insn i 0x03, 3, a0, 0(a1)	/* ld */
	expect_trap CAUSE_ILLEGAL, 0, .insn i 0x03, 6, a0, 0(a1)	/* lwu */
	expect_trap CAUSE_ILLEGAL, 0, .insn s 0x23, 3, a0, 0(a1)	/* sd */
	expect_trap CAUSE_ILLEGAL, 0, .insn i 0x13, 1, a0, a1, 0x20	/* slli by 32 */
	expect_trap CAUSE_ILLEGAL, 0, .insn i 0x13, 5, a0, a1, 0x420	/* srai by 32 */
	expect_trap CAUSE_ILLEGAL, 0, .insn r 0x33, 0, 0x02, a0, a1, a2
	expect_trap CAUSE_ILLEGAL, 0, .insn r 0x33, 1, 0x20, a0, a1, a2
	expect_trap CAUSE_ILLEGAL, 0, .insn b 0x63, 2, a0, a0, .+8
	expect_trap CAUSE_ILLEGAL, 0, .insn i 0x67, 1, a0, 0(a1)
	expect_trap CAUSE_ILLEGAL, 0, .insn i 0x73, 4, a0, a1, 0
	expect_trap CAUSE_ILLEGAL, 0, .4byte 0x10200073	/* sret */
	expect_trap CAUSE_ILLEGAL, 0, .4byte 0x00200073	/* uret */
	expect_trap CAUSE_ILLEGAL, 0, .4byte 0x302000f3	/* mret with rd */
	expect_trap CAUSE_ILLEGAL, 0, .4byte 0x000000f3	/* ecall with rd */
	expect_trap CAUSE_ILLEGAL, 0, .4byte 0x12000073	/* sfence.vma */
	expect_trap CAUSE_ILLEGAL, 0, .insn r 0x2f, 2, 0, a0, a1, a2	/* amoadd.w */
	expect_trap CAUSE_ILLEGAL, 0, .insn r 0x0b, 2, 0, a0, a1, a2	/* custom-0, unused funct3 */
	expect_trap CAUSE_ILLEGAL, 0, .insn r 0x0b, 0, 1, a0, a1, a2	/* pd.enter with funct7 */
	expect_trap CAUSE_ILLEGAL, 0, .insn r 0x0b, 1, 0, a0, a1, x0	/* pd.leave with rs1 */
	expect_trap CAUSE_ILLEGAL, 0, .insn r 0x0b, 1, 0, a0, x0, a1	/* pd.leave with rs2 */
	expect_trap CAUSE_ILLEGAL, 0, .insn r 0x2b, 0, 0, a0, a1, a2	/* custom-1 */
	check	a0, 0x99
	pass
