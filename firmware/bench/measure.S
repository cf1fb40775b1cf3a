# Exact times: the cycle counter is read right before and right behind what is measured. What two reads in a row differ by,
# 1, is taken off. Called with interrupts masked one by one (mie).

#ifdef KERNEL_PMP
#include "module.h"
#include "port.h"
#endif
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

#if !defined KERNEL_PORT
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

#elif defined KERNEL_PMP
	.globl measure_bare
measure_bare:
	# uint32_t measure_bare(uint32_t id): cycles of user mode and the module's entries alone, into bare_target and back; as
	# above, and that it was an ecall is found out
	csrr	a1, CSR_MTVEC
	la	t0, bare_trap
	csrw	CSR_MTVEC, t0
	la	t5, bare_target
	la	t6, pmp_modules
	slli	a0, a0, 5
	add	t6, t6, a0
	csrr	t0, CSR_MCYCLE
	lw	t1, pmp_module_arena_lower(t6)
	lw	t2, pmp_module_arena_upper(t6)
	lw	t3, pmp_module_device(t6)
	lw	t4, pmp_module_config(t6)
	csrw	CSR_PMPADDR5, t1
	csrw	CSR_PMPADDR6, t2
	csrw	CSR_PMPADDR2, t3
	csrw	CSR_PMPCFG0, t4
	csrw	CSR_MSCRATCH, sp
	csrw	CSR_MEPC, t5
	mret
	.balign 4
bare_trap:
	csrr	t1, CSR_MCAUSE
	csrr	sp, CSR_MSCRATCH
	addi	t1, t1, -CAUSE_ECALL_MODULE
	bnez	t1, bare_trap
	csrw	CSR_MSCRATCH, zero
	csrr	t1, CSR_MCYCLE
	csrw	CSR_MTVEC, a1
	# The trap has cleared it.
	csrsi	CSR_MSTATUS, MSTATUS_MIE_MASK
	sub	a0, t1, t0
	addi	a0, a0, -1
	ret
#endif

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

	.globl measure_turns
measure_turns:
	# void measure_turns(uint32_t turns): work of a known length
	addi	a0, a0, -1
	bnez	a0, measure_turns
	ret
