# The core executes RAM only: a jump to a device or to 0 is a fetch fault, with the address in mepc and mtval.
#include "common.inc"

.macro no_code address
	li	a1, \address
	li	s6, 0
	la	s7, 1f
	jr	a1
1:	check	s6, 1
	check	s8, CAUSE_FETCH_FAULT
	check	s9, \address
	check	s10, \address
.endm

begin
	load_word s0, BENCH_REQUESTS
	no_code	0
	no_code	DEVICE
	no_code	0x1000
	no_code	0x7ffffffc
	load_word s1, BENCH_REQUESTS
	check_same s0, s1
	pass
