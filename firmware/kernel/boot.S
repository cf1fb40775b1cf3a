# Reset: the first instruction of the image. Everything before C: stack, zeroed data, trap vector.

.include "isa.inc"

	.section .boot, "ax"
	.globl _start
_start:
	# FROM: reset, or a loader that jumps here. Nothing is known of any register.
	la	sp, kernel_stack_top
	la	t0, trap_entry + 1 # vectored
	csrw	CSR_MTVEC, t0
	csrw	CSR_MSCRATCH, zero
	li	tp, 0
	la	t0, __bss_start
	la	t1, __bss_end
	bgeu	t0, t1, 2f
1:
	# t0: next word to zero    t1: end
	sw	zero, 0(t0)
	addi	t0, t0, 4
	bltu	t0, t1, 1b
2:
	call	kernel_main
	# kernel_main does not return.
3:	j	3b

	.section .kernel.stack, "aw", @nobits
	.balign 16
	.skip 4096
	.globl kernel_stack_top
kernel_stack_top:
