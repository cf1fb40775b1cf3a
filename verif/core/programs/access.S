# Runs a table of accesses, each one as module 1 with windows of its own, and records what became of it.
#
# A row of `table` is 16 words: which access (index into `accesses`), address, alower, aupper, dlower, dupper, flags,
# glower, gupper, gperm, plower, pupper, value to store, address to observe (0: none), two unused ones.
# A row of `results`: traps, mcause, mepc, mtval, pd_fault, rd afterwards, the three words around the observed address
# before (3) and after (3), requests to the device, four unused ones.
#include "common.inc"
#include "modules.inc"

#define ROW 64

begin
	modules_begin
	la	s0, table
	la	s1, results
	la	s2, rows
	lw	s2, 0(s2)
next:
	set_csr	CSR_PD_SELECT, 1
	lw	t0, 0(s0)
	la	t1, accesses
	slli	t0, t0, 3
	add	t0, t0, t1
	csrw	CSR_PD_ENTRY, t0
	.set	place, 8
	.irp	csr, CSR_PD_ALOWER, CSR_PD_AUPPER, CSR_PD_DLOWER, CSR_PD_DUPPER, CSR_PD_FLAGS, CSR_PD_GLOWER, CSR_PD_GUPPER, CSR_PD_GPERM, CSR_PD_PLOWER, CSR_PD_PUPPER
	lw	t0, place(s0)
	csrw	\csr, t0
	.set	place, place + 4
	.endr
	lw	a1, 4(s0)
	lw	a2, 48(s0)
	lw	s3, 52(s0)
	beqz	s3, 1f
	lw	t0, -4(s3)
	lw	t1, 0(s3)
	lw	t2, 4(s3)
	sw	t0, 24(s1)
	sw	t1, 28(s1)
	sw	t2, 32(s1)
1:	load_word s4, BENCH_REQUESTS
	li	a0, 0xa5a55a5a
	li	s8, -1
	li	s9, -1
	li	s10, -1
	call	1
	load_word s5, BENCH_REQUESTS
	sub	s5, s5, s4
	sw	s6, 0(s1)
	sw	s8, 4(s1)
	sw	s9, 8(s1)
	sw	s10, 12(s1)
	sw	s11, 16(s1)
	sw	a0, 20(s1)
	beqz	s3, 1f
	lw	t0, -4(s3)
	lw	t1, 0(s3)
	lw	t2, 4(s3)
	sw	t0, 36(s1)
	sw	t1, 40(s1)
	sw	t2, 44(s1)
1:	sw	s5, 48(s1)
	addi	s0, s0, ROW
	addi	s1, s1, ROW
	addi	s2, s2, -1
	beqz	s2, 1f
	j	next
1:	pass

	.section .public, "ax"
	.globl	public_low, public_high, accesses
	.balign 4
public_low:
	.word	0x11111111, 0x22222222, 0x33333333, 0x44444444
accesses:
	.irp	name, lb, lh, lw, lbu, lhu
	\name	a0, 0(a1)
	pd.leave sp
	.endr
	.irp	name, sb, sh, sw
	\name	a2, 0(a1)
	pd.leave sp
	.endr
public_high:
	.word	0x55555555, 0x66666666, 0x77777777, 0x88888888

	.data
	.globl	memory, rows, table, results
	.balign 64
memory:
	.set	i, 0
	.rept	16
	.word	0x10203040 + i * 0x01010101
	.set	i, i + 1
	.endr
rows:	.word	0
	.balign 64
table:
	.equ	results, table + 256 * ROW
