# Each gate fault: its kind, mtval, the id; nothing else changes. If several apply, the first of the list is reported.
#include "common.inc"
#include "modules.inc"

.macro kernel_fault kind, target
	li	a0, \target
	csrr	s0, CSR_PD_TOP
	expect_trap CAUSE_GATE_FAULT, \target, pd.enter a1, a0, a1
	check	s11, \kind
	csrr	s1, CSR_PD_TOP
	check_same s0, s1
.endm

begin
	modules_begin
	module	1, arena, arena_end, entry
	kernel_fault KIND_BAD_ID, MODULES
	kernel_fault KIND_BAD_ID, 256
	kernel_fault KIND_BAD_ID, 257		/* its low bits name a valid module */
	kernel_fault KIND_BAD_ID, 0x80000001
	kernel_fault KIND_BAD_ID, 0xffffffff
	kernel_fault KIND_NOT_VALID, 2
	kernel_fault KIND_NOT_VALID, 0

	# From a module: not valid goes before not callable.
	li	a0, 2
	call	1
	check_fault CAUSE_GATE_FAULT, entry, 2, KIND_NOT_VALID, 1
	li	a0, 1
	call	1
	check_fault CAUSE_GATE_FAULT, entry, 1, KIND_NOT_CALLABLE, 1
	li	a0, MODULES + 1
	call	1
	check_fault CAUSE_GATE_FAULT, entry, MODULES + 1, KIND_BAD_ID, 1

	# The slice: base .. limit.
	set_csr	CSR_PD_SLICE, (2 | 4 << 16)
	set_csr	CSR_PD_TOP, 2
	expect_trap CAUSE_GATE_FAULT, 0, pd.leave a1
	check	s11, KIND_UNDERFLOW
	set_csr	CSR_PD_TOP, 4
	kernel_fault KIND_OVERFLOW, 1
	kernel_fault KIND_NOT_VALID, 2		/* goes before overflow */
	set_csr	CSR_PD_TOP, 3
	li	a0, MODULES + 1
	call	1				/* takes frame 3, and its own call is refused before the overflow is */
	check_fault CAUSE_GATE_FAULT, entry, MODULES + 1, KIND_BAD_ID, 1
	csrr	a1, CSR_PD_TOP
	check	a1, 3

	# In the module: the fault is the module's.
	module	1, arena, arena_end, entry, (PD_FLAGS_VALID_MASK | PD_FLAGS_CALLABLE_MASK)
	li	a0, 1
	call	1
	check_fault CAUSE_GATE_FAULT, entry, 1, KIND_OVERFLOW, 1
	set_csr	CSR_PD_SLICE, (0 | FRAMES << 16)
	set_csr	CSR_PD_TOP, 0
	li	a0, 1				/* calls itself until the stack is full */
	li	s6, 0
	la	s7, 1f
	pd.enter a1, a0, sp
1:	check	s6, 1
	check	s11, (KIND_OVERFLOW | 1 << 8)
	check_csr CSR_PD_TOP, FRAMES
	check_csr CSR_PD_CALLER, 1
	set_csr	CSR_PD_TOP, 1
	check_csr CSR_PD_CALLER, 0
	pass

	.section .public, "ax"
entry:
	pd.enter a1, a0, a1
	pd.leave sp

	.data
	.balign 64
arena:	.zero	64
arena_end:
