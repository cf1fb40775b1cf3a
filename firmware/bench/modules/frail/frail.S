	.text
	.globl frail_fault, frail_run
frail_fault:
	rdcycle	t6
	sw	zero, 0(zero)
frail_run:
	rdcycle	a0
	ret

	.data
	.fill	64, 4, 0x5a5a5a5a
	.bss
	.skip	256
