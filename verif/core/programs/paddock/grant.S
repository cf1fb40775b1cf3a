# A grant is usable in the call that it was lent to and nowhere else: not before it is armed, not in the callee's
# callees, not after the return, not a second time.
#include "common.inc"
#include "modules.inc"

.macro lend permissions
	set_csr_address CSR_PD_GLOWER, buffer
	set_csr_address CSR_PD_GUPPER, buffer_end
	set_csr	CSR_PD_GPERM, \permissions
.endm

begin
	modules_begin
	module	1, arena1, arena1_end, use
	module	2, arena2, arena2_end, use, (PD_FLAGS_VALID_MASK | PD_FLAGS_CALLABLE_MASK)
	la	a0, buffer
	lend	(PD_GPERM_READ_MASK | PD_GPERM_WRITE_MASK)
	check_bits CSR_PD_STATUS, PD_STATUS_ARM_MASK, PD_STATUS_ARM_MASK
	call	1
	check_no_fault
	check	a1, 0x11
	check_bits CSR_PD_STATUS, PD_STATUS_ARM_MASK, 0
	check_csr CSR_PD_GPERM, 0
	# Not a second time.
	call	1
	check_fault_at CAUSE_LOAD_FAULT, use, buffer, KIND_BOUNDS, 1
	# Read only, write only.
	lend	PD_GPERM_READ_MASK
	call	1
	check_fault_at CAUSE_STORE_FAULT, use_store, buffer, KIND_BOUNDS, 1
	lend	PD_GPERM_WRITE_MASK
	call	1
	check_fault_at CAUSE_LOAD_FAULT, use, buffer, KIND_BOUNDS, 1
	check_csr CSR_PD_GPERM, 0
	# Written without permissions it disarms.
	lend	(PD_GPERM_READ_MASK | PD_GPERM_WRITE_MASK)
	set_csr	CSR_PD_GPERM, 0
	check_bits CSR_PD_STATUS, PD_STATUS_ARM_MASK, 0
	call	1
	check_fault_at CAUSE_LOAD_FAULT, use, buffer, KIND_BOUNDS, 1
	# Permissions without arm: nothing is lent.
	lend	(PD_GPERM_READ_MASK | PD_GPERM_WRITE_MASK)
	set_csr	CSR_PD_STATUS, 0
	call	1
	check_fault_at CAUSE_LOAD_FAULT, use, buffer, KIND_BOUNDS, 1
	# ... but what the kernel had comes back with the return.
	check_csr CSR_PD_GPERM, (PD_GPERM_READ_MASK | PD_GPERM_WRITE_MASK)

	# The callee of the borrower has nothing; after its return the borrower has it again.
	module	1, arena1, arena1_end, pass_on
	lend	(PD_GPERM_READ_MASK | PD_GPERM_WRITE_MASK)
	call	1
	check	s6, 1
	check	s8, CAUSE_LOAD_FAULT
	check_address s9, use
	check	s11, (KIND_BOUNDS | 2 << 8)
	check	a1, 0x33
	pass

	.section .public, "ax"
use:	lw	a1, 0(a0)
	li	a1, 0x11
use_store:
	sw	a1, 0(a0)
	lw	a1, 0(a0)
	pd.leave sp
pass_on:
	li	a1, 0x33
	sw	a1, 0(a0)
	li	a2, 2
	pd.enter sp, a2, sp
	lw	a1, 0(a0)
	pd.leave sp

	.data
	.balign 64
arena1:	.zero	64
arena1_end:
arena2:	.zero	64
arena2_end:
buffer:	.zero	16
buffer_end:
