# Every field of every table entry holds what was written to it, no other; what is not legal reads 0.
#include "common.inc"
#include "modules.inc"

/* Value that a field of entry s0 shall hold. */
.macro pattern reg, field
	slli	\reg, s0, 8
	addi	\reg, \reg, \field
	slli	\reg, \reg, 2
.endm

begin
	li	s0, MODULES - 1
1:	csrw	CSR_PD_SELECT, s0
	.irp	csr, 0x7e2, 0x7e3, 0x7e4, 0x7e5, 0x7e6, 0x7e7
	pattern	a0, \csr & 15
	csrw	\csr, a0
	.endr
	andi	a0, s0, 15
	csrw	CSR_PD_FLAGS, a0
	addi	s0, s0, -1
	bgez	s0, 1b
	li	s0, MODULES - 1
1:	csrw	CSR_PD_SELECT, s0
	.irp	csr, 0x7e2, 0x7e3, 0x7e4, 0x7e5, 0x7e6, 0x7e7
	pattern	a0, \csr & 15
	csrr	a1, \csr
	check_same a1, a0
	.endr
	andi	a0, s0, 15
	csrr	a1, CSR_PD_FLAGS
	check_same a1, a0
	addi	s0, s0, -1
	bgez	s0, 1b
	# Only what exists is kept.
	li	a0, -1
	csrw	CSR_PD_SELECT, a0
	check_csr CSR_PD_SELECT, MODULES - 1
	csrw	CSR_PD_FLAGS, a0
	check_csr CSR_PD_FLAGS, 0xf
	csrw	CSR_PD_ENTRY, a0
	check_csr CSR_PD_ENTRY, 0xfffffffc
	csrw	CSR_PD_ALOWER, a0
	check_csr CSR_PD_ALOWER, 0xffffffff
	csrc	CSR_PD_ALOWER, a0
	check_csr CSR_PD_ALOWER, 0
	csrsi	CSR_PD_DUPPER, 0
	pass
