# A table of accesses by module 1 like that of access.S, each one in the pipeline situation that the test chooses.
#
# A row of `table` and of `results` is as in access.S, but: word 0 also has the window whose bound is written last, from
# bit 8 on (0 arena, 1 device, 2 grant, 3 public); words 14 and 15 are a word of RAM and one of a device that the module
# may use before the access.
# Preprocessor constant from the test: SITUATION, one of those of detection.S, or INTERRUPT_NEXT: an interrupt comes so many
# cycles after the gate as `moment` says, which is to be right behind the access.
#include "common.inc"
#include "modules.inc"

#define NOTHING           0
#define AFTER_BOUND_WRITE 1
#define AFTER_ENTRY       2
#define AFTER_RETURN      3
#define BEHIND_MULTIPLY   4
#define ADDRESS_MULTIPLY  5
#define BEHIND_DIVIDE     6
#define BEHIND_DEVICE     7
#define BEHIND_DEVICE_STORE 8
#define BACK_TO_BACK      9
#define BEHIND_STORE      10
#define ADDRESS_LOAD      11
#define BEHIND_BRANCH     12
#define INTERRUPT_PENDING 13
#define AFTER_MRET        14
#define INTERRUPT_NEXT    16

#define ROW 64

begin
	modules_begin
	module	2, 0, 0, callee, (PD_FLAGS_VALID_MASK | PD_FLAGS_CALLABLE_MASK)
	set_csr	CSR_PD_SELECT, 0
	set_csr_address CSR_PD_ENTRY, gate
	set_csr	CSR_PD_FLAGS, PD_FLAGS_VALID_MASK
	set_csr	CSR_PD_SELECT, 1
#if SITUATION == INTERRUPT_PENDING || SITUATION == INTERRUPT_NEXT
	set_csr	mie, EXTERNAL_BIT
#endif
#if SITUATION == INTERRUPT_PENDING
	store_word BENCH_EXTERNAL, 1
#endif
	la	s0, table
	la	s1, results
	la	s2, rows
	lw	s2, 0(s2)
	li	a6, 1
	li	a7, 2
next:
	lbu	t0, 0(s0)
	la	t1, accesses
	slli	t0, t0, 5
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
	lw	a3, 56(s0)
	lw	a4, 60(s0)
	sw	a1, 0(a3)
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
	li	s6, 0
	li	s7, UNWIND
#if SITUATION == AFTER_BOUND_WRITE
	# The bound that matters comes last, the instruction ahead of the gate.
	lbu	t0, 1(s0)
	lw	t1, 12(s0)
	lw	t2, 20(s0)
	lw	t3, 32(s0)
	lw	t4, 44(s0)
	beq	t0, a6, 2f
	beq	t0, a7, 3f
	bnez	t0, 4f
	csrw	CSR_PD_AUPPER, zero
	csrw	CSR_PD_AUPPER, t1
	pd.enter sp, a6, sp
	j	back
2:	csrw	CSR_PD_DUPPER, zero
	csrw	CSR_PD_DUPPER, t2
	pd.enter sp, a6, sp
	j	back
3:	csrw	CSR_PD_GUPPER, zero
	csrw	CSR_PD_GUPPER, t3
	pd.enter sp, a6, sp
	j	back
4:	csrw	CSR_PD_PUPPER, zero
	csrw	CSR_PD_PUPPER, t4
	pd.enter sp, a6, sp
#elif SITUATION == AFTER_MRET
	# The frame that the module leaves by; the grant is lent to it.
	csrr	t0, CSR_PD_ENTRY
	csrw	mepc, t0
	pd.enter sp, zero, sp
#elif SITUATION == INTERRUPT_NEXT
	load_label t0, moment
	li	t1, BENCH_COUNTDOWN
	csrsi	mstatus, MIE_BIT
	sw	t0, 0(t1)
	pd.enter sp, a6, sp
#else
	pd.enter sp, a6, sp
#endif
back:
	li	s7, FAIL
#if SITUATION == INTERRUPT_NEXT
	csrci	mstatus, MIE_BIT
	store_word BENCH_COUNTDOWN, 0
	store_word BENCH_EXTERNAL, 0
#endif
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

	.balign 4
gate:	csrw	CSR_PD_STATUS, a6
	mret

	.macro	situation
#if SITUATION == AFTER_RETURN
	pd.enter sp, a7, sp
#elif SITUATION == BEHIND_MULTIPLY
	mul	t0, a2, a2
#elif SITUATION == ADDRESS_MULTIPLY
	mul	a1, a1, a6
#elif SITUATION == BEHIND_DIVIDE
	div	t0, a2, a7
#elif SITUATION == BEHIND_DEVICE
	lw	t0, 0(a4)
#elif SITUATION == BEHIND_DEVICE_STORE
	sw	a2, 0(a4)
#elif SITUATION == BEHIND_STORE
	sw	a2, 0(a3)
#elif SITUATION == ADDRESS_LOAD
	lw	a1, 0(a3)
#elif SITUATION == BEHIND_BRANCH
	bnez	a6, 1f
	nop
1:
#elif SITUATION == BACK_TO_BACK
	lw	t0, 0(a3)
	sw	a2, 0(a3)
	lw	t0, 0(a3)
#elif SITUATION == NOTHING || SITUATION == INTERRUPT_PENDING || SITUATION == INTERRUPT_NEXT
	nop
	nop
	nop
#endif
	.endm

	.section .public, "ax"
	.globl	public_low, public_high, accesses, first
	.balign 4
public_low:
	.zero	32
	.balign 32
accesses:
	.irp	name, lb, lh, lw, lbu, lhu
	.balign 32
	situation
	.ifc	\name, lb
first:
	.endif
	\name	a0, 0(a1)
	pd.leave sp
	.endr
	.irp	name, sb, sh, sw
	.balign 32
	situation
	\name	a2, 0(a1)
	pd.leave sp
	.endr
callee:	pd.leave sp
	.balign 32
public_high:
	.zero	64

	.data
	.globl	memory, scratch, moment, rows, table, results
	.balign 64
memory:
	.set	i, 0
	.rept	16
	.word	0x10203040 + i * 0x01010101
	.set	i, i + 1
	.endr
scratch: .zero	64
moment:	.word	0
rows:	.word	0
	.balign 64
table:
	.equ	results, table + 256 * ROW
