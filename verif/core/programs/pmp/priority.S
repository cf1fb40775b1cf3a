# The lowest entry that matches decides, whether it allows or refuses; one that is off does not.
#include "common.inc"
#include "user.inc"
begin
	program_executable
	la	a1, area
	pmp_napot 0, area, 8, R
	pmp_napot 1, area, 64, (R | W)
	pmp_napot 2, area, 128, 0
	user_word 0, 1, 0
	user_word 4, 1, 0
	user_word 8, 1, 1
	user_word 60, 1, 1
	user_word 64, 0, 0
	pmp_config 0, 0
	user_word 0, 1, 1
	# The other way round: what is below wins, however large it is.
	pmp_napot 0, area, 128, 0
	user_word 0, 0, 0
	pmp_napot 1, area, 8, (R | W)
	user_word 0, 0, 0
	# TOR over a range that the entry below has cut.
	pmp_address 1, area
	la	t5, area + 32
	srli	t5, t5, 2
	csrw	CSR_PMPADDR2, t5
	pmp_config 1, 0
	pmp_config 2, (TOR | R | W)
	pmp_napot 0, area, 8, 0
	user_word 0, 0, 0
	user_word 8, 1, 1
	user_word 28, 1, 1
	user_word 32, 0, 0
	pass

	.data
	.balign 128
area:	.word	0x11223344
	.zero	124
	.zero	64
