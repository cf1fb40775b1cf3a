# One of each kind of instruction, to be timed: from the slot in X of label `name` to that of `name_next`.
#include "common.inc"

.macro timed name, insn:vararg
	.globl	\name, \name\()_next
	nop
	nop
\name:	\insn
\name\()_next:
.endm

begin
	la	a0, word
	li	a1, 3
	li	a2, 7
	la	a3, 1f
	li	a4, DEVICE
	timed	add, add a5, a1, a2
	mv	a6, a5
	timed	load, lw a5, 0(a0)
	nop
	mv	a6, a5
	timed	load_use, lw a5, 0(a0)
	mv	a6, a5
	timed	store, sw a5, 0(a0)
	timed	multiply, mul a5, a1, a2
	nop
	timed	multiply_use, mul a5, a1, a2
	mv	a6, a5
	# These immediates are numbers of CSRs that would have to be looked up.
	.globl	immediates, immediates_next
	nop
immediates:
	nop
	.irp	immediate, 0x7e2, 0x7e3, 0x7e4, 0x7e5, 0x7e6, 0x7e7, 0x7e8, 0xcc1 - 0x1000
	addi	a5, a1, \immediate
	.endr
immediates_next:
	nop
	timed	csr_read, csrr a5, mscratch
	timed	csr_read_use, csrr a5, mscratch
	mv	a6, a5
	timed	csr_write, csrw mscratch, a1
	nop
	timed	divide, divu a5, a1, a2
	nop
	timed	untaken, beq a1, a2, .
	nop
	.globl	taken, taken_next, jal, jal_next, jalr, jalr_next, fence_i, fence_i_next, mret, mret_next
	.globl	ecall, ecall_next, fault, fault_next
taken:	bne	a1, a2, 2f		/* to a global label the assembler would make two instructions of it */
	nop
taken_next:
2:	nop
jal:	j	jal_next
	nop
jal_next:
	nop
jalr:	jr	a3
	nop
jalr_next:
1:	nop
fence_i:
	fence.i
fence_i_next:
	nop
	la	a5, mret_next
	csrw	mepc, a5
	nop
	nop
mret:	mret
	nop
mret_next:
	nop
	la	a5, ecall_next
	csrw	mtvec, a5
	nop
ecall:	ecall
	nop
	.balign 4
ecall_next:
	la	a5, fault_next
	csrw	mtvec, a5
	nop
fault:	lw	a5, 1(a0)
	nop
	.balign 4
fault_next:
	nop
#if PADDOCK
	timed	table_read, csrr a5, CSR_PD_ALOWER
	timed	caller_read, csrr a5, CSR_PD_CALLER
#endif
	pass

	.data
	.balign 4
word:	.word	0
