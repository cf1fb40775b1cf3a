# In vectored mode interrupts go to base + 4 x cause and exceptions to the base; the base is a multiple of 128.
#include "common.inc"
begin
	la	a0, vector + 1
	csrw	mtvec, a0
	csrr	a1, mtvec
	check_same a0, a1
	addi	a0, a0, 64
	csrw	mtvec, a0
	csrr	a1, mtvec
	addi	a0, a0, -64
	check_same a0, a1
	la	s7, 1f
	ecall
1:	check	a2, 0
	.irp	number, 3, 7, 11
	li	a0, 1 << \number
	csrw	mie, a0
	la	s7, 2f
	jal	raise
	csrsi	mstatus, MIE_BIT
	j	.
2:	check	a2, \number
	.endr
	pass

raise:	store_word CLINT_MSIP, 1
	store_word CLINT_MTIMECMPH, 0
	store_word CLINT_MTIMECMP, 0
	store_word BENCH_EXTERNAL, 1
	ret

	.balign 128
vector:
	.set	entry, 0
	.rept	12
	j	(trampolines + entry * 8)
	.set	entry, entry + 1
	.endr
trampolines:
	.set	entry, 0
	.rept	12
	li	a2, entry
	j	trap_handler
	.set	entry, entry + 1
	.endr
