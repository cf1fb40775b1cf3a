# In a module: ecall has cause 8, ebreak 3, mret and wfi are illegal; misaligned accesses trap as such, in or out.
#include "common.inc"
#include "modules.inc"

.macro in_module cause, value, kind, insn:vararg
	set_csr	CSR_PD_SELECT, 1
	set_csr_address CSR_PD_ENTRY, 9960f
	.section .public, "ax"
9960:	\insn
	pd.leave sp
	.text
	call	1
	check_fault \cause, 9960b, \value, \kind, 1
.endm

begin
	modules_begin
	module	1, arena, arena_end, arena
	la	a1, arena
	li	a0, 0x66
	in_module CAUSE_ECALL_MODULE, 0, KIND_NONE, ecall
	in_module CAUSE_BREAKPOINT, 0, KIND_NONE, ebreak
	in_module CAUSE_ILLEGAL, 0, KIND_NONE, mret
	in_module CAUSE_ILLEGAL, 0, KIND_NONE, wfi
	in_module CAUSE_ILLEGAL, 0, KIND_NONE, .4byte 0
	li	a2, 0x1001
	in_module CAUSE_LOAD_MISALIGNED, 0x1001, KIND_NONE, lw a0, 0(a2)
	in_module CAUSE_STORE_MISALIGNED, 0x1001, KIND_NONE, sh a0, 0(a2)
	in_module CAUSE_LOAD_FAULT, 0x1001, KIND_BOUNDS, lbu a0, 0(a2)
	in_module CAUSE_LOAD_FAULT, 0, KIND_BOUNDS, lw a0, 0(zero)
	in_module CAUSE_STORE_FAULT, 0, KIND_BOUNDS, sw a0, 0(zero)
	check	a0, 0x66
	# What memory or device refuses inside the windows is not a fault of Paddock's.
	set_csr	CSR_PD_AUPPER, 0xffffffff
	li	a2, RAM_END
	in_module CAUSE_LOAD_FAULT, RAM_END, KIND_NONE, lw a0, 0(a2)
	in_module CAUSE_STORE_FAULT, RAM_END, KIND_NONE, sw a0, 0(a2)
	set_csr	CSR_PD_DLOWER, DEVICE
	set_csr	CSR_PD_DUPPER, DEVICE_END
	set_csr	CSR_PD_FLAGS, (PD_FLAGS_VALID_MASK | PD_FLAGS_DREAD_MASK | PD_FLAGS_DWRITE_MASK)
	li	a2, DEVICE_REFUSES
	in_module CAUSE_LOAD_FAULT, DEVICE_REFUSES, KIND_NONE, lw a0, 0(a2)
	in_module CAUSE_STORE_FAULT, DEVICE_REFUSES, KIND_NONE, sw a0, 0(a2)
	check	a0, 0x66
	pass

	.data
	.balign 64
arena:	.zero	64
arena_end:
