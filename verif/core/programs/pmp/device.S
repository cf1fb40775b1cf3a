# A device by an entry of its own: what is refused never gets there, and what may be read only is not written.
#include "common.inc"
#include "user.inc"

.macro requests count
	load_word a5, BENCH_REQUESTS
	sub	a5, a5, s0
	check	a5, \count
.endm

begin
	program_executable
	li	a1, DEVICE
	load_word s0, BENCH_REQUESTS
	li	a0, 0x1234
	user_traps CAUSE_LOAD_FAULT, DEVICE, lw a0, 0(a1)
	user_traps CAUSE_STORE_FAULT, DEVICE, sw a0, 0(a1)
	requests 0
	set_csr	CSR_PMPADDR0, (DEVICE >> 2 | 0x40 / 8 - 1)
	pmp_config 0, (NAPOT | R | W)
	user_runs sw a0, 60(a1)
	user_runs lw a2, 60(a1)
	check	a2, 0x1234
	requests 2
	user_traps CAUSE_LOAD_FAULT, (DEVICE + 64), lw a0, 64(a1)
	user_traps CAUSE_STORE_FAULT, (DEVICE + 64), sb a0, 64(a1)
	pmp_config 0, (NAPOT | R)
	user_traps CAUSE_STORE_FAULT, (DEVICE + 60), sw zero, 60(a1)
	requests 2
	user_runs lw a2, 60(a1)
	check	a2, 0x1234
	# What the device refuses is its own affair.
	set_csr	CSR_PMPADDR0, (DEVICE >> 2 | 0x100 / 8 - 1)
	user_traps CAUSE_LOAD_FAULT, DEVICE_REFUSES, lw a0, 0xf0(a1)
	check	a0, 0x1234
	pass
