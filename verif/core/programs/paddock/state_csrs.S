# The extension's other CSRs: reset values, what is kept of a write, what is read-only.
#include "common.inc"

.macro legal csr, ones
	li	a0, -1
	csrw	\csr, a0
	csrr	a1, \csr
	csrw	\csr, zero
	csrr	a2, \csr
	check	a1, \ones
	check	a2, 0
.endm

begin
	check_csr CSR_PD_STATUS, 0
	check_csr CSR_PD_SELECT, 0
	check_csr CSR_PD_GPERM, 0
	check_csr CSR_PD_PLOWER, 0
	check_csr CSR_PD_PUPPER, 0
	check_csr CSR_PD_SLICE, (FRAMES << 16)
	check_csr CSR_PD_TOP, 0
	check_csr CSR_PD_FAULT, 0
	check_csr CSR_PD_ID, 0
	check_csr CSR_PD_CALLER, 0
	check_csr CSR_PD_CONFIG, (MODULES | FRAMES << 9 | 1 << 18 | DEVICE_WINDOW << 19 | GRANT_WINDOW << 20 | PUBLIC_WINDOW << 21 | 1 << 28)
	li	a0, -1
	csrw	CSR_PD_STATUS, a0
	csrr	a1, CSR_PD_STATUS
	csrw	CSR_PD_STATUS, zero
	check	a1, ((MODULES - 1) | PD_STATUS_ARM_MASK | PD_STATUS_PARM_MASK)
	legal	CSR_PD_GLOWER, -1
	legal	CSR_PD_GUPPER, -1
	legal	CSR_PD_GPERM, 3
	legal	CSR_PD_PLOWER, -1
	legal	CSR_PD_PUPPER, -1
	# Indices run from 0 to FRAMES; larger ones do not stick.
	li	a0, FRAMES | FRAMES << 16
	csrw	CSR_PD_SLICE, a0
	csrr	a1, CSR_PD_SLICE
	check_same a1, a0
	csrw	CSR_PD_SLICE, zero
	check_csr CSR_PD_SLICE, 0
	set_csr	CSR_PD_TOP, FRAMES
	check_csr CSR_PD_TOP, FRAMES
	li	a0, FRAMES + 1
	li	a3, -1
	csrw	CSR_PD_TOP, a0
	csrr	a1, CSR_PD_TOP
	li	a2, FRAMES
	bgeu	a2, a1, 1f
	j	test_fail
1:	csrw	CSR_PD_TOP, a3
	csrr	a1, CSR_PD_TOP
	bgeu	a2, a1, 1f
	j	test_fail
1:	csrw	CSR_PD_TOP, zero
	expect_trap CAUSE_ILLEGAL, 0, csrw CSR_PD_CONFIG, zero
	expect_trap CAUSE_ILLEGAL, 0, csrw CSR_PD_FAULT, zero
	expect_trap CAUSE_ILLEGAL, 0, csrw CSR_PD_ID, zero
	expect_trap CAUSE_ILLEGAL, 0, csrsi CSR_PD_CALLER, 1
	pass
