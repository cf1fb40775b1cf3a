# MPRV: loads and stores of machine mode have the rights of the mode in MPP, fetches do not; mret to user mode ends it.
#include "common.inc"
#include "user.inc"

/* With MPRV, and user mode in MPP, the instruction is refused at the address in the register. The trap leaves 3 in MPP. */
.macro refused_as_user cause, reg, insn:vararg
	li	s6, 0
	la	s7, 9941f
	li	t5, MSTATUS_MPP_MASK
	csrc	mstatus, t5
	li	t5, MSTATUS_MPRV_MASK
	csrs	mstatus, t5
9940:	\insn
9941:
	li	t5, MSTATUS_MPRV_MASK
	csrrc	a4, mstatus, t5
	check	s6, 1
	check	s8, \cause
	check_address s9, 9940b
	check_same s10, \reg
	li	t5, (MSTATUS_MPP_MASK | MSTATUS_MPRV_MASK)
	and	a4, a4, t5
	check	a4, (MSTATUS_MPP_MASK | MSTATUS_MPRV_MASK)
.endm

.macro runs_as_user insn:vararg
	li	t5, MSTATUS_MPP_MASK
	csrc	mstatus, t5
	li	t5, MSTATUS_MPRV_MASK
	csrs	mstatus, t5
	\insn
	li	t5, MSTATUS_MPRV_MASK
	csrc	mstatus, t5
.endm

begin
	# No entry lets user mode execute anything: the fetches are machine mode's.
	la	a1, area
	addi	a2, a1, 8
	pmp_napot 0, area, 8, R
	runs_as_user lw a0, 0(a1)
	check	a0, 0x11223344
	refused_as_user CAUSE_STORE_FAULT, a1, sw zero, 0(a1)
	refused_as_user CAUSE_LOAD_FAULT, a2, lw a0, 8(a1)
	check	a0, 0x11223344
	pmp_config 0, (NAPOT | R | W)
	runs_as_user sw a2, 4(a1)
	lw	a3, 4(a1)
	check_same a3, a2
	# Without MPRV, and with machine mode in MPP, nothing is refused.
	lw	a3, 8(a1)
	li	t5, (MSTATUS_MPP_MASK | MSTATUS_MPRV_MASK)
	csrs	mstatus, t5
	lw	a3, 8(a1)
	sw	a3, 8(a1)
	# mret to machine mode leaves it; it puts user mode into MPP, so that the next access is refused.
	la	t5, 1f
	csrw	mepc, t5
	li	s6, 0
	la	s7, 2f
	mret
1:	lw	a3, 8(a1)
2:	check	s6, 1
	check	s8, CAUSE_LOAD_FAULT
	check_address s9, 1b
	# mret to user mode clears it.
	program_executable
	check_bits mstatus, MSTATUS_MPRV_MASK, MSTATUS_MPRV_MASK
	user_runs nop
	check_bits mstatus, MSTATUS_MPRV_MASK, 0
	pass

	.data
	.balign 64
area:	.word	0x11223344
	.zero	60
