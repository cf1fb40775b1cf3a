# Runs CoreMark's main: in the kernel or, with INSIDE, as module 1 within its windows. coremark.ld puts the benchmark at
# the same addresses in both, so its code is the same.
	.include "isa.inc"

.equ PASS, 0x5555
.equ FAIL, 0x3333

	.section .start, "ax"
	.globl _start
_start:
	la	t0, trapped
	csrw	mtvec, t0
	la	sp, stack_end
	la	t0, bss_start
	la	t1, bss_end
	beq	t0, t1, 2f
1:	sw	zero, 0(t0)
	addi	t0, t0, 4
	bltu	t0, t1, 1b
2:
#if INSIDE
	li	t0, MODULES - 1
3:	csrw	CSR_PD_SELECT, t0
	csrw	CSR_PD_FLAGS, zero
	addi	t0, t0, -1
	bgez	t0, 3b

	la	t0, public_start
	csrw	CSR_PD_PLOWER, t0
	la	t0, public_end
	csrw	CSR_PD_PUPPER, t0
	li	t1, 1
	csrw	CSR_PD_SELECT, t1
	la	t0, arena_start
	csrw	CSR_PD_ALOWER, t0
	la	t0, stack_end
	csrw	CSR_PD_AUPPER, t0
	csrw	CSR_PD_SP, t0
	li	t0, UART_BASE
	csrw	CSR_PD_DLOWER, t0
	li	t0, UART_BASE + UART_SIZE
	csrw	CSR_PD_DUPPER, t0
	la	t0, module_entry
	csrw	CSR_PD_ENTRY, t0
	li	t0, PD_FLAGS_VALID_MASK | PD_FLAGS_DREAD_MASK | PD_FLAGS_DWRITE_MASK
	csrw	CSR_PD_FLAGS, t0
	pd.enter sp, t1, sp
#else
	call	main
#endif
	li	t0, PASS
	j	finish
trapped:
	csrr	t0, mcause
	slli	t0, t0, 16
	li	t1, FAIL
	or	t0, t0, t1
finish:
	li	t1, FINISHER_FINISH
	sw	t0, 0(t1)
	j	.

	.section .text.entry, "ax"
module_entry:
	call	main
	pd.leave sp
