# An interrupt at any moment leaves no trace in what it interrupts: loads, stores, device accesses, products,
# quotients, jumps and CSR instructions are done once and wholly, or not at all.
#include "common.inc"
begin
	la	t5, handler
	csrw	mtvec, t5
	li	a0, EXTERNAL_BIT
	csrw	mie, a0
	csrsi	mstatus, MIE_BIT
	li	s0, 1			/* moment of the interrupt */
	li	s5, 0			/* interrupts taken */
next:	mv	s6, s5
	load_word s4, BENCH_REQUESTS
	li	t5, BENCH_COUNTDOWN
	sw	s0, 0(t5)

	li	a0, 3
	li	a1, 7
	la	a2, scratch
	li	a3, DEVICE
	li	a5, 0
	mul	a4, a0, a1		/* 21 */
	add	a5, a5, a4
	sw	a5, 0(a2)
	lw	a4, 0(a2)
	add	a5, a5, a4		/* 42 */
	sw	a5, 0(a3)
	lw	a4, 0(a3)
	add	a5, a5, a4		/* 84 */
	jal	t4, 1f
	addi	a5, a5, 1000
1:	csrw	mscratch, a5
	csrrwi	a4, mscratch, 0
	add	a5, a5, a4		/* 168 */
	bgtu	a5, a0, 2f
	addi	a5, a5, 1000
2:	rem	a4, a5, a1		/* 0 */
	div	a5, a5, a1		/* 24 */
	add	a5, a5, a4
	lw	a4, 0(a3)		/* 42 */
	lw	a4, 0(a2)		/* 21 */
	add	a5, a5, a4		/* 45 */
	li	t3, 120
3:	addi	t3, t3, -1
	bnez	t3, 3b
	check	a5, 45
	load_word a4, BENCH_REQUESTS
	sub	a4, a4, s4
	check	a4, 3
	sub	a4, s5, s6
	check	a4, 1
	addi	s0, s0, 1
	li	t3, 110
	bltu	s0, t3, next
	pass

	.balign 4
handler:
	li	s8, BENCH_EXTERNAL
	sw	zero, 0(s8)
	lw	zero, 0(s8)		/* the request is gone before mret */
	addi	s5, s5, 1
	mret

	.data
	.balign 4
scratch: .word	0
