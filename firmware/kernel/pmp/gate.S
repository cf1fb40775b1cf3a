# The ways between kernel and modules, by user mode and PMP. Takes the place of ../gate.S; the rules there hold here too, and:
#   Outside trap handlers mstatus.MPP is user mode, as mret leaves it, so that it need not be written.
#   What interrupts a module ends up in trap.S, as there; its services and its return come through `exception` there.
#   In user mode interrupts are taken whatever mstatus.MIE says: a call that is made with interrupts masked can be
#   interrupted. It comes back with interrupts masked.

#include "../fault.h"
#include "../module.h"
#include "port.h"
.include "isa.inc"

# Registers that a module shall not see: all but sp, ra and the arguments a0-a5.
.macro clear_private
	.irp	register, gp, tp, t0, t1, t2, s0, s1, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
	li	\register, 0
	.endr
.endm

# Write the entries of a module, all of them. \record: %hi(pmp_modules) and the offset of its record.
.macro write_entries record, t0, t1, t2, t3
	lw	\t0, %lo(pmp_modules + pmp_module_arena_lower)(\record)
	lw	\t1, %lo(pmp_modules + pmp_module_arena_upper)(\record)
	lw	\t2, %lo(pmp_modules + pmp_module_device)(\record)
	lw	\t3, %lo(pmp_modules + pmp_module_config)(\record)
	csrw	CSR_PMPADDR5, \t0
	csrw	CSR_PMPADDR6, \t1
	csrw	CSR_PMPADDR2, \t2
	csrw	CSR_PMPCFG0, \t3
.endm

	.text
	.globl gate_call_lend
gate_call_lend:
	# FROM: the stub of an operation that is lent a buffer
	# LIVE IN: as gate_call    t2 start of the buffer    t3 its end    t4 enum access
	sw	t2, activation_lower(sp)
	sw	t3, activation_upper(sp)
	# W without R is reserved: who may write may read. The grain is a word: a buffer that begins or ends inside of
	# one is lent with all of it.
	ori	t4, t4, 1
	lui	t5, %hi(PMP_CONFIG1)
	or	t4, t4, t5
	ori	t4, t4, PMP_CONFIG1 & 0xfff
	sw	t4, activation_grant(sp)
	srli	t2, t2, 2
	addi	t3, t3, 3
	srli	t3, t3, 2
	csrrci	t5, CSR_MSTATUS, MSTATUS_MIE_MASK
	csrw	CSR_PMPADDR3, t2
	csrw	CSR_PMPADDR4, t3
	csrw	CSR_PMPCFG1, t4
	j	1f

	.globl gate_call
gate_call:
	# FROM: the stub of an operation, which has made room for the activation at sp
	# LIVE IN: a0-a5 arguments    t0 the operation's function    t1 target    ra, s0, s1, tp the caller's
	sw	zero, activation_grant(sp)
	csrrci	t5, CSR_MSTATUS, MSTATUS_MIE_MASK
	csrci	CSR_PMPCFG1, PMP_GRANT_RIGHTS
1:
	sw	ra, activation_ra(sp)
	sw	s0, activation_s0(sp)
	sw	s1, activation_s1(sp)
	sw	tp, activation_outer(sp)
	sw	t1, activation_target(sp)
	sw	t5, activation_status(sp)
	sw	zero, activation_sp(sp)
	csrr	t2, CSR_MCYCLE
	sw	t2, activation_start(sp)
	.globl gate_enter
gate_enter:
	# FROM: here, and trap.S for a driver, with nothing lent
	# LIVE IN: a0-a5 arguments    t0 function    t1 target    sp activation, all of it written; interrupts are masked
	andi	t1, t1, TARGET_ID_MASK
	slli	t5, t1, 5 # the size of a record
	lui	t1, %hi(pmp_modules)
	add	t1, t1, t5
	lui	t2, %hi(pmp_now)
	lw	t4, %lo(pmp_modules + pmp_module_open)(t1)
	lw	t6, %lo(pmp_now + pmp_now_record)(t2)
	lw	t3, %lo(pmp_modules + pmp_module_sp)(t1)
	beqz	t4, gate_refused
	beq	t5, t6, gate_go
	sw	t5, %lo(pmp_now + pmp_now_record)(t2)
	write_entries t1, t4, t5, t6, a6
gate_go:
	# t0: function    t2: %hi(pmp_now)    t3: the module's sp; interrupts are masked, all entries written
	sw	sp, %lo(pmp_now + pmp_now_activation)(t2)
	csrw	CSR_MSCRATCH, sp
	mv	sp, t3
	csrw	CSR_MEPC, t0
	la	ra, module_entry
	clear_private
	mret

gate_refused:
	# The module cannot be entered just now.
	lw	t5, activation_status(sp)
	mv	s0, sp
	addi	sp, sp, -32
	.irp	number, 0, 1, 2, 3, 4, 5
	sw	a\number, 4 * \number(sp)
	.endr
	sw	t0, 24(sp)
	lw	t1, activation_target(s0)
	slli	t1, t1, 1
	bgez	t1, 1f
	# A driver's handler is to run before any other thread does.
	mv	tp, s0
