# What a compiler calls before every access with -fsanitize=kernel-address, as a rival to bounds in hardware: the address
# against a lower and an upper bound that are kept in memory, as they would be for each module.
	.section .text.checks, "ax"

	.macro check name, size
	.globl	\name
\name:
	lui	t0, %hi(lower)
	lw	t1, %lo(lower)(t0)
	lw	t2, %lo(upper)(t0)
	bltu	a0, t1, refused
	addi	a0, a0, \size
	bltu	t2, a0, refused
	ret
	.endm

	check	__asan_load1_noabort, 1
	check	__asan_load2_noabort, 2
	check	__asan_load4_noabort, 4
	check	__asan_load8_noabort, 8
	check	__asan_store1_noabort, 1
	check	__asan_store2_noabort, 2
	check	__asan_store4_noabort, 4
	check	__asan_store8_noabort, 8

	# The same with any size, in a1.
	.macro check_any name
	.globl	\name
\name:
	lui	t0, %hi(lower)
	lw	t1, %lo(lower)(t0)
	lw	t2, %lo(upper)(t0)
	bltu	a0, t1, refused
	add	a0, a0, a1
	bltu	t2, a0, refused
	ret
	.endm

	check_any __asan_loadN_noabort
	check_any __asan_storeN_noabort

	# Nothing is kept about frames that a function does not return from.
	.globl	__asan_handle_no_return
__asan_handle_no_return:
	ret

refused:
	ebreak

	# Code and constants may be read, as with the public window; one pair of bounds is as cheap as checks get.
	.section .data.checks, "aw"
	.balign	8
lower:	.word	public_start
upper:	.word	stack_end
