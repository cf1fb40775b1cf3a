# A locked TOR entry also keeps the address below it, which is its lower end; no other match does.
#include "common.inc"
#include "user.inc"
begin
	la	a1, area
	pmp_address 0, area
	pmp_address 1, area_end
	# Not locked: both can be written.
	pmp_config 1, (TOR | R)
	pmp_address 0, area_end
	pmp_address 0, area
	# Locked, and no TOR range: the address below can be written.
	csrw	CSR_PMPADDR3, zero
	pmp_config 3, (NAPOT | R | LOCK)
	set_csr	CSR_PMPADDR2, 0x5678
	check_csr CSR_PMPADDR2, 0x5678
	keeps	CSR_PMPADDR3
	# Locked TOR.
	pmp_config 1, (TOR | R | LOCK)
	keeps	CSR_PMPADDR0
	keeps	CSR_PMPADDR1
	# It still begins where it did, for machine mode, too.
	lw	a0, 0(a1)
	sw	a0, -4(a1)
	li	s6, 0
	la	s7, 1f
0:	sw	a0, 0(a1)
	j	test_fail
1:	check	s6, 1
	check	s8, CAUSE_STORE_FAULT
	check_address s9, 0b
	check_same s10, a1
	sw	a0, 64(a1)
	pass

	.data
	.balign 64
	.zero	64
area:	.zero	64
area_end:
	.zero	64
