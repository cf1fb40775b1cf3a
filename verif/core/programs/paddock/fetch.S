# A module executes from the public window only; elsewhere the fetch is refused, with the address in mepc and mtval.
#include "common.inc"
#include "modules.inc"

/* The module goes to \target, which must be refused. */
.macro refused target
	la	a0, \target
	call	1
	check	s6, 1
	check	s8, CAUSE_FETCH_FAULT
	check_address s9, \target
	check_address s10, \target
	check	s11, (KIND_BOUNDS | 1 << 8)
	check	s0, 0
.endm

begin
	modules_begin
	module	1, arena, arena_end, go
	li	s0, 0
	load_word s1, BENCH_REQUESTS
	la	t5, arena		/* addi s0, s0, 1 in the arena and in the kernel's text is not executed */
	li	t6, 0x00140413
	sw	t6, 0(t5)
	fence.i
	refused	kernel_code
	refused	arena
	refused	DEVICE
	refused	0
	refused	NOWHERE
	refused	RAM_END
	refused	public_upper
	# Straight on over the end, a branch over the end, and a word that straddles an end.
	li	t6, 0x00140413
	set_csr_address CSR_PD_PUPPER, off_the_end + 4
	la	a0, off_the_end
	call	1
	check_fault_at CAUSE_FETCH_FAULT, off_the_end + 4, off_the_end + 4, KIND_BOUNDS, 1
	set_csr_address CSR_PD_PUPPER, off_the_end + 6
	la	a0, off_the_end
	call	1
	check_fault_at CAUSE_FETCH_FAULT, off_the_end + 4, off_the_end + 4, KIND_BOUNDS, 1
	set_csr_address CSR_PD_PUPPER, off_the_end + 8
	la	a0, off_the_end
	call	1
	check_no_fault
	set_csr_address CSR_PD_PLOWER, go + 2
	call	1
	check_fault_at CAUSE_FETCH_FAULT, go, go, KIND_BOUNDS, 1
	# Nothing public: not even the entry point.
	set_csr_address CSR_PD_PLOWER, public_lower
	set_csr_address CSR_PD_PUPPER, public_lower
	call	1
	check_fault_at CAUSE_FETCH_FAULT, go, go, KIND_BOUNDS, 1
	set_csr_address CSR_PD_PUPPER, public_upper
	# The entry point itself outside; mret into a module likewise.
	set_csr_address CSR_PD_ENTRY, kernel_code
	call	1
	check_fault_at CAUSE_FETCH_FAULT, kernel_code, kernel_code, KIND_BOUNDS, 1
	check	s0, 0
	set_csr	CSR_PD_STATUS, 1
	set_csr_address mepc, kernel_code
	li	s6, 0
	la	s7, 1f
	mret
1:	check_fault_at CAUSE_FETCH_FAULT, kernel_code, kernel_code, KIND_BOUNDS, 1
	check	s0, 0
	load_word s2, BENCH_REQUESTS
	check_same s1, s2
	pass

kernel_code:
	addi	s0, s0, 1
	addi	s0, s0, 1

	.section .public, "ax"
	.zero	16
go:	jr	a0
off_the_end:
	nop
	pd.leave sp

	.data
	.balign 64
arena:	.zero	64
arena_end:
