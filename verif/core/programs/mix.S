# A mix of everything that modules do, between the labels `mix` and `mix_end`: sorting, CRC, products and quotients,
# copying bytes and words, calls, jumps through a table. It leaves the cycles that it took, and its result.
#
# INSIDE from the test: 1 if a module runs it, inside its bounds; 0 if the kernel does.
#include "common.inc"
#if PADDOCK
#include "modules.inc"
#endif

begin
#if INSIDE
	modules_begin
	module	1, arena, arena_end, mix
	call	1
	check_no_fault
#else
	la	sp, arena_end
	jal	mix
#endif
	la	t0, outcome
	sw	s0, 0(t0)
	sw	s1, 4(t0)
	pass

	.section .public, "ax"
	.balign 4
mix:	rdcycle	s0
	addi	sp, sp, -16
	sw	ra, 12(sp)

	# Bubble sort of 16 words, filled from a linear congruence.
	la	a0, numbers
	li	a1, 16
	li	a2, 12345
	li	a3, 1103515245
	mv	a4, a0
1:	mul	a2, a2, a3
	addi	a2, a2, 1234
	sw	a2, 0(a4)
	addi	a4, a4, 4
	addi	a1, a1, -1
	bnez	a1, 1b
	li	a1, 15
2:	mv	a4, a0
	mv	a5, a1
3:	lw	a6, 0(a4)
	lw	a7, 4(a4)
	ble	a6, a7, 4f
	sw	a7, 0(a4)
	sw	a6, 4(a4)
4:	addi	a4, a4, 4
	addi	a5, a5, -1
	bnez	a5, 3b
	addi	a1, a1, -1
	bnez	a1, 2b

	# CRC-32 of the sorted bytes.
	li	a1, 64
	li	s1, -1
	li	a3, 0xedb88320
5:	lbu	a4, 0(a0)
	xor	s1, s1, a4
	li	a5, 8
6:	andi	a6, s1, 1
	srli	s1, s1, 1
	beqz	a6, 7f
	xor	s1, s1, a3
7:	addi	a5, a5, -1
	bnez	a5, 6b
	addi	a0, a0, 1
	addi	a1, a1, -1
	bnez	a1, 5b

	# Quotients.
	li	a0, 6
	mv	a1, s1
	li	a2, 7
8:	divu	a3, a1, a2
	remu	a4, a1, a2
	add	s1, s1, a3
	xor	s1, s1, a4
	mulhu	a1, s1, a3
	addi	a0, a0, -1
	bnez	a0, 8b

	# Copies, by a function of its own.
	li	s2, 4
9:	la	a0, copy
	la	a1, numbers
	li	a2, 64
	jal	copy_bytes
	la	t0, steps
	slli	t1, s2, 2
	add	t0, t0, t1
	lw	t0, -4(t0)
	jalr	t0
	addi	s2, s2, -1
	bnez	s2, 9b
	la	a0, copy
	lh	a1, 6(a0)
	lbu	a2, 13(a0)
	add	s1, s1, a1
	xor	s1, s1, a2
	sh	s1, 2(a0)
	lw	a1, 0(a0)
	xor	s1, s1, a1

	lw	ra, 12(sp)
	addi	sp, sp, 16
mix_end:
	rdcycle	t0
	sub	s0, t0, s0
#if INSIDE
	pd.leave sp
#else
	ret
#endif

copy_bytes:
	lb	t0, 0(a1)
	sb	t0, 0(a0)
	addi	a0, a0, 1
	addi	a1, a1, 1
	addi	a2, a2, -1
	bnez	a2, copy_bytes
	ret
step1:	xori	s1, s1, 0x155
	ret
step2:	slli	t0, s1, 3
	add	s1, s1, t0
	ret

	.data
	.globl	outcome
outcome: .word	0, 0
	.balign 64
arena:
numbers: .zero	64
copy:	.zero	64
steps:	.word	step1, step2, step1, step2	/* not .public: a configuration may have no such window */
	.zero	64
arena_end:
