# The ways between kernel and modules: into a module and back, and services for modules.
#
# Rules that hold everywhere in the kernel:
#   mscratch is 0 while the kernel runs. While a module runs it is the module's activation, a record on the kernel's
#   stack, and the kernel's stack ends there. It is the only place that tells where the kernel's stack is when the
#   kernel comes back from a module.
#   tp is the activation that the kernel runs for: the running call, which has asked for a service; 0 if there is none.
#   Outside this file and trap.S the kernel uses neither gp nor s2-s11: it is compiled without them (build.py). What
#   a module finds or leaves there is never the kernel's, and needs no saving.

#include "fault.h"
#include "module.h"
.include "isa.inc"

# Registers that a module shall not see: all but sp, the arguments a0-a5, t0 and t1.
.macro clear_private
	.irp	register, ra, gp, tp, t2, s0, s1, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
	li	\register, 0
	.endr
.endm

	.text
	.globl gate_call_lend
gate_call_lend:
	# FROM: the stub of an operation that is lent a buffer
	# LIVE IN: as gate_call    t2 start of the buffer    t3 its end    t4 enum access
	sw	t2, activation_lower(sp)
	sw	t3, activation_upper(sp)
	csrw	CSR_PD_GLOWER, t2
	csrw	CSR_PD_GUPPER, t3
	csrw	CSR_PD_GPERM, t4

	.globl gate_call
gate_call:
	# FROM: the stub of an operation, which has made room for the activation at sp
	# LIVE IN: a0-a5 arguments    t0 the operation's function    t1 target    ra, s0, s1, tp the caller's
	sw	ra, activation_ra(sp)
	sw	s0, activation_s0(sp)
	sw	s1, activation_s1(sp)
	sw	tp, activation_outer(sp)
	sw	t1, activation_target(sp)
gate_again:
	sw	zero, activation_sp(sp)
	csrr	t2, CSR_MCYCLE
	sw	t2, activation_start(sp)
	andi	t1, t1, TARGET_ID_MASK
	csrw	CSR_MSCRATCH, sp
	.globl gate_clear
gate_clear:
	# FROM: here, and trap.S with interrupts enabled, for a driver
	# LIVE IN: a0-a5 arguments    t0 function    t1 module    sp and mscratch the activation
	# A trap finds it there, as if the module ran already.
	clear_private
	.globl gate_enter
gate_enter:
	# t0: function, for module_entry    t1: module
	pd.enter sp, t1, sp
	.globl gate_return
gate_return:
	# FROM: the module's pd.leave, gate_unwind, gate_refused
	# LIVE IN: a0 result; no other register can be trusted, sp neither: it was for the module to say which one
	# pd.leave gives the saved value to.
	csrr	sp, CSR_MSCRATCH
	lw	ra, activation_ra(sp)
	lw	tp, activation_outer(sp)
	csrw	CSR_MSCRATCH, zero
	# From here on ra says whether it is a driver's handler that returns, see trap_interrupt.
	lw	s0, activation_s0(sp)
	lw	s1, activation_s1(sp)
	addi	sp, sp, activation_size
	ret

	.globl gate_refused
gate_refused:
	# FROM: trap.S, with mret, when gate_enter's pd.enter was refused: the module is not valid just now, or the call stack
	# is full. Interrupts are as they were.
	# LIVE IN: as gate_enter    sp: activation    tp: what it is made from; a driver's own    s1: pd_fault; s0 and s1 are
	# saved in the activation
	mv	s0, sp
	addi	sp, sp, -32
	.irp	number, 0, 1, 2, 3, 4, 5
	sw	a\number, 4 * \number(sp)
	.endr
	sw	t0, 24(sp)
	mv	a0, s0
	mv	a1, s1
	call	module_refused
	mv	t2, a0
	.irp	number, 0, 1, 2, 3, 4, 5
	lw	a\number, 4 * \number(sp)
	.endr
	lw	t0, 24(sp)
	mv	sp, s0
	lw	t1, activation_target(sp)
	# t2: 0: try again; else what the caller gets
	beqz	t2, gate_again
	mv	a0, t2
	csrw	CSR_MSCRATCH, sp
	j	gate_return

	.globl gate_callback
