# Exact times: the cycle counter is read right before and right behind what is measured. What two reads in a row differ by,
# 1, is taken off. Called with interrupts masked.

.include "isa.inc"

	.text
	.globl measure
measure:
	# uint32_t measure(long (*function)(), long a0, long a1): cycles of a call of `function`, and back
	addi	sp, sp, -16
	sw	ra, 12(sp)
	sw	s0, 8(sp)
	sw	s1, 4(sp)
	mv	s1, a0
	mv	a0, a1
	mv	a1, a2
	csrr	s0, CSR_MCYCLE
	jalr	s1
	csrr	t0, CSR_MCYCLE
	sub	a0, t0, s0
	addi	a0, a0, -1
	lw	ra, 12(sp)
	lw	s0, 8(sp)
	lw	s1, 4(sp)
	addi	sp, sp, 16
	ret

	.globl measure_bare
measure_bare:
	# uint32_t measure_bare(uint32_t id): cycles of the gate alone, into bare_target and back; what the kernel needs to find
	# its stack again is part of it
	mv	t2, tp
	csrr	t0, CSR_MCYCLE
	csrw	CSR_MSCRATCH, sp
	pd.enter sp, a0, sp
	csrr	sp, CSR_MSCRATCH
	csrw	CSR_MSCRATCH, zero
	csrr	t1, CSR_MCYCLE
	mv	tp, t2
	sub	a0, t1, t0
	addi	a0, a0, -1
	ret

	.globl measure_delay
measure_delay:
	# uint32_t measure_delay(void): cycles from when a counter CSR is read to when a device register right behind it is
	li	t1, CLINT_MTIME
	lw	t2, 0(t1)
	mv	t2, t2
	rdtime	t0
	lw	t2, 0(t1)
	sub	a0, t2, t0
	ret

	.globl plain_nothing
plain_nothing:
	ret

	.globl plain_nested
plain_nested:
	# One function calls another.
	addi	sp, sp, -16
	sw	ra, 12(sp)
	call	plain_nothing
	lw	ra, 12(sp)
	addi	sp, sp, 16
	ret

	# An interrupt as it is without protection: what C does not keep is saved, the line claimed, its handler looked up and
	# called.
	.balign 4
	.globl plain_trap
plain_trap:
	addi	sp, sp, -64
	sw	ra, 0(sp)
	sw	t0, 4(sp)
	sw	t1, 8(sp)
	sw	t2, 12(sp)
	sw	a0, 16(sp)
	sw	a1, 20(sp)
	sw	a2, 24(sp)
	sw	a3, 28(sp)
	sw	a4, 32(sp)
	sw	a5, 36(sp)
	sw	a6, 40(sp)
	sw	a7, 44(sp)
	sw	t3, 48(sp)
	sw	t4, 52(sp)
	sw	t5, 56(sp)
	sw	t6, 60(sp)
	lui	t1, %hi(PLIC_CLAIM)
	lw	a0, %lo(PLIC_CLAIM)(t1)
	slli	t0, a0, 2
	la	t1, plain_table
	add	t0, t0, t1
	lw	t0, 0(t0)
	jalr	t0
	lui	t1, %hi(PLIC_CLAIM)
	li	a0, TIMER_IRQ
	sw	a0, %lo(PLIC_CLAIM)(t1)
	lw	ra, 0(sp)
	lw	t0, 4(sp)
	lw	t1, 8(sp)
	lw	t2, 12(sp)
	lw	a0, 16(sp)
	lw	a1, 20(sp)
	lw	a2, 24(sp)
	lw	a3, 28(sp)
	lw	a4, 32(sp)
	lw	a5, 36(sp)
	lw	a6, 40(sp)
	lw	a7, 44(sp)
	lw	t3, 48(sp)
	lw	t4, 52(sp)
	lw	t5, 56(sp)
	lw	t6, 60(sp)
	addi	sp, sp, 64
	mret

plain_handler:
	rdcycle	t0
	la	t1, plain_arrived
	sw	t0, 0(t1)
	li	t1, TIMER_BASE
	sw	zero, TIMER_CONTROL - TIMER_BASE(t1)
	li	t0, 1
	sw	t0, TIMER_STATUS - TIMER_BASE(t1)
	ret

	.globl plain_interrupt
plain_interrupt:
	# void plain_interrupt(void): wait for the timer's interrupt in plain_trap; interrupts are masked before and after
	csrr	t2, CSR_MTVEC
	la	t0, plain_trap
	csrw	CSR_MTVEC, t0
	csrr	t3, CSR_MIE
	li	t4, MIE_MEI_MASK
	csrw	CSR_MIE, t4
	csrsi	CSR_MSTATUS, MSTATUS_MIE_MASK
1:	wfi
	la	t0, plain_arrived
	lw	t0, 0(t0)
	beqz	t0, 1b
	csrci	CSR_MSTATUS, MSTATUS_MIE_MASK
	csrw	CSR_MIE, t3
	csrw	CSR_MTVEC, t2
	ret

	.section .rodata
	.balign 4
plain_table:
	.rept	16
	.word	plain_handler
	.endr

	.section .bss.live.measure, "aw", @nobits
	.balign 4
	.globl plain_arrived
plain_arrived:
	.skip 4
