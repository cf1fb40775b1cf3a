# What it costs to call a driver that must be kept to its own memory, its device and a buffer: as bounds, as PMP with
# user mode (as well as a small RTOS can do it), and as nothing but a call. The driver is the same.
#
# Every kind of call saves what the driver must not change, and clears what it must not see. Cycles are those from the
# caller's `jal` to the instruction behind it; see test_driver_call.py.
#
# PMP: the entries of all drivers are set up alike, so that a call writes addresses and no configuration. Memory and
# device are NAPOT, one address each, and stay as they are if the same driver is called again; a buffer is a TOR pair,
# and is closed by an upper end of 0. Public code has an entry for ever. Machine mode needs none, as none is locked.
# mret leaves user mode in MPP, so that it need not be put there. mscratch is the kernel's sp while a driver runs, else 0.
#include "common.inc"
#if PMP
#include "user.inc"
#endif

#define BUFFER_WORDS 16

.macro each_callee_saved instruction
	\instruction ra, 0(sp)
	\instruction s0, 4(sp)
	\instruction s1, 8(sp)
	\instruction s2, 12(sp)
	\instruction s3, 16(sp)
	\instruction s4, 20(sp)
	\instruction s5, 24(sp)
	\instruction s6, 28(sp)
	\instruction s7, 32(sp)
	\instruction s8, 36(sp)
	\instruction s9, 40(sp)
	\instruction s10, 44(sp)
	\instruction s11, 48(sp)
.endm

/* All but ra, sp, the arguments a0 and a1, gp and tp. */
.macro clear_private
	.irp	register, t0, t1, t2, s0, s1, a2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
	li	\register, 0
	.endr
.endm

/* The cycles of the call with these registers set go to `outcome` + \place; it must return \result. */
.macro timed place, module, function, buffer, result
	la	a0, buffer
	li	a1, BUFFER_WORDS
	la	a2, \function
	la	a3, module\module
	li	a4, \buffer
	nop
	rdcycle	s0
	jal	call_driver
	rdcycle	s1
	sub	s1, s1, s0
	addi	s1, s1, -1
	la	t0, outcome
	sw	s1, \place(t0)
	check	a0, \result
.endm

#if PMP
/* A module's memory, 256 bytes, as pmpaddr has it. */
.macro memory_of module, label
	la	t5, \label
	srli	t5, t5, 2
	ori	t5, t5, 256 / 8 - 1
	la	t6, module\module
	sw	t5, 0(t6)
.endm
#endif

begin
	csrw	mscratch, zero
#if PADDOCK
	set_csr	CSR_PD_SELECT, 2
	set_csr_address CSR_PD_ENTRY, paddock_entry
	set_csr_address CSR_PD_ALOWER, other
	set_csr_address CSR_PD_AUPPER, other + 256
	set_csr_address CSR_PD_SP, other + 256
	set_csr	CSR_PD_FLAGS, (PD_FLAGS_VALID_MASK | PD_FLAGS_DREAD_MASK | PD_FLAGS_DWRITE_MASK)
	set_csr	CSR_PD_SELECT, 1
	set_csr_address CSR_PD_ENTRY, paddock_entry
	set_csr_address CSR_PD_ALOWER, arena
	set_csr_address CSR_PD_AUPPER, arena + 256
	set_csr_address CSR_PD_SP, arena + 256
	set_csr	CSR_PD_FLAGS, (PD_FLAGS_VALID_MASK | PD_FLAGS_DREAD_MASK | PD_FLAGS_DWRITE_MASK)
	set_csr	CSR_PD_SELECT, 0
	set_csr_address CSR_PD_PLOWER, public_lower
	set_csr_address CSR_PD_PUPPER, public_upper
#elif PMP
	pmp_address 5, public_lower
	pmp_address 6, public_upper
	pmp_config 6, (TOR | R | X)
	pmp_config 0, (NAPOT | R | W)
	pmp_config 1, (NAPOT | R | W)
	csrw	CSR_PMPADDR3, zero
	pmp_config 3, (TOR | R | W)
	memory_of 1, arena
	memory_of 2, other
	la	t5, pmp_trap
	csrw	mtvec, t5
	li	t5, MSTATUS_MPP_MASK
	csrc	mstatus, t5
#endif
	csrsi	mstatus, MIE_BIT
	timed	0, 2, null_call, 0, 42
	timed	0, 1, null_call, 0, 42
	timed	4, 1, null_call, 0, 42
	timed	0, 2, null_call, 0, 42
	timed	8, 1, sum_of_buffer, 1, 136
	timed	12, 1, sum_of_buffer, 1, 136
	la	t0, arena
	lw	a0, 0(t0)
	check	a0, 136
