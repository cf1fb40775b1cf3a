# What C cannot say.

.macro fill_all
	.irp	register, gp, tp, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t0, t1, t2, t3, t4, t5, t6, a1, a2, a3, a4, a5, a6, a7
	li	\register, -1
	.endr
.endm

	.text
	.globl probe_registers
probe_registers:
	# ra, t0 and t1 are in use by the entry code, which is public anyway
	or	a0, s0, s1
	.irp	register, gp, tp, t2, t3, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t4, t5, t6
	or	a0, a0, \register
	.endr
	ret

	.globl probe_clobber
probe_clobber:
	fill_all
	ret

	.globl probe_clobber_and_fault
probe_clobber_and_fault:
	fill_all
	li	sp, 0
	li	ra, 0
	sw	zero, 0(sp)
