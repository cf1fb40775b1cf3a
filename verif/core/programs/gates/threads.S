# Two threads, each with a slice of its own: a switch rewrites pd_slice and pd_top, and each returns its own way. A
# module is entered again while it is active, with another stack pointer in its table entry.
#include "common.inc"
#include "modules.inc"
begin
	modules_begin
	module	0, kernel_stack, kernel_stack_top, service, (PD_FLAGS_VALID_MASK | PD_FLAGS_CALLABLE_MASK)
	module	1, arena, arena_end, entry
	# Thread A: frames 0 and 1. The module calls the kernel, which switches to thread B.
	set_csr	CSR_PD_SLICE, (0 | 2 << 16)
	li	s0, 0			/* which thread runs */
	li	a0, 1
	li	a1, 0xa
	pd.enter sp, a0, a1
	check	sp, 0xa
	check	s1, 0xa			/* what thread A had on its stack in the module */
	check	s0, 3
	check_csr CSR_PD_TOP, 0
	pass

service:
	addi	s0, s0, 1
	li	t0, 1
	bne	s0, t0, 1f
	# In the kernel on behalf of thread A. Thread B enters the same module, its frames are 2 and 3.
	csrr	s3, CSR_PD_TOP
	csrr	s4, CSR_PD_SLICE
	mv	s5, sp
	csrr	t0, CSR_PD_SP
	addi	t0, t0, -32		/* below the activation that is on the module's stack */
	csrw	CSR_PD_SP, t0
	set_csr	CSR_PD_SLICE, (2 | 4 << 16)
	set_csr	CSR_PD_TOP, 2
	check_csr CSR_PD_CALLER, 0	/* an empty slice */
	li	a0, 1
	li	a1, 0xb
	pd.enter sp, a0, a1
	check	sp, 0xb
	check	s1, 0xb
	check_csr CSR_PD_TOP, 2
	expect_trap CAUSE_GATE_FAULT, 0, pd.leave sp
	# Back to thread A.
	csrw	CSR_PD_SLICE, s4
	csrw	CSR_PD_TOP, s3
	addi	s0, s0, 1
	mv	sp, s5
	check_csr CSR_PD_CALLER, 1
	pd.leave sp
1:	pd.leave sp

	.section .public, "ax"
entry:	addi	sp, sp, -16
	sw	a1, 0(sp)
	pd.enter sp, zero, sp
	lw	s1, 0(sp)
	pd.leave sp

	.data
	.balign 64
arena:	.zero	64
arena_end:
