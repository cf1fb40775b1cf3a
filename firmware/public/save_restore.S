# Prologues and epilogues that functions compiled with -msave-restore share. Names, registers and frames as in GCC's libgcc:
# a save is called with its way back in t0, and makes a frame of 16, 32, 48 or 64 bytes; a restore returns for its caller.

	.text

.macro	names	kind, numbers:vararg
	.irp	number, \numbers
	.globl	__riscv_\kind\()_\number
__riscv_\kind\()_\number:
	.endr
.endm

	names	save, 12
	addi	sp, sp, -64
	li	t1, 0
	sw	s11, 12(sp)
	j	from_s10
	names	save, 11, 10, 9, 8
	addi	sp, sp, -64
	li	t1, 16
from_s10:
	sw	s10, 16(sp)
	sw	s9, 20(sp)
	sw	s8, 24(sp)
	sw	s7, 28(sp)
	j	from_s6
	names	save, 7, 6, 5, 4
	addi	sp, sp, -64
	li	t1, 32
from_s6:
	sw	s6, 32(sp)
	sw	s5, 36(sp)
	sw	s4, 40(sp)
	sw	s3, 44(sp)
	sw	s2, 48(sp)
	sw	s1, 52(sp)
	sw	s0, 56(sp)
	sw	ra, 60(sp)
	# t1: what the frame is too large by
	add	sp, sp, t1
	jr	t0
	names	save, 3, 2, 1, 0
	addi	sp, sp, -16
	sw	s2, 0(sp)
	sw	s1, 4(sp)
	sw	s0, 8(sp)
	sw	ra, 12(sp)
	jr	t0

	names	restore, 12
	lw	s11, 12(sp)
	addi	sp, sp, 16
	names	restore, 11, 10, 9, 8
	lw	s10, 0(sp)
	lw	s9, 4(sp)
	lw	s8, 8(sp)
	lw	s7, 12(sp)
	addi	sp, sp, 16
	names	restore, 7, 6, 5, 4
	lw	s6, 0(sp)
	lw	s5, 4(sp)
	lw	s4, 8(sp)
	lw	s3, 12(sp)
	addi	sp, sp, 16
	names	restore, 3, 2, 1, 0
	lw	s2, 0(sp)
	lw	s1, 4(sp)
	lw	s0, 8(sp)
	lw	ra, 12(sp)
	addi	sp, sp, 16
	ret
