# Lets module 1 execute `code`, random words from the test, from random places with random registers, again and again.
#
# Whatever ends a round (a trap, a return, the timer) leads back here. All registers are lost then, so that what the
# kernel needs is in its memory. Module 2 may be called by module 1, and runs the same code with other bounds.
#include "common.inc"
#include "modules.inc"

#define WORDS 1024
#define PATIENCE 300		/* cycles that a round may take */

begin
	modules_begin
	module	1, arena1, arena1_end, code
	set_csr	CSR_PD_DLOWER, DEVICE + 0x40
	set_csr	CSR_PD_DUPPER, DEVICE + 0x62
	set_csr	CSR_PD_FLAGS, (PD_FLAGS_VALID_MASK | PD_FLAGS_DREAD_MASK | PD_FLAGS_DWRITE_MASK)
	module	2, arena2, arena2_end, code, (PD_FLAGS_VALID_MASK | PD_FLAGS_CALLABLE_MASK)
	set_csr	CSR_PD_SELECT, 1
	li	t5, TIMER_BIT
	csrw	mie, t5
	la	t5, round_over
	csrw	mtvec, t5
	li	a0, DEVICE
	li	a1, 0
	li	a2, 60
1:	sw	a1, 0(a0)
	addi	a0, a0, 4
	addi	a1, a1, 1
	bltu	a1, a2, 1b

round:
	# xorshift32
	la	t0, state
	lw	s0, 0(t0)
	slli	t1, s0, 13
	xor	s0, s0, t1
	srli	t1, s0, 17
	xor	s0, s0, t1
	slli	t1, s0, 5
	xor	s0, s0, t1
	sw	s0, 0(t0)
	# Entry point, grant (of no, one or both permissions) and patience.
	li	t1, (WORDS - 1) * 4
	and	t1, t1, s0
	la	t2, code
	add	t1, t1, t2
	csrw	CSR_PD_ENTRY, t1
	la	t1, buffer
	csrw	CSR_PD_GLOWER, t1
	addi	t1, t1, 30
	csrw	CSR_PD_GUPPER, t1
	srli	t1, s0, 14
	csrw	CSR_PD_GPERM, t1
	csrw	CSR_PD_TOP, zero
	li	t0, CLINT_MTIME
	lw	t1, 0(t0)
	addi	t1, t1, PATIENCE
	li	t0, CLINT_MTIMECMP
	sw	zero, 4(t0)
	sw	t1, 0(t0)
	csrsi	mstatus, MIE_BIT
	# Registers: places worth a try, small numbers, rubbish.
	la	x1, arena1
	la	x3, arena1_end
	la	x4, arena1_end - 5
	la	x5, buffer
	la	x6, buffer + 30
	la	x7, arena2
	la	x9, secret
	la	x10, table
	li	x11, DEVICE + 0x40
	li	x12, DEVICE + 0x60
	li	x13, CLINT_MTIMECMP
	li	x14, FINISHER_FINISH
	la	x15, code
	la	x16, arena1 + 0x40
	mv	x17, x8
	not	x18, x8
	srli	x19, x8, 20
	add	x20, x1, x19
	add	x21, x15, x19
	andi	x21, x21, -4
	li	x22, 1
	li	x23, 2
	li	x24, -1
	li	x25, 0x80000000
	la	x26, code + 2048
	la	x27, arena1_end - 64
	li	x28, 0
	li	x29, 0
	li	x30, 2
	li	x31, 1
	pd.enter x2, x22, x2
	j	returned

	.balign 4
round_over:
	csrr	t0, mcause
	la	t1, causes
	bgez	t0, 1f
	addi	t1, t1, 4 * 32
1:	andi	t0, t0, 31
	slli	t0, t0, 2
	add	t1, t1, t0
	lw	t2, 0(t1)
	addi	t2, t2, 1
	sw	t2, 0(t1)
	j	1f
returned:
	csrci	mstatus, MIE_BIT
	la	t1, returns
	lw	t2, 0(t1)
	addi	t2, t2, 1
	sw	t2, 0(t1)
	csrr	t2, CSR_PD_ID
	li	gp, 0x701
	bnez	t2, wrong
1:	la	t0, rounds
	lw	t1, 0(t0)
	addi	t1, t1, -1
	sw	t1, 0(t0)
	beqz	t1, over
	j	round

wrong:	slli	gp, gp, 16
	li	t5, 0x3333
	or	gp, gp, t5
	j	finish

	# Nothing of the kernel's has changed.
over:	li	sp, 0
	li	gp, 0x702
	csrr	t0, mtvec
	la	t1, round_over
	bne	t0, t1, wrong
	li	gp, 0x703
	csrr	t0, CSR_PD_AUPPER
	la	t1, arena1_end
	bne	t0, t1, wrong
	li	gp, 0x704
	csrr	t0, mie
	li	t1, TIMER_BIT
	bne	t0, t1, wrong
	# Of the device, only the words in the window.
	li	a0, DEVICE
	li	a1, 0
	li	a2, 60
	li	gp, 0x705
1:	lw	t0, 0(a0)
	addi	t1, a1, -0x10
	li	t2, 9
	bltu	t1, t2, 2f
	bne	t0, a1, wrong
2:	addi	a0, a0, 4
	addi	a1, a1, 1
	bltu	a1, a2, 1b
	lw	t0, (DEVICE + 0x60 - DEVICE - 240)(a0)
	srli	t0, t0, 16
	bnez	t0, wrong
	pass

	.section .public, "ax"
	.globl	code
	.balign 64
code:	.zero	4 * WORDS
	.balign 64

	.data
	.globl	state, rounds, causes, returns, arena1, arena1_end, arena2, arena2_end, buffer, secret
	.balign 64
	.zero	128
arena1:	.zero	256
arena1_end:
	.zero	64
arena2:	.zero	64
arena2_end:
	.zero	64
buffer:	.zero	32
	.zero	32
secret:	.zero	64
table:	.zero	64
state:	.word	1
rounds:	.word	1
returns: .word	0
causes:	.zero	4 * 64
