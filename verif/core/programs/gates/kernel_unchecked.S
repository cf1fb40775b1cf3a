# The kernel is unchecked: whatever the table and the public window hold, its accesses and fetches pass.
#include "common.inc"
#include "modules.inc"
begin
	modules_begin
	module	0, data, data, data, 0
	set_csr	CSR_PD_PLOWER, 0
	set_csr	CSR_PD_PUPPER, 0
	la	a0, data
	li	a1, 0x42
	sw	a1, 0(a0)
	lw	a2, 0(a0)
	check	a2, 0x42
	li	a0, DEVICE
	sw	a1, 0(a0)
	lw	a2, 0(a0)
	check	a2, 0x42
	pass

	.data
	.balign 4
data:	.word	0
