# The shortest module there is: leaves at once.

.include "isa.inc"

	.text
	.globl bare_target
bare_target:
#if defined KERNEL_PMP
	ecall
#elif !defined KERNEL_PORT
	pd.leave sp
#endif
	nop # clang 21 cannot describe a file whose only instruction comes from a macro