gate_callback:
	# long gate_callback(argument, function, target): as the stub of an operation with one argument
	addi	sp, sp, -activation_size
	mv	t0, a1
	mv	t1, a2
	.irp	register, a1, a2, a3, a4, a5
	li	\register, 0
	.endr
	j	gate_call

	.globl service_entry
service_entry:
	# FROM: any pd.enter to id 0 by a module, from its stub or from hostile code
	# every register is the module's, sp too: it was for the module to say which one pd.enter writes
	# a0-a5 arguments    a6 target    a7 service    t0 the module's sp, if it tells the truth
	csrr	sp, CSR_MSCRATCH
	mv	tp, sp
	csrw	CSR_MSCRATCH, zero
	sw	t0, activation_sp(sp)
	li	t1, SERVICE_COUNT
	bgeu	a7, t1, 2f
	lbu	t0, activation_target(sp)
	li	t1, module_info_size
	mul	t0, t0, t1
	lui	t1, %hi(module_table + module_info_services)
	add	t0, t0, t1
	lw	t0, %lo(module_table + module_info_services)(t0)
	slli	t1, a7, 2
	srl	t0, t0, a7
	andi	t0, t0, 1
	beqz	t0, 3f
	lui	t0, %hi(service_table)
	add	t0, t0, t1
	lw	t0, %lo(service_table)(t0)
	jalr	t0
1:
	# LIVE IN: a0 result    s0-s11 the module's, as C keeps them
	lw	t0, activation_target(tp)
	bltz	t0, service_overrun
	csrw	CSR_MSCRATCH, tp
	.irp	register, ra, gp, tp, t0, t1, t2, a1, a2, a3, a4, a5, a6, a7, t3, t4, t5, t6
	li	\register, 0
	.endr
	pd.leave sp
2:	li	a0, -ENOSYS
	j	1b
3:	# A pointer or a size would be no error number.
	li	a0, 0
	li	t0, SERVICE_KSIZE
	bgeu	t0, a7, 1b
	li	a0, -EACCES
	j	1b

service_overrun:
	# A tick that comes during a service does not end the call: it leaves a mark, and the call is ended here. Without it
	# a module that does nothing but ask for services could go on for ever.
	mv	a0, tp
	li	a1, FAULT_TIME
	li	a2, FAULT_IN_SERVICE
	li	a3, 0
	call	fault_found
	# The top frame is the module's call of the service.
	csrr	t0, CSR_PD_TOP
	addi	t0, t0, -1
	csrw	CSR_PD_TOP, t0
	csrw	CSR_MSCRATCH, tp

	.globl gate_unwind
gate_unwind:
	# FROM: service_overrun, trap.S
	# LIVE IN: a0 result for the caller of the module that is given up    mscratch: its activation
	# The frame was pushed by gate_enter: only the kernel enters modules.
	pd.leave sp

	.globl service_module_call
service_module_call:
	# A module calls another one: a0-a5 arguments    a6 target. Keeps s2-s11 for the one that calls: the other can do with
	# them as it likes.
	addi	sp, sp, -80
	sw	ra, 0(sp)
	.irp	number, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	sw	s\number, 4 * \number(sp)
	.endr
	.irp	number, 0, 1, 2, 3, 4, 5
	sw	a\number, 48 + 4 * \number(sp)
	.endr
	addi	a0, sp, 48
	mv	a1, a6
	call	module_admit
	# No error number is larger, and no operation's entry lies as high.
	li	t0, -ETIMEDOUT
	bgeu	a0, t0, 1f
	lw	t0, operation_call(a0)
	# It may be entered again before it goes on: then below what is in use of its stack.
	lw	t1, activation_sp(tp)
	lbu	t2, activation_target(tp)
	andi	t1, t1, -16
	csrw	CSR_PD_SELECT, t2
	csrr	t2, CSR_PD_SP
	csrw	CSR_PD_SP, t1
	sw	t2, 4(sp)
	.irp	number, 0, 1, 2, 3, 4, 5
	lw	a\number, 48 + 4 * \number(sp)
	.endr
	jalr	t0
	lbu	t0, activation_target(tp)
	lw	t1, 4(sp)
	csrw	CSR_PD_SELECT, t0
	csrw	CSR_PD_SP, t1
1:	lw	ra, 0(sp)
	.irp	number, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	lw	s\number, 4 * \number(sp)
	.endr
	addi	sp, sp, 80
	ret
