# One access by module 1, inside or outside its windows, in a situation that the test chooses; see test_single_cycle.py.
#
# Preprocessor constants from the test: SITUATION; ACCESS, the instruction at label `access`; INSIDE, 1 if the windows
# hold what it touches; TARGET_DEVICE, 1 if that is the device. The handler leaves mcause, mepc, mtval and a0 in `record`.
#include "common.inc"
#include "modules.inc"

#define NOTHING           0
#define AFTER_BOUND_WRITE 1
#define AFTER_ENTRY       2
#define AFTER_RETURN      3
#define BEHIND_MULTIPLY   4
#define ADDRESS_MULTIPLY  5
#define BEHIND_DIVIDE     6
#define BEHIND_DEVICE     7
#define BEHIND_DEVICE_STORE 8
#define BACK_TO_BACK      9
#define BEHIND_STORE      10
#define ADDRESS_LOAD      11
#define BEHIND_BRANCH     12
#define INTERRUPT_PENDING 13
#define AFTER_MRET        14
#define INTERRUPT_COMES   15
#define NEVER             99

#if TARGET_DEVICE
#define TARGET (DEVICE + 0x40)
#endif

begin
	modules_begin
#if INSIDE
	module	1, arena, target_end, entry
	set_csr	CSR_PD_DUPPER, DEVICE + 0x80
#else
	module	1, arena, arena_end, entry
	set_csr	CSR_PD_DUPPER, DEVICE + 0x40
#endif
	set_csr	CSR_PD_DLOWER, DEVICE
	set_csr	CSR_PD_FLAGS, (PD_FLAGS_VALID_MASK | PD_FLAGS_DREAD_MASK | PD_FLAGS_DWRITE_MASK)
	module	2, arena, arena_end, callee, (PD_FLAGS_VALID_MASK | PD_FLAGS_CALLABLE_MASK)
	set_csr	CSR_PD_SELECT, 1
	la	t5, handler
	csrw	mtvec, t5
#if TARGET_DEVICE
	li	a1, TARGET
	store_word TARGET, 0x11223344
#else
	la	a1, target
#endif
	li	a0, 0xa5a55a5a
	li	a2, 0xc0def00d
	la	a3, arena
	li	a4, DEVICE
	la	a5, pointer
	sw	a1, 0(a5)
	sw	a1, 4(a3)
	li	a6, 1
	li	a7, 2
	li	s0, 1
#if SITUATION == INTERRUPT_PENDING
	li	t5, EXTERNAL_BIT | TIMER_BIT | SOFTWARE_BIT
	csrw	mie, t5
	store_word BENCH_EXTERNAL, 1
	store_word CLINT_MSIP, 1
#endif
#if SITUATION == INTERRUPT_COMES
	li	t5, EXTERNAL_BIT
	csrw	mie, t5
	csrsi	mstatus, MIE_BIT
	li	t5, BENCH_COUNTDOWN
	la	t6, moment
	lw	t6, 0(t6)
	sw	t6, 0(t5)
#endif
#if SITUATION == AFTER_BOUND_WRITE
#if INSIDE
	la	t6, target_end
#else
	la	t6, arena_end
#endif
	csrw	CSR_PD_AUPPER, zero
	nop
	csrw	CSR_PD_AUPPER, t6
	pd.enter sp, s0, sp
#elif SITUATION == AFTER_MRET
	csrw	CSR_PD_STATUS, s0
	la	t5, entry
	csrw	mepc, t5
	mret
#else
	pd.enter sp, s0, sp
#endif
	nop

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

	.section .public, "ax"
	.balign 4
callee:	pd.leave sp
entry:
#if SITUATION == AFTER_RETURN
	pd.enter sp, a7, sp
#elif SITUATION == BEHIND_MULTIPLY
	mul	t0, a2, a2
#elif SITUATION == ADDRESS_MULTIPLY
	mul	a1, a1, a6
#elif SITUATION == BEHIND_DIVIDE
	div	t0, a2, a7
#elif SITUATION == BEHIND_DEVICE
	lw	t0, 0(a4)
#elif SITUATION == BEHIND_DEVICE_STORE
	sw	a2, 0(a4)
#elif SITUATION == BEHIND_STORE
	sw	a2, 0(a3)
#elif SITUATION == ADDRESS_LOAD
	lw	a1, 4(a3)
#elif SITUATION == BEHIND_BRANCH
	bnez	a6, access
	nop
#elif SITUATION == BACK_TO_BACK
	lw	t0, 0(a3)
	sw	a2, 0(a3)
#elif SITUATION == NOTHING || SITUATION == INTERRUPT_PENDING || SITUATION == INTERRUPT_COMES
	nop
	nop
	nop
#endif
access:
	ACCESS
#if SITUATION == BACK_TO_BACK
	ACCESS
	ACCESS
#endif
	ebreak

	.data
	.globl	record, target, moment
	.balign 64
arena:	.zero	64
arena_end:
	.globl	target
target:	.word	0x11223344
	.zero	60
target_end:
pointer: .word	0
moment:	.word	0
record:	.zero	20
