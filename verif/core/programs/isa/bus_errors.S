# An access that nobody answers for traps with its address in mtval; rd keeps its value; fetches likewise.
#include "common.inc"

.macro refused address
	li	a1, \address
	li	a0, 0x77
	expect_trap CAUSE_LOAD_FAULT, \address, lw a0, 0(a1)
	expect_trap CAUSE_LOAD_FAULT, \address + 1, lbu a0, 1(a1)
	check	a0, 0x77
	expect_trap CAUSE_STORE_FAULT, \address, sw a0, 0(a1)
	expect_trap CAUSE_STORE_FAULT, \address + 3, sb a0, 3(a1)
.endm

.macro no_code address
	li	a1, \address
	li	s6, 0
	la	s7, 1f
	jr	a1
1:	check	s6, 1
	check	s8, CAUSE_FETCH_FAULT
	check	s9, \address
	check	s10, \address
.endm

begin
	refused	NOWHERE
	refused	DEVICE_REFUSES
	refused	0
	refused	RAM_END
	refused	0xfffffff0
	no_code	RAM_END
	no_code	0xfffffffc
	# The instruction behind a refused access is not executed, those before are.
	li	a0, 1
	li	a1, NOWHERE
	la	s7, 1f
	li	a0, 2
	sw	a0, 0(a1)
	li	a0, 3
1:	check	a0, 2
	pass
