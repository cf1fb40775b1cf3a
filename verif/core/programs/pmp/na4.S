# NA4: one word, whatever its address ends in.
#include "common.inc"
#include "user.inc"
begin
	program_executable
	la	a1, area
	.irp	offset, 0, 4, 12, 28, 60
	la	t5, area + \offset
	srli	t5, t5, 2
	csrw	CSR_PMPADDR0, t5
	pmp_config 0, (NA4 | R | W)
	user_word \offset - 4, 0, 0
	user_word \offset, 1, 1
	user_word \offset + 4, 0, 0
	.endr
	# The address stays the same, and so does what was worked out from it: NAPOT and back.
	pmp_config 0, (NAPOT | R | W)
	user_word 0, 1, 1
	pmp_config 0, (NA4 | R)
	user_word 60, 1, 0
	user_word 56, 0, 0
	pmp_config 0, 0
	user_word 60, 0, 0
	pass

	.data
	.balign 128
area:	.word	0x11223344
	.zero	124
