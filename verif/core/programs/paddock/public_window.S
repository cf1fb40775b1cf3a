# A module reads the public window and cannot write it.
#include "common.inc"
#include "modules.inc"
begin
	modules_begin
	module	1, arena, arena_end, entry
	call	1
	check_fault_at CAUSE_STORE_FAULT, poke, constant, KIND_BOUNDS, 1
	check	a0, 0x1234
	load_label a1, constant
	check	a1, 0x1234
	pass

	.section .public, "ax"
constant:
	.word	0x1234
entry:
	la	a2, constant
	lw	a0, 0(a2)
poke:	sw	zero, 0(a2)
	pd.leave sp

	.data
	.balign 64
arena:	.zero	64
arena_end:
