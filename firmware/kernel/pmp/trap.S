# Trap entry and exit with user mode and PMP. Takes the place of ../trap.S, whose rules and C functions are the same. A trap
# that finds an activation in mscratch comes from user mode: gate.S writes it with interrupts masked.

#include "../irq.h"
#include "../module.h"
#include "../trap.h"
#include "port.h"
.include "isa.inc"

	.text
	.balign	128
	.globl trap_entry
trap_entry:
	# FROM: any instruction, in the kernel or in a module; mtvec is vectored. Every register is the interrupted code's,
	# trusted in nothing.
	trap_vectors exception
	# FROM: an interrupt of a device. The frame is written in the order in which registers become free.
external:
	csrrw	sp, CSR_MSCRATCH, sp
	beqz	sp, external_in_kernel
	addi	sp, sp, -trap_frame_size
	sw	t1, 24(sp)
	li	t1, 1
in_module:
	# LIVE IN: t1 1: from a device    sp frame, below the module's activation
	sw	tp, 16(sp)
	addi	tp, sp, trap_frame_size
	sw	tp, trap_frame_activation(sp)
save_frame:
	# LIVE IN: mscratch the interrupted code's sp    tp the activation that the kernel runs for, or the interrupted one
	save_rest
	csrrw	s0, CSR_MSCRATCH, zero
	csrr	t2, CSR_MEPC
	lw	t0, trap_frame_activation(sp)
	sw	s0, 8(sp)
	sw	t2, trap_frame_pc(sp)
	beqz	t1, not_external

	# To the driver. There must be room for two more calls: one of it, and one of the services that it asks for.
	lui	t1, %hi(PLIC_CLAIM)
	lui	t2, %hi(pmp_slice)
	lw	a0, %lo(PLIC_CLAIM)(t1)
	lw	t2, %lo(pmp_slice)(t2)
	mv	t3, tp
	andi	t1, t2, PD_SLICE_BASE_MASK
	srli	t2, t2, PD_SLICE_LIMIT_LSB
	addi	t1, t1, 2
1:	bgtu	t1, t2, no_way
	beqz	t3, 2f
	lw	t3, activation_outer(t3)
	addi	t1, t1, 1
	j	1b
2:	slli	t1, a0, 3
	lui	t2, %hi(irq_table)
	add	t1, t1, t2
	mv	t2, t0
	lw	t0, %lo(irq_table)(t1)
	lw	t1, %lo(irq_table + 4)(t1)
	beqz	t0, no_way
	addi	sp, sp, -(activation_size + interrupt_size)
	sw	a0, interrupt_line(sp)
	sw	zero, interrupt_owner(sp)
	sw	tp, activation_outer(sp)
	sw	t1, activation_target(sp)
	sw	zero, activation_sp(sp)
	sw	zero, activation_grant(sp)
	csrr	t4, CSR_MCYCLE
	sw	t4, interrupt_start(sp)
	sw	t4, activation_start(sp)
	la	t4, driver_done
	sw	t4, activation_ra(sp)
	li	t4, MSTATUS_MIE_MASK
	sw	t4, activation_status(sp)
	# The kernel may have been interrupted, then MPP is machine mode.
	li	t4, MSTATUS_MPP_MASK
	csrc	CSR_MSTATUS, t4
	csrci	CSR_PMPCFG1, PMP_GRANT_RIGHTS
	# The driver, or one that it calls, could be the module that is interrupted, or that the kernel runs for.
	beqz	t2, not_in_module
secure_stack:
	# LIVE IN: s0 what is in use of that module's stack
	lbu	t2, activation_target(tp)
	andi	s0, s0, -16
	slli	t2, t2, 5
	lui	t3, %hi(pmp_modules)
	add	t2, t2, t3
	lw	t3, %lo(pmp_modules + pmp_module_sp)(t2)
	sw	s0, %lo(pmp_modules + pmp_module_sp)(t2)
stack_secured:
	# LIVE IN: a0 line    t0 the driver's function    t1 its target    t3 the record's sp as it was; 0: as it is
	sw	t3, interrupt_module_sp(sp)
	.irp	register, a1, a2, a3, a4, a5
	li	\register, 0
	.endr
	j	gate_enter

	.globl driver_done
