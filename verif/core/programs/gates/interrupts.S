# A module is interrupted as the kernel says; the handler runs as the kernel, mret goes back under the module's bounds.
#include "common.inc"
#include "modules.inc"
begin
	modules_begin
	module	1, arena, arena_end, spin
	la	t5, handler
	csrw	mtvec, t5
	li	a0, EXTERNAL_BIT
	csrw	mie, a0
	csrsi	mstatus, MIE_BIT
	# An endless loop ends: the kernel has the processor back.
	store_word BENCH_COUNTDOWN, 40
	li	s7, 0
	la	s5, 1f
	li	a0, 1
	pd.enter sp, a0, sp
	j	test_fail
1:	check	s0, 0x80000000 | IRQ_EXTERNAL
	check	s1, 1			/* pid */
	check	s2, 0			/* id in the handler */
	check_address s3, spin

	# With mret: the module goes on, still inside its bounds.
	csrw	CSR_PD_TOP, zero
	set_csr	CSR_PD_SELECT, 1
	set_csr_address CSR_PD_ENTRY, wait_then_poke
	li	s4, 0
	la	s5, 0
	csrsi	mstatus, MIE_BIT
	store_word BENCH_COUNTDOWN, 40
	li	a0, 1
	pd.enter sp, a0, sp
	check	s4, 1
	check	s0, CAUSE_STORE_FAULT
	check_address s3, poke
	check	s1, 1
	pass

	.balign 4
handler:
	csrr	s0, mcause
	csrr	s1, CSR_PD_STATUS
	csrr	s2, CSR_PD_ID
	csrr	s3, mepc
	li	s4, 1
	li	t5, BENCH_EXTERNAL
	sw	zero, 0(t5)
	lw	zero, 0(t5)
	bgez	s0, 2f
	beqz	s5, 1f
	jr	s5
1:	mret
2:	pd.leave sp

	.section .public, "ax"
spin:	j	spin
wait_then_poke:
	beqz	s4, wait_then_poke
	la	a1, kernel_stack
poke:	sw	zero, 0(a1)
	pd.leave sp

	.data
	.balign 64
arena:	.zero	64
arena_end:
