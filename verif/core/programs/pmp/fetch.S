# Fetches of user mode need X: by jump, straight on, by mret. mtval is the pc; machine mode may fetch everywhere.
#include "common.inc"
#include "user.inc"

/* What runs in user mode ends in a refused fetch at this address. */
.macro fetch_refused label
	check	s6, 1
	check	s8, CAUSE_FETCH_FAULT
	check_address s9, \label
	check_address s10, \label
.endm

begin
	program_executable
	pmp_napot 0, island, 64, (R | W)
	li	a0, 0x66
	# By a jump.
	la	a1, island
	li	s6, 0
	la	s7, 1f
	go_to_user 0f
0:	jr	a1
1:	fetch_refused island
	# By mret.
	li	s6, 0
	la	s7, 2f
	go_to_user island
2:	fetch_refused island
	check	a0, 0x66
	# Straight on, out of a word that may be executed into one that may not; the first is carried out.
	pmp_napot 0, island, 64, X
	la	t5, island + 8
	srli	t5, t5, 2
	csrw	CSR_PMPADDR0, t5
	pmp_config 0, (NA4 | R)
	li	s6, 0
	la	s7, 3f
	go_to_user island
3:	fetch_refused island + 8
	check	a0, 0x68
	# In machine mode it goes on.
	la	ra, 4f
	j	island
4:	check	a0, 0x6b
	# Where nothing matches.
	pmp_config 0, 0
	pmp_config PROGRAM, 0
	li	s6, 0
	la	s7, 5f
	go_to_user island
5:	fetch_refused island
	# X alone is enough to execute, and not to read.
	program_executable
	la	a1, island
	user_traps_at CAUSE_LOAD_FAULT, a1, lw a0, 0(a1)
	check	a0, 0x6b
	pass

	.balign 64
island:	addi	a0, a0, 1
	addi	a0, a0, 1
	addi	a0, a0, 1
	ret
	.balign 64
