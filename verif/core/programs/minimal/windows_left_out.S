# A configuration with nothing but the arena: the other windows' CSRs read 0, they let nothing through, and there is no
# fetch check.
#include "common.inc"
#include "modules.inc"

.macro reads_zero csr
	li	t5, -1
	csrw	\csr, t5
	check_csr \csr, 0
.endm

begin
	modules_begin
	module	1, arena, arena_end, use
	reads_zero CSR_PD_DLOWER
	reads_zero CSR_PD_DUPPER
	reads_zero CSR_PD_GLOWER
	reads_zero CSR_PD_GUPPER
	reads_zero CSR_PD_GPERM
	reads_zero CSR_PD_PLOWER
	reads_zero CSR_PD_PUPPER
	set_csr	CSR_PD_FLAGS, 0xf
	check_csr CSR_PD_FLAGS, (PD_FLAGS_VALID_MASK | PD_FLAGS_CALLABLE_MASK)
	check_csr CSR_PD_CONFIG, (MODULES | FRAMES << 9 | 1 << 18 | 1 << 28)
	set_csr	CSR_PD_STATUS, PD_STATUS_ARM_MASK
	la	a0, arena
	call	1
	check_no_fault
	check	a1, 0x11
	la	a0, buffer
	call	1
	check_fault_at CAUSE_LOAD_FAULT, use, buffer, KIND_BOUNDS, 1
	li	a0, DEVICE
	call	1
	check_fault CAUSE_LOAD_FAULT, use, DEVICE, KIND_BOUNDS, 1
	# The public section is not readable, but the kernel's text can be executed.
	la	a0, use
	call	1
	check_fault_at CAUSE_LOAD_FAULT, use, use, KIND_BOUNDS, 1
	set_csr_address CSR_PD_ENTRY, in_kernel
	call	1
	check_no_fault
	check	a1, 0x22
	pass

in_kernel:
	li	a1, 0x22
	pd.leave sp

	.section .public, "ax"
use:	lw	a1, 0(a0)
	li	a1, 0x11
	sw	a1, 0(a0)
	pd.leave sp

	.data
	.balign 64
arena:	.zero	64
arena_end:
buffer:	.zero	64
