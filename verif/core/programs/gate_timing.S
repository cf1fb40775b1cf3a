# pd.enter, pd.leave and jalr, with operands that are long there and with an operand from the load just before.
#include "common.inc"
#include "modules.inc"
begin
	modules_begin
	module	1, arena, arena_end, entry
	li	a0, 1
	la	a1, jumped
	nop
	nop
	.globl	jump, jumped, enter, entry, leave, left
jump:	jalr	ra, 0(a1)
	nop
jumped:
	nop
	nop
enter:	pd.enter sp, a0, sp
left:	nop
	la	a2, pointers
	nop
	nop
	.globl	late_jump, late_jumped, late_enter
	lw	a1, 0(a2)
late_jump:
	jalr	ra, 0(a1)
	nop
late_jumped:
	nop
	nop
	lw	a0, 4(a2)
late_enter:
	pd.enter sp, a0, sp
	nop
	pass

	.section .public, "ax"
entry:	nop
	nop
leave:	pd.leave sp

	.data
pointers:
	.word	late_jumped, 1
	.balign 64
arena:	.zero	64
arena_end:
