# A table of ways for module 1 to an instruction at an edge of the public window; see test_fetch_edges.py.
#
# A row of `table` is 8 words: plower, pupper, entry point, the target of a jump at `jumper`, mepc (0: pd.enter), three
# unused ones. A row of `results` is 8 words: traps, mcause, mepc, mtval, pd_fault, three unused ones.
# What the module reaches is a pd.leave everywhere.
#include "common.inc"
#include "modules.inc"

#define ROW 32

begin
	modules_begin
	module	2, 0, 0, low, (PD_FLAGS_VALID_MASK | PD_FLAGS_CALLABLE_MASK)
	set_csr	CSR_PD_SELECT, 0
	set_csr_address CSR_PD_ENTRY, gate
	set_csr	CSR_PD_FLAGS, PD_FLAGS_VALID_MASK
	set_csr	CSR_PD_SELECT, 1
	set_csr	CSR_PD_FLAGS, PD_FLAGS_VALID_MASK
	la	s0, table
	la	s1, results
	la	s2, rows
	lw	s2, 0(s2)
	li	a6, 1
	li	a7, 2
next:
	lw	t0, 0(s0)
	csrw	CSR_PD_PLOWER, t0
	lw	t0, 4(s0)
	csrw	CSR_PD_PUPPER, t0
	lw	t0, 8(s0)
	csrw	CSR_PD_ENTRY, t0
	lw	a1, 12(s0)
	lw	t0, 16(s0)
	csrw	mepc, t0
	li	s8, -1
	li	s9, -1
	li	s10, -1
	li	s6, 0
	li	s7, UNWIND
	bnez	t0, 1f
	pd.enter sp, a6, sp
	j	back
1:	pd.enter sp, zero, sp
back:
	li	s7, FAIL
	sw	s6, 0(s1)
	sw	s8, 4(s1)
	sw	s9, 8(s1)
	sw	s10, 12(s1)
	sw	s11, 16(s1)
	addi	s0, s0, ROW
	addi	s1, s1, ROW
	addi	s2, s2, -1
	bnez	s2, 1f
	pass
1:	j	next

	.balign 4
gate:	csrw	CSR_PD_STATUS, a6
	mret

	.section .public, "ax"
	.globl	low, jumper, returner, stepper, high
	.balign 4
	.rept	4
	pd.leave sp
	.endr
low:
	.rept	4
	pd.leave sp
	.endr
jumper:	jr	a1
returner:
	pd.enter sp, a7, sp
	pd.leave sp
stepper:
	nop
	pd.leave sp
	.rept	4
	pd.leave sp
	.endr
high:
	.rept	4
	pd.leave sp
	.endr

	.data
	.globl	rows, table, results
rows:	.word	0
	.balign 32
table:
	.equ	results, table + 64 * ROW
