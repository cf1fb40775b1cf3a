# NAPOT: a power of two from 8 bytes on, by the ones at the end of the address; all ones is everything.
#include "common.inc"
#include "user.inc"
begin
	program_executable
	la	a1, area
	pmp_napot 0, area, 8, (R | W)
	user_word -4, 0, 0
	user_word 0, 1, 1
	user_word 4, 1, 1
	user_word 8, 0, 0
	pmp_napot 0, area, 16, R
	user_word -4, 0, 0
	user_word 12, 1, 0
	user_word 16, 0, 0
	pmp_napot 0, area, 64, (R | W)
	user_word -4, 0, 0
	user_word 0, 1, 1
	user_word 60, 1, 1
	user_word 64, 0, 0
	pmp_napot 0, area, 128, 0
	user_word 0, 0, 0
	# Half of all addresses, all of them, and more than there are.
	set_csr	CSR_PMPADDR0, 0x2fffffff
	pmp_config 0, (NAPOT | R | W | X)
	user_word 0, 1, 1
	li	a1, DEVICE
	user_word 0, 0, 0
	set_csr	CSR_PMPADDR0, 0x1fffffff
	user_word 0, 1, 1
	set_csr	CSR_PMPADDR0, -1
	user_word 0, 1, 1
	la	a1, area
	user_word 0, 1, 1
	pass

	.data
	.balign 256
	.zero	128
area:	.word	0x11223344
	.zero	124
