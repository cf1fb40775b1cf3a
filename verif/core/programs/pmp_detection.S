# One access with the rights of user mode, allowed or refused by PMP, in a situation that the test chooses; see
# test_pmp_single_cycle.py.
#
# Preprocessor constants from the test: SITUATION; ACCESS, the instruction at label `access`; INSIDE, 1 if the entries
# allow it; TARGET_DEVICE, 1 if it goes to the device. The handler leaves mcause, mepc, mtval and a0 in `record`.
#include "common.inc"
#include "user.inc"

#define NOTHING         0
#define AFTER_MRET      1
#define AFTER_PMP_WRITE 2
#define BEHIND_DEVICE   3
#define ADDRESS_LOAD    4

begin
	program_executable
	la	t5, handler
	csrw	mtvec, t5
	la	a3, data
	li	a4, DEVICE
#if TARGET_DEVICE
	li	a1, DEVICE + 0x40
#else
	la	a1, target
#endif
	sw	a1, 0(a3)
	li	a0, 0xa5a55a5a
	li	a2, 0xc0def00d
	/* Memory and device, as far as the target or with it. */
	la	t5, data
	srli	t5, t5, 2
	ori	t5, t5, (64 << INSIDE) / 8 - 1
	csrw	CSR_PMPADDR0, t5
	set_csr	CSR_PMPADDR1, (DEVICE >> 2 | (64 << INSIDE) / 8 - 1)
	pmp_config 0, (NAPOT | R | W)
	pmp_config 1, (NAPOT | R | W)
#if SITUATION == AFTER_PMP_WRITE
	/* In machine mode, by MPRV, right behind the write that decides. */
#if TARGET_DEVICE
#define DECIDES CSR_PMPADDR1
#else
#define DECIDES CSR_PMPADDR0
#endif
	csrr	t6, DECIDES
	csrw	DECIDES, zero
	li	t5, MSTATUS_MPP_MASK
	csrc	mstatus, t5
	li	t5, MSTATUS_MPRV_MASK
	csrs	mstatus, t5
	csrw	DECIDES, t6
#else
	go_to_user entry
#endif
entry:
#if SITUATION == NOTHING
	nop
	nop
	nop
#elif SITUATION == BEHIND_DEVICE
	lw	t0, 0(a4)
#elif SITUATION == ADDRESS_LOAD
	lw	a1, 0(a3)
#endif
access:
	ACCESS
	ebreak

	.balign 4
handler:
	csrr	t0, mcause
	csrr	t1, mepc
	csrr	t2, mtval
	la	t3, record
	sw	t0, 0(t3)
	sw	t1, 4(t3)
	sw	t2, 8(t3)
	sw	a0, 12(t3)
	lw	t4, 0(a1)
	sw	t4, 16(t3)
	pass

	.data
	.globl	record, target
	.balign 128
data:	.zero	64
target:	.word	0x11223344
	.zero	60
record:	.zero	20
