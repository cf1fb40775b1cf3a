# Entry 0, made callable, is the kernel's gate: a module calls a service without a trap, which runs unchecked.
#include "common.inc"
#include "modules.inc"
begin
	modules_begin
	module	0, kernel_stack, kernel_stack_top, service, (PD_FLAGS_VALID_MASK | PD_FLAGS_CALLABLE_MASK)
	module	1, arena, arena_end, entry
	call	1
	check_no_fault
	check	s0, 0
	check	s1, 1
	check	s2, 0x1800
	check	s3, 1
	load_label a0, secret
	check	a0, 0x77
	# The kernel may enter itself too, callable or not.
	module	0, kernel_stack, kernel_stack_top, service
	call	0
	check_no_fault
	check	s1, 0
	# Not callable: only the kernel may.
	call	1
	check_fault CAUSE_GATE_FAULT, ask, 0, KIND_NOT_CALLABLE, 1
	pass

service:
	csrr	s0, CSR_PD_ID
	csrr	s1, CSR_PD_CALLER
	csrr	s2, mstatus
	la	a1, secret
	li	a2, 0x77
	sw	a2, 0(a1)
	pd.leave sp

	.section .public, "ax"
entry:
ask:	pd.enter sp, zero, sp
	csrr	s3, CSR_PD_ID
	pd.leave sp

	.data
	.balign 64
arena:	.zero	64
arena_end:
secret:	.word	0
