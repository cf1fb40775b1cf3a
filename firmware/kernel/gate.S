# The ways between kernel and modules: into a module and back, services for modules, threads that start in a module.
#
# Rules that hold everywhere in the kernel:
#   pd_select is 0 except for a few instructions with the table open, so that pd_sp is the kernel's own entry.
#   pd_sp of entry 0 lies below every frame of the kernel's stack that is in use while a module runs. It is the only
#   place that tells where the kernel's stack is when the kernel comes back from a module.
#   gp and tp are not used.

#include "module.h"
.include "isa.inc"

# Registers that a module shall not see: all but sp, the arguments a0-a5, t0 and t1, gp and tp.
.macro clear_private
	.irp	register, ra, t2, s0, s1, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
	li	\register, 0
	.endr
.endm

.macro save_callee_saved
	sw	ra, 0(sp)
	sw	s0, 4(sp)
	sw	s1, 8(sp)
	sw	s2, 12(sp)
	sw	s3, 16(sp)
	sw	s4, 20(sp)
	sw	s5, 24(sp)
	sw	s6, 28(sp)
	sw	s7, 32(sp)
	sw	s8, 36(sp)
	sw	s9, 40(sp)
	sw	s10, 44(sp)
	sw	s11, 48(sp)
.endm

.macro restore_callee_saved
	lw	ra, 0(sp)
	lw	s0, 4(sp)
	lw	s1, 8(sp)
	lw	s2, 12(sp)
	lw	s3, 16(sp)
	lw	s4, 20(sp)
	lw	s5, 24(sp)
	lw	s6, 28(sp)
	lw	s7, 32(sp)
	lw	s8, 36(sp)
	lw	s9, 40(sp)
	lw	s10, 44(sp)
	lw	s11, 48(sp)
.endm

	.text
	.globl gate_enter
gate_enter:
	# long gate_enter(a0 .. a5, target)
	# LIVE IN: a0-a5 arguments    a6 target    sp, ra, s0-s11 the caller's
	addi	sp, sp, -64
	save_callee_saved
	csrr	t0, CSR_PD_SP
	sw	t0, 52(sp)
	csrw	CSR_PD_SP, sp
	andi	t1, a6, 0xff
	srli	t0, a6, 8
	# t0: operation    t1: module    52(sp): the kernel's entry stack as it was
	clear_private
	pd.enter sp, t1, sp
	# FROM: the module's pd.leave, or gate_unwind
	# LIVE IN: a0 result; no other register can be trusted, sp neither: it was for the module to say which one
	# pd.leave gives the saved value to.
	csrr	sp, CSR_PD_SP
	lw	t0, 52(sp)
	csrw	CSR_PD_SP, t0
	restore_callee_saved
	addi	sp, sp, 64
	ret

	.globl service_entry
service_entry:
	# FROM: any pd.enter to id 0 by a module, from its stub or from hostile code
	# every register is the module's, sp too: it was for the module to say which one pd.enter gives the entry's sp to
	# a0-a5 arguments    a6 target    a7 service    t0 the module's sp, if it tells the truth
	csrr	sp, CSR_PD_SP
	lw	t1, activation_current
	sw	t0, activation_sp(t1)
	call	service
	# LIVE IN: a0 result    s0-s11 the module's, as C keeps them
	.irp	register, ra, t0, t1, t2, a1, a2, a3, a4, a5, a6, a7, t3, t4, t5, t6
	li	\register, 0
	.endr
	pd.leave sp

	.globl gate_abandon
gate_abandon:
	# _Noreturn void gate_abandon(error): from a service, so the top frame is the module's call of it
	csrr	t0, CSR_PD_TOP
	addi	t0, t0, -1
	csrw	CSR_PD_TOP, t0

	.globl gate_unwind
gate_unwind:
	# FROM: gate_abandon, trap.S
	# LIVE IN: a0 result for the caller of the module that is given up
	csrr	t0, CSR_PD_TOP
	csrr	t1, CSR_PD_SLICE
	andi	t1, t1, PD_SLICE_BASE_MASK
	beq	t0, t1, thread_end
	# The frame was pushed by gate_enter: only the kernel enters modules. sp comes from there.
	pd.leave sp

	.globl gate_launch
gate_launch:
	# long gate_launch(a0 .. a5, target, slice): no frame is pushed, so there is no way back but gate_unwind
	# LIVE IN: a0-a5 arguments    a6 target    a7 pd_slice for the thread    sp, ra, s0-s11 the caller's
	addi	sp, sp, -80
	save_callee_saved
	csrr	t0, CSR_PD_SP
	csrr	t1, CSR_PD_SLICE
	csrr	t2, CSR_PD_TOP
	lw	t3, launcher_sp
	sw	t0, 52(sp)
	sw	t1, 56(sp)
	sw	t2, 60(sp)
	sw	t3, 64(sp)
	la	t3, launcher_sp
	sw	sp, 0(t3)
	csrw	CSR_PD_SP, sp
	csrw	CSR_PD_SLICE, a7
	andi	t0, a7, PD_SLICE_BASE_MASK
	csrw	CSR_PD_TOP, t0
	# Masked until mret: a trap would overwrite mepc and pd_status.
	csrci	CSR_MSTATUS, MSTATUS_MIE_MASK
	andi	t1, a6, 0xff
	srli	t0, a6, 8
	# t0: operation    t1: module
	csrw	CSR_PD_SELECT, t1
	csrr	sp, CSR_PD_SP
	csrr	t2, CSR_PD_ENTRY
	csrw	CSR_PD_SELECT, zero
	csrw	CSR_PD_STATUS, t1
	csrw	CSR_MEPC, t2
	csrw	CSR_PD_GPERM, zero
	li	t2, MSTATUS_MPIE_MASK
	csrs	CSR_MSTATUS, t2
	clear_private
	mret

thread_end:
	# FROM: gate_unwind, when the thread's part of the call stack is empty
	# LIVE IN: a0 result
	lw	sp, launcher_sp
	lw	t0, 52(sp)
	lw	t1, 56(sp)
	lw	t2, 60(sp)
	lw	t3, 64(sp)
	csrw	CSR_PD_SP, t0
	csrw	CSR_PD_SLICE, t1
	csrw	CSR_PD_TOP, t2
	la	t0, launcher_sp
	sw	t3, 0(t0)
	restore_callee_saved
	addi	sp, sp, 80
	ret

	.section .bss.live.gate, "aw", @nobits
	.balign 4
launcher_sp:
	.skip 4