1:	mv	a0, s0
	li	a1, KIND_NOT_VALID
	csrs	CSR_MSTATUS, t5
	call	module_refused
	mv	t1, a0
	.irp	number, 0, 1, 2, 3, 4, 5
	lw	a\number, 4 * \number(sp)
	.endr
	lw	t0, 24(sp)
	mv	sp, s0
	# 0: try again; else what the caller gets
	bnez	t1, 1f
	csrci	CSR_MSTATUS, MSTATUS_MIE_MASK
	mv	a6, sp
	call	pmp_load
	lw	t4, %lo(pmp_modules + pmp_module_open)(t1)
	lw	t3, %lo(pmp_modules + pmp_module_sp)(t1)
	beqz	t4, gate_refused
	j	gate_go
1:	mv	a0, t1
	j	gate_return

	.globl pmp_load
pmp_load:
	# Let the entries be those of the call of activation a6. Interrupts are masked.
	# CHANGES: t3-t6, t1: %hi(pmp_modules) and the offset of its module's record, t2: %hi(pmp_now)
	lw	t1, activation_target(a6)
	andi	t1, t1, TARGET_ID_MASK
	slli	t3, t1, 5
	lui	t1, %hi(pmp_modules)
	add	t1, t1, t3
	lui	t2, %hi(pmp_now)
	sw	t3, %lo(pmp_now + pmp_now_record)(t2)
	sw	a6, %lo(pmp_now + pmp_now_activation)(t2)
	write_entries t1, t3, t4, t5, t6
	lw	t5, activation_grant(a6)
	bnez	t5, 1f
	csrci	CSR_PMPCFG1, PMP_GRANT_RIGHTS
	ret
1:	lw	t3, activation_lower(a6)
	lw	t4, activation_upper(a6)
	srli	t3, t3, 2
	addi	t4, t4, 3
	srli	t4, t4, 2
	csrw	CSR_PMPADDR3, t3
	csrw	CSR_PMPADDR4, t4
	csrw	CSR_PMPCFG1, t5
	ret

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

	.globl service
service:
	# FROM: `exception`, any ecall by a module that does not ask to return; from its stub or from hostile code
	# every register is the module's, but for sp: activation; t0: the module's sp. mscratch is 0
	# a0-a5 arguments    a6 target    a7 service    ra where it goes on
	mv	tp, sp
	lw	t1, activation_status(sp)
	sw	t0, activation_sp(sp)
	sw	ra, activation_back(sp)
	csrs	CSR_MSTATUS, t1
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
	beqz	t0, 5f
	lui	t0, %hi(service_table)
	add	t0, t0, t1
	lw	t0, %lo(service_table)(t0)
	jalr	t0
1:
	# LIVE IN: a0 result    s0-s11 the module's, as C keeps them
	lw	t0, activation_target(tp)
	lui	t1, %hi(pmp_now)
	csrci	CSR_MSTATUS, MSTATUS_MIE_MASK
	lw	t1, %lo(pmp_now + pmp_now_activation)(t1)
	bltz	t0, service_overrun
	bne	t1, tp, 4f
3:	lw	ra, activation_back(tp)
	csrw	CSR_MSCRATCH, tp
	lw	sp, activation_sp(tp)
	csrw	CSR_MEPC, ra
	.irp	register, gp, tp, t0, t1, t2, a1, a2, a3, a4, a5, a6, a7, t3, t4, t5, t6
	li	\register, 0
	.endr
	mret
2:	li	a0, -ENOSYS
	j	1b
4:	# Another module has been entered meanwhile.
	mv	a6, tp
	call	pmp_load
	j	3b
5:	# It may not ask. A pointer or a size would be no error number.
	li	a0, 0
	li	t0, SERVICE_KSIZE
	bgeu	t0, a7, 1b
	li	a0, -EACCES
	j	1b

service_overrun:
	# As in ../gate.S.
	mv	a0, tp
	li	a1, FAULT_TIME
	li	a2, FAULT_IN_SERVICE
	li	a3, 0
	call	fault_found
	j	gate_return

	.globl service_module_call
service_module_call:
	# As in ../gate.S: a0-a5 arguments    a6 target
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
	slli	t2, t2, 5
	lui	t3, %hi(pmp_modules)
	add	t2, t2, t3
	lw	t3, %lo(pmp_modules + pmp_module_sp)(t2)
	sw	t1, %lo(pmp_modules + pmp_module_sp)(t2)
	sw	t3, 4(sp)
	.irp	number, 0, 1, 2, 3, 4, 5
	lw	a\number, 48 + 4 * \number(sp)
	.endr
	jalr	t0
	lbu	t0, activation_target(tp)
	lw	t1, 4(sp)
	slli	t0, t0, 5
	lui	t2, %hi(pmp_modules)
	add	t0, t0, t2
	sw	t1, %lo(pmp_modules + pmp_module_sp)(t0)
1:	lw	ra, 0(sp)
	.irp	number, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	lw	s\number, 4 * \number(sp)
	.endr
	addi	sp, sp, 80
	ret

	# Where other ports keep an entry point in their tables.
	.globl service_entry
	.equ	service_entry, 0
