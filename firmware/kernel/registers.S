# Prologues and epilogues that the kernel's functions share (-msave-restore): those that keep ra, s0 and s1, as no other is
# the kernel's to keep. Called with the way back in t0. The library has the full set for modules; the build step keeps
# the two apart.

	.text
	.globl __riscv_save_0, __riscv_save_1, __riscv_save_2
__riscv_save_0:
__riscv_save_1:
__riscv_save_2:
	addi	sp, sp, -16
	sw	s1, 4(sp)
	sw	s0, 8(sp)
	sw	ra, 12(sp)
	jr	t0

	.globl __riscv_restore_0, __riscv_restore_1, __riscv_restore_2
__riscv_restore_0:
__riscv_restore_1:
__riscv_restore_2:
	lw	s1, 4(sp)
	lw	s0, 8(sp)
	lw	ra, 12(sp)
	addi	sp, sp, 16
	ret
