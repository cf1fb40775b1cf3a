# TOR: from the address of the entry below up to its own, which is the first byte outside; entry 0 begins at 0.
#include "common.inc"
#include "user.inc"
begin
	program_executable
	la	a1, area
	pmp_address 0, area
	pmp_address 1, area_end
	pmp_config 1, (TOR | R | W)
	user_word -4, 0, 0
	user_word 0, 1, 1
	user_word 60, 1, 1
	user_word 64, 0, 0
	# Permissions, for all of it; what the entry below is does not matter.
	pmp_config 1, (TOR | R)
	user_word 0, 1, 0
	user_word 60, 1, 0
	pmp_config 1, (TOR | X)
	user_word 0, 0, 0
	pmp_config 1, (TOR | R | W | X)
	user_word 0, 1, 1
	# A single word; an empty range; an inverted one.
	la	a0, area
	srli	a0, a0, 2
	addi	a0, a0, 1
	csrw	CSR_PMPADDR1, a0
	user_word 0, 1, 1
	user_word 4, 0, 0
	pmp_address 1, area
	user_word 0, 0, 0
	user_word -4, 0, 0
	pmp_address 0, area_end
	user_word 0, 0, 0
	user_word 60, 0, 0
	# Entry 0 begins at address 0: it holds the device, too.
	pmp_config 1, 0
	pmp_address 0, area_end
	pmp_config 0, (TOR | R | W | X)
	user_word -4, 1, 1
	user_word 60, 1, 1
	user_word 64, 0, 0
	li	a1, DEVICE
	user_word 0, 1, 1
	pass

	.data
	.balign 64
	.zero	64
area:	.word	0x11223344
	.zero	60
area_end:
	.zero	64
