# A module is entered, gets its stack pointer, and returns to behind the pd.enter with the caller's value.
#include "common.inc"
#include "modules.inc"
begin
	modules_begin
	module	1, arena, arena_end, entry
	mv	s0, sp
	call	1
	check_no_fault
	check_same sp, s0
	check_address a0, arena_end
	check	a1, 1
	csrr	a1, CSR_PD_ID
	check	a1, 0
	pass

	.section .public, "ax"
entry:
	mv	a0, sp
	csrr	a1, CSR_PD_ID
	pd.leave sp

	.data
	.balign 64
arena:
	.zero	64
arena_end:
