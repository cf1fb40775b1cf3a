# A locked entry binds machine mode, and keeps what it holds.
#include "common.inc"
#include "user.inc"

/* The instruction, run in machine mode, is refused at the address in the register. */
.macro refused cause, reg, insn:vararg
	li	s6, 0
	la	s7, 9941f
9940:	\insn
9941:
	check	s6, 1
	check	s8, \cause
	check_address s9, 9940b
	check_same s10, \reg
.endm

begin
	program_executable
	la	a1, area
	addi	a2, a1, 64
	li	a0, 0x77
	# Machine mode is bound by nothing that is not locked.
	pmp_napot 2, area, 64, 0
	lw	a3, 0(a1)
	sw	a3, 0(a1)
	pmp_config 2, (NAPOT | LOCK)
	refused	CAUSE_LOAD_FAULT, a1, lw a0, 0(a1)
	refused	CAUSE_STORE_FAULT, a1, sw a0, 0(a1)
	check	a0, 0x77
	lw	a3, 64(a1)
	keeps	CSR_PMPADDR2
	# Only its own byte is frozen.
	csrr	a3, CSR_PMPCFG0
	set_csr	CSR_PMPCFG0, 0x08070705
	csrr	a4, CSR_PMPCFG0
	check	a4, (0x08000705 | (NAPOT | LOCK) << 16)
	csrw	CSR_PMPCFG0, a3
	csrr	a4, CSR_PMPCFG0
	check_same a4, a3
	# Readable, locked: machine mode may read, and not write. Entry 1 is below the locked one and wins.
	pmp_napot 1, area, 8, (R | LOCK)
	lw	a3, 0(a1)
	check	a3, 0x11223344
	refused	CAUSE_STORE_FAULT, a1, sw a0, 0(a1)
	addi	a4, a1, 8
	refused	CAUSE_LOAD_FAULT, a4, lw a0, 8(a1)
	lw	a3, 0(a1)
	check	a3, 0x11223344
	keeps	CSR_PMPADDR1
	# User mode, too.
	user_word 0, 1, 0
	# Locked and not executable: no fetch in machine mode, from the next instruction on.
	pmp_address 0, not_executable
	pmp_config 0, (NA4 | R | W)
	jal	ra, not_executable
	li	s6, 0
	la	s7, 1f
	li	t5, LOCK
	csrs	CSR_PMPCFG0, t5
	jal	ra, not_executable
	j	test_fail
1:	check	s6, 1
	check	s8, CAUSE_FETCH_FAULT
	check_address s9, not_executable
	check_address s10, not_executable
	keeps	CSR_PMPADDR0
	pass

	.balign 4
not_executable:
	ret

	.data
	.balign 64
area:	.word	0x11223344
	.zero	60
	.zero	64
