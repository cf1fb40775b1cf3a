# A module enters a callable one; each return gives back the caller's id, bounds, pc and saved value.
#include "common.inc"
#include "modules.inc"
begin
	modules_begin
	module	1, arena1, arena1_end, entry1
	module	2, arena2, arena2_end, entry2, (PD_FLAGS_VALID_MASK | PD_FLAGS_CALLABLE_MASK)
	mv	s0, sp
	call	1
	check_no_fault
	check_same sp, s0
	check	s1, 1
	check	s2, 2
	check	s3, 1
	check	s4, 1		/* pd_caller in module 2 */
	check	s5, 0		/* pd_caller in module 1 */
	load_label a0, arena2
	check	a0, 0x222
	load_label a0, arena1
	check	a0, 0x111
	csrr	a0, CSR_PD_TOP
	check	a0, 0
	# After the return to module 1 its own bounds hold: module 2's arena is out of reach again.
	module	1, arena1, arena1_end, entry1_pokes
	call	1
	check_fault_at CAUSE_STORE_FAULT, poke, arena2, KIND_BOUNDS, 1
	pass

	.section .public, "ax"
entry1:
	csrr	s1, CSR_PD_ID
	csrr	s5, CSR_PD_CALLER
	li	a0, 2
	pd.enter sp, a0, sp
	csrr	s3, CSR_PD_ID
	li	a1, 0x111
	la	a2, arena1
	sw	a1, 0(a2)
	pd.leave sp
entry2:
	csrr	s2, CSR_PD_ID
	csrr	s4, CSR_PD_CALLER
	li	a1, 0x222
	sw	a1, -64(sp)
	pd.leave sp
entry1_pokes:
	li	a0, 2
	pd.enter sp, a0, sp
	la	a2, arena2
poke:	sw	a1, 0(a2)
	pd.leave sp

	.data
	.balign 64
arena1:	.zero	64
arena1_end:
arena2:	.zero	64
arena2_end:
