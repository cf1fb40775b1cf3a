# Exact times of single instructions: the cycle counter is read right before and right behind them. What two reads in
# a row differ by, 1, is taken off. Called with interrupts masked.

.include "isa.inc"

	.text
	.globl measure_jalr
measure_jalr:
	# uint32_t measure_jalr(void): cycles of a jalr
	la	t1, 1f
	nop
	csrr	t0, CSR_MCYCLE
	jalr	zero, 0(t1)
1:	csrr	t1, CSR_MCYCLE
	sub	a0, t1, t0
	addi	a0, a0, -1
	ret

	.globl measure_gate
measure_gate:
	# void measure_gate(id, uint32_t cycles[2]): cycles of pd.enter into measure_target and of its pd.leave
	# t0, t1, t2: cycle before pd.enter, in the module, behind pd.leave
	nop
	csrr	t0, CSR_MCYCLE
	pd.enter sp, a0, sp
	csrr	t1, CSR_MCYCLE
	sub	t3, t2, t0
	sub	t4, t1, t2
	addi	t3, t3, -1
	addi	t4, t4, -1
	sw	t3, 0(a1)
	sw	t4, 4(a1)
	ret

	.globl measure_prologue
measure_prologue:
	# uint32_t measure_prologue(void): what the first instructions of the handler of exceptions add to its reading of the
	# counter, and the read before the fault: cycles from t6 to fault.cycle, less this, are the trap's own
	csrr	a0, CSR_MCYCLE
	j	1f
1:	csrrw	sp, CSR_MSCRATCH, sp
	bnez	sp, 2f # not taken, as beqz in the handler
	csrr	t0, CSR_MCYCLE
2:	csrrw	sp, CSR_MSCRATCH, sp
	sub	a0, t0, a0
	ret
