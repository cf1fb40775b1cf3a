# A table of loads and fetches by module 1 with bounds of its own, anywhere in the address space; see test_bits.py.
#
# A row of `table` is 16 words: entry (0: the load below), address, alower, aupper, dlower, dupper, flags, glower, gupper,
# gperm, plower, pupper, load a byte instead of a word, three unused ones. A row of `results`: traps, mcause, mepc, mtval,
# pd_fault, three unused ones.
#include "common.inc"
#include "modules.inc"

#define ROW 64
#define RESULT 32

begin
	modules_begin
	set_csr	CSR_PD_SELECT, 1
	la	s0, table
	la	s1, results
	la	s2, rows
	lw	s2, 0(s2)
next:
	lw	t0, 0(s0)
	bnez	t0, 1f
	la	t0, byte
	lw	t1, 48(s0)
	bnez	t1, 1f
	la	t0, word
1:	csrw	CSR_PD_ENTRY, t0
	.set	place, 8
	.irp	csr, CSR_PD_ALOWER, CSR_PD_AUPPER, CSR_PD_DLOWER, CSR_PD_DUPPER, CSR_PD_FLAGS, CSR_PD_GLOWER, CSR_PD_GUPPER, CSR_PD_GPERM, CSR_PD_PLOWER, CSR_PD_PUPPER
	lw	t0, place(s0)
	csrw	\csr, t0
	.set	place, place + 4
	.endr
	lw	a1, 4(s0)
	li	s8, -1
	li	s9, -1
	li	s10, -1
	call	1
	sw	s6, 0(s1)
	sw	s8, 4(s1)
	sw	s9, 8(s1)
	sw	s10, 12(s1)
	sw	s11, 16(s1)
	addi	s0, s0, ROW
	addi	s1, s1, RESULT
	addi	s2, s2, -1
	bnez	s2, 1f
	pass
1:	j	next

	.section .public, "ax"
	.globl	code, code_end
	.balign 4
code:
word:	lw	a0, 0(a1)
	pd.leave sp
byte:	lbu	a0, 0(a1)
	pd.leave sp
code_end:

	.data
	.globl	rows, table, results
rows:	.word	0
	.balign 64
table:
	.equ	results, table + 256 * ROW
