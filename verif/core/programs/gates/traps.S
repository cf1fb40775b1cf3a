# A trap saves the id and makes it the kernel's; mret gives it back; pd_fault tells the last exception, not interrupts.
#include "common.inc"
#include "modules.inc"
begin
	modules_begin
	module	3, arena, arena_end, entry
	la	t5, handler
	csrw	mtvec, t5
	li	s7, 0
	li	a0, 3
	pd.enter sp, a0, sp
	check	s0, 3			/* pd_status in the handler of ecall */
	check	s1, 0			/* pd_id there */
	check	s2, (3 << 8)		/* pd_fault: id, no kind */
	check	s3, CAUSE_ECALL_MODULE
	check	s4, 3			/* pd_id in the module after mret */
	check	s5, (KIND_BOUNDS | 3 << 8)
	check_csr CSR_PD_STATUS, 0
	csrr	a0, CSR_PD_ID
	check	a0, 0

	# An interrupt leaves pd_fault alone; a trap of the kernel itself has id 0.
	la	t5, trap_handler
	csrw	mtvec, t5
	li	a0, SOFTWARE_BIT
	csrw	mie, a0
	csrsi	mstatus, MIE_BIT
	la	s7, 1f
	store_word CLINT_MSIP, 1
	j	.
1:	check	s8, 0x80000000 | IRQ_SOFTWARE
	check	s11, (KIND_BOUNDS | 3 << 8)
	expect_trap CAUSE_BREAKPOINT, 0, ebreak
	check	s11, 0
	pass

	.balign 4
handler:
	csrr	s3, mcause
	csrr	s8, CSR_PD_STATUS
	csrr	s9, CSR_PD_ID
	csrr	s10, CSR_PD_FAULT
	li	t5, CAUSE_ECALL_MODULE
	bne	s3, t5, 1f
	mv	s0, s8
	mv	s1, s9
	mv	s2, s10
	csrr	t5, mepc
	addi	t5, t5, 4
	csrw	mepc, t5
	mret
1:	mv	s5, s10
	li	s3, CAUSE_ECALL_MODULE
	csrw	CSR_PD_STATUS, zero
	pd.leave sp

	.section .public, "ax"
entry:	ecall
	csrr	s4, CSR_PD_ID
	lw	a0, 0(zero)
	pd.leave sp

	.data
	.balign 64
arena:	.zero	64
arena_end:
