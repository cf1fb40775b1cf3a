# A trap saves the mode in MPP and goes to machine mode, mret goes back and leaves user mode; MIE masks nothing in user mode.
#include "common.inc"
#include "user.inc"
#define MPP MSTATUS_MPP_MASK
#define MPIE MSTATUS_MPIE_MASK

/* A write of this leaves that. */
.macro written value, kept
	set_csr	mstatus, (\value << MSTATUS_MPP_LSB)
	check_csr mstatus, (\kept << MSTATUS_MPP_LSB)
.endm

begin
	check_bits misa, MISA_U_MASK, MISA_U_MASK
	# WARL: a mode that does not exist becomes user mode.
	written	3, 3
	written	0, 0
	written	1, 0
	written	3, 3
	written	2, 0
	# From machine mode.
	li	s6, 0
	la	s7, 1f
	ecall
1:	check	s8, CAUSE_ECALL_KERNEL
	check_csr mstatus, MPP
	# mret to machine mode leaves user mode in MPP.
	la	t5, 2f
	csrw	mepc, t5
	mret
2:	check_csr mstatus, MPIE
	# From user mode; the interrupt enable is saved and restored.
	program_executable
	csrsi	mstatus, MIE_BIT
	csrw	mie, zero
	user_runs nop
	check_csr mstatus, MPIE
	# An interrupt that is enabled at its source is taken in user mode although MIE is 0.
	csrw	mstatus, zero
	set_csr	mie, SOFTWARE_BIT
	store_word CLINT_MSIP, 1
	nop
	nop
	check	s6, 1
	li	s6, 0
	la	s7, 4f
	li	a0, 0
	go_to_user 3f
3:	li	a0, 1
	ecall
4:	check	s6, 1
	check	s8, (1 << 31 | 3)
	check_address s9, 3b
	check	a0, 0
	check_csr mstatus, 0
	store_word CLINT_MSIP, 0
	csrw	mie, zero
	# An exception in machine mode does not forget that it is machine mode.
	li	s6, 0
	la	s7, 5f
	ebreak
5:	check_csr mstatus, MPP
	pass
