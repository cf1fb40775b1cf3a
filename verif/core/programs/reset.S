# Reset in the middle of anything: `phase` says what the program does. See test_reset.py.
#include "common.inc"
#include "modules.inc"

#define CHECK      0  /* everything is as after power-up */
#define IN_KERNEL  1  /* fill all state, end in the kernel */
#define IN_MODULE  2  /* the same, end in a module */
#define FOR_EVER   3  /* enter a module again and again, with divisions, loads, and device accesses on the way */

	.section .text.start, "ax"
	.globl	_start
_start:
	la	t0, phase
	lw	t0, 0(t0)
	bnez	t0, fill

	# Nothing has been written yet, mtvec included.
	csrr	a0, mcycle
	csrr	a1, mtvec
	csrr	a2, minstret
	csrr	s6, mcycleh
	csrr	s7, minstreth
	sltiu	a0, a0, 64
	j	checks_begin

fill:
	li	a0, -1
	.irp	csr, mscratch, mepc, mcause, mtval, mtvec, mie, mcycle, mcycleh, minstret, minstreth
	csrw	\csr, a0
	.endr
	li	a0, 0x80			/* mpie; mie comes with it in a module */
	csrs	mstatus, a0
#if PADDOCK
	li	t4, MODULES - 1
1:	csrw	CSR_PD_SELECT, t4
	csrw	CSR_PD_FLAGS, zero
	addi	t4, t4, -1
	bgez	t4, 1b
	module	1, 0, 0, in_module, (PD_FLAGS_VALID_MASK | PD_FLAGS_CALLABLE_MASK | PD_FLAGS_DREAD_MASK | PD_FLAGS_DWRITE_MASK)
	li	a0, -1
	csrw	CSR_PD_ALOWER, zero
	csrw	CSR_PD_AUPPER, a0
	csrw	CSR_PD_DLOWER, zero
	csrw	CSR_PD_DUPPER, a0
	csrw	CSR_PD_SELECT, a0
	csrw	CSR_PD_PLOWER, zero
	csrw	CSR_PD_PUPPER, a0
	set_csr	CSR_PD_SLICE, (1 | (FRAMES - 1) << 16)
	set_csr	CSR_PD_TOP, 2
	la	t0, faulted
	csrw	mtvec, t0
	li	t0, MODULES			/* a gate fault, for pd_fault */
	pd.enter sp, t0, sp
	.balign	4
faulted:
	li	a0, -1
	csrw	mtvec, a0
	csrw	CSR_PD_GLOWER, a0
	csrw	CSR_PD_GUPPER, a0
	csrw	CSR_PD_GPERM, a0
	csrw	CSR_PD_STATUS, a0
	.irp	csr, mepc, mcause, mtval
	csrw	\csr, a0
	.endr
	csrsi	mstatus, 8
#endif
	la	t0, phase
	lw	s0, 0(t0)
	li	s1, FINISHER_FINISH
	li	s2, 0x5555
	li	s3, DEVICE
#if PADDOCK
	li	t0, IN_KERNEL
	beq	s0, t0, end
	li	t0, 1
again:	pd.enter sp, t0, sp
	li	t0, 1
	j	again
#endif
	li	t0, FOR_EVER
	beq	s0, t0, spin
end:	sw	s2, 0(s1)
	j	.
spin:	lw	a0, 0(s3)
	div	a0, s3, s2
	sw	a0, 0(s3)
	j	spin

#if PADDOCK
in_module:
	li	t1, IN_MODULE
	beq	s0, t1, end
	lw	a0, 0(s3)
	div	a0, s3, s2
	sw	a0, 0(s3)
	pd.leave sp
#endif

	.text
checks_begin:
	check	a0, 1
	check	a1, 0
	check	a2, 6				/* the instructions before the one that read it */
	check	s6, 0
	check	s7, 0
	la	t5, test_fail
	csrw	mtvec, t5
	.irp	csr, mscratch, mepc, mcause, mtval, mie
	check_csr \csr, 0
	.endr
	check_csr mstatus, 0x1800
#if PADDOCK
	.irp	csr, CSR_PD_ID, CSR_PD_STATUS, CSR_PD_SELECT, CSR_PD_TOP, CSR_PD_FAULT, CSR_PD_CALLER, CSR_PD_GPERM, CSR_PD_PLOWER, CSR_PD_PUPPER, CSR_PD_GLOWER, CSR_PD_GUPPER
	check_csr \csr, 0
	.endr
	check_csr CSR_PD_SLICE, (FRAMES << 16)
#endif
	j	test_pass

	/* Check gp has failed: t5 is not t6. */
	.balign	4
	.globl	test_fail
test_fail:
	la	t4, failure
	sw	t5, 0(t4)
	sw	t6, 4(t4)
	slli	gp, gp, 16
	li	t5, 0x3333
	or	gp, gp, t5
	j	1f
test_pass:
	li	gp, 0x5555
1:	li	t5, FINISHER_FINISH
	sw	gp, 0(t5)
	j	.

	.section .data
	.balign	4
	.globl	failure, phase
failure:
	.word	0, 0
phase:	.word	0
