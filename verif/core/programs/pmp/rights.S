# User mode: ecall is cause 8; machine-level CSRs, mret, closed counters and, with TW, wfi are illegal instructions.
#include "common.inc"
#include "user.inc"

.macro counter name, bit
	csrw	CSR_MCOUNTEREN, zero
	li	a0, 0x5a
	user_traps CAUSE_ILLEGAL, 0, csrr a0, \name
	check	a0, 0x5a
	set_csr	CSR_MCOUNTEREN, ~\bit
	user_traps CAUSE_ILLEGAL, 0, csrr a0, \name
	set_csr	CSR_MCOUNTEREN, \bit
	user_runs csrr a0, \name
	user_traps CAUSE_ILLEGAL, 0, csrw \name, a0
	csrw	CSR_MCOUNTEREN, zero
	csrr	a0, \name
.endm

begin
	program_executable
	user_traps CAUSE_ECALL_MODULE, 0, ecall
	user_traps CAUSE_BREAKPOINT, 0, ebreak
	user_traps CAUSE_ILLEGAL, 0, .4byte 0
	user_traps CAUSE_ILLEGAL, 0, mret
	li	a0, 0x5a
	.irp	csr, CSR_MSTATUS, CSR_MISA, CSR_MIE, CSR_MTVEC, CSR_MCOUNTEREN, CSR_MSCRATCH, CSR_MEPC, CSR_MCYCLE, CSR_PMPCFG0, CSR_PMPADDR0, CSR_MHARTID
	user_traps CAUSE_ILLEGAL, 0, csrr a0, \csr
	user_traps CAUSE_ILLEGAL, 0, csrw \csr, a0
	user_traps CAUSE_ILLEGAL, 0, csrsi \csr, 0
	.endr
	check	a0, 0x5a
	counter	cycle, MCOUNTEREN_CY_MASK
	counter	cycleh, MCOUNTEREN_CY_MASK
	counter	time, MCOUNTEREN_TM_MASK
	counter	timeh, MCOUNTEREN_TM_MASK
	counter	instret, MCOUNTEREN_IR_MASK
	counter	instreth, MCOUNTEREN_IR_MASK
	user_runs fence
	user_runs fence.i
	# TW.
	expect_trap CAUSE_ECALL_KERNEL, 0, ecall
	li	t5, MSTATUS_TW_MASK
	csrs	mstatus, t5
	user_traps CAUSE_ILLEGAL, 0, wfi
	# Machine mode may wait whatever TW is.
	store_word CLINT_MSIP, 1
	set_csr	mie, SOFTWARE_BIT
	csrci	mstatus, MIE_BIT
	wfi
	# Without TW user mode waits: the interrupt that ends it is taken behind it.
	set_csr	mie, EXTERNAL_BIT
	store_word CLINT_MSIP, 0
	li	t5, MSTATUS_TW_MASK
	csrc	mstatus, t5
	li	s6, 0
	la	s7, 2f
	store_word BENCH_COUNTDOWN, 60
	go_to_user 1f
1:	wfi
	ecall
2:	check	s6, 1
	check	s8, (1 << 31 | 11)
	check_address s9, 1b + 4
	pass
