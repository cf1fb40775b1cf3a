# A trap puts arm aside and mret brings it back: a handler lends nothing by accident.
#include "common.inc"
#include "modules.inc"
begin
	modules_begin
	module	1, arena, arena_end, use
	la	t5, handler
	csrw	mtvec, t5
	set_csr_address CSR_PD_GLOWER, buffer
	set_csr_address CSR_PD_GUPPER, buffer_end
	set_csr	CSR_PD_GPERM, (PD_GPERM_READ_MASK | PD_GPERM_WRITE_MASK)
	li	s2, 1			/* the handler makes a call */
	ecall
	li	s2, 0
	check	s0, PD_STATUS_PARM_MASK
	check	s1, (KIND_BOUNDS | 1 << 8)	/* the handler's own call has got no grant */
	check_bits CSR_PD_STATUS, PD_STATUS_ARM_MASK, PD_STATUS_ARM_MASK
	la	a0, buffer
	li	t5, 1
	pd.enter sp, t5, sp
	check	a1, 0x11
	# The grant of a module that is interrupted is there again when it goes on.
	module	1, arena, arena_end, use_late
	set_csr_address CSR_PD_GLOWER, buffer
	set_csr_address CSR_PD_GUPPER, buffer_end
	set_csr	CSR_PD_GPERM, PD_GPERM_READ_MASK
	la	a0, buffer
	li	a1, 0
	li	t5, 1
	pd.enter sp, t5, sp
	check	a1, 0x11
	pass

	.balign 4
handler:
	csrr	t0, mcause
	li	t1, CAUSE_LOAD_FAULT
	beq	t0, t1, 1f
	csrr	s0, CSR_PD_STATUS
	csrr	t2, mepc
	addi	t2, t2, 4
	csrr	t3, CSR_PD_STATUS
	la	a0, buffer
	li	t5, 1
	beqz	s2, 2f
	pd.enter sp, t5, sp
2:	csrw	CSR_PD_STATUS, t3
	csrw	mepc, t2
	mret
1:	csrr	s1, CSR_PD_FAULT
	pd.leave sp

	.section .public, "ax"
use:	lw	a1, 0(a0)
	li	a1, 0x11
	sw	a1, 0(a0)
	pd.leave sp
use_late:
	ecall
	lw	a1, 0(a0)
	pd.leave sp

	.data
	.balign 64
arena:	.zero	64
arena_end:
buffer:	.zero	16
buffer_end:
