# Runs one instruction after the other as the first of module 1, and records what each one trapped with.
#
# The test puts instruction words into `table` and their number into `rows`. For each, `results` gets a byte: the cause,
# or 0xff if there was no trap. Before and behind it all, the kernel's CSRs are written to `before` and `behind`.
#include "common.inc"
#include "modules.inc"

.macro dump label
	la	t4, \label
	.irp	csr, 0x300, 0x301, 0x304, 0x305, 0x340, 0x7e1, 0x7e2, 0x7e3, 0x7e4, 0x7e5, 0x7e6, 0x7e7, 0x7e8, 0x7e9, 0x7ea, 0x7eb, 0x7ec, 0x7ed, 0x7ee, 0x7ef
	csrr	t5, \csr
	sw	t5, 0(t4)
	addi	t4, t4, 4
	.endr
	csrr	t5, CSR_PD_ID
	sw	t5, 0(t4)
.endm

begin
	modules_begin
	module	1, arena, arena_end, slot
	li	t5, 0x5ca1ab1e
	csrw	mscratch, t5
	# mstatus after a trap is the same as before it.
	li	t5, MIE_BIT << 4 | MIE_BIT
	csrc	mstatus, t5
	dump	before
	la	s0, table
	la	s1, results
	la	s2, rows
	lw	s2, 0(s2)
	la	s3, slot
next:	lw	t0, 0(s0)
	sw	t0, 0(s3)
	fence.i
	li	s8, 0xff
	li	a1, -1
	call	1
	sb	s8, 0(s1)
	addi	s0, s0, 4
	addi	s1, s1, 1
	addi	s2, s2, -1
	bnez	s2, next
	dump	behind
	pass

	.section .public, "ax"
	.balign 4
slot:	nop
	pd.leave sp

	.data
	.globl	rows, table, results, before, behind
	.balign 64
arena:	.zero	64
arena_end:
before:	.zero	84
behind:	.zero	84
rows:	.word	0
table:
	.equ	results, table + 4 * 8192
