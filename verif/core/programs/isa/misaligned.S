# A misaligned access traps with its address in mtval; rd and memory keep their values.
#include "common.inc"

/* As expect_trap, with the address s0 in mtval. */
.macro access_trap cause, insn:vararg
	li	s6, 0
	la	s7, 9911f
9910:	\insn
	j	test_fail
9911:
	check	s6, 1
	check	s8, \cause
	check_address s9, 9910b
	check_same s10, s0
.endm

.macro load name, offset
	li	a0, 0x5a5a
	addi	s0, a1, \offset
	access_trap CAUSE_LOAD_MISALIGNED, \name a0, \offset(a1)
	check	a0, 0x5a5a
.endm

.macro store name, offset
	addi	s0, a1, \offset
	access_trap CAUSE_STORE_MISALIGNED, \name a2, \offset(a1)
	lw	a0, 0(a1)
	check	a0, 0x11223344
	lw	a0, 4(a1)
	check	a0, 0x55667788
.endm

begin
	li	a2, -1
	la	a1, value
	load	lw, 1
	load	lw, 2
	load	lw, 3
	load	lh, 1
	load	lh, 3
	load	lhu, 1
	load	lhu, 3
	store	sw, 1
	store	sw, 2
	store	sw, 3
	store	sh, 1
	store	sh, 3
	# On Wishbone nothing is asked for.
	load_word s1, BENCH_REQUESTS
	li	a1, DEVICE
	load	lw, 2
	addi	s0, a1, 2
	access_trap CAUSE_STORE_MISALIGNED, sw a2, 2(a1)
	load_word s2, BENCH_REQUESTS
	check_same s1, s2
	pass

	.data
	.balign 4
value:	.word	0x11223344, 0x55667788