driver_done:
	# FROM: gate_return, whatever has become of the driver
	csrci	CSR_MSTATUS, MSTATUS_MIE_MASK
	mv	a0, sp
	call	irq_done
	addi	sp, sp, interrupt_size
	j	resume

not_in_module:
	# The kernel runs for a module, or for nobody. t2 is 0.
	mv	t3, t2
	beqz	tp, stack_secured
	lw	s0, activation_sp(tp)
	bnez	s0, secure_stack
	j	stack_secured

no_way:
	call	irq_refuse
	j	resume

external_in_kernel:
	bgtz	tp, external_idle
	csrr	sp, CSR_MSCRATCH
	addi	sp, sp, -trap_frame_size
	sw	t1, 24(sp)
	li	t1, 1
in_kernel:
	sw	tp, 16(sp)
	sw	t0, 20(sp)
	sw	zero, trap_frame_activation(sp)
	lui	t0, %hi(pmp_select)
	lw	t0, %lo(pmp_select)(t0)
	sw	t0, trap_frame_select(sp)
	lw	t0, 20(sp)
	j	save_frame

	# FROM: the tick, and who wants another thread to run
timer_or_software:
	csrrw	sp, CSR_MSCRATCH, sp
	bnez	sp, 1f
	csrr	sp, CSR_MSCRATCH
	addi	sp, sp, -trap_frame_size
	sw	t1, 24(sp)
	li	t1, 0
	j	in_kernel
1:	addi	sp, sp, -trap_frame_size
	sw	t1, 24(sp)
	li	t1, 0
	j	in_module

not_external:
	# LIVE IN: t0 the interrupted module's activation; 0: the kernel was interrupted
	# As the module's id would be: 0 or not.
	snez	t0, t0
	sw	t0, trap_frame_pd_status(sp)
	mv	a0, sp
	call	trap_interrupt
	# a0: 0; 1: another thread is to run; or an error with which the interrupted call is to end
	beqz	a0, resume
	bltz	a0, unwind
	mv	a0, sp
	call	thread_switch
	mv	sp, a0
resume:
	# FROM: here, driver_done, no_way; and for the first time of a thread. Interrupts are masked.
	# sp: frame
	lw	t0, trap_frame_pc(sp)
	lw	a6, trap_frame_activation(sp)
	csrw	CSR_MEPC, t0
	li	t0, MSTATUS_MPIE_MASK | MSTATUS_MPP_MASK
	beqz	a6, 1f
	# Into a module, whose entries must be there.
	lui	t1, %hi(pmp_now)
	lw	t1, %lo(pmp_now + pmp_now_activation)(t1)
	csrc	CSR_MSTATUS, t0
	beq	t1, a6, 2f
	call	pmp_load
	j	2f
1:	# Into the kernel, which had interrupts enabled.
	lw	t2, trap_frame_select(sp)
	lui	t1, %hi(pmp_select)
	sw	t2, %lo(pmp_select)(t1)
	csrs	CSR_MSTATUS, t0
2:	csrw	CSR_MSCRATCH, a6
	load_frame
	mret

exception:
	# An ecall keeps no temporaries, and of a fault sp and t6 are remembered.
	mv	t0, sp
	csrrw	sp, CSR_MSCRATCH, zero
	csrr	t1, CSR_MCAUSE
	beqz	sp, kernel_exception
	addi	t2, t1, -CAUSE_ECALL_MODULE
	bnez	t2, 1f
	bgez	a7, 2f
	.globl gate_return
gate_return:
	# FROM: the module's return, a fault, a call that has no time left
	# LIVE IN: a0 result    sp: activation; mscratch is 0; no other register can be trusted
	lw	t0, activation_status(sp)
	lw	tp, activation_outer(sp)
	lw	ra, activation_ra(sp)
	lw	s0, activation_s0(sp)
	lw	s1, activation_s1(sp)
	addi	sp, sp, activation_size
	# Interrupts as they were before the call.
	csrs	CSR_MSTATUS, t0
	ret
1:
	csrr	a7, CSR_MCYCLE
	csrr	t4, CSR_MSTATUS
	srli	t4, t4, MSTATUS_MPP_LSB
	andi	t4, t4, MSTATUS_MPP_MASK >> MSTATUS_MPP_LSB
	bnez	t4, kernel_exception
	# A module's registers are lost with its call.
	mv	a1, t1
	csrr	a2, CSR_MEPC
	csrr	a3, CSR_MTVAL
	li	a4, 0
	mv	a5, t0
	mv	a6, t6
	mv	a0, sp
	mv	tp, sp
	call	fault_record
unwind:
	# a0: result    tp: activation of the call that is to end
	mv	sp, tp
	j	gate_return
2:	j	service

kernel_exception:
	# Nothing of the kernel can be trusted, its stack neither. Another exception in here ends in here again, and is the
	# last thing that is reported.
	la	sp, last_stack_top
	call	kernel_fault

	.globl thread_begin
thread_begin:
	# FROM: resume, with the frame that thread_create has made
	# s0: entry    a0: its argument
	jalr	s0
	call	thread_exit

external_idle:
	# FROM: as in ../trap.S: an interrupt of the idle thread with tp 1. All other registers are 0, mstatus.MPP is machine
	# mode; mscratch: what sp was, which is where it must point to. What is not written there has been 0 since the start.
	lui	t1, %hi(PLIC_CLAIM)
	lw	a0, %lo(PLIC_CLAIM)(t1)
	csrr	sp, CSR_MSCRATCH
	csrr	t2, CSR_MCYCLE
	slli	t1, a0, 3
	lui	t0, %hi(irq_table)
	add	t1, t1, t0
	lw	t0, %lo(irq_table)(t1)
	lw	t1, %lo(irq_table + 4)(t1)
	li	tp, 0
	sw	t2, activation_start(sp)
	sw	t2, interrupt_start(sp)
	sw	a0, interrupt_line(sp)
	sw	t1, activation_target(sp)
	sw	zero, activation_sp(sp)
	beqz	t0, idle_refuse
	# For gate_return, which comes back here.
	la	ra, idle_done
	sw	ra, activation_ra(sp)
	li	t2, MSTATUS_MIE_MASK
	sw	t2, activation_status(sp)
	andi	t1, t1, TARGET_ID_MASK
	slli	t4, t1, 5
	lui	t1, %hi(pmp_modules)
	add	t1, t1, t4
	lui	t2, %hi(pmp_now)
	lw	t5, %lo(pmp_now + pmp_now_record)(t2)
	lw	t3, %lo(pmp_modules + pmp_module_sp)(t1)
	csrci	CSR_PMPCFG1, PMP_GRANT_RIGHTS
	beq	t5, t4, 1f
	sw	t4, %lo(pmp_now + pmp_now_record)(t2)
	lw	t4, %lo(pmp_modules + pmp_module_arena_lower)(t1)
	lw	t5, %lo(pmp_modules + pmp_module_arena_upper)(t1)
	lw	t6, %lo(pmp_modules + pmp_module_device)(t1)
	lw	t1, %lo(pmp_modules + pmp_module_config)(t1)
	csrw	CSR_PMPADDR5, t4
	csrw	CSR_PMPADDR6, t5
	csrw	CSR_PMPADDR2, t6
	csrw	CSR_PMPCFG0, t1
1:	sw	sp, %lo(pmp_now + pmp_now_activation)(t2)
	li	t4, MSTATUS_MPP_MASK
	csrc	CSR_MSTATUS, t4
	csrw	CSR_MEPC, t0
	mv	sp, t3
	la	ra, module_entry
	.irp	register, t0, t1, t2, t3, t4, t5, t6
	li	\register, 0
	.endr
	mret

idle_refuse:
	csrw	CSR_MSCRATCH, zero
	call	irq_refuse
	j	1f
idle_done:
	# FROM: gate_return. Every register is the driver's, or 0.
	csrci	CSR_MSTATUS, MSTATUS_MIE_MASK
	mv	a0, sp
	addi	sp, sp, -activation_size
	call	irq_done
1:	li	tp, 1
	clear_all
	csrsi	CSR_MSTATUS, MSTATUS_MIE_MASK
	# Falls into idle.

# The idle thread: waits with nothing in its registers, so that an interrupt that finds it here is at the driver at once.
	.globl idle
idle:
	# FROM: thread.c, with tp 0 (a module is suspended; the long way is taken) or 1; above; interrupts enabled
	# sp: where the driver's activation goes, and struct interrupt behind it
	wfi
	j	idle

	.section .bss.live.trap, "aw", @nobits
	.balign 16
	.skip 768
last_stack_top:
