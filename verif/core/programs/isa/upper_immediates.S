# lui fills the upper 20 bits; auipc adds them to its own address, and wraps.
#include "common.inc"
begin
	lui	a0, 0xfffff
	check	a0, 0xfffff000
	lui	a0, 0
	check	a0, 0
1:	auipc	a0, 0
	check_address a0, 1b
	la	a1, 2f
2:	auipc	a0, 0xfffff
	li	a2, 0x1000
	add	a0, a0, a2
	check_same a0, a1
3:	auipc	a0, 0x80000
	la	a1, 3b
	li	a2, 0x80000000
	xor	a1, a1, a2
	check_same a0, a1
	pass
