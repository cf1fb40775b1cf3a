# The machine-mode CSRs hold what the table of CSRs says, and fields that are fixed stay as they are.
#include "common.inc"

.macro read_only csr, value
	csrr	a0, \csr
	check	a0, \value
.endm

/* Writing all ones and all zeros leaves what is legal. */
.macro legal csr, ones, zeros
	csrr	a3, \csr
	li	a1, -1
	csrw	\csr, a1
	csrr	a0, \csr
	check	a0, \ones
	csrw	\csr, zero
	csrr	a0, \csr
	check	a0, \zeros
	csrw	\csr, a3
.endm

#define PRESENT (1 << 30 | 1 << 12 | 1 << 8 | PADDOCK << 23 | !!PMP << 20)

begin
	read_only CSR_MVENDORID, 0
	read_only CSR_MARCHID, 0
	read_only CSR_MIMPID, 0
	read_only CSR_MHARTID, 0
	read_only CSR_MCONFIGPTR, 0
	legal	CSR_MISA, PRESENT, PRESENT
	legal	CSR_MSTATUSH, 0, 0
	legal	CSR_MCOUNTINHIBIT, 0, 0
	legal	CSR_MHPMEVENT3, 0, 0
	legal	(CSR_MHPMEVENT3 + 28), 0, 0
	legal	CSR_MHPMCOUNTER3, 0, 0
	legal	(CSR_MHPMCOUNTER3 + 28), 0, 0
	legal	CSR_MHPMCOUNTER3H, 0, 0
	legal	(CSR_MHPMCOUNTER3H + 28), 0, 0
	legal	CSR_MIE, (SOFTWARE_BIT | TIMER_BIT | EXTERNAL_BIT), 0
	legal	CSR_MIP, 0, 0
	legal	CSR_MSCRATCH, -1, 0
	legal	CSR_MEPC, -4, 0
	legal	CSR_MCAUSE, 0x8000001f, 0
	legal	CSR_MTVAL, -1, 0
	# mie and mpie can be set; without user mode mpp is 3 for ever, with it there are mprv and tw, too.
#if PMP
	legal	CSR_MSTATUS, 0x221888, 0
#else
	legal	CSR_MSTATUS, 0x1888, 0x1800
#endif
	# A direct vector keeps bits 31:2.
	csrr	a3, mtvec
	li	a1, 0xfffffffc
	csrw	mtvec, a1
	read_only mtvec, 0xfffffffc
	csrw	mtvec, a3
	pass