#if PADDOCK || PMP
	# The buffer was lent for those calls only.
	la	t5, refused
	csrw	mtvec, t5
	la	a0, buffer
	li	a1, BUFFER_WORDS
	la	a2, sum_of_buffer
	la	a3, module1
	li	a4, 0
	jal	call_driver
	j	test_fail
	.balign 4
refused:
	check_csr mcause, CAUSE_LOAD_FAULT
	csrr	a0, mtval
	check_address a0, buffer
#endif
	pass

#if PADDOCK
	/* a0, a1 arguments    a2 function    a3 module    a4 whether a0 and a1 are a buffer to lend */
call_driver:
	addi	sp, sp, -64
	each_callee_saved sw
	beqz	a4, 1f
	slli	t0, a1, 2
	add	t0, t0, a0
	csrw	CSR_PD_GLOWER, a0
	csrw	CSR_PD_GUPPER, t0
	csrwi	CSR_PD_GPERM, 3
1:	csrr	t2, CSR_PD_SP
	sw	t2, 52(sp)
	csrw	CSR_PD_SP, sp
	lw	a3, 0(a3)
	mv	ra, a2
	mv	t0, a3
	.irp	register, t1, t2, s0, s1, a2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
	li	\register, 0
	.endr
	pd.enter sp, t0, sp
	csrr	sp, CSR_PD_SP
	lw	t0, 52(sp)
	csrw	CSR_PD_SP, t0
	each_callee_saved lw
	addi	sp, sp, 64
	ret

#elif PMP
call_driver:
	addi	sp, sp, -64
	each_callee_saved sw
	la	t0, current
	lw	t1, 0(t0)
	lw	t2, 8(a3)
	beq	t1, a3, 1f
	sw	a3, 0(t0)
	lw	t3, 0(a3)
	lw	t4, 4(a3)
	csrw	CSR_PMPADDR0, t3
	csrw	CSR_PMPADDR1, t4
1:	beqz	a4, 2f
	srli	t0, a0, 2
	add	t1, t0, a1
	csrw	CSR_PMPADDR2, t0
	csrw	CSR_PMPADDR3, t1
2:	sw	a4, 52(sp)
	csrci	mstatus, MIE_BIT
	csrw	mepc, a2
	csrw	mscratch, sp
	mv	sp, t2
	la	ra, return_from_driver
	clear_private
	mret

	.balign 4
pmp_trap:
	# FROM: the driver, by an ecall or by whatever it does; or the kernel, with mscratch 0.
	csrrw	sp, mscratch, sp
	beqz	sp, test_fail		/* in the kernel: not measured */
	sw	t0, 60(sp)
	csrr	t0, mcause
	addi	t0, t0, -CAUSE_ECALL_MODULE
	bnez	t0, test_fail		/* an interrupt or a fault: not measured */
	bnez	a7, test_fail		/* a service: not measured */
	csrw	mscratch, zero
	lw	t0, 52(sp)
	beqz	t0, 1f
	csrw	CSR_PMPADDR3, zero
1:	csrsi	mstatus, MIE_BIT
	each_callee_saved lw
	addi	sp, sp, 64
	ret

#else
call_driver:
	jr	a2
#endif

	.section .public, "ax"
	.balign 4
#if PADDOCK
paddock_entry:
	jalr	ra
	pd.leave sp
#elif PMP
return_from_driver:
	li	a7, 0
	ecall
#endif
null_call:
	li	a0, 42
	ret
	/* The sum of a1 words from a0 on, which it also keeps. */
sum_of_buffer:
	li	a2, 0
1:	lw	a3, 0(a0)
	addi	a0, a0, 4
	add	a2, a2, a3
	addi	a1, a1, -1
	bnez	a1, 1b
	la	a3, arena
	sw	a2, 0(a3)
	mv	a0, a2
	ret

	.data
	.globl	outcome
outcome: .zero	16
current: .word	0
buffer:	.word	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
	.balign 256
arena:	.zero	256
other:	.zero	256

	/* What the kernel knows of a module: for PMP addresses of memory and device, sp; for bounds the id. */
#if PMP
module1: .word	0, (DEVICE >> 2 | 256 / 8 - 1), arena + 256
module2: .word	0, (DEVICE >> 2 | 256 / 8 - 1), other + 256
#else
module1: .word	1
module2: .word	2
#endif
