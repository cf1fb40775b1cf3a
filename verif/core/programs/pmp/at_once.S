# What is written to the registers of PMP holds for the next instruction, its fetch included.
#include "common.inc"
#include "user.inc"
begin
	la	a1, area
	la	t5, area
	srli	t5, t5, 2
	csrw	CSR_PMPADDR0, t5
	li	a2, (NA4 | LOCK)
	li	s6, 0
	la	s7, 1f
	# An access right behind the lock of what it touches.
	csrw	CSR_PMPCFG0, a2
0:	lw	a0, 0(a1)
	j	test_fail
1:	check	s6, 1
	check	s8, CAUSE_LOAD_FAULT
	check_address s9, 0b
	# With MPRV, an address that is moved to and fro.
	pmp_config 1, (NA4 | R | W)
	la	a1, moved
	srli	a2, a1, 2
	li	t5, MSTATUS_MPP_MASK
	csrc	mstatus, t5
	csrw	CSR_PMPADDR1, a2
	li	t5, MSTATUS_MPRV_MASK
	la	s7, 3f
	csrs	mstatus, t5
	lw	a0, 0(a1)
	csrw	CSR_PMPADDR1, zero
2:	lw	a3, 0(a1)
	j	test_fail
3:	csrc	mstatus, t5
	check	a0, 0x11223344
	check	s8, CAUSE_LOAD_FAULT
	check_address s9, 2b
	# A fetch right behind the lock that forbids it.
	pmp_address 2, 4f
	li	a2, (NA4 | LOCK) << 16
	li	s6, 0
	la	s7, 5f
	csrs	CSR_PMPCFG0, a2
4:	j	test_fail
5:	check	s6, 1
	check	s8, CAUSE_FETCH_FAULT
	check_address s9, 4b
	check_address s10, 4b
	pass

	.data
	.balign 64
area:	.word	0
moved:	.word	0x11223344
