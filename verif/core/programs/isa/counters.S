# mcycle counts every cycle, minstret every instruction that retires; both can be written; time is the device's.
#include "common.inc"
begin
	csrr	a0, minstret
	nop
	nop
	csrr	a1, minstret
	sub	a0, a1, a0
	check	a0, 3
	# An instruction that traps does not retire: handler and check apart, ecall adds nothing.
	la	s7, 1f
	csrr	a0, minstret
	ecall
1:	csrr	a1, minstret
	sub	a0, a1, a0
	li	a2, 11 + 3 * PADDOCK
	check_same a0, a2
	# A written counter goes on from there; the instruction that writes does not count.
	li	a0, 100
	csrw	minstret, a0
	csrr	a1, minstret
	check	a1, 100
	csrr	a1, minstret
	sub	a1, a1, a0
	li	a2, 20
	bltu	a1, a2, 1f
	j	test_fail
1:	li	a0, -1
	csrw	minstret, a0
	csrw	minstreth, zero
	nop
	nop
	csrr	a1, minstreth
	check	a1, 1
	# Low and high word of mcycle; the unprivileged views.
	li	a0, 5
	csrw	mcycleh, a0
	li	a0, 1000
	csrw	mcycle, a0
	csrr	a1, mcycle
	sub	a1, a1, a0
	li	a2, 60
	bltu	a1, a2, 1f
	j	test_fail
1:	check_csr mcycleh, 5
	check_csr cycleh, 5
	check_csr instreth, 1
	li	a0, -8
	csrw	mcycle, a0
	nop
	nop
	nop
	nop
	nop
	nop
	nop
	nop
	check_csr mcycleh, 6
	csrr	a0, cycle
	csrr	a1, mcycle
	bltu	a0, a1, 1f
	j	test_fail
1:	csrr	a0, instret
	csrr	a1, minstret
	bltu	a0, a1, 1f
	j	test_fail
	# time follows mtime.
1:	csrr	a0, time
	load_word a1, CLINT_MTIME
	fence
	nop
	csrr	a2, time
	bgeu	a1, a0, 1f
	j	test_fail
1:	bgeu	a2, a1, 1f
	j	test_fail
1:	check_csr timeh, 0
	pass
