# Bounds hold from the first instruction after they are written: the write, mret, and the access right behind.
#include "common.inc"
#include "modules.inc"
begin
	modules_begin
	module	1, arena, arena_end, touch
	# mret into a module right after the write to its upper bound.
	set_csr	CSR_PD_STATUS, 1
	set_csr_address mepc, touch
	la	a0, arena
	li	a1, 0x77
	li	s6, 0
	la	s7, 1f
	la	t5, arena
	csrw	CSR_PD_AUPPER, t5
	mret
1:	check_fault_at CAUSE_STORE_FAULT, touch, arena, KIND_BOUNDS, 1
	load_label a2, arena
	check	a2, 0
	# And the other way round: wider, and the access passes.
	set_csr	CSR_PD_STATUS, 1
	set_csr_address mepc, touch
	li	s6, 0
	la	s7, 1f
	la	t5, arena_end
	csrw	CSR_PD_AUPPER, t5
	mret
1:	check	s8, CAUSE_ECALL_MODULE
	load_label a2, arena
	check	a2, 0x77
	# The same with pd.enter right behind the write.
	li	a2, 1
	li	s6, 0
	li	s7, UNWIND
	la	t5, arena
	csrw	CSR_PD_AUPPER, t5
	pd.enter sp, a2, sp
	check_fault_at CAUSE_STORE_FAULT, touch, arena, KIND_BOUNDS, 1
	# A new entry point and stack pointer, and valid, right before the gate.
	la	t5, other
	csrw	CSR_PD_ENTRY, t5
	pd.enter s0, a2, sp
	check_address a3, arena_end
	la	t5, touch
	csrw	CSR_PD_SP, t5
	pd.enter s0, a2, sp
	check_address a3, touch
	la	s7, 1f
	li	s6, 0
	csrw	CSR_PD_FLAGS, zero
	pd.enter s0, a2, sp
	j	test_fail
1:	check	s11, KIND_NOT_VALID
	pass

	.section .public, "ax"
touch:	sw	a1, 0(a0)
	ecall
other:	mv	a3, s0
	pd.leave sp

	.data
	.balign 64
arena:	.zero	64
arena_end:
