# What the registers of user mode and PMP keep; entries that do not exist read 0, other numbers are illegal.
#include "common.inc"
#include "user.inc"

.macro legal csr, ones
	li	a1, -1
	csrw	\csr, a1
	check_csr \csr, \ones
	csrw	\csr, zero
	check_csr \csr, 0
.endm

.macro config csr, value, kept
	set_csr	\csr, \value
	check_csr \csr, \kept
.endm

begin
	legal	CSR_MCOUNTEREN, 7
	legal	CSR_MENVCFG, 0
	legal	CSR_MENVCFGH, 0
	.irp	entry, 0, 1, 2, 3
	legal	(CSR_PMPADDR0 + \entry), 0x3fffffff
	.endr
	.irp	entry, 4, 5, 6, 7
	legal	(CSR_PMPADDR0 + \entry), (0x3fffffff & (PMP > 4))
	.endr
	.irp	entry, 8, 9, 10, 11, 12, 13, 14, 15
	legal	(CSR_PMPADDR0 + \entry), (0x3fffffff & (PMP > 8))
	.endr
	config	CSR_PMPCFG0, 0x7f7f7f7f, 0x1f1f1f1f
	config	CSR_PMPCFG1, 0x7f7f7f7f, (0x1f1f1f1f & (PMP > 4))
	config	CSR_PMPCFG2, 0x7f7f7f7f, (0x1f1f1f1f & (PMP > 8))
	config	CSR_PMPCFG3, 0x7f7f7f7f, (0x1f1f1f1f & (PMP > 8))
	# Writable and not readable is reserved: it becomes neither.
	config	CSR_PMPCFG0, 0x02060103, 0x00040103
	config	CSR_PMPCFG0, 0x1a1e090b, 0x181c090b
	csrw	CSR_PMPCFG0, zero
	csrsi	CSR_PMPCFG0, W
	check_csr CSR_PMPCFG0, 0
	csrsi	CSR_PMPCFG0, R
	csrsi	CSR_PMPCFG0, W
	check_csr CSR_PMPCFG0, (R | W)
	csrci	CSR_PMPCFG0, R
	check_csr CSR_PMPCFG0, 0
	# There are no more than 16 entries, and no security configuration.
	li	a0, 0x99
	.irp	number, 0x3a4, 0x3af, 0x3c0, 0x3ef, 0x747, 0x757, 0x302, 0x303, 0x106
	expect_trap CAUSE_ILLEGAL, 0, csrr a0, \number
	.endr
	check	a0, 0x99
	pass
