# pd_caller names the caller from the first instruction of the call, after the return, and right after pd_top is written.
#include "common.inc"
#include "modules.inc"
begin
	modules_begin
	module	1, arena, arena_end, first
	module	2, arena, arena_end, second, (PD_FLAGS_VALID_MASK | PD_FLAGS_CALLABLE_MASK)
	li	a0, 1
	pd.enter sp, a0, sp
	csrr	a4, CSR_PD_CALLER
	check	a1, 0
	check	a2, 1
	check	a3, 0
	check	a4, 0
	set_csr	CSR_PD_TOP, 2			/* the frames are still there */
	csrr	a0, CSR_PD_CALLER
	check	a0, 1
	csrwi	CSR_PD_TOP, 1
	csrr	a0, CSR_PD_CALLER
	check	a0, 0
	csrwi	CSR_PD_TOP, 2
	csrr	a0, CSR_PD_CALLER
	check	a0, 1
	set_csr	CSR_PD_SLICE, (2 | FRAMES << 16)
	csrr	a0, CSR_PD_CALLER
	check	a0, 0
	pass

	.section .public, "ax"
first:	csrr	a1, CSR_PD_CALLER
	li	a0, 2
	pd.enter sp, a0, sp
	csrr	a3, CSR_PD_CALLER
	pd.leave sp
second:	csrr	a2, CSR_PD_CALLER
	pd.leave sp

	.data
	.balign 64
arena:	.zero	64
arena_end:
