# A trap stacks the interrupt enable, mret takes it back and goes to mepc.
#include "common.inc"

/* With user mode mret leaves it in MPP, and machine mode has to be asked for. */
#if PMP
#define MPP_BEHIND_MRET 0
#else
#define MPP_BEHIND_MRET MSTATUS_MPP_MASK
#endif

begin
	csrci	mstatus, MIE_BIT
	li	a0, 0x80
	csrs	mstatus, a0
	la	a0, 1f
	csrw	mepc, a0
	mret
	j	test_fail
1:	check_csr mstatus, (0x0088 | MPP_BEHIND_MRET)
	li	s6, 0
	la	s7, 2f
	ecall
2:	check	s6, 1
	check_csr mstatus, 0x1880
	la	a0, 3f
	csrw	mepc, a0
	mret
3:	check_csr mstatus, (0x0088 | MPP_BEHIND_MRET)
	csrci	mstatus, MIE_BIT
	la	s7, 4f
	ecall
4:	check_csr mstatus, 0x1800
	pass
