# wfi waits for an enabled interrupt; it goes on without a trap if MIE is clear, and traps behind itself if it is set.
#include "common.inc"
begin
	li	a0, EXTERNAL_BIT
	csrw	mie, a0
	store_word BENCH_COUNTDOWN, 50
	csrr	a0, mcycle
	wfi
	csrr	a1, mcycle
	sub	a1, a1, a0
	li	a2, 30
	bgtu	a1, a2, 1f
	j	test_fail
1:	check	s6, 0
	store_word BENCH_EXTERNAL, 0
	load_word a0, BENCH_EXTERNAL
	la	s7, 3f
	csrsi	mstatus, MIE_BIT
	store_word BENCH_COUNTDOWN, 50
	wfi
2:	j	test_fail
3:	check	s6, 1
	check	s8, 0x80000000 | IRQ_EXTERNAL
	check_address s9, 2b
	pass
