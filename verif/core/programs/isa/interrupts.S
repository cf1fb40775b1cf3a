# Each interrupt is taken if and only if it is pending, enabled in mie, and mstatus.MIE is set.
#include "common.inc"

/* With this bit of mip raised by the instructions at \label: not masked by anything, it is taken, and once. */
.macro source bit, number, raise, lower
	li	a0, \bit
	csrw	mie, a0
	csrsi	mstatus, MIE_BIT
	nop
	csrci	mstatus, MIE_BIT
	jal	\raise
	check_csr mip, \bit
	nop
	csrw	mie, zero
	csrsi	mstatus, MIE_BIT
	nop
	nop
	csrci	mstatus, MIE_BIT
	li	a0, \bit ^ (EXTERNAL_BIT | TIMER_BIT | SOFTWARE_BIT)
	csrw	mie, a0
	csrsi	mstatus, MIE_BIT
	nop
	nop
	csrci	mstatus, MIE_BIT
	li	s6, 0
	la	s7, 9941f
	li	a0, \bit
	csrw	mie, a0
	csrsi	mstatus, MIE_BIT
9940:	j	9940b
9941:	check	s6, 1
	check	s8, 0x80000000 | \number
	check_address s9, 9940b
	check	s10, 0
	jal	\lower
	check_csr mip, 0
	csrsi	mstatus, MIE_BIT
	nop
	nop
	csrci	mstatus, MIE_BIT
.endm

begin
	source	SOFTWARE_BIT, IRQ_SOFTWARE, raise_software, lower_software
	source	TIMER_BIT, IRQ_TIMER, raise_timer, lower_timer
	source	EXTERNAL_BIT, IRQ_EXTERNAL, raise_external, lower_external

	# External before software before timer.
	jal	raise_software
	jal	raise_timer
	jal	raise_external
	li	a0, -1
	csrw	mie, a0
	la	s7, 1f
	csrsi	mstatus, MIE_BIT
	j	.
1:	check	s8, 0x80000000 | IRQ_EXTERNAL
	jal	lower_external
	la	s7, 1f
	csrsi	mstatus, MIE_BIT
	j	.
1:	check	s8, 0x80000000 | IRQ_SOFTWARE
	jal	lower_software
	la	s7, 1f
	csrsi	mstatus, MIE_BIT
	j	.
1:	check	s8, 0x80000000 | IRQ_TIMER
	jal	lower_timer
	pass

/* They wait until the change is to be seen in mip: the device needs a few cycles. */
.macro settle bit, jump
9950:	csrr	t5, mip
	li	t6, \bit
	and	t5, t5, t6
	\jump	t5, 9950b
	ret
.endm

raise_software:
	store_word CLINT_MSIP, 1
	settle	SOFTWARE_BIT, beqz
lower_software:
	store_word CLINT_MSIP, 0
	settle	SOFTWARE_BIT, bnez
raise_timer:
	store_word CLINT_MTIMECMPH, 0
	store_word CLINT_MTIMECMP, 0
	settle	TIMER_BIT, beqz
lower_timer:
	store_word CLINT_MTIMECMPH, -1
	settle	TIMER_BIT, bnez
raise_external:
	store_word BENCH_EXTERNAL, 1
	settle	EXTERNAL_BIT, beqz
lower_external:
	store_word BENCH_EXTERNAL, 0
	settle	EXTERNAL_BIT, bnez
